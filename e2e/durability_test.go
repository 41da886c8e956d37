package e2e_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

func TestADecisionIsAnsweredTheSameWayAfterItsRunHasContinuedAndEnded(t *testing.T) {
	h := enter(t, 0)
	h.works()
	const cycle = "answered-again"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	first := h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	eventually(t, "the cycle's run crosses the border to the evaluation", func() bool {
		return h.cycle(cycle).Stage == policy.StageEvaluation
	})
	continued := h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.carriesOut(cycle)
	h.closes(cycle)
	ended(t, temporal(t), policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	afterwards := h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	for _, again := range []*service.Receipt{continued, afterwards} {
		if again.ID != first.ID || !again.Recorded.Equal(first.Recorded) || again.Standing.Outcome != policy.Adopted {
			t.Errorf("the answer was %+v, then %+v", first, again)
		}
	}

	_, err := as(t, h, policy.Actor{Name: "Eva", Body: policy.Europol}).Submit(t.Context(), service.Submit{Subject: at(cycle, "assessment"), Statement: service.Statement{Date: date("2021-04-11")}})
	if policy.CodeOf(err) != policy.CodeAlreadyDecided {
		t.Errorf("a second assessment after the end: %v, want already decided", err)
	}
}

// TestNothingIsLostWhenActsArriveWhileARunContinuesAsNew floods a cycle's run
// with acts, by update and by signal, at the moment in which the Council's
// decision makes it continue as new.
func TestNothingIsLostWhenActsArriveWhileARunContinuesAsNew(t *testing.T) {
	h := enter(t, 0)
	h.works()
	stranger := temporal(t)
	for n := range 4 {
		cycle := fmt.Sprintf("flooded-%d", n)
		h.starts(past(cycle))
		h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
		h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")

		const each = 12
		var wait sync.WaitGroup
		for i := range each {
			wait.Go(func() {
				item := opening(cycle, fmt.Sprintf("update-%d", i))
				if _, err := as(t, h, anna).OpenItem(t.Context(), item); err != nil {
					t.Errorf("%s: %v", item.Subject, err)
				}
			})
			wait.Go(func() { signalItem(t, stranger, opening(cycle, fmt.Sprintf("signal-%d", i))) })
			if i == each/2 {
				wait.Go(func() { h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26") })
			}
		}
		wait.Wait()
		eventually(t, "every act is recorded", func() bool { return len(h.cycle(cycle).Items) == 2*each })
		if opened := h.acts(cycle, "open"); len(opened) != 2*each || len(slices.Compact(opened)) != 2*each {
			t.Errorf("%d openings stand in the trail, want %d", len(opened), 2*each)
		}
	}
}

func opening(cycle, key string) service.OpenItem {
	return service.OpenItem{
		Subject: at(cycle, "item/"+key), Statement: service.Statement{Date: date("2022-03-28")},
		Opening: policy.Opening{Title: key, Due: date("2022-04-28"), Through: []policy.Body{policy.Council}},
	}
}

// signalItem opens an item as any Temporal client may: the one envelope, by
// signal.
func signalItem(t *testing.T, c client.Client, item service.OpenItem) {
	t.Helper()
	id := protocol.WorkflowID(item.Subject.Run())
	envelope, err := evidence.Enclose("", id, policy.Act{
		Kind: policy.ActOpen, Subject: item.Subject, Date: item.Date, By: anna, Opening: &item.Opening,
	}, time.Now())
	if err != nil {
		t.Error(err)
		return
	}
	if err := c.SignalWorkflow(t.Context(), id, "", protocol.SignalAct, envelope); err != nil {
		t.Error(err)
	}
}

// acts gives the IDs of the acts of one kind that the trail tells of.
func (h *house) acts(cycle, kind string) []string {
	h.tb.Helper()
	trail, err := h.Trail(h.tb.Context(), cycle)
	if err != nil {
		h.tb.Fatal(err)
	}
	var ids []string
	for _, line := range trail {
		if line.Act == kind && line.Accepted {
			ids = append(ids, line.ActID)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestAnyTemporalClientMaySendAnActAndRubbishIsRefusedInTheTrail(t *testing.T) {
	h := enter(t, 0)
	h.works()
	const cycle = "strangers"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	stranger := temporal(t)
	id := protocol.WorkflowID(policy.Run{Kind: policy.RunCycle, Cycle: cycle})

	act := policy.Act{Kind: policy.ActSubmit, Subject: at(cycle, "priorities"), Date: date("2021-05-01"), By: policy.Actor{Name: "Eva", Body: policy.Presidency}}
	envelope, err := evidence.Enclose("my-own-id", id, act, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var receipt policy.Receipt
	h.soon(func() (*service.Receipt, error) {
		return &receipt, updates(t, stranger, id, envelope, &receipt)
	})
	if receipt.ID != "my-own-id" || receipt.Version != 1 {
		t.Errorf("receipt %+v, want version 1 under my-own-id", receipt)
	}
	for _, rubbish := range []any{"hello", 42, nil, map[string]any{"act": map[string]any{"date": "2021-02-30"}}} {
		if err := stranger.SignalWorkflow(t.Context(), id, "", protocol.SignalAct, rubbish); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the rubbish is refused in the trail", func() bool {
		trail, err := h.Trail(t.Context(), cycle)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, line := range trail {
			if !line.Accepted {
				refused++
			}
		}
		return refused >= 3
	})
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26") // the run lives on
}

func TestARunThatTemporalLostTakesUpItsWorkFromTheRecords(t *testing.T) {
	h := enter(t, 0)
	stop := h.works()
	const cycle = "lost-and-found"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.submits("se", at(cycle, "oap/2022/firearms"), "2021-11-01")
	stranger := temporal(t)
	for _, run := range []policy.Run{{Kind: policy.RunCycle, Cycle: cycle}, at(cycle, "oap/2022/firearms").Run()} {
		if err := stranger.TerminateWorkflow(t.Context(), protocol.WorkflowID(run), "", "lost"); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	h.works() // as after a restart
	h.carriesOut(cycle)
	h.closes(cycle)
	for _, d := range h.cycle(cycle).Decisions {
		if d.Subject == at(cycle, "priorities") && d.Date != date("2021-05-26") {
			t.Errorf("the Council's decision was recorded anew: %+v", d)
		}
	}
}
