package e2e_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// amendsBy amends a cycle by an item that the Council adopts on a day.
func (h *house) amendsBy(cycle, item, day string, a policy.Amendment) {
	h.tb.Helper()
	on := at(cycle, "item/"+item)
	o := opening(cycle, item)
	o.Date, o.Opening.Due, o.Opening.Through = date(day), date(day), []policy.Body{policy.Council}
	if _, err := as(h.tb, h, anna).OpenItem(h.tb.Context(), o); err != nil {
		h.tb.Fatal(err)
	}
	h.submits(policy.Presidency, on, day)
	decision := h.decides(policy.Council, on, policy.Adopted, day)
	a.Reason = item
	_, err := as(h.tb, h, anna).AmendCycle(h.tb.Context(), service.AmendCycle{
		Cycle: cycle, Amendment: a, Decision: decision.ID, Date: date(day),
	})
	if err != nil {
		h.tb.Fatal(err)
	}
}

func TestAPriorityThatComesBackBeginsAnewAndOneThatIsRenamedKeepsItsYear(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "amended-twice"
	d := past(cycle)
	drugs := policy.Priority{Key: "drugs", Title: "Drugs", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "drugs", Title: "Drugs", Driver: "nl"}}}
	d.Priorities = append(d.Priorities, drugs)
	h.starts(d)
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	firearms, narcotics := at(cycle, "oap/2022/firearms"), at(cycle, "oap/2022/drugs")
	for plan, by := range map[policy.Subject]policy.Body{firearms: "se", narcotics: "nl"} {
		h.submits(by, plan, "2021-11-01")
		h.decides(policy.COSI, plan, policy.Adopted, "2021-12-08")
	}

	h.amendsBy(cycle, "no-more-firearms", "2022-02-01", policy.Amendment{Priorities: []policy.Priority{drugs}})
	ended(t, h.engine.Client(), firearms.Run())
	back := append([]policy.Priority{drugs}, d.Priorities[0])
	h.amendsBy(cycle, "firearms-again", "2022-03-01", policy.Amendment{Priorities: back})
	eventually(t, "the OAP is in motion again", func() bool { return moving(t, h.engine.Client(), firearms.Run()) })
	if receipt := h.submits("se", firearms, "2022-03-20"); receipt.Version != 2 {
		t.Errorf("version %d was handed in, want the second", receipt.Version)
	}
	adopts := adoption(policy.COSI, firearms, policy.Adopted, "2022-04-20")
	adopts.Version = 2
	if _, err := h.Decide(t.Context(), adopts); err != nil {
		t.Fatal(err)
	}

	renamed := drugs
	renamed.OAPs = []policy.OAP{{Key: "synthetic-drugs", Title: "Synthetic drugs", Driver: "nl", From: []string{"drugs"}}}
	h.amendsBy(cycle, "another-name", "2022-06-01", policy.Amendment{Priorities: append([]policy.Priority{renamed}, back[1:]...)})
	h.submits("nl", at(cycle, "report/2022/drugs/final"), "2023-01-20")

	c := h.cycle(cycle)
	if ps := c.Priorities; len(ps) != 3 || ps[1].Added != date("2022-03-01") || ps[2].Key != "firearms" || ps[2].Withdrawn != date("2022-02-01") {
		t.Errorf("the priorities are %+v", ps)
	}
	if p := c.Periods[0]; len(p.OAPs) != 2 || p.OAPs[0].Outcome != policy.Adopted || p.OAPs[1].Outcome != policy.Adopted {
		t.Errorf("the OAPs of the year are %+v", p.OAPs)
	}
	h.standsUp(cycle)
}
