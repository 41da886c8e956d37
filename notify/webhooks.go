package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Switchboard is the service, with what telling programs needs besides. See package service/local.
type Switchboard interface {
	service.Service
	WebhookRules() policy.WebhookRules
	Hooks(ctx context.Context, most int) ([]service.Hook, error)
	Delivered(ctx context.Context, e service.DueEvent, a service.Answer) error
	Withhold(ctx context.Context, e service.DueEvent) error
	PutOffEvent(ctx context.Context, e service.DueEvent, a service.Answer, next time.Time) (failed int, err error)
	WebhookGone(ctx context.Context, e service.DueEvent, a service.Answer) error
	NextEvent(ctx context.Context) (time.Time, error)
}

// Webhooks tells programs outside of what is recorded: each in the order of each trail, and side
// by side, so that one that hangs does not keep the others waiting.
type Webhooks struct {
	Board  Switchboard
	Client *http.Client // see ClientFor
	URL    string       // of the pages
	// Every is how long it takes at most until an event leaves, and Pause how long a webhook is left
	// alone after an attempt that failed: each time twice as long, up to sixty times. 0 is a minute.
	Every, Pause time.Duration
	Clock        func() time.Time
	// Beat says that it is still at work.
	Beat func(ctx context.Context)
	Log  zerolog.Logger
}

const (
	// mostAtOnce is how many events leave to one webhook before the others are looked at again.
	mostAtOnce = 100
	// sideBySide is to how many webhooks events leave at a time.
	sideBySide = 16
)

// Send sends what is due, and says when to look again, at the latest. A program that is away is no
// error: what it did not take waits. The error is of records that are away.
func (w *Webhooks) Send(ctx context.Context) (again time.Time, err error) {
	hooks, err := w.Board.Hooks(ctx, mostAtOnce)
	if err != nil {
		return again, err
	}
	var sending errgroup.Group
	sending.SetLimit(sideBySide)
	for _, hook := range hooks {
		sending.Go(func() error { return w.tell(service.Once(ctx), hook) })
	}
	if err := sending.Wait(); err != nil {
		return again, err
	}
	again = w.Clock().Add(cmp.Or(w.Every, time.Minute))
	next, err := w.Board.NextEvent(ctx)
	if err == nil && !next.IsZero() && next.Before(again) {
		again = next
	}
	return again, err
}

// tell sends one webhook what is due, until an attempt fails: what comes later waits behind it.
func (w *Webhooks) tell(ctx context.Context, hook service.Hook) error {
	desk := w.Board.As(hook.Principal)
	for _, e := range hook.Due {
		w.Beat(ctx)
		goesOn, err := w.send(ctx, desk, hook, e)
		if err != nil || !goesOn {
			return err
		}
		hook.Failures = 0
	}
	return nil
}

// send sends one event, and says whether the next one may follow.
func (w *Webhooks) send(ctx context.Context, desk service.Service, hook service.Hook, e service.DueEvent) (goesOn bool, err error) {
	switch {
	case hook.Withheld:
		return true, w.Board.Withhold(ctx, e)
	case hook.Held != nil:
		return false, w.putOff(ctx, hook, e, answer{Answer: service.Answer{Said: hook.Held.Error()}})
	}
	body, err := w.event(ctx, desk, e)
	if errors.Is(err, errWithheld) {
		return true, w.Board.Withhold(ctx, e)
	}
	if err != nil {
		w.Log.Error().Err(err).Int64("webhook", hook.Webhook).Str("event", e.Event).Msg("an event could not be made")
		return false, w.putOff(ctx, hook, e, answer{Answer: service.Answer{Said: "the event could not be made here"}})
	}
	a := w.post(ctx, hook, e.Event, body)
	switch {
	case ctx.Err() != nil: // nobody knows whether it arrived: it is sent again, as the same event
		return false, ctx.Err()
	case a.Status >= http.StatusOK && a.Status < http.StatusMultipleChoices:
		return true, w.Board.Delivered(ctx, e, a.Answer)
	case a.Status == http.StatusGone:
		w.Log.Warn().Int64("webhook", hook.Webhook).Msg("a webhook answered that it is gone; nothing is sent to it until it is resumed: policycycle webhook resume")
		return false, w.Board.WebhookGone(ctx, e, a.Answer)
	default:
		return false, w.putOff(ctx, hook, e, a)
	}
}

// putOff takes note of an attempt that failed.
func (w *Webhooks) putOff(ctx context.Context, hook service.Hook, e service.DueEvent, a answer) error {
	wait := max(w.pause(e, hook.Failures), a.after)
	failed, err := w.Board.PutOffEvent(ctx, e, a.Answer, w.Clock().Add(wait))
	line := w.Log.Warn().Int64("webhook", hook.Webhook).Str("event", e.Event).Int("status", a.Status).Str("said", a.Said)
	if failed > 0 {
		line.Int("failed", failed).Msg("events have not arrived for too long; they are not tried again: policycycle webhook log --failed")
	} else {
		line.Dur("wait", wait).Msg("an event could not be sent; it is tried again")
	}
	return err
}

// pause is how long a webhook is left alone after so many attempts that failed before. Those who
// fail at the same time do not all come again at the same time: up to a quarter is added, which
// follows from the event and the attempt.
func (w *Webhooks) pause(e service.DueEvent, failed int) time.Duration {
	const most, doublings, part = 60, 6, 4
	first := cmp.Or(w.Pause, time.Minute)
	wait := min(first<<min(failed, doublings), most*first)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", e.Webhook, e.Event, failed))
	return wait + time.Duration(float64(wait)/part*float64(binary.BigEndian.Uint32(sum[:]))/(1<<32))
}
