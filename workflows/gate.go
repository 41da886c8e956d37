package workflows

import (
	"errors"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// The gate is where people meet the process: acts come in by update or by
// signal, one path for both, and reminders go out. Where each subject stands
// is in the record; the gate judges nothing itself.

// Acts are received raw, by update and by signal alike: the SDK refuses what it
// cannot decode without a trace; here it stands in the trail as an attempt.

// maxLate bounds the updates that are let in while a run leaves. Without a bound many
// people at once would keep it from continuing as new, until it has as many updates or
// events as the server lets it have.
const maxLate = 64

// admit turns an update back, without a trace in the history, where too many came while
// the run leaves. It is not recorded; the same update is taken as soon as the run has
// continued as new.
func (r *run) admit(workflow.Context, converter.RawValue) error {
	if r.late < maxLate {
		return nil
	}
	return refusal(policy.Refuse(policy.CodeUnavailable, "so much arrives that the run has to continue as new first: nothing was recorded; send the same act again in a moment"))
}

// takesUpdates takes acts by update: in an envelope, and as short messages.
func (r *run) takesUpdates(ctx workflow.Context) error {
	for _, name := range append([]policy.Message{protocol.UpdateAct}, policy.Messages...) {
		handler := func(ctx workflow.Context, raw converter.RawValue) (policy.Receipt, error) {
			return r.handleUpdate(ctx, name, raw)
		}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, string(name), handler, workflow.UpdateHandlerOptions{Validator: r.admit}); err != nil {
			return err
		}
	}
	return nil
}

// handleUpdate records an act and answers with its receipt, after the commit.
func (r *run) handleUpdate(ctx workflow.Context, name policy.Message, raw converter.RawValue) (policy.Receipt, error) {
	if r.leaves {
		r.late++
	}
	var short *evidence.Short
	if name != protocol.UpdateAct {
		short = shortOf(ctx, name, "update "+workflow.GetCurrentUpdateInfo(ctx).ID)
	}
	whole, _ := workflow.NewDisconnectedContext(ctx) // the run is not cancelled within a step
	answer, err := r.record(whole, messageOf(protocol.ChannelUpdate, short, raw))
	if err != nil {
		return policy.Receipt{}, err
	}
	r.changed = true
	if answer.Refusal != nil {
		return policy.Receipt{}, refusal(answer.Refusal)
	}
	return answer.Receipt, nil
}

// messageOf reads whatever came by a channel: a short message, or with nil an envelope. What
// this worker has no key for is handed on as it is: the activity is repeated until a worker
// takes it that has.
func messageOf(channel string, short *evidence.Short, raw converter.RawValue) protocol.RecordArgs {
	args := protocol.RecordArgs{Channel: channel, Short: short}
	payload := raw.Payload()
	encoding, data := string(payload.GetMetadata()[converter.MetadataEncoding]), payload.GetData()
	if encoding == protocol.EncodingEncrypted && len(data) <= protocol.MaxEncrypted {
		args.Encrypted = &protocol.Encrypted{Key: policy.Excerpt(string(payload.GetMetadata()[protocol.MetadataKey]), protocol.MaxTold), Data: data}
		return args
	}
	args.Fill(encoding, data)
	return args
}

// record has one act recorded at a time and takes up the orders that follow.
func (r *run) record(ctx workflow.Context, args protocol.RecordArgs) (protocol.Answer, error) {
	if err := r.recording.Lock(ctx); err != nil {
		return protocol.Answer{}, err
	}
	defer r.recording.Unlock()
	args.Run, args.Now = r.Run, workflow.Now(ctx)
	taken := r.taken
	answer, err := recordNow(ctx, args)
	if err != nil {
		return answer, err
	}
	r.take(answer.Orders, taken)
	return answer, nil
}

// within is the change by which an act is recorded within the task that brought it.
const within = "record an act within the task that brought it"

// recordNow has an act recorded within the task that brought it: a task of its own for the
// activity would cost twice the time, and three times the writes of Temporal. What cannot be
// recorded at once, for Postgres is away or another worker has the key, is left to an
// activity that is repeated until it is: within a task each minute of it would make the
// history longer.
//
// The act may be committed and the task lost. The task is then repeated, and the act is known
// again by its ID; where nobody repeats it, worker.Keeper has the run look.
func recordNow(ctx workflow.Context, args protocol.RecordArgs) (answer protocol.Answer, err error) {
	if workflow.GetVersion(ctx, within, workflow.DefaultVersion, 1) >= 1 {
		if err := workflow.ExecuteLocalActivity(atOnce(ctx, about(args)), protocol.ActivityRecord, args).Get(ctx, &answer); err == nil {
			return answer, nil
		}
	}
	err = workflow.ExecuteActivity(described(recording(ctx), about(args)), protocol.ActivityRecord, args).Get(ctx, &answer)
	return answer, err
}

// atOnce gives the options of an activity within a task: one attempt, which ends before the
// task would have to be prolonged.
func atOnce(ctx workflow.Context, what string) workflow.Context {
	const share = 2
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		Summary:                what,
		ScheduleToCloseTimeout: protocol.TaskTimeout / share,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

// refusal turns a refusal by the rules into the error that travels to whoever
// sent the update.
func refusal(err error) error {
	var domain *policy.Error
	if !errors.As(err, &domain) {
		return err
	}
	return temporal.NewNonRetryableApplicationError(domain.Message, string(domain.Code), nil, domain)
}

// remind has every reminder recorded whose instant has come.
func (r *run) remind(ctx workflow.Context) error {
	for _, n := range r.orders.Notices {
		if n.At.After(workflow.Now(ctx)) {
			continue
		}
		taken := r.taken
		var orders policy.Orders
		args := protocol.RemindArgs{Run: r.Run, Now: workflow.Now(ctx), Notice: n}
		if err := workflow.ExecuteActivity(described(recording(ctx), "remind of "+n.Subject.Path()), protocol.ActivityRemind, args).Get(ctx, &orders); err != nil {
			return err
		}
		r.take(orders, taken)
	}
	return nil
}
