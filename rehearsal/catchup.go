package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Told is what the actors tell of the past of a cycle: by a script, with what they
// handed in by path and version, and what they entered into registers.
type Told struct {
	Script    policy.Script
	Documents map[string]policy.Content
	Rows      []policy.Row
	// Until is the last day on which they act: what was to be done later waits. Registers
	// they tell up to Today.
	Until, Today policy.Date

	at policy.Date // the day that they have come to
}

// CatchUp plays the past of a cycle of real life, and ends once everything is told.
// It is for demonstrations: what it records looks as real as anything else.
func CatchUp(ctx context.Context, t Theatre, cycle string, told Told, log zerolog.Logger) {
	told.Rows = slices.Clone(told.Rows)
	policy.SortRows(told.Rows)
	c := newCompany(t, cycle, log)
	c.told = &told
	c.play(ctx)
}

// turnTold comes to the next day on which something is told, and says whether
// everything is told. What was refused may wait for what is told later.
func (c *company) turnTold(next policy.Date) (over bool) {
	next = policy.Earliest(next, c.told.Until)
	if !next.After(c.told.at) || next.After(c.told.Until) {
		c.giveUp()
		return true
	}
	c.told.at = next
	c.wakeAt, c.patience = time.Now().Add(firstPatience), firstPatience
	c.tryAgain()
	return false
}

// rowsUntil is the day up to which registers are told.
func (c *company) rowsUntil() policy.Date {
	if c.told != nil && !c.told.at.Before(c.told.Until) {
		return policy.Latest(c.told.Until, c.told.Today)
	}
	return c.day
}

// LastTabled gives the last day up to today on which a script brings something
// before the body that settles it: whatever is told of a cycle until then leaves
// that to be settled.
func LastTabled(d *policy.Definition, script *policy.Script, today policy.Date) policy.Date {
	var last policy.Date
	for _, e := range d.Agenda() {
		body, due := policy.Body(""), e.SubmitBy // who acts before that body: whoever hands in, or the body before it
		if n := len(e.Turns); n > 1 {
			body, due = e.Turns[n-2].Body, e.Turns[n-2].Due
		}
		scene := script.SceneFor(e.Subject, body, 1)
		if on := policy.Latest(script.When(scene, due), e.Opens); !scene.Skip && !on.After(today) {
			last = policy.Latest(last, on)
		}
	}
	return last
}

// series is that of the register numbers that the actors make up: one that exists
// only in rehearsals, or where they catch up that of examples.
func (c *company) series() string {
	if c.told != nil {
		return policy.ExampleSeries
	}
	return policy.RehearsalSeries
}

// contentOf finds what is handed in as a version: what is kept already, or what was
// told, of that version or of the one before it that is there.
func (c *company) contentOf(in *service.Submit, version int) (err error) {
	in.Held = c.script.Script.DocumentFor(in.Subject, version)
	if c.told == nil {
		return nil
	}
	for v := version; v > 0 && in.Content == nil; v-- {
		if content, is := c.told.Documents[fmt.Sprintf("%s/v%d", in.Subject.Path(), v)]; is {
			err = in.SetContent(content)
		}
	}
	return err
}
