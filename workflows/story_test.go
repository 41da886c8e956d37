package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/activities"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/worker"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// story plays one run of a cycle on real records with skipped time. Acts
// happen at noon in Brussels on their date. Time alone is mocked.
type story struct {
	tb    testing.TB
	store *store.Store
	acts  []event
	state protocol.RunState
	// old says that the run is from before every change.
	old bool
	// shown is the highest marking of what Temporal may show.
	shown policy.Marking
	// listed gets what the run tells Temporal's list, each time that it does; nil where the
	// namespace takes nothing.
	listed func(temporal.SearchAttributes)
	// continued counts how often the run continued as new.
	continued int
	now       time.Time
	answers   map[string]answer
	// clock is that of the worker, which is ahead of every story if nothing else is said;
	// log is what the worker says.
	clock func(temporal time.Time) time.Time
	log   zerolog.Logger
	// disturbed stands between the run and the activity that records; nil for nothing.
	disturbed func(ctx context.Context, record func() (protocol.Answer, error)) (protocol.Answer, error)
	// looks is told when a stretch is about to look at the record; nil for nobody.
	looks func(*stretch)
}

// event is something that happens on a day of a story.
type event struct {
	at time.Time
	do func(*stretch)
}

type answer struct {
	receipt policy.Receipt
	err     error
}

// stretch is one run between two continue-as-news.
type stretch struct {
	*story
	env *testsuite.TestWorkflowEnvironment
}

func newStory(tb testing.TB, d policy.Definition) *story {
	tb.Helper()
	s := &story{tb: tb, store: storetest.New(tb), answers: map[string]answer{}, log: zerolog.Nop()}
	s.clock = func(time.Time) time.Time { return time.Now() }
	s.now = noon(d.PolicyWindow.From)
	_, err := s.store.StartCycle(tb.Context(), store.NewCycle{
		ID: d.Key, Definition: d, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Now: s.now,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func noon(d policy.Date) time.Time { return d.Time(policy.Brussels).Add(12 * time.Hour) }

var date = policytest.Date

// on has something happen at noon of a date while the run is played.
func (s *story) on(day string, do func(*stretch)) {
	s.acts = append(s.acts, event{at: noon(date(day)), do: do})
}

// sends has an act sent by update on its date; its answer is kept under a name.
// A second person confirms it within the hour, where that is wanted.
func (s *story) sends(name string, act policy.Act) {
	s.delivered(act, func(p *stretch, e evidence.Envelope) {
		if e.Act.Kind == policy.ActConfirm {
			name = "the confirmation of " + name
		}
		p.update(name, e)
	})
}

// signals has an act sent by signal on its date, and a second person confirm it.
func (s *story) signals(act policy.Act) {
	s.delivered(act, func(p *stretch, e evidence.Envelope) { p.env.SignalWorkflow(protocol.SignalAct, e) })
}

func (s *story) delivered(act policy.Act, deliver func(*stretch, evidence.Envelope)) {
	day := act.Date.String()
	var sent evidence.Envelope
	s.on(day, func(p *stretch) {
		sent = p.envelope(act, p.env.Now())
		deliver(p, sent)
	})
	if !act.Confirmed() {
		return
	}
	s.acts = append(s.acts, event{at: noon(act.Date).Add(time.Hour), do: func(p *stretch) {
		if second, there := p.second(sent); there {
			deliver(p, p.envelope(second, p.env.Now()))
		}
	}})
}

// second is the confirmation of what was sent, if it is recorded.
func (s *story) second(sent evidence.Envelope) (policy.Act, bool) {
	_, stated, err := s.store.FindStated(s.tb.Context(), sent.ID)
	return policy.Act{
		Kind: policy.ActConfirm, Subject: sent.Act.Subject, Date: sent.Act.Date, By: policy.Actor{Name: "Bert", Body: sent.Act.By.Body},
		Confirms: sent.ID, Digest: stated,
	}, err == nil
}

// envelope puts an act in an envelope; a decision is on what was handed in last.
func (s *story) envelope(act policy.Act, at time.Time) evidence.Envelope {
	s.tb.Helper()
	if brief, err := s.store.FindBrief(s.tb.Context(), act.Subject); act.Kind == policy.ActDecide && act.Digest == "" && err == nil {
		act.Digest = brief.Digest
	}
	return envelope(s.tb, act, at)
}

func envelope(tb testing.TB, act policy.Act, at time.Time) evidence.Envelope {
	tb.Helper()
	e, err := evidence.Enclose("", protocol.WorkflowID(act.Subject.Run()), act, at)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func (p *stretch) update(name string, e evidence.Envelope) {
	p.env.UpdateWorkflow(protocol.UpdateAct, name+p.env.Now().String(), &testsuite.TestUpdateCallback{
		OnAccept: func() {},
		OnReject: func(err error) { p.answers[name] = answer{err: err} },
		OnComplete: func(result any, err error) {
			receipt, _ := result.(policy.Receipt)
			p.answers[name] = answer{receipt, err}
		},
	}, e)
}

// plays runs the workflow of a run from a date through every continue-as-new
// until it ends, and gives its error.
func (s *story) plays(run policy.Run, from string) error {
	s.tb.Helper()
	const most = 50
	s.state = protocol.NewRunState(run)
	if start := noon(date(from)); start.After(s.now) {
		s.now = start
	}
	for range most {
		err := s.stretch()
		var next *workflow.ContinueAsNewError
		if !errors.As(err, &next) {
			return err
		}
		s.continued++
		s.state = protocol.RunState{}
		if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &s.state); err != nil {
			s.tb.Fatal(err)
		}
	}
	s.tb.Fatalf("%v continued as new more than %d times", run, most)
	return nil
}

// stretch plays the run until it continues as new or ends.
func (s *story) stretch() error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(telemetry.Temporal(s.log))
	env := suite.NewTestWorkflowEnvironment()
	const ever = time.Hour // of the real clock: longer than any machine takes
	env.SetTestTimeout(ever)
	env.SetWorkerOptions(sdkworker.Options{DeadlockDetectionTimeout: ever, Interceptors: worker.Interceptors()})
	env.SetStartTime(s.now)
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: protocol.WorkflowID(s.state.Run), TaskQueue: protocol.TaskQueue})
	s.register(env)
	// News for the other runs of the cycle, which this story does not play.
	env.OnSignalExternalWorkflow(mock.Anything, mock.Anything, "", protocol.SignalWake, nil).Return(nil)
	if s.old {
		env.OnGetVersion(mock.Anything, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
	}
	if s.listed != nil {
		env.OnUpsertTypedSearchAttributes(mock.Anything).Run(func(args mock.Arguments) { s.listed(args.Get(0).(temporal.SearchAttributes)) }).Return(nil)
	}
	p := &stretch{s, env}
	for _, e := range s.acts {
		if !e.at.Before(s.now) {
			env.RegisterDelayedCallback(func() { e.do(p) }, e.at.Sub(s.now))
		}
	}
	env.ExecuteWorkflow(protocol.WorkflowName(s.state.Run), s.state)
	s.now = env.Now()
	return env.GetWorkflowError()
}

// register registers everything, but lets the other runs of the cycle end at
// once: each story plays one run, and records what happens in the others.
func (s *story) register(env *testsuite.TestWorkflowEnvironment) {
	clock := func() time.Time { return s.clock(env.Now()) }
	worker.Register(others{env, protocol.WorkflowName(s.state.Run), s}, &activities.Activities{Store: s.store, Clock: clock, Shown: s.shown, Listed: func() bool { return s.listed != nil }})
}

type others struct {
	*testsuite.TestWorkflowEnvironment
	played string
	*story
}

func (o others) RegisterActivityWithOptions(a any, options activity.RegisterOptions) {
	if record, is := a.(func(context.Context, protocol.RecordArgs) (protocol.Answer, error)); is && o.disturbed != nil {
		a = func(ctx context.Context, args protocol.RecordArgs) (protocol.Answer, error) {
			return o.disturbed(ctx, func() (protocol.Answer, error) { return record(ctx, args) })
		}
	}
	if look, is := a.(func(context.Context, protocol.LookArgs) (policy.Orders, error)); is && o.looks != nil {
		a = func(ctx context.Context, args protocol.LookArgs) (policy.Orders, error) {
			o.looks(&stretch{o.story, o.TestWorkflowEnvironment})
			return look(ctx, args)
		}
	}
	o.TestWorkflowEnvironment.RegisterActivityWithOptions(a, options)
}

func (o others) RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions) {
	if options.Name != o.played {
		w = func(workflow.Context, protocol.RunState) error { return nil }
	}
	o.TestWorkflowEnvironment.RegisterWorkflowWithOptions(w, options)
}

