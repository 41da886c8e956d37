package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// Motion is how a run is getting on.
type Motion struct {
	// Running says that Temporal has it; one that has ended or was lost is not. Ended says
	// that it has it no longer at work: it failed or was terminated.
	Running, Ended bool
	// Stopped says why it gets no further; nil where it does.
	Stopped *Stopped
}

// Stopped is why a run gets no further, and since when.
type Stopped struct {
	Since time.Time
	Why   string
}

const (
	// tries is how often something may fail in a row before a run is said to stand still.
	tries = 5
	// unattended is how long its work may wait for a worker.
	unattended = 2 * time.Minute
)

// Inspect tells how a run is getting on. It changes nothing, and needs no worker.
func (e *Engine) Inspect(ctx context.Context, run policy.Run) (Motion, error) {
	id := protocol.WorkflowID(run)
	found, err := e.client.DescribeWorkflowExecution(ctx, id, "")
	switch {
	case is[*serviceerror.NotFound](err):
		return Motion{}, nil
	case err != nil:
		return Motion{}, translate(err)
	case found.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:
		return Motion{Ended: true}, nil
	}
	for _, asked := range found.GetPendingActivities() {
		waits := asked.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED && time.Since(asked.GetScheduledTime().AsTime()) > unattended
		if asked.GetAttempt() > tries || waits {
			since, err := e.askedAt(ctx, id, asked.GetActivityId())
			return Motion{Running: true, Stopped: &Stopped{since, e.whyNot(asked)}}, err
		}
	}
	task := found.GetPendingWorkflowTask()
	waits := task.GetState() == enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED && time.Since(task.GetScheduledTime().AsTime()) > unattended
	if task.GetAttempt() > tries || task != nil && waits {
		since, why, err := e.taskFailed(ctx, id)
		return Motion{Running: true, Stopped: &Stopped{since, why}}, err
	}
	return Motion{Running: true}, nil
}

// TakenUp waits until a worker has taken up the work of a run that was started, or until ctx
// ends: a run may wait for its worker. Where no worker could take it up meanwhile, or it failed,
// that is policy.CodeUnavailable, for nothing moves.
func (e *Engine) TakenUp(ctx context.Context, run policy.Run) error {
	var failed *failurepb.Failure
	events := e.client.GetWorkflowHistory(ctx, protocol.WorkflowID(run), "", true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil { // no more is known
			break
		}
		switch event.GetEventType() { //nolint:exhaustive // the others tell nothing
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			return nil
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
			failed = event.GetWorkflowTaskFailedEventAttributes().GetFailure()
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
			failed = event.GetWorkflowExecutionFailedEventAttributes().GetFailure()
		}
	}
	if failed == nil {
		return nil
	}
	return policy.Refuse(policy.CodeUnavailable,
		"%s is recorded, but the work on it does not begin: %s; it begins by itself once that is mended, policycycle doctor tells", run.Cycle, e.said(failed))
}

// whyNot says why a run does not get what it asks for.
func (e *Engine) whyNot(asked *workflowpb.PendingActivityInfo) string {
	if asked.GetLastFailure() == nil {
		return "no worker does its work"
	}
	return fmt.Sprintf("%s failed %d times: %s", asked.GetActivityType().GetName(), asked.GetAttempt()-1, e.said(asked.GetLastFailure()))
}

// said gives what a failure says, in a line.
func (e *Engine) said(failure *failurepb.Failure) string {
	return strings.ReplaceAll(e.failures.FailureToError(failure).Error(), "\n", ": ")
}

// askedAt gives when a run asked for an activity.
func (e *Engine) askedAt(ctx context.Context, id, activity string) (at time.Time, err error) {
	err = e.backwards(ctx, id, func(event *historypb.HistoryEvent) bool {
		at = event.GetEventTime().AsTime()
		return event.GetActivityTaskScheduledEventAttributes().GetActivityId() == activity
	})
	return at, err
}

// taskFailed gives since when no worker could take up the work of a run, and why.
func (e *Engine) taskFailed(ctx context.Context, id string) (since time.Time, why string, err error) {
	why = "no worker does its work"
	err = e.backwards(ctx, id, func(event *historypb.HistoryEvent) bool {
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			return true
		}
		since = event.GetEventTime().AsTime()
		if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
			why = "no worker can take up its work: " + e.said(failed.GetFailure())
		}
		return false
	})
	return since, why, err
}

// backwards goes through the last events of a run, the latest first, until one is what
// was looked for.
func (e *Engine) backwards(ctx context.Context, id string, found func(*historypb.HistoryEvent) bool) error {
	const most = 200
	page, err := e.client.WorkflowService().GetWorkflowExecutionHistoryReverse(ctx, &workflowservice.GetWorkflowExecutionHistoryReverseRequest{
		Namespace: e.namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: id}, MaximumPageSize: most,
	})
	if err != nil {
		return translate(err)
	}
	for _, event := range page.GetHistory().GetEvents() {
		if found(event) {
			break
		}
	}
	return nil
}

// Missing tells which runs are not in motion. Where Temporal does not answer, it gives
// those found so far.
func (e *Engine) Missing(ctx context.Context, runs []policy.Run) ([]policy.Run, error) {
	var missing []policy.Run
	for _, run := range runs {
		m, err := e.Inspect(ctx, run)
		if err != nil {
			return missing, err
		}
		if !m.Running {
			missing = append(missing, run)
		}
	}
	return missing, nil
}
