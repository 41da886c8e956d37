// Package bench measures what policycycle adds to the parts it stands on, as
// ratios within one run. It asserts nothing: run it with `make bench`.
package bench_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/worker"
)

// bed is a tuned embedded engine with policycycle's worker and a bare one.
type bed struct {
	*local.Service
	store  *store.Store
	client client.Client
	pool   *pgxpool.Pool
}

func newBed(b *testing.B) *bed {
	b.Helper()
	e := newEngine(b)
	return makeBed(b, e, e.DatabaseURL, e.Namespace, store.Options{Asserted: true}, nil, nil)
}

func TestMain(m *testing.M) { storetest.Main(m) }

// newEngine starts an engine for the benchmark, which ends with it.
func newEngine(b *testing.B) *embedded.Engine {
	b.Helper()
	dir, err := os.MkdirTemp("", "policycycle-bench-")
	must(b, err)
	b.Cleanup(func() { os.RemoveAll(dir) })
	must(b, os.Chmod(dir, 0o755))
	e, err := embedded.Start(b.Context(), embedded.Options{Dir: dir, Log: zerolog.Nop()})
	must(b, err)
	b.Cleanup(func() { must(b, e.Stop(context.Background())) })
	return e
}

// makeBed puts the rooms on an engine, with a worker.
func makeBed(b *testing.B, e *embedded.Engine, url, namespace string, o store.Options, sealer local.Sealer, keys *engine.Encryption) *bed {
	b.Helper()
	ctx := b.Context()
	must(b, store.Migrate(ctx, url))
	s, err := store.Open(ctx, url, o)
	must(b, err)
	b.Cleanup(s.Close)
	pool, err := pgxpool.New(ctx, url)
	must(b, err)
	b.Cleanup(pool.Close)
	_, err = pool.Exec(ctx, "CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT now())")
	must(b, err)
	dialled, err := engine.Dial(ctx, engine.Options{Address: e.TemporalAddress, Namespace: namespace, Log: zerolog.Nop(), Encryption: keys})
	must(b, err)
	b.Cleanup(dialled.Close)
	w, err := worker.Start(dialled, s)
	must(b, err)
	b.Cleanup(w.Stop)
	return &bed{Service: local.New(s, dialled, sealer), store: s, client: dialled.Client(), pool: pool}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

const (
	bareQueue  = "bare"
	bareUpdate = "update"
)

// bareWorkflow answers an update at once, or after one activity with one SQL
// statement.
func bareWorkflow(ctx workflow.Context, sql bool) error {
	err := workflow.SetUpdateHandler(ctx, bareUpdate, func(ctx workflow.Context) error {
		if !sql {
			return nil
		}
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, "insert").Get(ctx, nil)
	})
	if err != nil {
		return err
	}
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	return nil
}

func (d *bed) bareWorker(b *testing.B) {
	b.Helper()
	w := sdkworker.New(d.client, bareQueue, sdkworker.Options{})
	w.RegisterWorkflowWithOptions(bareWorkflow, workflow.RegisterOptions{Name: "bare"})
	w.RegisterActivityWithOptions(func(ctx context.Context) error {
		_, err := d.pool.Exec(ctx, "INSERT INTO bare DEFAULT VALUES")
		return err
	}, activity.RegisterOptions{Name: "insert"})
	must(b, w.Start())
	b.Cleanup(w.Stop)
	for id, sql := range map[string]bool{"bare": false, "sql": true} {
		_, err := d.client.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: bareQueue}, "bare", sql)
		must(b, err)
	}
}

func (d *bed) update(b *testing.B, id string) {
	b.Helper()
	handle, err := d.client.UpdateWorkflow(b.Context(), client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: bareUpdate, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	must(b, err)
	must(b, handle.Get(b.Context(), nil))
}

// BenchmarkDecision measures a decision from hand to record, beside a bare
// Update and a bare Update with one activity of one SQL statement, in turn, on
// the same engine. First targets: at most 5 times and 1.5 times.
func BenchmarkDecision(b *testing.B) {
	d := newBed(b)
	d.bareWorker(b)
	items := d.itemsBeforeCOSI(b, 20)
	var bare, sql, decision, confirmation []time.Duration
	n := 0
	for b.Loop() {
		bare = append(bare, timed(func() { d.update(b, "bare") }))
		sql = append(sql, timed(func() { d.update(b, "sql") }))
		item := items[n%len(items)]
		var record string
		decision = append(decision, timed(func() { record = d.postpone(b, item, n) }))
		confirmation = append(confirmation, timed(func() { d.confirm(b, record) }))
		n++
	}
	report(b, "bare", bare)
	report(b, "sql", sql)
	report(b, "decision", decision)
	report(b, "confirmation", confirmation)
	for _, p := range []int{50, 95} {
		at := percentile(decision, p).Seconds()
		b.ReportMetric(at/percentile(bare, p).Seconds(), fmt.Sprintf("x-bare-p%d", p))
		b.ReportMetric(at/percentile(sql, p).Seconds(), fmt.Sprintf("x-sql-p%d", p))
	}
}

var anna = policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}

