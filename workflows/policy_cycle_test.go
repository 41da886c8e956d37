package workflows_test

import (
	"slices"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
)

// sendsAll sends acts by update and gives the names of their answers.
func (s *story) sendsAll(acts ...policy.Act) []string {
	var names []string
	for _, act := range acts {
		name := string(act.Kind) + " " + act.Subject.Path() + " " + string(act.Body) + " " + act.Date.String()
		s.sends(name, act)
		names = append(names, name)
	}
	return names
}

// plansCarriedOut has everything happen that the plans of both priorities need.
func (s *story) plansCarriedOut() {
	s.happens(strategyMade()...)
	s.happens(planMade(firearms, "se")...)
	s.happens(planMade(drugs, "nl")...)
	s.happens(carriedOut(firearms, "se")...)
	s.happens(carriedOut(drugs, "nl")...)
}

func (s *story) endsAs(stage policy.Stage, since string) {
	s.tb.Helper()
	if c := s.cycle(); c.Stage != stage || c.StageSince != date(since) {
		s.tb.Errorf("the cycle is %s since %s, want %s since %s", c.Stage, c.StageSince, stage, since)
	}
}

func TestACycleRunsFromItsThreatAssessmentToItsClosure(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	acts := s.sendsAll(policyMade()...)
	s.plansCarriedOut()
	s.happens(evaluated("2022-10-01", "2022-10-20")...)

	if err := s.plays(theCycle, "2021-01-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	s.endsAs(policy.StageClosed, "2023-02-10") // when the last report was noted
	if s.continued != 3 {
		t.Errorf("the run continued as new %d times, want at the borders of planning, implementation and evaluation", s.continued)
	}
}

func TestALateEvaluationIsAStateAndTheCycleWaitsForIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.sendsAll(policyMade()...)
	s.plansCarriedOut()
	s.happens(evaluated("2023-09-01", "2023-10-20")...)
	var during policy.Stage
	s.on("2023-06-01", func(p *stretch) { during = p.cycle().Stage })

	if err := s.plays(theCycle, "2021-01-01"); err != nil {
		t.Fatal(err)
	}
	if during != policy.StageEvaluation {
		t.Errorf("in June 2023 the cycle was %s, want the evaluation outstanding", during)
	}
	s.endsAs(policy.StageClosed, "2023-10-20")
}

func TestACycleLearnsOfAnEndThatNobodyToldItOf(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.sendsAll(policyMade()...)
	s.plansCarriedOut()
	for _, act := range evaluated("2023-09-01", "2023-10-20") {
		s.on(act.Date.String(), func(p *stretch) { p.happened(act) }) // and nobody wakes the cycle
	}
	if err := s.plays(theCycle, "2021-01-01"); err != nil {
		t.Fatal(err)
	}
	s.endsAs(policy.StageClosed, "2023-10-20")
}

func TestAPriorityThatWasNotAgreedGetsNoPlans(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	acts := policyMade()
	acts[len(acts)-1].Items = []policy.ItemOutcome{
		{Item: "firearms", Outcome: policy.AdoptedWithAmendments}, {Item: "drugs", Outcome: policy.NotAgreed},
	}
	s.sendsAll(acts...)
	s.happens(strategyMade()...)
	s.happens(planMade(firearms, "se")...)
	s.happens(carriedOut(firearms, "se")...)
	s.happens(evaluated("2022-10-01", "2022-10-20")...)

	if err := s.plays(theCycle, "2021-01-01"); err != nil {
		t.Fatal(err)
	}
	s.endsAs(policy.StageClosed, "2023-02-10")
	if !slices.Contains(s.state.Started, firearms.Run()) || slices.Contains(s.state.Started, drugs.Run()) {
		t.Errorf("started %v, want the OAP of firearms and none on drugs", s.state.Started)
	}
}

func TestACycleEndsWhenTheCouncilDoesNotAgreeOnPriorities(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	acts := policyMade()
	acts[len(acts)-1].Outcome, acts[len(acts)-1].Comment = policy.NotAgreed, "Nothing was agreed on funding."
	s.sendsAll(acts...)
	if err := s.plays(theCycle, "2021-01-01"); err != nil {
		t.Fatal(err)
	}
	s.endsAs(policy.StageNoPriorities, "2021-05-26")
	if len(s.state.Started) != 0 {
		t.Errorf("started %v, want nothing", s.state.Started)
	}
}

