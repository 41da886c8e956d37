// Package worker registers the workflows and activities and serves their task
// queue.
package worker

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/activities"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/workflows"
)

// Worker does the work of the runs until it is stopped.
type Worker struct {
	worker worker.Worker
	failed chan error // gets the error by which the worker ended by itself
}

// mostKept is how many runs a worker keeps in memory between two of their tasks, at the SDK's
// default 10,000. A run that is not kept is replayed when it wakes, which for one of ours is
// some hundred events; kept, it holds its goroutines for months of waiting.
const mostKept = 500

// Start begins to serve the task queue with one store of records.
func Start(e *engine.Engine, s *store.Store) (*Worker, error) {
	return StartWith(e, func(r Registry) {
		Register(r, &activities.Activities{Store: s, Clock: time.Now, Runs: e, Keys: e.Encryption(), Shown: e.Shown(), Listed: e.Listed})
	})
}

// StartWith does the same with what is registered: measurements go by another clock.
func StartWith(e *engine.Engine, register func(Registry)) (*Worker, error) {
	worker.SetStickyWorkflowCacheSize(mostKept)
	failed := make(chan error, 1)
	w := worker.New(e.Client(), protocol.TaskQueue, worker.Options{
		// How long a task waits for the worker that knows its run before any
		// other may take it: not long, for that worker may have died.
		StickyScheduleToStartTimeout: time.Second,
		// A machine with much else to do is no deadlock: a second in which a run says
		// nothing would fail its task, again and again.
		DeadlockDetectionTimeout: protocol.TaskTimeout,
		// Time for what is under way to end before the worker stops.
		WorkerStopTimeout: 10 * time.Second,
		// A four-year run must not fail on a mistake in a deployment: its task
		// waits until a fixed one is there.
		WorkflowPanicPolicy: worker.BlockWorkflow,
		Interceptors:        Interceptors(),
		OnFatalError: func(err error) {
			select {
			case failed <- err:
			default: // it said so before
			}
		},
	})
	register(w)
	if err := w.Start(); err != nil {
		return nil, err
	}
	return &Worker{w, failed}, nil
}

// Interceptors are those that the workflows want.
func Interceptors() []interceptor.WorkerInterceptor {
	return []interceptor.WorkerInterceptor{workflows.Ordering()}
}

// Stop ends the worker once what is under way has ended.
func (w *Worker) Stop() { w.worker.Stop() }

// Run serves the task queue until ctx ends, and keeps in motion what must be. Keys that do
// not fit what the records know are an error with policy.CodeInvalid; so is a worker that
// ends by itself, because Temporal does not have it any more.
func Run(ctx context.Context, e *engine.Engine, s *store.Store) error {
	return Serve(ctx, NewKeeper(e, s))
}

// Serve is Run with a keeper who can be asked how the runs are getting on.
func Serve(ctx context.Context, k *Keeper) error {
	if err := k.store.AgreeOnKeys(ctx, HeldKeys(k.engine.Encryption()), time.Now()); err != nil {
		return err
	}
	_ = k.engine.LearnListed(ctx) // the keeper says it once more
	w, err := Start(k.engine, k.store)
	if err != nil {
		return err
	}
	defer w.Stop()
	kept, stop := context.WithCancel(ctx)
	defer stop()
	keeping := make(chan error, 1)
	go func() { keeping <- k.Keep(kept) }()
	select {
	case err := <-keeping:
		return err
	case err := <-w.failed:
		return fmt.Errorf("the worker has ended by itself: %w", err)
	}
}

// Registry is where workflows and activities are registered: a worker, a
// replayer or a test environment.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers everything under the names of the protocol.
func Register(r Registry, a *activities.Activities) {
	for name, w := range map[string]any{
		protocol.WorkflowCycle:       workflows.PolicyCycle,
		protocol.WorkflowPlan:        workflows.Plan,
		protocol.WorkflowObligations: workflows.Obligations,
		protocol.WorkflowEvaluation:  workflows.Evaluation,
	} {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
	}
	for name, do := range map[string]any{
		protocol.ActivityLook:      a.Look,
		protocol.ActivityRecord:    a.Record,
		protocol.ActivityRecordAll: a.RecordAll,
		protocol.ActivityRemind:    a.Remind,
	} {
		r.RegisterActivityWithOptions(do, activity.RegisterOptions{Name: name})
	}
}
