package api_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/remote"
)

// slow is a service whose work takes as long as a test wants.
type slow struct {
	service.Service
	work func(context.Context) error
}

func (s *slow) As(policy.Principal) service.Service { return s }

func (s *slow) Import(ctx context.Context, in service.Whole) (*service.Cycle, error) {
	return &service.Cycle{CycleLine: service.CycleLine{ID: in.Definition.Key}}, s.work(ctx)
}

func (s *slow) Export(ctx context.Context, cycle string) (*service.Whole, error) {
	return &service.Whole{Definition: policy.Definition{Key: cycle}}, s.work(ctx)
}

// little is the time that the answer to a request has, work aside.
const little = 100 * time.Millisecond

// serving serves a service that gives each answer very little time.
func serving(t *testing.T, work func(context.Context) error) *remote.Service {
	t.Helper()
	server := httptest.NewUnstartedServer(api.New(api.Options{
		Service: &slow{work: work}, Identify: identify, Log: zerolog.Nop(), ProgressEvery: time.Millisecond,
	}))
	server.Config.WriteTimeout = little
	server.Start()
	t.Cleanup(server.Close)
	return &remote.Service{URL: server.URL, Client: server.Client(), Name: "anna@general-secretariat"}
}

func TestImport_IsLongWorkThatTellsItsProgress(t *testing.T) {
	t.Parallel()
	const all = 4000
	var mu sync.Mutex
	var heard []advance.Step
	tells := func(ctx context.Context) error { // until it has been heard more often than a client bears unasked
		takes := time.NewTicker(time.Millisecond)
		defer takes.Stop()
		for began, n := time.Now(), 1; ; n++ {
			advance.Tell(ctx, "acts and rows", n, all)
			mu.Lock()
			enough := len(heard) > 10 && time.Since(began) > 2*little
			mu.Unlock()
			if enough || ctx.Err() != nil {
				return ctx.Err()
			}
			<-takes.C
		}
	}
	svc := serving(t, tells)
	ctx := advance.Watch(t.Context(), func(p advance.Step) {
		mu.Lock()
		defer mu.Unlock()
		if p.What == "acts and rows" {
			heard = append(heard, p)
		}
	})
	cycle, err := svc.Import(ctx, service.Whole{Definition: policy.Definition{Key: "empact"}})
	if err != nil || cycle.ID != "empact" {
		t.Fatalf("imported %v: %v", cycle, err)
	}
	if !slices.ContainsFunc(heard, func(p advance.Step) bool { return p.Done > 1 && p.All == all }) {
		t.Errorf("heard %v", heard)
	}
	heard = nil
	if whole, err := svc.Export(ctx, "empact"); err != nil || whole.Definition.Key != "empact" {
		t.Errorf("exported: %v", err)
	}
}

// Who does not ask for interim answers may not understand them, and is waited for.
func TestExport_TellsNobodyOfProgressUnasked(t *testing.T) {
	t.Parallel()
	svc := serving(t, func(ctx context.Context) error {
		if advance.Watched(ctx) {
			return errors.New("somebody watches")
		}
		<-time.NewTimer(2 * little).C
		return ctx.Err()
	})
	if _, err := svc.Export(t.Context(), "empact"); err != nil {
		t.Error(err)
	}
}

func TestImport_EndsWhenNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	svc := serving(t, func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	if _, err := svc.Import(advance.Watch(ctx, func(advance.Step) {}), service.Whole{}); policy.CodeOf(err) != policy.CodeOutcomeUnknown {
		t.Errorf("who went away is told: %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the work goes on")
	}
}

func TestAlive_TellsAServiceThatAnswers(t *testing.T) {
	t.Parallel()
	svc := serving(t, nil)
	if err := svc.Alive(t.Context()); err != nil {
		t.Error(err)
	}
	svc.URL += "/elsewhere"
	if err := svc.Alive(t.Context()); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("another: %v", err)
	}
}
