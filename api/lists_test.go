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
)

// long is a service whose lists are long, and in no order.
type long struct{ *fake }

const length = 23

// shuffled gives each number below length once, in no order.
func shuffled(i int) int { return i * 7 % length }

func (l long) As(policy.Capacity) service.Service { return l }

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

func (long) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	var items []service.InboxItem
	for i := range length {
		n := shuffled(i)
		items = append(items, service.InboxItem{Title: fmt.Sprintf("%02d", n), Due: day((n + 5) % length), Since: day((n + 11) % length)})
	}
	return items, nil
}

func (long) Trail(_ context.Context, cycle string) ([]service.TrailEntry, error) {
	var lines []service.TrailEntry
	for i := range length {
		lines = append(lines, service.TrailEntry{
			Sequence: int64(i), Act: []string{"decide", "submit"}[i%2], Accepted: i%3 > 0, Subject: cycle + "/" + []string{"oap/2022/firearms", "masp/general"}[i%5%2],
		})
	}
	return lines, nil
}

func (long) Findings(context.Context, string, string) ([]policy.Finding, error) {
	var found []policy.Finding
	for i := range length {
		n := shuffled(i)
		found = append(found, policy.Finding{
			Rule: fmt.Sprintf("S%02d", n), Subject: fmt.Sprintf("%02d", (n+5)%length), Severity: []policy.Severity{policy.Blocks, policy.Warns, policy.Informs}[n%3],
		})
	}
	return found, nil
}

func (long) ListRows(context.Context, service.RowFilter) ([]policy.Row, error) {
	var rows []policy.Row
	for i := range length {
		n := shuffled(i)
		rows = append(rows, policy.Row{Register: policy.RegPosts, Key: fmt.Sprintf("%02d", n), Date: day((n + 5) % length), Body: &policy.Holding{}})
	}
	return rows, nil
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

func TestAListIsWholePartByPartAndSortedByWhatItSays(t *testing.T) {
	t.Parallel()
	for path, fields := range map[string]map[string]string{ // sort → the field of an item
		"/v1/cycles?":            {"": "id", "id": "id", "title": "title", "since": "stage_since"},
		"/v1/inbox?":             {"": "title", "title": "title", "due": "due", "since": "since"},
		"/v1/cycles/x/trail?":    {"": "sequence", "sequence": "sequence"},
		"/v1/cycles/x/findings?": {"": "rule", "rule": "rule", "subject": "subject", "severity": "severity"},
		"/v1/cycles/x/rows?":     {"": "key", "key": "key", "date": "date"},
	} {
		for by, field := range fields {
			for _, turned := range []string{"", "-"} {
				if by == "" && turned != "" {
					continue
				}
				items, parts := lists(t, path+"sort="+turned+by)
				var values []string
				for _, item := range items {
					text := fmt.Sprint(item[field])
					if n, is := item[field].(float64); is {
						text = fmt.Sprintf("%02.0f", n)
					}
					values = append(values, text)
				}
				inOrder := slices.IsSorted(values)
				if turned == "-" {
					slices.Reverse(values)
					inOrder = slices.IsSorted(values)
				}
				different := len(slices.Compact(slices.Sorted(slices.Values(values))))
				if parts != 5 || len(items) != length || different != length && field != "severity" || by != "" && !inOrder {
					t.Errorf("%s sorted by %s%s: %d items, %d different, in %d parts: %v", path, turned, by, len(items), different, parts, values)
				}
			}
		}
	}
}

func TestAListIsNarrowedToWhatIsAskedFor(t *testing.T) {
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

// changing is an inbox that others work on while somebody reads it.
type changing struct {
	*fake
	items []service.InboxItem
}

func (c *changing) As(policy.Capacity) service.Service { return c }

func (c *changing) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	return slices.Clone(c.items), nil
}

// What others do between two parts of a list neither hides anything nor shows it
// twice.
func TestAListThatChangesBetweenTwoPartsHidesNothing(t *testing.T) {
	t.Parallel()
	item := func(key string) service.InboxItem {
		return service.InboxItem{Title: key, Awaits: "decision", Subject: policy.Subject{Cycle: "x", Kind: policy.KindOAP, Key: "2022/" + key}}
	}
	items := func(keys string) (all []service.InboxItem) {
		for key := range strings.FieldsSeq(keys) {
			all = append(all, item(key))
		}
		return all
	}
	for name, test := range map[string]struct{ then, want string }{
		"nothing happens":                     {"a b c d e f", "d e f"},
		"one that was seen is settled":        {"a c d e f", "d e f"},
		"another one comes before":            {"new a b c d e f", "d e f"},
		"the last one seen is settled":        {"a b d e f", "d e f"},
		"all that were seen but one go":       {"c d e f", "d e f"},
		"all that were not seen are settled":  {"a b c", ""},
		"one of those that follow is settled": {"a b c e f", "e f"},
	} {
		c := &changing{&fake{}, items("a b c d e f")}
		handler := api.New(api.Options{Service: c, Identify: identify, Log: zerolog.Nop()})
		var page struct {
			Items []service.InboxItem `json:"items"`
			Next  string              `json:"next"`
		}
		read := func(cursor string) {
			answer, _ := asks(t, handler, "anna@general-secretariat", http.MethodGet, "/v1/inbox?limit=3&cursor="+cursor, http.NoBody, 0)
			if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil || answer.Code != http.StatusOK {
				t.Fatalf("%s: %d %s %v", name, answer.Code, answer.Body, err)
			}
		}
		read("")
		c.items = items(test.then)
		read(page.Next)
		var got []string
		for _, item := range page.Items {
			got = append(got, item.Title)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: then come %v, want %s", name, got, test.want)
		}
	}
}

func TestACursorOfNowhereAndAnOrderThatIsNoneAreRefused(t *testing.T) {
	t.Parallel()
	handler := api.New(api.Options{Service: long{&fake{}}, Identify: identify, Log: zerolog.Nop()})
	for _, path := range []string{"/v1/inbox?cursor=!", "/v1/cycles?sort=id&cursor=c-07", "/v1/cycles?sort=colour", "/v1/cycles/x/findings?severity=hurts"} {
		if answer, problem := asks(t, handler, "anna@general-secretariat", http.MethodGet, path, http.NoBody, 0); answer.Code != http.StatusUnprocessableEntity || problem.Code != policy.CodeInvalid {
			t.Errorf("%s: %d %+v", path, answer.Code, problem)
		}
	}
}

func TestADraftHasATagByWhichAChangeIsToldFromAnother(t *testing.T) {
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
