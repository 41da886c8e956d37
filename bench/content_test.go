package bench_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
)

// BenchmarkContent measures what people wait for in a cycle with 20, 200, 2,000 and
// 20,000 operational actions: showing the cycle, holding it against all rules,
// and closing a reporting round on all its OAPs. Showing a cycle does not grow with the
// actions, nor does any history; the others grow no worse than linearly. Findings asked
// again, with nothing recorded in between, are there at once.
func BenchmarkContent(b *testing.B) {
	r := measures(b, "content")
	sizes := full([]int{20, 200, 2000, 20000}, []int{20, 200, 2000})
	d := newBed(b)
	r.on(d.owner.Config().ConnString())
	for _, size := range sizes {
		r.say("a cycle with %d actions is taken over", size)
		d.takeOver(b, size, rounds())
	}
	_, err := d.Pool.Exec(b.Context(), "ANALYZE")
	must(b, err)
	for n := range rounds() {
		r.say("round %d", n+1)
		for _, size := range sizes {
			key, l := cycleOf(size), map[string]lap{"show": {}, "findings": {}, "findings again": {}, "round closed": {}}
			finds := func() error {
				found, err := d.Findings(b.Context(), key, service.FindingFilter{})
				if err == nil && len(found) == 0 {
					b.Fatal("the rules see nothing")
				}
				return err
			}
			l["findings"].timed(b, actions(size), finds)
			for range 10 {
				l["show"].timed(b, actions(size), func() error { _, err := d.FindCycle(b.Context(), key); return err })
				l["findings again"].timed(b, actions(size), finds)
			}
			l["round closed"].timed(b, actions(size), func() error { return d.closeRound(b.Context(), key, n) })
			for what, samples := range l {
				r.Add(what, actions(size), "ms", figures.Milliseconds(figures.Percentile(samples[actions(size)], 50)))
			}
		}
	}
	for _, size := range sizes {
		r.Add("history", actions(size), "events per OAP and year", d.events(b, cycleOf(size))/benchPlans)
	}
	r.Compare("history events per OAP and year, 2,000 actions to 20", "history", actions(2000), actions(20))
	r.Compare("show a cycle, 2,000 actions to 20", "show", actions(2000), actions(20))
	r.keep()
}

func actions(size int) string { return fmt.Sprintf("%d actions", size) }

// benchPlans is such that no plan has more than 1000 actions.
const benchPlans = 20

func cycleOf(size int) string { return fmt.Sprintf("content-%d", size) }

// takeOver imports a cycle of the past with a number of actions, on which
// everything is reported in as many rounds as are to be closed.
func (d *bed) takeOver(b *testing.B, size, rounds int) {
	b.Helper()
	key := cycleOf(size)
	definition := bench.Cycle(key)
	definition.Stores = []string{"masp", "oap", "report", "progress", "consents", "indicators"}
	definition.Priorities[0].OAPs = nil
	for i := range benchPlans {
		definition.Priorities[0].OAPs = append(definition.Priorities[0].OAPs, policy.OAP{Key: fmt.Sprintf("plan-%d", i), Title: "A plan", Driver: "se"})
	}
	for n := range rounds {
		definition.Periods[0].Reports = append(definition.Periods[0].Reports, policy.Round{
			Key: fmt.Sprintf("round-%d", n), Opens: definition.Periods[0].From, Due: definition.Periods[0].To,
		})
	}
	past := pastOf(definition)
	past.Rows = append(past.Rows, policy.Row{
		Register: policy.RegIndicators, Key: "arrests", Date: definition.PolicyWindow.To, By: policy.Actor{Name: "Eva", Body: policy.SupportTeam},
		Body: &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "on the day of the arrest", Version: 1},
	})
	for i := range benchPlans {
		path := fmt.Sprintf("oap/2022/plan-%d", i)
		plan := benchPlan(size/benchPlans, i)
		past.Documents[path+"/v1"] = plan
		past.adopt(path, "2021-12-10", "se", policy.SupportTeam, policy.COSISupportGroup, policy.COSI)
		for n := range rounds {
			for _, a := range plan.Actions {
				past.Rows = append(past.Rows, policy.Row{
					Register: policy.RegProgress, Key: fmt.Sprintf("2022/plan-%d/round-%d/%s", i, n, a.Code), Date: a.From,
					By: policy.Actor{Name: "Eva", Body: "se"}, Body: &policy.Progress{Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(3)}}},
				})
			}
		}
	}
	_, err := as(b, d, anna).Import(b.Context(), past.Whole)
	must(b, err)
	within(b, 10*time.Minute, "all reports are open", func() bool {
		open, err := d.Inbox(b.Context(), service.InboxFilter{Cycle: key})
		must(b, err)
		return len(slices.DeleteFunc(open, func(i service.InboxItem) bool { return i.Subject.Kind != policy.KindReport })) == benchPlans*rounds
	})
}

