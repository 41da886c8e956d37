package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// This file keeps the trail of people: who is who, and who has which role. Where acts are
// sealed, what stands there without a seal of serve does not count.

// note writes lines into the trail of people, each behind the one before.
func (s *Store) note(ctx context.Context, q *sqlc.Queries, now time.Time, lines ...evidence.PersonLine) error {
	if len(lines) == 0 {
		return nil
	}
	if s.options.Sealed && s.options.Signer == nil {
		return policy.Refuse(policy.CodeSeal, "who is who stands under the seal of serve: let serve do this")
	}
	if err := q.LockPeople(ctx); err != nil {
		return err
	}
	last, err := q.LastPersonLine(ctx)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		last.Hash = evidence.PeopleGenesis()
	case err != nil:
		return fmt.Errorf("trail of people: %w", err)
	}
	for _, l := range lines {
		l.Sequence, l.Recorded = last.Sequence+1, now
		kept, err := s.options.Signer.ChainPerson(last.Hash, l)
		if err != nil {
			return err
		}
		row := sqlc.InsertPersonLineParams{
			Sequence: l.Sequence, Person: l.Person, Body: kept.Body, Hash: kept.Hash, KeyID: kept.KeyID, Signature: kept.Signature,
		}
		if l.OfAccount() {
			row.Account = &l.Account
		}
		if err := q.InsertPersonLine(ctx, row); err != nil {
			return fmt.Errorf("trail of people: %w", err)
		}
		last.Sequence, last.Hash = l.Sequence, kept.Hash
	}
	return nil
}

// holderOf gives whose an account is, by the lines that count.
func (s *Store) holderOf(ctx context.Context, q *sqlc.Queries, a Account, id int64) (int64, error) {
	rows, err := q.ListAccountLines(ctx, &id)
	if err != nil {
		return 0, fmt.Errorf("account %d: %w", id, err)
	}
	lines, err := s.counting(ctx, q, rows)
	if err != nil {
		return 0, err
	}
	person, digest := evidence.HolderOf(lines, id)
	if person == 0 || digest != a.digest() {
		return 0, policy.Refuse(policy.CodeNotIdentified, "nothing in the records says under seal whose this account is: an administrator says so with policycycle people link")
	}
	return person, nil
}

// linesOf gives the lines about a person that count, oldest first.
func (s *Store) linesOf(ctx context.Context, q *sqlc.Queries, person int64) ([]evidence.PersonLine, error) {
	rows, err := q.ListPersonLines(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("what is said of person %d: %w", person, err)
	}
	return s.counting(ctx, q, rows)
}

// counting gives the lines that count: where acts are sealed, those that bear a good
// seal, and those from before there was one. The log is told of the others.
func (s *Store) counting(ctx context.Context, q *sqlc.Queries, rows []sqlc.PeopleTrail) ([]evidence.PersonLine, error) {
	unsealed := int64(0) // so many lines need no seal
	if s.options.Sealed {
		from, err := q.FindSealedFrom(ctx)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, fmt.Errorf("since when people are sealed: %w", err)
		}
		unsealed = from.People
	}
	lines := make([]evidence.PersonLine, 0, len(rows))
	for _, row := range rows {
		l, err := s.countingLine(row, unsealed)
		if err != nil {
			s.tell(fmt.Errorf("line %d of the trail of people does not count: %w", row.Sequence, err))
			continue
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// countingLine reads a line that counts, and makes sure that it is about whom it was found by.
func (s *Store) countingLine(row sqlc.PeopleTrail, unsealed int64) (evidence.PersonLine, error) {
	kept := sealedPerson(row)
	l, err := kept.Line()
	if s.options.Sealed {
		l, err = s.options.Keys.ReadPerson(kept, unsealed)
	}
	if err == nil && (l.Person != row.Person || (row.Account != nil) != l.OfAccount() || row.Account != nil && *row.Account != l.Account) {
		err = policy.Refuse(policy.CodeSeal, "it stands in another place than it was written for")
	}
	return l, err
}

func sealedPerson(row sqlc.PeopleTrail) evidence.SealedPerson {
	return evidence.SealedPerson{Sequence: row.Sequence, Body: row.Body, Hash: row.Hash, KeyID: row.KeyID, Signature: row.Signature}
}
