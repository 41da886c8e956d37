package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/tools/processes"
)

// timed are approvals of one subject, how long each took and all together.
type timed struct {
	each []time.Duration
	took time.Duration
	used bench.Usage
}

// rotated gives the subjects in another order in each round, so that none is always
// measured after the same one.
func (st *stand) rotated(round int) []*subject {
	at := round % len(st.subjects)
	return append(append([]*subject{}, st.subjects[at:]...), st.subjects[:at]...)
}

// warm has each subject approve once on each run.
func (st *stand) warm(ctx context.Context) error {
	for _, s := range st.subjects {
		for run := range st.runs {
			if err := s.approve(ctx, run, fmt.Sprintf("warm %d %d", st.opening, run)); err != nil {
				return of(s.name, err)
			}
		}
	}
	return nil
}

// idle is what is used when nobody approves anything.
type idle struct {
	bench.Usage
	statements, trips map[string]float64 // by database
	measured          time.Duration
}

// rest measures a time in which nobody approves anything.
func (st *stand) rest(ctx context.Context) (idle, error) {
	var i idle
	if err := st.settled(ctx); err != nil {
		return i, err
	}
	began, from, trips := time.Now(), st.logged(), st.tripsSince(nil)
	before, err := st.look(ctx, nil)
	if err != nil {
		return i, err
	}
	if err := st.settled(ctx); err != nil {
		return i, err
	}
	after, err := st.look(ctx, nil)
	if err != nil {
		return i, err
	}
	i.Usage, i.measured = after.Less(before), time.Since(began)
	i.trips = st.tripsSince(trips)
	i.statements, err = st.statements(from)
	return i, err
}

// look counts everything; the process that a subject has of its own is one of this process.
func (st *stand) look(ctx context.Context, s *subject) (bench.Usage, error) {
	u, err := bench.Look(ctx, st.control)
	if err == nil && s != nil {
		u.Process += s.worked()
	}
	return u, err
}

// cpu looks at the CPU alone.
func (st *stand) cpu(s *subject) (bench.Usage, error) {
	u, err := bench.LookAtCPU(st.control)
	u.Process += s.worked()
	return u, err
}

// worked is the CPU of a process of its own.
func (s *subject) worked() time.Duration {
	for _, p := range processes.All() {
		if p.PID == s.pid {
			return p.Worked
		}
	}
	return 0
}

// alone has one caller of each subject in turn, and counts what each approval costs,
// less what the idle engine uses in the same time.
func (st *stand) alone(ctx context.Context, r *figures.Results, round int, still idle) error {
	for _, s := range st.rotated(round) {
		before, err := st.look(ctx, s)
		if err != nil {
			return err
		}
		var t timed
		began := time.Now()
		for n := range st.each {
			start := time.Now()
			if err := s.approve(ctx, n, fmt.Sprintf("alone %d %d", round, n)); err != nil {
				return of(s.name, err)
			}
			t.each = append(t.each, time.Since(start))
		}
		t.took = time.Since(began)
		after, err := st.cpu(s)
		if err != nil {
			return err
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
		settled, err := st.look(ctx, nil)
		if err != nil {
			return err
		}
		t.used = after.Less(before).Less(still.During(still.measured, t.took))
		t.used.Syncs = settled.Syncs - before.Syncs - still.During(still.measured, time.Since(began)).Syncs
		t.report(r, "", s.name)
		r.Add("WAL syncs", s.name, "per decision", t.used.Syncs/float64(st.each))
	}
	return nil
}

// report keeps how long approvals took, and their CPU.
func (t *timed) report(r *figures.Results, prefix, subject string) {
	r.Times(prefix+"decision", subject, t.each)
	n := float64(len(t.each))
	r.Add(prefix+"CPU of the process", subject, "ms per decision", figures.Milliseconds(t.used.Process)/n)
	r.Add(prefix+"CPU of Postgres", subject, "ms per decision", figures.Milliseconds(t.used.Postgres)/n)
	r.Add(prefix+"CPU", subject, "ms per decision", figures.Milliseconds(t.used.CPU())/n)
}

// crowd has many callers approve at once, the subjects one after the other.
func (st *stand) crowd(ctx context.Context, r *figures.Results, round int, still idle) error {
	for _, s := range st.rotated(round) {
		if !s.crowd {
			continue
		}
		before, err := st.cpu(s)
		if err != nil {
			return err
		}
		t, err := st.atOnce(ctx, s, round)
		if err != nil {
			return of(s.name, err)
		}
		after, err := st.cpu(s)
		if err != nil {
			return err
		}
		t.used = after.Less(before).Less(still.During(still.measured, t.took))
		t.report(r, "crowd: ", s.name)
		r.Add("crowd: decisions", s.name, "per second", float64(len(t.each))/t.took.Seconds())
	}
	return nil
}

// atOnce has each caller approve a few times on its own run, which it shares with
// others.
func (st *stand) atOnce(ctx context.Context, s *subject, round int) (timed, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var t timed
	var wait sync.WaitGroup
	var all sync.Mutex
	began := time.Now()
	for caller := range st.callers {
		wait.Go(func() {
			for n := range st.eachOfCrowd {
				start := time.Now()
				if err := s.approve(ctx, caller, fmt.Sprintf("crowd %d %d %d", round, caller, n)); err != nil {
					cancel(err)
					return
				}
				took := time.Since(start)
				all.Lock()
				t.each = append(t.each, took)
				all.Unlock()
			}
		})
	}
	wait.Wait()
	t.took = time.Since(began)
	return t, context.Cause(ctx)
}

// counted counts the statements and round trips of each approval. What Temporal asks
// does not come through the proxy: of it there are no round trips.
func (st *stand) counted(ctx context.Context, r *figures.Results, round int, still idle) error {
	for _, s := range st.rotated(round) {
		from, trips, began := st.logged(), st.tripsSince(nil), time.Now()
		for n := range st.eachCounted {
			if err := s.approve(ctx, n, fmt.Sprintf("counted %d %d", round, n)); err != nil {
				return of(s.name, err)
			}
		}
		took := time.Since(began)
		statements, err := st.statements(from)
		if err != nil {
			return err
		}
		trips = st.tripsSince(trips)
		each := func(found, idle map[string]float64, databases ...string) (all float64) {
			for _, d := range databases {
				all += found[d] - idle[d]*took.Seconds()/still.measured.Seconds()
			}
			return all / float64(st.eachCounted)
		}
		r.Add("statements", s.name, "per decision", each(statements, still.statements, s.database))
		r.Add("round trips", s.name, "per decision", each(trips, still.trips, s.database))
		if s.temporal {
			r.Add("statements of Temporal", s.name, "per decision", each(statements, still.statements, "temporal", "temporal_visibility"))
		}
	}
	return nil
}

// tripsSince counts the round trips since a count before, by database.
func (st *stand) tripsSince(before map[string]float64) map[string]float64 {
	if st.proxy == nil {
		return nil
	}
	since := st.proxy.trips()
	for database, n := range before {
		since[database] -= n
	}
	return since
}
