package worker

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// temporal has no run in motion at first. On those of some cycles it gives an error, and
// on those of others the process meets a mistake.
type temporal struct {
	broken, mistaken string // cycles
	away             bool

	mu     sync.Mutex
	moving map[policy.Run]bool
	woken  []policy.Run
}

func (e *temporal) Inspect(_ context.Context, run policy.Run) (engine.Motion, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.away || run.Cycle == e.broken:
		return engine.Motion{}, errors.New("its shard is lost")
	case run.Cycle == e.mistaken:
		panic("a mistake")
	}
	return engine.Motion{Running: e.moving[run]}, nil
}

func (e *temporal) Start(_ context.Context, run policy.Run) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.moving[run] = true
	return nil
}

func (e *temporal) Wake(_ context.Context, run policy.Run) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away {
		return policy.Refuse(policy.CodeUnavailable, "Temporal does not answer")
	}
	e.woken = append(e.woken, run)
	if run.Cycle == e.broken {
		return engine.ErrGone
	}
	return nil
}

func (e *temporal) Health(context.Context) error {
	if e.away {
		return policy.Refuse(policy.CodeUnavailable, "Temporal does not answer")
	}
	return nil
}

// keeps gives a keeper of records in which cycles have started.
func keeps(t *testing.T, e *temporal, cycles ...string) (k *Keeper, url string) {
	t.Helper()
	url = storetest.URL(t)
	s := opens(t, url)
	day := func(month time.Month, day int) policy.Date { return policy.NewDate(2021, month, day) }
	for _, cycle := range cycles {
		d := policy.Definition{
			Format: policy.DefinitionFormat, Key: cycle, Title: "A cycle", PolicyWindow: policy.Window{From: day(1, 1), To: day(12, 31)},
			Assessment: policy.Assessment{Kind: policy.SOCTA, Title: "SOCTA", Due: day(4, 12)},
		}
		by := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
		if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: cycle, Definition: d, By: by, Now: day(1, 2).Time(policy.Brussels)}); err != nil {
			t.Fatal(err)
		}
	}
	e.moving = map[policy.Run]bool{}
	return &Keeper{runs: e, store: s, log: zerolog.Nop()}, url
}

func opens(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// of gives the run of a cycle.
func of(cycle string) policy.Run { return policy.Run{Kind: policy.RunCycle, Cycle: cycle} }

// What is wrong with one cycle is told, and every other run is started all the same.
func TestKeeperRound_LooksAfterEachCycleWhateverAnotherDoes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		temporal *temporal
		sql      string
		why      string
	}{
		"a run that cannot be looked at": {temporal: &temporal{broken: "empact-2"}, why: "cannot be looked at: its shard is lost"},
		"a mistake":                      {temporal: &temporal{mistaken: "empact-2"}, why: "it panicked: a mistake"},
		"a definition of later": {
			sql: `UPDATE definitions SET body = '{"format":2,"assessment":{"due":"soon"}}' WHERE cycle = 'empact-2'`, why: "cannot be read: ",
		},
		"a script of later": {
			sql: `UPDATE cycles SET rehearsal = true, day = '2021-01-02', year_seconds = 60, script = '{"scenes":{"on":"oap/*"}}' WHERE id = 'empact-2'`,
			why: "cannot be read: what is recorded of the script of empact-2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := cmp.Or(test.temporal, &temporal{})
			k, url := keeps(t, e, "empact-1", "empact-2", "empact-3")
			if test.sql != "" {
				storetest.Tamper(t, url, test.sql)
				k.store = opens(t, url) // nothing is remembered
			}
			if err := k.round(t.Context()); err != nil {
				t.Fatal(err)
			}
			if started := slices.Sorted(maps.Keys(cyclesOf(e.moving))); !slices.Equal(started, []string{"empact-1", "empact-3"}) {
				t.Errorf("in motion are the runs of %v", started)
			}
			stopped := k.Stopped()
			if len(stopped) != 1 || stopped[0].Run != of("empact-2") || !strings.Contains(stopped[0].Why, test.why) || stopped[0].Since.IsZero() {
				t.Fatalf("the keeper tells of %+v", stopped)
			}
			seen, err := examine(t.Context(), e, k.store)
			if err != nil || len(seen) != 1 || seen[0].Run != of("empact-2") || !strings.Contains(seen[0].Why, test.why) {
				t.Errorf("the doctor finds %+v, %v", seen, err)
			}
			if err := k.round(t.Context()); err != nil || len(k.Stopped()) != 1 || k.Stopped()[0].Since != stopped[0].Since {
				t.Errorf("then the keeper tells of %+v, %v", k.Stopped(), err)
			}
		})
	}
}

