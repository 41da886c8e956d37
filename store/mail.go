package store

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// MailChoice is what somebody wants by mail, of what waits for a body.
type MailChoice struct {
	ID int64
	policy.Actor
	policy.MailChoice
}

// ChooseMail keeps what somebody wants by mail from now on.
func (s *Store) ChooseMail(ctx context.Context, by policy.Actor, c policy.MailChoice) error {
	kinds := make([]string, len(c.Kinds))
	for i, k := range c.Kinds {
		kinds[i] = string(k)
	}
	return s.change(ctx, func(q *sqlc.Queries) error {
		return q.PutMailChoice(ctx, sqlc.PutMailChoiceParams{
			Person: by.Person, Body: string(by.Body), Address: c.Address, Kinds: kinds, Language: string(c.Language),
		})
	})
}

// FindMailChoice gives what somebody wants by mail; nothing where they chose nothing yet.
func (s *Store) FindMailChoice(ctx context.Context, by policy.Actor) (policy.MailChoice, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (policy.MailChoice, error) {
		row, err := q.FindMailChoice(ctx, sqlc.FindMailChoiceParams{Person: by.Person, Body: string(by.Body)})
		if errors.Is(err, pgx.ErrNoRows) {
			return policy.MailChoice{}, nil
		}
		return mailChoice(row).MailChoice, err
	})
}

// ListMailChoices lists the choices of all who get mail.
func (s *Store) ListMailChoices(ctx context.Context) ([]MailChoice, error) {
	return ask(ctx, s, func(q *sqlc.Queries) ([]MailChoice, error) {
		rows, err := q.ListMailChoices(ctx)
		all := make([]MailChoice, len(rows))
		for i, row := range rows {
			all[i] = mailChoice(row)
		}
		return all, err
	})
}

func mailChoice(row sqlc.MailChoice) MailChoice {
	c := MailChoice{
		ID: row.ID, Actor: policy.Actor{Person: row.Person, Body: policy.Body(row.Body)},
		MailChoice: policy.MailChoice{Address: row.Address, Language: policy.Language(row.Language)},
	}
	for _, k := range row.Kinds {
		c.Kinds = append(c.Kinds, policy.MailKind(k))
	}
	return c
}

// Reminder is one that was given on a turn which is not over.
type Reminder struct {
	policy.Notice
	To []policy.Body
}

// ListReminders lists the reminders on all turns that are not over, in the order of their days.
func (s *Store) ListReminders(ctx context.Context) (map[policy.Subject][]Reminder, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (map[policy.Subject][]Reminder, error) {
		rows, err := q.ListReminders(ctx)
		given := map[policy.Subject][]Reminder{}
		for _, row := range rows {
			subject, bad := policy.ParseSubject(row.Cycle + "/" + row.Path)
			if bad != nil {
				continue // older code knew its kind
			}
			r := Reminder{Notice: policy.Notice{Kind: policy.NoticeKind(row.Kind), On: fromDate(row.OnDate)}}
			for _, body := range row.Recipients {
				r.To = append(r.To, policy.Body(body))
			}
			given[subject] = append(given[subject], r)
		}
		return given, err
	})
}

// DueMail is a mail that is to leave now.
type DueMail struct {
	ID       int64
	Occasion policy.MailOccasion
	Attempts int // that failed
}

// NoteMails takes note of all of which somebody is to get mail at this moment, and gives what is to
// leave now. What waited, and is wanted no more, is overtaken. The first time all of it is known
// already to whoever has just made the choice, but the daily mail.
func (s *Store) NoteMails(ctx context.Context, choice int64, wanted []policy.MailOccasion, now time.Time) (due []DueMail, err error) {
	err = s.change(ctx, func(q *sqlc.Queries) error {
		begun, err := q.BeginMail(ctx, choice)
		if err != nil {
			return err
		}
		marks, of := make([]string, len(wanted)), map[string]policy.MailOccasion{}
		for i, o := range wanted {
			marks[i], of[o.Mark()] = o.Mark(), o
			p := sqlc.PutMailParams{
				Choice: choice, Mark: marks[i], Kind: string(o.Kind), Notice: string(o.Notice), Cycle: o.Subject.Cycle, Path: o.Subject.Path(),
				OnDate: toDate(o.On), At: now, State: "waiting", NextAt: timestamptz(now),
			}
			if !begun && o.Kind != policy.MailDaily {
				p.State, p.NextAt, p.EndedAt = "known", timestamptz(time.Time{}), timestamptz(now)
			}
			if err := q.PutMail(ctx, p); err != nil {
				return err
			}
		}
		if err := q.OvertakeMails(ctx, sqlc.OvertakeMailsParams{Choice: choice, Wanted: marks, At: now}); err != nil {
			return err
		}
		rows, err := q.ListMailsDue(ctx, sqlc.ListMailsDueParams{Choice: choice, At: now})
		for _, row := range rows {
			due = append(due, DueMail{ID: row.ID, Occasion: of[row.Mark], Attempts: int(row.Attempts)})
		}
		return err
	})
	return due, err
}

// kept gives what a server for mail said as it is kept: whatever it says, that the mail was
// refused must not be.
func kept(said string) string {
	const most = 500
	said = strings.ReplaceAll(strings.ToValidUTF8(said, "?"), "\x00", "")
	return strings.ToValidUTF8(said[:min(len(said), most)], "")
}

// MailSent takes note that the server for mail has taken one.
func (s *Store) MailSent(ctx context.Context, mail int64, now time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		return q.EndMail(ctx, sqlc.EndMailParams{ID: mail, State: "sent", At: now})
	})
}

