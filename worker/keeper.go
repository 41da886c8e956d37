package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

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
	runs   runs // of the engine
	store  *store.Store
	log    zerolog.Logger

	mu      sync.Mutex
	stopped []Stopped
}

// runs is what is asked of Temporal.
type runs interface {
	Inspect(ctx context.Context, run policy.Run) (engine.Motion, error)
	Start(ctx context.Context, run policy.Run) error
	Wake(ctx context.Context, run policy.Run) error
	Health(ctx context.Context) error
}

// NewKeeper gives a keeper of the runs of some records.
func NewKeeper(e *engine.Engine, s *store.Store) *Keeper {
	return &Keeper{engine: e, runs: e, store: s, log: e.Log()}
}

// Stopped is a run that should be in motion and gets no further, or of which that is not
// known: then it is not said since when. A cycle that cannot be read is its run.
type Stopped struct {
	Run policy.Run
	engine.Stopped
	// Begins says that its cycle, or a worker within a minute, begins it: nothing is wrong yet.
	Begins bool
}

// Stopped lists the runs that got no further when they were looked at last.
func (k *Keeper) Stopped() []Stopped {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stopped
}

// HeldKeys names the keys of a process to the records.
func HeldKeys(keys *engine.Encryption) store.HeldKeys {
	held := store.HeldKeys{Kind: store.KeyEncrypts}
	for i, id := range keys.IDs() {
		held.Keys = append(held.Keys, store.HeldKey{ID: id, Proof: keys.Proof(id)})
		if i == 0 {
			held.Uses = id
		}
	}
	return held
}

// How often the runs are looked at: each minute, and where that takes long, so seldom
// that it is no burden.
const (
	every = time.Minute
	share = 20
	// hourly is how often the runs look once more on which something was recorded.
	hourly = time.Hour
)

// Keep looks after the runs until ctx ends. Where what it needs does not answer it says so
// and goes on; keys that no longer fit end it with policy.CodeInvalid.
func (k *Keeper) Keep(ctx context.Context) error {
	kept, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.keepRuns(kept)
	}()
	go k.keepListed(kept)
	err := k.keepKeys(kept)
	stop()
	<-ended
	return err
}

