package bench_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// The subjects of measurements: bare Temporal without and with an activity of one SQL
// statement, and policycycle, without and with seals and encryption.
const (
	update    = "update"
	updateSQL = "update-sql"
	product   = "policycycle"
	sealed    = "policycycle, sealed"
	confirmed = ", confirmed" // what is recorded is confirmed by a second person, too
)

// BenchmarkDecision measures a decision from hand to record, beside a bare Update and one
// with an activity of one SQL statement, in turn, on the same engine.
func BenchmarkDecision(b *testing.B) {
	r := measures(b, "decision")
	plain, guarded := newPair(b)
	r.on(plain.owner.Config().ConnString())
	must(b, plain.Bare(b.Context(), 1))
	beds, items := map[string]*bed{product: plain, sealed: guarded}, map[string][]policy.Subject{}
	for subject, d := range beds {
		var err error
		items[subject], err = d.Items(b.Context(), "items", 20)
		must(b, err)
	}
	n := 0
	turn := func(l lap) {
		n++
		l.timed(b, update, func() error { return plain.Update(b.Context(), bench.BareID(false, 0)) })
		l.timed(b, updateSQL, func() error { return plain.Update(b.Context(), bench.BareID(true, 0)) })
		for subject, d := range beds {
			item := items[subject][n%len(items[subject])]
			var record string
			began := time.Now()
			l.timed(b, subject, func() (err error) {
				record, err = d.PostponeItem(b.Context(), item, fmt.Sprint(n))
				return err
			})
			must(b, d.ConfirmItem(b.Context(), record))
			l[subject+confirmed] = append(l[subject+confirmed], time.Since(began))
		}
	}
	for range full(40, 10) { // until caches and connections are there
		turn(lap{})
	}
	for round := range rounds() {
		r.say("round %d", round+1)
		l := lap{}
		for range full(60, 20) {
			turn(l)
		}
		r.lap("decision", l)
	}
	for _, subject := range []string{product, sealed} {
		of := map[string]string{product: "", sealed: ", sealed"}[subject]
		r.Compare("decision p50 to bare Update"+of, "decision p50", subject, update)
		r.Compare("decision p50 to bare Update + SQL activity"+of, "decision p50", subject, updateSQL)
		r.Compare("decision + confirmation p50 to bare Update + SQL activity"+of, "decision p50", subject+confirmed, updateSQL)
	}
	r.keep()
}

// BenchmarkCrowd measures how much 32 callers get done over 16 runs.
func BenchmarkCrowd(b *testing.B) {
	r := measures(b, "crowd")
	plain, guarded := newPair(b)
	r.on(plain.owner.Config().ConnString())
	const runs = 16
	must(b, plain.Bare(b.Context(), runs))
	does := map[string]func(n int) error{
		update:    func(n int) error { return plain.Update(b.Context(), bench.BareID(false, n%runs)) },
		updateSQL: func(n int) error { return plain.Update(b.Context(), bench.BareID(true, n%runs)) },
	}
	for subject, d := range map[string]*bed{product: plain, sealed: guarded} {
		plans, err := d.Plans(b.Context(), "plans", runs)
		must(b, err)
		does[subject] = func(n int) error { return d.Postpone(b.Context(), plans[n%runs], fmt.Sprint("crowd ", n)) }
	}
	n := 0
	for round := range rounds() + 1 {
		r.say("round %d", round)
		for subject, do := range does { // in another order each time
			each, rate := crowd(b, full(8, 3), n, do)
			n += len(each)
			if round == 0 { // until caches and connections are there
				continue
			}
			r.Times("decision", subject, each)
			r.Add("decisions", subject, "per second", rate)
		}
	}
	for _, subject := range []string{product, sealed} {
		of := map[string]string{product: "", sealed: ", sealed"}[subject]
		r.Compare("decisions/s, 32 callers over 16 runs, to bare Update"+of, "decisions", subject, update)
		r.Compare("decisions/s, 32 callers over 16 runs, to bare Update + SQL activity"+of, "decisions", subject, updateSQL)
	}
	r.keep()
}

// callers is how many people decide at once.
const callers = 32

// crowd has all callers do something a few times, numbered on from a number. It gives how long
// each waited, and how much was done in a second.
func crowd(b *testing.B, times, from int, do func(n int) error) (each []time.Duration, rate float64) {
	b.Helper()
	var all sync.Mutex
	var wait sync.WaitGroup
	var failed error
	began := time.Now()
	for caller := range callers {
		wait.Go(func() {
			for n := range times {
				start := time.Now()
				err := do(from + n*callers + caller)
				all.Lock()
				if each = append(each, time.Since(start)); err != nil {
					failed = err
				}
				all.Unlock()
			}
		})
	}
	wait.Wait()
	must(b, failed)
	return each, float64(len(each)) / time.Since(began).Seconds()
}

