// Package rehearsal plays the actors of rehearsed cycles. They use the service
// like anyone else: they look into the inbox, and act when the script says so.
package rehearsal

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Play plays every rehearsal that is not over, those that start later too,
// until ctx ends. What was played before a restart is in the records, so the
// actors just go on.
func Play(ctx context.Context, s service.Service, log zerolog.Logger) {
	const lookOut = 300 * time.Millisecond
	var companies sync.WaitGroup
	defer companies.Wait()
	playing := map[string]chan struct{}{}
	for tick := time.NewTicker(lookOut); ; {
		ids, err := s.ListScripts(ctx)
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
				newCompany(s, id, log).play(ctx)
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

// company is the actors of one rehearsal.
type company struct {
	service service.Service
	cycle   string
	latest  atomic.Pointer[service.Script] // as it was when the round began
	log     zerolog.Logger

	// scripted is what the actors enter into registers, in the order of its
	// dates; rows of them are entered.
	scripted []policy.Row
	rows     int
	waiting  []*batch  // rows to be tried again
	tryAt    time.Time // when that is
	read     bool      // whether scripted is read

	// told is what is caught up with, in a cycle of real life; nil in a rehearsal. Of
	// it, the actors have come to the day at.
	told *Told
	at   policy.Date
	// quietSince is since when nobody acts who might.
	quietSince time.Time

	stage  chan struct{} // limits how many act at once
	actors sync.WaitGroup

	mu sync.Mutex
	// busy holds the turns on which somebody is acting.
	busy map[string]bool
	// pending holds the turns refused because what they rest on was not there,
	// with the instant from which to try again.
	pending map[string]time.Time
	done    map[string]bool // scripted items dealt with
}

func newCompany(s service.Service, cycle string, log zerolog.Logger) *company {
	const most = 16
	return &company{
		service: s, cycle: cycle, log: log.With().Str("cycle", cycle).Logger(),
		stage: make(chan struct{}, most), busy: map[string]bool{}, pending: map[string]time.Time{}, done: map[string]bool{},
		quietSince: time.Now(),
	}
}

// script is what is played, with the definition and the calendar as of this round.
func (c *company) script() *service.Script { return c.latest.Load() }

// play goes on until nothing is left to play or ctx ends.
func (c *company) play(ctx context.Context) {
	defer c.actors.Wait()
	for ctx.Err() == nil {
		pause, over := c.round(ctx)
		if over {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// round has everybody act whose time has come, and says how long to pause and
// whether the play is over.
func (c *company) round(ctx context.Context) (time.Duration, bool) {
	const setback = time.Second
	script, err := c.service.FindScript(ctx, c.cycle)
	if err != nil {
		return setback, false
	}
	if c.told != nil {
		script.Script = c.told.Script
	}
	c.latest.Store(script)
	if err := c.enterRows(ctx); err != nil {
		c.log.Debug().Err(err).Msg("rows of the rehearsal cannot be entered now")
		return setback, false
	}
	inbox, err := c.service.Inbox(ctx, service.InboxFilter{Cycle: c.cycle})
	if err != nil {
		return setback, false
	}
	waiting, held := map[policy.Subject]bool{}, false
	for _, item := range inbox {
		waiting[item.Subject] = true
		held = c.consider(ctx, item) || held
	}
	for _, item := range script.Script.Items {
		if !waiting[c.itemSubject(item)] {
			c.considerItem(ctx, item)
		}
	}
	if c.told != nil {
		return c.breath(), c.turnPage(inbox)
	}
	c.leaveAlone(held)
	return c.day(), script.Ended && c.nothingLeft(inbox)
}

// nothingLeft says whether nobody will ever act again: what is still open is
// left out by the script, and all rows are entered.
func (c *company) nothingLeft(inbox []service.InboxItem) bool {
	return c.rows == len(c.scripted) && len(c.waiting) == 0 && !slices.ContainsFunc(inbox, func(item service.InboxItem) bool {
		return !c.partFor(item).scene.Skip
	})
}

// day is how long a day of the calendar takes, within the bounds of a sensible
// pause.
func (c *company) day() time.Duration {
	const shortest, longest = 40 * time.Millisecond, 5 * time.Second
	day := time.Duration(float64(24*time.Hour) / max(c.script().Calendar.Pace, 1))
	return min(max(day, shortest), longest)
}

// today is the day up to which the actors act.
func (c *company) today() policy.Date {
	if c.told != nil {
		return c.at
	}
	return c.script().Calendar.Today(time.Now())
}

// consider has the actor whose turn it is act on an item, if the time has come, and
// says whether the actor waits for rows instead.
func (c *company) consider(ctx context.Context, item service.InboxItem) (held bool) {
	turn := turnKey(item)
	c.mu.Lock()
	busy, again := c.busy[turn], c.pending[turn]
	c.mu.Unlock()
	if busy {
		return false
	}
	part := c.partFor(item)
	if part.scene.Skip || time.Now().Before(again) || part.date.After(c.today()) {
		return false
	}
	if c.awaited(part.date) {
		return true
	}
	c.act(ctx, turn, func() error {
		if !again.IsZero() {
			if err := c.waitFor(ctx, &part); err != nil {
				return err
			}
		}
		return part.play(ctx, c)
	})
	return false
}

// act does one act beside the others, and notes when it is to be tried again.
func (c *company) act(ctx context.Context, turn string, do func() error) {
	c.mu.Lock()
	c.busy[turn] = true
	c.mu.Unlock()
	c.actors.Go(func() {
		c.stage <- struct{}{}
		err := do()
		<-c.stage
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.busy, turn)
		delete(c.pending, turn)
		if err == nil || ctx.Err() != nil {
			return
		}
		switch policy.CodeOf(err) {
		case policy.CodeNotReady, policy.CodeWrongDate:
			c.pending[turn] = time.Now().Add(c.breath())
		case policy.CodeNotOpen, policy.CodeAlreadyDecided, policy.CodeWrongVersion:
			// The inbox was a moment old: somebody has acted meanwhile.
		case policy.CodeUnavailable, policy.CodeOutcomeUnknown:
			c.log.Debug().Err(err).Str("turn", turn).Msg("the engine is away; trying again")
		default:
			c.log.Warn().Err(err).Str("turn", turn).Msg("an actor of the rehearsal was refused")
			c.pending[turn] = time.Now().Add(time.Second)
		}
	})
}

func turnKey(item service.InboxItem) string {
	key := item.Subject.String() + " " + item.Awaits + " " + item.Since.String()
	for _, body := range item.Turn {
		key += " " + string(body)
	}
	return key
}
