package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/protocol"
)

// Post sends mail as long as there are cycles: it looks what is due, sends it, and waits until the
// next look, or until somebody wakes it. It knows nothing: what was sent stands in the records. A
// server for mail that is away makes it look again later; no other run waits for it.
func Post(ctx workflow.Context) error {
	news := workflow.GetSignalChannel(ctx, protocol.SignalWake)
	for !lengthyPost(ctx) {
		for news.ReceiveAsync(nil) {
			// one look answers all of them
		}
		var orders protocol.PostOrders
		if err := workflow.ExecuteActivity(posting(ctx), protocol.ActivityPost).Get(ctx, &orders); err != nil {
			return err // cancelled: it never fails
		}
		pause, stop := workflow.WithCancel(ctx)
		until := workflow.NewTimerWithOptions(pause, max(orders.Next.Sub(workflow.Now(ctx)), time.Second), workflow.TimerOptions{Summary: "until the next look"})
		workflow.NewSelector(ctx).AddFuture(until, func(workflow.Future) {}).AddReceive(news, func(workflow.ReceiveChannel, bool) {}).Select(ctx)
		stop()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, protocol.WorkflowPost) // it begins with a look
}

// lengthyPost says whether the history is long enough.
func lengthyPost(ctx workflow.Context) bool {
	return suggested(ctx) || workflow.GetInfo(ctx).GetCurrentHistoryLength() >= mostEvents
}

func posting(ctx workflow.Context) workflow.Context {
	const mostMail, silent, patience = 10 * time.Minute, time.Minute, time.Minute
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: mostMail,
		HeartbeatTimeout:    silent,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: patience},
		Summary:             "send what is due",
	})
}
