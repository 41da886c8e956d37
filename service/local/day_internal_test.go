package local

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

func TestBegins_TellsOfTheDayOnWhichItIsAsked(t *testing.T) {
	t.Parallel()
	first := policy.NewDate(2029, 1, 1)
	for today, begun := range map[policy.Date]bool{policy.NewDate(2026, 11, 29): false, first.AddDays(-1): false, first: true, first.AddDays(1): true} {
		since, begins := begins(first, today)
		if begun && (since != first || !begins.IsZero()) || !begun && (!since.IsZero() || begins != first) {
			t.Errorf("on %s: since %s, begins %s", today, since, begins)
		}
	}
}

// What the public is not told is left out: it is not said to be nothing.
func TestRedactCycle_LeavesOutWhatIsNotTold(t *testing.T) {
	t.Parallel()
	cycle := func() *service.Cycle {
		subject := service.Subject{Subject: policy.Subject{Kind: policy.KindPriorities}, State: policy.StateDeciding, Overdue: true, Pending: "a", Second: policy.GeneralSecretariat}
		return &service.Cycle{
			CycleLine: service.CycleLine{Open: new(1), Overdue: new(1)}, StartedBy: "anna@general-secretariat",
			Waiting: []service.InboxItem{{Awaits: "decision", Overdue: true}}, Policy: []service.Subject{subject},
			Decisions: []service.Decision{{ID: "d", RecordedBy: "anna@general-secretariat", DaysLate: 3}},
		}
	}
	hidden := []string{`"open"`, `"overdue"`, `"waiting"`, `"started_by"`, `"recorded_by"`, `"days_late"`, `"second"`}
	for _, test := range []struct {
		visibility policy.Visibility
		told       bool
	}{{policy.Everything(), true}, {policy.VisibilityOf(policy.Principal{}, policy.Circle{}), false}} {
		c := cycle()
		redactCycle(test.visibility, c)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range hidden {
			if strings.Contains(string(text), field) != test.told {
				t.Errorf("%s is told: %t, want %t: %s", field, !test.told, test.told, text)
			}
		}
	}
	nothing := &service.Cycle{Waiting: []service.InboxItem{}, CycleLine: service.CycleLine{Open: new(0)}}
	redactCycle(policy.Everything(), nothing)
	text, err := json.Marshal(nothing)
	if err != nil || !strings.Contains(string(text), `"open":0`) || !strings.Contains(string(text), `"waiting":[]`) {
		t.Errorf("that nothing is open is told to those who may know it: %s, %v", text, err)
	}
}

func TestByDate_PutsDecisionsInTheOrderInWhichTheyWereTaken(t *testing.T) {
	t.Parallel()
	day := func(n int) policy.Date { return policy.NewDate(2026, 3, n) }
	decisions := []service.Decision{{ID: "late", Date: day(9)}, {ID: "entered-late", Date: day(2)}, {ID: "first-of-a-day", Date: day(5)}, {ID: "second-of-it", Date: day(5)}}
	byDate(decisions)
	var ids []string
	for _, d := range decisions {
		ids = append(ids, d.ID)
	}
	if want := []string{"entered-late", "first-of-a-day", "second-of-it", "late"}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
}

func TestSecondOf_NamesTheBodyThatConfirms(t *testing.T) {
	t.Parallel()
	acts := []store.Act{{}, {}}
	acts[0].ID, acts[0].By.Body, acts[0].Body = "a", policy.GeneralSecretariat, policy.COSI
	acts[1].ID, acts[1].By.Body, acts[1].Body = "b", policy.SupportTeam, policy.SupportTeam
	for pending, want := range map[string]policy.Body{"": "", "a": policy.GeneralSecretariat, "b": policy.SupportTeam, "c": ""} {
		if got := secondOf(acts, pending); got != want {
			t.Errorf("%q waits for a second person of %q, want %q", pending, got, want)
		}
	}
}
