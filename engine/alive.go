package engine

import (
	"context"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/policycycle/policycycle/policy"
)

// Alive says whether somebody does the work: a worker has asked for some lately.
// Nobody is policy.CodeUnavailable. What waits in a long queue goes on then.
func (e *Engine) Alive(ctx context.Context) error {
	const lately = 75 * time.Second // a worker asks at least once a minute
	queue, err := e.queue(ctx, enumspb.TASK_QUEUE_TYPE_WORKFLOW, false)
	if err != nil {
		return translate(err)
	}
	for _, worker := range queue.GetPollers() {
		if time.Since(worker.GetLastAccessTime().AsTime()) < lately {
			return nil
		}
	}
	return policy.Refuse(policy.CodeUnavailable, "no worker is at work: start one with policycycle worker")
}
