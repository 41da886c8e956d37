package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// diary keeps what happened, in order.
type diary struct {
	mu      sync.Mutex
	entries []string
}

func (d *diary) note(entry string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.entries, ", ")
}

type fakeEngine struct {
	d    *diary
	dies chan error // nil for never
}

func (e fakeEngine) Info() running.Info {
	return running.Info{Dir: "/data", DatabaseURL: "postgres://u:hunter2@127.0.0.1/db", TemporalAddress: "127.0.0.1:7233", Namespace: "policycycle"}
}

func (e fakeEngine) Application(context.Context) (string, error) { return e.Info().DatabaseURL, nil }

func (e fakeEngine) Keep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-e.dies:
		return err
	}
}

func (e fakeEngine) Stop(context.Context) error { e.d.note("engine off"); return nil }

// noted are parts that write a diary. broken names the part that breaks down.
func noted(d *diary, svc service.Service, broken string) parts {
	fail := func(part string) error {
		if part == broken {
			return policy.Refuse(policy.CodeUnavailable, "%s broke down", part)
		}
		return nil
	}
	p := fakeParts(svc)
	p.startEngine = func(context.Context, embedded.Options) (privateEngine, error) {
		d.note("engine")
		return fakeEngine{d: d}, fail("engine")
	}
	p.migrate = func(context.Context, connection) error { d.note("migrate"); return fail("migrate") }
	p.open = func(context.Context, connection, zerolog.Logger) (*rooms, error) {
		d.note("open")
		working := make(chan struct{})
		return &rooms{
			Service: svc,
			work: func(ctx context.Context) error {
				close(working)
				if err := fail("work"); err != nil {
					return err
				}
				<-ctx.Done()
				d.note("work off")
				return ctx.Err()
			},
			ready: func(ctx context.Context) error {
				<-working
				if broken == "work" {
					<-ctx.Done()
				}
				d.note("ready")
				return fail("ready")
			},
			waiting: func(context.Context) (int, error) { return 0, nil },
			close:   func() { d.note("close") },
		}, nil
	}
	p.play = func(ctx context.Context, _ rehearsal.Theatre, _ zerolog.Logger) { <-ctx.Done(); d.note("play off") }
	p.announce = func(running.Info) (func(), error) {
		d.note("announce")
		return func() { d.note("withdraw") }, fail("announce")
	}
	return p
}

func TestUp_StartsAndEndsInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		ctx, interrupt := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		a := newApp(noted(d, nil, ""), nil, &out, &errs, []string{"DATABASE_URL=postgres://elsewhere/db"})
		status := make(chan int, 1)
		go func() { status <- a.run(ctx, []string{"up"}) }()
		synctest.Wait()
		if !strings.Contains(out.String(), "Ready in ") || strings.Contains(out.String(), "hunter2") {
			t.Errorf("wrote %q", out.String())
		}
		interrupt()
		if got := <-status; got != 0 || errs.Len() > 0 {
			t.Errorf("status %d, complained %q", got, errs.String())
		}
		want := "engine, migrate, open, announce, ready, play off, withdraw, work off, close, engine off"
		if d.String() != want {
			t.Errorf("happened: %s\nwant:     %s", d, want)
		}
		for _, part := range []string{"database.url is set (environment DATABASE_URL) and not used", "Stopping", "Stopped. Everything is kept in /data"} {
			if !strings.Contains(out.String(), part) {
				t.Errorf("did not say %q: %s", part, out.String())
			}
		}
	})
}

func TestUp_SaysOneLineWhenQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		a := newApp(noted(&diary{}, nil, ""), nil, &out, &errs, nil)
		status := make(chan int, 1)
		go func() { status <- a.run(ctx, []string{"up", "--quiet"}) }()
		synctest.Wait()
		interrupt()
		if <-status; strings.Count(out.String(), "\n") != 1 || !strings.HasPrefix(out.String(), "Ready in ") {
			t.Errorf("wrote %q", out.String())
		}
	})
}

func TestUp_TellsWhatBreaksDownAndEndsTheRest(t *testing.T) {
	t.Parallel()
	for broken, want := range map[string]string{
		"engine":   "engine",
		"migrate":  "engine, migrate, engine off",
		"announce": "engine, migrate, open, announce, close, engine off",
		"ready":    "engine, migrate, open, announce, ready, withdraw, work off, close, engine off",
	} {
		d := &diary{}
		got := command(t.Context(), noted(d, nil, broken), nil, "up")
		opened := strings.Contains(want, "withdraw")
		if got.status != 12 || !strings.Contains(got.err, broken+" broke down") || strings.Contains(got.out, "Ready in") != opened {
			t.Errorf("%s: %+v", broken, got)
		}
		if d.String() != want {
			t.Errorf("%s: happened: %s\nwant: %s", broken, d, want)
		}
	}
	if got := command(t.Context(), noted(&diary{}, nil, "work"), nil, "worker"); got.status != 12 || !strings.Contains(got.err, "work broke down") {
		t.Errorf("a worker that breaks down: %+v", got)
	}
}

