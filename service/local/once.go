package local

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// What is read once for a page, by what it is remembered.
type (
	visibilityOf struct {
		reader *policy.Principal
		cycle  string
	}
	cycleOf    string
	versionsOf struct{ policy.Subject }
	readOf     struct {
		policy.Subject
		version int
	}
)

// cycle gives a cycle with all its acts.
func (s *Service) cycle(ctx context.Context, id string) (*store.Cycle, error) {
	return service.Remember(ctx, cycleOf(id), func() (*store.Cycle, error) { return s.store.FindCycle(ctx, id) })
}

// cycleOn gives the cycle of a subject, with the acts on that subject at least. A page
// shows more of the cycle, and reads all of it.
func (s *Service) cycleOn(ctx context.Context, subject policy.Subject) (*store.Cycle, error) {
	if service.AsksOnce(ctx) {
		return s.cycle(ctx, subject.Cycle)
	}
	return s.store.FindCycleOn(ctx, subject)
}
