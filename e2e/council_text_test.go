package e2e_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// assesses hands in an assessment that recommends to act on firearms and drugs.
func (h *house) assesses(cycle string) {
	h.tb.Helper()
	recommends := func(key, threat string) policy.Recommendation {
		return policy.Recommendation{Key: key, Title: "Act on " + threat, Threats: []string{threat}, Provenance: []string{"data of Member States"}}
	}
	threat := func(key string) policy.Threat {
		return policy.Threat{Key: key, Title: key, Area: key, Level: "high", Trend: "rising"}
	}
	validated := policy.Validated{Document: "EX 1/20 INIT", On: date("2020-11-01")}
	h.hands(policy.Europol, at(cycle, "assessment"), "2021-04-10", &policy.ThreatAssessment{
		Kind: policy.SOCTA, Methodology: validated, Requirements: validated, Threats: []policy.Threat{threat("firearms"), threat("drugs")},
		Recommendations: []policy.Recommendation{recommends("r1", "firearms"), recommends("r2", "drugs")},
	})
}

// proposes changes what is proposed to the Council, which rests on no decision.
func (h *house) proposes(cycle string, priorities ...policy.Priority) error {
	_, err := as(h.tb, h, anna).AmendCycle(h.tb.Context(), service.AmendCycle{
		Cycle: cycle, Date: date("2021-05-05"), Amendment: policy.Amendment{Reason: "The Presidency proposes otherwise.", Priorities: priorities},
	})
	return err
}

// What the cycle file says of priorities is a proposal. What the Council adopts is a text, and
// the cycle says what that text says.
func TestTheCycleSaysWhatTheCouncilAdopted(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "council-text"
	d := kept(cycle)
	d.StrategicGoals = []policy.Goal{{Key: "1", Title: "Fewer weapons"}}
	r.starts(d)
	r.assesses(cycle)
	conclusions := at(cycle, "priorities")
	r.awaits(conclusions, policy.StateDrafting)

	// The first draft sets what is proposed; a text that sets something else is refused.
	draft, err := as(t, r.house, policy.Actor{Name: "Pia", Body: policy.Presidency}).FindDraft(t.Context(), conclusions)
	if err != nil {
		t.Fatal(err)
	}
	text := draft.Content.(*policy.Conclusions)
	if len(text.Priorities) != 1 || text.Priorities[0].Title != "Firearms" {
		t.Fatalf("the first draft sets %+v", text.Priorities)
	}
	drugs := policy.SetPriority{Key: "drugs", Title: "Drugs", Recommendations: []string{"r2"}}
	text.Priorities[0].Recommendations = []string{"r1"}
	text.Priorities = append(text.Priorities, drugs)
	_, err = r.handsIn(policy.Presidency, conclusions, "2021-05-10", text)
	refused(t, err, policy.CodeInvalid, `"drugs": the cycle proposes no such priority`)

	// So it is proposed first.
	proposed := append(slices.Clone(d.Priorities), policy.Priority{Key: "drugs", Title: "Drugs", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "drugs", Title: "Drugs", Driver: "nl"}}})
	if err := r.proposes(cycle, proposed...); err != nil {
		t.Fatal(err)
	}
	text.Priorities[0].Title, text.Priorities[0].Aim = "Firearms and explosives", "Trace each weapon."
	if _, err := r.handsIn(policy.Presidency, conclusions, "2021-05-10", text); err != nil {
		t.Fatal(err)
	}
	anna := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	anna.goes("/cycles/" + cycle)
	anna.See("Proposed to the Council")
	if r.cycle(cycle).Priorities[0].Title != "Firearms" {
		t.Error("what is proposed changes by a text that nobody has adopted")
	}

	// The Council decides on what is proposed: a text that leaves some of it out is too old.
	if err := r.proposes(cycle, append(slices.Clone(proposed), policy.Priority{Key: "cars", Title: "Cars", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}}})...); err != nil {
		t.Fatal(err)
	}
	_, err = r.Decide(t.Context(), adoption(policy.Council, conclusions, policy.Adopted, "2021-05-26"))
	refused(t, err, policy.CodeInvalid, `lacks "cars", which the cycle proposes`)
	if err := r.proposes(cycle, proposed...); err != nil {
		t.Fatal(err)
	}
	r.decides(policy.Council, conclusions, policy.Adopted, "2021-05-26")

	// Now the cycle says what was adopted, in every view, and nothing is a proposal any more.
	c := r.cycle(cycle)
	if p := c.Priorities[0]; p.Title != "Firearms and explosives" || p.Aim != "Trace each weapon." || p.Proposed {
		t.Errorf("the priority is %+v", p)
	}
	anna.goes("/cycles/" + cycle)
	anna.See("Firearms and explosives")
	if anna.Has("Proposed to the Council") {
		t.Error("the page still speaks of a proposal")
	}
	refused(t, r.proposes(cycle, d.Priorities...), policy.CodeInvalid, "until the Council has decided on them")

	// A later decision words a priority anew; the goals are those of the general MASP.
	r.hands(policy.Commission, at(cycle, "masp/general"), "2021-10-01", &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Trace more"}, {Key: "2", Title: "Prevent"}}})
	r.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	script, err := r.FindScript(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(script.Definition.StrategicGoals); got != "[{1 Trace more} {2 Prevent}]" {
		t.Errorf("the goals are %s", got)
	}
	anew := slices.Clone(script.Definition.Priorities)
	anew[1].Title = "All drugs"
	r.amendsBy(cycle, "all-drugs", "2021-11-02", policy.Amendment{Reason: "Synthetic drugs, too.", Priorities: anew})
	if p := r.cycle(cycle).Priorities; p[0].Title != "Firearms and explosives" || !p[0].Amended.IsZero() || p[1].Title != "All drugs" || p[1].Amended.IsZero() {
		t.Errorf("amended, the priorities are %+v", p)
	}
	r.standsUp(cycle)
}
