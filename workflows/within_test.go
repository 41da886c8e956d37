package workflows_test

import (
	"context"
	"errors"
	"testing"

	"go.temporal.io/sdk/activity"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// attempts are those to record the acts of a story: within the task that brought the act, and
// by an activity that is repeated.
type attempts struct{ within, repeated int }

func (a *attempts) count(ctx context.Context) (within bool) {
	if within = activity.GetInfo(ctx).IsLocalActivity; within {
		a.within++
	} else {
		a.repeated++
	}
	return within
}

func TestAnActIsRecordedWithinTheTaskThatBroughtIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old  bool
		want attempts
	}{
		"a run of now":                     {want: attempts{within: 1}},
		"a run from before there was that": {old: true, want: attempts{repeated: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, smallCycle())
			s.old = test.old
			var got attempts
			s.disturbed = func(ctx context.Context, record func() (protocol.Answer, error)) (protocol.Answer, error) {
				got.count(ctx)
				return record()
			}
			s.sends("assessment", submits(policy.Europol, theAssessment, "2021-04-10"))
			s.cancels("2021-04-11")
			_ = s.plays(theCycle, "2021-04-05") // it is cancelled
			s.accepted("assessment")
			if got != test.want {
				t.Errorf("there were %+v attempts, want %+v", got, test.want)
			}
		})
	}
}

// Postgres is away, first without a trace, then after the commit: the run leaves the task, and
// repeats until the act is recorded, once.
func TestAnActThatCannotBeRecordedWithinItsTaskIsRecordedLater(t *testing.T) {
	t.Parallel()
	for name, committed := range map[string]bool{"nothing was written": false, "it was written, and nobody was told": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, smallCycle())
			const outage = 4
			var got attempts
			s.disturbed = func(ctx context.Context, record func() (protocol.Answer, error)) (protocol.Answer, error) {
				if within := got.count(ctx); !within && got.repeated > outage {
					return record()
				}
				if committed {
					_, _ = record()
				}
				return protocol.Answer{}, errors.New("the connection was lost")
			}
			s.sends("assessment", submits(policy.Europol, theAssessment, "2021-04-10"))
			s.cancels("2021-04-11")
			_ = s.plays(theCycle, "2021-04-05") // it is cancelled
			s.accepted("assessment")
			if want := (attempts{1, outage + 1}); got != want {
				t.Errorf("there were %+v attempts, want %+v", got, want)
			}
			if acts := s.cycle().Acts; len(acts) != 1 || acts[0].Version != 1 {
				t.Errorf("recorded are %+v, want the assessment once", acts)
			}
		})
	}
}

// cancels has somebody cancel the run on a day, so that the story ends.
func (s *story) cancels(day string) {
	s.on(day, func(p *stretch) { p.env.CancelWorkflow() })
}
