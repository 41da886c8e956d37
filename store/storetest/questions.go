package storetest

import (
	"context"
	"maps"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Questions counts what the records are asked: store.Options.Trace.
type Questions struct {
	lock  sync.Mutex
	asked map[string]int
	conn  *pgx.Conn // that was asked last
}

// TraceQueryStart implements pgx.QueryTracer.
func (q *Questions) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	q.lock.Lock()
	defer q.lock.Unlock()
	if q.asked == nil {
		q.asked = map[string]int{}
	}
	q.asked[nameOf(data.SQL)]++
	q.conn = conn
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*Questions) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Settle has Postgres count at once what was read for the last question. Nobody may ask
// anything meanwhile.
func (q *Questions) Settle(ctx context.Context) error {
	q.lock.Lock()
	conn := q.conn
	q.lock.Unlock()
	_, err := conn.Exec(ctx, "SELECT pg_stat_force_next_flush()")
	return err
}

// Take gives how often each question was put since it was called last, by the names
// that they bear in store/queries; of the others, such as begin and commit, by their
// first word.
func (q *Questions) Take() map[string]int {
	q.lock.Lock()
	defer q.lock.Unlock()
	asked := maps.Clone(q.asked)
	q.asked = nil
	return asked
}

func nameOf(sql string) string {
	sql = strings.TrimPrefix(sql, "-- name: ")
	name, _, _ := strings.Cut(sql, " ")
	return name
}
