package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Page says on which day the calendar of a cycle stands and which of its runs have
// not done yet what that day asks of them. An unknown cycle is policy.CodeUnknown.
func (s *Store) Page(ctx context.Context, cycle string, now time.Time) (policy.Page, error) {
	seen, err := s.ahead(ctx, cycle, now)
	return seen.page, err
}

// TurnPage moves the calendar of a rehearsal on: to a day, or to the first day before
// it on which a run has something to do. It stays where it is while a run is behind,
// once the cycle has ended, and if something is recorded at the same moment. Due are
// the runs that have something to do on the new day: they are to be woken.
func (s *Store) TurnPage(ctx context.Context, cycle string, now time.Time, to policy.Date) (policy.Page, error) {
	seen, err := s.ahead(ctx, cycle, now)
	page := seen.page
	if err != nil || len(page.Behind) > 0 || page.Ended {
		return page, err
	}
	to = policy.Earliest(to, page.Next)
	var turned int64
	err = s.transact(ctx, func(q *sqlc.Queries) (err error) {
		turned, err = q.TurnPage(ctx, sqlc.TurnPageParams{Day: toDate(to), Cycle: cycle, Seen: seen.sequence})
		return err
	})
	if err != nil {
		return page, fmt.Errorf("calendar of %s: %w", cycle, err)
	}
	if turned == 0 {
		return page, nil
	}
	page.Day = to
	for run, next := range seen.next {
		if !next.IsZero() && !next.After(to) {
			page.Due = append(page.Due, run)
		}
	}
	slices.SortFunc(page.Due, policy.CompareRuns)
	return page, nil
}

// foresight is what the runs of a cycle would do now, and when they have something to
// do by time alone.
type foresight struct {
	page     policy.Page
	sequence int64
	next     map[policy.Run]policy.Date
}

// ahead has every run of a cycle look, and takes back what that changes: a run is
// behind if its look would change anything, or if a reminder of it has come due.
func (s *Store) ahead(ctx context.Context, cycle string, now time.Time) (foresight, error) {
	seen := foresight{next: map[policy.Run]policy.Date{}}
	err := s.inLedger(ctx, cycle, now, nil, func(l *ledger) error {
		if l.unread != nil {
			return l.unread
		}
		seen.sequence, seen.page.Day = l.cycle.Sequence, l.today
		if err := l.readNotices(ctx); err != nil {
			return err
		}
		main := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
		orders, err := l.foresee(ctx, main, &seen)
		if err != nil {
			return err
		}
		seen.page.Ended = orders.Stage.Ended()
		for _, run := range l.loaded.InMotion() {
			if run == main {
				continue
			}
			if _, err := l.foresee(ctx, run, &seen); err != nil {
				return err
			}
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return seen, err
}

func (l *ledger) foresee(ctx context.Context, run policy.Run, seen *foresight) (policy.Orders, error) {
	l.changed = false
	orders, next, err := l.lookAhead(ctx, run)
	if err != nil {
		return orders, err
	}
	if l.changed || !next.IsZero() && !next.After(l.today) {
		seen.page.Behind = append(seen.page.Behind, run)
	}
	seen.next[run] = next
	seen.page.Next = policy.Earliest(seen.page.Next, next)
	return orders, nil
}

// readNotices reads the reminders of all that is open at once.
func (l *ledger) readNotices(ctx context.Context) (err error) {
	rows, err := l.notices(ctx)
	l.given = append([]sqlc.ListNoticesOpenRow{}, rows...) // not nil: they are read
	return err
}
