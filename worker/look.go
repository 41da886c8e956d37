package worker

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry/survive"
)

// look is one look at every run that must be in motion.
type look struct {
	runs  runs
	store *store.Store
	log   zerolog.Logger
	// each is what is done about each run.
	each func(context.Context, policy.Run, engine.Motion) error

	mu      sync.Mutex
	stopped []Stopped // what gets no further
	missed  bool      // whether something could not be done about a run
}

// survey looks at every run. The error is that of records or a Temporal that do not
// answer; what is wrong with one cycle or one run is listed, and the others are looked at.
func (l *look) survey(ctx context.Context) error {
	cycles, err := l.store.ListMoving(ctx)
	if err != nil {
		return err
	}
	const abreast, often = 4, 100
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(abreast)
	for i, cycle := range cycles {
		if i > 0 && i%often == 0 {
			l.log.Info().Int("cycles", i).Int("of", len(cycles)).Msg("making sure that every run is in motion")
		}
		work.Go(func() error {
			var away error
			if err := survive.Do(func() error { away = l.at(ctx, cycle); return nil }); err != nil {
				l.cannot(cycle, err)
			}
			return away
		})
	}
	return work.Wait()
}

// at looks at the runs of a cycle.
func (l *look) at(ctx context.Context, cycle string) error {
	listed, err := l.store.ListInMotion(ctx, cycle, time.Now())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case policy.CodeOf(err) == policy.CodeUnavailable:
		return err
	case err != nil:
		l.cannot(cycle, err)
		return nil
	}
	for _, run := range listed {
		m, err := l.runs.Inspect(ctx, run)
		if err != nil {
			err = fmt.Errorf("cannot be looked at: %w", err)
		} else {
			err = l.each(ctx, run, m)
		}
		switch {
		case err != nil && l.runs.Health(ctx) != nil: // it is not the run
			return err
		case err != nil:
			l.misses(run, err)
		case m.Stopped != nil:
			l.stops(Stopped{Run: run, Stopped: *m.Stopped})
		}
	}
	return nil
}

// cannot lists a cycle of which nobody can tell which runs must be in motion: a newer
// version wrote it, or somebody changed it.
func (l *look) cannot(cycle string, err error) {
	l.log.Warn().Err(err).Str("cycle", cycle).Msg("which runs of a cycle must be in motion is not known")
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	l.stops(Stopped{Run: run, Stopped: engine.Stopped{Why: "cannot be read: " + inLine(err)}})
}

// misses lists a run about which something could not be done.
func (l *look) misses(run policy.Run, err error) {
	l.stops(Stopped{Run: run, Stopped: engine.Stopped{Why: inLine(err)}})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.missed = true
}

func (l *look) stops(s Stopped) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = append(l.stopped, s)
}

func inLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", ": ") }
