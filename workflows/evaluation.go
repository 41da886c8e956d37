package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/protocol"
)

// Evaluation carries the independent evaluation of a cycle, from about 18
// months before its end until COSI has dealt with it. It holds no successor
// back.
func Evaluation(ctx workflow.Context, state protocol.RunState) error {
	return carry(ctx, state)
}