// MailRefused takes note that the server for mail does not take one, and what it said. It is not
// tried again.
func (s *Store) MailRefused(ctx context.Context, mail int64, said string, now time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		return q.EndMail(ctx, sqlc.EndMailParams{ID: mail, State: "refused", Said: kept(said), At: now})
	})
}

// PutOffMail takes note of an attempt that failed, and of when the next one is.
func (s *Store) PutOffMail(ctx context.Context, mail int64, said string, next time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		return q.PutOffMail(ctx, sqlc.PutOffMailParams{ID: mail, Said: kept(said), NextAt: next})
	})
}

// BounceMail takes note that a mail came back, and why. One that never left is
// policy.CodeUnknown.
func (s *Store) BounceMail(ctx context.Context, mail int64, said string, now time.Time) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		_, err := q.BounceMail(ctx, sqlc.BounceMailParams{ID: mail, Said: kept(said), At: now})
		return noRow(err, policy.Refuse(policy.CodeUnknown, "no mail with the number %d has left here", mail))
	})
}

// NextMail gives when the next attempt is due; zero where no mail waits.
func (s *Store) NextMail(ctx context.Context) (time.Time, error) {
	return ask(ctx, s, func(q *sqlc.Queries) (time.Time, error) {
		next, err := q.NextMail(ctx)
		if err != nil || len(next) == 0 {
			return time.Time{}, err
		}
		return next[0].Time, nil
	})
}

// Mail is one mail, and what became of it.
type Mail struct {
	ID int64
	policy.Actor
	Address  string
	Occasion policy.MailOccasion
	Made     time.Time
	State    string
	Attempts int
	Next     time.Time // of the next attempt; zero for none
	Ended    time.Time // when it was sent, or what else became of it
	Said     string    // by the server for mail, where it did not take it
}

// MailFilter narrows a list of mails.
type MailFilter struct {
	Person int64 // 0 is everybody
	Failed bool  // those alone that did not arrive, or have not yet
	Past   int64 // the last one seen
	Most   int
}

// ListMails lists mails, the latest first.
func (s *Store) ListMails(ctx context.Context, f MailFilter) ([]Mail, error) {
	return ask(ctx, s, func(q *sqlc.Queries) ([]Mail, error) {
		most := int32(min(f.Most, math.MaxInt32))
		if f.Most == 0 {
			most = math.MaxInt32
		}
		rows, err := q.ListMails(ctx, sqlc.ListMailsParams{Everybody: f.Person == 0, Person: f.Person, Past: f.Past, Failed: f.Failed, Most: most})
		all := make([]Mail, len(rows))
		for i, r := range rows {
			all[i] = Mail{
				ID: r.ID, Actor: policy.Actor{Person: r.Person, Name: r.Name, Body: policy.Body(r.Body)}, Address: r.Address, Made: r.MadeAt, State: r.State,
				Attempts: int(r.Attempts), Next: r.NextAt.Time, Ended: r.EndedAt.Time, Said: r.Said,
				Occasion: policy.MailOccasion{Kind: policy.MailKind(r.Kind), Notice: policy.NoticeKind(r.Notice), On: fromDate(r.OnDate)},
			}
			if subject, bad := policy.ParseSubject(r.Cycle + "/" + r.Path); bad == nil {
				all[i].Occasion.Subject = subject
			}
		}
		return all, err
	})
}

// Rehearsed is where the calendar of a rehearsal stands, and how much is recorded in it.
type Rehearsed struct {
	Cycle    string
	day      policy.Date
	sequence int64
	notices  int64
}

// ListRehearsed tells where the rehearsals stand that have a calendar.
func (s *Store) ListRehearsed(ctx context.Context) ([]Rehearsed, error) { return s.rehearsed(ctx, "") }

func (s *Store) rehearsed(ctx context.Context, cycle string) ([]Rehearsed, error) {
	return ask(ctx, s, func(q *sqlc.Queries) ([]Rehearsed, error) {
		rows, err := q.ListRehearsed(ctx, cycle)
		all := make([]Rehearsed, len(rows))
		for i, r := range rows {
			all[i] = Rehearsed{Cycle: r.ID, day: fromDate(r.Day), sequence: r.Sequence, notices: r.Notices}
		}
		return all, err
	})
}

// MailedUpTo takes note that mail tells of rehearsals up to where they stood.
func (s *Store) MailedUpTo(ctx context.Context, all []Rehearsed) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		for _, r := range all {
			if err := q.PutMailRound(ctx, sqlc.PutMailRoundParams{Cycle: r.Cycle, Day: toDate(r.day), Sequence: r.sequence, Notices: r.notices}); err != nil {
				return err
			}
		}
		return nil
	})
}

// MailBehind says where a rehearsal stands, and whether mail does not tell yet of all of it.
func (s *Store) MailBehind(ctx context.Context, cycle string) (now Rehearsed, behind bool, err error) {
	all, err := s.rehearsed(ctx, cycle)
	if err != nil || len(all) == 0 {
		return now, false, err
	}
	behind, err = ask(ctx, s, func(q *sqlc.Queries) (bool, error) {
		row, err := q.FindMailRound(ctx, cycle)
		if errors.Is(err, pgx.ErrNoRows) {
			return true, nil
		}
		return all[0] != Rehearsed{Cycle: cycle, day: fromDate(row.Day), sequence: row.Sequence, notices: row.Notices}, err
	})
	return all[0], behind, err
}
