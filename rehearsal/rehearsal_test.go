package rehearsal_test

import (
	"context"
	"fmt"
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

var (
	plan   = policy.Subject{Cycle: "spring", Kind: policy.KindOAP, Key: "2024/firearms"}
	report = policy.Subject{Cycle: "spring", Kind: policy.KindReport, Key: "2024/firearms/may"}
	spring = policy.Run{Kind: policy.RunCycle, Cycle: "spring"}
)

// theatre is a small cycle: the Support Team concludes on a plan, France consents to
// an action of it, and the Support Team takes note of the report. Every act takes a
// second, as on a machine that is busy with something else.
type theatre struct {
	service.Service
	script policy.Script
	rows   []policy.Row
	// never says that the plan is not there and never will be.
	never bool

	mu       sync.Mutex
	calendar policy.Calendar
	// behind are the runs that have not looked since the page was turned, and idle says
	// that nobody but Wake has them look.
	behind []policy.Run
	idle   bool
	told   []string // what happened, in its order
}

// opens gives a theatre on a day, with a year that takes ten seconds.
func opens(day policy.Date) *theatre {
	calendar, err := policy.NewRehearsalCalendar(day, 10*time.Second)
	if err != nil {
		panic(err)
	}
	return &theatre{calendar: calendar, script: policy.DefaultScript, rows: []policy.Row{{
		Register: policy.RegConsents, Key: "2024/firearms/1.1/fr", Date: policy.NewDate(2023, 11, 10),
		By: policy.Actor{Name: "Rehearsal, NEC", Body: "fr"}, Body: &policy.Consent{},
	}}}
}

func (s *theatre) As(policy.Principal) service.Service { return s }

func (s *theatre) PrincipalOf(_ context.Context, by policy.Actor) (policy.Principal, error) {
	return policy.Asserted(by), nil
}

func (s *theatre) tells(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, fmt.Sprintf(format, args...)+" on "+s.calendar.Day.String())
}

func (s *theatre) has(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.told, func(told string) bool { return told[:len(what)] == what })
}

func (s *theatre) day() policy.Date {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calendar.Day
}

func (s *theatre) ended() bool { return s.has("report") }

func (s *theatre) ListScripts(context.Context) ([]string, error) {
	if s.ended() {
		return nil, nil
	}
	return []string{"spring"}, nil
}

func (s *theatre) FindScript(context.Context, string) (*service.Script, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &service.Script{Cycle: "spring", Script: s.script, Calendar: s.calendar}, nil
}

func (s *theatre) FindScriptedRows(context.Context, string) ([]policy.Row, error) { return s.rows, nil }

func (s *theatre) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	var items []service.InboxItem
	wait := func(subject policy.Subject, due policy.Date) {
		items = append(items, service.InboxItem{Subject: subject, Awaits: "decision", Turn: []policy.Body{policy.SupportTeam}, Version: 1, Due: due})
	}
	if !s.has("plan") && !s.never {
		wait(plan, policy.NewDate(2023, 11, 3))
	}
	if !s.has("report") {
		wait(report, policy.NewDate(2024, 5, 25))
	}
	return items, nil
}

func (s *theatre) Decide(_ context.Context, in service.Decide) (*service.Receipt, error) {
	<-time.After(time.Second)
	s.tells("%s", map[policy.Subject]string{plan: "plan", report: "report"}[in.Subject])
	return &service.Receipt{}, nil
}

func (s *theatre) Enter(context.Context, service.Enter) (*service.Entered, error) {
	if !s.has("plan") {
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle has no such OAP")
	}
	s.tells("consent")
	return &service.Entered{}, nil
}

func (s *theatre) Page(context.Context, string) (policy.Page, error) {
	ended := s.ended()
	s.mu.Lock()
	defer s.mu.Unlock()
	page := policy.Page{Day: s.calendar.Day, Behind: s.behind, Ended: ended}
	if !s.idle {
		s.behind = nil // they were at it
	}
	return page, nil
}

func (s *theatre) TurnPage(_ context.Context, _ string, _ policy.Page, to policy.Date) (policy.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calendar.Day, s.behind = to, []policy.Run{spring}
	return policy.Page{Day: to, Due: s.behind}, nil
}

