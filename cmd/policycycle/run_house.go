package main

import (
	"context"
	"errors"
	"time"

	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

// How long a start may take to become ready, and an end to become quiet.
const (
	readyWithin = time.Minute
	endWithin   = 30 * time.Second
)

// house is an engine of our own with everything on it: the worker, the actors
// of rehearsals, and the announcement by which other commands find it.
type house struct {
	dir    string
	conn   connection
	rooms  *rooms
	pages  string        // where browsers find it; empty for nowhere
	opened chan struct{} // closed once work is to begin: the doors are open
	failed chan error    // a part has ended by itself
	ends   []func() error
}

// standUp starts everything in order and returns once the doors are open: what is asked is
// answered, and what is done waits for the work to begin (goToWork). When it fails, what
// had been started is ended.
func (a *app) standUp(ctx context.Context, told *progress, demo bool) (h *house, err error) {
	h = &house{failed: make(chan error, 1), opened: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.end())
		}
	}()
	say := func(sentence string) { told.note("%s", sentence) }
	engine, err := a.parts.startEngine(ctx, embedded.Options{Dir: a.config.Data, Log: a.log, Progress: say})
	if err != nil {
		return h, notStarted(err)
	}
	h.later(func() error {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
		defer cancel()
		return engine.Stop(ending)
	})
	h.run(ctx, func(ctx context.Context) error { return gone(engine.Keep(ctx)) })
	info := engine.Info()
	h.dir = info.Dir
	signer, ring, err := a.ownKey(info.Dir)
	if err == nil {
		h.conn, err = a.holding(connectionTo(info), signer, ring)
		h.conn.mail, h.conn.hooks.Elsewhere = a.mailing(), false
	}
	if err != nil {
		return h, err
	}
	say("Bringing the records up to date")
	if err := a.parts.migrate(ctx, h.conn); err != nil {
		return h, err
	}
	if h.conn.databaseURL, err = engine.Application(ctx); err != nil {
		return h, err
	}
	h.conn.records.Role = store.RoleApp
	if err := a.observe(ctx, h, "up"); err != nil {
		return h, err
	}
	if h.rooms, err = a.reach(ctx, h.conn); err != nil {
		return h, err
	}
	h.later(func() error { h.rooms.close(); return nil })
	say("Opening the pages")
	h.run(ctx, h.workOnceOpened) // comes before the doors, for it ends after them
	a.certify(ctx, h, signer)
	if h.rooms.records != nil {
		if h.pages, err = a.openDoors(ctx, h, signer, ring, demo); err != nil {
			return h, err
		}
	}
	return h, a.makeFindable(h, info)
}

// makeFindable has other commands find the house.
func (a *app) makeFindable(h *house, info running.Info) error {
	if a.sealing() {
		info.Office = h.pages
	}
	info.Ready, info.DatabaseURL = true, h.conn.databaseURL
	withdraw, err := a.parts.announce(info)
	if err == nil {
		h.later(func() error { withdraw(); return nil })
	}
	return err
}

// notStarted gives its code to an engine that does not start.
func notStarted(err error) error {
	code := policy.CodeUnavailable
	if errors.Is(err, running.ErrTaken) {
		code = policy.CodeConflict
	}
	return errors.Join(policy.Refuse(code, "%s", err), err)
}

// goToWork has the work on the cycles begin, and the actors of rehearsals play once a worker
// asks for it. Pages are read without it, and acts wait for it: with a backlog it has the whole
// machine busy, and stands in nobody's way who wants to open a page.
func (a *app) goToWork(ctx context.Context, h *house) {
	close(h.opened)
	h.run(ctx, func(ctx context.Context) error {
		if err := h.waitReady(ctx, h.rooms); err != nil {
			return err
		}
		a.parts.play(ctx, h.rooms.theatre, a.log)
		return nil
	})
}

// workOnceOpened does the work of the cycles once the doors are open.
func (h *house) workOnceOpened(ctx context.Context) error {
	select {
	case <-h.opened:
		return h.work(ctx)
	case <-ctx.Done():
		return nil
	}
}

// work does the work of the cycles until the context ends.
func (h *house) work(ctx context.Context) error { return gone(h.rooms.work(ctx)) }

// gone gives its code to a part that was at work and ended.
func gone(err error) error {
	if err == nil || policy.CodeOf(err) != policy.CodeInternal || errors.Is(err, context.Canceled) {
		return err
	}
	return errors.Join(policy.Refuse(policy.CodeUnavailable, "%s", err), err)
}

// later registers what is to be done at the end, the latest first.
func (h *house) later(end func() error) { h.ends = append(h.ends, end) }

// run lets a part run until the end, whatever becomes of ctx: parts are ended
// in order, not all at once. A part that ends by itself is told to wait.
func (h *house) run(ctx context.Context, part func(context.Context) error) {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() {
		err := part(running)
		done <- err
		if running.Err() == nil {
			select {
			case h.failed <- err:
			default: // another part was first
			}
		}
	}()
	h.later(func() error {
		stop()
		err := <-done
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	})
}

// waitReady returns once the worker asks for work. What has to be caught up with may
// take longer: see waitTelling.
func (h *house) waitReady(ctx context.Context, r *rooms) error {
	bounded, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	ready := make(chan error, 1)
	go func() { ready <- r.ready(bounded) }()
	select {
	case err := <-ready:
		return late(ctx, err, policy.CodeUnavailable, "no work is done on the cycles: no worker asked for any within %s; the log tells more", readyWithin)
	case err := <-h.failed:
		return broken(err)
	}
}

// wait returns nil when ctx ends, or the error of a part that ended by itself.
func (h *house) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-h.failed:
		return broken(err)
	}
}

func broken(err error) error {
	if err == nil {
		return policy.Refuse(policy.CodeInternal, "a part of policycycle ended by itself")
	}
	return err
}

// end ends everything in the opposite order of the start.
func (h *house) end() error {
	var problems []error
	for len(h.ends) > 0 {
		last := len(h.ends) - 1
		problems = append(problems, h.ends[last]())
		h.ends = h.ends[:last]
	}
	return errors.Join(problems...)
}
