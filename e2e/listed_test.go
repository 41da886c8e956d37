package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// listing opens the rooms on a namespace that Temporal's list can be asked in, and shows up to a
// marking.
func listing(t *testing.T, name string, shown policy.Marking) *house {
	t.Helper()
	options := engine.Options{Address: shared.TemporalAddress, Namespace: name, Log: zerolog.Nop(), Timeout: unhurried, Shown: shown}
	if err := engine.Prepare(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	return roomsIn(t, database(t, name), options)
}

// gives waits until Temporal's list gives so many runs for a question.
func (h *house) gives(want int64, question string) {
	h.tb.Helper()
	eventually(h.tb, fmt.Sprintf("the list gives %d for %s", want, question), func() bool {
		found, err := h.engine.Client().CountWorkflow(h.tb.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: question})
		if err != nil {
			h.tb.Fatalf("%s: %v", question, err)
		}
		return found.GetCount() == want
	})
}

// toTheCouncil takes a cycle to where its priorities are before the Council.
func (h *house) toTheCouncil(cycle string) {
	h.tb.Helper()
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
}

// inTheList takes a cycle to its end under the eyes of Temporal's list, and gives the client that
// knows its runs.
func inTheList(t *testing.T) client.Client {
	t.Helper()
	h := listing(t, "listed_history", policy.Limite)
	h.works()
	h.starts(past("listed"))
	h.carriesOut("listed")
	h.closes("listed")
	return h.engine.Client()
}

func TestTemporalsListIsAskedByWhereRunsStand(t *testing.T) {
	t.Parallel()
	const cycle = "asked-by"
	h := listing(t, "asked_by", policy.Limite)
	h.works()
	h.toTheCouncil(cycle)
	h.gives(1, `Cycle = "asked-by" AND Stage = "priority-setting" AND Overdue = true AND Turn = "council" AND Rehearsal = false`)
	h.gives(1, `Stage = "priority-setting" AND NextDue < "2022-01-01T00:00:00Z"`)
	h.gives(0, `Turn = "cosi" OR Overdue = false OR Rehearsal = true`)
	found, err := h.engine.Client().ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: `Stage="priority-setting" AND Overdue=true`})
	if err != nil || len(found.GetExecutions()) != 1 || found.GetExecutions()[0].GetExecution().GetWorkflowId() != "cycle/"+cycle {
		t.Fatalf("it lists %v, %v", found, err)
	}
	var title string
	if err := converter.GetDefaultDataConverter().FromPayload(found.GetExecutions()[0].GetMemo().GetFields()[protocol.MemoTitle], &title); err != nil || title != "A cycle of the past" {
		t.Errorf("the memo says %q, %v", title, err)
	}
	details := h.detailsOf("cycle/" + cycle)
	for _, part := range []string{"**priority setting**", "before Council since 1 May 2021", "**overdue**"} {
		if !strings.Contains(details, part) {
			t.Errorf("Temporal's page does not say %q: %s", part, details)
		}
	}
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.gives(1, `Cycle = "asked-by" AND Stage = "drafting" AND Turn = "se" AND Overdue = true`)
	h.gives(0, `Stage = "priority-setting"`)
	said := summaries(t, h.engine.Client(), "cycle/"+cycle)
	for _, want := range []string{"submit priorities", "decide priorities", "remind of priorities", "OAP 2022/firearms of the cycle asked-by"} {
		if !slices.Contains(said, want) {
			t.Errorf("no step is said to be %q: %q", want, said)
		}
	}
}

// What is LIMITE stands in no list and on no page of a Temporal of others; what is public does.
func TestTemporalsListShowsNothingAboveItsMarking(t *testing.T) {
	t.Parallel()
	const cycle = "public-alone"
	h := listing(t, "public_alone", policy.Public)
	h.works()
	h.toTheCouncil(cycle)
	h.gives(1, `Cycle = "public-alone" AND Stage = "priority-setting" AND Rehearsal = false`)
	h.gives(0, `Turn IS NOT NULL OR Overdue IS NOT NULL OR NextDue IS NOT NULL`)
	if details := h.detailsOf("cycle/" + cycle); !strings.Contains(details, "`priorities`") || strings.Contains(details, "Council") {
		t.Errorf("Temporal's page says %s", details)
	}
	found, err := h.engine.Client().DescribeWorkflowExecution(t.Context(), "cycle/"+cycle, "")
	if err != nil || len(found.GetWorkflowExecutionInfo().GetMemo().GetFields()) > 0 {
		t.Errorf("the memo says %v, %v", found.GetWorkflowExecutionInfo().GetMemo(), err)
	}
}

// A run that told Temporal what its namespace does not have would stand still for ever: where the
// operator allows no search attributes, it tells none.
func TestARunGoesOnWhereTemporalsListCannotBeAsked(t *testing.T) {
	t.Parallel()
	const cycle, name = "unlisted", "unlisted"
	namespaces, err := client.NewNamespaceClient(client.Options{HostPort: shared.TemporalAddress, Logger: quiet{}})
	if err == nil {
		defer namespaces.Close()
		err = namespaces.Register(t.Context(), &workflowservice.RegisterNamespaceRequest{Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(engine.Retention)})
	}
	if err != nil {
		t.Fatal(err)
	}
	options := engine.Options{Address: shared.TemporalAddress, Namespace: name, Log: zerolog.Nop(), Timeout: unhurried, Shown: policy.Limite}
	eventually(t, "the namespace is there", func() bool {
		e, err := engine.Dial(t.Context(), options)
		if err == nil {
			e.Close()
		}
		return err == nil
	})
	h := roomsIn(t, database(t, name), options)
	h.works()
	h.starts(past(cycle))
	h.carriesOut(cycle)
	h.closes(cycle)
	for _, event := range events(t, h.engine.Client(), "cycle/"+cycle) {
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED {
			t.Errorf("a task of the run failed: %v", event.GetWorkflowTaskFailedEventAttributes())
		}
		for key := range event.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields() {
			if key != "TemporalChangeVersion" { // the SDK's own
				t.Errorf("the run tells %s, which its namespace does not have", key)
			}
		}
	}
}

// detailsOf waits for what Temporal's own page says of a run.
func (h *house) detailsOf(id string) string {
	h.tb.Helper()
	var metadata sdkpb.WorkflowMetadata
	eventually(h.tb, "the page says where the run stands", func() bool {
		answer, err := h.engine.Client().QueryWorkflow(h.tb.Context(), id, "", "__temporal_workflow_metadata")
		return err == nil && answer.Get(&metadata) == nil && metadata.GetCurrentDetails() != ""
	})
	return metadata.GetCurrentDetails()
}

// events gives the events of all stretches of a run.
func events(t *testing.T, c client.Client, id string) (all []*historypb.HistoryEvent) {
	t.Helper()
	for _, history := range histories(t, c, id) {
		all = append(all, history.GetEvents()...)
	}
	return all
}

// summaries gives what the steps of a run are said to be.
func summaries(t *testing.T, c client.Client, id string) (said []string) {
	t.Helper()
	for _, event := range events(t, c, id) {
		said = append(said, text(t, event.GetUserMetadata().GetSummary()))
	}
	return said
}

func text(tb testing.TB, p *commonpb.Payload) (said string) {
	tb.Helper()
	if p != nil {
		if err := converter.GetDefaultDataConverter().FromPayload(p, &said); err != nil {
			tb.Fatal(err)
		}
	}
	return said
}
