package engine

import (
	"context"
	"fmt"
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
	runs, err := e.atWork(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		err := e.client.SignalWorkflow(ctx, run.GetWorkflowId(), run.GetRunId(), protocol.SignalWake, nil)
		if err != nil && !is[*serviceerror.NotFound](err) {
			return translate(err)
		}
	}
	for i, run := range runs {
		advance.Tell(ctx, "runs continued as new", i, len(runs))
		if err := e.awaitEnd(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// awaitEnd waits until one stretch of a run has ended.
func (e *Engine) awaitEnd(ctx context.Context, run *commonpb.WorkflowExecution) error {
	const soon = 200 * time.Millisecond
	for {
		found, err := e.client.DescribeWorkflowExecution(ctx, run.GetWorkflowId(), run.GetRunId())
		switch {
		case is[*serviceerror.NotFound](err):
			return nil
		case err != nil:
			return translate(err)
		case found.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
			return nil
		}
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