func TestTheSameDecisionIsAnsweredTheSameWayAgain(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	acts := policyMade()
	s.sendsAll(acts...)
	adoption := acts[len(acts)-1]
	send := func(name string) func(*stretch) {
		return func(p *stretch) { p.update(name, p.envelope(adoption, noon(adoption.Date))) }
	}
	s.on("2021-07-01", send("again"))
	other := adoption
	other.Comment = "not what was said first"
	s.on("2021-07-02", func(p *stretch) {
		e := p.envelope(other, noon(other.Date))
		e.ID = p.envelope(adoption, noon(adoption.Date)).ID
		p.update("other", e)
	})
	s.on("2021-07-03", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(theCycle, "2021-01-01") // it is cancelled once we know

	first, again := s.answered("decide priorities council 2021-05-26"), s.answered("again")
	if first.err != nil || first.receipt.ID != again.receipt.ID || !first.receipt.Recorded.Equal(again.receipt.Recorded) {
		t.Errorf("first answer %+v, then %+v", first, again)
	}
	s.refused("other", policy.CodeConflict)
}

func TestActsAlsoComeBySignalAndWhatNobodyCanReadIsRefusedInTheTrail(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.on("2021-02-01", func(p *stretch) {
		p.env.SignalWorkflow(protocol.SignalAct, "hello")
		p.env.SignalWorkflow(protocol.SignalAct, converter.NewRawValue(&commonpb.Payload{Data: []byte{0xff, 0x00}}))
		p.env.SignalWorkflow(protocol.SignalAct, evidence.Envelope{})
		p.env.SignalWorkflow(protocol.SignalAct, nil)
	})
	for _, act := range policyMade() {
		s.signals(act)
	}
	s.on("2021-06-01", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(theCycle, "2021-01-01") // it is cancelled once we know

	if got := s.subject(priorities); got.Outcome != policy.Adopted || len(got.Items) != 2 {
		t.Errorf("the priorities stand at %+v, want adopted one by one", got.Standing)
	}
	refused := 0
	for _, line := range s.trail() {
		if !line.Accepted {
			refused++
		}
	}
	if refused < 2 {
		t.Errorf("the trail holds %d refused messages, want those that nobody can read", refused)
	}
}

func (s *story) trail() []store.TrailLine {
	s.tb.Helper()
	lines, err := s.store.Trail(s.tb.Context(), key, store.TrailFilter{})
	if err != nil {
		s.tb.Fatal(err)
	}
	return lines
}

func TestARefusedActChangesNothingButTheTrail(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		act  policy.Act
		code policy.Code
	}{
		"a subject that is not open":        {decides(policy.Council, priorities, policy.Adopted, "2021-04-11"), policy.CodeNotOpen},
		"a body that may not hand it in":    {submits(policy.Commission, theAssessment, "2021-04-01"), policy.CodeNotCompetent},
		"an unknown subject":                {submits(policy.Presidency, subject("item/nothing"), "2021-04-11"), policy.CodeUnknown},
		"a date before the assessment's":    {submits(policy.Commission, theAdvice, "2021-04-01"), policy.CodeWrongDate},
		"a second threat assessment":        {submits(policy.Europol, theAssessment, "2021-04-11"), policy.CodeAlreadyDecided},
		"a body that does not decide on it": {decides(policy.Commission, theAdvice, policy.TookNote, "2021-04-20"), policy.CodeNotCompetent},
	}
	s := newStory(t, smallCycle())
	s.sendsAll(submits(policy.Europol, theAssessment, "2021-04-10"), submits(policy.Commission, theAdvice, "2021-04-15"))
	for name, test := range tests {
		s.on("2021-04-20", func(p *stretch) { p.update(name, envelope(t, test.act, p.env.Now())) })
	}
	s.on("2021-04-21", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(theCycle, "2021-01-01") // it is cancelled once we know

	for name, test := range tests {
		s.refused(name, test.code)
	}
	if c := s.cycle(); len(c.Acts) != 2 || c.Stage != policy.StageAdvice {
		t.Errorf("%d acts are recorded and the cycle is at %s, want two and policy advice", len(c.Acts), c.Stage)
	}
}
