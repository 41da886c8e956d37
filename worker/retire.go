package worker

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/store"
)

// Retire ends the life of a key. Before one that encrypts is retired, every run at work
// continues as new, so that what it knows is encrypted with the key in use; that needs a worker
// somewhere. A key that a process works with, or that has no successor, is
// policy.CodeNotReady.
func Retire(ctx context.Context, e *engine.Engine, s *store.Store, id string) error {
	if err := s.RenewRuns(ctx, id, time.Now()); err != nil {
		return err
	}
	if err := e.Renew(ctx); err != nil {
		return err
	}
	return s.RetireKey(ctx, id, time.Now())
}
