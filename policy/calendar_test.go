package policy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// calendar is a cycle with a meeting that was held, one that was cancelled before its day, one to
// come and one after the plans have ended, on 2022-10-01.
func calendar() policy.Definition {
	d := sound()
	meeting := func(key, day string, settles ...string) policy.PlannedMeeting {
		return policy.PlannedMeeting{Key: key, Title: "COSI", Body: policy.COSI, On: date(day), Settles: settles}
	}
	off := meeting("cosi-2022-07", "2022-07-10")
	off.Cancelled = date("2022-07-01")
	d.Meetings = []policy.PlannedMeeting{
		meeting("cosi-2022-06", "2022-06-14", "report/2022/*/may"), off, meeting("cosi-2022-12", "2022-12-07", "oap/2023/*"), meeting("cosi-2024-06", "2024-06-26"),
	}
	return d
}

func TestJudgeMeetings_KeepsTheCalendarAsRecordOfWhatTookPlace(t *testing.T) {
	t.Parallel()
	moved := func(key, day string) func(*policy.Definition) {
		return func(d *policy.Definition) { d.Meeting(key).On = date(day) }
	}
	struck := func(key string) func(*policy.Definition) {
		return func(d *policy.Definition) {
			d.Meetings = slices.DeleteFunc(d.Meetings, func(m policy.PlannedMeeting) bool { return m.Key == key })
		}
	}
	cancelled := func(key string) func(*policy.Definition) {
		return func(d *policy.Definition) { d.Meeting(key).Cancelled = date("2022-10-01") }
	}
	rectified := func(key, day, on string) func(*policy.Definition) {
		return func(d *policy.Definition) { d.Meeting(key).On, d.Meeting(key).Rectified = date(day), date(on) }
	}
	for name, test := range map[string]struct {
		change   func(*policy.Definition)
		decision string
		refused  bool
	}{
		"as it is":                {func(*policy.Definition) {}, "", false},
		"a meeting to come moves": {moved("cosi-2022-12", "2022-12-14"), "", false},
		"one more meeting": {func(d *policy.Definition) {
			d.Meetings = append(d.Meetings, policy.PlannedMeeting{Key: "new", Title: "COSI", Body: policy.COSI, On: date("2022-11-11")})
		}, "", false},
		"a meeting to come is cancelled":               {cancelled("cosi-2022-12"), "", false},
		"a meeting to come is struck":                  {struck("cosi-2022-12"), "", true},
		"a meeting moves past the end of the cycle":    {moved("cosi-2022-12", "2024-01-01"), "", true},
		"the last meeting moves by a week":             {moved("cosi-2024-06", "2024-07-03"), "", false},
		"the last meeting moves by ten years":          {moved("cosi-2024-06", "2034-06-26"), "", true},
		"a meeting held is struck":                     {struck("cosi-2022-06"), "", true},
		"a meeting held is struck on a decision":       {struck("cosi-2022-06"), "act-4", true},
		"a meeting held moves":                         {moved("cosi-2022-06", "2023-06-14"), "", true},
		"a meeting held moves on a decision, silently": {moved("cosi-2022-06", "2022-06-15"), "act-4", true},
		"a meeting held is cancelled":                  {cancelled("cosi-2022-06"), "act-4", true},
		"a meeting held settles nothing":               {func(d *policy.Definition) { d.Meeting("cosi-2022-06").Settles = nil }, "act-4", true},
		"one cancelled before its day is struck":       {struck("cosi-2022-07"), "act-4", true},
		"a wrong day is rectified on a decision":       {rectified("cosi-2022-06", "2022-06-15", "2022-10-01"), "act-4", false},
		"a wrong day is rectified by one person":       {rectified("cosi-2022-06", "2022-06-15", "2022-10-01"), "", true},
		"a wrong day is rectified on another day":      {rectified("cosi-2022-06", "2022-06-15", "2022-09-01"), "act-4", true},
		"a day is rectified to one to come":            {rectified("cosi-2022-06", "2022-11-15", "2022-10-01"), "act-4", true},
		"a meeting to come is rectified":               {rectified("cosi-2022-12", "2022-12-14", "2022-10-01"), "act-4", true},
	} {
		before, amended := calendar(), calendar()
		test.change(&amended)
		act := policy.Act{Kind: policy.ActAmend, Date: date("2022-10-01"), Comment: "as said", Amendment: &policy.AmendmentRef{Decision: test.decision}}
		if err := policy.JudgeMeetings(&before, &amended, act, date("2022-10-01")); (err != nil) != test.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is done with the calendar without a decision, what was held is there as it was held.
func TestJudgeMeetings_LosesNoMeetingThatWasHeld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, today := calendar(), date("2022-05-01").AddDays(rapid.IntRange(0, 900).Draw(t, "today"))
		amended := calendar()
		for i := range amended.Meetings {
			m := &amended.Meetings[i]
			switch rapid.SampledFrom([]string{"stays", "moves", "is cancelled"}).Draw(t, "what") {
			case "moves":
				m.On = m.On.AddDays(rapid.IntRange(-400, 400).Draw(t, "days"))
			case "is cancelled":
				m.Cancelled = today
			}
		}
		if n := rapid.IntRange(-1, len(amended.Meetings)-1).Draw(t, "struck"); n >= 0 {
			amended.Meetings = slices.Delete(amended.Meetings, n, n+1)
		}
		act := policy.Act{Kind: policy.ActAmend, Date: today, Comment: "as said", Amendment: new(policy.AmendmentRef)}
		if policy.JudgeMeetings(&before, &amended, act, today) != nil {
			return
		}
		for _, m := range before.Meetings {
			next := amended.Meeting(m.Key)
			if next == nil || m.On.Before(today) && (next.On != m.On || next.Cancelled != m.Cancelled) {
				t.Fatalf("on %s, %+v became %+v", today, m, next)
			}
		}
	})
}

