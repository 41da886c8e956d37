package workflows_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

type actOf = store.Act

// lines gives the paths of the trail's lines of one kind.
func (s *story) lines(act string) []string {
	s.tb.Helper()
	var paths []string
	for _, line := range s.trail() {
		if line.Act == act {
			paths = append(paths, line.Path)
		}
	}
	return paths
}

// item is an extraordinary item opened and adopted by the Council: the decision
// on which an amendment rests.
func item(name, opened, adopted string) []policy.Act {
	on := subject("item/" + name)
	return []policy.Act{
		{
			Kind: policy.ActOpen, Subject: on, Date: date(opened), By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
			Opening: &policy.Opening{Title: name, Due: date(adopted), Through: []policy.Body{policy.Council}},
		},
		submits(policy.Presidency, on, opened),
		decides(policy.Council, on, policy.Adopted, adopted),
	}
}

// amends is the amendment of the small cycle that rests on the last of acts.
func (s *story) amends(amended policy.Definition, basis []policy.Act, on string) policy.Act {
	s.tb.Helper()
	content, err := evidence.Canonical(amended)
	if err != nil {
		s.tb.Fatal(err)
	}
	digest, err := s.store.PutContent(s.tb.Context(), "application/json", content)
	if err != nil {
		s.tb.Fatal(err)
	}
	decision := basis[len(basis)-1]
	decision.Digest = basis[len(basis)-2].Digest
	return policy.Act{
		Kind: policy.ActAmend, Subject: subject("definition"), Date: date(on), Digest: digest, Comment: "as decided",
		By:        policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		Amendment: &policy.AmendmentRef{BaseVersion: 1, Decision: envelope(s.tb, decision, noon(decision.Date)).ID},
	}
}

func TestAWithdrawnPriorityDiscontinuesItsPlans(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()...)
	basis := item("no-more-drugs", "2021-10-01", "2021-11-05")
	amended := smallCycle()
	amended.Priorities = amended.Priorities[:1]
	s.happens(append(basis, s.amends(amended, basis, "2021-11-06"))...)
	s.sendsAll(planMade(drugs, "nl")[:2]...)

	if err := s.plays(drugs.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	if got := s.subject(drugs); got.Outcome != policy.Discontinued || got.ClosedOn != date("2021-11-06") {
		t.Errorf("the OAP on drugs stands at %+v, want discontinued on 2021-11-06", got.Standing)
	}
	if !slices.Equal(s.lines("discontinued"), []string{drugs.Path()}) {
		t.Errorf("the trail tells of %v discontinued", s.lines("discontinued"))
	}
}

func TestWhenDueDatesMoveTheReminderMovesWithThem(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()...)
	s.happens(strategyMade()...)
	basis := item("more-time", "2021-10-01", "2021-10-05")
	amended := smallCycle()
	amended.Periods = slices.Clone(amended.Periods)
	amended.Periods[0].Due = date("2021-12-31") // 21 days later
	s.happens(append(basis, s.amends(amended, basis, "2021-10-06"))...)
	var due policy.Date
	s.on("2021-10-07", func(p *stretch) { due = p.subject(firearms).Due })
	plan := planMade(firearms, "se")
	plan[0].Date = date("2021-11-18") // due on 19 November now, on 29 October before
	plan[1].Date, plan[2].Date, plan[3].Date = date("2021-11-30"), date("2021-12-15"), date("2021-12-30")
	acts := s.sendsAll(append(plan, carriedOut(firearms, "se")...)...)
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	if due != date("2021-11-19") {
		t.Errorf("handing in was due on %s after the amendment, want 2021-11-19", due)
	}
	if slices.Contains(s.lines("overdue"), firearms.Path()) {
		t.Error("the old due date was counted as missed")
	}
}

func TestTheCycleIsAmendedOnADecisionOfTheCouncilWhileItRuns(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.sendsAll(policyMade()...)
	s.plansCarriedOut()
	basis := item("one-year-more", "2022-03-01", "2022-03-28")
	longer := smallCycle()
	longer.ImplementationWindow.To = date("2023-12-31")
	acts := s.sendsAll(append(basis, s.amends(longer, basis, "2022-03-29"))...)
	s.happens(evaluated("2022-10-01", "2022-10-20")...)
	if err := s.plays(theCycle, "2021-01-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	s.endsAs(policy.StageClosed, "2024-01-01") // the window ends a year later now
	if c := s.cycle(); c.DefinitionVersion != 2 {
		t.Errorf("definition %d is in force, want 2", c.DefinitionVersion)
	}
}

func TestAnAmendmentNeedsADecisionThatCarriesIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.sendsAll(policyMade()...)
	basis := item("undecided", "2021-06-10", "2021-06-20")
	rests := s.amends(smallCycle(), basis, "2021-06-21")
	early := rests
	early.Date = date("2021-06-15")
	s.sendsAll(basis[:2]...)
	s.sends("before the decision", early)
	unsound := smallCycle()
	unsound.Periods = nil
	s.sends("unsound", s.amends(unsound, basis, "2021-06-22"))
	s.sendsAll(basis[2])
	s.on("2021-06-25", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(theCycle, "2021-01-01") // it is cancelled once we know
	s.refused("before the decision", policy.CodeUnknown)
	s.refused("unsound", policy.CodeInvalid)
	if c := s.cycle(); c.DefinitionVersion != 1 {
		t.Errorf("definition %d is in force, want the first", c.DefinitionVersion)
	}
}
