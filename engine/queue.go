package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// inFlight is how many acts are under way to one run at a time. Temporal takes ten
// and turns the others back; whoever tries again and again then keeps the run from
// its work, until it records nothing any more (measured: of 40 at once, 14).
const inFlight = 8

// lines are the acts on their way, one line for each run.
type lines struct {
	mu   sync.Mutex
	runs map[string]*line // by workflow ID
}

// line is the acts on their way to one run. People take turns, so that nobody with
// many acts keeps the run from anybody with one.
type line struct {
	flying int
	turns  []policy.Actor // who has acts that wait; the first is next
	waits  map[policy.Actor][]chan struct{}
}

// ErrNoTurn says that an act was not sent, or turned back by the run, for so many others
// were sent that its turn did not come.
var ErrNoTurn = errors.New("its turn did not come")

// turn waits for the turn of an act, for half of the time that there is: the other half
// is for the answer.
func (e *Engine) turn(ctx context.Context, envelope evidence.Envelope) (leave func(), err error) {
	const half = 2
	waiting, cancel := context.WithTimeout(ctx, e.timeout/half)
	defer cancel()
	return e.lines.enter(waiting, envelope.WorkflowID, envelope.Act.By)
}

// enter waits for the turn of somebody's act on a run; leave ends it. An act whose
// turn does not come before ctx ends is policy.CodeUnavailable and ErrNoTurn: it was
// never sent.
func (l *lines) enter(ctx context.Context, run string, who policy.Actor) (leave func(), err error) {
	who.Body = "" // one person, whatever body they act for
	turn := l.queue(run, who)
	leave = sync.OnceFunc(func() { l.leave(run) })
	select {
	case <-turn:
		return leave, nil
	case <-ctx.Done():
	}
	if !l.withdraw(run, who, turn) {
		leave() // its turn came at that very moment
	}
	return nil, noTurn(ctx.Err())
}

// noTurn says that the turn of an act did not come, and why.
func noTurn(why error) error {
	return errors.Join(policy.Refuse(policy.CodeUnavailable,
		"so much is being recorded here at the moment that the turn of this act did not come: nothing was recorded; try again"), ErrNoTurn, why)
}

// turnedBack says whether a run takes no act at this moment: it has to continue as new
// first (see workflows), the server lets it have no more updates before that, or its tasks
// have failed or come late several times in a row, as on a machine with much else to do.
func turnedBack(err error) bool {
	refused, answered := errors.AsType[*temporal.ApplicationError](err)
	return is[*serviceerror.FailedPrecondition](err) || still(err) || answered && refused.Type() == string(policy.CodeUnavailable)
}

// still says whether a run is in motion, and its tasks fail or come late.
func still(err error) bool { return is[*serviceerror.WorkflowNotReady](err) }

// untaken says of an act that was turned back until its time was over that it was not
// recorded, and why.
func untaken(err error) error {
	if still(err) {
		return errors.Join(policy.Refuse(policy.CodeUnavailable,
			"the work that this act belongs to stands still; nothing was recorded: repeat the same command, and tell whoever operates this if it stays so"), err)
	}
	return noTurn(err)
}

// queue gives what is closed when the turn comes: at once where there is room.
func (l *lines) queue(run string, who policy.Actor) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.runs == nil {
		l.runs = map[string]*line{}
	}
	on := l.runs[run]
	if on == nil {
		on = &line{waits: map[policy.Actor][]chan struct{}{}}
		l.runs[run] = on
	}
	turn := make(chan struct{})
	if on.flying < inFlight {
		on.flying++
		close(turn)
		return turn
	}
	if len(on.waits[who]) == 0 {
		on.turns = append(on.turns, who)
	}
	on.waits[who] = append(on.waits[who], turn)
	return turn
}

// leave gives the place of an act to the next in turn.
func (l *lines) leave(run string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	on := l.runs[run]
	if len(on.turns) == 0 {
		if on.flying--; on.flying == 0 {
			delete(l.runs, run)
		}
		return
	}
	next := on.turns[0]
	turn := on.waits[next][0]
	on.turns = on.turns[1:]
	if on.waits[next] = on.waits[next][1:]; len(on.waits[next]) > 0 {
		on.turns = append(on.turns, next)
	} else {
		delete(on.waits, next)
	}
	close(turn)
}

// withdraw takes an act out of the line; false says that its turn has come.
func (l *lines) withdraw(run string, who policy.Actor, turn chan struct{}) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	on := l.runs[run]
	at := -1
	if on != nil {
		at = slices.Index(on.waits[who], turn)
	}
	if at < 0 {
		return false
	}
	if on.waits[who] = slices.Delete(on.waits[who], at, at+1); len(on.waits[who]) == 0 {
		delete(on.waits, who)
		on.turns = slices.DeleteFunc(on.turns, func(a policy.Actor) bool { return a == who })
	}
	return true
}
