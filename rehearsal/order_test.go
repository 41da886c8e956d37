package rehearsal_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// lagging is a service that is years behind the calendar of a rehearsal: the plan
// and its report both wait, and France consents to the plan once that is there.
type lagging struct {
	service.Service
	calendar policy.Calendar
	plan     policy.Subject
	report   policy.Subject
	// never says that the plan will not be there.
	never bool

	mu   sync.Mutex
	done []string
}

func (s *lagging) did(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, what)
}

func (s *lagging) has(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.done, what)
}

func (s *lagging) ListScripts(context.Context) ([]string, error) {
	if s.has("report") {
		return nil, nil
	}
	return []string{"late"}, nil
}

func (s *lagging) FindScript(context.Context, string) (*service.Script, error) {
	return &service.Script{Cycle: "late", Calendar: s.calendar, Ended: s.has("report")}, nil
}

func (s *lagging) FindScriptedRows(context.Context, string) ([]policy.Row, error) {
	return []policy.Row{{
		Register: policy.RegConsents, Key: "2024/firearms/1.1/fr", Date: policy.NewDate(2023, 11, 10),
		By: policy.Actor{Name: "Rehearsal, NEC", Body: "fr"}, Body: &policy.Consent{},
	}}, nil
}

func (s *lagging) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	var items []service.InboxItem
	wait := func(subject policy.Subject, due policy.Date) {
		items = append(items, service.InboxItem{Subject: subject, Awaits: "decision", Turn: []policy.Body{policy.SupportTeam}, Version: 1, Due: due})
	}
	if !s.has("plan") && !s.never {
		wait(s.plan, policy.NewDate(2023, 11, 3))
	}
	if !s.has("report") {
		wait(s.report, policy.NewDate(2024, 5, 25))
	}
	return items, nil
}

func (s *lagging) Decide(_ context.Context, in service.Decide) (*service.Receipt, error) {
	<-time.After(time.Second) // of a slow machine
	s.did(map[policy.Subject]string{s.plan: "plan", s.report: "report"}[in.Subject])
	return &service.Receipt{}, nil
}

func (s *lagging) Enter(context.Context, service.Enter) (*service.Entered, error) {
	if !s.has("plan") {
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle has no such OAP")
	}
	s.did("consent")
	return &service.Entered{}, nil
}

// plays gives what was done within a minute, in its order.
func plays(t *testing.T, s *lagging) []string {
	t.Helper()
	calendar, err := policy.NewRehearsalCalendar(time.Now().Add(-time.Hour), policy.NewDate(2021, 1, 1), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	s.calendar = calendar
	s.plan = policy.Subject{Cycle: "late", Kind: policy.KindOAP, Key: "2024/firearms"}
	s.report = policy.Subject{Cycle: "late", Kind: policy.KindReport, Key: "2024/firearms/may"}
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	rehearsal.Play(ctx, s, zerolog.Nop())
	return s.done
}

// The plan of a machine that lags comes years late; consents and reports still come
// in their order.
func TestNobodyOvertakesAnybodyOnAMachineThatLags(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if got, want := plays(t, &lagging{}), []string{"plan", "consent", "report"}; !slices.Equal(got, want) {
			t.Errorf("it went %v, want %v", got, want)
		}
	})
}

// A row that waits for what never comes does not stop the others for ever.
func TestARowThatNobodyCanEnterHoldsNobodyForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if got, want := plays(t, &lagging{never: true}), []string{"report"}; !slices.Equal(got, want) {
			t.Errorf("it went %v, want %v", got, want)
		}
	})
}
