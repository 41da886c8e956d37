package workflows

import (
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// PolicyCycle is a whole cycle: from the threat assessment through the policy
// advisory document to the Council's decision on the priorities; then it starts
// a run for each plan, the evaluation and the obligations as their time comes,
// and closes when they have ended.
func PolicyCycle(ctx workflow.Context, state protocol.RunState) error {
	r, err := newRun(ctx, state)
	if err != nil {
		return err
	}
	return r.live(ctx, func(ctx workflow.Context) error {
		if err := r.startRuns(ctx); err != nil {
			return err
		}
		return r.tellOfAmendment(ctx)
	})
}

// startRuns starts the runs that the orders call for, and those found missing, all at
// once, and waits until each has started, never until it ends.
func (r *run) startRuns(ctx workflow.Context) error {
	missing := r.missing
	r.missing = nil
	runs := slices.DeleteFunc(slices.Clone(r.orders.Start), func(run policy.Run) bool {
		return slices.Contains(r.Started, run) || slices.Contains(missing, run)
	})
	runs = append(runs, missing...)
	var starting []workflow.ChildWorkflowFuture
	for _, child := range runs {
		reuse := enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY
		if slices.Contains(missing, child) { // the record knows better than Temporal that it has not ended
			reuse = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
		}
		childCtx := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID:          protocol.WorkflowID(child),
			WorkflowTaskTimeout: protocol.TaskTimeout,
			// A run outlives this stretch of the cycle's run: with the default
			// policy it would be terminated at continue-as-new.
			ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
			WorkflowIDReusePolicy: reuse,
			TypedSearchAttributes: r.attributesOf(child),
			StaticSummary:         protocol.Summary(child),
		})
		state := protocol.NewRunState(child)
		state.Renewed = r.Renewed
		starting = append(starting, workflow.ExecuteChildWorkflow(childCtx, protocol.WorkflowName(child), state))
	}
	for i, started := range starting {
		err := started.GetChildWorkflowExecution().Get(ctx, nil)
		there := temporal.IsWorkflowExecutionAlreadyStartedError(err)
		if err != nil && !there {
			return err
		}
		if there && r.orders.Epoch != "" { // it may have been in motion before its time, and wait
			_ = workflow.SignalExternalWorkflow(ctx, protocol.WorkflowID(runs[i]), "", protocol.SignalWake, nil).Get(ctx, nil)
		}
		if !slices.Contains(r.Started, runs[i]) {
			r.Started = append(r.Started, runs[i])
		}
	}
	return nil
}

// tellOfAmendment wakes every run that was started when the definition has
// changed. The signal carries no truth: the run looks at the record.
func (r *run) tellOfAmendment(ctx workflow.Context) error {
	if r.Definition == 0 {
		r.Definition = r.orders.Definition
	}
	if r.Definition == r.orders.Definition {
		return nil
	}
	var told []workflow.Future
	for _, child := range r.Started {
		told = append(told, workflow.SignalExternalWorkflow(ctx, protocol.WorkflowID(child), "", protocol.SignalWake, nil))
	}
	for _, t := range told {
		_ = t.Get(ctx, nil) // a run that has ended needs no news
	}
	r.Definition = r.orders.Definition
	return nil
}

// tellCycle wakes the cycle when a run of it has ended.
func (r *run) tellCycle(ctx workflow.Context) error {
	if !r.orders.Stage.Ended() {
		return nil
	}
	id := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: r.Run.Cycle})
	_ = workflow.SignalExternalWorkflow(ctx, id, "", protocol.SignalWake, nil).Get(ctx, nil) // a cycle that has ended needs no news
	return nil
}
