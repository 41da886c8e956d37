package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// workflow is the ID of the run that carries the cycle.
func (p *program) workflow() string { return "cycle/" + p.cycle }

// receipt is what an act is answered with, once it is recorded; as much of it as is shown here.
type receipt struct {
	ID       string `json:"id"`
	Subject  string `json:"subject"`
	Standing struct {
		State   string   `json:"state"`
		Turn    []string `json:"turn"`
		Due     string   `json:"due"`
		Pending string   `json:"pending"`
		Outcome string   `json:"outcome"`
	} `json:"standing"`
}

// String says where the subject stands after the act.
func (r receipt) String() string {
	s := r.Standing
	switch {
	case s.Pending != "":
		return r.Subject + ": waits for a second person"
	case s.State == "closed":
		return fmt.Sprintf("%s: settled, %s, by the record %s", r.Subject, s.Outcome, r.ID)
	default:
		return fmt.Sprintf("%s: before %s, due %s", r.Subject, strings.Join(s.Turn, ", "), s.Due)
	}
}

// send sends a short message as an update and waits until it is recorded or refused.
func (p *program) send(ctx context.Context, message string, said fields) (r receipt, err error) {
	handle, err := p.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: p.workflow(), UpdateName: message, Args: []any{said}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, &r)
	}
	var refused *temporal.ApplicationError
	if errors.As(err, &refused) { // its type is the code of the refusal, such as not-open
		err = fmt.Errorf("refused as %s: %s", refused.Type(), refused.Message())
	}
	return r, err
}

// state is the answer of a run to the query of that name; as much of it as is used here.
type state struct {
	Stage string `json:"stage"`
	Open  []struct {
		Subject string   `json:"subject"`
		Turn    []string `json:"turn"`
	} `json:"open"`
}

// state asks where the cycle stands now. A busy server gives a question up of itself, and
// calls it canceled; it changes nothing, so it is asked again.
func (p *program) state(ctx context.Context) (s state, err error) {
	answer, err := p.temporal.QueryWorkflow(ctx, p.workflow(), "", "state")
	for givenUp := new(serviceerror.Canceled); errors.As(err, &givenUp) && ctx.Err() == nil; {
		answer, err = p.temporal.QueryWorkflow(ctx, p.workflow(), "", "state")
	}
	if err == nil {
		err = answer.Get(&s)
	}
	return s, err
}

// await waits until something is open, by its path in the cycle; empty is nothing.
func (p *program) await(ctx context.Context, path string) error {
	for path != "" {
		s, err := p.state(ctx)
		if err != nil {
			return err
		}
		for _, open := range s.Open {
			if open.Subject == p.cycle+"/"+path {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not open; the run answered %+v", path, s)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}
