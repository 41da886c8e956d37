package papers_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

var on = policytest.Date

// house is a service with one small cycle, which the public reads without what waits in it.
type house struct {
	service.Service
	cycle  service.Cycle
	plans  policy.Definition
	public bool
}

func (h *house) As(who policy.Principal) service.Service {
	other := *h
	other.public = who.Body == ""
	return &other
}

func (h *house) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	return []service.CycleLine{h.cycle.CycleLine}, nil
}

func (h *house) FindCycle(context.Context, string) (*service.Cycle, error) {
	seen := h.cycle
	if h.public {
		seen.Waiting, seen.Items = nil, nil
	}
	return &seen, nil
}

func (h *house) FindScript(context.Context, string) (*service.Script, error) {
	if h.public {
		return nil, policy.Refuse(policy.CodeMarking, "not for the public")
	}
	return &service.Script{Definition: h.plans}, nil
}

// canary is a title that is marked LIMITE: that of an item outside the published calendar.
const canary = "CANARY smuggling by sea"

// opens is a house in December 2021: the OAP on firearms is before COSI, that on drugs is being
// drafted, and an extraordinary item waits for the Council.
func opens(t *testing.T) *house {
	t.Helper()
	d := policytest.Sound()
	h := &house{plans: d}
	h.cycle = service.Cycle{
		CycleLine:    service.CycleLine{ID: d.Key, Title: d.Title, Stage: policy.StageImplementation, Today: on("2021-12-01")},
		PolicyWindow: d.PolicyWindow, DefinitionVersion: 1,
		Meetings: []policy.PlannedMeeting{{Key: "cosi-2021-12", Title: "COSI, December 2021", Body: policy.COSI, On: on("2021-12-08")}},
	}
	subject := func(path, title string, state policy.State, due string) service.Subject {
		return service.Subject{Subject: policytest.On(path), Path: path, Title: title, State: state, Due: on(due)}
	}
	waits := func(s service.Subject, awaits string, turn ...policy.Body) {
		h.cycle.Waiting = append(h.cycle.Waiting, service.InboxItem{
			Subject: s.Subject, Title: s.Title, Awaits: awaits, Turn: turn, Due: s.Due, Since: on("2021-11-01"),
		})
	}
	firearms := subject("oap/2022/firearms", "OAP 2022 Firearms", policy.StateDeciding, "2021-12-10")
	drugs := subject("oap/2022/drugs", "OAP 2022 Drugs", policy.StateDrafting, "2021-12-10")
	item := subject("item/sea", canary, policy.StateDeciding, "2021-12-15")
	waits(firearms, "decision", policy.COSI)
	waits(drugs, "submission")
	waits(item, "decision", policy.Council)
	h.cycle.Items = []service.Subject{item}
	h.cycle.Periods = []service.Period{
		{Key: "2022", OAPs: []service.Subject{firearms, drugs}},
		{Key: "2023", OAPs: []service.Subject{subject("oap/2023/firearms", "OAP 2023 Firearms", policy.StateUpcoming, "2022-12-10")}},
	}
	return h
}

// writes gives the calendar of somebody, read by a second library, which holds it to the
// standard when it writes it once more.
func (h *house) writes(tb interface {
	Helper()
	Fatal(args ...any)
}, of service.CalendarScope, marking policy.Marking, who policy.Principal) (map[string]ical.Event, string) {
	tb.Helper()
	texts, err := text.Load()
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	c := papers.Calendar{Scope: of, Readers: papers.ReadersOf(h, who), Marking: marking, URL: "https://policy.example.eu", Printer: texts.In(string(of.Language))}
	if err := c.Write(context.Background(), &out); err != nil {
		tb.Fatal(err)
	}
	written := out.String()
	read, err := ical.NewDecoder(strings.NewReader(written)).Decode()
	if err != nil {
		tb.Fatal(err, written)
	}
	if err := ical.NewEncoder(new(bytes.Buffer)).Encode(read); err != nil {
		tb.Fatal(err, written)
	}
	events, ids := map[string]ical.Event{}, map[string]bool{}
	for _, e := range read.Events() {
		summary, err := e.Props.Text(ical.PropSummary)
		id := e.Props.Get(ical.PropUID).Value
		if err != nil || ids[id] {
			tb.Fatal(err, id, "stands there twice")
		}
		ids[id], events[summary] = true, e
	}
	return events, written
}

