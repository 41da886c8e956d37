// Package activities holds every side effect a workflow may ask for. Each
// activity is one transaction and idempotent: it may run again at any time.
//
// A refusal by the rules is an answer, not an error, so that it stands in the
// history as what it is. Errors are retried without end; the one exception is
// a cycle that does not exist.
package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	// Runs tells which runs are not in motion; nil where nobody can tell.
	Runs interface {
		Missing(ctx context.Context, runs []policy.Run) ([]policy.Run, error)
	}
	// Keys are those of this worker, for messages that the one before it could not open;
	// nil for none.
	Keys interface {
		Holds(id string) bool
		Open(m protocol.Encrypted) (encoding string, data []byte, ok bool)
	}
	// Listed says whether the namespace has what Temporal's list is asked by; nil where nobody
	// can tell.
	Listed func() bool
	// Shown is the highest marking of what Temporal's own page and list show; empty is PUBLIC.
	Shown policy.Marking
}

// Look brings the record in line with the desired state of a run and gives the run
// its orders. See store.Store.Reconcile. A cycle learns besides which of its runs are
// missing; one that waits for no day by itself is a rehearsal, and whoever plays it
// sees to that.
func (a *Activities) Look(ctx context.Context, args protocol.LookArgs) (policy.Orders, error) {
	now := a.notAhead(args.Now)
	orders, err := a.Store.Reconcile(ctx, args.Run, now)
	if err == nil && args.Run.Kind == policy.RunCycle && a.Runs != nil && !orders.WakeAt.IsZero() {
		orders.Missing, err = a.missing(ctx, args.Run, now)
	}
	return a.given(ctx, args.Run, args.Now, orders), told(ctx, args.Run, err)
}

// missing lists the other runs of a cycle that must be in motion and are not. What
// Temporal does not tell in time is left to the next look: no cycle waits for it.
func (a *Activities) missing(ctx context.Context, cycle policy.Run, now time.Time) ([]policy.Run, error) {
	runs, err := a.Store.ListInMotion(ctx, cycle.Cycle, now)
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(run policy.Run) bool { return run == cycle })
	const most = 2 * time.Second
	bounded, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	missing, err := a.Runs.Missing(bounded, runs)
	if err != nil {
		activity.GetLogger(ctx).Warn("whether all runs of a cycle are in motion is not known", "run", protocol.WorkflowID(cycle), "error", err)
	}
	return missing, nil
}

// Record records or refuses an act, and tells the log of it under the name of the
// request that brought it. See store.Store.Record.
func (a *Activities) Record(ctx context.Context, args protocol.RecordArgs) (protocol.Answer, error) {
	answer, err := a.record(ctx, args)
	answer.Orders = a.given(ctx, args.Run, args.Now, answer.Orders)
	answer.Refusal = answer.Refusal.Told()
	said := []any{"run", protocol.WorkflowID(args.Run), "record", args.Envelope.ID, "correlation", telemetry.Correlation(ctx)}
	if answer.Refusal != nil {
		said = append(said, "refused", string(answer.Refusal.Code))
	}
	activity.GetLogger(ctx).Info("an act", said...)
	return answer, told(ctx, args.Run, err)
}

func (a *Activities) record(ctx context.Context, args protocol.RecordArgs) (protocol.Answer, error) {
	args.Now = a.notAhead(args.Now)
	if args.Encrypted != nil {
		if err := a.unlock(ctx, &args); err != nil {
			return protocol.Answer{}, err
		}
	}
	if args.Malformed != "" {
		refusal := policy.Refuse(policy.CodeInvalid, "a message that is no act arrived: %s", args.Malformed)
		orders, err := a.Store.RecordRefusal(ctx, args.Run, args.Now, evidence.Envelope{ID: args.Raw}, refusal)
		return protocol.Answer{Refusal: refusal, Orders: orders}, err
	}
	if args.Short != nil {
		return a.recordShort(ctx, args)
	}
	if to := args.Envelope.WorkflowID; to != protocol.WorkflowID(args.Run) {
		refusal := policy.Refuse(policy.CodeInvalid, "the envelope is addressed to %q, not to %s", to, protocol.WorkflowID(args.Run))
		orders, err := a.Store.RecordRefusal(ctx, args.Run, args.Now, args.Envelope, refusal)
		return protocol.Answer{Refusal: refusal, Orders: orders}, err
	}
	answer, err := a.Store.Record(ctx, a.recording(args))
	return protocol.Answer(answer), err
}

func (a *Activities) recording(args protocol.RecordArgs) store.Recording {
	return store.Recording{Run: args.Run, Now: args.Now, Received: a.Clock(), Channel: args.Channel, Envelope: args.Envelope}
}

// recordShort records or refuses a short message, whose rest the records know.
func (a *Activities) recordShort(ctx context.Context, args protocol.RecordArgs) (protocol.Answer, error) {
	to := protocol.WorkflowID(args.Run)
	envelope, said, err := args.Short.Open(to, args.Now)
	short := &store.Short{Short: said, Attempt: args.Short.Attempt(to)}
	if refusal, is := errors.AsType[*policy.Error](err); is {
		envelope.ID = short.Attempt
		orders, err := a.Store.RecordRefusal(ctx, args.Run, args.Now, envelope, refusal)
		return protocol.Answer{Refusal: refusal, Orders: orders}, err
	}
	in := a.recording(args)
	in.Envelope, in.Short = envelope, short
	answer, err := a.Store.Record(ctx, in)
	return protocol.Answer(answer), err
}

