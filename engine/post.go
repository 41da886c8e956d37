package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// WakePost has the run that sends mail look at once, and starts it where it is not in motion.
func (e *Engine) WakePost(ctx context.Context) error {
	_, err := e.client.SignalWithStartWorkflow(ctx, protocol.WorkflowID(policy.Run{Kind: policy.RunPost}), protocol.SignalWake, nil,
		client.StartWorkflowOptions{
			TaskQueue:             protocol.PostQueue,
			WorkflowTaskTimeout:   protocol.TaskTimeout,
			StaticSummary:         "mail",
			WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		}, protocol.WorkflowPost)
	return translate(err)
}
