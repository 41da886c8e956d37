package workflows_test

import (
	"slices"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// told keeps what a run tells Temporal's list, by the names of what it tells.
func (s *story) told() *[][]string {
	var told [][]string
	s.listed = func(a temporal.SearchAttributes) {
		var names []string
		for key := range a.GetUntypedValues() {
			names = append(names, key.GetName())
		}
		if len(names) > 0 && names[0] != "TemporalChangeVersion" { // the SDK's own
			slices.Sort(names)
			told = append(told, names)
		}
	}
	return &told
}

func TestARunTellsTemporalsListWhatHasChangedAndNothingElse(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	s.shown = policy.Limite
	told := s.told()
	s.sendsAll(planMade(firearms, "se")...)
	s.on("2021-10-25", func(p *stretch) { p.env.SignalWorkflow(protocol.SignalWake, nil) }) // nothing new
	s.on("2021-12-09", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(firearms.Run(), "2021-09-01") // it is cancelled once we know
	want := [][]string{
		{"Cycle", "NextDue", "Overdue", "Rehearsal", "Stage", "Turn"}, // it is drafted
		{"NextDue", "Stage", "Turn"},                                  // handed in
		{"NextDue", "Turn"}, {"NextDue", "Turn"},                      // from body to body
		{"Stage"}, // in force: nothing is open any more
		{"Cycle", "Overdue", "Rehearsal", "Stage"}, // anew, for this environment hands nothing on
	}
	if !slices.EqualFunc(*told, want, slices.Equal) {
		t.Errorf("it tells %q\nwant %q", *told, want)
	}
}

func TestARunTellsTemporalsListOfOthersWhatIsPublicAlone(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	told := s.told()
	s.sendsAll(planMade(firearms, "se")...)
	s.on("2021-12-09", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(firearms.Run(), "2021-09-01") // it is cancelled once we know
	for _, names := range *told {
		if slices.ContainsFunc(names, func(name string) bool {
			return name != protocol.AttributeCycle && name != protocol.AttributeStage && name != protocol.AttributeRehearsal
		}) {
			t.Errorf("it tells %q", names)
		}
	}
	if len(*told) != 4 { // the last one twice: this environment hands nothing on
		t.Errorf("of drafting, deciding and in force it tells %q", *told)
	}
}

func TestARunOfBeforeTellsTemporalsListNothing(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	s.old, s.shown = true, policy.Limite
	told := s.told()
	s.sendsAll(planMade(firearms, "se")...)
	s.on("2021-12-09", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(firearms.Run(), "2021-09-01") // it is cancelled once we know
	if len(*told) > 0 {
		t.Errorf("it tells %q", *told)
	}
}
