package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/protocol"
)

// Anybody may send a signal by a name that no run takes: a slip, or rubbish. Each has a
// line in the trail like any other message that is no act, for its sender is told nothing.
// Left where they are, such signals would use up the history while the run sleeps.

// strangers is the change by which runs wake for signals by strange names. A run that has
// passed over some before goes on doing so until it continues as new.
const strangers = "record signals by strange names"

// reserved begins the names that belong to Temporal. The SDK lets nobody receive them.
const reserved = "__temporal_"

// roused says whether a run that waits has to wake for signals that it does not wait for: to
// record them, or to continue as new where nobody can receive them and the history is long.
func roused(ctx workflow.Context) bool {
	return len(strange(ctx)) > 0 || suggested(ctx) && len(unknown(ctx)) > 0 && hearsStrangers(ctx)
}

// strange lists the strange names by which signals wait, in the same order on every replay.
func strange(ctx workflow.Context) []string {
	names := slices.DeleteFunc(unknown(ctx), func(name string) bool { return strings.HasPrefix(name, reserved) })
	if len(names) == 0 || !hearsStrangers(ctx) {
		return nil
	}
	slices.Sort(names)
	return names
}

// unknown lists the names of the signals that wait, but for those that the run takes.
func unknown(ctx workflow.Context) []string {
	return slices.DeleteFunc(workflow.GetUnhandledSignalNames(ctx), func(name string) bool {
		return name == protocol.SignalAct || name == protocol.SignalWake || isShort(name) && takesShort(ctx)
	})
}

// hearsStrangers is asked only where there is something to hear: what a run answers first
// holds until it continues as new.
func hearsStrangers(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, strangers, workflow.DefaultVersion, 1) >= 1
}

// suggested says whether the server finds the history long enough.
func suggested(ctx workflow.Context) bool {
	return workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// arrivedByStrangeNames takes in signals by strange names, up to what is recorded together.
func arrivedByStrangeNames(ctx workflow.Context) (messages []protocol.RecordArgs) {
	for _, name := range strange(ctx) {
		signals := workflow.GetSignalChannel(ctx, name)
		for len(messages) < protocol.MaxTogether {
			var raw converter.RawValue
			if !signals.ReceiveAsync(&raw) {
				break
			}
			messages = append(messages, strangeMessage(name, raw))
		}
	}
	return messages
}

// strangeMessage is what is recorded of a signal by a strange name.
func strangeMessage(name string, raw converter.RawValue) protocol.RecordArgs {
	const shown = 100 // of the characters of a name
	return protocol.RecordArgs{
		Channel:   protocol.ChannelSignal,
		Malformed: fmt.Sprintf("a signal by the name %.*q, which no run takes", shown, name),
		Raw:       evidence.Digest(raw.Payload().GetData()),
	}
}
