package store

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Circle is what of a cycle says who reads what in it.
type Circle struct {
	Cycle    string
	Calendar policy.Calendar
	Readers  policy.Readers
}

// FindCircle gives the circle of a cycle.
func (s *Store) FindCircle(ctx context.Context, cycle string) (Circle, error) {
	circles, err := s.circles(ctx, cycle)
	if err == nil && len(circles) == 0 {
		err = unknownCycle(cycle)
	}
	if err != nil {
		return Circle{}, err
	}
	return circles[0], nil
}

// ListCircles gives the circles of all cycles, the oldest first.
func (s *Store) ListCircles(ctx context.Context) ([]Circle, error) { return s.circles(ctx, "") }

func (s *Store) circles(ctx context.Context, cycle string) ([]Circle, error) {
	rows, err := sqlc.New(s.pool).ListCircles(ctx, cycle)
	if err != nil {
		return nil, translate(err)
	}
	circles := make([]Circle, len(rows))
	for i, row := range rows {
		circles[i] = Circle{Cycle: row.ID, Calendar: calendarOf(row.Day, row.YearSeconds)}
		if err := policy.Read(row.Readers, &circles[i].Readers); err != nil {
			return nil, unreadable(row.ID, err)
		}
	}
	return circles, nil
}
