package local

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
)

// Page gives where the calendar of a cycle stands, and which of its runs have not done
// yet what the day asks of them.
func (s *Service) Page(ctx context.Context, cycle string) (policy.Page, error) {
	page, err := s.store.Page(ctx, cycle, s.now())
	if err != nil || len(page.Behind) > 0 || !s.TellsRehearsals() {
		return page, err
	}
	now, behind, err := s.store.MailBehind(ctx, cycle)
	if err != nil || !behind {
		return page, err
	}
	page.Behind = []policy.Run{{Kind: policy.RunPost}}
	if s.mail.wakes(now) { // once for all that is asked until it has looked
		err = s.engine.WakePost(ctx)
	}
	return page, err
}

// TurnPage moves the calendar of a rehearsal on and wakes the runs that have something
// to do on the new day. See store.Store.TurnPage.
func (s *Service) TurnPage(ctx context.Context, cycle string, from policy.Page, to policy.Date) (policy.Page, error) {
	page, err := s.store.TurnPage(ctx, cycle, from, to)
	if err != nil {
		return page, err
	}
	return page, s.Wake(ctx, page.Due)
}

// Wake has runs look at the record, all at once. One that is not in motion is started:
// it begins by looking.
func (s *Service) Wake(ctx context.Context, runs []policy.Run) error {
	const atOnce = 8
	woken, ctx := errgroup.WithContext(ctx)
	woken.SetLimit(atOnce)
	for _, run := range runs {
		woken.Go(func() error {
			if run.Kind == policy.RunPost {
				return s.engine.WakePost(ctx)
			}
			err := s.engine.Wake(ctx, run)
			if errors.Is(err, engine.ErrGone) {
				return s.engine.Start(ctx, run)
			}
			return err
		})
	}
	return woken.Wait()
}
