// Package workflows holds the durable processes of a policy cycle. Each is a
// long-lived run that looks at the record, does what its orders say, and waits
// for the next date or the next act. The rules live in package policy and are
// asked by activities, so a changed rule never breaks the replay of a run; what
// stands here is order, time and messages alone.
//
// Changing a workflow: see docs/workflows.md. In short, every change to the
// order of commands goes behind workflow.GetVersion, and the recorded histories
// in testdata must replay.
package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// run is what all workflows here share. Its RunState is all that continues as
// new; everything else is learnt again by looking at the record.
type run struct {
	protocol.RunState
	orders policy.Orders
	// taken counts the orders that were taken up.
	taken int
	// missing lists the runs that the last look found not to be in motion.
	missing []policy.Run
	// stale says that the record may have changed since the orders were given.
	stale bool
	// recording lets one act be recorded at a time.
	recording workflow.Mutex
	acts      *arrivals               // signals that carry an act
	news      workflow.ReceiveChannel // signals to look at the record
	// changed wakes the run when an update has brought new orders.
	changed bool
	alarm   alarm
	// leaves says that the run waits until nothing is under way, to continue as new or to
	// end; late counts the updates that were let in meanwhile.
	leaves bool
	late   int
}

// newRun takes up a run where its state says it stands. The handlers are ready
// before anything else happens: messages may be there already.
func newRun(ctx workflow.Context, state protocol.RunState) (*run, error) {
	if err := state.Check(); err != nil {
		panic(err) // the task waits for a worker that knows the format; an error would end the run
	}
	r := &run{
		RunState:  state,
		stale:     true,
		recording: workflow.NewMutex(ctx),
		acts:      arrivalsOf(ctx),
		news:      workflow.GetSignalChannel(ctx, protocol.SignalWake),
	}
	if err := r.takesUpdates(ctx); err != nil {
		return nil, err
	}
	return r, workflow.SetQueryHandler(ctx, protocol.QueryState, func() (protocol.State, error) {
		return protocol.StateOf(r.RunState, r.orders), nil
	})
}

// live keeps the run going until its stage has ended. extra is what a kind of
// run does besides, each time its orders have changed.
func (r *run) live(request workflow.Context, extra func(workflow.Context) error) error {
	// A request to cancel reaches the run between two steps: within one it would lose what
	// was taken in, and cancel the runs that this one has started.
	ctx, _ := workflow.NewDisconnectedContext(request)
	for {
		// An operator may cancel a run. The records stay, and the run can be
		// started again from them.
		if request.Err() != nil {
			r.leaves = true
			if err := r.quiesce(ctx); err != nil {
				return err
			}
			return request.Err()
		}
		if err := r.look(ctx); err != nil {
			return err
		}
		if err := extra(ctx); err != nil {
			return err
		}
		if r.leaves = r.leaving(ctx); r.leaves {
			if err := r.show(ctx); err != nil {
				return err
			}
			if left, err := r.leave(ctx); left || err != nil {
				return err
			}
			continue
		}
		r.late = 0
		if err := r.remind(ctx); err != nil {
			return err
		}
		if err := r.show(ctx); err != nil {
			return err
		}
		if err := r.wait(ctx, request); err != nil {
			return err
		}
	}
}

// leave ends the run, or continues it as new, unless something arrives meanwhile: then it
// looks once more and decides again.
func (r *run) leave(ctx workflow.Context) (left bool, err error) {
	seen := r.orders.Sequence
	if err := r.quiesce(ctx); err != nil {
		return false, err
	}
	arrived := r.stale || r.orders.Sequence != seen
	switch {
	case arrived && !hastens(ctx):
		return false, nil
	case r.orders.Stage.Ended() && !arrived:
		return true, nil
	default:
		return true, r.continueAsNew(ctx) // the next stretch looks before anything else
	}
}

// look asks for new orders if the record may have changed.
func (r *run) look(ctx workflow.Context) error {
	for r.stale {
		r.stale = false
		taken := r.taken
		var orders policy.Orders
		args := protocol.LookArgs{Run: r.Run, Now: workflow.Now(ctx)}
		if err := workflow.ExecuteActivity(recording(ctx), protocol.ActivityLook, args).Get(ctx, &orders); err != nil {
			return err
		}
		r.missing = orders.Missing
		r.take(orders, taken)
	}
	return nil
}

// take takes up orders unless newer ones are there: an act may be recorded while the run
// looks. taken is how many had been taken up when these were asked for: where that are
// all, none can be newer, whatever their number. It is lower than that of the orders held
// where the records were restored from a copy; orders from other records are taken, and
// looked at once more if others came meanwhile.
func (r *run) take(orders policy.Orders, taken int) {
	another := r.orders.Epoch != "" && orders.Epoch != r.orders.Epoch
	alone := orders.Epoch != "" && taken == r.taken // orders of older histories are known by their number alone
	if !another && !alone && orders.Sequence < r.orders.Sequence {
		return
	}
	if another { // nobody has been started by these records
		r.Started = nil
		r.stale = r.stale || !alone
	}
	r.orders = orders
	r.taken++
}

