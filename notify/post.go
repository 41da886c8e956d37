package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// Office is the service, with what sending mail needs besides. See package service/local.
type Office interface {
	service.Service
	TellsRehearsals() bool
	Subscribers(ctx context.Context) ([]service.Subscriber, error)
	Reminders(ctx context.Context) (map[policy.Subject][]service.Reminder, error)
	NoteMails(ctx context.Context, choice int64, wanted []policy.MailOccasion) ([]service.DueMail, error)
	MailSent(ctx context.Context, mail int64) error
	MailRefused(ctx context.Context, mail int64, said string) error
	PutOffMail(ctx context.Context, mail int64, said string, next time.Time) error
	NextMail(ctx context.Context) (time.Time, error)
	Round(ctx context.Context, tell func() error) error
}

// Sender hands letters to a server for mail.
type Sender interface {
	// Open connects to it. The error is of one that is away.
	Open(ctx context.Context) (Line, error)
}

// Line is a connection to a server for mail.
type Line interface {
	// Send hands over one letter. The error is a *RefusedError where that will never be taken.
	Send(Letter) error
	Close()
}

// RefusedError says that a server for mail does not take a letter, now or later.
type RefusedError struct{ Said string }

// Error is what the server said.
func (r *RefusedError) Error() string { return r.Said }

// Post sends mail.
type Post struct {
	Office  Office
	Sender  Sender
	Texts   *text.Texts
	URL     string         // of the pages
	Domain  string         // of the address from which mail comes, for the names of mails
	Marking policy.Marking // the highest of what a mail tells
	// Daily is the time of day in Brussels from which on the daily mail leaves, since midnight.
	Daily time.Duration
	// Every is how long it takes at most until a mail leaves, and Pause how long one waits that
	// could not be sent: each time twice as long, up to sixty times. 0 is a minute.
	Every, Pause time.Duration
	Clock        func() time.Time
	// Beat says that it is still at work.
	Beat func(ctx context.Context)
	Log  zerolog.Logger
}

// Send sends what is due, and says when to look again, at the latest. A server for mail that is
// away is no error: what it did not take waits. The error is of records that are away.
func (p *Post) Send(ctx context.Context) (again time.Time, err error) {
	if err := p.Office.Round(ctx, func() error { return p.round(ctx) }); err != nil {
		return again, err
	}
	again = p.Clock().Add(p.Every)
	next, err := p.Office.NextMail(ctx)
	if err == nil && !next.IsZero() && next.Before(again) {
		again = next
	}
	return again, err
}

