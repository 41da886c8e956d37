package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// malformed lists what stands in the trail of messages that are no acts: the sentence under
// each digest.
func (s *story) malformed() map[string]string {
	s.tb.Helper()
	said := map[string]string{}
	for _, line := range s.trail() {
		if line.Act == "malformed" {
			said[line.ActID] = line.Message
		}
	}
	return said
}

// A run that sleeps wakes for signals whose name is a slip: each has its line in the trail, and
// where they have made the history long the run continues as new.
func TestSignalsByStrangeNamesAreInTheTrailAndTheRunContinuesAsNew(t *testing.T) {
	t.Parallel()
	const many = 200
	s := newStory(t, smallCycle())
	sent := false
	s.on("2021-04-12", func(p *stretch) {
		if sent { // the next stretch begins at the same instant
			return
		}
		sent = true
		p.env.SetContinueAsNewSuggested(true)
		for i := range many {
			p.env.SignalWorkflow([]string{"Act", "foo", "\u202ewake", strings.Repeat("long", 200)}[i%4], fmt.Sprint("strange ", i))
		}
	})
	submission := submits(policy.Europol, theAssessment, "2021-04-13")
	s.sends("the assessment", submission)
	s.on("2021-04-14", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	s.accepted("the assessment")
	said := s.malformed()
	if len(said) != many || s.continued != 1 {
		t.Errorf("%d signals stand in the trail, want %d; continued as new %d times", len(said), many, s.continued)
	}
	for i, name := range []string{`"Act"`, `"foo"`, `"\u202ewake"`, `longlong"`} {
		if line := said[evidence.Digest(fmt.Appendf(nil, "%q", fmt.Sprint("strange ", i)))]; !strings.Contains(line, name) {
			t.Errorf("the line of a signal by the name %s says %q", name, line)
		}
	}
}

// Nobody can receive a signal by a name that belongs to Temporal. It stops no run, and no run
// sleeps on while such signals make its history long.
func TestASignalByANameOfTemporalStopsNoRun(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	sent := false
	s.on("2021-04-12", func(p *stretch) {
		if !sent {
			sent = true
			p.env.SetContinueAsNewSuggested(true)
			p.env.SignalWorkflow("__temporal_strange", "strange")
		}
	})
	continued := 0
	s.acts = append(s.acts, event{at: noon(date("2021-04-12")).Add(time.Minute), do: func(p *stretch) { continued = p.continued }})
	s.sends("the assessment", submits(policy.Europol, theAssessment, "2021-04-13"))
	s.on("2021-04-14", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	s.accepted("the assessment")
	if continued != 1 {
		t.Errorf("a minute later it has continued as new %d times", continued)
	}
}

// A run that has slept through signals by strange names before this was mended has to replay:
// it sleeps on, and takes acts.
func TestARunFromBeforePassesOverSignalsByStrangeNames(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.old = true
	s.on("2021-04-12", func(p *stretch) { p.env.SignalWorkflow("foo", "strange") })
	s.sends("the assessment", submits(policy.Europol, theAssessment, "2021-04-13"))
	s.on("2021-04-14", func(p *stretch) { p.env.CancelWorkflow() })
	if err := s.plays(theCycle, "2021-01-02"); err == nil {
		t.Error("the run was not cancelled")
	}
	s.accepted("the assessment")
	if said := s.malformed(); len(said) != 0 {
		t.Errorf("the trail says %v", said)
	}
}
