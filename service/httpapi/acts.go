package httpapi

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/policycycle/policycycle/policy"
)

// Acts bound what one person sends to a process: so many requests under way at once,
// and so many a second. Nobody who works by hand, and no program that waits for its
// answers, meets these bounds.
type Acts struct {
	AtOnce    int
	PerSecond rate.Limit
	Burst     int // as many as may come in one go
	mu        sync.Mutex
	people    map[policy.Actor]*sender
	swept     time.Time
}

// sender is one person who sends.
type sender struct {
	underWay int
	pace     *rate.Limiter
}

// NewActs gives the bounds of a process.
func NewActs() *Acts { return &Acts{AtOnce: 100, PerSecond: 50, Burst: 250} }

// Begin counts a request of somebody until end is called. One too many is
// policy.CodeTooMany.
func (a *Acts) Begin(who policy.Actor) (end func(), err error) {
	who.Body = "" // one person, whatever body they act for
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep(time.Now())
	s := a.people[who]
	if s == nil {
		s = &sender{pace: rate.NewLimiter(a.PerSecond, a.Burst)}
		a.people[who] = s
	}
	if s.underWay >= a.AtOnce {
		return nil, policy.Refuse(policy.CodeTooMany, "%d requests of yours are under way already: nothing was changed; wait for an answer and try again", a.AtOnce)
	}
	if !s.pace.Allow() {
		return nil, policy.Refuse(policy.CodeTooMany, "more requests came from you than are taken, %d a second: nothing was changed; try again in a moment", int(a.PerSecond))
	}
	s.underWay++
	return sync.OnceFunc(func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		s.underWay--
	}), nil
}

// sweep forgets now and then those who have not sent anything for a while.
func (a *Acts) sweep(now time.Time) {
	if a.people == nil {
		a.people = map[policy.Actor]*sender{}
	}
	if now.Sub(a.swept) < time.Minute {
		return
	}
	a.swept = now
	for who, s := range a.people {
		if s.underWay == 0 && s.pace.TokensAt(now) >= float64(a.Burst) {
			delete(a.people, who)
		}
	}
}
