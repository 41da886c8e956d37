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
	trips int
	conn  *pgx.Conn // that was asked last
}

// TraceQueryStart implements pgx.QueryTracer.
func (q *Questions) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	const ping = ";"
	q.lock.Lock()
	defer q.lock.Unlock()
	if q.conn = conn; data.SQL != ping {
		q.trips++
		q.count(data.SQL)
	}
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*Questions) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (q *Questions) TraceBatchStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	q.lock.Lock()
	defer q.lock.Unlock()
	q.conn = conn
	q.trips++
	for _, queued := range data.Batch.QueuedQueries {
		q.count(queued.SQL)
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (*Questions) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (*Questions) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (q *Questions) count(sql string) {
	if q.asked == nil {
		q.asked = map[string]int{}
	}
	q.asked[nameOf(sql)]++
}

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
	asked, _ := q.TakeTrips()
	return asked
}

// TakeTrips gives besides how often somebody waited for an answer.
func (q *Questions) TakeTrips() (asked map[string]int, trips int) {
	q.lock.Lock()
	defer q.lock.Unlock()
	asked, trips = maps.Clone(q.asked), q.trips
	q.asked, q.trips = nil, 0
	return asked, trips
}

func nameOf(sql string) string {
	sql = strings.TrimPrefix(sql, "-- name: ")
	name, _, _ := strings.Cut(sql, " ")
	return name
}
