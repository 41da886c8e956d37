package e2e_test

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

// each20th signal of a flood opens an item; the others are rubbish.
const each20th = 20

var flood = flag.Int("signals", 400, "how many signals a flood has; a multiple of 20")

// TestAFloodOfSignalsIsInTheTrailToTheLast has more signals wait for a run than it could
// take one by one, some openings of items and much rubbish, and people who act meanwhile.
func TestAFloodOfSignalsIsInTheTrailToTheLast(t *testing.T) {
	h := enter(t, 0)
	stop := h.works()
	const cycle, senders = "signalled", 20
	signals := *flood
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	stop() // so that all wait
	stranger := temporal(t)
	id := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	due := policy.NewDate(time.Now().Year()+1, 6, 1) // no reminder is due yet
	var wait sync.WaitGroup
	for sender := range senders {
		wait.Go(func() {
			for i := sender; i < signals; i += senders {
				if i%each20th == 0 {
					item := opening(cycle, fmt.Sprintf("item-%d", i))
					item.Opening.Due = due
					signalItem(t, stranger, item)
				} else if err := stranger.SignalWorkflow(t.Context(), id, "", protocol.SignalAct, fmt.Sprintf("rubbish %d", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	began := time.Now()
	h.works()
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	t.Logf("a version was handed in %s after the worker had begun", time.Since(began).Round(time.Millisecond))
	opened, rubbish := 0, 0
	eventually(t, "every signal stands in the trail", func() bool {
		trail, err := h.Trail(t.Context(), cycle, service.TrailFilter{})
		if err != nil {
			t.Fatal(err)
		}
		opened, rubbish = 0, 0
		for _, line := range trail {
			switch {
			case line.Act == "open" && line.Accepted:
				opened++
			case line.Act == "malformed":
				rubbish++
			}
		}
		return opened+rubbish >= signals
	})
	t.Logf("all are in the trail after %s", time.Since(began).Round(time.Millisecond))
	if items := signals / each20th; opened != items || rubbish != signals-items || len(h.cycle(cycle).Items) != items {
		t.Errorf("%d openings and %d times rubbish stand in the trail, want %d and %d", opened, rubbish, items, signals-items)
	}
	events := lengthOf(t, stranger, id)
	t.Logf("the history has %d events", events)
	if events > int64(2*signals) {
		t.Errorf("the run has %d events", events)
	}
}

// TestAFloodOfSignalsByStrangeNamesIsInTheTrailToTheLast sends signals by names that no run
// takes to a run that sleeps, and to one whose worker is away.
func TestAFloodOfSignalsByStrangeNamesIsInTheTrailToTheLast(t *testing.T) {
	h := enter(t, 0)
	stop := h.works()
	const cycle, names = "strange-names", 20
	signals := *flood
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	stranger := temporal(t)
	id := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	for i := range signals {
		if i == signals/2 {
			stop()
		}
		if err := stranger.SignalWorkflow(t.Context(), id, "", fmt.Sprintf("Act-%d", i%names), fmt.Sprintf("strange %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	h.works()
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	seen := 0
	eventually(t, "every signal stands in the trail", func() bool {
		trail, err := h.Trail(t.Context(), cycle, service.TrailFilter{})
		if err != nil {
			t.Fatal(err)
		}
		seen = 0
		for _, line := range trail {
			if line.Act == "malformed" {
				seen++
			}
		}
		return seen >= signals
	})
	if seen != signals {
		t.Errorf("%d signals stand in the trail, want %d", seen, signals)
	}
	before := lengthOf(t, stranger, id)
	const updates = 50
	for range updates {
		handle, err := stranger.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: id, UpdateName: "Act", Args: []any{"strange"}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = handle.Get(t.Context(), nil)
		}
		if err == nil || !strings.Contains(err.Error(), "unknown update") {
			t.Fatalf("an update by a strange name: %v", err)
		}
	}
	if after := lengthOf(t, stranger, id); after-before >= updates {
		t.Errorf("%d updates by a strange name have made %d events", updates, after-before)
	}
}

// lengthOf gives how many events the history of a run has.
func lengthOf(t *testing.T, c client.Client, id string) int64 {
	t.Helper()
	d, err := c.DescribeWorkflowExecution(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	info := d.GetWorkflowExecutionInfo()
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Errorf("the run is %s", info.GetStatus())
	}
	return info.GetHistoryLength()
}

func TestAMessageTooLargeIsRefusedToItsSenderAndTheLargestThatIsTakenStopsNothing(t *testing.T) {
	h := enter(t, 0)
	h.works()
	const cycle = "too-large"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	stranger := temporal(t)
	id := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	for name, send := range map[string]func(any) error{
		"signal": func(arg any) error { return stranger.SignalWorkflow(t.Context(), id, "", protocol.SignalAct, arg) },
		"update": func(arg any) error {
			_, err := stranger.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
				WorkflowID: id, UpdateName: protocol.UpdateAct, Args: []any{arg}, WaitForStage: client.WorkflowUpdateStageCompleted,
			})
			return err
		},
	} {
		var refused *serviceerror.InvalidArgument
		if err := send(strings.Repeat("x", 1_000_000)); !errors.As(err, &refused) {
			t.Errorf("a %s of 1 MB: %v", name, err)
		}
	}
	// Each of its characters takes six when it is written again.
	const most = evidence.MaxEnvelope - 1000
	for range 20 {
		envelope := converter.NewRawValue(jsonOf(fmt.Sprintf(`{"format":1,"id":"escaped","workflow_id":%q,"act":{"kind":"submit","comment":%q}}`, id, strings.Repeat("<", most))))
		if err := stranger.SignalWorkflow(t.Context(), id, "", protocol.SignalAct, envelope); err != nil {
			t.Fatal(err)
		}
	}
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
}

// jsonOf is JSON as it stands, not written again.
func jsonOf(text string) *commonpb.Payload {
	return &commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)}, Data: []byte(text),
	}
}
