package local

import (
	"fmt"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// What rules find is not looked for again while nothing is recorded, whoever asks; and it is
// as soon as something is, or the day is another.
func TestFindings_AreLookedForAgainOnceSomethingIsRecorded(t *testing.T) {
	t.Parallel()
	anna, eva := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, policy.Actor{Name: "Eva", Body: policy.SupportTeam}
	asked := &storetest.Questions{}
	records, err := store.Open(t.Context(), storetest.URL(t), store.Options{Asserted: true, Trace: asked})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(records.Close)
	now := policytest.Date("2021-03-01").Time(policy.Brussels)
	before := policytest.Cycle("before")
	later := policytest.Cycle("later")
	later.Predecessor = "before"
	for _, d := range []policy.Definition{before, later} {
		d.Stores = []string{"indicators"}
		if _, err := records.StartCycle(t.Context(), store.NewCycle{ID: d.Key, Definition: d, By: anna, Now: now}); err != nil {
			t.Fatal(err)
		}
	}
	whole := New(records, nil, nil)
	whole.now = func() time.Time { return now }
	looks := func(as policy.Actor, filter service.FindingFilter) (again bool) {
		s, err := service.As(t.Context(), whole, as)
		if err != nil {
			t.Fatal(err)
		}
		asked.Take()
		if _, err := s.Findings(t.Context(), "later", filter); err != nil {
			t.Fatal(err)
		}
		return asked.Take()["ListActs"] > 0
	}
	entered := 0
	enters := func(cycle string) func() {
		return func() {
			entered++
			row := policy.Row{
				Register: policy.RegIndicators, Key: fmt.Sprint("arrests-", entered), Date: policytest.Date("2021-02-01"), By: eva,
				Body: &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "each once", Version: 1},
			}
			_, err := records.Enter(t.Context(), store.Entering{ID: row.Key, Cycle: cycle, By: eva, Rows: []policy.Row{row}, Now: now})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	opens := func() {
		if _, err := records.Reconcile(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: "later"}, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		happens string
		do      func()
		again   bool
	}{
		{"it is asked for the first time", func() {}, true}, {"nothing", func() {}, false}, {"something is entered", enters("later"), true},
		{"nothing more", func() {}, false}, {"a subject opens", opens, true}, {"something is entered in the cycle before", enters("before"), true},
		{"the next day comes", func() { now = now.Add(24 * time.Hour) }, true}, {"nothing at last", func() {}, false},
	} {
		step.do()
		for i, who := range []policy.Actor{anna, eva, {Name: "Jean", Body: "fr"}} {
			if again := looks(who, service.FindingFilter{}); again != (step.again && i == 0) {
				t.Errorf("when %s, rules look again for %s: %v", step.happens, who, again)
			}
		}
	}
	if !looks(anna, service.FindingFilter{Rule: "S1"}) || looks(anna, service.FindingFilter{Rule: "S1"}) {
		t.Error("what one rule finds is not remembered apart")
	}
	if _, err := whole.As(policy.Principal{}).Findings(t.Context(), "later", service.FindingFilter{}); policy.CodeOf(err) != policy.CodeMarking {
		t.Errorf("the public is given what was found for others: %v", err)
	}
}

func TestFound_RemembersNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	f := newFound()
	asks := func(n int) (looked bool) {
		_, err := f.of(foundBy{cycle: fmt.Sprint(n)}, func() ([]policy.Finding, error) {
			looked = true
			return make([]policy.Finding, mostRemembered/4), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return looked
	}
	for n := range 10 {
		if !asks(n) {
			t.Errorf("%d is known before it is asked for", n)
		}
		if asks(n) {
			t.Errorf("%d is forgotten at once", n)
		}
	}
	if f.size > mostRemembered || len(f.by) != f.recent.Len() || len(f.by) != 3 {
		t.Errorf("it remembers %d, of %d cycles", f.size, len(f.by))
	}
	if !asks(0) {
		t.Error("what nobody asked for longest is remembered")
	}
}
