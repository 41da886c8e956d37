package engine

import (
	"context"
	"crypto/rand"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// Clock tells what the clock of Temporal showed at some moment between asked and its return.
// Temporal tells nobody the time, but it tells when somebody asked for work last: so we ask
// in a queue of our own, in which there never is any, and look when it says that was.
func (e *Engine) Clock(ctx context.Context) (shown, asked time.Time, err error) {
	queue := &taskqueuepb.TaskQueue{Name: "policycycle-clock-" + rand.Text()}
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	asked = time.Now()
	refused := make(chan error, 1)
	go func() {
		_, err := e.client.WorkflowService().PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{
			Namespace: e.namespace, TaskQueue: queue, Identity: e.identity,
		})
		refused <- err
	}()
	const look = 50 * time.Millisecond
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		found, err := e.client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: e.namespace, TaskQueue: queue, TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		})
		if err != nil {
			return shown, asked, translate(err)
		}
		for _, poller := range found.GetPollers() {
			if poller.GetIdentity() == e.identity {
				return poller.GetLastAccessTime().AsTime(), asked, nil
			}
		}
		select {
		case err := <-refused:
			return shown, asked, translate(err)
		case <-tick.C:
		}
	}
}
