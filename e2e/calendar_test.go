package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-ical"

	"github.com/policycycle/policycycle/service"
)

// subscribed is the calendar of somebody, as a program reads it that knows the address alone.
type subscribed struct {
	t    *testing.T
	path string
	id   int64
}

// subscribes makes an address.
func (u user) subscribes(t *testing.T, args ...string) subscribed {
	t.Helper()
	var made service.MadeCalendar
	u.gets(&made, append([]string{"calendar", "make"}, args...)...)
	if !strings.HasSuffix(made.Path, ".ics") {
		t.Fatalf("%+v", made)
	}
	return subscribed{t, made.Path, made.Calendar}
}

// asks reads the calendar at a service; etag is that of what is there already.
func (c subscribed) asks(at, etag string) (*http.Response, []byte) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, at+c.path, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("If-None-Match", etag)
	answer, err := new(http.Client).Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer, content
}

// reads gives what stands in the calendar by the summaries, and the whole of it on lines that
// are not broken.
func (c subscribed) reads(at string) (map[string]ical.Event, string) {
	c.t.Helper()
	answer, content := c.asks(at, "")
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		c.t.Fatalf("%d %v %s", answer.StatusCode, answer.Header, content)
	}
	read, err := ical.NewDecoder(bytes.NewReader(content)).Decode()
	if err == nil {
		err = ical.NewEncoder(io.Discard).Encode(read)
	}
	if err != nil {
		c.t.Fatalf("%v: %s", err, content)
	}
	events := map[string]ical.Event{}
	for _, e := range read.Events() {
		summary, err := e.Props.Text(ical.PropSummary)
		if err != nil {
			c.t.Fatal(err)
		}
		events[summary] = e
	}
	return events, strings.ReplaceAll(string(content), "\r\n ", "")
}

// gone fails the test unless nothing is to be read there.
func (c subscribed) gone(at string) {
	c.t.Helper()
	if answer, content := c.asks(at, ""); answer.StatusCode != http.StatusNotFound || bytes.Contains(content, []byte("VEVENT")) {
		c.t.Errorf("%d %s", answer.StatusCode, content)
	}
}

// standsAs gives a property of an event.
func standsAs(t *testing.T, events map[string]ical.Event, title, property string) string {
	t.Helper()
	e, is := events[title]
	if !is {
		t.Fatalf("%s is missing", title)
	}
	return e.Props.Get(property).Value
}

