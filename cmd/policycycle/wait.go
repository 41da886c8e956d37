package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
)

// How long a command waits. The setting timeout is how long it does so without a
// sign of life. What lives and gets no further is waited for longer, so many times
// the timeout.
const longest = 20

// grace is what work may take to end once nobody waits for it any longer: an act is
// then looked up in the record.
const grace = 6 * time.Second

// unhurried is how long a command waits before it says so on a terminal.
const unhurried = 2 * time.Second

// waiting is something that a command waits for.
type waiting struct {
	what string // for people: "the engine in /var/lib/policycycle"
	// alive asks for a sign of life; nil where none but progress can be had.
	alive func(context.Context) error
	// code is that of time that ran out, and after what is said of what was done.
	code  policy.Code
	after string
	// endless is work of which each step may take as long as there is life.
	endless bool
}

// Why nobody waits any longer.
var (
	errSilent = errors.New("no sign of life")
	errStuck  = errors.New("no progress")
)

// way is how something is waited for: as a question or as an act.
type way func(what string, alive func(context.Context) error) waiting

// asking is a question, which changes nothing.
func asking(what string, alive func(context.Context) error) waiting {
	return waiting{what: what, alive: alive, code: policy.CodeUnavailable}
}

// acting is an act of which nobody knows whether it is recorded when time runs out.
func acting(what string, alive func(context.Context) error) waiting {
	return waiting{what: what, alive: alive, code: policy.CodeOutcomeUnknown, after: ": it may or may not be recorded"}
}

// wait does something and waits for it as long as there are signs of life and it
// gets on: whatever it tells of its progress, and answers to w.alive. On a terminal it
// says what it waits for.
func (a *app) wait(ctx context.Context, w waiting, do func(context.Context) error) error {
	stands := &wait{waiting: w, app: a, interval: max(min(time.Second, a.config.Timeout/4), time.Millisecond), last: time.Now()}
	working, end := context.WithCancelCause(advance.Watch(ctx, func(p advance.Step) { stands.heard.Store(&p) }))
	defer end(nil)
	defer a.told.clear()
	done := make(chan error, 1)
	go func() { done <- do(working) }()
	beat := time.NewTicker(stands.interval)
	defer beat.Stop()
	answered := make(chan error, 1)
	for {
		select {
		case err := <-done:
			return stands.ended(ctx, err)
		case err := <-answered:
			stands.answers(err)
		case <-beat.C:
			if stands.beats(time.Now()) {
				go func() { answered <- w.alive(working) }()
			}
			if over := stands.over(); over != nil {
				end(over)
			}
			if stands.overdue > grace {
				return stands.ended(ctx, stands.over())
			}
		}
	}
}

// wait is how it stands with a command that waits.
type wait struct {
	waiting
	*app
	interval time.Duration
	heard    atomic.Pointer[advance.Step] // the progress told last
	seen     *advance.Step                // that of the last beat
	last     time.Time                    // of the last beat
	asked    bool                         // an answer to alive is awaited

	waited  time.Duration
	silent  time.Duration // since the last sign of life
	stuck   time.Duration // since the last progress
	overdue time.Duration // since time ran out
}

// beats takes note that time has passed, and says whether to ask for a sign of life.
// A beat that comes late, on a busy machine or after it slept, counts no more than
// two: whoever could not ask has not been refused an answer.
func (w *wait) beats(now time.Time) bool {
	passed := min(now.Sub(w.last), 2*w.interval)
	w.last = now
	w.waited, w.silent, w.stuck = w.waited+passed, w.silent+passed, w.stuck+passed
	if w.over() != nil {
		w.overdue += passed
		return false
	}
	if heard := w.heard.Load(); heard != w.seen {
		w.seen, w.silent, w.stuck = heard, 0, 0
	}
	w.say()
	if w.alive == nil || w.asked || w.silent < w.config.Timeout/4 {
		return false
	}
	w.asked = true
	return true
}

// answers takes note of an answer to alive.
func (w *wait) answers(err error) {
	w.asked = false
	if err == nil {
		w.silent = 0
	}
	if err == nil && w.endless {
		w.stuck = 0
	}
}

// over says why nobody waits any longer; nil while somebody does.
func (w *wait) over() error {
	switch {
	case w.silent > w.config.Timeout:
		return errSilent
	case w.stuck > longest*w.config.Timeout:
		return errStuck
	default:
		return nil
	}
}

// say says what is waited for, on a terminal and to a person.
func (w *wait) say() {
	seconds := int(w.waited.Seconds())
	switch {
	case w.waited < unhurried || w.format != formatTable:
	case w.seen != nil && w.seen.All > 0:
		w.told.change("waiting for %s: %d of %d %s, %d s…", w.what, w.seen.Done, w.seen.All, w.seen.What, seconds)
	default:
		w.told.change("waiting for %s: %d s…", w.what, seconds)
	}
}

// ended puts into words that time ran out, unless there was an answer all the same.
func (w *wait) ended(ctx context.Context, err error) error {
	over := w.over()
	if err == nil || over == nil || ctx.Err() != nil {
		return err
	}
	refusal, is := errors.AsType[*policy.Error](err)
	if is && refusal.Code != policy.CodeOutcomeUnknown && refusal.Code != policy.CodeUnavailable {
		return err
	}
	said := fmt.Sprintf("gave no sign of life for %s", w.config.Timeout)
	if errors.Is(over, errStuck) {
		said = fmt.Sprintf("answers, but has got no further for %s", longest*w.config.Timeout)
	}
	late := policy.Refuse(w.code, "no answer came in time (setting timeout): %s %s%s", w.what, said, w.after)
	if is {
		late.Record = refusal.Record
	}
	return late
}
