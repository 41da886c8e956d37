package store

import (
	"context"
	"errors"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Circle is what of a cycle says who reads what in it.
type Circle struct {
	Cycle    string
	Calendar policy.Calendar
	Readers  policy.Readers
	Bodies   policy.BodyTable
}

// FindCircle gives the circle of a cycle.
func (s *Store) FindCircle(ctx context.Context, cycle string) (Circle, error) {
	row, err := sqlc.New(s.pool).FindCircle(ctx, cycle)
	if err != nil {
		return Circle{}, noRow(translate(err), unknownCycle(cycle))
	}
	return circleOf(sqlc.ListCirclesApartRow(row))
}

// ListCirclesApart gives the circles in which who reads for a body may read other than
// in most: of the cycles that are named, of those whose cycle files name the body or have States
// of their own, and of
// rehearsals that stand on a day beyond those within which the body is what it is.
func (s *Store) ListCirclesApart(ctx context.Context, body policy.Body, named []string, from, to policy.Date) ([]Circle, error) {
	rows, err := sqlc.New(asked{s.pool}).ListCirclesApart(ctx, sqlc.ListCirclesApartParams{
		Body: string(body), Named: append([]string{}, named...), Before: toDate(from), After: toDate(to),
	})
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

func circleOf(row sqlc.ListCirclesApartRow) (Circle, error) {
	circle := Circle{Cycle: row.ID, Calendar: calendarOf(row.Day, row.YearSeconds)}
	err := errors.Join(policy.Read(row.Readers, &circle.Readers), policy.Read(row.Bodies, &circle.Bodies))
	if err != nil {
		return Circle{}, unreadable(row.ID, err)
	}
	return circle, nil
}

// Bodies gives the bodies that cycles on record have of their own, each once, as the latest
// cycle has it.
func (s *Store) Bodies(ctx context.Context) (policy.BodyTable, error) {
	all, err := bodiesIn(ctx, sqlc.New(asked{s.pool}))
	return all, translate(err)
}

func bodiesIn(ctx context.Context, q *sqlc.Queries) (all policy.BodyTable, err error) {
	tables, err := q.ListBodies(ctx)
	if err != nil {
		return nil, err
	}
	for _, text := range tables {
		var table policy.BodyTable
		if err := policy.Read(text, &table); err != nil {
			return nil, unreadable("the bodies of a cycle", err)
		}
		for _, body := range table.Added() {
			if !all.Known(body.Body) {
				all = append(all, body)
			}
		}
	}
	return all, nil
}
