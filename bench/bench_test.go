package bench_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// bed is a tuned embedded engine with policycycle's worker and a bare one.
type bed struct{ *bench.Bed }

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
	d, err := bench.Make(b.Context(), bench.Options{
		URL: url, TemporalAddress: e.TemporalAddress, Namespace: namespace, Store: o, Sealer: sealer, Keys: keys,
	})
	must(b, err)
	b.Cleanup(d.Close)
	return &bed{d}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDecision measures a decision from hand to record, beside a bare
// Update and a bare Update with one activity of one SQL statement, in turn, on
// the same engine. First targets: at most 5 times and 1.5 times.
func BenchmarkDecision(b *testing.B) {
	d := newBed(b)
	must(b, d.Bare(b.Context(), 1))
	items, err := d.Items(b.Context(), "bench", 20)
	must(b, err)
	var bare, sql, decision, confirmation []time.Duration
	n := 0
	for b.Loop() {
		bare = append(bare, timed(func() { must(b, d.Update(b.Context(), bench.BareID(false, 0))) }))
		sql = append(sql, timed(func() { must(b, d.Update(b.Context(), bench.BareID(true, 0))) }))
		item := items[n%len(items)]
		var record string
		decision = append(decision, timed(func() {
			var err error
			record, err = d.PostponeItem(b.Context(), item, fmt.Sprint(n))
			must(b, err)
		}))
		confirmation = append(confirmation, timed(func() { must(b, d.ConfirmItem(b.Context(), record)) }))
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

// BenchmarkCycleList measures the list of a hundred cycles beside a bare
// SELECT of their rows. First target: at most 3 times.
func BenchmarkCycleList(b *testing.B) {
	d := newBed(b)
	for i := range 100 {
		key := fmt.Sprintf("bench-%d", i)
		now := time.Now()
		_, err := d.Store.StartCycle(b.Context(), store.NewCycle{ID: key, Definition: bench.Cycle(key), By: anna, Now: now})
		must(b, err)
		_, err = d.Store.Reconcile(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: key}, now)
		must(b, err)
	}
	_, err := d.Pool.Exec(b.Context(), "ANALYZE")
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
	rows, err := d.Pool.Query(b.Context(), "SELECT id, title, rehearsal, stage, stage_since FROM cycles ORDER BY created_at DESC, id")
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
