package bench_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// BenchmarkWholeCycle has scripted actors play the cycle 2022-2025 from its beginning to its
// end, in which nobody waits for a date, and counts what that takes.
func BenchmarkWholeCycle(b *testing.B) {
	r := measures(b, "whole-cycle")
	d := newBed(b)
	r.on(d.owner.Config().ConnString())
	folder := exampleFolder(b)
	ctx, end := context.WithCancel(b.Context())
	var play sync.WaitGroup
	play.Go(func() { rehearsal.Play(ctx, d, zerolog.Nop()) })
	defer play.Wait()
	defer end()
	for round := range full(3, 1) {
		r.say("cycle %d is played", round+1)
		id := policy.RehearsalID(folder.Key, round+1)
		rows, bytes, used, began := d.rows(b), d.databases(b), d.look(b), time.Now()
		_, err := as(b, d, anna).StartCycle(b.Context(), service.StartCycle{Definition: folder.Definition, Rehearsal: &service.Rehearsal{
			ID: id, Script: *folder.Script, YearSeconds: 1e-3, Documents: folder.Documents, Rows: folder.Rows,
		}})
		must(b, err)
		within(b, 15*time.Minute, "the cycle is closed", func() bool {
			var closed bool
			must(b, d.owner.QueryRow(b.Context(), "SELECT stage = 'closed' FROM cycles WHERE id = $1", id).Scan(&closed))
			return closed
		})
		took, used := time.Since(began), d.look(b).Less(used)
		var acts int
		must(b, d.owner.QueryRow(b.Context(), "SELECT count(*) FROM acts WHERE cycle = $1", id).Scan(&acts))
		for _, figure := range []struct {
			name, unit string
			value      float64
		}{
			{"cycles", "per minute", 1 / took.Minutes()},
			{"acts", "", float64(acts)},
			{"events in histories", "", d.events(b, id)},
			{"rows of the records", "", float64(d.rows(b) - rows)},
			{"databases", "MB", float64(d.databases(b)-bytes) / 1e6},
			{"CPU", "s", used.CPU().Seconds()},
			{"CPU of Postgres", "s", used.Postgres.Seconds()},
			{"CPU an act", "ms", figures.Milliseconds(used.CPU()) / float64(acts)},
		} {
			r.Add(figure.name, "2022-2025", figure.unit, figure.value)
		}
	}
	r.keep()
}

// exampleFolder reads the example that is the cycle 2022-2025.
func exampleFolder(b *testing.B) *files.Folder {
	b.Helper()
	const name = "empact-2022-2025"
	within, err := fs.Sub(examples.Files, name)
	must(b, err)
	folder, err := files.ReadFolderFS(name, within)
	must(b, err)
	return folder
}

// rows counts those of all tables of the records.
func (d *bed) rows(b *testing.B) (all int) {
	b.Helper()
	rows, err := d.owner.Query(b.Context(), "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
	must(b, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(b, err)
	for _, table := range tables {
		all += d.count(b, table)
	}
	return all
}

// databases gives the bytes of the records and of what Temporal keeps.
func (d *bed) databases(b *testing.B) (bytes int64) {
	b.Helper()
	must(b, d.owner.QueryRow(b.Context(), "SELECT sum(pg_database_size(datname))::bigint FROM pg_database").Scan(&bytes))
	return bytes
}

// BenchmarkWaiting has many cycles wait for their first document: how much memory and
// database each takes, and what all of them take of the CPU while nothing happens.
func BenchmarkWaiting(b *testing.B) {
	r := measures(b, "waiting")
	d := newBed(b)
	r.on(d.owner.Config().ConnString())
	number := full(10_000, 500)
	office := as(b, d, anna)
	begins := func(n int) error {
		_, err := office.StartCycle(b.Context(), service.StartCycle{Definition: bench.Cycle(fmt.Sprintf("waiting-%d", n))})
		return err
	}
	for n := range 2 * callers { // until connections and pools are there
		must(b, begins(n))
	}
	memory, bytes, from := resident(b), d.databases(b), 2*callers
	const each = 4
	for from < number {
		r.say("%d of %d cycles wait", from, number)
		for range max(number/(10*callers*each), 1) {
			crowd(b, each, from, begins)
			from += callers * each
		}
	}
	added := float64(from - 2*callers)
	r.Add("waiting", "all cycles", "", float64(from))
	r.Add("memory of the process", "a waiting cycle", "kB", float64(resident(b)-memory)/1e3/added)
	r.Add("databases", "a waiting cycle", "kB", float64(d.databases(b)-bytes)/1e3/added)
	r.say("nothing happens")
	must(b, pause(b.Context(), bench.Settling))
	before, began := d.look(b), time.Now()
	must(b, pause(b.Context(), full(time.Minute, bench.Settling)))
	rests := d.look(b).Less(before).CPU().Seconds() / time.Since(began).Seconds()
	r.Add("CPU at rest", "all cycles", "% of a core", 100*rests)
	r.keep()
}

// resident gives the bytes of memory of this process, once what is not needed is given back.
func resident(b *testing.B) int64 {
	b.Helper()
	debug.FreeOSMemory()
	return residentNow(b)
}

// residentNow gives the bytes of memory that this process holds.
func residentNow(b *testing.B) int64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	must(b, err)
	var total, pages int64
	_, err = fmt.Sscan(string(text), &total, &pages)
	must(b, err)
	return pages * int64(os.Getpagesize())
}

// events gives the number of events in the histories of a cycle's runs.
func (d *bed) events(b *testing.B, key string) (all float64) {
	b.Helper()
	for next := []byte(nil); ; {
		page, err := d.Client.ListWorkflow(b.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 500, NextPageToken: next})
		must(b, err)
		for _, run := range page.GetExecutions() {
			id := run.GetExecution().GetWorkflowId()
			if strings.HasSuffix(id, "/"+key) || strings.Contains(id, "/"+key+"/") {
				described, err := d.Client.DescribeWorkflowExecution(b.Context(), id, run.GetExecution().GetRunId())
				must(b, err)
				all += float64(described.GetWorkflowExecutionInfo().GetHistoryLength())
			}
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			return all
		}
	}
}