// as gives a bed to somebody.
func as(b *testing.B, d *bed, who policy.Actor) service.Service {
	b.Helper()
	theirs, err := service.As(b.Context(), d, who)
	must(b, err)
	return theirs
}

// itemsBeforeCOSI starts a cycle and puts extraordinary items before COSI.
func (d *bed) itemsBeforeCOSI(b *testing.B, n int) []policy.Subject {
	b.Helper()
	_, err := as(b, d, anna).StartCycle(b.Context(), service.StartCycle{Definition: cycle("bench")})
	must(b, err)
	today := policy.Calendar{}.Today(time.Now())
	items := make([]policy.Subject, n)
	for i := range items {
		items[i] = policy.Subject{Cycle: "bench", Kind: policy.KindItem, Key: fmt.Sprintf("item-%d", i)}
		_, err := as(b, d, anna).OpenItem(b.Context(), service.OpenItem{
			Subject: items[i],
			Opening: policy.Opening{Title: "item", Due: today.AddDays(30), Through: []policy.Body{policy.COSI}},
		})
		must(b, err)
		_, err = as(b, d, policy.Actor{Name: "Eva", Body: policy.GeneralSecretariat}).Submit(b.Context(), service.Submit{Subject: items[i]})
		must(b, err)
	}
	return items
}

// confirm confirms, as a second person, what was recorded.
func (d *bed) confirm(b *testing.B, record string) {
	b.Helper()
	_, err := as(b, d, policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}).Confirm(b.Context(), service.Second{Record: record})
	must(b, err)
}

// postpone records an outcome after which the item is where it was.
func (d *bed) postpone(b *testing.B, item policy.Subject, n int) string {
	b.Helper()
	receipt, err := as(b, d, anna).Decide(b.Context(), service.Decide{Act: policy.Act{
		Subject: item, Body: policy.COSI, Outcome: policy.Postponed, Document: "ST 1/26 INIT", Comment: fmt.Sprint(n),
	}})
	must(b, err)
	return receipt.ID
}

// BenchmarkCycleList measures the list of a hundred cycles beside a bare
// SELECT of their rows. First target: at most 3 times.
func BenchmarkCycleList(b *testing.B) {
	d := newBed(b)
	for i := range 100 {
		key := fmt.Sprintf("bench-%d", i)
		now := time.Now()
		_, err := d.store.StartCycle(b.Context(), store.NewCycle{ID: key, Definition: cycle(key), By: anna, Now: now})
		must(b, err)
		_, err = d.store.Reconcile(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: key}, now)
		must(b, err)
	}
	_, err := d.pool.Exec(b.Context(), "ANALYZE")
	must(b, err)
	var bare, list []time.Duration
	for b.Loop() {
		bare = append(bare, timed(func() { d.selectCycles(b) }))
		list = append(list, timed(func() {
			lines, err := d.ListCycles(b.Context(), service.CycleFilter{})
			must(b, err)
			if len(lines) != 100 || lines[0].Next == nil {
				b.Fatal("the list does not show what is open")
			}
		}))
	}
	report(b, "bare", bare)
	report(b, "list", list)
	for _, p := range []int{50, 95} {
		b.ReportMetric(percentile(list, p).Seconds()/percentile(bare, p).Seconds(), fmt.Sprintf("x-bare-p%d", p))
	}
}

func (d *bed) selectCycles(b *testing.B) {
	b.Helper()
	rows, err := d.pool.Query(b.Context(), "SELECT id, title, rehearsal, stage, stage_since FROM cycles ORDER BY created_at DESC, id")
	must(b, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		_, err := rows.Values()
		must(b, err)
		n++
	}
	must(b, rows.Err())
	if n != 100 {
		b.Fatalf("%d cycles", n)
	}
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

func percentile(samples []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

func report(b *testing.B, what string, samples []time.Duration) {
	b.Helper()
	for _, p := range []int{50, 95} {
		b.ReportMetric(float64(percentile(samples, p).Microseconds())/1000, fmt.Sprintf("%s-p%d-ms", what, p))
	}
}

func cycle(key string) policy.Definition {
	d := policytest.Cycle(key)
	d.Priorities = d.Priorities[:1]
	return d
}
