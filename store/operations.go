package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// ListInMotion lists the runs of a cycle that must be in motion at an instant. See
// policy.Records.InMotion. An unknown cycle is policy.CodeUnknown.
func (s *Store) ListInMotion(ctx context.Context, cycle string, now time.Time) ([]policy.Run, error) {
	found, err := s.findCycle(ctx, cycle, rest{load: func(found *Cycle, q *sqlc.Queries) error { return s.loadSubjects(ctx, q, found) }})
	if err != nil {
		return nil, err
	}
	return found.Records(found.Calendar.Today(now)).InMotion(), nil
}

// Epoch tells which records these are, and of which the runs were told last: another one
// where these were restored since, and nothing where no run was told yet.
func (s *Store) Epoch(ctx context.Context) (epoch, told string, err error) {
	row, err := sqlc.New(s.pool).FindEpoch(ctx)
	return row.Epoch, row.Told, translate(err)
}

// TellEpoch notes that all runs have been told of an epoch.
func (s *Store) TellEpoch(ctx context.Context, epoch string, now time.Time) error {
	return translate(sqlc.New(s.pool).PutEpoch(ctx, sqlc.PutEpochParams{Epoch: epoch, Since: now}))
}

// errUndone takes a write back.
var errUndone = errors.New("undone")

// TryWrite says whether anything can be recorded: it writes, and takes it back. A full
// disk, and a Postgres that takes no writes, are policy.CodeUnavailable.
func (s *Store) TryWrite(ctx context.Context) error {
	const size = 64 << 10 // so much that the table has to grow: what is full has room for a line
	filler := make([]byte, size)
	if _, err := rand.Read(filler); err != nil {
		return fmt.Errorf("trying to write: %w", err)
	}
	err := s.transact(ctx, func(q *sqlc.Queries) error {
		if err := q.TryWrite(ctx, filler); err != nil {
			return err
		}
		return errUndone
	})
	const full, readOnly = "53100", "25006"
	var server *pgconn.PgError
	switch {
	case errors.Is(err, errUndone):
		return nil
	case errors.As(err, &server) && server.Code == full:
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the disk of the database is full: nothing can be recorded"), err)
	case errors.As(err, &server) && server.Code == readOnly:
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the database takes no writes: nothing can be recorded"), err)
	default:
		return err
	}
}
