package e2e_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/embedded/running"
	embedded "github.com/policycycle/policycycle/embedded/temporal"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
)

// TestEachRunLearnsWhatWasRecordedWhenAllIsKilledBeforeItsTaskIsDone kills `up` at the worst
// moment, 200 times: the act is committed, and Temporal knows nothing of it. Temporal keeps the
// update in memory until its task is done, and the test keeps the task from being done: it
// locks what Temporal would write, and ends those who wait for the lock before it lets go.
func TestEachRunLearnsWhatWasRecordedWhenAllIsKilledBeforeItsTaskIsDone(t *testing.T) {
	t.Parallel()
	const kills, cycles = 20, 10 // more at once would use up the connections of Temporal
	data := folder(t)
	u := user{t, []string{"POLICYCYCLE_DATA=" + data}}
	p := u.starts(data)
	h, leave := within(t, data)
	for i := range cycles {
		h.starts(past(orphaned(i)))
	}
	for kill := range kills {
		for i := range cycles {
			eventually(t, orphaned(i)+" is quiet", func() bool { return h.rests(orphaned(i)) })
		}
		item := fmt.Sprintf("item-%d", kill)
		release := h.holdsTemporal(t, data)
		ctx, hangUp := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		for i := range cycles {
			callers.Go(func() { _, _ = as(t, h, anna).OpenItem(ctx, opening(orphaned(i), item)) }) // nobody can answer
		}
		eventually(t, "every act is committed", func() bool {
			var committed int
			h.asks(t, data, "SELECT count(*) FROM acts WHERE path = 'item/"+item+"'", &committed)
			return committed == cycles
		})
		p.killed(t)
		hangUp()
		callers.Wait()
		release()
		leave()

		p = u.starts(data)
		h, leave = within(t, data)
		for i := range cycles {
			eventually(t, orphaned(i)+" knows of "+item, func() bool { return h.knows(t, orphaned(i)) })
		}
	}
	for i := range cycles {
		if opened := h.acts(orphaned(i), "open"); len(opened) != kills {
			t.Errorf("%s: %d items are in the trail, want %d", orphaned(i), len(opened), kills)
		}
	}
	leave()
}

func orphaned(i int) string { return fmt.Sprintf("orphaned-%d", i) }

// within enters the rooms of an `up`; leave closes the doors.
func within(t *testing.T, data string) (h *house, leave func()) {
	t.Helper()
	info, err := running.Find(data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), info.DatabaseURL, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Dial(t.Context(), engine.Options{Address: info.TemporalAddress, Namespace: info.Namespace, Log: zerolog.Nop(), Timeout: unhurried})
	if err != nil {
		t.Fatal(err)
	}
	leave = sync.OnceFunc(func() { e.Close(); s.Close() })
	t.Cleanup(leave)
	return &house{Service: local.New(s, e, nil), tb: t, store: s, engine: e}, leave
}

// rests says whether the run of a cycle does nothing and has nothing to do at the moment.
func (h *house) rests(cycle string) bool {
	run := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	found, err := h.engine.Client().DescribeWorkflowExecution(h.tb.Context(), run, "")
	return err == nil && found.GetPendingWorkflowTask() == nil && len(found.GetPendingActivities()) == 0 && h.knows(h.tb, cycle)
}

// knows says whether the orders of the run of a cycle are those of the record as it is.
func (h *house) knows(tb testing.TB, cycle string) bool {
	tb.Helper()
	run := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	answer, err := h.engine.Client().QueryWorkflow(tb.Context(), run, "", protocol.QueryState)
	var state protocol.State
	if err != nil || answer.Get(&state) != nil {
		return false
	}
	trail, err := h.store.Trail(tb.Context(), cycle, store.TrailFilter{})
	return err == nil && len(trail) > 0 && state.Orders.Sequence == trail[len(trail)-1].Sequence
}

// asks reads one number from the records of an `up`, whatever became of it.
func (h *house) asks(t *testing.T, data, sql string, into *int) {
	t.Helper()
	conn := h.connects(t, data, "")
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(into); err != nil {
		t.Fatal(err)
	}
}

// holdsTemporal keeps Temporal from writing where its runs stand. release ends whoever waits
// to write, and lets go.
func (h *house) holdsTemporal(t *testing.T, data string) (release func()) {
	t.Helper()
	conn := h.connects(t, data, embedded.Database)
	hold, err := conn.Begin(t.Context())
	if err == nil {
		_, err = hold.Exec(t.Context(), "LOCK TABLE executions IN EXCLUSIVE MODE") // it can be read, not written
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := hold.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", embedded.Database); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// connects connects to a database of an `up` as its owner; with no name to that of the records.
func (*house) connects(t *testing.T, data, database string) *pgx.Conn {
	t.Helper()
	info, err := running.Find(data)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(info.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(filepath.Join(data, "postgres", "password"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(postgres.User, strings.TrimSpace(string(password)))
	if database != "" {
		u.Path = "/" + database
	}
	conn, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
