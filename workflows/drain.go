package workflows

import (
	"fmt"
	"time"
	"unicode/utf8"

	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// A signal is answered by nobody, so as many may come at once as the sender likes. One
// by one, each would cost the history seven events, and a run may not have more than
// 51,200: of many that wait, several are recorded by one activity.

// together is the change by which runs record several signals at once.
const together = "record several signals at once"

// drain deals with the signals that have arrived: all of them, or as many as are recorded
// together. Between two such lots the run gives its reminders and looks whether it is time to
// continue as new.
func (r *run) drain(ctx workflow.Context) error {
	for r.news.ReceiveAsync(nil) {
		r.stale = true
	}
	for {
		messages := r.arrived(ctx)
		if len(messages) == 0 {
			return nil
		}
		if len(messages) > 1 && workflow.GetVersion(ctx, together, workflow.DefaultVersion, 1) >= 1 {
			return r.recordAll(ctx, messages)
		}
		for _, message := range messages {
			// Nobody waits for an answer: a refusal stands in the trail.
			if _, err := r.record(ctx, message); err != nil {
				return err
			}
		}
	}
}

// arrived takes in what has arrived, up to what is recorded together: acts first, and where
// there are none what came by strange names.
func (r *run) arrived(ctx workflow.Context) (messages []protocol.RecordArgs) {
	for size := 0; len(messages) < protocol.MaxTogether && size < protocol.MaxTogetherBytes; {
		message, length, there := r.acts.receive(ctx)
		if !there {
			break
		}
		messages, size = append(messages, message), size+length
	}
	if len(messages) == 0 {
		return arrivedByStrangeNames(ctx)
	}
	return messages
}

// escaped gives how long JSON may become when it is written again: some characters
// then take six bytes.
func escaped(data []byte) int {
	const longest = 6
	size := 0
	for _, b := range data {
		if b == '<' || b == '>' || b == '&' || b >= utf8.RuneSelf {
			size += longest
		} else {
			size++
		}
	}
	return size
}

// recordAll has several acts recorded and takes up the orders that follow.
func (r *run) recordAll(ctx workflow.Context, messages []protocol.RecordArgs) error {
	if err := r.recording.Lock(ctx); err != nil {
		return err
	}
	defer r.recording.Unlock()
	for i := range messages {
		messages[i].Run, messages[i].Now = r.Run, workflow.Now(ctx)
	}
	taken := r.taken
	var orders policy.Orders
	args := protocol.RecordAllArgs{Messages: messages}
	if err := workflow.ExecuteActivity(described(recordingAll(ctx), fmt.Sprintf("%d messages", len(messages))), protocol.ActivityRecordAll, args).Get(ctx, &orders); err != nil {
		return err
	}
	r.take(orders, taken)
	return nil
}

// recordingAll gives the options of an activity that records many things one after the
// other: no one of them takes longer than its heartbeat.
func recordingAll(ctx workflow.Context) workflow.Context {
	options := workflow.GetActivityOptions(recording(ctx))
	options.HeartbeatTimeout = options.StartToCloseTimeout
	options.StartToCloseTimeout = 10 * time.Minute
	return workflow.WithActivityOptions(ctx, options)
}
