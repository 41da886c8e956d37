package rehearsal

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// enterRows enters what the script enters into registers up to today: the rows
// of one day, register and person together. What was entered before a restart
// is entered again, which changes nothing. Rows that something stands against,
// such as a plan that a machine that lags has not handed in yet, are tried again
// for a while.
func (c *company) enterRows(ctx context.Context) error {
	if !c.read {
		rows, err := c.service.FindScriptedRows(ctx, c.cycle)
		if err != nil {
			return err
		}
		c.scripted, c.read = rows, true
	}
	today := c.script.Calendar.Today(time.Now())
	var later [][]policy.Row
	for _, batch := range c.waiting {
		waits, err := c.enter(ctx, batch, today)
		if err != nil {
			return err
		}
		if waits {
			later = append(later, batch)
		}
	}
	c.waiting = later
	for c.rows < len(c.scripted) && !c.scripted[c.rows].Date.After(today) {
		batch := batchAt(c.scripted[c.rows:])
		waits, err := c.enter(ctx, batch, today)
		if err != nil {
			return err
		}
		if waits {
			c.waiting = append(c.waiting, batch)
		}
		c.rows += len(batch)
	}
	return nil
}

// enter enters rows and says whether they are to be tried again. The error is
// that of an engine that is away.
func (c *company) enter(ctx context.Context, batch []policy.Row, today policy.Date) (waits bool, err error) {
	const patience = 1000 // days of the calendar: a machine that lags far loses no row
	_, err = c.service.Enter(ctx, service.Enter{Cycle: c.cycle, By: batch[0].By, Rows: batch})
	switch policy.CodeOf(err) {
	case "":
		return false, nil
	case policy.CodeUnavailable, policy.CodeOutcomeUnknown, policy.CodeInternal:
		return false, err
	case policy.CodeBlocked, policy.CodeUnknown, policy.CodeNotReady:
		if !today.After(batch[0].Date.AddDays(patience)) {
			return true, nil
		}
	default:
	}
	c.log.Warn().Err(err).Str("register", string(batch[0].Register)).Stringer("date", batch[0].Date).
		Msg("an actor of the rehearsal was refused")
	return false, nil
}

// batchAt gives the rows that are entered together: those at the beginning that
// share day, register and person.
func batchAt(rows []policy.Row) []policy.Row {
	first := rows[0]
	for i, r := range rows {
		if r.Date != first.Date || r.Register != first.Register || r.By != first.By {
			return rows[:i]
		}
	}
	return rows
}
