package rules_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestSnapshotPlanInForce_StandsAsItsChangesSay(t *testing.T) {
	t.Parallel()
	s := inOrder()
	second := on("change/2022/firearms/2")
	s.Items = append(s.Items, s.Definition.Opened(policy.Opening{Title: "Peace", Due: date("2022-06-30")}, second, date("2022-06-01")))
	peace := firearms("2022", "2021")
	peace.Actions, peace.OwnImpacts = peace.Actions[:1], nil
	s.Settle("change/2022/firearms/2", "2022-06-30", peace)
	s.Items[0], s.Items[1] = s.Items[1], s.Items[0] // whatever the order in which they are read

	firearms := on("oap/2022/firearms")
	for day, want := range map[string]int{"2021-10-31": 3, "2022-04-19": 3, "2022-04-20": 4, "2022-06-29": 4, "2022-06-30": 1} {
		s.Today = date(day)
		if plan := snapshot(s).PlanInForce(firearms); plan == nil || len(plan.Actions) != want {
			t.Errorf("on %s: %+v, want %d actions", day, plan, want)
		}
	}
	s.Today = date("2021-10-26")
	if plan := snapshot(s).PlanInForce(firearms); plan != nil {
		t.Errorf("before it is handed in: %+v", plan)
	}
	if plan := snapshot(s).PlanInForce(on("oap/2024/firearms")); plan != nil {
		t.Errorf("an OAP that there is not: %+v", plan)
	}
}

// What rests on the plan in force rests on the plan with its changes.
func TestSnapshotPlanInForce_IgnoresAChangeThatIsNotAdopted(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Action(ofChange + "/1.4").Goals = nil
	s.Last(ofChange).Outcome = policy.NotAgreed
	d := snapshot(s)
	if plan := d.PlanInForce(on("oap/2022/firearms")); len(plan.Actions) != 3 {
		t.Errorf("%d actions", len(plan.Actions))
	}
	if found := d.Findings(); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}

func TestSnapshotRows_DoNotHoldBeforeTheirDay(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Enter(policy.RegPosts, "driver/drugs", "2023-01-01", &policy.Holding{Holder: "nl"})
	s.Enter(policy.RegPosts, "driver/drugs", "2022-01-01", &policy.Holding{Holder: "be"}) // told later
	for day, want := range map[string]policy.Body{"2021-12-31": "fr", "2022-01-01": "be", "2023-01-01": "nl"} {
		s.Today = date(day)
		rows := snapshot(s).Rows(policy.RegPosts, "driver/")
		if len(rows) != 1 || rows[0].Body.(*policy.Holding).Holder != want {
			t.Errorf("on %s: %+v", day, rows)
		}
	}
	s.Today = date("2023-01-01")
	if rows := snapshot(s).Rows(policy.RegPosts, ""); len(rows) != 3 || rows[0].Key != "driver/drugs" || rows[2].Key != "leader/2023-drugs-2.2" {
		t.Errorf("%+v", rows)
	}
	if rows := snapshot(s).Rows(policy.RegDays, ""); len(rows) > 0 {
		t.Errorf("%+v", rows)
	}
}

// An action has an impact assessment of its own where it needs one.
func TestImpactsByAction_AreThoseOfSingleActions(t *testing.T) {
	t.Parallel()
	plan := firearms("2022", "2021")
	own := plan.ImpactsByAction()
	if own["1.1"] != nil || own["1.2"] == nil || own["1.2"].On != date("2021-10-02") {
		t.Errorf("%+v", own)
	}
	d := inOrder().Definition
	for code, change := range map[string]func(*policy.OperationalAction){
		"!burdens others":             func(a *policy.OperationalAction) { a.BurdensOthers = true },
		"!goes abroad":                func(a *policy.OperationalAction) { a.External.Does = true },
		"has partners who come to it": func(a *policy.OperationalAction) { a.Partners = []string{"Interpol"} },
	} {
		a := plan.Actions[0]
		change(&a)
		if d.NeedsOwnImpact(&a) != (code[0] == '!') {
			t.Errorf("an action that %s", code)
		}
	}
}
