package rehearsal

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// enterRows enters what the script enters into registers up to today: the rows
// of one day, register and person together. What was entered before a restart
// is entered again, which changes nothing.
func (c *company) enterRows(ctx context.Context) error {
	if !c.read {
		rows, err := c.service.FindScriptedRows(ctx, c.cycle)
		if err != nil {
			return err
		}
		c.scripted, c.read = rows, true
	}
	today := c.script.Calendar.Today(time.Now())
	for c.rows < len(c.scripted) && !c.scripted[c.rows].Date.After(today) {
		batch := batchAt(c.scripted[c.rows:])
		_, err := c.service.Enter(ctx, service.Enter{Cycle: c.cycle, By: batch[0].By, Rows: batch})
		switch policy.CodeOf(err) {
		case policy.CodeUnavailable, policy.CodeOutcomeUnknown, policy.CodeInternal:
			return err
		case "":
		default:
			c.log.Warn().Err(err).Str("register", string(batch[0].Register)).Stringer("date", batch[0].Date).
				Msg("an actor of the rehearsal was refused")
		}
		c.rows += len(batch)
	}
	return nil
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
