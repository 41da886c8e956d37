package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// long is a service whose lists are long, and in no order.
type long struct{ *fake }

const length = 23

// shuffled gives each number below length once, in no order.
func shuffled(i int) int { return i * 7 % length }

func (l long) As(policy.Principal) service.Service { return l }

func (long) ListCycles(_ context.Context, f service.CycleFilter) ([]service.CycleLine, error) {
	var lines []service.CycleLine
	for i := range length {
		n := shuffled(i)
		lines = append(lines, service.CycleLine{ID: fmt.Sprintf("c-%02d", n), Title: fmt.Sprintf("%02d", (n+5)%length), StageSince: day((n + 11) % length)})
	}
	if f.Past != "" {
		lines = lines[1+slices.IndexFunc(lines, func(c service.CycleLine) bool { return c.ID == f.Past }):]
	}
	if f.Most > 0 {
		lines = lines[:min(f.Most, len(lines))]
	}
	return lines, nil
}

func day(n int) policy.Date { return policy.NewDate(2022, 1, 1).AddDays(n) }

func (long) Inbox(_ context.Context, f service.InboxFilter) ([]service.InboxItem, error) {
	var items []service.InboxItem
	for i := range length {
		items = append(items, service.InboxItem{Subject: policy.Subject{Cycle: "x", Kind: policy.KindItem, Key: fmt.Sprintf("%02d", shuffled(i))}, Due: day(i)})
	}
	return behind(items, f.Most, f.Past != policy.Subject{}, func(i service.InboxItem) bool { return i.Subject == f.Past && i.Due == f.PastDue }), nil
}

// behind gives as many of a list as are wanted, behind the one that was seen last.
func behind[T any](all []T, most int, seen bool, last func(T) bool) []T {
	if seen {
		all = all[1+slices.IndexFunc(all, last):]
	}
	return all[:min(most, len(all))]
}

func (long) Trail(_ context.Context, cycle string, f service.TrailFilter) ([]service.TrailEntry, error) {
	var lines []service.TrailEntry
	for i := range length {
		line := service.TrailEntry{
			Sequence: int64(i + 1), Act: []string{"decide", "submit"}[i%2], Accepted: i%3 > 0, Subject: cycle + "/" + []string{"oap/2022/firearms", "masp/general"}[i%5%2],
		}
		if (!f.Refused || !line.Accepted) && (f.Act == "" || line.Act == f.Act) && strings.HasPrefix(line.Subject, cycle+"/"+f.Prefix) {
			lines = append(lines, line)
		}
	}
	return behind(lines, f.Most, f.Past > 0, func(l service.TrailEntry) bool { return l.Sequence == f.Past }), nil
}

func (long) Findings(context.Context, string, service.FindingFilter) ([]policy.Finding, error) {
	var found []policy.Finding
	for i := range length {
		n := shuffled(i)
		found = append(found, policy.Finding{
			Rule: fmt.Sprintf("S%02d", n), Subject: fmt.Sprintf("%02d", (n+5)%length), Severity: []policy.Severity{policy.Blocks, policy.Warns, policy.Informs}[n%3],
		})
	}
	return found, nil
}

func (long) ListRows(_ context.Context, f service.RowFilter) ([]policy.Row, error) {
	var rows []policy.Row
	for i := range length {
		rows = append(rows, policy.Row{Register: policy.RegPosts, Key: fmt.Sprintf("%02d", shuffled(i)), Date: day(i), Body: &policy.Holding{}})
	}
	if f.History {
		return rows, nil
	}
	return behind(rows, f.Most, f.Past != policy.RowPlace{}, func(r policy.Row) bool { return r.Place() == f.Past }), nil
}

// lists asks for a whole list, part by part, and gives its items and how many parts
// there were.
func lists(t *testing.T, path string) (items []map[string]any, parts int) {
	t.Helper()
	handler := api.New(api.Options{Service: long{&fake{}}, Identify: identify, Log: zerolog.Nop()})
	cursor := ""
	for {
		answer, _ := asks(t, handler, "anna@general-secretariat", http.MethodGet, path+"&limit=5&cursor="+cursor, http.NoBody, 0)
		var page struct {
			Items []map[string]any `json:"items"`
			Next  string           `json:"next"`
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil || answer.Code != http.StatusOK {
			t.Fatalf("%s: %d %s %v", path, answer.Code, answer.Body, err)
		}
		items, parts = append(items, page.Items...), parts+1
		if page.Next == "" || parts > length {
			return items, parts
		}
		cursor = page.Next
	}
}

func TestList_IsWholePartByPart(t *testing.T) {
	t.Parallel()
	for path, field := range map[string]string{ // by which its items differ
		"/v1/cycles?": "id", "/v1/inbox?": "subject", "/v1/cycles/x/trail?": "sequence", "/v1/cycles/x/findings?": "rule",
		"/v1/cycles/x/rows?": "key", "/v1/cycles/x/rows?history=true": "key",
	} {
		items, parts := lists(t, path)
		different := map[string]bool{}
		for _, item := range items {
			different[fmt.Sprint(item[field])] = true
		}
		if parts != 5 || len(items) != length || len(different) != length {
			t.Errorf("%s: %d items, %d different, in %d parts", path, len(items), len(different), parts)
		}
	}
}

func TestList_IsNarrowedToWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	for path, test := range map[string]struct {
		fits func(item map[string]any) bool
		want int
	}{
		"/v1/cycles/x/findings?severity=warns": {func(f map[string]any) bool { return f["severity"] == "warns" }, 8},
		"/v1/cycles/x/trail?act=decide":        {func(l map[string]any) bool { return l["act"] == "decide" }, 12},
		"/v1/cycles/x/trail?prefix=oap/":       {func(l map[string]any) bool { return strings.HasPrefix(l["subject"].(string), "x/oap/") }, 14},
		"/v1/cycles/x/trail?refused=true":      {func(l map[string]any) bool { return l["accepted"] == false }, 8},
		"/v1/cycles/x/trail?refused=true&act=submit&prefix=masp": {func(l map[string]any) bool {
			return l["accepted"] == false && l["act"] == "submit" && l["subject"] == "x/masp/general"
		}, 2},
	} {
		items, _ := lists(t, path)
		if len(items) != test.want || slices.ContainsFunc(items, func(item map[string]any) bool { return !test.fits(item) }) {
			t.Errorf("%s: %d, want %d: %v", path, len(items), test.want, items)
		}
	}
}