// past is the past of a cycle that is taken over.
type past struct{ service.Whole }

// pastOf gives a cycle up to its MASP.
func pastOf(definition policy.Definition) *past {
	p := &past{service.Whole{Definition: definition, Documents: map[string]policy.Content{}}}
	p.adopt("assessment", "2021-04-12", policy.Europol)
	p.adopt("priorities", "2021-05-26", policy.Presidency, policy.COSI, policy.Coreper, policy.Council)
	p.Documents["masp/general/v1"] = &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "A goal"}}}
	p.adopt("masp/general", "2021-10-15", policy.Commission, policy.COSISupportGroup, policy.COSI)
	return p
}

// adopt hands in a version on a day, and has each body conclude on it: the last one
// adopts it.
func (p *past) adopt(path, day string, submitter policy.Body, through ...policy.Body) {
	p.submit(path, day, submitter)
	for i, body := range through {
		outcome := policy.TookNote
		if i == len(through)-1 {
			outcome = policy.Adopted
		}
		p.conclude(path, day, 1, body, outcome)
	}
}

func (p *past) submit(path, day string, submitter policy.Body) {
	p.Acts = append(p.Acts, policy.Recorded{Act: policy.Act{
		Kind: policy.ActSubmit, Subject: policytest.Subject(p.Definition.Key, path), Date: policytest.Date(day), By: policy.Actor{Name: "Eva", Body: submitter},
	}})
}

// conclude has a body conclude on a version, and a second person confirm it where the
// body is a collective one.
func (p *past) conclude(path, day string, version int, body policy.Body, outcome policy.Outcome) {
	subject, on, by := policytest.Subject(p.Definition.Key, path), policytest.Date(day), body
	if body.Collective() {
		by = policy.GeneralSecretariat
	}
	id := fmt.Sprintf("%s-v%d-%s", subject, version, body)
	p.Acts = append(p.Acts, policy.Recorded{ID: id, Act: policy.Act{
		Kind: policy.ActDecide, Subject: subject, Date: on, By: policy.Actor{Name: "Anna", Body: by}, Body: body, Version: version,
		Outcome: outcome, Procedure: policy.Meeting, Document: "ST 1/21 INIT",
	}})
	if body.Collective() {
		p.Acts = append(p.Acts, policy.Recorded{Act: policy.Act{
			Kind: policy.ActConfirm, Subject: subject, Date: on, By: policy.Actor{Name: "Bert", Body: by}, Confirms: id,
		}})
	}
}

func benchPlan(size, number int) *policy.OperationalPlan {
	yes := policy.Judgement{Holds: policy.Yes, Reason: "crosses borders"}
	plan := &policy.OperationalPlan{Impact: &policy.ImpactAssessment{
		On: policy.NewDate(2021, 11, 1), Reviewer: "reviewer", Financial: "small", Administrative: "small",
		Burden:     policy.Burden{Union: "none", National: "small", Regional: "none", Operators: "none", Citizens: "none"},
		AddedValue: yes, Subsidiarity: yes, Proportionality: yes, Rights: policy.Rights{Inside: "respected"},
	}}
	for i := range size {
		plan.Actions = append(plan.Actions, policy.OperationalAction{
			Code: fmt.Sprintf("1.%d", i+1), Title: "An action against trafficking", Description: "What is done, by whom and with which result.",
			Goals: []string{"1"}, Area: fmt.Sprintf("area %d of plan %d", i, number), Kind: "operational", Leader: "se",
			Participants: []policy.Body{"fr", "de", "it", policy.Europol}, From: policy.NewDate(2022, 1, 1), To: policy.NewDate(2022, 12, 31),
			Funding: policy.Funding{State: policy.FundingNone}, KPIs: []policy.KPI{{Indicator: "arrests", Target: policy.Whole(5)}},
		})
	}
	return plan
}

// closeRound closes a round on all OAPs of a cycle.
func (d *bed) closeRound(ctx context.Context, key string, n int) error {
	theirs, err := service.As(ctx, d, policy.Actor{Name: "Eva", Body: "se"})
	for i := range benchPlans {
		var subject policy.Subject
		if err == nil {
			subject, err = policy.ParseSubject(fmt.Sprintf("%s/report/2022/plan-%d/round-%d", key, i, n))
		}
		if err == nil {
			_, err = theirs.CloseRound(ctx, service.CloseRound{Report: subject})
		}
	}
	return err
}
