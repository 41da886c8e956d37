//go:build !lean

package temporal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/tools/guardian"
)

const taskQueue = "test"

func TestMain(m *testing.M) { os.Exit(guardian.Tests(m.Run)) }

// counter is a workflow that counts updates until it is told to stop.
func counter(ctx workflow.Context) (int, error) {
	count := 0
	handlers := map[string]any{
		"bare": func(workflow.Context) (int, error) { count++; return count, nil },
		"recorded": func(ctx workflow.Context) (int, error) {
			count++
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
			err := workflow.ExecuteActivity(ctx, record, count).Get(ctx, nil)
			return count, err
		},
	}
	for name, handler := range handlers { //workflowcheck:ignore registration order does not matter
		if err := workflow.SetUpdateHandler(ctx, name, handler); err != nil {
			return 0, err
		}
	}
	workflow.GetSignalChannel(ctx, "stop").Receive(ctx, nil)
	return count, nil
}

func record(context.Context, int) error { return nil }

func after(ctx workflow.Context, wait time.Duration) error { return workflow.Sleep(ctx, wait) }

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// scratch is a Postgres with both databases, and a folder for the server.
func scratch(tb testing.TB, durable bool) (postgresURL, dir string) {
	tb.Helper()
	root, err := os.MkdirTemp("", "policycycle-test-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(root) })
	if err := os.Chmod(root, 0o711); err != nil {
		tb.Fatal(err)
	}
	pg, err := postgres.Start(tb.Context(), postgres.Options{Dir: filepath.Join(root, "postgres"), Scratch: !durable})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := pg.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	for _, database := range []string{Database, VisibilityDatabase} {
		if err := pg.CreateDatabase(tb.Context(), database); err != nil {
			tb.Fatal(err)
		}
	}
	return pg.URL("postgres"), filepath.Join(root, "temporal")
}

func serveTest(tb testing.TB, postgresURL, dir string) *Server {
	tb.Helper()
	begin := time.Now()
	server, err := Start(tb.Context(), Options{PostgresURL: postgresURL, Dir: dir, Log: zerolog.Nop()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Logf("up after %v", time.Since(begin).Round(time.Millisecond))
	return server
}

// work connects a client and a worker; stop ends both.
func work(tb testing.TB, server *Server) (c client.Client, stop func()) {
	tb.Helper()
	c, err := client.Dial(client.Options{HostPort: server.Address(), Namespace: server.Namespace(), Logger: silent{}})
	if err != nil {
		tb.Fatal(err)
	}
	w := worker.New(c, taskQueue, worker.Options{})
	w.RegisterWorkflow(counter)
	w.RegisterWorkflow(after)
	w.RegisterActivity(record)
	if err := w.Start(); err != nil {
		tb.Fatal(err)
	}
	return c, func() { w.Stop(); c.Close() }
}

func end(tb testing.TB, server *Server) {
	tb.Helper()
	begin := time.Now()
	if err := server.Stop(); err != nil {
		tb.Error(err)
	}
	tb.Logf("down after %v", time.Since(begin).Round(time.Millisecond))
}

func begin(tb testing.TB, c client.Client, id string, workflow any, arguments ...any) client.WorkflowRun {
	tb.Helper()
	run, err := c.ExecuteWorkflow(tb.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: taskQueue}, workflow, arguments...)
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

func update(tb testing.TB, c client.Client, id, name string) (count int) {
	tb.Helper()
	handle, err := c.UpdateWorkflow(tb.Context(), client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: name, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(tb.Context(), &count)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return count
}

func TestStart_FindsTheHistoriesOfBefore(t *testing.T) {
	t.Parallel()
	postgresURL, dir := scratch(t, false)

	first := serveTest(t, postgresURL, dir)
	c, stop := work(t, first)
	begin(t, c, "cycle/a", counter)
	update(t, c, "cycle/a", "bare")
	update(t, c, "cycle/a", "recorded")
	stop()
	end(t, first)

	second := serveTest(t, postgresURL, dir)
	if first.Address() != second.Address() {
		t.Errorf("%s became %s", first.Address(), second.Address())
	}
	c, stop = work(t, second)
	defer end(t, second)
	defer stop()
	moved := time.Now()
	begin(t, c, "cycle/b", counter)
	update(t, c, "cycle/b", "recorded")
	t.Logf("a new run moved after %v", time.Since(moved))
	if count := update(t, c, "cycle/a", "recorded"); count != 3 {
		t.Errorf("the old run counts %d", count)
	}
	if err := c.SignalWorkflow(t.Context(), "cycle/a", "", "stop", nil); err != nil {
		t.Fatal(err)
	}
	var count int
	if err := c.GetWorkflow(t.Context(), "cycle/a", "").Get(t.Context(), &count); err != nil || count != 3 {
		t.Errorf("the old run ended with %d (%v)", count, err)
	}
}

func TestStart_BringsRetentionUpToDate(t *testing.T) {
	t.Parallel()
	postgresURL, dir := scratch(t, false)
	first := serveTest(t, postgresURL, dir)
	c := namespaces(t, first)
	if kept := retention(t, c); kept != Retention {
		t.Errorf("new: %v", kept)
	}
	err := c.Update(t.Context(), &workflowservice.UpdateNamespaceRequest{
		Namespace: Namespace,
		Config:    &namespace.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(24 * time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	end(t, first)

	second := serveTest(t, postgresURL, dir)
	defer end(t, second)
	c = namespaces(t, second)
	defer c.Close()
	if kept := retention(t, c); kept != Retention {
		t.Errorf("restarted: %v", kept)
	}
}

func namespaces(t *testing.T, server *Server) client.NamespaceClient {
	t.Helper()
	c, err := client.NewNamespaceClient(client.Options{HostPort: server.Address(), Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func retention(t *testing.T, c client.NamespaceClient) time.Duration {
	t.Helper()
	answer, err := c.Describe(t.Context(), Namespace)
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
}

func TestStart_SaysThatPostgresIsOutOfReach(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{PostgresURL: "postgres://u:secret@127.0.0.1:1/x", Dir: t.TempDir()})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	if _, err := Start(t.Context(), Options{PostgresURL: "host=x password=secret", Dir: t.TempDir()}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestStart_SurvivesAPortTakenAtTheLastMoment(t *testing.T) {
	t.Parallel()
	postgresURL, dir := scratch(t, false)
	first := serveTest(t, postgresURL, dir)
	defer end(t, first)
	stores, err := storesOf(postgresURL)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "ports"))
	if err != nil {
		t.Fatal(err)
	}
	var p ports
	if _, err := fmt.Sscan(string(kept), &p.frontend, &p.history, &p.matching, &p.worker); err != nil {
		t.Fatal(err)
	}
	log := newLogger(io.Discard, zerolog.Nop())
	err = log.guard(func() error {
		_, err := temporal.NewServer(serverOptions(stores, p, log)...)
		return err
	})
	if err == nil || statefile.Free(p.frontend) {
		t.Errorf("a second server came up on the ports of the first: %v", err)
	}
}

func TestGuard_MakesErrorsOfFatalLinesAndPanics(t *testing.T) {
	t.Parallel()
	log := newLogger(io.Discard, zerolog.Nop())
	for _, test := range []struct {
		run  func() error
		want string
	}{
		{func() error { log.Fatal("no port"); return nil }, "no port"},
		{func() error { panic("nil map") }, "nil map"},
		{func() error { return errors.New("plain") }, "plain"},
	} {
		if err := log.guard(test.run); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("want %q, got %v", test.want, err)
		}
	}
	if err := log.guard(func() error { return nil }); err != nil {
		t.Errorf("after failures: %v", err)
	}
}

// BenchmarkLatency measures what one caller waits for on a durable Postgres.
func BenchmarkLatency(b *testing.B) {
	postgresURL, dir := scratch(b, true)
	server := serveTest(b, postgresURL, dir)
	defer end(b, server)
	c, stop := work(b, server)
	defer stop()
	for _, kind := range []string{"bare", "recorded"} {
		b.Run(kind, func(b *testing.B) {
			id := "bench/" + kind + time.Now().String()
			begin(b, c, id, counter)
			update(b, c, id, kind)
			measure(b, func() { update(b, c, id, kind) })
		})
	}
	b.Run("start", func(b *testing.B) {
		measure(b, func() {
			run := begin(b, c, "start/"+time.Now().String(), after, time.Duration(0))
			if err := run.Get(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		})
	})
	const wait = 100 * time.Millisecond
	b.Run("lateness", func(b *testing.B) {
		measure(b, func() {
			run := begin(b, c, "late/"+time.Now().String(), after, wait)
			if err := run.Get(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkBurst measures how late the last of 45 timers is that are due at the
// same moment.
func BenchmarkBurst(b *testing.B) {
	postgresURL, dir := scratch(b, true)
	server := serveTest(b, postgresURL, dir)
	defer end(b, server)
	c, stop := work(b, server)
	defer stop()
	var late []time.Duration
	for b.Loop() {
		due := time.Now().Add(3 * time.Second)
		var runs []client.WorkflowRun
		for i := range 45 {
			runs = append(runs, begin(b, c, fmt.Sprint(due, i), after, time.Until(due)))
		}
		for _, run := range runs {
			if err := run.Get(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		}
		late = append(late, time.Since(due))
	}
	report(b, late)
}

func measure(b *testing.B, once func()) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		begin := time.Now()
		once()
		took = append(took, time.Since(begin))
	}
	report(b, took)
}

func report(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	ms := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.95), "p95-ms")
}
