package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/worker"
)

// postEnvironment is a day in which the run that sends mail looks every minute.
func postEnvironment(t *testing.T, send worker.Send) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	worker.RegisterPost(env, send)
	return env
}

// It looks again when it is told to, at once when it is woken, and continues as new before its
// history gets long; records that are away end nothing.
func TestPost_LooksAgainAndAgain(t *testing.T) {
	t.Parallel()
	var looks []time.Time
	var env *testsuite.TestWorkflowEnvironment
	env = postEnvironment(t, func(context.Context) (time.Time, error) {
		now := env.Now()
		looks = append(looks, now)
		if len(looks) == 1 {
			return now, errors.New("the records are away")
		}
		return now.Add(time.Hour), nil
	})
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(protocol.SignalWake, nil) }, time.Hour+30*time.Minute)
	env.RegisterDelayedCallback(env.CancelWorkflow, 3*time.Hour)
	env.ExecuteWorkflow(protocol.WorkflowPost)
	if err := env.GetWorkflowError(); err == nil || workflow.IsContinueAsNewError(err) {
		t.Errorf("cancelled, it ends with %v", err)
	}
	if len(looks) != 5 { // twice at first, after an hour, when woken, an hour later
		t.Fatalf("it looks at %v", looks)
	}
	if woken := looks[3].Sub(looks[2]); woken > 31*time.Minute {
		t.Errorf("woken, it looks after %s", woken)
	}
}

func TestPost_ContinuesAsNewBeforeItsHistoryIsLong(t *testing.T) {
	t.Parallel()
	var env *testsuite.TestWorkflowEnvironment
	looks := 0
	env = postEnvironment(t, func(context.Context) (time.Time, error) {
		if looks++; looks == 3 {
			env.SetContinueAsNewSuggested(true)
		}
		return env.Now().Add(time.Minute), nil
	})
	env.ExecuteWorkflow(protocol.WorkflowPost)
	if err := env.GetWorkflowError(); !workflow.IsContinueAsNewError(err) || looks != 3 {
		t.Errorf("after %d looks it ends with %v", looks, err)
	}
}
