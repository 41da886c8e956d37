package notify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Out sends all that leaves the house by itself: mail, and events to webhooks. One run does both, so
// that there is one thing to look after; mail looks at its own times, for what is recorded wakes
// that run because of the webhooks, and nobody's inbox need be read for it.
type Out struct {
	Post     *Post     // nil where no mail leaves
	Webhooks *Webhooks // nil where no event leaves

	mu   sync.Mutex
	mail time.Time // when mail looks again; zero for at once
}

// Send sends what is due, and says when to look again, at the latest. Neither waits for the other.
func (o *Out) Send(ctx context.Context) (time.Time, error) {
	var mail, events time.Time
	var ofMail, ofEvents error
	var both sync.WaitGroup
	if o.Post != nil {
		both.Go(func() { mail, ofMail = o.sendMail(ctx) })
	}
	if o.Webhooks != nil {
		both.Go(func() { events, ofEvents = o.Webhooks.Send(ctx) })
	}
	both.Wait()
	if mail.IsZero() || !events.IsZero() && events.Before(mail) {
		mail = events
	}
	return mail, errors.Join(ofMail, ofEvents)
}

func (o *Out) sendMail(ctx context.Context) (time.Time, error) {
	o.mu.Lock()
	next := o.mail
	o.mu.Unlock()
	if o.Post.Clock().Before(next) && !o.Post.Office.TellsRehearsals() { // their calendars wait for it
		return next, nil
	}
	next, err := o.Post.Send(ctx)
	if err == nil {
		o.mu.Lock()
		o.mail = next
		o.mu.Unlock()
	}
	return next, err
}
