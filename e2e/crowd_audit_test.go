package e2e_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Thirty-two officials decide at once on one cycle: on one subject, which is one
// workflow, and on its fifteen OAPs. The trail keeps its order, and nothing is
// lost.
func TestTheTrailKeepsItsOrderUnderThirtyTwoDeciders(t *testing.T) {
	t.Parallel()
	const deciders, each, plans = 32, 2, 15
	f := defends(t, true)
	f.works()
	const cycle = "crowded"
	team := policy.Chain{SubmitDaysBefore: 7, Through: []policy.Step{{Body: policy.SupportTeam, DaysBefore: 3}, {Body: policy.COSI}}}
	d := past(cycle)
	d.Chains[policy.KindOAP], d.Chains[policy.KindEvaluation] = team, team
	d.Priorities[0].OAPs = nil
	for i := range plans {
		d.Priorities[0].OAPs = append(d.Priorities[0].OAPs, policy.OAP{Key: fmt.Sprintf("plan-%d", i), Title: "A plan", Driver: "se"})
	}
	f.starts(d)
	f.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	f.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	f.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	f.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	f.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	f.submits(policy.Evaluator, at(cycle, "evaluation"), "2022-09-01")
	var subjects []policy.Subject
	for i := range plans {
		subjects = append(subjects, at(cycle, fmt.Sprintf("oap/2022/plan-%d", i)))
		f.submits("se", subjects[i], "2021-11-01")
	}
	before := len(f.cycle(cycle).Decisions)

	var wait sync.WaitGroup
	for n := range deciders {
		wait.Go(func() {
			for i := range each {
				for _, subject := range []policy.Subject{at(cycle, "evaluation"), subjects[(n+i)%plans]} {
					f.insists(service.Decide{Act: policy.Act{
						Subject: subject, By: policy.Actor{Name: fmt.Sprint("Tom ", n), Body: policy.SupportTeam}, Body: policy.SupportTeam,
						Outcome: policy.Postponed, Document: "WK 1/26 INIT", Comment: fmt.Sprint(n, i),
					}})
				}
			}
		})
	}
	wait.Wait()
	dossier, err := as(t, f, auditor).Dossier(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	if r := dossier.Verify(f.ring); !r.OK() {
		t.Errorf("the record does not stand up: %+v", r.Faults)
	}
	for i, line := range dossier.Trail {
		if line.Sequence != int64(i+1) {
			t.Errorf("line %d stands at %d", line.Sequence, i+1)
		}
	}
	if got := len(f.cycle(cycle).Decisions) - before; got != 2*deciders*each {
		t.Errorf("%d decisions are recorded, want %d", got, 2*deciders*each)
	}
}

// insists records a decision as people do on a machine that lags: whoever gets no
// answer in time repeats the same, which is recorded once.
func (f *fortress) insists(d service.Decide) {
	f.tb.Helper()
	for {
		_, err := as(f.tb, f.Service, d.By).Decide(f.tb.Context(), d)
		if policy.CodeOf(err) == policy.CodeOutcomeUnknown {
			continue
		}
		if err != nil {
			f.tb.Error(err)
		}
		return
	}
}
