package rehearsal

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// batch is rows that are entered together.
type batch struct {
	rows    []policy.Row
	refusal error // why they wait
	held    bool  // whether nothing has changed since
}

// enterRows enters what the script enters into registers up to the day: the rows
// of one day, register and person together. What was entered before a restart
// is entered again, which changes nothing. Rows that something stands against,
// such as a plan that is handed in later on that day, are tried again whenever
// something was recorded. The error is that of an engine that is away.
func (c *company) enterRows(ctx context.Context) (played, error) {
	var scene played
	if err := c.readRows(ctx); err != nil {
		return scene, err
	}
	left := c.waiting[:0:0]
	for i, b := range c.waiting {
		entered, err := c.enter(ctx, b)
		if err != nil {
			c.waiting = append(left, c.waiting[i:]...)
			return scene, err
		}
		scene.acted = scene.acted || entered
		if !entered && b.refusal != nil {
			left = append(left, b)
		}
	}
	c.waiting = left
	for c.rows < len(c.scripted) && !c.scripted[c.rows].Date.After(c.rowsUntil()) {
		b := &batch{rows: batchAt(c.scripted[c.rows:])}
		entered, err := c.enter(ctx, b)
		if err != nil {
			return scene, err
		}
		scene.acted = scene.acted || entered
		if b.held {
			c.waiting = append(c.waiting, b)
		}
		c.rows += len(b.rows)
	}
	if c.rows < len(c.scripted) {
		scene.next = c.scripted[c.rows].Date
	}
	return scene, nil
}

func (c *company) readRows(ctx context.Context) (err error) {
	if c.read {
		return nil
	}
	if c.told != nil {
		c.scripted = c.told.Rows
	} else if c.scripted, err = c.theatre.FindScriptedRows(ctx, c.cycle); err != nil {
		return err
	}
	c.read = true
	return nil
}

// enter enters rows, unless nothing has changed since they were refused, and says
// whether they are entered. Rows that are to be tried again are held. The error is
// that of an engine that is away.
func (c *company) enter(ctx context.Context, b *batch) (entered bool, err error) {
	if b.held {
		return false, nil
	}
	_, b.refusal = as(ctx, c.theatre, b.rows[0].By, service.Service.Enter, service.Enter{Cycle: c.cycle, Rows: b.rows})
	switch policy.CodeOf(b.refusal) {
	case "":
		return true, nil
	case policy.CodeUnavailable, policy.CodeOutcomeUnknown:
		return false, b.refusal
	case policy.CodeBlocked, policy.CodeUnknown, policy.CodeNotReady:
		b.held = true
	default:
		c.note(b, false)
		b.refusal = nil
	}
	return false, nil
}

// giveUp tells the log of the rows that were never entered.
func (c *company) giveUp() {
	for _, b := range c.waiting {
		c.note(b, true)
	}
	c.waiting = nil
}

func (c *company) note(b *batch, triedAgain bool) {
	c.log.Debug().Err(b.refusal).Str("register", string(b.rows[0].Register)).Stringer("date", b.rows[0].Date).Bool("tried_again", triedAgain).
		Msg("an actor of the rehearsal was refused")
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