func (s *theatre) Wake(_ context.Context, runs []policy.Run) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, "woken on "+s.calendar.Day.String())
	s.behind = slices.DeleteFunc(s.behind, func(r policy.Run) bool { return slices.Contains(runs, r) })
	return nil
}

// plays plays a theatre for an hour, with somebody beside it, and gives what happened.
func plays(t *testing.T, s *theatre, beside func(ctx context.Context)) []string {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), time.Hour)
	defer end()
	if beside != nil {
		go beside(ctx)
	}
	rehearsal.Play(ctx, s, zerolog.Nop())
	return s.told
}

// What a rehearsal tells is in its dates, not in how fast the machine was.
func TestPlay_HasNobodyWhoOvertakesOnALaggingMachine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := plays(t, opens(policy.NewDate(2023, 1, 1)), nil)
		if want := []string{"plan on 2023-10-31", "consent on 2023-11-10", "report on 2024-05-22"}; !slices.Equal(got, want) {
			t.Errorf("it went %v, want %v", got, want)
		}
	})
}

func TestPlay_TurnsTheCalendarNoFasterThanItsPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := opens(policy.NewDate(2023, 1, 1))
		day, began := s.calendar.DayLength(), time.Now()
		plays(t, s, func(ctx context.Context) {
			before, at := s.day(), time.Now()
			for ctx.Err() == nil {
				<-time.After(5 * time.Millisecond)
				now := s.day()
				if passed, most := before.DaysUntil(now), int(time.Since(at)/day)+1; passed > most && now != before {
					t.Errorf("%d days passed in %s, at most %d may", passed, time.Since(at), most)
				}
				if now != before {
					before, at = now, time.Now()
				}
				if s.ended() {
					if least := day * time.Duration(policy.NewDate(2023, 1, 1).DaysUntil(now)); time.Since(began) < least {
						t.Errorf("it took %s, at least %s were to pass", time.Since(began), least)
					}
					return
				}
			}
		})
	})
}

func TestPlay_StopsTheCalendarWithTheCycle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := opens(policy.NewDate(2023, 1, 1))
		plays(t, s, nil)
		if shown := s.day(); shown != policy.NewDate(2024, 5, 22) {
			t.Errorf("an hour later it shows %s", shown)
		}
	})
}

// A row that waits for what never comes does not stop the others.
func TestPlay_IsNotHeldByARowNobodyCanEnter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := opens(policy.NewDate(2023, 1, 1))
		s.never = true
		if got, want := plays(t, s, nil), []string{"report on 2024-05-22"}; !slices.Equal(got, want) {
			t.Errorf("it went %v, want %v", got, want)
		}
	})
}

// What the script leaves to people, the calendar waits for.
func TestPlay_LetsTheCalendarWaitForPeople(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := opens(policy.NewDate(2023, 1, 1))
		s.script.Scenes = []policy.Scene{{On: "oap/2024/firearms", Body: policy.SupportTeam, ByHand: true}}
		got := plays(t, s, func(context.Context) {
			<-time.After(40 * time.Minute)
			if shown := s.day(); shown != policy.NewDate(2023, 11, 3) {
				t.Errorf("while nobody acts it shows %s, want the day on which the plan is due", shown)
			}
			s.tells("plan by hand")
		})
		want := []string{"plan by hand on 2023-11-03", "consent on 2023-11-10", "report on 2024-05-22"}
		if !slices.Equal(got, want) {
			t.Errorf("it went %v, want %v", got, want)
		}
	})
}

// A run that nobody has woken is woken by the actors, and not again and again.
func TestPlay_WakesARunThatIsBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := opens(policy.NewDate(2024, 5, 22))
		s.never, s.rows = true, nil
		s.behind, s.idle = []policy.Run{spring}, true
		if got, want := plays(t, s, nil), []string{"woken on 2024-05-22", "report on 2024-05-22"}; !slices.Equal(got, want) {
			t.Errorf("it went %v, want %v", got, want)
		}
	})
}