// round looks at each who gets mail. Who cannot be told does not keep the others waiting.
func (p *Post) round(ctx context.Context) error {
	subscribers, err := p.Office.Subscribers(ctx)
	if err != nil {
		return err
	}
	reminders, err := p.Office.Reminders(ctx)
	if err != nil {
		return err
	}
	c := &counter{post: p}
	defer c.close()
	var failed error
	for _, to := range subscribers {
		p.Beat(ctx)
		if err := p.tell(ctx, c, to, reminders); err != nil {
			if ctx.Err() != nil {
				return err
			}
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// tell sends somebody what is due.
func (p *Post) tell(ctx context.Context, c *counter, to service.Subscriber, reminders map[policy.Subject][]service.Reminder) error {
	w := writer{Printer: p.Texts.In(string(to.Language)), post: p, to: to, desk: p.Office.As(to.Principal)}
	filter := service.InboxFilter{}
	if !p.Office.TellsRehearsals() {
		filter.Rehearsal = new(false)
	}
	waiting, err := w.desk.Inbox(ctx, filter)
	if policy.CodeOf(err) == policy.CodeMarking { // who may read nothing gets nothing
		waiting, err = nil, nil
	}
	if err == nil {
		w.bodies, err = w.desk.ListBodies(ctx)
	}
	if err != nil {
		return err
	}
	w.BodyTitle = w.bodies.OwnTitle
	waiting = slices.DeleteFunc(waiting, func(item service.InboxItem) bool { return !w.reaches(item) })
	letters, wanted := map[string]told{}, []policy.MailOccasion{}
	for _, t := range w.occasions(waiting, reminders) {
		letters[t.Mark()] = t
		wanted = append(wanted, t.MailOccasion)
	}
	if day, due := p.dailyDue(to); due {
		wanted = append(wanted, policy.MailOccasion{Kind: policy.MailDaily, On: day})
	}
	due, err := p.Office.NoteMails(ctx, to.Choice, wanted)
	if err != nil {
		return err
	}
	for _, mail := range due {
		p.Beat(ctx)
		if mail.Occasion.Kind == policy.MailDaily {
			err = p.tellDaily(ctx, c, w, mail, waiting)
		} else {
			err = c.send(ctx, to, mail, w.letter(letters[mail.Occasion.Mark()]))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellDaily sends the daily mail. One with nothing to say is done without leaving.
func (p *Post) tellDaily(ctx context.Context, c *counter, w writer, mail service.DueMail, waiting []service.InboxItem) error {
	const day = 24 * time.Hour
	letter, worth, err := w.daily(ctx, mail.Occasion.On, waiting, p.Clock().Add(-day))
	switch {
	case err != nil:
		return err
	case !worth:
		return p.Office.MailSent(ctx, mail.Mail)
	default:
		return c.send(ctx, w.to, mail, letter)
	}
}

// dailyDue gives the day of the daily mail, and says whether its time has come.
func (p *Post) dailyDue(to service.Subscriber) (policy.Date, bool) {
	now := p.Clock().In(policy.Brussels)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, policy.Brussels)
	return policy.Calendar{}.Today(now), to.Wants(policy.MailDaily) && !now.Before(midnight.Add(p.Daily))
}

// name names a mail. It is the same however often it is sent, so that programs for mail show once
// what a server has taken twice.
func (p *Post) name(mail int64) string { return "policycycle." + digits(mail) + "@" + p.Domain }

// about names what a mail is about, to one person.
func (p *Post) about(to service.Subscriber, about string) string {
	sum := sha256.Sum256([]byte(digits(to.Choice) + "\n" + about))
	return "policycycle." + hex.EncodeToString(sum[:12]) + "@" + p.Domain
}

// counter hands letters over, and takes note of what becomes of each. It connects once something
// is to be sent, and once only: a server that is away is left alone until the next attempt.
type counter struct {
	post *Post
	line Line
	away error
}

func (c *counter) close() {
	if c.line != nil {
		c.line.Close()
	}
}

func (c *counter) send(ctx context.Context, to service.Subscriber, mail service.DueMail, letter Letter) error {
	letter.ID, letter.About = c.post.name(mail.Mail), c.post.about(to, letter.About)
	if c.line == nil && c.away == nil {
		c.line, c.away = c.post.Sender.Open(ctx)
	}
	err := c.away
	if err == nil {
		err = c.line.Send(letter)
	}
	var refused *RefusedError
	switch {
	case err == nil:
		return c.post.Office.MailSent(ctx, mail.Mail)
	case errors.As(err, &refused):
		c.post.Log.Warn().Int64("mail", mail.Mail).Str("said", refused.Said).Msg("a mail was refused; it is not tried again: policycycle mail list --failed")
		return c.post.Office.MailRefused(ctx, mail.Mail, refused.Said)
	default:
		c.post.Log.Warn().Int64("mail", mail.Mail).Int("attempts", mail.Attempts+1).Err(err).Msg("a mail could not be sent; it is tried again")
		return c.post.Office.PutOffMail(ctx, mail.Mail, err.Error(), c.post.Clock().Add(c.post.pause(mail.Attempts)))
	}
}

// pause is how long a mail waits after so many attempts that failed.
func (p *Post) pause(failed int) time.Duration {
	const most, doublings = 60, 6
	first := cmp.Or(p.Pause, time.Minute)
	return min(first<<min(failed, doublings), most*first)
}