// BenchmarkCost counts what a decision costs: how often Postgres waits for the disk, what the
// records are asked and how often an answer is waited for, and CPU. What the idle engine uses
// in the same time is taken off.
func BenchmarkCost(b *testing.B) {
	r := measures(b, "cost")
	plain, guarded := newPair(b)
	r.on(plain.owner.Config().ConnString())
	must(b, plain.Bare(b.Context(), 1))
	does := map[string]func(n int) error{
		update:    func(int) error { return plain.Update(b.Context(), bench.BareID(false, 0)) },
		updateSQL: func(int) error { return plain.Update(b.Context(), bench.BareID(true, 0)) },
	}
	beds := map[string]*bed{product: plain, sealed: guarded}
	for subject, d := range beds {
		plans, err := d.Plans(b.Context(), "plans", 4)
		must(b, err)
		does[subject] = func(n int) error { return d.Postpone(b.Context(), plans[n%len(plans)], fmt.Sprint("cost ", n)) }
	}
	n := full(100, 50)
	for subject, do := range does {
		for i := range n / 5 { // until caches and connections are there
			must(b, do(n+i))
		}
		if testing.Short() && beds[subject] == nil {
			delete(does, subject)
		}
	}
	r.say("the engine rests")
	must(b, pause(b.Context(), bench.Settling))
	began, before := time.Now(), plain.look(b)
	must(b, pause(b.Context(), bench.Settling))
	still, measured := plain.look(b).Less(before), time.Since(began)
	for subject, do := range does {
		r.say("%s decides", subject)
		d := beds[subject]
		if d != nil {
			d.asked.Take()
		}
		began, before := time.Now(), plain.look(b)
		for i := range n {
			must(b, do(i))
		}
		cpu := plain.look(b).Less(before).Less(still.During(measured, time.Since(began))).CPU()
		if d != nil {
			r.asked(subject, "per decision", d.asked, n)
		}
		must(b, pause(b.Context(), bench.Settling))
		syncs := plain.look(b).Less(before).Syncs - still.During(measured, time.Since(began)).Syncs
		r.Add("CPU", subject, "ms per decision", figures.Milliseconds(cpu)/float64(n))
		r.Add("WAL syncs", subject, "per decision", syncs/float64(n))
	}
	r.Compare("CPU a decision to bare Update + SQL activity", "CPU", product, updateSQL)
	r.keep()
}

// asked adds what the records were asked.
func (r *results) asked(subject, unit string, q *storetest.Questions, times int) {
	asked, trips := q.TakeTrips()
	total := 0
	for _, n := range asked {
		total += n
	}
	r.Add("statements", subject, unit, float64(total)/float64(times))
	r.Add("round trips", subject, unit, float64(trips)/float64(times))
}

func (d *bed) look(b *testing.B) bench.Usage {
	b.Helper()
	u, err := bench.Look(b.Context(), d.owner)
	must(b, err)
	return u
}

// BenchmarkAmong measures a decision where a thousand are recorded, and in turn where a
// million are: it must not grow with what was decided.
func BenchmarkAmong(b *testing.B) {
	r := measures(b, "among")
	const each, few = 100, 1_000
	many := full(1_000_000, 100_000)
	e := newEngine(b)
	r.on(e.DatabaseURL)
	does := map[string]func(n int) error{}
	for name, decisions := range map[string]int{"few": few, "many": many} {
		address, namespace := beside(b, e, name)
		d := makeBed(b, e, address, namespace, store.Options{Asserted: true}, nil, nil)
		plans, err := d.Plans(b.Context(), "plans", 4)
		must(b, err)
		for n := range each {
			must(b, d.Postpone(b.Context(), plans[n%len(plans)], fmt.Sprint("before ", n)))
		}
		r.say("%d decisions are filled in", decisions)
		d.multiply(b, decisions/each, "plans")
		does[fmt.Sprintf("%d decisions", decisions)] = func(n int) error { return d.Postpone(b.Context(), plans[n%len(plans)], fmt.Sprint("among ", n)) }
	}
	n := 0
	for round := range rounds() + 1 {
		r.say("round %d", round)
		l := lap{}
		for range full(60, 30) {
			n++
			for subject, do := range does {
				l.timed(b, subject, func() error { return do(n) })
			}
		}
		if round > 0 {
			r.lap("decision", l)
		}
	}
	r.Compare("decision p50 among most decisions to the same among 1,000", "decision p50", fmt.Sprintf("%d decisions", many), fmt.Sprintf("%d decisions", few))
	r.keep()
}

// multiply copies cycles so many times, and has Postgres look at what its tables
// hold. The indexes that rows need not fit in are made anew: filling them row by row is what
// takes long.
func (d *bed) multiply(b *testing.B, times int, cycles ...string) {
	b.Helper()
	ctx := b.Context()
	rows, err := d.owner.Query(ctx, `SELECT indexdef, 'DROP INDEX ' || quote_ident(indexname) FROM pg_indexes i
		WHERE schemaname = 'public' AND indexdef NOT LIKE 'CREATE UNIQUE%'`)
	must(b, err)
	var create, drop string
	var again []string
	do := []string{"SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'", "SET statement_timeout = '20min'"}
	_, err = pgx.ForEachRow(rows, []any{&create, &drop}, func() error {
		do, again = append(do, drop), append(again, create)
		return nil
	})
	must(b, err)
	for _, sql := range do {
		_, err := d.owner.Exec(ctx, sql)
		must(b, err)
	}
	for _, cycle := range cycles {
		must(b, storetest.Clone(ctx, d.owner, cycle, 1, times))
	}
	for _, sql := range append(again, "VACUUM (ANALYZE)", "CHECKPOINT") {
		_, err := d.owner.Exec(ctx, sql)
		must(b, err)
	}
}
