// Package rehearsal plays the actors of rehearsed cycles. They use the service
// like anyone else: they look into the inbox, and act when the script says so.
//
// A rehearsal is played day by day. Its calendar stands still until the runs of the
// cycle have done what the day asks of them and everybody has acted whose time has
// come; then the page is turned to the next day on which somebody has something to
// do, no faster than the pace of the rehearsal. How fast the machine is changes when
// a thing happens, never what happens.
package rehearsal

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/telemetry/survive"
)

// Theatre is the service, with what whoever plays a rehearsal needs besides: its
// calendar. No person turns its pages.
type Theatre interface {
	service.Service
	// Page says where the calendar of a cycle stands and which runs are behind.
	Page(ctx context.Context, cycle string) (policy.Page, error)
	// TurnPage moves the calendar of a rehearsal on from a page to a day, or to the first day
	// before it on which a run has something to do, and wakes the runs that have. It
	// stays where it is while a run is behind, and where anything was recorded since the page
	// was looked at.
	TurnPage(ctx context.Context, cycle string, from policy.Page, to policy.Date) (policy.Page, error)
	// Wake has runs look at the record. One that is not in motion is started.
	Wake(ctx context.Context, runs []policy.Run) error
}

// as has somebody do something.
func as[In, Out any](
	ctx context.Context, s service.Service, by policy.Actor, do func(service.Service, context.Context, In) (Out, error), in In,
) (out Out, err error) {
	theirs, err := service.As(ctx, s, by)
	if err != nil {
		return out, err
	}
	return do(theirs, ctx, in)
}

