package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// BenchmarkReminders has a day begin on which each of many open cycles gives a reminder, all at
// the same instant: how long it takes until all are recorded, and what each costs. Until that
// day the cycles wait, as they would, for a timer of Temporal. It takes ten minutes, whatever
// the machine has done by then.
func BenchmarkReminders(b *testing.B) {
	r := measures(b, "reminders")
	e := newEngine(b)
	day := policytest.Date("2021-04-12").AddDays(-14) // on which the first document is due in two weeks
	begins := time.Now().Add(full(5*time.Minute, 90*time.Second))
	ahead := day.Time(policy.Brussels).Sub(begins)
	asked := &storetest.Questions{}
	made, err := bench.Make(b.Context(), bench.Options{
		URL: e.DatabaseURL, TemporalAddress: e.TemporalAddress, Namespace: e.Namespace,
		Store: store.Options{Asserted: true, Trace: asked}, Ahead: ahead,
	})
	must(b, err)
	b.Cleanup(made.Close)
	d := &bed{made, asked, connect(b, e.DatabaseURL)}
	r.on(e.DatabaseURL)

	cycles := d.waitFor(r, begins, ahead, full(10_000, 200))
	if early := d.count(b, "notices"); early > 0 {
		b.Fatalf("%d reminders were given before the day", early)
	}
	const moment = 3 * time.Second
	must(b, pause(b.Context(), time.Until(begins)-moment))
	memory, bytes := resident(b), d.databases(b)
	d.asked.Take()
	before := d.look(b)
	must(b, pause(b.Context(), time.Until(begins)))
	r.say("the day begins, on which %d reminders are due", cycles)
	most, given, last := memory, 0, begins.Add(5*time.Minute)
	for given < cycles && time.Now().Before(last) {
		must(b, pause(b.Context(), moment/30))
		most, given = max(most, residentNow(b)), d.count(b, "notices")
	}
	took, used := time.Since(begins), d.look(b).Less(before)
	if given == 0 {
		b.Fatalf("%s after the day has begun no reminder is recorded", took)
	}
	each := float64(given)
	r.asked("a reminder", "", d.asked, given)
	must(b, pause(b.Context(), bench.Settling))
	if given < cycles {
		r.NotMeasured = append(r.NotMeasured, fmt.Sprintf("until all are recorded, for %s after the day had begun %d of %d were", took.Round(time.Second), given, cycles))
	} else {
		r.Add("until all are recorded", "all reminders", "s", took.Seconds())
	}
	r.Add("due", "all reminders", "", float64(cycles))
	r.Add("recorded in a second", "all reminders", "", each/took.Seconds())
	r.Add("CPU", "a reminder", "ms", figures.Milliseconds(used.CPU())/each)
	r.Add("CPU of Postgres", "a reminder", "ms", figures.Milliseconds(used.Postgres)/each)
	r.Add("WAL syncs", "a reminder", "", d.look(b).Less(before).Syncs/each)
	r.Add("databases", "a reminder", "kB", float64(d.databases(b)-bytes)/1e3/each)
	r.Add("memory of the process before", "all reminders", "MB", float64(memory)/1e6)
	r.Add("memory of the process at most", "all reminders", "MB", float64(most)/1e6)
	r.keep()
}

// waitFor starts cycles that wait for a day that begins at an instant: as many as are wanted, or
// as can be started by then. It gives how many wait.
func (d *bed) waitFor(r *results, begins time.Time, ahead time.Duration, wanted int) (cycles int) {
	b := r.b
	b.Helper()
	starts := func(n int) error {
		key := fmt.Sprintf("reminded-%d", n)
		_, err := d.Store.StartCycle(b.Context(), store.NewCycle{ID: key, Definition: bench.Cycle(key), By: anna, Now: time.Now().Add(ahead)})
		if err != nil {
			return err
		}
		return d.Engine.Start(b.Context(), policy.Run{Kind: policy.RunCycle, Cycle: key})
	}
	const margin = 15 * time.Second // in which all of them come to wait
	for cycles < wanted && time.Until(begins) > 2*margin {
		if cycles%(wanted/4/callers*callers+callers) == 0 {
			r.say("%d of %d cycles wait", cycles, wanted)
		}
		crowd(b, 1, cycles, starts)
		cycles += callers
	}
	within(b, time.Until(begins)-margin/3, "all cycles wait", func() bool {
		var open int
		must(b, d.owner.QueryRow(b.Context(), "SELECT count(DISTINCT cycle) FROM subjects").Scan(&open))
		return open == cycles
	})
	r.say("%d cycles wait for the day, which begins in %s", cycles, time.Until(begins).Round(time.Second))
	return cycles
}

// count gives how many rows a table of the records has.
func (d *bed) count(b *testing.B, table string) (n int) {
	b.Helper()
	must(b, d.owner.QueryRow(b.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}
