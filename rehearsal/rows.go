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
// until the rehearsal ends: a row that is given up can keep a report open for
// ever. The log tells of those that wait for long.
func (c *company) enterRows(ctx context.Context) error {
	if !c.read && c.told != nil {
		c.scripted, c.read = c.told.Rows, true
	}
	if !c.read {
		rows, err := c.service.FindScriptedRows(ctx, c.cycle)
		if err != nil {
			return err
		}
		c.scripted, c.read = rows, true
	}
	today := c.today()
	if err := c.tryAgain(ctx, today); err != nil {
		return err
	}
	for c.rows < len(c.scripted) && !c.scripted[c.rows].Date.After(today) {
		b := &batch{rows: batchAt(c.scripted[c.rows:])}
		waits, err := c.enter(ctx, b, today)
		if err != nil {
			return err
		}
		if waits {
			c.waiting = append(c.waiting, b)
		}
		c.rows += len(b.rows)
	}
	return nil
}

// tryAgain tries the rows that wait. A machine that lags is not slowed down further
// by that: trying takes a fifth of the time at most.
func (c *company) tryAgain(ctx context.Context, today policy.Date) error {
	const share = 4
	began := time.Now()
	if len(c.waiting) == 0 || began.Before(c.tryAt) {
		return nil
	}
	var later []*batch
	for i, b := range c.waiting {
		waits, err := c.enter(ctx, b, today)
		if err != nil {
			c.waiting = append(later, c.waiting[i:]...)
			return err
		}
		if waits {
			later = append(later, b)
		}
	}
	c.waiting = later
	c.tryAt = time.Now().Add(share * time.Since(began))
	return nil
}

// batch is rows that are entered together.
type batch struct {
	rows []policy.Row
	told bool // that they wait for long
}

// enter enters rows and says whether they are to be tried again. The error is
// that of an engine that is away.
func (c *company) enter(ctx context.Context, b *batch, today policy.Date) (waits bool, err error) {
	const long = 90 // days of the calendar
	first := b.rows[0]
	_, err = c.service.Enter(ctx, service.Enter{Cycle: c.cycle, By: first.By, Rows: b.rows})
	switch policy.CodeOf(err) {
	case "":
		return false, nil
	case policy.CodeUnavailable, policy.CodeOutcomeUnknown, policy.CodeInternal:
		return false, err
	case policy.CodeBlocked, policy.CodeUnknown, policy.CodeNotReady:
		waits = true
	default:
	}
	if !waits || !b.told && today.After(first.Date.AddDays(long)) {
		b.told = true
		c.log.Warn().Err(err).Str("register", string(first.Register)).Stringer("date", first.Date).Bool("tried_again", waits).
			Msg("an actor of the rehearsal was refused")
	}
	return waits, nil
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