// changing is a cycle in which others mend what is found while somebody reads it.
type changing struct {
	*fake
	found []policy.Finding
}

func (c *changing) As(policy.Principal) service.Service { return c }

func (c *changing) Findings(context.Context, string, service.FindingFilter) ([]policy.Finding, error) {
	return slices.Clone(c.found), nil
}

// What others do between two parts of a list neither hides anything nor shows it
// twice.
func TestList_HidesNothingThatChangesBetweenTwoParts(t *testing.T) {
	t.Parallel()
	findings := func(records string) (all []policy.Finding) {
		for record := range strings.FieldsSeq(records) {
			all = append(all, policy.Finding{Rule: "S1", Record: record})
		}
		return all
	}
	for name, test := range map[string]struct{ then, want string }{
		"nothing happens":                    {"a b c d e f", "d e f"},
		"one that was seen is mended":        {"a c d e f", "d e f"},
		"another one comes before":           {"new a b c d e f", "d e f"},
		"the last one seen is mended":        {"a b d e f", "d e f"},
		"all that were seen but one go":      {"c d e f", "d e f"},
		"all that were not seen are mended":  {"a b c", ""},
		"one of those that follow is mended": {"a b c e f", "e f"},
	} {
		c := &changing{&fake{}, findings("a b c d e f")}
		handler := api.New(api.Options{Service: c, Identify: identify, Log: zerolog.Nop()})
		var page struct {
			Items []policy.Finding `json:"items"`
			Next  string           `json:"next"`
		}
		read := func(cursor string) {
			answer, _ := asks(t, handler, "anna@general-secretariat", http.MethodGet, "/v1/cycles/x/findings?limit=3&cursor="+cursor, http.NoBody, 0)
			if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil || answer.Code != http.StatusOK {
				t.Fatalf("%s: %d %s %v", name, answer.Code, answer.Body, err)
			}
		}
		read("")
		c.found = findings(test.then)
		read(page.Next)
		var got []string
		for _, item := range page.Items {
			got = append(got, item.Record)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: then come %v, want %s", name, got, test.want)
		}
	}
}

func TestList_RefusesACursorOfNowhereAndAnUnknownWeight(t *testing.T) {
	t.Parallel()
	handler := api.New(api.Options{Service: long{&fake{}}, Identify: identify, Log: zerolog.Nop()})
	for _, path := range []string{"/v1/inbox?cursor=!", "/v1/inbox?cursor=" + httpapi.Cursor("noon", "x/item/a"), "/v1/inbox?cursor=" + httpapi.Cursor("2022-01-01", "x"), "/v1/cycles/x/trail?cursor=" + httpapi.Cursor("x"),
		"/v1/cycles/x/rows?cursor=" + httpapi.Cursor("posts"), "/v1/cycles/x/findings?cursor=c-07", "/v1/cycles/x/findings?severity=hurts",
	} {
		if answer, problem := asks(t, handler, "anna@general-secretariat", http.MethodGet, path, http.NoBody, 0); answer.Code != http.StatusUnprocessableEntity || problem.Code != policy.CodeInvalid {
			t.Errorf("%s: %d %+v", path, answer.Code, problem)
		}
	}
}

func TestSaveDraft_TellsChangesApartByTheirTag(t *testing.T) {
	t.Parallel()
	const path = "/v1/cycles/empact-2022-2025/draft?path=masp/general"
	f := &fake{}
	handler := api.New(api.Options{Service: f, Identify: identify, Log: zerolog.Nop()})
	answer, _ := asks(t, handler, "anna@general-secretariat", http.MethodGet, path, http.NoBody, 0)
	tag := answer.Header().Get("ETag")
	if found, is := f.out.(*service.Draft); !is || tag != strconv.Quote(strconv.Itoa(found.Revision)) {
		t.Errorf("the tag is %s of %+v", tag, f.out)
	}
	for match, revision := range map[string]int{tag: 7, "W/" + tag: 7, "": 0} {
		request := strings.NewReader(`{"content": {"goals": []}}`)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, path, request)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, "Policycycle-As": {"anna@general-secretariat"}}
		if match != "" {
			r.Header.Set("If-Match", match)
		}
		if answer := serves(handler, r); answer.Code != http.StatusOK || answer.Header().Get("ETag") != tag {
			t.Errorf("saved with %q: %d %s", match, answer.Code, answer.Body)
		}
		if saved, is := f.in[0].(service.SaveDraft); !is || saved.Revision != revision {
			t.Errorf("saved with %q it is %+v", match, f.in)
		}
	}
}