func TestACalendarIsReadWithoutALogInAsItsPersonReadsNow(t *testing.T) {
	t.Parallel()
	s := opens(t)
	limite := ready(user{t, append([]string{"POLICYCYCLE_CALENDAR_MARKING=LIMITE"}, s.office.env...)}, "serve")
	anna, bert, mike := s.as("Anna", "empact-general-secretariat"), s.as("Bert", "empact-general-secretariat"), s.as("Mike", "empact-europol")
	root, carla := s.as("Root", "operators"), s.as("Carla", "empact-ch")
	const cycle, canary, meeting = "empact-2026-2029", "CANARY smuggling by sea", "COSI, February 2027"
	anna.succeeds("cycle", "start", "examples/empact-2026-2029/cycle.yaml")
	anna.succeeds("item", "open", cycle+"/item/sea", "--title", canary, "--due", "2027-03-01", "--through", "council")

	// What is marked LIMITE stands where it may alone, and leaves to nobody who may not read it.
	whole, foreign := anna.subscribes(t, "--cycle", cycle), carla.subscribes(t, "--cycle", cycle)
	for _, asked := range []struct {
		of    subscribed
		at    string
		tells bool
	}{{whole, s.url, false}, {whole, limite, true}, {foreign, s.url, false}, {foreign, limite, false}} {
		events, text := asked.of.reads(asked.at)
		if tells := strings.Contains(text, "CANARY"); tells != asked.tells {
			t.Errorf("calendar %d at %s tells of it: %v", asked.of.id, asked.at, tells)
		}
		if day := standsAs(t, events, meeting, ical.PropDateTimeStart); day != "20270224" {
			t.Errorf("the meeting is on %s", day)
		}
	}
	for who, tells := range map[*user]bool{&anna: true, &carla: false} {
		shown := user{t, append([]string{"POLICYCYCLE_CALENDAR_MARKING=LIMITE"}, who.env...)}.succeeds("calendar", "show", "--cycle", cycle)
		if strings.Contains(shown.out, "CANARY") != tells {
			t.Errorf("shown is %s", shown.out)
		}
	}

	// Who has it already is told so, and a meeting that moves is the same meeting.
	first, _ := whole.asks(s.url, "")
	etag := first.Header.Get("ETag")
	if again, content := whole.asks(s.url, etag); again.StatusCode != http.StatusNotModified || len(content) > 0 || etag == "" {
		t.Errorf("%d with ETag %s", again.StatusCode, etag)
	}
	planned, _ := whole.reads(s.url)
	anna.succeeds("meeting", "move", cycle, "cosi-2027-02", "--to", "2027-02-25", "--reason", "The room is taken")
	moved, _ := whole.reads(s.url)
	anna.succeeds("meeting", "cancel", cycle, "cosi-2027-02", "--reason", "Nothing is ripe")
	cancelled, _ := whole.reads(s.url)
	var sequences []int
	for _, events := range []map[string]ical.Event{planned, moved, cancelled} {
		n, err := strconv.Atoi(standsAs(t, events, meeting, ical.PropSequence))
		if err != nil || standsAs(t, events, meeting, ical.PropUID) != standsAs(t, planned, meeting, ical.PropUID) {
			t.Errorf("it is another meeting (%v)", err)
		}
		sequences = append(sequences, n)
	}
	if !slices.IsSorted(sequences) || len(slices.Compact(sequences)) != 3 || standsAs(t, moved, meeting, ical.PropDateTimeStart) != "20270225" ||
		standsAs(t, cancelled, meeting, ical.PropStatus) != "CANCELLED" {
		t.Errorf("%v: moved to %s, then %s", sequences, standsAs(t, moved, meeting, ical.PropDateTimeStart), standsAs(t, cancelled, meeting, ical.PropStatus))
	}
	if again, _ := whole.asks(s.url, etag); again.StatusCode != http.StatusOK {
		t.Errorf("what has changed: %d", again.StatusCode)
	}

	// Who loses a role reads nothing, and who gets it back reads on.
	his := bert.subscribes(t, "--body", "cosi")
	if events, _ := his.reads(s.url); len(events) == 0 {
		t.Error("COSI has nothing to do")
	}
	number := numberOf(t, root, "Bert")
	root.succeeds("people", "withdraw", number, "official@general-secretariat")
	if events, text := his.reads(limite); len(events) != 0 {
		t.Errorf("without a role he reads %s", text)
	}
	root.succeeds("people", "grant", number, "official@general-secretariat")
	if events, _ := his.reads(s.url); len(events) == 0 {
		t.Error("with the role he reads nothing")
	}

	// An address ends when it is revoked, and with the name of its person.
	var known []service.KnownCalendar
	root.gets(&known, "calendar", "list")
	if len(known) != 3 || known[0].Name != "Anna" || known[0].Read.IsZero() {
		t.Errorf("who manages people is told of %+v", known)
	}
	mike.fails(3, "no address of a calendar", "calendar", "revoke", strconv.FormatInt(whole.id, 10))
	anna.succeeds("calendar", "revoke", strconv.FormatInt(whole.id, 10))
	root.succeeds("calendar", "revoke", strconv.FormatInt(foreign.id, 10))
	root.succeeds("people", "erase", number)
	for _, ended := range []subscribed{whole, foreign, his, {t, service.CalendarPath("AAAAAAAAAAAAAAAAAAAAAAAAAA"), 0}, {t, "/calendar/x", 0}} {
		ended.gone(s.url)
		ended.gone(limite)
	}

	// Who asks without end is told to wait.
	busy, limited := mike.subscribes(t), false
	for range 40 {
		answer, _ := busy.asks(s.url, "")
		limited = limited || answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") != ""
	}
	if !limited {
		t.Error("a calendar is read as often as somebody likes")
	}
}

// numberOf gives the number of a person.
func numberOf(t *testing.T, root user, name string) string {
	t.Helper()
	var people []service.Person
	root.gets(&people, "people", "list")
	at := slices.IndexFunc(people, func(p service.Person) bool { return p.Name == name })
	if at < 0 {
		t.Fatalf("%s is not known", name)
	}
	return strconv.FormatInt(people[at].Person, 10)
}
