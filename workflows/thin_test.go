package workflows_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestAnObligationMetLateStaysOverdueUntilItIsMet(t *testing.T) {
	t.Parallel()
	d := smallCycle()
	d.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "Annual report to Parliament and Council", OwedBy: policy.Commission,
		To: []policy.Body{policy.EuropeanParliament, policy.Council}, Due: []policy.Date{date("2021-12-31"), date("2022-12-31")},
	}}
	s := newStory(t, d)
	first, second := subject("obligation/annual-report/2021-12-31"), subject("obligation/annual-report/2022-12-31")
	acts := s.sendsAll(submits(policy.Commission, first, "2021-11-25"), submits(policy.Commission, second, "2023-04-10"))
	var overdue bool
	s.on("2023-02-01", func(p *stretch) { overdue = p.subject(second).MissedOn(date("2023-02-01")) })
	if err := s.plays(first.Run(), "2021-06-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	if !overdue {
		t.Error("the report for 2022 was not shown as overdue in February 2023")
	}
	if !slices.Contains(s.noticesOn(second, date("2022-12-31")), policy.NoticeEscalation) {
		t.Errorf("reminders on the report for 2022: %v, want an escalation", s.noticesOn(second, date("2022-12-31")))
	}
}

func TestTheEvaluationEndsWhenCOSIHasTakenNoteOfIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()...)
	acts := s.sendsAll(evaluated("2022-10-01", "2022-10-20")...)
	if err := s.plays(theEvaluation.Run(), "2022-01-15"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	if got := s.subject(theEvaluation); got.Outcome != policy.TookNote {
		t.Errorf("the evaluation stands at %+v", got.Standing)
	}
}
