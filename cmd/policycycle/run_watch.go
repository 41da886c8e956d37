package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// patience is how long an engine may be away, while somebody restarts it.
const patience = time.Minute

// watcher asks after a cycle again and again, whatever becomes of the engine in
// between.
type watcher struct {
	*app
	told *progress
	year time.Duration // how long a year of the calendar lasts

	// svc is what is asked; an engine that may go away is found anew.
	svc      *rooms
	found    *rooms
	answered bool // it has answered before
}

func (w *watcher) close() {
	if w.found != nil {
		w.found.close()
		w.found = nil
	}
}

// once does something at the engine, once.
func (w *watcher) once(ctx context.Context, waited way, do func(context.Context, service.Service) error) error {
	r := w.svc
	if r == nil {
		if w.found == nil {
			conn, err := w.connection()
			if err != nil {
				return err
			}
			if w.found, err = w.reach(ctx, conn); err != nil {
				return err
			}
		}
		r = w.found
	}
	return w.wait(ctx, waited(cmp.Or(r.name, "the engine"), r.alive), func(ctx context.Context) error { return do(ctx, r) })
}

// patiently asks one question, and again while the engine is away, but no
// longer than patience.
func (w *watcher) patiently(ctx context.Context, question func(context.Context, service.Service) error) error {
	return w.insist(ctx, asking, question)
}

// insist does the same with what may change something and is safe to repeat. Where it
// may have been done before the engine went away, the error says so.
func (w *watcher) insist(ctx context.Context, waited way, do func(context.Context, service.Service) error) error {
	var gone time.Time
	var doubt error
	for {
		err := w.once(ctx, waited, do)
		if policy.CodeOf(err) == policy.CodeOutcomeUnknown {
			doubt = err
		}
		if !w.passing(err) {
			w.answered = w.answered || err == nil
			if !gone.IsZero() && err == nil {
				w.told.note("The engine is back.")
			}
			return err
		}
		w.close()
		switch {
		case ctx.Err() != nil:
			return errors.Join(ctx.Err(), err)
		case gone.IsZero():
			gone = time.Now()
			w.told.note("The engine is away (%s); waiting up to %s for it.", refusalOf(err).Message, patience)
		case time.Since(gone) > patience:
			return cmp.Or(doubt, err)
		}
		if err := pause(ctx, time.Second/2); err != nil {
			return err
		}
	}
}

// passing says whether an error may pass by itself. That an engine ends in the
// middle of an answer can look like anything, so what is unforeseen counts too
// once the engine has answered.
func (w *watcher) passing(err error) bool {
	switch policy.CodeOf(err) {
	case policy.CodeUnavailable, policy.CodeOutcomeUnknown:
		return true
	case policy.CodeInternal:
		return w.answered
	default:
		return false
	}
}

func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// interval is how often the watcher looks: about twenty times a year of the
// calendar, but never so often that looking slows the engine down.
func (w *watcher) interval() time.Duration {
	return min(max(w.year/20, 250*time.Millisecond), 2*time.Second)
}

// untilEnd tells how the cycle goes on until it has ended.
func (w *watcher) untilEnd(ctx context.Context, id string) error {
	var last service.CycleLine
	for {
		line, err := w.line(ctx, id)
		if err != nil {
			return err
		}
		if line.Stage != last.Stage {
			w.told.note("%s  %s", line.StageSince, line.Stage.Title())
		} else if line.Today.Year() != last.Today.Year() {
			w.told.note("%s  %s", line.Today, w.out.progressText(line))
		}
		w.told.change("%s  %s", line.Today, w.out.progressText(line))
		if line.Stage.Ended() {
			return nil
		}
		last = line
		if err := pause(ctx, w.interval()); err != nil {
			return err
		}
	}
}

// line finds one cycle in the list.
func (w *watcher) line(ctx context.Context, id string) (found service.CycleLine, err error) {
	err = w.patiently(ctx, func(ctx context.Context, svc service.Service) error {
		lines, err := svc.ListCycles(ctx, service.CycleFilter{})
		if err != nil {
			return err
		}
		for _, line := range lines {
			if line.ID == id {
				found = line
				return nil
			}
		}
		return policy.Refuse(policy.CodeUnknown, "the cycle %s is not there any more", id)
	})
	return found, err
}

// result gives the cycle as it ended, and what the summary adds.
func (w *watcher) result(ctx context.Context, id string) (*rehearsed, error) {
	var cycle *service.Cycle
	err := w.patiently(ctx, func(ctx context.Context, svc service.Service) (err error) {
		cycle, err = svc.FindCycle(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	result := summarise(cycle)
	for _, s := range subjectsOf(cycle) {
		if s.Version == 0 {
			continue
		}
		err := w.patiently(ctx, func(ctx context.Context, svc service.Service) error {
			found, err := svc.FindSubject(ctx, s.Subject)
			if err == nil {
				result.addVersions(found.Versions)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return result, nil
}
