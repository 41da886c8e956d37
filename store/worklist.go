package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Claim says that somebody has taken on an open subject, so that two people of
// one body do not do the same. It is policy.CodeConflict when another has.
func (s *Store) Claim(ctx context.Context, subject policy.Subject, by policy.Actor, now time.Time) error {
	return s.onOpen(ctx, subject, func(q *sqlc.Queries) error {
		n, err := q.PutClaim(ctx, sqlc.PutClaimParams{
			Cycle: subject.Cycle, Path: subject.Path(), Person: by.Person, Body: string(by.Body), ClaimedAt: now,
		})
		if err != nil || n == 1 {
			return err
		}
		holder, err := q.FindClaim(ctx, sqlc.FindClaimParams{Cycle: subject.Cycle, Path: subject.Path()})
		if err != nil {
			return err
		}
		return policy.Refuse(policy.CodeConflict, "%s has taken on %s already: ask for it to be released", actorOf(holder.Person, holder.Name, holder.Body), subject)
	})
}

// Release gives a subject back that somebody has taken on.
func (s *Store) Release(ctx context.Context, subject policy.Subject) error {
	return s.onOpen(ctx, subject, func(q *sqlc.Queries) error {
		_, err := q.DeleteClaim(ctx, sqlc.DeleteClaimParams{Cycle: subject.Cycle, Path: subject.Path()})
		return err
	})
}

// onOpen does something about a subject that is open; another is
// policy.CodeNotOpen.
func (s *Store) onOpen(ctx context.Context, subject policy.Subject, do func(q *sqlc.Queries) error) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		rows, err := q.ListSubjectsAt(ctx, sqlc.ListSubjectsAtParams{Cycle: subject.Cycle, Paths: []string{subject.Path()}})
		if err != nil {
			return err
		}
		if len(rows) == 0 || !rows[0].Due.Valid {
			return policy.Refuse(policy.CodeNotOpen, "%s is not open: it waits for nobody", subject)
		}
		return do(q)
	})
}

func actorOf(person int64, name, body string) policy.Actor {
	return policy.Actor{Person: person, Name: name, Body: policy.Body(body)}
}

// Asked is that somebody reminded a body of a subject.
type Asked struct {
	Subject policy.Subject
	To      policy.Body
	On      policy.Date
	By      policy.Actor
	At      time.Time
}

// RemindBy takes note that somebody reminded a body of an open subject; once a
// day is enough.
func (s *Store) RemindBy(ctx context.Context, a Asked) error {
	return s.onOpen(ctx, a.Subject, func(q *sqlc.Queries) error {
		return q.PutReminderAsked(ctx, sqlc.PutReminderAskedParams{
			Cycle: a.Subject.Cycle, Path: a.Subject.Path(), Recipient: string(a.To), OnDate: toDate(a.On),
			Person: a.By.Person, Body: string(a.By.Body), AskedAt: a.At,
		})
	})
}

// Draft is content that is being written. It is no record: it may change and go.
type Draft struct {
	Subject  policy.Subject
	Revision int
	Content  policy.Content
	By       policy.Actor
	Saved    time.Time
}

// FindDraft gives the draft on a subject, nil where there is none.
func (s *Store) FindDraft(ctx context.Context, subject policy.Subject) (*Draft, error) {
	draft, err := findDraft(ctx, sqlc.New(s.pool), subject)
	return draft, translate(err)
}

func findDraft(ctx context.Context, q *sqlc.Queries, subject policy.Subject) (*Draft, error) {
	row, err := q.FindDraft(ctx, sqlc.FindDraftParams{Cycle: subject.Cycle, Path: subject.Path()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	content, err := policy.ReadContent(subject.Kind, row.Content)
	if err != nil {
		return nil, unreadable("the draft of "+subject.String(), err)
	}
	return &Draft{
		Subject: subject, Revision: int(row.Revision), Content: content, By: actorOf(row.Person, row.Name, row.Body), Saved: row.SavedAt,
	}, nil
}

// SaveDraft keeps a draft in the place of the revision that it was made from, 0
// for none. Another revision there is policy.CodeWrongVersion, unless it is the same
// draft, saved before by the same person.
func (s *Store) SaveDraft(ctx context.Context, d Draft) error {
	content, err := json.Marshal(d.Content)
	if err != nil {
		return fmt.Errorf("draft of %s: %w", d.Subject, err)
	}
	return s.change(ctx, func(q *sqlc.Queries) error {
		n, err := putDraft(ctx, q, d, content)
		if err != nil || n == 1 {
			return err
		}
		there, err := findDraft(ctx, q, d.Subject)
		if err != nil {
			return err
		}
		if there == nil || there.Revision != d.Revision+1 || there.By.Person != d.By.Person {
			return overtaken(d.Subject)
		}
		kept, err := json.Marshal(there.Content)
		if err == nil && !bytes.Equal(kept, content) {
			err = overtaken(d.Subject)
		}
		return err
	})
}

// putDraft writes a draft where the revision that it was made from is there, and says
// how many it wrote.
func putDraft(ctx context.Context, q *sqlc.Queries, d Draft, content []byte) (int64, error) {
	if d.Revision == 0 {
		return q.InsertDraft(ctx, sqlc.InsertDraftParams{
			Cycle: d.Subject.Cycle, Path: d.Subject.Path(), Content: content, Person: d.By.Person, Body: string(d.By.Body), SavedAt: d.Saved,
		})
	}
	return q.UpdateDraft(ctx, sqlc.UpdateDraftParams{
		Cycle: d.Subject.Cycle, Path: d.Subject.Path(), Content: content, Person: d.By.Person, Body: string(d.By.Body), SavedAt: d.Saved,
		Revision: int32(d.Revision),
	})
}

// DropDraft takes a revision of a draft away, or finds that there is none any more;
// another revision there is policy.CodeWrongVersion.
func (s *Store) DropDraft(ctx context.Context, subject policy.Subject, revision int) error {
	return s.change(ctx, func(q *sqlc.Queries) error {
		n, err := q.DeleteDraft(ctx, sqlc.DeleteDraftParams{Cycle: subject.Cycle, Path: subject.Path(), Revision: int32(revision)})
		if err != nil || n == 1 {
			return err
		}
		there, err := findDraft(ctx, q, subject)
		if err == nil && there != nil {
			err = overtaken(subject)
		}
		return err
	})
}

func overtaken(subject policy.Subject) error {
	return policy.Refuse(policy.CodeWrongVersion, "somebody else has changed the draft of %s meanwhile: look at it again", subject)
}

// Sessions gives the log-ins of browsers. Those that have ended are taken away
// until the store is closed.
func (s *Store) Sessions() *pgxstore.PostgresStore {
	sessions := pgxstore.New(s.pool)
	s.atEnd = append(s.atEnd, sessions.StopCleanup)
	return sessions
}

// FindClaim gives who has taken on a subject; the zero Actor is nobody.
func (s *Store) FindClaim(ctx context.Context, subject policy.Subject) (policy.Actor, error) {
	row, err := sqlc.New(s.pool).FindClaim(ctx, sqlc.FindClaimParams{Cycle: subject.Cycle, Path: subject.Path()})
	if errors.Is(err, pgx.ErrNoRows) {
		return policy.Actor{}, nil
	}
	return actorOf(row.Person, row.Name, row.Body), translate(err)
}
