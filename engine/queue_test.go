package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/policy"
)

// crowd has people act on runs, each act in flight for a while, and notes in which
// order they were sent.
type crowd struct {
	lines
	mu      sync.Mutex
	sent    []string
	refused int
	most    int // in flight on one run
	now     map[string]int
	acts    sync.WaitGroup
}

func (c *crowd) act(ctx context.Context, t *testing.T, run, name string, lasts time.Duration) {
	t.Helper()
	c.acts.Go(func() {
		leave, err := c.enter(ctx, run, policy.Actor{Name: name, Body: "cosi"})
		c.mu.Lock()
		if err != nil {
			if policy.CodeOf(err) != policy.CodeUnavailable || !errors.Is(err, ErrNoTurn) {
				t.Errorf("%s: %v", name, err)
			}
			c.refused++
			c.mu.Unlock()
			return
		}
		if c.now == nil {
			c.now = map[string]int{}
		}
		c.sent = append(c.sent, name)
		c.now[run]++
		c.most = max(c.most, c.now[run])
		c.mu.Unlock()
		<-time.After(lasts)
		c.mu.Lock()
		c.now[run]--
		c.mu.Unlock()
		leave()
	})
	synctest.Wait()
}

func TestLines_LetEightActsFlyAndPeopleTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{}
		for range 100 {
			c.act(t.Context(), t, "plan/a", "greedy", time.Second)
		}
		c.act(t.Context(), t, "plan/a", "patient", time.Second)
		c.act(t.Context(), t, "plan/b", "elsewhere", time.Second)
		c.acts.Wait()
		if c.most != inFlight || c.refused != 0 || len(c.sent) != 102 {
			t.Errorf("%d in flight, %d sent, %d refused", c.most, len(c.sent), c.refused)
		}
		if at := slices.Index(c.sent, "elsewhere"); at != inFlight {
			t.Errorf("another run had to wait for %d acts", at)
		}
		// Those whose turn comes in one second note it in any order: the eight of the
		// first second and the one elsewhere are before, seven of the second may be.
		if at := slices.Index(c.sent, "patient"); at > 2*inFlight {
			t.Errorf("who has one act had to wait for %d of who has a hundred", at)
		}
		if len(c.runs) != 0 {
			t.Errorf("%d lines were left behind", len(c.runs))
		}
	})
}

func TestLines_RefuseInTimeWhoseTurnDoesNotCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second-time.Millisecond)
		defer cancel()
		for i := range 2000 {
			c.act(ctx, t, "plan/a", fmt.Sprint("person ", i%7), time.Second)
		}
		c.acts.Wait()
		if len(c.sent) != 3*inFlight || c.refused != 2000-3*inFlight {
			t.Errorf("%d sent, %d refused", len(c.sent), c.refused)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("the last had its answer after %s", took)
		}
		if len(c.runs) != 0 {
			t.Errorf("%d lines were left behind", len(c.runs))
		}
	})
}

func TestTurnedBack_TellsWhichActsAreSentAgain(t *testing.T) {
	t.Parallel()
	answers := func(code policy.Code) error {
		return temporal.NewNonRetryableApplicationError("said by the run", string(code), nil, policy.Error{Code: code, Message: "said by the run"})
	}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"recorded":                       {nil, false},
		"the run continues as new":       {answers(policy.CodeUnavailable), true},
		"the server takes no more":       {serviceerror.NewFailedPrecondition("the limit on updates has been reached"), true},
		"its tasks come late":            {serviceerror.NewWorkflowNotReady("workflow task in failed state"), true},
		"refused by the rules":           {answers(policy.CodeNotOpen), false},
		"no answer in time":              {context.DeadlineExceeded, false},
		"no Temporal":                    {serviceerror.NewUnavailable("no connection"), false},
		"nothing in motion by that name": {serviceerror.NewNotFound("no such run"), false},
	} {
		if got := turnedBack(c.err); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
		if err := untaken(c.err); c.want && (policy.CodeOf(err) != policy.CodeUnavailable || errors.Is(err, ErrNoTurn) == still(c.err)) {
			t.Errorf("%s, until its time was over: %v", name, err)
		}
	}
}