// Whoever was told that it is ready finds it, whatever the worker has to catch up with; until it
// asks for work, what is done waits.
func TestUp_IsReadyBeforeTheWorkBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		ctx, interrupt := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		p := noted(d, nil, "")
		plain := p.open
		p.open = func(ctx context.Context, c connection, log zerolog.Logger) (*rooms, error) {
			r, err := plain(ctx, c, log)
			does := r.work
			r.work = func(ctx context.Context) error {
				d.note(ifReady(&out) + "work")
				return does(ctx)
			}
			return r, err
		}
		a := newApp(p, nil, &out, &errs, nil)
		status := make(chan int, 1)
		go func() { status <- a.run(ctx, []string{"up", "--quiet"}) }()
		synctest.Wait()
		interrupt()
		if got := <-status; got != 0 || !strings.Contains(d.String(), "announce, ready: work") {
			t.Errorf("status %d: %s\nhappened: %s", got, errs.String(), d)
		}
	})
}

// ifReady says whether it was said that it is ready.
func ifReady(out *bytes.Buffer) string {
	if strings.Contains(out.String(), "Ready in ") {
		return "ready: "
	}
	return "not ready: "
}

func TestUp_IsReadyWhileRunsCatchUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		p := noted(&diary{}, nil, "")
		plain, asked := p.open, 0
		p.open = func(ctx context.Context, c connection, log zerolog.Logger) (*rooms, error) {
			r, err := plain(ctx, c, log)
			r.waiting = func(context.Context) (int, error) { asked++; return max(0, 412-100*asked), nil }
			return r, err
		}
		a := newApp(p, nil, &out, &errs, nil)
		status := make(chan int, 1)
		go func() { status <- a.run(ctx, []string{"up"}) }()
		<-time.After(10 * recount)
		interrupt()
		if got := <-status; got != 0 {
			t.Errorf("status %d: %s", got, errs.String())
		}
		for _, part := range []string{" s. 312 runs catch up. Ctrl-C ends it.", "212 runs to catch up.", "112 runs to catch up.", "\n12 runs to catch up.", "All runs have caught up."} {
			if strings.Count(out.String(), part) != 1 {
				t.Errorf("did not say %q once: %s", part, out.String())
			}
		}
	})
}

func TestUp_DoesNotTellAFailedStartAsAnAct(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := noted(&diary{}, nil, "")
		plain := p.open
		p.open = func(ctx context.Context, c connection, log zerolog.Logger) (*rooms, error) {
			r, err := plain(ctx, c, log)
			r.ready = func(ctx context.Context) error { <-ctx.Done(); return fmt.Errorf("no worker: %w", ctx.Err()) }
			return r, err
		}
		got := command(t.Context(), p, nil, "up")
		if got.status != 12 || !strings.Contains(got.err, "no work is done on the cycles: no worker asked for any within 1m0s") {
			t.Errorf("%+v", got)
		}
	})
}

func TestUp_EndsWithASentenceWhenItsEngineIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		dies := make(chan error, 1)
		p := noted(d, nil, "")
		p.startEngine = func(context.Context, embedded.Options) (privateEngine, error) {
			return fakeEngine{d: d, dies: dies}, nil
		}
		var out, errs bytes.Buffer
		a := newApp(p, nil, &out, &errs, nil)
		status := make(chan int, 1)
		go func() { status <- a.run(t.Context(), []string{"up"}) }()
		synctest.Wait()
		dies <- errors.New("the private PostgreSQL has ended by itself and 8 restarts did not help: no space left")
		if got := <-status; got != 12 || !strings.Contains(errs.String(), "8 restarts did not help: no space left") {
			t.Errorf("status %d, complained %q", got, errs.String())
		}
		if strings.Contains(out.String(), "Stopped. Everything is kept") || !strings.HasSuffix(d.String(), "play off, withdraw, work off, close, engine off") {
			t.Errorf("happened: %s\nsaid: %s", d, out.String())
		}
	})
}

func TestUp_RefusesAFolderInUse(t *testing.T) {
	t.Parallel()
	p := fakeParts(nil)
	p.startEngine = func(context.Context, embedded.Options) (privateEngine, error) {
		return nil, fmt.Errorf("%w on /data", running.ErrTaken)
	}
	if got := command(t.Context(), p, nil, "up"); got.status != 10 {
		t.Errorf("%+v", got)
	}
}

