package workflows_test

import (
	"testing"
	"time"

	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
)

// renews has all runs asked to be without what a key encrypted, once another one is in use.
func (s *story) renews(now time.Time) {
	s.tb.Helper()
	old, next := store.HeldKey{ID: "2026", Proof: "old"}, store.HeldKey{ID: "2027", Proof: "next"}
	for _, held := range []store.HeldKeys{
		{Kind: store.KeyEncrypts, Uses: "2026", Keys: []store.HeldKey{old, next}},
		{Kind: store.KeyEncrypts, Uses: "2027", Keys: []store.HeldKey{next, old}},
	} {
		if err := s.store.AgreeOnKeys(s.tb.Context(), held, now.Add(-store.Idle)); err != nil {
			s.tb.Fatal(err)
		}
	}
	if err := s.store.RenewRuns(s.tb.Context(), "2026", now); err != nil {
		s.tb.Fatal(err)
	}
}

// A run that is asked to be without what a key encrypted continues as new once, keeps all that
// it knew, and goes on as long as it would have.
func TestARunContinuesAsNewOnceWhenAKeyIsRetired(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old  bool // the code of before takes part
		want int
	}{
		"with this code": {want: 2}, "with that of before beside it": {old: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, smallCycle())
			s.old = test.old
			asked, again := false, false
			s.on("2021-04-12", func(p *stretch) {
				if !asked { // the next stretch begins at the same instant
					asked = true
					p.renews(p.env.Now())
					p.env.SignalWorkflow(protocol.SignalWake, nil)
				}
			})
			s.on("2021-04-13", func(p *stretch) { p.env.SignalWorkflow(protocol.SignalWake, nil) })
			s.on("2021-04-14", func(p *stretch) {
				if !again {
					again = true
					p.renews(p.env.Now())
					p.env.SignalWorkflow(protocol.SignalWake, nil)
				}
			})
			s.on("2021-04-15", func(p *stretch) { p.env.CancelWorkflow() })
			if err := s.plays(theCycle, "2021-01-02"); err == nil {
				t.Error("the run was not cancelled")
			}
			if s.continued != test.want {
				t.Errorf("the run continued as new %d times, want %d", s.continued, test.want)
			}
			if at := noon(date("2021-04-14")); test.want > 0 && !s.state.Renewed.Equal(at) {
				t.Errorf("the run knows of %v, want %v", s.state.Renewed, at)
			}
		})
	}
}

// A run continues as new before its history is too long for a busy worker to replay.
func TestARunContinuesAsNewAfterAThousandEvents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		events, want int
		old          bool
	}{
		{events: 999}, {events: 1000, want: 1}, {events: 1000, old: true},
	} {
		s := newStory(t, smallCycle())
		s.old = test.old
		said := false
		s.on("2021-04-12", func(p *stretch) {
			if !said { // the next stretch begins at the same instant
				said = true
				p.env.SetCurrentHistoryLength(test.events)
				p.env.SignalWorkflow(protocol.SignalWake, nil)
			}
		})
		s.on("2021-04-13", func(p *stretch) { p.env.CancelWorkflow() })
		if err := s.plays(theCycle, "2021-01-02"); err == nil {
			t.Error("the run was not cancelled")
		}
		if s.continued != test.want {
			t.Errorf("%+v: the run continued as new %d times", test, s.continued)
		}
	}
}
