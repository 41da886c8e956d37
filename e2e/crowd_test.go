package e2e_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// TestACycleClosesHoweverFastItsPlansEnd has many plans adopted and reported on
// all at once, so that some of them end while they are about to continue as
// new. The cycle must learn of every end.
func TestACycleClosesHoweverFastItsPlansEnd(t *testing.T) {
	h := enter(t, 0)
	h.works()
	const cycle, plans = "crowded", 12
	d := past(cycle)
	for i := 1; i < plans; i++ {
		key := fmt.Sprintf("plan-%d", i)
		d.Priorities[0].OAPs = append(d.Priorities[0].OAPs, policy.OAP{Key: key, Title: key, Driver: "se"})
	}
	h.starts(d)
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	h.submits(policy.Evaluator, at(cycle, "evaluation"), "2022-10-01")
	h.decides(policy.COSI, at(cycle, "evaluation"), policy.TookNote, "2022-10-20")

	var wait sync.WaitGroup
	for _, oap := range d.Priorities[0].OAPs {
		wait.Go(func() {
			plan, report := at(cycle, "oap/2022/"+oap.Key), at(cycle, "report/2022/"+oap.Key+"/final")
			h.submits("se", plan, "2021-11-01")
			h.decides(policy.COSI, plan, policy.Adopted, "2021-12-08")
			h.submits("se", report, "2023-01-20")
			h.decides(policy.COSI, report, policy.TookNote, "2023-02-10")
		})
	}
	wait.Wait()
	h.closes(cycle)
}
