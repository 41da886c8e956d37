package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// The SDK keeps the signals of each name apart and forgets which came first. A version is
// handed in, approved and confirmed by signals of three names, in that order: a run that has slept
// takes them as they came.

// arrivals are the names of the signals that carry an act and wait, as they came.
type arrivals struct {
	names []string
	heard map[string]int // short messages taken, by name
}

type arrivalsKey struct{}

// Ordering has runs know in which order signals came: each worker has it.
func Ordering() interceptor.WorkerInterceptor { return &ordering{} }

type ordering struct {
	interceptor.WorkerInterceptorBase
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (*ordering) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	i := &inbound{arrived: &arrivals{heard: map[string]int{}}}
	i.Next = next
	return i
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	arrived *arrivals
}

// ExecuteWorkflow implements interceptor.WorkflowInboundInterceptor.
func (i *inbound) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	return i.Next.ExecuteWorkflow(workflow.WithValue(ctx, arrivalsKey{}, i.arrived), in)
}

// HandleSignal implements interceptor.WorkflowInboundInterceptor.
func (i *inbound) HandleSignal(ctx workflow.Context, in *interceptor.HandleSignalInput) error {
	if in.SignalName == protocol.SignalAct || isShort(in.SignalName) {
		i.arrived.names = append(i.arrived.names, in.SignalName)
	}
	return i.Next.HandleSignal(ctx, in)
}

// arrivalsOf gives what the interceptor notes of a run.
func arrivalsOf(ctx workflow.Context) *arrivals {
	a, is := ctx.Value(arrivalsKey{}).(*arrivals)
	if !is {
		panic("the worker does not order signals: it lacks workflows.Ordering") // a task waits for one that does
	}
	return a
}

// waiting says whether a signal waits that carries an act.
func (a *arrivals) waiting(ctx workflow.Context) bool { return a.next(ctx) >= 0 }

// next gives the place of the first signal that waits and that the run takes, or -1.
func (a *arrivals) next(ctx workflow.Context) int {
	return slices.IndexFunc(a.names, func(name string) bool { return name == protocol.SignalAct || takesShort(ctx) })
}

// receive takes the first signal that waits, if there is one, and says how long it is.
func (a *arrivals) receive(ctx workflow.Context) (message protocol.RecordArgs, size int, there bool) {
	at := a.next(ctx)
	if at < 0 {
		return message, 0, false
	}
	name := a.names[at]
	a.names = slices.Delete(a.names, at, at+1)
	var raw converter.RawValue
	if !workflow.GetSignalChannel(ctx, name).ReceiveAsync(&raw) {
		return message, 0, false
	}
	var short *evidence.Short
	if name != protocol.SignalAct {
		a.heard[name]++
		short = shortOf(ctx, policy.Message(name), fmt.Sprintf("signal %d", a.heard[name]))
	}
	message = messageOf(protocol.ChannelSignal, short, raw)
	if message.Malformed == "" { // of what cannot be read a digest is handed on
		size = escaped(raw.Payload().GetData())
	}
	return message, size, true
}

// shortOf gives a short message before it is read. What tells one sending of it from another is
// the same where the run is replayed, and where it is reset.
func shortOf(ctx workflow.Context, name policy.Message, sent string) *evidence.Short {
	return &evidence.Short{Name: name, Sent: workflow.GetInfo(ctx).OriginalRunID + " " + sent}
}

func isShort(name string) bool { return slices.Contains(policy.Messages, policy.Message(name)) }

// shorthand is the change by which runs take short messages: before, their names were strange.
const shorthand = "take short messages"

// takesShort is asked only where such a signal is there: what a run answers first holds until
// it continues as new.
func takesShort(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, shorthand, workflow.DefaultVersion, 1) >= 1
}