func TestAgenda_HangsOnNoMeetingThatIsCancelled(t *testing.T) {
	t.Parallel()
	d := calendar()
	plan := "oap/2023/firearms"
	if due := entryOf(d, plan).Due; due != date("2022-12-07") {
		t.Errorf("it falls due on %s", due)
	}
	d.Meeting("cosi-2022-12").Cancelled = date("2022-10-01")
	if due := entryOf(d, plan).Due; due != date("2022-12-10") {
		t.Errorf("it falls due on %s, want the day of its period", due)
	}
	if problems := d.Validate(); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
	d.Meeting("cosi-2022-12").Cancelled = date("2022-12-08")
	if problems := d.Validate(); len(problems) != 1 {
		t.Errorf("cancelled after its day: %+v", problems)
	}
}

// What an amendment adds has its usual time: it is not overdue on the day on which it is added
// because of a meeting that comes too early for it.
func TestAgenda_HangsWhatIsAddedOnNoMeetingThatComesTooEarly(t *testing.T) {
	t.Parallel()
	for added, want := range map[string]string{"2022-09-01": "2022-12-07", "2022-11-20": ""} {
		d := calendar()
		d.Meeting("cosi-2022-12").Settles = []string{"oap/2023/*"}
		cars := policy.Priority{Key: "cars", Title: "Cars", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}}}
		d = d.Amend(policy.Amendment{Priorities: append(d.Priorities, cars)}, date(added))
		e := entryOf(d, "oap/2023/cars")
		if e.Opens.Before(date(added)) || e.SubmitBy.Before(date(added)) || want != "" && e.Due != date(want) {
			t.Errorf("added on %s it is to be handed in by %s and settled by %s", added, e.SubmitBy, e.Due)
		}
	}
}

func TestJudge_TakesNoOutcomeOfACancelledMeeting(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Facts.Meetings = []policy.PlannedMeeting{{Key: "cosi-2021-12", Title: "COSI", Body: policy.COSI, On: date("2021-12-08"), Cancelled: date("2021-12-01")}}
	at := func(a *policy.Act) { a.Meeting = "cosi-2021-12" }
	f.Refuses(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), at), policy.CodeInvalid)
	f.Must(t, decides(policy.COSI, policy.Adopted, "2021-12-08"))
}
