package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/protocol"
)

// Renew wakes all that is at work and waits until each has ended or continued as new, which
// its orders have to ask for. It tells how many have. Without a worker it waits until ctx ends.
func (e *Engine) Renew(ctx context.Context) error {
	left, err := e.atWork(ctx)
	if err != nil {
		return err
	}
	for _, run := range left {
		err := e.client.SignalWorkflow(ctx, run.GetWorkflowId(), run.GetRunId(), protocol.SignalWake, nil)
		if err != nil && !is[*serviceerror.NotFound](err) {
			return translate(err)
		}
	}
	for all := len(left); ; {
		left = slices.DeleteFunc(left, func(run *commonpb.WorkflowExecution) bool {
			var ended bool
			if err == nil {
				ended, err = e.ended(ctx, run)
			}
			return ended
		})
		advance.Tell(ctx, "runs continued as new", all-len(left), all)
		if len(left) == 0 || err != nil {
			return err
		}
		const soon = 200 * time.Millisecond
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(soon):
		}
	}
}

// atWork lists what is at work on the task queue, whatever the records know.
func (e *Engine) atWork(ctx context.Context) ([]*commonpb.WorkflowExecution, error) {
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: e.namespace, Query: fmt.Sprintf("TaskQueue = '%s' AND ExecutionStatus = 'Running'", protocol.TaskQueue),
	}
	var runs []*commonpb.WorkflowExecution
	for {
		page, err := e.client.ListWorkflow(ctx, request)
		if err != nil {
			return nil, translate(err)
		}
		for _, info := range page.GetExecutions() {
			runs = append(runs, info.GetExecution())
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return runs, nil
		}
	}
}

// ended says whether one stretch of a run has ended.
func (e *Engine) ended(ctx context.Context, run *commonpb.WorkflowExecution) (bool, error) {
	found, err := e.client.DescribeWorkflowExecution(ctx, run.GetWorkflowId(), run.GetRunId())
	if is[*serviceerror.NotFound](err) {
		return true, nil
	}
	return found.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING && err == nil, translate(err)
}
