package engine

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/policycycle/policycycle/protocol"
)

// identity names this connection, and the worker on it, among all that ever were:
// process numbers come again, in containers with each start.
func identity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	const enough = 8
	return fmt.Sprintf("%d@%s@%s", os.Getpid(), host, rand.Text()[:enough])
}

// Ready waits until the worker on this connection asks for work and Temporal knows
// it. It takes no turn behind the work that waits: after an outage that may be
// hundreds of runs. The error is ctx's, with what was met last.
func (e *Engine) Ready(ctx context.Context) error {
	const look = 100 * time.Millisecond
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		works, met := e.works(ctx)
		if works {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no worker asks for work (%v): %w", met, ctx.Err()) //nolint:errorlint // what was met is of an act, not of a start
		case <-tick.C:
		}
	}
}

// works says whether the worker on this connection polls for both kinds of tasks.
func (e *Engine) works(ctx context.Context) (bool, error) {
	for _, kind := range taskKinds {
		queue, err := e.queue(ctx, kind, false)
		if err != nil {
			return false, err
		}
		ours := func(p *taskqueuepb.PollerInfo) bool { return p.GetIdentity() == e.identity }
		if !slices.ContainsFunc(queue.GetPollers(), ours) {
			return false, nil
		}
	}
	return true, nil
}

// Waiting gives how many tasks wait for a worker, about as many as there are runs that
// catch up. Temporal counts anew every few seconds.
func (e *Engine) Waiting(ctx context.Context) (int, error) {
	var tasks int64
	for _, kind := range taskKinds {
		queue, err := e.queue(ctx, kind, true)
		if err != nil {
			return 0, translate(err)
		}
		tasks += queue.GetStats().GetApproximateBacklogCount()
	}
	return int(tasks), nil
}

// taskKinds are the kinds of tasks that wait in the queue.
var taskKinds = []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY}

func (e *Engine) queue(ctx context.Context, kind enumspb.TaskQueueType, stats bool) (*workflowservice.DescribeTaskQueueResponse, error) {
	return e.client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: e.namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: protocol.TaskQueue}, TaskQueueType: kind, ReportStats: stats,
	})
}