// borders are the stages at whose beginning a run continues as new, so that
// histories stay short and each stage meets the newest code.
var borders = []policy.Stage{
	policy.StagePlanning, policy.StageImplementation, policy.StageEvaluation, policy.StageInForce,
}

// leaving says whether this stretch of the run is over: the run has ended, a
// border is crossed, the history is long enough, or a key is out of use.
func (r *run) leaving(ctx workflow.Context) bool {
	stage := r.orders.Stage
	if r.Stage == "" {
		r.Stage = stage
	}
	return stage.Ended() ||
		stage != r.Stage && slices.Contains(borders, stage) ||
		lengthy(ctx) || r.outlived(ctx)
}

// What a worker has to replay before it can go on with a run: so many events at most, give or
// take those of one step. Temporal suggests to continue as new at four times as many, and a
// busy worker that takes over many such runs at once needs longer than a task may take.
const mostEvents = 1000

// shortness is the change by which a run continues as new at that length.
const shortness = "continue as new after a thousand events"

// lengthy says whether the history is long enough.
func lengthy(ctx workflow.Context) bool {
	return suggested(ctx) || workflow.GetInfo(ctx).GetCurrentHistoryLength() >= mostEvents &&
		workflow.GetVersion(ctx, shortness, workflow.DefaultVersion, 1) >= 1
}

// renewal is the change by which a run continues as new when its orders ask for it.
const renewal = "continue as new once a key is out of use"

// outlived says whether this stretch of the run has payloads from before all runs were asked to
// be without them.
func (r *run) outlived(ctx workflow.Context) bool {
	return r.orders.Renew.After(r.Renewed) && workflow.GetVersion(ctx, renewal, workflow.DefaultVersion, 1) >= 1
}

// haste is the change by which a run whose history is long looks no more before it leaves.
const haste = "continue as new whatever has arrived"

// hastens says whether a run has to continue as new at once. News that comes as often as it
// looks would otherwise have it look until the end of its history.
func hastens(ctx workflow.Context) bool {
	return lengthy(ctx) && workflow.GetVersion(ctx, haste, workflow.DefaultVersion, 1) >= 1
}

// quiesce ends everything that is under way, so that nothing is lost when the
// run leaves: every signal is dealt with and every handler has answered.
// AllHandlersFinished alone would not do: it does not count signals.
func (r *run) quiesce(ctx workflow.Context) error {
	for {
		if err := r.drain(ctx); err != nil {
			return err
		}
		if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
			return err
		}
		if !r.acts.waiting(ctx) && r.news.Len() == 0 && len(strange(ctx)) == 0 {
			return nil
		}
	}
}

func (r *run) continueAsNew(ctx workflow.Context) error {
	r.Stage, r.Renewed, r.Told = r.orders.Stage, r.orders.Renew, protocol.TellsOn(r.orders)
	return workflow.NewContinueAsNewError(ctx, protocol.WorkflowName(r.Run), r.RunState)
}

// wait waits for the next date, the next act or the next news, and for what no run takes. What
// comes while it waits is dealt with before it returns.
func (r *run) wait(ctx, request workflow.Context) error {
	if r.stale || r.acts.waiting(ctx) {
		return r.drain(ctx)
	}
	at, what := r.nextInstant()
	r.alarm.set(ctx, at, what)
	if err := workflow.Await(ctx, func() bool {
		return r.changed || r.acts.waiting(ctx) || r.news.Len() > 0 || r.alarm.rings() || request.Err() != nil || roused(ctx)
	}); err != nil {
		return err
	}
	r.changed = false
	if at := r.orders.WakeAt; !at.IsZero() && !at.After(workflow.Now(ctx)) {
		r.stale = true
	}
	return r.drain(ctx)
}

// nextInstant gives the earliest instant at which there is something to do, or
// zero, and what that is.
func (r *run) nextInstant() (next time.Time, what string) {
	next, what = r.orders.WakeAt, "look at the record"
	for _, n := range r.orders.Notices {
		if next.IsZero() || n.At.Before(next) {
			next, what = n.At, "remind of "+n.Subject.Path()
		}
	}
	return next, what
}

// recording gives the options of activities that write records: they are
// repeated until Postgres has them. One takes milliseconds; the timeout bounds
// how long a run stands still when its worker dies.
func recording(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 4 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond,
			MaximumInterval: 30 * time.Second,
		},
	})
}

// alarm is the one timer of a run. It is kept across waits as long as its
// instant stays the same.
type alarm struct {
	at     time.Time
	timer  workflow.Future
	cancel workflow.CancelFunc
}

// set has the alarm ring at an instant, for something; a zero instant is never.
func (a *alarm) set(ctx workflow.Context, at time.Time, what string) {
	if a.timer != nil && (a.rings() || !a.at.Equal(at)) {
		a.cancel()
		a.timer = nil
	}
	if at.IsZero() || a.timer != nil {
		return
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	a.at, a.cancel = at, cancel
	a.timer = workflow.NewTimerWithOptions(timerCtx, max(at.Sub(workflow.Now(ctx)), time.Millisecond), workflow.TimerOptions{Summary: what})
}

// rings says whether the instant has come.
func (a *alarm) rings() bool { return a.timer != nil && a.timer.IsReady() }
