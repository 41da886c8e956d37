package worker

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/workflows"
)

// Send sends the mail that is due, and says when to look again, at the latest.
type Send func(context.Context) (next time.Time, err error)

// RegisterPost registers the run that sends mail, and how it does.
func RegisterPost(r Registry, send Send) {
	r.RegisterWorkflowWithOptions(workflows.Post, workflow.RegisterOptions{Name: protocol.WorkflowPost})
	r.RegisterActivityWithOptions(func(ctx context.Context) (protocol.PostOrders, error) {
		next, err := send(ctx)
		return protocol.PostOrders{Next: next}, err
	}, activity.RegisterOptions{Name: protocol.ActivityPost})
}

// ServePost does the work of the run that sends mail until ctx ends, and sets it in motion. One
// mail round is under way at a time, whoever serves.
func ServePost(ctx context.Context, e *engine.Engine, send Send) error {
	failed := make(chan error, 1)
	w := worker.New(e.Client(), protocol.PostQueue, worker.Options{
		DeadlockDetectionTimeout: protocol.TaskTimeout,
		WorkerStopTimeout:        10 * time.Second,
		WorkflowPanicPolicy:      worker.BlockWorkflow,
		OnFatalError: func(err error) {
			select {
			case failed <- err:
			default: // it said so before
			}
		},
	})
	RegisterPost(w, send)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	const again = 10 * time.Second
	for {
		err := e.WakePost(ctx)
		if err == nil {
			break
		}
		log := e.Log()
		log.Warn().Err(err).Msg("mail is not sent yet: its run cannot be started; it is tried again")
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(again):
		}
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("the worker that sends mail has ended by itself: %w", err)
	}
}

// Beat says of whatever an activity does that it is still at it.
func Beat(ctx context.Context) { activity.RecordHeartbeat(ctx) }
