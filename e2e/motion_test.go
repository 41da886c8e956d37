package e2e_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/worker"
)

// underWay is a cycle in which a run of each kind is in motion, and a subject of each is open.
func underWay(h *house, key string) []policy.Run {
	h.tb.Helper()
	d := past(key)
	d.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{date("2022-12-31")},
	}}
	h.starts(d)
	h.submits(policy.Europol, at(key, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(key, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(key, "priorities"), policy.Adopted, "2021-05-26")
	h.submits("se", at(key, "oap/2022/firearms"), "2021-11-01")
	runs := []policy.Run{{Kind: policy.RunCycle, Cycle: key}}
	for _, path := range []string{"masp/general", "oap/2022/firearms", "evaluation", "obligation/annual-report/2022-12-31"} {
		subject := at(key, path)
		eventually(h.tb, path+" is open", func() bool { return h.opened(subject) })
		runs = append(runs, subject.Run())
	}
	moving, err := h.store.ListInMotion(h.tb.Context(), key, time.Now())
	if err != nil || len(moving) != len(runs) {
		h.tb.Fatalf("in motion must be %v, %v: want %v", moving, err, runs)
	}
	return runs
}

// place is where a run stands and what it waits for, once it has given the reminders that
// were due.
func (h *house) place(c client.Client, run policy.Run) policy.Orders {
	h.tb.Helper()
	var state protocol.State
	eventually(h.tb, protocol.WorkflowID(run)+" tells where it stands", func() bool {
		answer, err := c.QueryWorkflow(h.tb.Context(), protocol.WorkflowID(run), "", protocol.QueryState)
		due := func(n policy.DueNotice) bool { return !n.At.After(time.Now()) }
		state = protocol.State{}
		return err == nil && answer.Get(&state) == nil && state.Orders.Stage != "" && !slices.ContainsFunc(state.Orders.Notices, due)
	})
	state.Orders.Sequence = 0 // a refusal counts, too
	return state.Orders
}

func lose(t *testing.T, c client.Client, run policy.Run) {
	t.Helper()
	if err := c.TerminateWorkflow(t.Context(), protocol.WorkflowID(run), "", "lost"); err != nil {
		t.Fatal(err)
	}
}

func moving(t *testing.T, c client.Client, run policy.Run) bool {
	t.Helper()
	found, err := c.DescribeWorkflowExecution(t.Context(), protocol.WorkflowID(run), "")
	return err == nil && found.WorkflowExecutionInfo.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// tries does something on a run that the record refuses: it answers, and all stays as it is.
func (h *house) tries(run policy.Run) error {
	tomorrow := policy.Calendar{}.Today(time.Now()).AddDays(2)
	submit := func(path string, by policy.Body) error {
		_, err := as(h.tb, h, policy.Actor{Name: "Eva", Body: by}).Submit(h.tb.Context(), service.Submit{Subject: at(run.Cycle, path), Statement: service.Statement{Date: tomorrow}})
		return err
	}
	switch run.Kind {
	case policy.RunCycle:
		item := opening(run.Cycle, "too-early")
		item.Date, item.Opening.Due = tomorrow, tomorrow.AddDays(60)
		_, err := as(h.tb, h, anna).OpenItem(h.tb.Context(), item)
		return err
	case policy.RunObligations:
		return submit("obligation/annual-report/2022-12-31", policy.Commission)
	case policy.RunEvaluation:
		return submit("evaluation", policy.Evaluator)
	default:
		if run.Plan.Kind == policy.KindMASP {
			return submit("masp/general", policy.Commission)
		}
		_, err := as(h.tb, h.Service, anna).Decide(h.tb.Context(), adoption(policy.COSI, run.Plan, policy.Adopted, tomorrow.String()))
		return err
	}
}

func TestARunThatIsLostAloneIsBackAtItsPlaceAfterTheNextAct(t *testing.T) {
	h := enter(t, 0)
	h.works()
	stranger := temporal(t)
	for _, run := range underWay(h, "lost-alone-act") {
		before := h.place(stranger, run)
		lose(t, stranger, run)
		if err := h.tries(run); policy.CodeOf(err) != policy.CodeWrongDate {
			t.Errorf("%s: %v, want the answer of the run: the date lies in the future", protocol.WorkflowID(run), err)
		}
		if diff := cmp.Diff(before, h.place(stranger, run), cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s is back elsewhere: %s", protocol.WorkflowID(run), diff)
		}
	}
}

func TestARunThatIsLostAloneIsBackAtItsPlaceAfterARestartOfTheWorker(t *testing.T) {
	h := enter(t, 0)
	stop := h.works()
	stranger := temporal(t)
	for _, run := range underWay(h, "lost-alone-restart") {
		before := h.place(stranger, run)
		lose(t, stranger, run)
		stop()
		stop = h.works()
		eventually(t, protocol.WorkflowID(run)+" is in motion", func() bool { return moving(t, stranger, run) })
		if diff := cmp.Diff(before, h.place(stranger, run), cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s is back elsewhere: %s", protocol.WorkflowID(run), diff)
		}
	}
}

func TestARunThatIsLostAloneIsBackAtItsPlaceAfterTheNextLookOfItsCycle(t *testing.T) {
	h := enter(t, 0)
	h.works()
	stranger := temporal(t)
	runs := underWay(h, "lost-alone-look")
	cycle := runs[0]
	for _, run := range runs[1:] {
		before := h.place(stranger, run)
		lose(t, stranger, run)
		if err := stranger.SignalWorkflow(t.Context(), protocol.WorkflowID(cycle), "", protocol.SignalWake, nil); err != nil {
			t.Fatal(err)
		}
		eventually(t, protocol.WorkflowID(run)+" is in motion", func() bool { return moving(t, stranger, run) })
		if diff := cmp.Diff(before, h.place(stranger, run), cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s is back elsewhere: %s", protocol.WorkflowID(run), diff)
		}
	}
	week := time.Now().AddDate(0, 0, 8)
	for _, run := range runs {
		if wake := h.place(stranger, run).WakeAt; wake.IsZero() || wake.After(week) {
			t.Errorf("%s looks by itself at %s, want within a week", protocol.WorkflowID(run), wake)
		}
	}
}

// TestWhatIsNotOpenIsNotBlamedOnADayOfThePast asks about subjects whose run must not be in
// motion yet, whose days have long come.
func TestWhatIsNotOpenIsNotBlamedOnADayOfThePast(t *testing.T) {
	h := enter(t, 0)
	h.works()
	const cycle = "not-blamed"
	h.starts(past(cycle))
	for path, by := range map[string]policy.Body{"masp/general": policy.Commission, "oap/2022/firearms": "se", "evaluation": policy.Evaluator} {
		_, err := as(t, h, policy.Actor{Name: "Eva", Body: by}).Submit(t.Context(), service.Submit{Subject: at(cycle, path), Statement: service.Statement{Date: date("2022-02-01")}})
		if policy.CodeOf(err) != policy.CodeNotOpen || !strings.Contains(err.Error(), cycle+"/priorities is to be settled first") {
			t.Errorf("%s: %v, want: the priorities are to be settled first", path, err)
		}
	}
}

// rooms opens the rooms on records and a namespace of their own.
func rooms(t *testing.T, records, namespace string, keys *engine.Encryption, log *safeBuffer) *house {
	t.Helper()
	options := engine.Options{Address: shared.TemporalAddress, Namespace: namespace, Encryption: keys, Log: zerolog.Nop(), Timeout: unhurried}
	if log != nil {
		options.Log = zerolog.New(log).Level(zerolog.InfoLevel)
	}
	if err := engine.Prepare(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	return roomsIn(t, records, options)
}

// roomsIn opens the rooms on records and a namespace that is there.
func roomsIn(t *testing.T, records string, options engine.Options) *house {
	t.Helper()
	s, err := store.Open(t.Context(), records, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Dial(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace is there", func() bool {
		_, err := e.Inspect(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: "x"})
		return err == nil
	})
	t.Cleanup(func() { e.Close(); s.Close() })
	return &house{Service: local.New(s, e, nil), tb: t, store: s, engine: e}
}

// TestRunsFollowRecordsThatWereRestoredBesideANewerTemporal restores a copy of the records
// while Temporal goes on, and asks for what the copy has open.
func TestRunsFollowRecordsThatWereRestoredBesideANewerTemporal(t *testing.T) {
	t.Parallel()
	const cycle, name = "restored", "restored_before"
	records := database(t, name)
	h := rooms(t, records, name, nil, nil)
	stop := h.works()
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	eventually(t, "the OAP is open", func() bool { return h.opened(at(cycle, "oap/2022/firearms")) })

	execute(t, shared.DatabaseURL, "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS false")
	execute(t, shared.DatabaseURL, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	execute(t, shared.DatabaseURL, "CREATE DATABASE restored_after TEMPLATE "+name)
	execute(t, shared.DatabaseURL, "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS true")
	t.Cleanup(func() { execute(t, shared.DatabaseURL, "DROP DATABASE restored_after WITH (FORCE)") })

	// What follows is of a future that will be gone. Connections that were ended may still be
	// met, so each act is repeated until it is recorded.
	eventually(t, "the OAP is handed in", func() bool {
		eva, err := service.As(t.Context(), h, policy.Actor{Name: "Eva", Body: "se"})
		if err == nil {
			_, err = eva.Submit(t.Context(), service.Submit{Subject: at(cycle, "oap/2022/firearms"), Statement: service.Statement{Date: date("2021-11-01")}})
		}
		return err == nil
	})
	for n := range 3 {
		item := opening(cycle, fmt.Sprintf("gone-%d", n))
		eventually(t, "an item is open", func() bool {
			hers, err := service.As(t.Context(), h, anna)
			if err == nil {
				_, err = hers.OpenItem(t.Context(), item)
			}
			return err == nil
		})
	}
	stop()

	u, err := url.Parse(records)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/restored_after"
	restored := rooms(t, u.String(), name, nil, nil)
	restored.works()
	for _, run := range []policy.Run{{Kind: policy.RunCycle, Cycle: cycle}, at(cycle, "oap/2022/firearms").Run()} {
		eventually(t, protocol.WorkflowID(run)+" has looked at the records that count", func() bool {
			fresh, err := restored.store.Reconcile(t.Context(), run, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			held := restored.place(restored.engine.Client(), run)
			return held.Epoch == fresh.Epoch && cmp.Equal(held.Notices, fresh.Notices, cmp.AllowUnexported(policy.Date{}))
		})
	}
	after := opening(cycle, "after")
	after.Opening.Due = policy.Calendar{}.Today(time.Now()).AddDays(20)
	if _, err := as(t, restored, anna).OpenItem(t.Context(), after); err != nil {
		t.Fatal(err)
	}
	held := restored.place(restored.engine.Client(), policy.Run{Kind: policy.RunCycle, Cycle: cycle})
	if !slices.ContainsFunc(held.Notices, func(n policy.DueNotice) bool { return n.Subject == after.Subject }) ||
		slices.ContainsFunc(held.Notices, func(n policy.DueNotice) bool { return strings.HasPrefix(n.Subject.Key, "gone-") }) {
		t.Errorf("the run waits for the reminders %+v, want that of %s and none of what is gone", held.Notices, after.Subject)
	}
}

func (h *house) opened(subject policy.Subject) bool {
	h.tb.Helper()
	c, err := h.store.FindCycle(h.tb.Context(), subject.Cycle)
	if err != nil {
		h.tb.Fatal(err)
	}
	return c.Subjects[subject].Open()
}

// TestAWorkerWithoutTheKeyStopsNoRunAndTellsOfIt has a worker without any key take the work
// of a run whose messages are encrypted, and then one with the key.
func TestAWorkerWithoutTheKeyStopsNoRunAndTellsOfIt(t *testing.T) {
	t.Parallel()
	const cycle, name = "keyless", "keyless"
	records := database(t, name)
	key := encryptionKeys(t, "first")
	h := rooms(t, records, name, key, nil)
	stop := h.works()
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	stop()

	log := &safeBuffer{}
	blind := rooms(t, records, name, nil, log)
	if err := worker.Run(t.Context(), blind.engine, blind.store); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), `encrypted with the key "first"`) {
		t.Fatalf("a worker without the key begins to work: %v", err)
	}
	w, err := worker.Start(blind.engine, blind.store) // as one that began before anybody encrypted
	if err != nil {
		t.Fatal(err)
	}
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	if err := h.engine.Wake(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log tells of the key", func() bool { return strings.Contains(log.String(), `encrypted with the key \"first\"`) })
	const late = "keyless-late"
	started := service.StartCycle{Definition: past(late)}
	// Whoever starts it is told at once on a quiet machine, on a busy one when they ask again.
	eventually(t, "a cycle whose work does not begin is said not to", func() bool {
		_, err := as(t, h, anna).StartCycle(t.Context(), started)
		return policy.CodeOf(err) == policy.CodeUnavailable && strings.Contains(err.Error(), `does not begin: it is encrypted with the key "first"`)
	})
	w.Stop()
	if m, err := h.engine.Inspect(t.Context(), run); err != nil || !m.Running {
		t.Fatalf("the run of the cycle has ended: %+v, %v", m, err)
	}
	h.works()
	eventually(t, "the late cycle is under way", func() bool {
		_, err := as(t, h, anna).StartCycle(t.Context(), started)
		return err == nil
	})
	h.submits(policy.Europol, at(late, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	for _, line := range mustTrail(t, h, cycle) {
		if !line.Accepted {
			t.Errorf("the trail has a refusal: %+v", line)
		}
	}
}

func mustTrail(t *testing.T, h *house, cycle string) []service.TrailEntry {
	t.Helper()
	trail, err := h.Trail(t.Context(), cycle, service.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return trail
}

func encryptionKeys(t *testing.T, names ...string) *engine.Encryption {
	t.Helper()
	var lines []string
	for _, name := range names {
		line, err := engine.NewEncryptionKey(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	keys, err := engine.ParseEncryption([]byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestWhoeverOperatesIsToldThatNothingCanBeRecorded has Postgres take no writes, and an act
// arrive meanwhile.
func TestWhoeverOperatesIsToldThatNothingCanBeRecorded(t *testing.T) {
	t.Parallel()
	const cycle, name = "unwritten", "unwritten"
	records, log := database(t, name), &safeBuffer{}
	h := rooms(t, records, name, nil, log)
	h.works()
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	writable := func(as string) {
		execute(t, shared.DatabaseURL, "ALTER DATABASE "+name+" SET default_transaction_read_only = "+as)
		execute(t, shared.DatabaseURL, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	}
	writable("on")
	eventually(t, "it is seen that nothing can be written", func() bool {
		err := h.store.TryWrite(t.Context())
		return err != nil && strings.Contains(err.Error(), "the database takes no writes: nothing can be recorded")
	})
	act := policy.Act{Kind: policy.ActSubmit, Subject: at(cycle, "priorities"), Date: date("2021-05-01"), By: policy.Actor{Name: "Eva", Body: policy.Presidency}}
	envelope, err := evidence.Enclose("", protocol.WorkflowID(run), act, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.engine.Signal(t.Context(), envelope); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is known which run stands still, and why", func() bool {
		stopped, err := worker.Examine(t.Context(), h.engine, h.store)
		return err == nil && len(stopped) == 1 && stopped[0].Run == run && time.Since(stopped[0].Since) < time.Hour &&
			strings.Contains(stopped[0].Why, " failed ") && strings.Contains(stopped[0].Why, "read-only transaction")
	})
	const line = "a run stands still: what it asks for fails again and again"
	if told := strings.Count(log.String(), line); told != 1 || strings.Contains(log.String(), "Activity error") {
		t.Errorf("after five attempts the log tells of it %d times: %s", told, log.String())
	}
	writable("off")
	eventually(t, "the act is recorded", func() bool {
		_, there, err := h.store.FindReceipt(t.Context(), envelope)
		return err == nil && there
	})
	eventually(t, "the run goes on", func() bool {
		stopped, err := worker.Examine(t.Context(), h.engine, h.store)
		return err == nil && len(stopped) == 0
	})
}
