package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// standings draws subjects in whatever state, each with a due date within some weeks of a day.
func standings(today policy.Date) *rapid.Generator[[]policy.Standing] {
	return rapid.Custom(func(t *rapid.T) []policy.Standing {
		all := make([]policy.Standing, rapid.IntRange(0, 2*policy.MostAwaited).Draw(t, "how many"))
		for i := range all {
			all[i] = policy.Standing{
				Subject: policytest.On(fmt.Sprintf("item/item-%d", i)),
				State:   rapid.SampledFrom([]policy.State{policy.StateDrafting, policy.StateDeciding, policy.StateClosed}).Draw(t, "state"),
				Turn:    rapid.SliceOfDistinct(rapid.SampledFrom([]policy.Body{policy.Council, policy.COSI, "se", "fr"}), rapid.ID).Draw(t, "turn"),
				Due:     today.AddDays(rapid.IntRange(-40, 40).Draw(t, "due")),
				Pending: rapid.SampledFrom([]string{"", "an-act"}).Draw(t, "pending"),
			}
			if all[i].State == policy.StateClosed && rapid.Bool().Draw(t, "settled") {
				all[i].Due = policy.Date{}
			}
			if all[i].State == policy.StateDeciding && rapid.Bool().Draw(t, "silence") {
				all[i].Silence = &policy.Silence{Deadline: today.AddDays(rapid.IntRange(-5, 20).Draw(t, "deadline")), Broken: rapid.Bool().Draw(t, "broken")}
			}
		}
		return all
	})
}

var aDay = policytest.Date("2025-05-13")

func TestOutlookOf_TellsOfAllThatIsOpenAndListsWhatIsDueFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := standings(aDay).Draw(t, "standings")
		o := policy.OutlookOf(all, aDay)
		awaited, overdue, turns, first := 0, false, map[policy.Body]bool{}, policy.Date{}
		for _, s := range all {
			if !s.Awaited() {
				continue
			}
			awaited++
			overdue = overdue || s.Due.Before(aDay)
			first = policy.Earliest(first, s.Due)
			for _, body := range s.Turn {
				turns[body] = true
			}
		}
		if len(o.Open)+o.More != awaited || len(o.Open) > policy.MostAwaited || o.More > 0 && len(o.Open) < policy.MostAwaited {
			t.Errorf("of %d it lists %d and says that there are %d more", awaited, len(o.Open), o.More)
		}
		if o.Overdue != overdue || o.NextDue != first || len(o.Turn) != len(turns) || !slices.IsSorted(o.Turn) {
			t.Errorf("overdue %v, due %s, turn of %v: want %v, %s, %v", o.Overdue, o.NextDue, o.Turn, overdue, first, turns)
		}
		if !slices.IsSortedFunc(o.Open, func(a, b policy.Awaited) int { return a.Due.Compare(b.Due) }) {
			t.Errorf("what is due first does not stand first: %+v", o.Open)
		}
		for _, a := range o.Open {
			if a.Overdue != a.Due.Before(aDay) {
				t.Errorf("%s, due on %s, is overdue %v on %s", a.Subject, a.Due, a.Overdue, aDay)
			}
		}
		if len(o.Deadlines) > policy.MostDeadlines || slices.ContainsFunc(o.Deadlines, func(d policy.Deadline) bool { return d.On.Before(aDay) }) {
			t.Errorf("the next deadlines are %+v", o.Deadlines)
		}
	})
}

// A run is asked what it was told when it looked last. That stays right, for it looks again on
// the day after each due date at the latest: there is a reminder then.
func TestOutlookOf_StaysRightUntilTheNextReminder(t *testing.T) {
	t.Parallel()
	ladder := policy.Reminders{BeforeDays: []int{14, 3}, EscalateDays: 10}
	rapid.Check(t, func(t *rapid.T) {
		all := standings(aDay).Draw(t, "standings")
		next := policy.Date{}
		for _, s := range all {
			var given []policy.Notice // in the days before
			for _, days := range rapid.SliceOf(rapid.IntRange(0, 30)).Draw(t, "reminded") {
				given = append(given, policy.Notice{Kind: policy.NoticeAhead, On: aDay.AddDays(-days)})
			}
			if n, more := policy.NextNotice(s, ladder, given, aDay); more {
				next = policy.Earliest(next, n.On)
			}
		}
		told := policy.OutlookOf(all, aDay)
		last := policy.Earliest(next, aDay.AddDays(60)).AddDays(-1) // nothing has woken the run yet
		if !last.After(aDay) {
			return
		}
		then := policy.OutlookOf(all, last)
		if told.Overdue != then.Overdue || !slices.EqualFunc(told.Open, then.Open, func(a, b policy.Awaited) bool { return a.Overdue == b.Overdue }) {
			t.Errorf("told on %s: %+v\non %s it is %+v", aDay, told.Open, last, then.Open)
		}
	})
}

func TestOutlook_ShownUpTo_LeavesOutTitlesThatAreLIMITE(t *testing.T) {
	t.Parallel()
	open := []policy.Standing{{Subject: policytest.On("priorities"), State: policy.StateDeciding, Due: aDay}}
	whole := policy.OutlookOf(open, aDay)
	whole.Title, whole.Open[0].Title = "The cycle", "The priorities"
	for marking, want := range map[policy.Marking]bool{policy.Public: false, policy.Limite: true, policy.Restricted: true} {
		shown := whole.ShownUpTo(marking)
		if titled := shown.Title != "" && shown.Open[0].Title != ""; titled != want || shown.Shown != marking {
			t.Errorf("up to %s, as %s: %+v", marking, shown.Shown, shown)
		}
	}
	if whole.Open[0].Title == "" {
		t.Error("the whole lost its titles")
	}
}

// A run meets orders again in its history, which a later version may have given.
func TestOrders_AreReadWithWordsThatAreNotKnownHere(t *testing.T) {
	t.Parallel()
	var orders policy.Orders
	err := json.Unmarshal([]byte(`{"sequence": 7, "stage": "drafting", "outlook": {"today": "2025-05-13", "turn": ["the-senate"],
		"open": [{"subject": "empact/priorities", "waiting": {"id": "x", "outcome": "adopted-by-lot", "document": "XX 1", "body": "the-senate"}}]}}`), &orders)
	if err != nil || orders.Outlook.Turn[0] != "the-senate" || orders.Outlook.Open[0].Waiting.Outcome != "adopted-by-lot" || orders.Sequence != 7 {
		t.Errorf("%+v, %v", orders, err)
	}
}
