package store

import (
	"context"
	"fmt"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Page says on which day the calendar of a cycle stands and which of its runs have
// not done yet what that day asks of them. It has every run look on trial: a run is behind if
// its look would change anything, or if a reminder of it has come due. An unknown cycle is policy.CodeUnknown.
func (s *Store) Page(ctx context.Context, cycle string, now time.Time) (policy.Page, error) {
	var page policy.Page
	err := s.trial(ctx, cycle, now, func(l *ledger) (err error) {
		page, err = l.ahead(ctx)
		return err
	})
	return page, err
}

// TurnPage moves the calendar of a rehearsal on from a page: to a day, or to the first day
// before it on which a run has something to do. It stays where it is while a run is behind,
// once the cycle has ended, and if anything was recorded since the page was looked at. Due are
// the runs that have something to do on the new day: they are to be woken.
func (s *Store) TurnPage(ctx context.Context, cycle string, page policy.Page, to policy.Date) (policy.Page, error) {
	if len(page.Behind) > 0 || page.Ended {
		return page, nil
	}
	to = policy.Earliest(to, page.Next)
	var turned int64
	err := s.transact(ctx, func(q *sqlc.Queries) (err error) {
		turned, err = q.TurnPage(ctx, sqlc.TurnPageParams{Day: toDate(to), Cycle: cycle, Seen: page.Sequence})
		return err
	})
	if err != nil {
		return page, fmt.Errorf("calendar of %s: %w", cycle, err)
	}
	if turned > 0 {
		page.Day, page.Due = to, page.DueOn(to)
	}
	return page, nil
}

// ahead has every run of the cycle look.
func (l *ledger) ahead(ctx context.Context) (page policy.Page, err error) {
	if _, err := l.records(ctx); err != nil {
		return page, err
	}
	if err := l.readNotices(ctx); err != nil {
		return page, err
	}
	page.Sequence, page.Day = l.cycle.Sequence, l.today
	main := policy.Run{Kind: policy.RunCycle, Cycle: l.cycle.ID}
	orders, err := l.foresee(ctx, main, &page)
	if err != nil {
		return page, err
	}
	page.Ended = orders.Stage.Ended()
	for _, run := range l.loaded.InMotion() {
		if run == main {
			continue
		}
		if _, err := l.foresee(ctx, run, &page); err != nil {
			return page, err
		}
	}
	return page, nil
}

func (l *ledger) foresee(ctx context.Context, run policy.Run, page *policy.Page) (policy.Orders, error) {
	l.changed, l.loaded = false, l.loaded.WithAgenda()
	orders, next, err := l.lookAhead(ctx, run)
	if err != nil {
		return orders, err
	}
	if l.changed || !next.IsZero() && !next.After(l.today) {
		page.Behind = append(page.Behind, run)
	}
	if !next.IsZero() {
		page.Ahead = append(page.Ahead, policy.RunsOn{Run: run, Day: next})
		page.Next = policy.Earliest(page.Next, next)
	}
	return orders, nil
}

// readNotices reads the reminders of all that is open at once.
func (l *ledger) readNotices(ctx context.Context) (err error) {
	rows, err := l.notices(ctx)
	l.given = append([]sqlc.ListNoticesOpenRow{}, rows...) // not nil: they are read
	return err
}