func official(b policy.Body) policy.Principal {
	return policy.Asserted(policy.Actor{Person: 1, Name: "Anna", Body: b})
}

func titles(events map[string]ical.Event) []string {
	var all []string
	for title := range events {
		all = append(all, title)
	}
	slices.Sort(all)
	return all
}

func days(t *testing.T, e ical.Event) string {
	t.Helper()
	from, to := e.Props.Get(ical.PropDateTimeStart), e.Props.Get(ical.PropDateTimeEnd)
	if from.ValueType() != ical.ValueDate || to.ValueType() != ical.ValueDate {
		t.Errorf("%v %v are no whole days", from, to)
	}
	return from.Value + "-" + to.Value
}

func sequence(t *testing.T, e ical.Event) int {
	t.Helper()
	n, err := e.Props.Get(ical.PropSequence).Int()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCalendar_OfACycleHoldsMeetingsDueDatesAndWindows(t *testing.T) {
	t.Parallel()
	events, written := opens(t).writes(t, service.CalendarScope{Cycle: policytest.Key}, policy.Limite, official(policy.GeneralSecretariat))
	for title, wanted := range map[string]string{
		"COSI, December 2021":                "20211208-20211209",
		"COSI: OAP 2022 Firearms":            "20211210-20211211",
		"To be handed in: OAP 2022 Drugs":    "20211210-20211211",
		"Council: " + canary:                 "20211215-20211216",
		"Drafting: OAP 2023":                 "20220901-20221211",
		"Reporting round: 2022, May":         "20220401-20220616",
		"To be handed in: OAP 2023 Firearms": "",
	} {
		e, is := events[title]
		switch {
		case !is:
			t.Errorf("%s is missing among %q", title, titles(events))
		case wanted != "" && days(t, e) != wanted:
			t.Errorf("%s is on %s, want %s", title, days(t, e), wanted)
		}
	}
	if !strings.Contains(written, "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n") {
		t.Errorf("it does not say how often to read it anew: %.400s", written)
	}
	if !strings.Contains(written, "BEGIN:VTIMEZONE") || !strings.Contains(written, "TZID:Europe/Brussels") {
		t.Error("it does not say of which zone its days are")
	}
}

// A day is a day, also where the clocks of Brussels change.
func TestCalendar_KeepsDaysOnWhichClocksChange(t *testing.T) {
	t.Parallel()
	h := opens(t)
	h.cycle.Meetings = []policy.PlannedMeeting{
		{Key: "spring", Title: "Spring", Body: policy.COSI, On: on("2022-03-27")}, {Key: "autumn", Title: "Autumn", Body: policy.COSI, On: on("2022-10-30")},
	}
	events, _ := h.writes(t, service.CalendarScope{Body: policy.COSI}, policy.Public, official(policy.GeneralSecretariat))
	if spring, autumn := days(t, events["Spring"]), days(t, events["Autumn"]); spring != "20220327-20220328" || autumn != "20221030-20221031" {
		t.Errorf("%s, %s", spring, autumn)
	}
}

func TestCalendar_MovesAMeetingThatIsMovedAndCancelsIt(t *testing.T) {
	t.Parallel()
	h, of, who := opens(t), service.CalendarScope{Cycle: policytest.Key}, official(policy.GeneralSecretariat)
	const title = "COSI, December 2021"
	events, _ := h.writes(t, of, policy.Public, who)
	planned := events[title]
	h.cycle.Meetings[0].On, h.cycle.DefinitionVersion = on("2021-12-14"), 2
	h.cycle.Amendments = []service.AmendmentLine{{Version: 2, Date: on("2021-12-02")}}
	events, _ = h.writes(t, of, policy.Public, who)
	moved := events[title]
	h.cycle.Meetings[0].Cancelled, h.cycle.DefinitionVersion = on("2021-12-03"), 3
	events, _ = h.writes(t, of, policy.Public, who)
	cancelled := events[title]
	if days(t, moved) != "20211214-20211215" || sequence(t, moved) <= sequence(t, planned) || sequence(t, cancelled) <= sequence(t, moved) {
		t.Errorf("%s, %d after %d and %d", days(t, moved), sequence(t, cancelled), sequence(t, moved), sequence(t, planned))
	}
	for _, e := range []ical.Event{moved, cancelled} {
		if e.Props.Get(ical.PropUID).Value != planned.Props.Get(ical.PropUID).Value {
			t.Errorf("it is another event: %v", e.Props)
		}
	}
	before, err := moved.Status()
	after, err2 := cancelled.Status()
	if err != nil || err2 != nil || before != ical.EventConfirmed || after != ical.EventCancelled {
		t.Errorf("%s, then %s (%v, %v)", before, after, err, err2)
	}
}

// A plan that was referred back is handed in anew: its day moves, and is the same event.
func TestCalendar_MovesADueDateThatAnActMoves(t *testing.T) {
	t.Parallel()
	h, of, who := opens(t), service.CalendarScope{Cycle: policytest.Key}, official(policy.GeneralSecretariat)
	events, _ := h.writes(t, of, policy.Limite, who)
	before := events["COSI: OAP 2022 Firearms"]
	h.cycle.Waiting[0].Due = on("2022-01-20")
	h.cycle.Decisions = []service.Decision{{Subject: h.cycle.Waiting[0].Subject, Outcome: policy.ReferredBack}}
	events, _ = h.writes(t, of, policy.Limite, who)
	after := events["COSI: OAP 2022 Firearms"]
	if before.Props.Get(ical.PropUID).Value != after.Props.Get(ical.PropUID).Value || sequence(t, after) <= sequence(t, before) || days(t, after) != "20220120-20220121" {
		t.Errorf("%v, then %v", before.Props, after.Props)
	}
}

// What is marked LIMITE leaves neither to who may not read it, nor where the marking of calendars
// does not let it stand.
func TestCalendar_TellsNothingAboveItsMarkingNorWhatItsPersonMayNotRead(t *testing.T) {
	t.Parallel()
	of := service.CalendarScope{Cycle: policytest.Key}
	nobody := policy.Principal{Actor: policy.Actor{Person: 1, Name: "Anna", Body: policy.GeneralSecretariat}} // their roles were withdrawn
	for name, test := range map[string]struct {
		who     policy.Principal
		marking policy.Marking
		tells   bool
	}{
		"an official, LIMITE": {official(policy.GeneralSecretariat), policy.Limite, true},
		"an official, PUBLIC": {official(policy.GeneralSecretariat), policy.Public, false},
		"an official, none":   {official(policy.GeneralSecretariat), "", false},
		"without a role":      {nobody, policy.Limite, false},
	} {
		_, written := opens(t).writes(t, of, test.marking, test.who)
		unfolded := strings.ReplaceAll(written, "\r\n ", "")
		if tells := strings.Contains(unfolded, "CANARY"); tells != test.tells {
			t.Errorf("%s: tells it %v\n%s", name, tells, written)
		}
		if !test.tells && strings.Contains(unfolded, "item/sea") {
			t.Errorf("%s: the key of the item stands there", name)
		}
	}
	events, _ := opens(t).writes(t, of, policy.Public, official(policy.GeneralSecretariat))
	if _, is := events["Due: extraordinary item"]; !is {
		t.Errorf("of the item its day alone is to stand there: %q", titles(events))
	}
	if events, _ := opens(t).writes(t, of, policy.Limite, nobody); len(events) != 0 {
		t.Errorf("who has no role reads %q", titles(events))
	}
}

func TestCalendar_OfAPersonIsWhatTheirBodiesAndPostsAreToDo(t *testing.T) {
	t.Parallel()
	driver := policy.Principal{Actor: policy.Actor{Person: 2, Body: "se"}, Grants: []policy.Grant{{Role: policy.RoleDriver, Body: "se", Scope: policytest.Key + "/oap/2023/firearms"}}}
	for name, test := range map[string]struct {
		who        policy.Principal
		has, lacks []string
	}{
		"a driver of one plan":   {driver, []string{"To be handed in: OAP 2023 Firearms", "COSI, December 2021", "Drafting: OAP 2023"}, []string{"To be handed in: OAP 2022 Drugs", "COSI: OAP 2022 Firearms"}},
		"an official of a State": {official("se"), []string{"To be handed in: OAP 2023 Firearms", "To be handed in: OAP 2022 Drugs"}, []string{"COSI: OAP 2022 Firearms"}},
		"an official of another": {official("fr"), []string{"To be handed in: OAP 2022 Drugs"}, []string{"To be handed in: OAP 2023 Firearms"}},
		"somebody of two bodies": {policy.Principal{Actor: policy.Actor{Person: 3}, Grants: append(official("se").Grants, official("fr").Grants...)}, []string{"To be handed in: OAP 2023 Firearms"}, nil},
		"a driver of elsewhere":  {policy.Principal{Actor: driver.Actor, Grants: []policy.Grant{{Role: policy.RoleDriver, Body: "se", Scope: "other/oap/2023/firearms"}}}, nil, []string{"To be handed in: OAP 2023 Firearms", "COSI, December 2021"}},
	} {
		events, _ := opens(t).writes(t, service.CalendarScope{}, policy.Limite, test.who)
		for _, title := range test.has {
			if _, is := events[title]; !is {
				t.Errorf("%s: %s is missing among %q", name, title, titles(events))
			}
		}
		for _, title := range test.lacks {
			if _, is := events[title]; is {
				t.Errorf("%s: has %s", name, title)
			}
		}
	}
}

func TestCalendar_OfABodyThatMeetsHoldsItsOwnMeetings(t *testing.T) {
	t.Parallel()
	of := func(b policy.Body) []string {
		events, _ := opens(t).writes(t, service.CalendarScope{Body: b}, policy.Limite, official("fr"))
		return titles(events)
	}
	const meeting = "COSI, December 2021"
	if cosi := of(policy.COSI); !slices.Contains(cosi, "COSI: OAP 2022 Firearms") || !slices.Contains(cosi, meeting) {
		t.Errorf("COSI has %q", cosi)
	}
	if council := of(policy.Council); slices.Contains(council, meeting) {
		t.Errorf("the Council goes to the meeting of COSI: %q", council)
	}
}

func TestCalendar_SaysThatARehearsalIsOne(t *testing.T) {
	t.Parallel()
	h := opens(t)
	h.cycle.Rehearsal, h.cycle.ID = true, "empact-rehearsal-1"
	events, written := h.writes(t, service.CalendarScope{Cycle: "empact-rehearsal-1", Language: "de"}, policy.Public, official(policy.GeneralSecretariat))
	if !strings.Contains(written, "X-WR-CALNAME:policycycle – Probelauf: empact-rehearsal-1\r\n") {
		t.Error(written)
	}
	for title := range events {
		if !strings.HasPrefix(title, "Probelauf: ") {
			t.Errorf("%q does not say it", title)
		}
	}
}

func TestCalendar_IsTheSameForTheSameRecords(t *testing.T) {
	t.Parallel()
	h, of, who := opens(t), service.CalendarScope{Cycle: policytest.Key}, official(policy.GeneralSecretariat)
	_, first := h.writes(t, of, policy.Limite, who)
	if _, again := h.writes(t, of, policy.Limite, who); again != first {
		t.Error("it differs")
	}
	if strings.Contains(first, time.Now().UTC().Format("20060102T")) {
		t.Error("it says when it was read")
	}
}

// Whatever stands in a title comes through, in lines that are no longer than programs take.
func TestCalendar_CarriesEveryTitle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := opens(t)
		title := rapid.OneOf(rapid.String(), rapid.StringMatching(`[Α-ωа-я,;:\\" nN]{0,120}`)).Draw(r, "title")
		h.cycle.Meetings[0].Title = title
		h.cycle.Waiting, h.cycle.Items, h.cycle.Periods = nil, nil, nil
		h.plans = policy.Definition{}
		_, written := h.writes(r, service.CalendarScope{Cycle: policytest.Key}, policy.Public, official(policy.GeneralSecretariat))
		for line := range strings.SplitSeq(strings.TrimSuffix(written, "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") {
				r.Fatalf("%d bytes: %q", len(line), line)
			}
		}
		read, err := ical.NewDecoder(strings.NewReader(written)).Decode()
		if err != nil {
			r.Fatal(err)
		}
		want := strings.Map(func(c rune) rune {
			if c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0 {
				return ' '
			}
			return c
		}, strings.ToValidUTF8(title, ""))
		if got, err := read.Events()[0].Props.Text(ical.PropSummary); err != nil || got != want {
			r.Fatalf("%q came through as %q (%v)", want, got, err)
		}
	})
}
