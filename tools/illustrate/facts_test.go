package main

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// What was said in public of the plans of 2026-2027 is what their example shows: examples/README.md
// has the sources.
func TestIllustrated_TellsWhatIsKnownOfThePlansOf2026(t *testing.T) {
	t.Parallel()
	s := tell(t, empact2026)
	actions, all, taking := map[string]int{}, 0, map[string]bool{}
	for _, e := range s.course.entries {
		plan, is := s.folder.Documents[e.Subject.Path()+"/v1"].(*policy.OperationalPlan)
		if !is || e.Subject.Period != "2026-2027" {
			continue
		}
		actions[e.Subject.Key] = len(plan.Actions)
		all += len(plan.Actions)
		for i := range plan.Actions {
			for _, body := range plan.Actions[i].Everybody() {
				taking[string(body)] = true
			}
			for _, partner := range plan.Actions[i].Partners {
				taking[partner] = true
			}
		}
	}
	if all != 285 || actions["criminal-networks"] != 26 || actions["cannabis-cocaine-heroin"] != 37 {
		t.Errorf("%d actions, %v", all, actions)
	}
	if len(taking) != 60 {
		t.Errorf("%d take part: %v", len(taking), taking)
	}
	var money int64
	codrives := map[string]policy.Body{}
	for _, row := range s.folder.Rows {
		switch body := row.Body.(type) {
		case *policy.Envelope:
			if !body.Reserve && body.To == day("2027-12-31") {
				money += body.Amount
			}
		case *policy.Holding:
			codrives[row.Key] = body.Holder
		}
	}
	if money != 14_000_000 {
		t.Errorf("%d euro", money)
	}
	for _, post := range []string{"co-driver/criminal-networks", "co-driver/cannabis-cocaine-heroin"} {
		if codrives[post] != "it" {
			t.Errorf("%s is %q", post, codrives[post])
		}
	}
}

// The joint action days in South-East Europe are as Europol published them. What was checked
// in November 2023 adds up; the investigations do not, and the rules say so.
func TestIllustrated_TellsThePublishedJointActionDays(t *testing.T) {
	t.Parallel()
	type days struct {
		from, to string
		figures  map[string]int64
	}
	want := map[string]days{
		"jad-2022-10": {"2022-10-26", "2022-10-29", map[string]int64{"arrests": 382, "investigations": 130, "persons-checked": 74_924}},
		"jad-2023-11": {"2023-11-13", "2023-11-18", map[string]int64{
			"arrests": 566, "investigations": 121, "checks": 288_774, "persons-checked": 215_273, "vehicles-checked": 67_277,
			"parcels-checked": 5_225, "premises-checked": 999,
		}},
	}
	for _, row := range tell(t, empact2022).folder.Rows {
		jad, is := row.Body.(*policy.JointActionDay)
		known, published := want[row.Key]
		if !is || !published {
			continue
		}
		delete(want, row.Key)
		if jad.From != day(known.from) || jad.To != day(known.to) || len(jad.Figures) != len(known.figures) {
			t.Errorf("%s: %+v", row.Key, jad)
		}
		for _, f := range jad.Figures {
			if f.Value != policy.Whole(known.figures[f.Indicator]) {
				t.Errorf("%s: %s is %s", row.Key, f.Indicator, f.Value)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("these are missing: %v", want)
	}
}
