package worker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry"
)

// Keeper sees to it that every run is in motion that must be, as the records have it, and
// tells of those that get no further. Several may be at work: what one has started is in
// motion for the others.
type Keeper struct {
	engine *engine.Engine
	store  *store.Store
	log    zerolog.Logger

	mu      sync.Mutex
	stopped []Stopped
}

// NewKeeper gives a keeper of the runs of some records.
func NewKeeper(e *engine.Engine, s *store.Store) *Keeper {
	return &Keeper{engine: e, store: s, log: e.Log()}
}

// Stopped is a run that should be in motion and gets no further.
type Stopped struct {
	Run policy.Run
	engine.Stopped
}

// Stopped lists the runs that got no further when they were looked at last.
func (k *Keeper) Stopped() []Stopped {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stopped
}

// HeldKeys names the keys of a process to the records.
func HeldKeys(keys *engine.Encryption) []store.HeldKey {
	var held []store.HeldKey
	for _, id := range keys.IDs() {
		held = append(held, store.HeldKey{ID: id, Proof: keys.Proof(id)})
	}
	return held
}

// How often the runs are looked at: each minute, and where that takes long, so seldom
// that it is no burden.
const (
	every = time.Minute
	share = 20
)

// Keep looks after the runs until ctx ends. Where what it needs does not answer it says so
// and goes on; keys that no longer fit end it with policy.CodeInvalid.
func (k *Keeper) Keep(ctx context.Context) error {
	for {
		began := time.Now()
		err := k.store.KeysFit(ctx, HeldKeys(k.engine.Encryption()))
		if policy.CodeOf(err) == policy.CodeInvalid {
			return err
		}
		if err == nil {
			err = k.round(ctx)
		}
		if err != nil && ctx.Err() == nil {
			k.log.Warn().Err(err).Msg("whether all runs are in motion is not known")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(max(every, share*time.Since(began))):
		}
	}
}

// round looks at every run once: it starts those that are missing, and has all look at
// the record where that is another than they were told of last.
func (k *Keeper) round(ctx context.Context) error {
	epoch, told, err := k.store.Epoch(ctx)
	if err != nil {
		return err
	}
	restored := told != "" && told != epoch
	if restored {
		k.log.Warn().Msg("the records were restored or moved: every run looks at them")
	}
	var started atomic.Int64
	stopped, err := survey(ctx, k.engine, k.store, k.log, func(run policy.Run, m engine.Motion) error {
		switch {
		case !m.Running:
			k.log.Warn().Str("run", protocol.WorkflowID(run)).Msg("a run is missing: it is started")
			started.Add(1)
			return k.engine.Start(ctx, run)
		case restored:
			if err := k.engine.Wake(ctx, run); !errors.Is(err, engine.ErrGone) { // the next round starts that
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n := int(started.Load()); n > 0 {
		telemetry.CountSetInMotion(n)
		k.log.Info().Int("started", n).Msg("every run is in motion again")
	}
	k.tell(stopped)
	if told == epoch {
		return nil
	}
	return k.store.TellEpoch(ctx, epoch, time.Now())
}

// tell tells the log once of each run that gets no further, and of each that does again.
func (k *Keeper) tell(stopped []Stopped) {
	k.mu.Lock()
	before := k.stopped
	k.stopped = stopped
	k.mu.Unlock()
	telemetry.CountStandingStill(len(stopped))
	known := map[policy.Run]bool{}
	for _, s := range before {
		known[s.Run] = true
	}
	for _, s := range stopped {
		if !known[s.Run] {
			k.log.Error().Str("run", protocol.WorkflowID(s.Run)).Time("since", s.Since).Str("why", s.Why).Msg("a run stands still")
		}
		delete(known, s.Run)
	}
	for run := range known {
		k.log.Info().Str("run", protocol.WorkflowID(run)).Msg("a run goes on")
	}
}

// Examine lists the runs that should be in motion and are missing or get no further. It
// changes nothing.
func Examine(ctx context.Context, e *engine.Engine, s *store.Store) ([]Stopped, error) {
	var mu sync.Mutex
	var missing []Stopped
	stopped, err := survey(ctx, e, s, zerolog.Nop(), func(run policy.Run, m engine.Motion) error {
		if !m.Running {
			mu.Lock()
			defer mu.Unlock()
			missing = append(missing, Stopped{Run: run, Stopped: engine.Stopped{Why: "it is missing"}})
		}
		return nil
	})
	return append(missing, stopped...), err
}

// survey looks at every run that must be in motion, hands it to each, and lists those that
// get no further.
func survey(ctx context.Context, e *engine.Engine, s *store.Store, log zerolog.Logger, each func(policy.Run, engine.Motion) error) ([]Stopped, error) {
	cycles, err := s.ListMoving(ctx)
	if err != nil {
		return nil, err
	}
	const abreast, often = 4, 100
	var mu sync.Mutex
	var stopped []Stopped
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(abreast)
	for i, cycle := range cycles {
		if i > 0 && i%often == 0 {
			log.Info().Int("cycles", i).Int("of", len(cycles)).Msg("making sure that every run is in motion")
		}
		work.Go(func() error {
			runs, err := s.ListInMotion(ctx, cycle, time.Now())
			if err != nil { // what is wrong with one cycle does not keep the others from being looked at
				log.Warn().Err(err).Str("cycle", cycle).Msg("which runs of a cycle must be in motion is not known")
				return ctx.Err()
			}
			for _, run := range runs {
				m, err := e.Inspect(ctx, run)
				if err != nil {
					return err
				}
				if err := each(run, m); err != nil {
					return err
				}
				if m.Stopped != nil {
					mu.Lock()
					stopped = append(stopped, Stopped{run, *m.Stopped})
					mu.Unlock()
				}
			}
			return nil
		})
	}
	return stopped, work.Wait()
}
