package rules_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
)

// The cast of the stories is that of policytest.

type (
	story = policytest.Story
	file  = policytest.File
)

var (
	date     = policytest.Date
	on       = policytest.On
	open     = policytest.Open
	launches = policytest.Launches
	submits  = policytest.Submits
	seconded = policytest.Seconded
	of       = policytest.Of
	inOrder  = policytest.InOrder
	impact   = policytest.Impact
	acting   = policytest.Acting
	firearms = policytest.Firearms
)

// many makes n values.
func many[T any](n int, one func(i int) T) []T { return policytest.Many(n, one) }

// content finds what stands in a document of a story, to change it.
func content[T policy.Content](s *story, path string) T { return policytest.Content[T](s, path) }

// row finds the body of a row of a story, to change it.
func row[T policy.RowBody](s *story, register policy.Register, key string) T {
	return policytest.Row[T](s, register, key)
}

// snapshot is all that rules may look at on the day of a story.
func snapshot(s *story) *rules.Snapshot {
	r, acts, contents := s.Records()
	d := rules.NewSnapshot(r, acts, contents, s.Rows)
	d.Texts = s.Texts
	return d
}

func TestSnapshotFindings_AreNoneOfACycleInOrder(t *testing.T) {
	t.Parallel()
	s := inOrder()
	for today := date("2021-01-04"); !today.After(date("2024-06-30")); today = today.AddDays(7) {
		s.Today = today
		for _, f := range snapshot(s).Findings() {
			t.Errorf("on %s: %s %s %s: %s", today, f.Rule, f.Severity, f.Record, f.Message)
		}
	}
	stages := snapshot(s).Stages()
	if last := stages[len(stages)-1]; last.Stage != policy.StageClosed || last.Since != date("2024-01-01") {
		t.Errorf("the cycle ends with %+v", last)
	}
}

// What the stories rest on can really be written down and recorded, day by day.
func TestInOrder_CanBeRecordedDayByDay(t *testing.T) {
	t.Parallel()
	s := inOrder()
	if ps := s.Definition.Validate(); len(ps) > 0 {
		t.Errorf("the definition: %+v", ps)
	}
	for subject, content := range s.Contents {
		if ps := content.Problems(); len(ps) > 0 {
			t.Errorf("%s: %+v", subject, ps)
		}
	}
	for _, r := range s.Rows {
		s.Today = r.Date
		if err := snapshot(s).JudgeRows(policy.Asserted(r.By), []policy.Row{r}, false); err != nil {
			t.Errorf("%s %s: %v", r.Register, r.Key, err)
		}
	}
	var all []policy.Recorded
	for _, acts := range s.Acts {
		all = append(all, acts...)
	}
	slices.SortFunc(all, func(a, b policy.Recorded) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.ID, b.ID))
	})
	s.Acts = map[policy.Subject][]policy.Recorded{}
	for _, a := range all {
		s.Today = a.Date
		d, e := snapshot(s), s.Entry(a.Subject.Path())
		facts := d.FactsFor(e)
		facts.Blocking = d.Blocking(a.Subject)
		if err := a.Check(); err != nil {
			t.Errorf("%s: %v", a.ID, err)
		}
		if err := policy.Judge(e, e.Opens, seconded(s.Acts[a.Subject]), a.Act, facts); err != nil {
			t.Errorf("%s by %s: %v", a.ID, a.By, err)
		}
		s.Acts[a.Subject] = append(s.Acts[a.Subject], a)
	}
}
