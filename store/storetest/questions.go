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
}

// TraceQueryStart implements pgx.QueryTracer.
func (q *Questions) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	q.lock.Lock()
	defer q.lock.Unlock()
	if q.asked == nil {
		q.asked = map[string]int{}
	}
	q.asked[nameOf(data.SQL)]++
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*Questions) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

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
