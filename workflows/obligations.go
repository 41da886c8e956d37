package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/protocol"
)

// Obligations watches over the recurring reporting obligations of a cycle: each
// falls due, is met with evidence, or stays overdue for all to see.
func Obligations(ctx workflow.Context, state protocol.RunState) error {
	return carry(ctx, state)
}
