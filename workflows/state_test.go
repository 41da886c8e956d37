package workflows_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// asked has the run asked for its state on a day.
func (s *story) asked(day string, then func(*stretch, protocol.State)) {
	s.on(day, func(p *stretch) { then(p, p.tells()) })
}

// tells asks the run for its state.
func (p *stretch) tells() (state protocol.State) {
	if answer, err := p.env.QueryWorkflow(protocol.QueryState); err != nil || answer.Get(&state) != nil {
		p.tb.Errorf("on %s it does not answer: %v", p.env.Now(), err)
	}
	return state
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
				told[day.String()] = p.tells()
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

// A run that has just continued as new has not looked at the record yet, and the records may be
// away: it tells what it told before.
func TestARunTellsWhereItStandsBeforeItHasLookedAnew(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.shown = policy.Limite
	var before, border, after protocol.State
	s.on("2021-04-12", func(p *stretch) {
		if s.continued > 0 { // the next stretch begins at the same instant
			return
		}
		p.env.SetCurrentHistoryLength(1000)
		p.env.SignalWorkflow(protocol.SignalWake, nil)
		before = p.tells()
	})
	s.looks = func(p *stretch) {
		if s.continued == 1 && border.Stage == "" {
			border = p.tells()
		}
	}
	s.acts = append(s.acts, event{at: noon(date("2021-04-12")).Add(time.Hour), do: func(p *stretch) {
		after = p.tells()
		p.env.CancelWorkflow()
	}})
	if err := s.plays(theCycle, "2021-01-02"); err == nil || s.continued != 1 {
		t.Errorf("it continued as new %d times: %v", s.continued, err)
	}
	if len(border.Open) != 1 || border.Since.IsZero() || border.Definition != 1 || border.Orders.Sequence != 0 || before.Stage != border.Stage {
		t.Errorf("at the border it tells %+v", border)
	}
	after.Orders, border.Orders = policy.Orders{}, policy.Orders{}
	if !reflect.DeepEqual(border, after) {
		t.Errorf("at the border it tells\n%+v\nand once it has looked\n%+v", border, after)
	}
}

// A run that was handed on by code of before tells its stage alone until it has looked.
func TestARunThatCodeOfBeforeHandedOnTellsItsStage(t *testing.T) {
	t.Parallel()
	handedOn := protocol.NewRunState(theCycle)
	handedOn.Stage = policy.StagePlanning
	want := protocol.State{Format: protocol.StateAnswer, Run: theCycle, Stage: policy.StagePlanning}
	if got := protocol.StateOf(handedOn, policy.Orders{}); !reflect.DeepEqual(got, want) {
		t.Errorf("it tells %+v", got)
	}
}
