package rules_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
)

// planOf gives a copy of what stands in an OAP, to be changed.
func planOf(t *testing.T, s *story, path string) *policy.OperationalPlan {
	t.Helper()
	held, is := s.Contents[on(path)].(*policy.OperationalPlan)
	if !is {
		t.Fatalf("%s is not kept", path)
	}
	plan := *held
	plan.Actions = slices.Clone(held.Actions)
	return &plan
}

// titleIn gives the title of the first action of an OAP as it stood on a day.
func titleIn(t *testing.T, s *story, day string) string {
	t.Helper()
	plan := snapshot(s).On(policytest.Date(day)).PlanInForce(on("oap/2022/drugs"))
	if plan == nil {
		t.Fatalf("no plan is in force on %s", day)
	}
	return plan.Actions[0].Title
}

// A linguistic corrigendum counts from its day, a substantive one from the day on which it
// is adopted. On earlier days the earlier text stands.
func TestSnapshotOn_LooksAtTheTextInForceOnThatDay(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-12-01")
	submitted := planOf(t, s, "oap/2022/drugs").Actions[0].Title
	with := func(title string) *policy.OperationalPlan {
		plan := planOf(t, s, "oap/2022/drugs")
		plan.Actions[0].Title = title
		return plan
	}
	s.Correct("oap/2022/drugs", "2022-02-01", false, with("Linguistic"))
	id := s.Correct("oap/2022/drugs", "2022-03-01", true, with("Substantive"))
	if title := titleIn(t, s, "2022-12-01"); title != "Linguistic" {
		t.Errorf("before it is adopted it says %q", title)
	}
	item := s.Definition.Opened(policy.Opening{Title: "Corrected", Due: date("2022-06-01"), Through: []policy.Body{policy.COSI}, Adopts: id}, on("item/cor"), date("2022-04-01"))
	s.Items = append(s.Items, item)
	s.Settle("item/cor", "2022-06-01", nil)
	for _, test := range []struct{ day, want string }{
		{"2022-01-31", submitted}, {"2022-02-01", "Linguistic"}, {"2022-05-31", "Linguistic"}, {"2022-06-01", "Substantive"}, {"2022-12-01", "Substantive"},
	} {
		if title := titleIn(t, s, test.day); title != test.want {
			t.Errorf("on %s it says %q instead of %q", test.day, title, test.want)
		}
		today := s.Today
		s.Today = date(test.day)
		if title := titleIn(t, s, test.day); title != test.want {
			t.Errorf("looked at on %s itself it says %q instead of %q", test.day, title, test.want)
		}
		s.Today = today
	}
	rolled, err := snapshot(s).RollOver(on("oap/2023/drugs"))
	if err != nil || rolled.From != on("oap/2022/drugs") || rolled.Plan.Actions[0].Title != "Substantive" {
		t.Errorf("the next plan begins with %+v, %v", rolled, err)
	}
}

// What only the corrected text does is found, and what only the submitted one did is not.
func TestFindings_AreThoseOfTheTextInForce(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-12-01")
	fine := s.Contents[on("oap/2022/drugs")]
	wrong := planOf(t, s, "oap/2022/drugs")
	wrong.Impact = nil
	found := func() int { return len(snapshot(s).Findings()) }
	if n := found(); n > 0 {
		t.Fatalf("%d findings in a cycle in order", n)
	}
	s.Correct("oap/2022/drugs", "2022-02-01", false, wrong)
	if found() == 0 {
		t.Error("what the corrigendum does away with is not missed")
	}
	s.Correct("oap/2022/drugs", "2022-03-01", false, fine)
	if n := found(); n > 0 {
		t.Errorf("%d findings in what no longer stands", n)
	}
}

// The final text of what was adopted with amendments is looked at, and not the one that was
// handed in: by rules, totals and the plan of the next period.
func TestFindings_AreThoseOfTheFinalText(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-12-01")
	final := planOf(t, s, "oap/2022/drugs")
	final.Impact, final.Actions = nil, final.Actions[:1]
	s.Finalise("oap/2022/drugs", "2021-12-20", final)
	d := snapshot(s)
	found, err := d.FindingsOf("S6")
	missed := func(f policy.Finding) bool { return f.Record == "oap/2022/drugs" }
	if err != nil || !slices.ContainsFunc(found, missed) {
		t.Errorf("what only the final text lacks is not found: %+v, %v", found, err)
	}
	before := d.On(date("2021-12-19")).PlanInForce(on("oap/2022/drugs"))
	if len(before.Actions) == 1 || len(d.PlanInForce(on("oap/2022/drugs")).Actions) != 1 {
		t.Error("the text in force is another one")
	}
	rolled, err := d.RollOver(on("oap/2023/drugs"))
	if err != nil || len(rolled.Plan.Actions) != 1 {
		t.Errorf("the next plan begins with %+v, %v", rolled, err)
	}
}

func TestSummarise_CountsWhatTheFinalTextOfAReportTells(t *testing.T) {
	t.Parallel()
	s := unreported()
	hands(s, "2022/drugs/may", figure("arrests", "829"))
	s.Settle("report/2022/drugs/may", "2022-06-10", s.Contents[on("report/2022/drugs/may")])
	s.Finalise("report/2022/drugs/may", "2022-06-20", &policy.Report{
		Actions: []policy.ActionReport{{Action: "1.1", Status: policy.Ongoing, Figures: []policy.Figure{figure("arrests", "840")}}},
	})
	s.Today = date("2022-12-01")
	arrests := func(d *rules.Snapshot) (all int64) {
		for _, f := range d.Summarise(rules.SummaryFilter{Year: 2022}).Totals.Figures {
			all += f.Value.Floor()
		}
		return all
	}
	if d := snapshot(s); arrests(d) != 840 || arrests(d.On(date("2022-06-19"))) != 829 {
		t.Errorf("they are %d, and were %d before the final text", arrests(d), arrests(d.On(date("2022-06-19"))))
	}
}