// restarted is a service whose engine is away for a while.
type restarted struct {
	fakeService
	away func(call int) error
	call int
}

func (r *restarted) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	r.call++
	return nil, r.away(r.call)
}

func TestPatiently_AsksAgainWhatIsUnavailable(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		away   func(int) error
		status policy.Code
		within time.Duration
	}{
		"back again":            {func(call int) error { return ifTrue(call < 5, policy.Refuse(policy.CodeUnavailable, "away")) }, "", 3 * time.Second},
		"broken off":            {func(call int) error { return ifTrue(call < 2, errors.New("connection reset")) }, "", time.Second},
		"gone for good":         {func(int) error { return policy.Refuse(policy.CodeUnavailable, "away") }, policy.CodeUnavailable, 2 * patience},
		"broken from the start": {func(int) error { return errors.New("no such table") }, policy.CodeInternal, time.Millisecond},
		"refused":               {func(int) error { return policy.Refuse(policy.CodeUnknown, "no") }, policy.CodeUnknown, time.Millisecond},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				svc := &restarted{away: tc.away}
				var told bytes.Buffer
				a := newApp(fakeParts(svc), nil, &told, &told, nil)
				a.config.Timeout = time.Second
				w := &watcher{app: a, told: &progress{screen: a.err}, answered: name == "broken off"}
				began := time.Now()
				err := w.patiently(t.Context(), func(ctx context.Context, s service.Service) error {
					_, err := s.ListCycles(ctx, service.CycleFilter{})
					return err
				})
				if policy.CodeOf(err) != tc.status || time.Since(began) > tc.within {
					t.Errorf("%v after %s", err, time.Since(began))
				}
				if back := strings.Contains(told.String(), "is back"); back != (tc.status == "") {
					t.Errorf("told %q", told.String())
				}
			})
		})
	}
}

func ifTrue(condition bool, err error) error {
	if condition {
		return err
	}
	return nil
}

// rehearsed in a fake: three looks, then it has ended.
type rehearsing struct {
	fakeService
	cycle *service.Cycle
	looks int
}

func (r *rehearsing) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	line := r.cycle.CycleLine
	if r.looks++; r.looks > 3 {
		line.Stage = policy.StageClosed
	}
	return []service.CycleLine{line}, nil
}

func (r *rehearsing) As(policy.Principal) service.Service { return r }

func (r *rehearsing) StartCycle(_ context.Context, s service.StartCycle) (*service.Cycle, error) {
	if s.Rehearsal == nil || s.Rehearsal.YearSeconds != 5 {
		return nil, policy.Refuse(policy.CodeInvalid, "no rehearsal")
	}
	return r.cycle, nil
}

func (r *rehearsing) FindCycle(context.Context, string) (*service.Cycle, error) {
	ended := *r.cycle
	ended.Stage = policy.StageClosed
	return &ended, nil
}

func (r *rehearsing) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	return &service.Subject{Subject: s, Versions: []service.Version{{ID: "v", Version: 1}}}, nil
}

func TestRehearse_EndsWithOneObject(t *testing.T) {
	t.Parallel()
	for name, up := range map[string]bool{"on the engine that is up": true, "on one of its own": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cycle := sampleCycle(t)
			synctest.Test(t, func(t *testing.T) {
				d := &diary{}
				p := noted(d, &rehearsing{cycle: cycle}, "")
				if !up {
					p.find = func(string) (running.Info, error) { return running.Info{}, running.ErrNone }
				}
				got := command(t.Context(), p, nil, "rehearse", "-", "--year", "5s", "-o", "json")
				if got.status != 0 || !strings.HasPrefix(got.out, "{\n  \"id\": \"empact-2022-2025\"") || !strings.Contains(got.out, `"stage": "closed"`) {
					t.Errorf("%+v", got)
				}
				if own := strings.HasSuffix(d.String(), "engine off"); own == up {
					t.Errorf("happened: %s", d)
				}
			})
		})
	}
}

func TestMigrate_SaysWhatToSetOnOnesOwnTemporal(t *testing.T) {
	t.Parallel()
	const hint = "set limit.blobSize.error to 524288 for the namespace default"
	own := command(t.Context(), fakeParts(nil), []string{"DATABASE_URL=postgres://u@db/p", "TEMPORAL_ADDRESS=temporal.example.eu:7233"}, "migrate")
	if own.status != 0 || !strings.Contains(own.out, hint) {
		t.Errorf("%+v", own)
	}
	if private := command(t.Context(), fakeParts(nil), nil, "migrate"); private.status != 0 || strings.Contains(private.out, "blobSize") {
		t.Errorf("%+v", private)
	}
}
