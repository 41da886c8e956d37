package workflows_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// asked has the run asked for its state on a day.
func (s *story) asked(day string, then func(*stretch, protocol.State)) {
	s.on(day, func(p *stretch) {
		var state protocol.State
		if answer, err := p.env.QueryWorkflow(protocol.QueryState); err != nil || answer.Get(&state) != nil {
			p.tb.Errorf("on %s it does not answer: %v", day, err)
		}
		then(p, state)
	})
}

// A run wakes when something becomes overdue: whoever asks the day after is told, though
// nobody has done anything.
func TestARunTellsWhatIsOverdueFromTheDayAfterTheDueDate(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	s.shown = policy.Limite
	told := map[string]protocol.State{}
	due := date("2021-10-20")
	s.asked("2021-10-19", func(p *stretch, _ protocol.State) {
		due = p.subject(firearms).Due
		for _, day := range []policy.Date{due, due.AddDays(1)} {
			p.env.RegisterDelayedCallback(func() {
				var state protocol.State
				if answer, err := p.env.QueryWorkflow(protocol.QueryState); err != nil || answer.Get(&state) != nil {
					t.Errorf("on %s it does not answer: %v", day, err)
				}
				told[day.String()] = state
				if day != due {
					p.env.CancelWorkflow()
				}
			}, noon(day).Sub(p.env.Now()))
		}
	})
	_ = s.plays(firearms.Run(), "2021-09-01") // it is cancelled once we know
	for day, overdue := range map[policy.Date]bool{due: false, due.AddDays(1): true} {
		state := told[day.String()]
		if len(state.Open) != 1 {
			t.Fatalf("on %s it tells %+v", day, state)
		}
		open := state.Open[0]
		if state.Format != protocol.StateAnswer || state.Overdue != overdue || open.Overdue != overdue || open.Subject != firearms || open.Due != due || open.Title == "" {
			t.Errorf("on %s it tells %+v", day, state)
		}
	}
}

func TestARunTellsNoTitlesWhereTemporalMayShowWhatIsPublicAlone(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	s.asked("2021-10-19", func(p *stretch, state protocol.State) {
		if state.Title != "" || len(state.Open) != 1 || state.Open[0].Title != "" || state.Shown != policy.Public {
			t.Errorf("it tells %+v", state)
		}
		p.env.CancelWorkflow()
	})
	_ = s.plays(firearms.Run(), "2021-09-01") // it is cancelled once we know
}
