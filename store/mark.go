package store

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Mark tells one state of the records of a cycle from another: what follows from them on one
// day is the same as long as the mark is. It takes in the last line of the trail, the cycle
// before, and who is who.
type Mark struct {
	sequence, before, people     int64
	head, touched, beforeTouched string
}

// FindMark gives the mark of a cycle and its calendar, or policy.CodeUnknown.
func (s *Store) FindMark(ctx context.Context, cycle string) (Mark, policy.Calendar, error) {
	row, err := sqlc.New(s.pool).FindMark(ctx, cycle)
	if err != nil {
		return Mark{}, policy.Calendar{}, noRow(translate(err), unknownCycle(cycle))
	}
	return Mark{
		sequence: row.Sequence, before: row.Before, people: row.People, head: row.Head, touched: row.Touched, beforeTouched: row.BeforeTouched,
	}, calendarOf(row.Day, row.YearSeconds), nil
}
