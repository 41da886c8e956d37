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

// Read is that somebody read a version marked LIMITE. Reads have a trail of their
// own, chained like the other.
type Read struct {
	Sequence int64          `json:"sequence"`
	At       time.Time      `json:"at"`
	By       policy.Actor   `json:"by"`
	Subject  policy.Subject `json:"subject"`
	Version  int            `json:"version"`
}

// RecordReads takes note that somebody reads versions of a cycle. It is to be called
// before what is read is given out: what cannot be recorded is not read.
func (s *Store) RecordReads(ctx context.Context, reads ...Read) error {
	if len(reads) == 0 {
		return nil
	}
	cycle := reads[0].Subject.Cycle
	return s.transact(ctx, func(q *sqlc.Queries) error {
		if err := q.LockReads(ctx, cycle); err != nil {
			return fmt.Errorf("reads of %s: %w", cycle, err)
		}
		last, err := q.LastRead(ctx, cycle)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			last.Hash = evidence.Genesis("reads of " + cycle)
		case err != nil:
			return fmt.Errorf("reads of %s: %w", cycle, err)
		}
		for _, r := range reads {
			r.Sequence, r.At, r.By.Name = last.Sequence+1, r.At.UTC().Truncate(time.Microsecond), ""
			hash, err := evidence.DigestOf(struct {
				Read
				Previous string `json:"previous"`
			}{r, last.Hash})
			if err != nil {
				return err
			}
			err = q.InsertRead(ctx, sqlc.InsertReadParams{
				Cycle: cycle, Sequence: r.Sequence, ReadAt: r.At, Person: r.By.Person, Body: string(r.By.Body),
				Path: r.Subject.Path(), Version: int32(r.Version), Previous: last.Hash, Hash: hash,
			})
			if err != nil {
				return err
			}
			last.Sequence, last.Hash = r.Sequence, hash
		}
		return nil
	})
}

// ListReads gives who read what in a cycle, the oldest first.
func (s *Store) ListReads(ctx context.Context, cycle string) ([]Read, error) {
	rows, err := sqlc.New(s.pool).ListReads(ctx, cycle)
	if err != nil {
		return nil, translate(err)
	}
	reads := make([]Read, 0, len(rows))
	for _, row := range rows {
		subject, known := s.subjectAt(row.Cycle, row.Path)
		if !known {
			continue
		}
		reads = append(reads, Read{
			Sequence: row.Sequence, At: row.ReadAt.UTC(), By: policy.Actor{Person: row.Person, Name: row.Name, Body: policy.Body(row.Body)},
			Subject: subject, Version: int(row.Version),
		})
	}
	return reads, nil
}
