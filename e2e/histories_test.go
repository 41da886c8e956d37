package e2e_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

var record = flag.Bool("record", false, "record the histories that the replay test replays")

// TestTheStoriesThatAreReplayed plays the stories whose histories the replay
// test of package workflows replays. With -record it writes those that are not there:
// what was recorded once has to replay for good.
func TestTheStoriesThatAreReplayed(t *testing.T) {
	h := enter(t, 0)
	stop := h.works()
	c := temporal(t)
	h.starts(past("closed"))
	h.carriesOut("closed")
	h.closes("closed")

	h.starts(withObligation(past("referred-back")))
	h.refersBack("referred-back")
	h.amends("referred-back")

	h.starts(past("not-agreed"))
	h.submits(policy.Europol, at("not-agreed", "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at("not-agreed", "priorities"), "2021-05-01")
	h.decides(policy.Council, at("not-agreed", "priorities"), policy.NotAgreed, "2021-05-26")
	ended(t, c, policy.Run{Kind: policy.RunCycle, Cycle: "not-agreed"})

	h.starts(past("flooded"))
	h.submits(policy.Europol, at("flooded", "assessment"), "2021-04-10")
	stop()
	for _, item := range []string{"first", "second", "third"} {
		signalItem(t, c, opening("flooded", item))
	}
	stop = h.works()
	eventually(t, "what was signalled is recorded", func() bool { return len(h.cycle("flooded").Items) == 3 })

	h.hearsStrangers(c, "strange")
	h.starts(past("typed"))
	signals(t, c, "cycle/typed", policy.MessageSubmit, `{"by":"mike@europol","date":"2021-04-10"}`)
	eventually(t, "the priorities are awaited", func() bool { return h.state(at("typed", "priorities")) == policy.StateDrafting })
	stop()
	signals(t, c, "cycle/typed", policy.MessageSubmit, `{"by":"joana@presidency","date":"2021-05-01"}`)
	signals(t, c, "cycle/typed", policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 1/21","date":"2021-05-26"}`)
	signalItem(t, c, opening("typed", "first"))
	signals(t, c, "cycle/typed", policy.MessageConfirm, `{"by":"bert@general-secretariat"}`)
	stop = h.works()
	eventually(t, "the Council has approved", func() bool { return h.state(at("typed", "priorities")) == policy.StateClosed })
	lengthy := policy.Run{Kind: policy.RunCycle, Cycle: "lengthy"}
	h.starts(past("lengthy"))
	h.submits(policy.Europol, at("lengthy", "assessment"), "2021-04-10")
	stop()
	h.wakes(lengthy, 1000)
	h.works()
	h.goesOn(lengthy)
	keep(t, renewed(t), policy.Run{Kind: policy.RunCycle, Cycle: "renewed"})
	keep(t, inTheList(t), policy.Run{Kind: policy.RunCycle, Cycle: "listed"}, at("listed", "oap/2022/firearms").Run())
	keep(t, delayed(t), policy.Run{Kind: policy.RunCycle, Cycle: "delayed"})

	keep(t, c, []policy.Run{
		{Kind: policy.RunCycle, Cycle: "closed"}, {Kind: policy.RunEvaluation, Cycle: "closed"},
		at("closed", "masp/general").Run(), at("closed", "oap/2022/firearms").Run(),
		{Kind: policy.RunCycle, Cycle: "referred-back"}, {Kind: policy.RunObligations, Cycle: "referred-back"},
		at("referred-back", "oap/2022/firearms").Run(),
		{Kind: policy.RunCycle, Cycle: "not-agreed"}, {Kind: policy.RunCycle, Cycle: "flooded"},
		{Kind: policy.RunCycle, Cycle: "strange"}, {Kind: policy.RunCycle, Cycle: "typed"}, lengthy,
	}...)
}

// keep writes the histories of runs that are not there yet, where they are recorded.
func keep(t *testing.T, c client.Client, runs ...policy.Run) {
	t.Helper()
	for _, run := range runs {
		for i, history := range histories(t, c, protocol.WorkflowID(run)) {
			if len(history.Events) == 0 {
				t.Errorf("run %d of %v has no history", i, run)
			}
			if *record {
				write(t, run, i, history)
			}
		}
	}
}

// wakes wakes a run so many times.
func (h *house) wakes(run policy.Run, times int) {
	h.tb.Helper()
	for range times {
		if err := h.engine.Wake(h.tb.Context(), run); err != nil {
			h.tb.Fatal(err)
		}
	}
}

// goesOn waits until a run has continued as new, and has one more act recorded.
func (h *house) goesOn(run policy.Run) {
	h.tb.Helper()
	eventually(h.tb, "the run has continued as new", func() bool {
		described, err := h.engine.Client().DescribeWorkflowExecution(h.tb.Context(), protocol.WorkflowID(run), "")
		info := described.GetWorkflowExecutionInfo()
		return err == nil && info.GetFirstRunId() != info.GetExecution().GetRunId()
	})
	h.submits(policy.Presidency, at(run.Cycle, "priorities"), "2021-05-01")
}

// renewed has a cycle continue as new because a key was retired, and gives the client that knows
// it. That key is none of this test: whoever lacks it works on.
func renewed(t *testing.T) client.Client {
	t.Helper()
	const cycle, name = "renewed", "renewed_history"
	records := database(t, name)
	h := rooms(t, records, name, nil, nil)
	h.works()
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	execute(t, records, `INSERT INTO keys (kind, id, proof, known_at, used_at, renewed_at, retired_at)
		VALUES ('encryption', 'former', 'none', now(), now(), now(), now())`)
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	h.wakes(run, 1)
	h.goesOn(run)
	return h.engine.Client()
}

// delayed has an act wait for the records until it has left the task that brought it, and gives
// the client that knows its run.
func delayed(t *testing.T) client.Client {
	t.Helper()
	const cycle, name = "delayed", "delayed_history"
	records := database(t, name)
	h := rooms(t, records, name, nil, nil)
	h.works()
	h.starts(past(cycle))
	h.awaits(at(cycle, "assessment"), policy.StateDrafting)
	conn, err := pgx.Connect(t.Context(), records)
	if err != nil {
		t.Fatal(err)
	}
	hold, err := conn.Begin(t.Context())
	if err == nil {
		_, err = hold.Exec(t.Context(), "LOCK TABLE acts IN EXCLUSIVE MODE") // it can be read, not written
	}
	if err != nil {
		t.Fatal(err)
	}
	run := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	var answered sync.WaitGroup
	answered.Go(func() { h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10") })
	eventually(t, "the act has left its task", func() bool {
		found, err := h.engine.Client().DescribeWorkflowExecution(t.Context(), run, "")
		return err == nil && len(found.GetPendingActivities()) == 1
	})
	if err := conn.Close(t.Context()); err != nil { // and the records are there again
		t.Fatal(err)
	}
	answered.Wait()
	return h.engine.Client()
}

func withObligation(d policy.Definition) policy.Definition {
	d.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{date("2021-12-31")},
	}}
	return d
}

// refersBack takes a cycle to an OAP that is referred back once and reminded
// of, and an obligation that is met late.
func (h *house) refersBack(cycle string) {
	h.tb.Helper()
	plan := at(cycle, "oap/2022/firearms")
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	h.submits("se", plan, "2021-11-01")
	h.decides(policy.COSI, plan, policy.ReferredBack, "2021-12-08")
	h.submits("se", plan, "2021-12-15")
	second := adoption(policy.COSI, plan, policy.Adopted, "2021-12-20")
	second.Version = 2
	h.soon(func() (*service.Receipt, error) { return h.Decide(h.tb.Context(), second) })
	h.submits(policy.Commission, at(cycle, "obligation/annual-report/2021-12-31"), "2022-03-01")
}

// amends extends the implementation window on a decision of the Council.
func (h *house) amends(cycle string) {
	h.tb.Helper()
	item := opening(cycle, "extension")
	h.soon(func() (*service.Receipt, error) { return as(h.tb, h, anna).OpenItem(h.tb.Context(), item) })
	h.submits(policy.Presidency, item.Subject, "2022-03-28")
	decision := h.decides(policy.Council, item.Subject, policy.Adopted, "2022-04-20")
	_, err := as(h.tb, h, anna).AmendCycle(h.tb.Context(), service.AmendCycle{
		Cycle: cycle, Date: date("2022-04-21"), Decision: decision.ID,
		Amendment: policy.Amendment{Reason: "a year more", ImplementationWindow: &policy.Window{From: date("2022-01-01"), To: date("2023-12-31")}},
	})
	if err != nil {
		h.tb.Fatal(err)
	}
	eventually(h.tb, "the amendment is in force", func() bool { return h.cycle(cycle).DefinitionVersion == 2 })
}

// hearsStrangers takes a cycle to two signals by names that no run takes.
func (h *house) hearsStrangers(c client.Client, cycle string) {
	h.tb.Helper()
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	names := []string{"Act", "wake up"}
	for _, name := range names {
		if err := c.SignalWorkflow(h.tb.Context(), protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle}), "", name, "a slip"); err != nil {
			h.tb.Fatal(err)
		}
	}
	eventually(h.tb, "both are in the trail", func() bool {
		trail, err := h.Trail(h.tb.Context(), cycle, service.TrailFilter{})
		if err != nil {
			h.tb.Fatal(err)
		}
		return len(slices.DeleteFunc(trail, func(line service.TrailEntry) bool { return line.Act != "malformed" })) == len(names)
	})
}

// histories gives the histories of every run behind a workflow ID, from the
// first through each continue-as-new.
func histories(t *testing.T, c client.Client, id string) []*historypb.History {
	t.Helper()
	described, err := c.DescribeWorkflowExecution(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	var all []*historypb.History
	for runID := described.WorkflowExecutionInfo.FirstRunId; runID != ""; {
		history := &historypb.History{}
		events := c.GetWorkflowHistory(t.Context(), id, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		runID = ""
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				t.Fatal(err)
			}
			history.Events = append(history.Events, event)
			if next := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); next != nil {
				runID = next.NewExecutionRunId
			}
		}
		all = append(all, history)
	}
	return all
}

// processName is what the SDK calls a process by: not for the eyes of strangers.
var processName = regexp.MustCompile(`"[0-9]+@[^"]*"`)

func write(t *testing.T, run policy.Run, n int, history *historypb.History) {
	t.Helper()
	name := strings.ReplaceAll(protocol.WorkflowID(run), "/", "_") + "." + strconv.Itoa(n+1) + ".json.gz"
	path := filepath.Join("..", "workflows", "testdata", "histories", name)
	if _, err := os.Stat(path); err == nil {
		return
	}
	text, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(history)
	if err != nil {
		t.Fatal(err)
	}
	text = processName.ReplaceAll(text, []byte(`"worker"`))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
