package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Change is a line that was written into a trail.
type Change struct {
	Cycle    string
	Sequence int64
	Path     string // of the subject; empty where it is about the cycle
}

// Watch tells of each line that is written into a trail from now on, once it is
// committed, until the context ends or the connection is lost.
func (s *Store) Watch(ctx context.Context, each func(Change)) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return away(err)
	}
	defer dropListener(conn)
	if _, err := conn.Exec(ctx, "LISTEN policycycle"); err != nil {
		return translate(err)
	}
	for {
		told, err := conn.Conn().WaitForNotification(ctx)
		if err != nil {
			return translate(err)
		}
		parts := strings.SplitN(told.Payload, " ", 3)
		if len(parts) != 3 {
			continue // not one of ours
		}
		sequence, err := strconv.ParseInt(parts[1], 10, 64)
		if err == nil {
			each(Change{Cycle: parts[0], Sequence: sequence, Path: parts[2]})
		}
	}
}

// dropListener closes the connection: one that listens goes back to nobody.
func dropListener(conn *pgxpool.Conn) {
	_ = conn.Hijack().Close(context.Background())
}