func cyclesOf(runs map[policy.Run]bool) map[string]bool {
	cycles := map[string]bool{}
	for run := range runs {
		cycles[run.Cycle] = true
	}
	return cycles
}

// A Temporal that is away is no fault of any run.
func TestKeeperRound_TellsOnceThatTemporalIsAway(t *testing.T) {
	t.Parallel()
	e := &temporal{away: true}
	k, _ := keeps(t, e, "empact-1", "empact-2")
	if err := k.round(t.Context()); err == nil || len(k.Stopped()) != 0 {
		t.Errorf("%v, and of the runs %+v", err, k.Stopped())
	}
	if stopped, err := examine(t.Context(), e, k.store); err == nil || len(stopped) != 0 {
		t.Errorf("%v, and of the runs %+v", err, stopped)
	}
}

// Whoever reads the log is warned of a run that was taken away. Of one that its cycle may be
// about to start, which a busy machine takes its time for, nobody is.
func TestTakenAway_IsWhatWasThere(t *testing.T) {
	t.Parallel()
	plan := policy.Run{Kind: policy.RunPlan, Cycle: "empact-1", Plan: policy.Subject{Cycle: "empact-1", Kind: policy.KindOAP, Period: "2022", Key: "drugs"}}
	for name, test := range map[string]struct {
		run  policy.Run
		m    engine.Motion
		want bool
	}{
		"a plan that is about to begin": {plan, engine.Motion{}, false},
		"a plan that was terminated":    {plan, engine.Motion{Ended: true}, true},
		"a cycle that was lost":         {of("empact-1"), engine.Motion{}, true},
		"a cycle that failed":           {of("empact-1"), engine.Motion{Ended: true}, true},
	} {
		if got := takenAway(test.run, test.m); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

// A run on which something was recorded looks once more: at the start of a worker those of the
// last hour of the records, however long ago that was, and each hour those since.
func TestKeeperWakeActedOn_WakesTheRunsOnWhichSomethingWasRecorded(t *testing.T) {
	t.Parallel()
	e := &temporal{broken: "empact-2"}
	k, _ := keeps(t, e, "empact-1", "empact-2", "empact-3", "empact-4")
	if err := k.wakeActedOn(t.Context(), time.Time{}); err != nil || len(e.woken) != 0 {
		t.Errorf("where nothing is recorded, it wakes %v, %v", e.woken, err)
	}
	at := time.Date(2021, 4, 10, 12, 0, 0, 0, time.UTC)
	records(t, k.store, "empact-4", at.Add(-3*time.Hour))
	records(t, k.store, "empact-1", at.Add(-59*time.Minute))
	records(t, k.store, "empact-2", at.Add(-time.Minute))
	records(t, k.store, "empact-3", at)
	for name, test := range map[string]struct {
		since time.Time
		want  []string
	}{
		"a worker starts":         {want: []string{"empact-1", "empact-2", "empact-3"}},
		"an hour later":           {since: at, want: []string{"empact-2", "empact-3"}}, // with a minute before
		"an hour after that hour": {since: at.Add(time.Hour)},
	} {
		e.woken = nil
		if err := k.wakeActedOn(t.Context(), test.since); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var woken []string
		for _, run := range e.woken {
			woken = append(woken, run.Cycle)
		}
		if slices.Sort(woken); !slices.Equal(woken, test.want) {
			t.Errorf("%s: it wakes %v, want %v", name, woken, test.want)
		}
	}
	e.away = true
	if err := k.wakeActedOn(t.Context(), time.Time{}); err == nil {
		t.Error("it is silent about a Temporal that does not answer")
	}
}

// records records the assessment of a cycle at an instant.
func records(t *testing.T, s *store.Store, cycle string, at time.Time) {
	t.Helper()
	subject := policy.Subject{Cycle: cycle, Kind: policy.KindAssessment}
	if _, err := s.Reconcile(t.Context(), of(cycle), at); err != nil {
		t.Fatal(err)
	}
	act := policy.Act{Kind: policy.ActSubmit, Subject: subject, Date: policy.NewDate(2021, 4, 10), By: policy.Actor{Name: "Eva", Body: policy.Europol}}
	envelope, err := evidence.Enclose("", protocol.WorkflowID(of(cycle)), act, at)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.Record(t.Context(), store.Recording{Run: of(cycle), Now: at, Received: at, Channel: protocol.ChannelUpdate, Envelope: envelope})
	if err != nil || answer.Refusal != nil {
		t.Fatal(err, answer.Refusal)
	}
}