// keepKeys says each minute with which keys this process works, until ctx ends or they no
// longer fit.
func (k *Keeper) keepKeys(ctx context.Context) error {
	for {
		err := k.store.AgreeOnKeys(ctx, HeldKeys(k.engine.Encryption()), time.Now())
		if policy.CodeOf(err) == policy.CodeInvalid {
			return err
		}
		if err != nil && ctx.Err() == nil {
			k.log.Warn().Err(err).Msg("whether the keys here are those of all is not known")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

// keepListed asks each hour whether the namespace has what Temporal's list is asked by:
// somebody may have added it, or taken it away.
func (k *Keeper) keepListed(ctx context.Context) {
	told := true
	for {
		err := k.engine.LearnListed(ctx)
		if is := k.engine.Listed(); is != told && ctx.Err() == nil {
			k.log.Info().Err(err).Bool("listed", is).Msg("whether Temporal's own list can be asked by where runs stand: policycycle migrate adds what that takes, where it is allowed to")
			told = is
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}

func (k *Keeper) keepRuns(ctx context.Context) {
	var heard time.Time // up to when the runs know what was recorded
	for {
		began := time.Now()
		if err := k.round(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn().Err(err).Msg("whether all runs are in motion is not known")
		}
		if began.Sub(heard) >= hourly {
			if err := k.wakeActedOn(ctx, heard); err == nil {
				heard = began
			} else if ctx.Err() == nil {
				k.log.Warn().Err(err).Msg("whether all runs know what was recorded is not known")
			}
		}
		select {
		case <-ctx.Done():
			return
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
	l := &look{runs: k.runs, store: k.store, log: k.log, each: func(ctx context.Context, run policy.Run, m engine.Motion) error {
		switch {
		case !m.Running:
			level := zerolog.InfoLevel
			if takenAway(run, m) {
				level = zerolog.WarnLevel
			}
			k.log.WithLevel(level).Str("run", protocol.WorkflowID(run)).Msg("a run is missing: it is started")
			if err := k.runs.Start(ctx, run); err != nil {
				return fmt.Errorf("is missing and cannot be started: %w", err)
			}
			started.Add(1)
		case restored:
			if err := k.runs.Wake(ctx, run); err != nil && !errors.Is(err, engine.ErrGone) { // the next round starts that
				return fmt.Errorf("cannot be told of the records: %w", err)
			}
		}
		return nil
	}}
	err = l.survey(ctx)
	if n := int(started.Load()); n > 0 {
		telemetry.CountSetInMotion(n)
		k.log.Info().Int("started", n).Msg("runs that were missing are in motion again")
	}
	if err != nil {
		return err
	}
	k.tell(l.stopped)
	if told == epoch || restored && l.missed {
		return nil
	}
	return k.store.TellEpoch(ctx, epoch, time.Now())
}

// wakeActedOn has every run look at the record on which something was recorded since an
// instant, and with a zero one, in the last hour of the records. An act is recorded within the
// task that brought it: where Temporal has lost that task together with the message, its run
// does not know what stands in the record.
func (k *Keeper) wakeActedOn(ctx context.Context, since time.Time) error {
	const overlap = time.Minute // clocks differ, and a record takes a moment to be committed
	if !since.IsZero() {
		since = since.Add(-overlap)
	}
	runs, err := k.store.ListActedOn(ctx, since)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := k.runs.Wake(ctx, run); err != nil && !errors.Is(err, engine.ErrGone) { // one that is gone was not lost
			return fmt.Errorf("%s cannot be told of what was recorded: %w", protocol.WorkflowID(run), err)
		}
	}
	return nil
}

// takenAway says whether a run that is missing was there: one that has ended, and that of a
// whole cycle. Another that Temporal does not know may be about to be started by its
// cycle, which a busy machine takes its time for: nobody is alarmed.
func takenAway(run policy.Run, m engine.Motion) bool { return m.Ended || run.Kind == policy.RunCycle }

// tell tells the log once of each run that gets no further, and of each that does again.
// Where nobody knows since when, it is since that was seen.
func (k *Keeper) tell(stopped []Stopped) {
	known := map[policy.Run]Stopped{}
	for _, s := range k.Stopped() {
		known[s.Run] = s
	}
	for i, s := range stopped {
		before, is := known[s.Run]
		if s.Since.IsZero() {
			stopped[i].Since = time.Now()
			if is {
				stopped[i].Since = before.Since
			}
		}
		if !is {
			k.log.Error().Str("run", protocol.WorkflowID(s.Run)).Time("since", stopped[i].Since).Str("why", s.Why).Msg("a run stands still")
		}
		delete(known, s.Run)
	}
	for run := range known {
		k.log.Info().Str("run", protocol.WorkflowID(run)).Msg("a run goes on")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = stopped
	telemetry.CountStandingStill(len(stopped))
}

// Examine lists the runs that should be in motion and are missing, get no further or cannot
// be looked at. It changes nothing.
func Examine(ctx context.Context, e *engine.Engine, s *store.Store) ([]Stopped, error) {
	return examine(ctx, e, s)
}

func examine(ctx context.Context, e runs, s *store.Store) ([]Stopped, error) {
	l := &look{runs: e, store: s, log: zerolog.Nop()}
	l.each = func(_ context.Context, run policy.Run, m engine.Motion) error {
		switch {
		case m.Running:
		case takenAway(run, m):
			l.stops(Stopped{Run: run, Stopped: engine.Stopped{Why: "is missing"}})
		default:
			l.stops(Stopped{Run: run, Stopped: engine.Stopped{Why: "has not begun yet"}, Begins: true})
		}
		return nil
	}
	err := l.survey(ctx)
	return l.stopped, err
}