// unlock opens a message that the worker of its run had no key for. The error, which
// has it repeated by another, is for a key that policycycle encrypts with and this worker
// does not have.
func (a *Activities) unlock(ctx context.Context, args *protocol.RecordArgs) error {
	m := *args.Encrypted
	if a.Keys != nil && a.Keys.Holds(m.Key) {
		encoding, data, ok := a.Keys.Open(m)
		if ok {
			args.Fill(encoding, data)
			return nil
		}
	} else if known, err := a.Store.KnowsKey(ctx, store.KeyEncrypts, m.Key); err != nil {
		return err
	} else if known {
		telemetry.CountUndecodable()
		return fmt.Errorf("a message is encrypted with the key %q, which this worker does not have: set encryption.keys to the file that serve and the other workers have", m.Key)
	}
	args.Malformed, args.Raw = "it is encrypted with a key that is not known here, or was changed", evidence.Digest(m.Data)
	return nil
}

// RecordAll records or refuses several acts, each as Record does, and gives the run its
// orders after the last. Repeated, it goes on with the one that it was at.
func (a *Activities) RecordAll(ctx context.Context, args protocol.RecordAllArgs) (policy.Orders, error) {
	done := 0
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &done); err != nil {
			done = 0 // each act is recorded once all the same
		}
	}
	var orders policy.Orders
	for i := min(done, len(args.Messages)-1); i < len(args.Messages); i++ {
		answer, err := a.Record(ctx, args.Messages[i])
		if err != nil {
			return orders, err
		}
		orders = answer.Orders
		activity.RecordHeartbeat(ctx, i+1)
	}
	return orders, nil
}

// Remind records a reminder. See store.Store.Remind.
func (a *Activities) Remind(ctx context.Context, args protocol.RemindArgs) (policy.Orders, error) {
	orders, err := a.Store.Remind(ctx, args.Run, a.notAhead(args.Now), args.Notice)
	return a.given(ctx, args.Run, args.Now, orders), told(ctx, args.Run, err)
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

// given gives orders to a run that asked at an instant of Temporal: without what Temporal may
// not show, for a run tells it to whoever asks, and without haste.
func (a *Activities) given(ctx context.Context, run policy.Run, asked time.Time, orders policy.Orders) policy.Orders {
	if orders.Outlook != nil {
		outlook := orders.Outlook.ShownUpTo(cmp.Or(a.Shown, policy.Public))
		orders.Outlook = &outlook
	}
	orders.Listed = a.Listed != nil && a.Listed()
	return a.unhurried(ctx, run, asked, orders)
}

// unhurried gives the orders of a run that asked at an instant of Temporal. Where that clock
// is ahead of the one here, a day may have come there which has not come here: the run would
// ask again and again, without a pause, for what is not done before it has. It comes back
// in a while instead.
func (a *Activities) unhurried(ctx context.Context, run policy.Run, asked time.Time, orders policy.Orders) policy.Orders {
	here, early := a.notAhead(asked), false
	putOff := func(at *time.Time) {
		if at.After(here) && !at.After(asked) {
			*at, early = asked.Add(skew), true
		}
	}
	putOff(&orders.WakeAt)
	for i := range orders.Notices {
		putOff(&orders.Notices[i].At)
	}
	if early && activity.IsActivity(ctx) {
		activity.GetLogger(ctx).Warn("the clock of this worker is behind that of Temporal: what is due waits for it; set the clock",
			"run", protocol.WorkflowID(run), "behind", asked.Sub(here).Round(time.Second).String())
	}
	return orders
}

// told gives an error to the run that asked, and makes sure that somebody hears of it when
// it comes again and again: the run stands still until it is mended. A cycle that is not
// there is the one error that no repetition mends.
func told(ctx context.Context, run policy.Run, err error) error {
	if !activity.IsActivity(ctx) {
		return err
	}
	asked := activity.GetInfo(ctx)
	domain, is := errors.AsType[*policy.Error](err)
	unknown := is && domain.Code == policy.CodeUnknown
	telemetry.CountAttempt(asked.ActivityType.Name, asked.Attempt, err != nil && !unknown)
	switch {
	case err == nil:
		return nil
	case unknown:
		return temporal.NewNonRetryableApplicationError(domain.Message, string(domain.Code), err, domain)
	}
	why := strings.ReplaceAll(err.Error(), "\n", ": ")
	if worthSaying(asked.Attempt) {
		activity.GetLogger(ctx).Error("a run stands still: what it asks for fails again and again", "run", protocol.WorkflowID(run),
			"asks", asked.ActivityType.Name, "attempt", asked.Attempt, "since", asked.ScheduledTime, "error", why)
	}
	// Benign to the SDK, which would write each attempt into the log.
	return temporal.NewApplicationErrorWithOptions(why, "", temporal.ApplicationErrorOptions{Cause: err, Category: temporal.ApplicationErrorCategoryBenign})
}

// worthSaying says whether an attempt that failed is told of: the 5th, 10th, 20th, 40th…
func worthSaying(attempt int32) bool {
	const first = 5
	times := attempt / first
	return attempt%first == 0 && times&(times-1) == 0
}