// happened records acts straight into the records, as other runs of the cycle
// would have; a refusal fails the test.
func (s *story) happened(acts ...policy.Act) {
	s.tb.Helper()
	for _, act := range acts {
		run, now := act.Subject.Run(), noon(act.Date)
		if _, err := s.store.Reconcile(s.tb.Context(), run, now); err != nil {
			s.tb.Fatal(err)
		}
		sent := s.envelope(act, now)
		s.records(run, now, sent)
		if act.Confirmed() {
			second, _ := s.second(sent)
			s.records(run, now, s.envelope(second, now))
		}
	}
}

func (s *story) records(run policy.Run, now time.Time, e evidence.Envelope) {
	s.tb.Helper()
	answer, err := s.store.Record(s.tb.Context(), store.Recording{Run: run, Now: now, Channel: protocol.ChannelUpdate, Envelope: e})
	if err != nil {
		s.tb.Fatal(err)
	}
	if answer.Refusal != nil {
		s.tb.Fatalf("%s on %s: %v", e.Act.Kind, e.Act.Subject, answer.Refusal)
	}
}

// happens has acts recorded by other runs on their dates, while the run is
// played, and wakes the run as they would.
func (s *story) happens(acts ...policy.Act) {
	for _, act := range acts {
		s.on(act.Date.String(), func(p *stretch) {
			p.happened(act)
			p.env.SignalWorkflow(protocol.SignalWake, nil)
		})
	}
}

func (s *story) cycle() *store.Cycle {
	s.tb.Helper()
	c, err := s.store.FindCycle(s.tb.Context(), s.state.Run.Cycle)
	if err != nil {
		s.tb.Fatal(err)
	}
	return c
}

func (s *story) subject(subject policy.Subject) store.Subject {
	s.tb.Helper()
	return s.cycle().Subjects[subject]
}

// answered gives the answer to an update; none fails the test.
func (s *story) answered(name string) answer {
	s.tb.Helper()
	a, there := s.answers[name]
	if !there {
		s.tb.Fatalf("the act %q was never answered", name)
	}
	return a
}

// accepted fails the test unless the act was recorded.
func (s *story) accepted(names ...string) {
	s.tb.Helper()
	for _, name := range names {
		if a := s.answered(name); a.err != nil {
			s.tb.Errorf("%s was refused: %v", name, a.err)
		}
	}
}

// refused fails the test unless the act was refused with the code.
func (s *story) refused(name string, code policy.Code) {
	s.tb.Helper()
	if got := codeOf(s.answered(name).err); got != code {
		s.tb.Errorf("%s: got code %q, want %q", name, got, code)
	}
}
