package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Reads gathers what the records are asked, and tells how many rows Postgres looks at for
// that: store.Options.Trace. So a test holds what an answer costs, whatever the speed.
type Reads struct {
	lock  sync.Mutex
	asked []pgx.TraceQueryStartData
}

// TraceQueryStart implements pgx.QueryTracer.
func (r *Reads) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.lock.Lock()
	defer r.lock.Unlock()
	if strings.HasPrefix(data.SQL, "-- name:") {
		r.asked = append(r.asked, data)
	}
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*Reads) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Rows gives how many rows of tables and indexes are looked at for what do asks, with the
// plans that come after many times: that for all arguments, where the question is not
// planned each time.
func (r *Reads) Rows(tb testing.TB, owner *pgx.Conn, do func() error) (rows int, told string) {
	tb.Helper()
	r.lock.Lock()
	r.asked = nil
	r.lock.Unlock()
	if err := do(); err != nil {
		tb.Fatal(err)
	}
	if len(r.asked) == 0 {
		tb.Fatal("nothing was asked")
	}
	var all strings.Builder
	for _, question := range r.asked {
		plan := explain(tb, owner, question.SQL, question.Args)
		n := plan.rows()
		rows += n
		fmt.Fprintf(&all, "%d rows: %s\n", n, nameOf(question.SQL))
		plan.tell(&all, 1)
	}
	return rows, all.String()
}

// node is a node of a plan that was carried out.
type node struct {
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Actual   float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Filtered float64 `json:"Rows Removed by Filter"`
	Checked  float64 `json:"Rows Removed by Index Recheck"`
	Plans    []node  `json:"Plans"`
}

func (n node) scans() bool { return n.Relation != "" || n.Type == "Bitmap Index Scan" }

func (n node) own() int { return int((n.Actual + n.Filtered + n.Checked) * n.Loops) }

func (n node) rows() (all int) {
	if n.scans() {
		all = n.own()
	}
	for _, part := range n.Plans {
		all += part.rows()
	}
	return all
}

func (n node) tell(b *strings.Builder, depth int) {
	if n.scans() {
		fmt.Fprintf(b, "%s%s %s %s: %d\n", strings.Repeat("  ", depth), n.Type, n.Relation, n.Index, n.own())
	}
	for _, part := range n.Plans {
		part.tell(b, depth+1)
	}
}

func explain(tb testing.TB, owner *pgx.Conn, sql string, args []any) node {
	tb.Helper()
	const how = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "
	ctx := tb.Context()
	asked, prepared := how+sql, false
	if len(args) > 0 {
		_, planned := args[0].(pgx.QueryExecMode)
		prepared = !planned
	}
	if prepared {
		for _, each := range []string{"SET plan_cache_mode = force_generic_plan", "DEALLOCATE ALL", "PREPARE question AS " + sql} {
			if _, err := owner.Exec(ctx, each, pgx.QueryExecModeSimpleProtocol); err != nil {
				tb.Fatal(err)
			}
		}
		places := make([]string, len(args))
		for i := range args {
			places[i] = fmt.Sprintf("$%d", i+1)
		}
		asked = how + "EXECUTE question (" + strings.Join(places, ", ") + ")"
		args = append([]any{pgx.QueryExecModeSimpleProtocol}, args...)
	}
	var answer []struct{ Plan node }
	if err := owner.QueryRow(ctx, asked, args...).Scan(&answer); err != nil || len(answer) != 1 {
		tb.Fatalf("%s: %v", asked, err)
	}
	return answer[0].Plan
}
