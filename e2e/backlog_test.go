package e2e_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/service"
)

// TestAWorkerIsReadyBeforeTheRunsHaveCaughtUp has many runs wait for a worker,
// as after an outage on a day on which much fell due, and keeps all of them from
// catching up until the worker has said that it is ready.
func TestAWorkerIsReadyBeforeTheRunsHaveCaughtUp(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	const cycles, starters = 80, 40 // each start waits a moment for a worker
	var started sync.WaitGroup
	for starter := range starters {
		started.Go(func() {
			for i := starter; i < cycles; i += starters {
				if _, err := as(t, f, anna).StartCycle(t.Context(), service.StartCycle{Definition: past(fmt.Sprintf("waiting-%d", i))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	started.Wait()
	waiting, err := f.engine.Waiting(t.Context())
	if err != nil || waiting < cycles/2 {
		t.Errorf("%d runs are said to wait, want about %d: %v", waiting, cycles, err)
	}
	conn, err := pgx.Connect(t.Context(), f.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	hold, err := conn.Begin(t.Context())
	if err == nil {
		_, err = hold.Exec(t.Context(), "LOCK TABLE subjects IN EXCLUSIVE MODE") // it can be read, not written
	}
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	f.works()
	if err := f.engine.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %s", time.Since(began).Round(time.Millisecond))
	if err := hold.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "every run has caught up", func() bool {
		var open int
		if err := conn.QueryRow(t.Context(), "SELECT count(DISTINCT cycle) FROM subjects WHERE path = 'assessment'").Scan(&open); err != nil {
			t.Fatal(err)
		}
		return open == cycles
	})
	t.Logf("all have caught up after %s", time.Since(began).Round(time.Millisecond))
}
