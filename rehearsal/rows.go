package rehearsal

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// enterRows enters what the script enters into registers up to today: the rows
// of one day, register and person together. What was entered before a restart
// is entered again, which changes nothing. Rows that something stands against,
// such as a plan that a machine that lags has not handed in yet, are tried again
// until the rehearsal ends: a row that is given up can keep a report open for
// ever. The log tells of those that wait for what nobody does.
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
// by that: of the rows about one plan, only the first are tried until those go in,
// and trying takes a fifth of the time at most.
func (c *company) tryAgain(ctx context.Context, today policy.Date) error {
	const share = 4
	began := time.Now()
	if len(c.waiting) == 0 || began.Before(c.tryAt) {
		return nil
	}
	var left, refused []*batch
	against := map[string]bool{}
	for i, b := range c.waiting {
		about := b.about()
		if against[about] {
			left = append(left, b)
			continue
		}
		waits, err := c.enter(ctx, b, today)
		if err != nil {
			c.waiting = slices.Concat(left, refused, c.waiting[i:])
			return err
		}
		if waits {
			against[about] = true
			refused = append(refused, b)
		}
	}
	c.waiting = slices.Concat(left, refused) // another one is the first next time
	c.tryAt = time.Now().Add(share * time.Since(began))
	return nil
}

// batch is rows that are entered together.
type batch struct {
	rows    []policy.Row
	refusal error // why they wait
	// alone says that they have waited for long, and that nobody waits for them any more.
	alone bool
}

// about says what rows are about: mostly a plan.
func (b *batch) about() string {
	const plan = 2 // parts of a key: PERIOD/OAP
	parts := strings.Split(b.rows[0].Key, "/")
	return string(b.rows[0].Register) + " " + strings.Join(parts[:min(plan, len(parts))], "/")
}

// long is after how many days of the calendar a row that waits is one too many.
const long = 90

// awaited says whether rows that are due long before a day still wait. Who acts on
// that day waits for them, so that on a machine that lags nobody overtakes anybody:
// what the rules find in a rehearsal does not depend on how fast it ran.
func (c *company) awaited(day policy.Date) bool {
	return c.told == nil && slices.ContainsFunc(c.waiting, func(b *batch) bool {
		return !b.alone && day.After(b.rows[0].Date.AddDays(long))
	})
}

// leaveAlone has nobody wait any longer for rows that wait for something that nobody
// does: while everybody did wait for them, nobody acted for long.
func (c *company) leaveAlone(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !held || len(c.busy) > 0:
		c.quietSince = time.Now()
	case time.Since(c.quietSince) > settling:
		for _, b := range c.waiting {
			c.giveUpOn(b)
		}
	}
}

// giveUpOn tells the operator of rows that nobody waits for any more. They are tried
// again all the same.
func (c *company) giveUpOn(b *batch) {
	if !b.alone {
		b.alone = true
		c.warn(b, true)
	}
}

func (c *company) warn(b *batch, triedAgain bool) {
	c.log.Warn().Err(b.refusal).Str("register", string(b.rows[0].Register)).Stringer("date", b.rows[0].Date).Bool("tried_again", triedAgain).
		Msg("an actor of the rehearsal was refused")
}

// enter enters rows and says whether they are to be tried again. The error is
// that of an engine that is away.
func (c *company) enter(ctx context.Context, b *batch, today policy.Date) (waits bool, err error) {
	first := b.rows[0]
	_, err = c.service.Enter(ctx, service.Enter{Cycle: c.cycle, By: first.By, Rows: b.rows})
	b.refusal = err
	switch policy.CodeOf(err) {
	case "":
		return false, nil
	case policy.CodeUnavailable, policy.CodeOutcomeUnknown, policy.CodeInternal:
		return false, err
	case policy.CodeBlocked, policy.CodeUnknown, policy.CodeNotReady:
		if c.told != nil && today.After(first.Date.AddDays(long)) {
			c.giveUpOn(b)
		}
		return true, nil
	default:
		c.warn(b, false)
		return false, nil
	}
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
