package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// cycleBefore is the cycle before, which lost one priority by an amendment.
func cycleBefore() *policy.Records {
	d := sound()
	was := d
	was.Priorities = append([]policy.Priority{{Key: "fraud", Title: "Fraud", Kind: policy.PriorityCrime}}, d.Priorities...)
	return &policy.Records{Definition: &d, Former: []policy.Former{{Definition: &was, Until: date("2022-05-01")}}, Standings: map[policy.Subject]policy.Standing{}}
}

func TestUnsaidLineage_ListsWhatNobodySpeaksOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change          func(*policy.Definition, *policy.Records)
		unsaid, unknown string
	}{
		"all go on": {func(*policy.Definition, *policy.Records) {}, "", ""},
		"one goes on in two": {func(d *policy.Definition, _ *policy.Records) {
			d.Priorities[0].Lineage = append(d.Priorities[0].Lineage, policy.Lineage{Priority: "drugs", How: "split"})
		}, "", ""},
		"one is forgotten": {func(d *policy.Definition, _ *policy.Records) { d.Priorities[1].Lineage = nil }, "drugs", ""},
		"one ends": {func(d *policy.Definition, _ *policy.Records) {
			d.Priorities[1].Lineage, d.Lineage = nil, []policy.Lineage{{Priority: "drugs", How: "ended"}}
		}, "", ""},
		"one was never": {func(d *policy.Definition, _ *policy.Records) { d.Priorities[0].Lineage[0].Priority = "arms" }, "firearms", "priorities[0].lineage[0].priority"},
		"one that never was ends": {func(d *policy.Definition, _ *policy.Records) {
			d.Lineage = []policy.Lineage{{Priority: "arms", How: "ended"}}
		}, "", "lineage[0].priority"},
		"one that was withdrawn ends": {func(d *policy.Definition, _ *policy.Records) {
			d.Lineage = []policy.Lineage{{Priority: "fraud", How: "ended"}}
		}, "", ""},
		"the Council did not agree": {func(d *policy.Definition, r *policy.Records) {
			d.Priorities[1].Lineage = nil
			r.Standings[on("priorities")] = policy.Standing{State: policy.StateClosed, Outcome: policy.Adopted, Items: []policy.ItemOutcome{{Item: "drugs", Outcome: policy.NotAgreed}}}
		}, "", ""},
	} {
		r := cycleBefore()
		next := r.Definition.Successor(4)
		test.change(next, r)
		var unsaid, unknown []string
		for _, p := range policy.UnsaidLineage(next, r) {
			unsaid = append(unsaid, p.Key)
		}
		for _, from := range policy.UnknownLineage(next, r) {
			unknown = append(unknown, from.Field)
		}
		if strings.Join(unsaid, " ") != test.unsaid || strings.Join(unknown, " ") != test.unknown {
			t.Errorf("%s: unsaid %v, unknown %v", name, unsaid, unknown)
		}
		err := policy.JudgeLineage(next, r)
		if (policy.CodeOf(err) == policy.CodeInvalid) != (test.unknown != "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDefinitionUncovered_ListsTimeWithoutAPeriod(t *testing.T) {
	t.Parallel()
	whole := sound()
	next := *whole.Successor(2)
	whole.ImplementationWindow.To = next.ImplementationWindow.To
	whole.Periods = append(whole.Periods, next.Periods...) // four years
	window := func(from, to string) policy.Window { return policy.Window{From: date(from), To: date(to)} }
	for name, test := range map[string]struct {
		without []int
		want    []policy.Window
	}{
		"every year has one": {nil, nil}, "the third has none": {[]int{2}, []policy.Window{window("2024-01-01", "2024-12-31")}},
		"the last has none": {[]int{3}, []policy.Window{window("2025-01-01", "2025-12-31")}}, "the first has none": {[]int{0}, []policy.Window{window("2022-01-01", "2022-12-31")}},
		"two in a row have none": {[]int{1, 2}, []policy.Window{window("2023-01-01", "2024-12-31")}},
	} {
		d := whole
		d.Periods = nil
		for i, p := range whole.Periods {
			if !slices.Contains(test.without, i) {
				d.Periods = append(d.Periods, p)
			}
		}
		if diff := cmp.Diff(test.want, d.Uncovered(), cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if ps := d.Validate(); len(ps) > 0 {
			t.Errorf("%s is not sound: %+v", name, ps)
		}
	}
}

// Who did in time what was awaited is not late because somebody entered it later.
func TestMetInTime_GoesByTheDayOfTheActs(t *testing.T) {
	t.Parallel()
	due := date("2022-05-25")
	act := func(id, day string, change func(*policy.Recorded)) policy.Recorded {
		r := policy.Recorded{Act: policy.Act{Kind: policy.ActSubmit, Date: date(day)}, ID: id, Due: due, ArrivedOn: date("2022-06-20")}
		change(&r)
		return r
	}
	as := func(*policy.Recorded) {}
	decides := func(r *policy.Recorded) { r.Kind, r.Body, r.Outcome = policy.ActDecide, policy.COSI, policy.TookNote }
	for name, test := range map[string]struct {
		acts []policy.Recorded
		met  bool
	}{
		"nothing happened":                     {nil, false},
		"in time, entered late":                {[]policy.Recorded{act("a", "2022-05-20", as)}, true},
		"on the day, entered late":             {[]policy.Recorded{act("a", "2022-05-25", as)}, true},
		"a day late":                           {[]policy.Recorded{act("a", "2022-05-26", as)}, false},
		"another date was met":                 {[]policy.Recorded{act("a", "2022-05-20", func(r *policy.Recorded) { r.Due = date("2022-06-01") })}, false},
		"it is rectified to a later day":       {[]policy.Recorded{act("a", "2022-05-20", as), act("b", "2022-05-27", func(r *policy.Recorded) { r.Rectifies = "a" })}, false},
		"it is rectified to an earlier one":    {[]policy.Recorded{act("a", "2022-05-27", as), act("b", "2022-05-20", func(r *policy.Recorded) { r.Rectifies = "a" })}, true},
		"an outcome waits for a second person": {[]policy.Recorded{act("a", "2022-05-20", decides)}, false},
		"an outcome was confirmed": {[]policy.Recorded{act("a", "2022-05-20", decides), act("b", "2022-06-20", func(r *policy.Recorded) {
			r.Kind, r.Confirms, r.Due = policy.ActConfirm, "a", policy.Date{}
		})}, true},
		"a position is no answer": {[]policy.Recorded{act("a", "2022-05-20", func(r *policy.Recorded) { r.Kind = policy.ActPosition })}, false},
	} {
		if got := policy.MetInTime(test.acts, due); got != test.met {
			t.Errorf("%s: met %t", name, got)
		}
	}
}
