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
	row, err := sqlc.New(s.pool).FindCircle(ctx, cycle)
	if err != nil {
		return Circle{}, noRow(translate(err), unknownCycle(cycle))
	}
	return circleOf(sqlc.ListCirclesRow(row))
}

// ListCircles gives the circles of all cycles, the oldest first.
func (s *Store) ListCircles(ctx context.Context) ([]Circle, error) {
	rows, err := sqlc.New(s.pool).ListCircles(ctx)
	if err != nil {
		return nil, translate(err)
	}
	circles := make([]Circle, len(rows))
	for i, row := range rows {
		if circles[i], err = circleOf(row); err != nil {
			return nil, err
		}
	}
	return circles, nil
}

func circleOf(row sqlc.ListCirclesRow) (Circle, error) {
	circle := Circle{Cycle: row.ID, Calendar: calendarOf(row.Day, row.YearSeconds)}
	if err := policy.Read(row.Readers, &circle.Readers); err != nil {
		return circle, unreadable(row.ID, err)
	}
	return circle, nil
}
