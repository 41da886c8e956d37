package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/worker"
)

// house is policycycle in this process: its rooms, on a namespace of their own
// where a test needs no worker but its own, else on the shared one.
type house struct {
	*local.Service
	tb     testing.TB
	store  *store.Store
	engine *engine.Engine
}

// enter opens the rooms on the shared engine. No worker works yet. Acts are answered
// within the time given; 0 is however long it takes.
func enter(tb testing.TB, timeout time.Duration) *house {
	tb.Helper()
	s, err := store.Open(tb.Context(), shared.DatabaseURL, store.Options{Asserted: true})
	if err != nil {
		tb.Fatal(err)
	}
	e, err := engine.Dial(tb.Context(), engine.Options{
		Address: shared.TemporalAddress, Namespace: shared.Namespace, Log: zerolog.Nop(), Timeout: cmp.Or(timeout, unhurried),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.Close(); s.Close() })
	return &house{Service: local.New(s, e, nil), tb: tb, store: s, engine: e}
}

// as gives a service to somebody; the zero Actor is the public.
func as(tb testing.TB, svc service.Service, who policy.Actor) service.Service {
	tb.Helper()
	if who == (policy.Actor{}) {
		return svc.As(policy.Principal{})
	}
	theirs, err := service.As(tb.Context(), svc, who)
	if err != nil {
		tb.Fatal(err)
	}
	return theirs
}

// second confirms what another recorded.
var second = policy.Actor{Name: "Second", Body: policy.GeneralSecretariat}

// Decide records what a body concluded, in the name that the act has, and has a second
// person confirm it where that is wanted.
func (h *house) Decide(ctx context.Context, d service.Decide) (*service.Receipt, error) {
	receipt, err := as(h.tb, h.Service, d.By).Decide(ctx, d)
	if err != nil || receipt.Standing.Pending != receipt.ID {
		return receipt, err
	}
	confirmed, err := as(h.tb, h.Service, second).Confirm(ctx, service.Second{Record: receipt.ID, Statement: service.Statement{Date: d.Date}})
	if err == nil || policy.CodeOf(err) == policy.CodeAlreadyDecided { // repeated
		receipt.Standing = policy.Standing{}
		if confirmed != nil {
			receipt.Standing = confirmed.Standing
		}
		return receipt, nil
	}
	return nil, err
}

// works has a worker work until the function that it gives is called, or the
// test ends.
func (h *house) works() (stop func()) {
	h.tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx, h.engine, h.store) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.tb.Errorf("the worker: %v", err)
		}
	})
	h.tb.Cleanup(stop)
	return stop
}

var date = policytest.Date

// past is a small cycle that lies in the past, so that everything is open as
// soon as what it rests on is there.
func past(key string) policy.Definition {
	through := func(body policy.Body) policy.Chain { return policy.Chain{Through: []policy.Step{{Body: body}}} }
	d := policytest.Cycle(key)
	d.Title = "A cycle of the past"
	d.Chains = map[policy.Kind]policy.Chain{
		policy.KindPriorities: through(policy.Council), policy.KindMASP: through(policy.COSI),
		policy.KindOAP: through(policy.COSI), policy.KindReport: through(policy.COSI),
	}
	d.Periods[0].Reports = []policy.Round{{Key: "final", Opens: date("2022-12-01"), Due: date("2023-02-15")}}
	d.Priorities = d.Priorities[:1]
	return d
}

var anna = policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}

func (h *house) starts(d policy.Definition) {
	h.tb.Helper()
	if _, err := as(h.tb, h, anna).StartCycle(h.tb.Context(), service.StartCycle{Definition: d}); err != nil {
		h.tb.Fatal(err)
	}
}

var at = policytest.Subject

// submits hands something in as soon as that is possible.
func (h *house) submits(by policy.Body, subject policy.Subject, on string) *service.Receipt {
	h.tb.Helper()
	return h.soon(func() (*service.Receipt, error) {
		return as(h.tb, h, policy.Actor{Name: "Eva", Body: by}).Submit(h.tb.Context(), service.Submit{Subject: subject, Statement: service.Statement{Date: date(on)}})
	})
}

func adoption(body policy.Body, subject policy.Subject, outcome policy.Outcome, on string) service.Decide {
	why := ""
	if outcome.WantsReason() {
		why = "The actions do not match the goals."
	}
	return service.Decide{Act: policy.Act{
		Subject: subject, Date: date(on), By: anna, Body: body, Outcome: outcome, Comment: why,
		Document: policy.DocumentRef(fmt.Sprintf("ST 8665/%s INIT", on[2:4])), Version: 1,
	}}
}

// decides records an outcome as soon as that is possible.
func (h *house) decides(body policy.Body, subject policy.Subject, outcome policy.Outcome, on string) *service.Receipt {
	h.tb.Helper()
	return h.soon(func() (*service.Receipt, error) {
		return h.Decide(h.tb.Context(), adoption(body, subject, outcome, on))
	})
}

// soon repeats an act until the subject is open: a run opens it a moment after
// what it rests on was recorded.
func (h *house) soon(act func() (*service.Receipt, error)) *service.Receipt {
	h.tb.Helper()
	var receipt *service.Receipt
	var err error
	eventually(h.tb, "the act is recorded", func() bool {
		receipt, err = act()
		return policy.CodeOf(err) != policy.CodeNotOpen
	})
	if err != nil {
		h.tb.Fatal(err)
	}
	return receipt
}

// carriesOut takes a cycle of the past from its assessment to its closure.
func (h *house) carriesOut(cycle string) {
	h.tb.Helper()
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	h.submits("se", at(cycle, "oap/2022/firearms"), "2021-11-01")
	h.decides(policy.COSI, at(cycle, "oap/2022/firearms"), policy.Adopted, "2021-12-08")
	h.submits("se", at(cycle, "report/2022/firearms/final"), "2023-01-20")
	h.decides(policy.COSI, at(cycle, "report/2022/firearms/final"), policy.TookNote, "2023-02-10")
	h.submits(policy.Evaluator, at(cycle, "evaluation"), "2022-10-01")
	h.decides(policy.COSI, at(cycle, "evaluation"), policy.TookNote, "2022-10-20")
}

func (h *house) cycle(id string) *service.Cycle {
	h.tb.Helper()
	c, err := h.FindCycle(h.tb.Context(), id)
	if err != nil {
		h.tb.Fatal(err)
	}
	return c
}

// closes waits until the cycle is closed.
func (h *house) closes(id string) {
	h.tb.Helper()
	eventually(h.tb, id+" closes", func() bool { return h.cycle(id).Stage == policy.StageClosed })
}

// temporal gives a client of one's own, as a stranger would have.
func temporal(tb testing.TB) client.Client {
	tb.Helper()
	c, err := client.Dial(client.Options{HostPort: shared.TemporalAddress, Namespace: shared.Namespace, Logger: quiet{}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// ended waits until the workflow of a run has ended.
func ended(tb testing.TB, c client.Client, run policy.Run) {
	tb.Helper()
	if err := c.GetWorkflow(tb.Context(), protocol.WorkflowID(run), "").Get(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
