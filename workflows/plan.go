package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/protocol"
)

// Plan carries one MASP or OAP: drafting, the chain of bodies, and for an OAP
// its reporting rounds, until its period is over and the last report settled.
// An OAP outlives its period.
func Plan(ctx workflow.Context, state protocol.RunState) error {
	return carry(ctx, state)
}

// carry lives through a run that the cycle has started, and tells the cycle
// when it has ended.
func carry(ctx workflow.Context, state protocol.RunState) error {
	r, err := newRun(ctx, state)
	if err != nil {
		return err
	}
	return r.live(ctx, r.tellCycle)
}