// Play plays every rehearsal that has not ended, those that start later too,
// until ctx ends. What was played before a restart is in the records, so the
// actors just go on.
func Play(ctx context.Context, t Theatre, log zerolog.Logger) {
	const lookOut = 300 * time.Millisecond
	var companies sync.WaitGroup
	defer companies.Wait()
	playing := map[string]chan struct{}{}
	for tick := time.NewTicker(lookOut); ; {
		ids, err := t.ListScripts(ctx)
		if err != nil && ctx.Err() == nil {
			log.Debug().Err(err).Msg("rehearsals cannot be listed now")
		}
		for _, id := range ids {
			if over := playing[id]; over != nil && !closed(over) {
				continue
			}
			over := make(chan struct{})
			playing[id] = over
			companies.Go(func() {
				defer close(over)
				newCompany(t, id, log).play(ctx)
			})
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// company is the actors of one cycle.
type company struct {
	theatre Theatre
	cycle   string
	log     zerolog.Logger

	script *service.Script // what is played, with the definition as of this round
	day    policy.Date     // up to which the actors act
	shown  policy.Date     // by the calendar
	turned time.Time       // when it came to that day

	// scripted is what the actors enter into registers, in the order of its
	// dates; the first rows of them were dealt with.
	scripted []policy.Row
	rows     int
	read     bool     // whether scripted is read
	waiting  []*batch // rows that something stands against

	// told is what is caught up with, in a cycle of real life; nil in a rehearsal.
	told *Told

	mu sync.Mutex
	// held holds the turns that were refused since anything was recorded or the page
	// was turned: nothing has changed for them.
	held   map[string]bool
	warned map[string]bool
	done   map[string]bool // scripted items dealt with

	// wakeAt is when runs that are behind are woken, and patience how long after that
	// they are woken again.
	wakeAt   time.Time
	patience time.Duration
}

func newCompany(t Theatre, cycle string, log zerolog.Logger) *company {
	return &company{
		theatre: t, cycle: cycle, log: log.With().Str("cycle", cycle).Logger(), turned: time.Now(),
		held: map[string]bool{}, warned: map[string]bool{}, done: map[string]bool{},
	}
}

// play goes on until nothing is left to play or ctx ends.
func (c *company) play(ctx context.Context) {
	for ctx.Err() == nil {
		var pause time.Duration
		var over bool
		err := survive.Do(func() error { pause, over = c.round(ctx); return nil })
		if err != nil {
			pause = c.away(err)
		}
		if over {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// setback is how long the actors pause when the engine or the records are away.
const setback = time.Second

// away tells the log of what keeps the actors from going on, once where it is more
// than an engine that is away for a moment, and says how long to pause.
func (c *company) away(err error) time.Duration {
	switch policy.CodeOf(err) {
	case policy.CodeUnavailable, policy.CodeOutcomeUnknown:
		c.log.Debug().Err(err).Msg("the engine is away; the actors try again")
	default:
		if !c.warned[err.Error()] {
			c.warned[err.Error()] = true
			c.log.Warn().Err(err).Msg("the actors of the rehearsal cannot go on; they try again")
		}
	}
	return setback
}

// round has everybody act whose time has come or, where nobody can do anything more
// on this day, turns the page. It says how long to pause and whether the play is over.
func (c *company) round(ctx context.Context) (time.Duration, bool) {
	script, err := c.theatre.FindScript(ctx, c.cycle)
	if err != nil {
		return c.away(err), false
	}
	page, err := c.theatre.Page(ctx, c.cycle)
	if err != nil {
		return c.away(err), false
	}
	if len(page.Behind) > 0 {
		return c.waitFor(ctx, page), false
	}
	c.script, c.day = script, page.Day
	if page.Day.After(c.shown) { // as it was found, or as another process has turned it
		c.shown, c.turned = page.Day, time.Now()
	}
	if c.told != nil {
		c.script.Script, c.day = c.told.Script, c.told.at
	}
	scene, err := c.playDay(ctx)
	switch {
	case err != nil:
		return c.away(err), false
	case scene.acted:
		c.tryAgain()
		return 0, false
	case c.told == nil && page.Ended:
		c.giveUp()
		return 0, true
	case c.told != nil:
		return 0, c.turnTold(scene.next)
	case scene.people:
		return c.breath(), false
	}
	return c.turnPage(ctx, page, scene.next), false
}

// played is what came of a day.
type played struct {
	acted  bool        // whether anything was recorded
	people bool        // whether somebody who is no actor has to act before the day is over
	next   policy.Date // the next day on which an actor has something to do; zero for none
}

// playDay has everybody act whose time has come, all at once but for registers, which
// go first. The error is that of an engine that is away.
func (c *company) playDay(ctx context.Context) (played, error) {
	scene, err := c.enterRows(ctx)
	if err != nil {
		return scene, err
	}
	inbox, err := c.theatre.Inbox(ctx, service.InboxFilter{Cycle: c.cycle})
	if err != nil {
		return scene, err
	}
	var acts []act
	waiting := map[policy.Subject]bool{}
	for _, item := range inbox {
		waiting[item.Subject] = true
		part, err := c.partFor(ctx, item)
		if err != nil {
			return scene, err
		}
		switch {
		case part.scene.Skip:
		case part.date.After(c.day):
			scene.next = policy.Earliest(scene.next, part.date)
		case part.people:
			scene.people = true
		default:
			acts = append(acts, act{part.turn(), func(ctx context.Context) (bool, error) { return c.playPart(ctx, part) }})
		}
	}
	for _, item := range c.script.Script.Items {
		if waiting[c.itemSubject(item)] || c.done[item.Key] {
			continue
		}
		if item.Opens.After(c.day) {
			scene.next = policy.Earliest(scene.next, item.Opens)
			continue
		}
		acts = append(acts, act{item.Key, func(ctx context.Context) (bool, error) { return c.playItem(ctx, item) }})
	}
	acted, err := c.act(ctx, acts)
	scene.acted = scene.acted || acted
	return scene, err
}

// act is what one actor does on one turn. It says whether anything was recorded.
type act struct {
	turn string
	do   func(context.Context) (bool, error)
}

// act does acts beside each other, but for those that were refused and for which
// nothing has changed since. The error is that of an engine that is away.
func (c *company) act(ctx context.Context, acts []act) (acted bool, away error) {
	const atOnce = 8
	stage := make(chan struct{}, atOnce)
	var actors sync.WaitGroup
	acts = slices.DeleteFunc(acts, func(a act) bool { return c.held[a.turn] })
	for _, a := range acts {
		stage <- struct{}{}
		actors.Go(func() {
			defer func() { <-stage }()
			var recorded bool
			err := survive.Do(func() (err error) { recorded, err = a.do(ctx); return err })
			c.mu.Lock()
			defer c.mu.Unlock()
			acted = acted || recorded
			switch policy.CodeOf(err) {
			case "":
				c.held[a.turn] = !recorded
			case policy.CodeUnavailable, policy.CodeOutcomeUnknown:
				away = err
			default:
				c.held[a.turn] = true
				c.refused(a.turn, err)
			}
		})
		if ctx.Err() != nil {
			break
		}
	}
	actors.Wait()
	return acted, away
}

// refused tells the log, once, of an act that was refused for another reason than that
// something is still to come. The trail tells of it, too, but for what is a mistake here.
func (c *company) refused(turn string, err error) {
	expected := []policy.Code{
		policy.CodeNotReady, policy.CodeWrongDate, policy.CodeNotOpen, policy.CodeAlreadyDecided, policy.CodeWrongVersion,
	}
	level := zerolog.DebugLevel
	if policy.CodeOf(err) == policy.CodeInternal {
		level = zerolog.WarnLevel
	}
	if key := turn + err.Error(); !slices.Contains(expected, policy.CodeOf(err)) && !c.warned[key] {
		c.warned[key] = true
		c.log.WithLevel(level).Err(err).Str("turn", turn).Msg("an actor of the rehearsal was refused")
	}
}

// tryAgain has everybody try again who was refused: something has changed.
func (c *company) tryAgain() {
	clear(c.held)
	for _, b := range c.waiting {
		b.held = false
	}
}

// breath is how long the actors pause while people act, or while the calendar moves on.
func (c *company) breath() time.Duration {
	const shortest, longest = 250 * time.Millisecond, time.Second
	return min(max(c.script.Calendar.DayLength(), shortest), longest)
}

// turnPage moves the calendar towards the next day on which somebody has something to
// do, as far as its pace allows by now, and says how long to pause.
func (c *company) turnPage(ctx context.Context, page policy.Page, next policy.Date) time.Duration {
	next = policy.Earliest(next, page.Next)
	calendar := c.script.Calendar
	if calendar.RealTime() || next.IsZero() { // nobody acts any more but people
		return c.breath()
	}
	day := max(calendar.DayLength(), time.Nanosecond)
	const farthest = 100_000 // days
	passed := int(min(time.Since(c.turned)/day, farthest))
	to := policy.Earliest(next, page.Day.AddDays(passed))
	if !to.After(page.Day) {
		return min(day-time.Since(c.turned)%day, c.breath())
	}
	turned, err := c.theatre.TurnPage(ctx, c.cycle, page, to)
	if turned.Day.After(page.Day) {
		c.turned = c.turned.Add(time.Duration(page.Day.DaysUntil(turned.Day)) * day)
		if time.Since(c.turned) > day { // it stood still: it does not make up for that
			c.turned = time.Now()
		}
		c.shown = turned.Day
		c.wakeAt, c.patience = time.Now().Add(firstPatience), firstPatience
		c.tryAgain()
	}
	if err != nil {
		c.wakeAt = time.Time{} // a run may not have been woken
		return c.away(err)
	}
	if !turned.Day.Before(next) {
		return 0
	}
	return min(day*time.Duration(turned.Day.DaysUntil(next)), c.breath())
}

// firstPatience is how long runs have for what a day asks of them before they are
// woken again.
const firstPatience = 10 * time.Second

// waitFor gives runs time that have not done yet what the day asks of them, and says
// how long to pause. Most are at it. They are woken where nobody may have done so:
// before a restart, or when that failed.
func (c *company) waitFor(ctx context.Context, page policy.Page) time.Duration {
	const look, long = 25 * time.Millisecond, time.Minute
	if time.Now().Before(c.wakeAt) {
		return look
	}
	if c.patience > long && !c.warned["behind"] {
		c.warned["behind"] = true
		c.log.Warn().Stringer("day", page.Day).Any("runs", page.Behind).Msg("the rehearsal stands still: these runs do not do what the day asks of them")
	}
	c.patience = max(2*c.patience, firstPatience)
	c.wakeAt = time.Now().Add(c.patience)
	if err := c.theatre.Wake(ctx, page.Behind); err != nil {
		c.wakeAt = time.Time{}
		return c.away(err)
	}
	return look
}
