// Package activities holds every side effect a workflow may ask for. Each
// activity is one transaction and idempotent: it may run again at any time.
//
// A refusal by the rules is an answer, not an error, so that it stands in the
// history as what it is. Errors are retried without end; the one exception is
// a cycle that does not exist.
package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry"
)

// Activities does the side effects on one store of records.
type Activities struct {
	Store *store.Store
	// Clock says what time it is when an act is judged: seals are held against it.
	Clock func() time.Time
}

// Look brings the record in line with the position of a run and gives the run
// its orders. See store.Store.Look.
func (a *Activities) Look(ctx context.Context, args protocol.LookArgs) (policy.Orders, error) {
	orders, err := a.Store.Look(ctx, args.Run, a.notAhead(args.Now))
	return orders, final(err)
}

// Record records or refuses an act, and tells the log of it under the name of the
// request that brought it. See store.Store.Record.
func (a *Activities) Record(ctx context.Context, args protocol.RecordArgs) (protocol.Answer, error) {
	answer, err := a.record(ctx, args)
	said := []any{"run", protocol.WorkflowID(args.Run), "record", args.Envelope.ID, "correlation", telemetry.Correlation(ctx)}
	if answer.Refusal != nil {
		said = append(said, "refused", string(answer.Refusal.Code))
	}
	activity.GetLogger(ctx).Info("an act", said...)
	return answer, err
}

func (a *Activities) record(ctx context.Context, args protocol.RecordArgs) (protocol.Answer, error) {
	args.Now = a.notAhead(args.Now)
	if args.Malformed != "" {
		refusal := policy.Refuse(policy.CodeInvalid, "a message that is no act arrived: %s", args.Malformed)
		orders, err := a.Store.RecordRefusal(ctx, args.Run, args.Now, evidence.Envelope{ID: args.Raw}, refusal)
		return protocol.Answer{Refusal: refusal, Orders: orders}, final(err)
	}
	if to := args.Envelope.WorkflowID; to != protocol.WorkflowID(args.Run) {
		refusal := policy.Refuse(policy.CodeInvalid, "the envelope is addressed to %q, not to %s", to, protocol.WorkflowID(args.Run))
		orders, err := a.Store.RecordRefusal(ctx, args.Run, args.Now, args.Envelope, refusal)
		return protocol.Answer{Refusal: refusal, Orders: orders}, final(err)
	}
	answer, err := a.Store.Record(ctx, store.Recording{
		Run: args.Run, Now: args.Now, Received: a.Clock(), Channel: args.Channel, Envelope: args.Envelope,
	})
	return protocol.Answer(answer), final(err)
}

// Remind records a reminder. See store.Store.Remind.
func (a *Activities) Remind(ctx context.Context, args protocol.RemindArgs) (policy.Orders, error) {
	orders, err := a.Store.Remind(ctx, args.Run, a.notAhead(args.Now), args.Notice)
	return orders, final(err)
}

// skew is how far the clocks of Temporal and of a worker may differ.
const skew = time.Minute

// notAhead gives the instant of a workflow, and never one that is still to come:
// whoever can start activities could otherwise end a silence procedure early, or
// date an act ahead. Clocks may differ by what skew allows.
func (a *Activities) notAhead(now time.Time) time.Time {
	if here := a.Clock(); now.After(here.Add(skew)) {
		return here
	}
	return now
}

// final marks the error that no repetition mends.
func final(err error) error {
	var domain *policy.Error
	if errors.As(err, &domain) && domain.Code == policy.CodeUnknown {
		return temporal.NewNonRetryableApplicationError(domain.Message, string(domain.Code), err, domain)
	}
	return err
}
