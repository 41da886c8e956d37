package bench

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/policycycle/policycycle/activities"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/worker"
)

// A day on which many reminders are due comes once in a while. To measure one, the records
// live on another day than Temporal: the activities go by a clock that is ahead of its own, or
// behind it, and what they order is moved back, so that its timers ring when that day begins.

// registers gives what a worker of the bed registers.
func (o Options) registers(e *engine.Engine, s *store.Store) func(worker.Registry) {
	clock := func() time.Time { return time.Now().Add(o.Ahead) }
	does := &activities.Activities{Store: s, Clock: clock, Runs: e, Keys: e.Encryption(), Shown: e.Shown(), Listed: e.Listed}
	return func(r worker.Registry) {
		if o.Ahead != 0 {
			r = moved{r, o.Ahead}
		}
		worker.Register(r, does)
	}
}

// moved registers activities that look and remind by a clock that is ahead of Temporal's.
type moved struct {
	worker.Registry
	ahead time.Duration
}

// RegisterActivityWithOptions implements worker.Registry.
func (m moved) RegisterActivityWithOptions(does any, options activity.RegisterOptions) {
	switch do := does.(type) {
	case func(context.Context, protocol.LookArgs) (policy.Orders, error):
		does = func(ctx context.Context, args protocol.LookArgs) (policy.Orders, error) {
			args.Now = args.Now.Add(m.ahead)
			return m.back(do(ctx, args))
		}
	case func(context.Context, protocol.RemindArgs) (policy.Orders, error):
		does = func(ctx context.Context, args protocol.RemindArgs) (policy.Orders, error) {
			args.Now, args.Notice.At = args.Now.Add(m.ahead), args.Notice.At.Add(m.ahead)
			return m.back(do(ctx, args))
		}
	}
	m.Registry.RegisterActivityWithOptions(does, options)
}

// back gives orders on the clock of Temporal.
func (m moved) back(orders policy.Orders, err error) (policy.Orders, error) {
	if !orders.WakeAt.IsZero() {
		orders.WakeAt = orders.WakeAt.Add(-m.ahead)
	}
	for i := range orders.Notices {
		orders.Notices[i].At = orders.Notices[i].At.Add(-m.ahead)
	}
	return orders, err
}
