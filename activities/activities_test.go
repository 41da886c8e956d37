package activities_test

import (
	"testing"
	"time"

	"github.com/policycycle/policycycle/activities"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// Whoever can start an activity says what time it is, and is believed no further
// than the clock.
func TestNoActivityBelievesATimeThatIsStillToCome(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	clock := policy.NewDate(2021, 3, 1).Time(policy.Brussels)
	a := &activities.Activities{Store: s, Clock: func() time.Time { return clock }}
	d := policy.Definition{
		Format: policy.DefinitionFormat, Key: "empact", Title: "A cycle",
		PolicyWindow:         policy.Window{From: policy.NewDate(2021, 1, 1), To: policy.NewDate(2021, 12, 31)},
		ImplementationWindow: policy.Window{From: policy.NewDate(2022, 1, 1), To: policy.NewDate(2022, 12, 31)},
		Assessment:           policy.Assessment{Kind: policy.SOCTA, Title: "SOCTA", Due: policy.NewDate(2021, 4, 12)},
		Conclusions:          policy.Milestone{Due: policy.NewDate(2021, 5, 26)},
		MASP:                 policy.MASP{General: &policy.GeneralMASP{Key: "general", Title: "MASP"}, Drafting: policy.NewDate(2021, 6, 1), Due: policy.NewDate(2021, 10, 15)},
		Evaluation:           policy.OpenMilestone{Opens: policy.NewDate(2022, 1, 15), Due: policy.NewDate(2022, 11, 1)},
		Obligations: []policy.Obligation{{
			Key: "annual-report", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{policy.NewDate(2022, 12, 31)},
		}},
	}
	by := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: "empact", Definition: d, By: by, Now: clock}); err != nil {
		t.Fatal(err)
	}
	later := policy.NewDate(2022, 12, 1).Time(policy.Brussels)
	if _, err := a.Look(t.Context(), protocol.LookArgs{Run: policy.Run{Kind: policy.RunObligations, Cycle: "empact"}, Now: later}); err != nil {
		t.Fatal(err)
	}
	c, err := s.FindCycle(t.Context(), "empact")
	if err != nil || len(c.Subjects) != 0 {
		t.Errorf("what opens in autumn 2022 is open in March 2021: %+v, %v", c.Subjects, err)
	}
	clock = later
	if _, err := a.Look(t.Context(), protocol.LookArgs{Run: policy.Run{Kind: policy.RunObligations, Cycle: "empact"}, Now: later}); err != nil {
		t.Fatal(err)
	}
	if c, err = s.FindCycle(t.Context(), "empact"); err != nil || len(c.Subjects) != 1 {
		t.Errorf("once it is autumn it is open: %+v, %v", c.Subjects, err)
	}
}
