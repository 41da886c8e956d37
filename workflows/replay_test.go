package workflows_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/activities"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/worker"
)

// The histories under testdata were recorded on a real server; see `make
// histories`. A change of the workflows that cannot replay them would stop the
// runs that are in motion when it is deployed.

// current are the workflows that a worker registers, by name: one that is registered
// later is asked for a history, too.
var current = func() registered {
	all := registered{}
	worker.Register(all, new(activities.Activities))
	return all
}()

// registered is a registry that keeps the workflows.
type registered map[string]any

func (r registered) RegisterWorkflowWithOptions(w any, o workflow.RegisterOptions) { r[o.Name] = w }

func (registered) RegisterActivityWithOptions(any, activity.RegisterOptions) {}

func replay(t *testing.T, history *historypb.History, workflows registered, before ...interceptor.WorkerInterceptor) error {
	t.Helper()
	replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{Interceptors: append(before, worker.Interceptors()...)})
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range workflows {
		replayer.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
	}
	return replayer.ReplayWorkflowHistory(telemetry.Temporal(zerolog.Nop()), history)
}

func recorded(t *testing.T) map[string]*historypb.History {
	t.Helper()
	paths, err := filepath.Glob("testdata/histories/*.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	histories := map[string]*historypb.History{}
	for _, path := range paths {
		histories[filepath.Base(path)] = unpack(t, path)
	}
	return histories
}

func unpack(t *testing.T, path string) *historypb.History {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	history, err := client.HistoryFromJSON(unpacked, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return history
}

func TestEveryRecordedHistoryReplays(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, history := range recorded(t) {
		started := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
		seen[started.WorkflowType.Name] = true
		if err := replay(t, history, current); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name := range current {
		if !seen[name] {
			t.Errorf("no history of the workflow %q is recorded: run make histories", name)
		}
	}
}

// Where traces are told, the workflows ask for what they asked for without; and of what a run only
// goes through again, no update is told once more.
func TestEveryRecordedHistoryReplaysWhereTracesAreTold(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	tracing := engine.Tracing(trace.NewTracerProvider(trace.WithSpanProcessor(spans)).Tracer("replay"))
	for name, history := range recorded(t) {
		if err := replay(t, history, current, tracing); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, span := range spans.Started() {
		if !strings.HasPrefix(span.Name(), "RunWorkflow:") {
			t.Errorf("what is gone through again is told as %s", span.Name())
		}
	}
	if len(spans.Started()) == 0 {
		t.Error("nothing was traced")
	}
}

// TestABrokenTwinDoesNotReplay shows that the test above can fail: a workflow
// that waits a moment before anything else is another workflow.
func TestABrokenTwinDoesNotReplay(t *testing.T) {
	t.Parallel()
	broken := registered{}
	for name, right := range current {
		broken[name] = func(ctx workflow.Context, state protocol.RunState) error {
			if err := workflow.Sleep(ctx, time.Second); err != nil {
				return err
			}
			return right.(func(workflow.Context, protocol.RunState) error)(ctx, state)
		}
	}
	histories := recorded(t)
	if len(histories) == 0 {
		t.Fatal("no histories are recorded: run make histories")
	}
	for name, history := range histories {
		if err := replay(t, history, broken); err == nil {
			t.Errorf("%s replays on a workflow that was changed without care", name)
		}
	}
}
