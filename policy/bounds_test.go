package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// many gives as many things as are asked for, each made of its number.

// What was recorded before there was a bound is read as it is; what comes in is held
// against it.
func TestAdmitContent_TakesNoMoreThanCanBeLookedAt(t *testing.T) {
	t.Parallel()
	plan := func(actions int) policy.Content {
		return &policy.OperationalPlan{Actions: many(actions, func(i int) policy.OperationalAction {
			return policy.OperationalAction{Code: fmt.Sprint(i + 1), Title: "Trace", Kind: "operational", From: date("2022-01-01"), To: date("2022-12-31")}
		})}
	}
	reported := func(value int64) policy.Content {
		return &policy.Report{Actions: []policy.ActionReport{{Action: "1.1", Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(value)}}}}}
	}
	for name, test := range map[string]struct {
		kind    policy.Kind
		content policy.Content
		says    string // empty: it is taken
	}{
		"as many actions as are kept": {policy.KindOAP, plan(policy.MaxList), ""},
		"one action more":             {policy.KindOAP, plan(policy.MaxList + 1), "actions has 1001 entries: at most 1000 are kept"},
		"the greatest figure":         {policy.KindReport, reported(policy.MaxNumber), ""},
		"a negative figure":           {policy.KindReport, reported(-1), "actions[0].figures[0].value is -1: expected a number that is not negative"},
		"a greater figure":            {policy.KindReport, reported(policy.MaxNumber + 1), "actions[0].figures[0].value is 1000000000000000: expected a number of at most 15 digits"},
		"a lesser figure":             {policy.KindReport, reported(-policy.MaxNumber - 1), "expected a number that is not negative"},
	} {
		text, err := json.Marshal(test.content)
		if err != nil {
			t.Fatal(err)
		}
		_, err = policy.AdmitContent(test.kind, text)
		if test.says == "" && err != nil || test.says != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := policy.ReadContent(test.kind, text); err != nil {
			t.Errorf("%s, in the records: %v", name, err)
		}
	}
}

func TestJudgeRows_BoundsTheirNumberAndWhatTheyCount(t *testing.T) {
	t.Parallel()
	d, team := records(inOrder()), policy.Asserted(policy.Actor{Name: "Eva", Body: policy.SupportTeam})
	nothing := func(int) policy.Row { return rowOf(policy.RegWarnings) }
	if err := policy.JudgeRows(d, team, many(policy.MaxRows, nothing), nil); err != nil {
		t.Errorf("as many as are entered together: %v", err)
	}
	err := policy.JudgeRows(d, team, many(policy.MaxRows+1, nothing), nil)
	if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "these are 5001 rows: at most 5000 are entered together") {
		t.Errorf("one more: %v", err)
	}
	for register, body := range map[policy.Register]policy.RowBody{
		policy.RegProgress:    &policy.Progress{Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(1 << 62)}}},
		policy.RegDays:        &policy.JointActionDay{Title: "Days", From: date("2022-01-01"), To: date("2022-01-02"), Plans: []string{"2022/firearms"}, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(1 << 62)}}},
		policy.RegEnvelopes:   &policy.Envelope{Source: "isf", From: date("2021-01-01"), To: date("2027-12-31"), Amount: 1 << 62},
		policy.RegAllocations: &policy.Allocation{Envelope: "isf", Amount: 1 << 62},
	} {
		row := rowOf(register)
		row.Body = body
		if ps := row.Problems(); len(ps) != 1 || !strings.Contains(ps[0].Message, "at most 15 digits") {
			t.Errorf("%s: %+v", register, ps)
		}
	}
}

// large are cycles that are larger than a run can look at in its time, and what they are
// told. Each is sound otherwise.
var large = map[string]struct {
	change func(*policy.Definition)
	field  string
	says   string
}{
	"more plans than Temporal has room for": {func(d *policy.Definition) {
		d.Priorities = many(400, func(i int) policy.Priority {
			key := fmt.Sprintf("p%d", i)
			return policy.Priority{Key: key, Title: "A priority", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: key, Title: "An OAP"}}}
		})
	}, "priorities", "come to 801 plans, MASPs and the OAPs of each period together: a cycle has at most 500"},
	"more reports": {func(d *policy.Definition) {
		d.Priorities[0].OAPs = many(200, func(i int) policy.OAP { return policy.OAP{Key: fmt.Sprintf("o%d", i), Title: "An OAP"} })
		d.Periods[0].Reports = many(30, func(i int) policy.Round {
			return policy.Round{Key: fmt.Sprintf("r%d", i), Opens: date("2022-03-01"), Due: date("2022-06-15")}
		})
	}, "periods", "reports on OAPs: a cycle has at most 5000"},
	"more due dates": {func(d *policy.Definition) {
		for key := range 2 {
			d.Obligations = append(d.Obligations, policy.Obligation{
				Key: fmt.Sprintf("daily-%d", key), Title: "Every day", OwedBy: policy.Commission, To: []policy.Body{policy.Council},
				Due: many(250, date("2022-01-01").AddDays),
			})
		}
	}, "obligations", "due dates: a cycle has at most 500"},
	"more meetings": {func(d *policy.Definition) {
		d.Meetings = many(1001, func(i int) policy.PlannedMeeting {
			return policy.PlannedMeeting{Key: fmt.Sprintf("m%d", i), Title: "COSI", Body: policy.COSI, On: date("2022-06-01")}
		})
	}, "meetings", "has 1001 entries: at most 1000 are kept"},
	"more paths that meetings settle": {func(d *policy.Definition) {
		d.Meetings = many(2, func(i int) policy.PlannedMeeting {
			return policy.PlannedMeeting{Key: fmt.Sprintf("m%d", i), Title: "COSI", Body: policy.COSI, On: date("2022-06-01"), Settles: many(501, func(int) string { return "oap/*" })}
		})
	}, "meetings", "settle 1002 paths"},
	"more reminders": {func(d *policy.Definition) {
		d.Reminders = &policy.Reminders{BeforeDays: many(11, func(i int) int { return i + 1 })}
	}, "reminders.before_days", "has 11 entries: at most 10 are kept"},
}

func TestDefinitionValidate_BoundsACycleToWhatARunCanSee(t *testing.T) {
	t.Parallel()
	for name, test := range large {
		d := build(test.change)
		if ps := d.ValidateStart(); len(ps) != 1 || !names(ps, test.field, test.says) {
			t.Errorf("%s, at its start: %+v, want %s to say %q", name, ps[:min(len(ps), 3)], test.field, test.says)
		}
		amended := sound()
		amended = amended.Amend(policy.Amendment{
			Priorities: d.Priorities, Periods: d.Periods, Obligations: d.Obligations, Meetings: d.Meetings, Reminders: d.Reminders,
		}, date("2022-01-01"))
		if ps := amended.Validate(); !names(ps, test.field, test.says) {
			t.Errorf("%s, by an amendment: %+v, want %s to say %q", name, ps[:min(len(ps), 3)], test.field, test.says)
		}
	}
}

// What is open is put where an amendment moves it, all within one look.
func TestJudgeOpening_BoundsTheItemsOpenAtOnce(t *testing.T) {
	t.Parallel()
	d := records(inOrder())
	d.Today = date("2022-05-01")
	act := policy.Act{Kind: policy.ActOpen, Subject: on("item/one-more"), Date: d.Today, Opening: &policy.Opening{Title: "One more", Due: date("2022-06-01"), Through: []policy.Body{policy.COSI}}}
	for i := range policy.MaxItems {
		if err := policy.JudgeOpening(d, act, false); err != nil {
			t.Fatalf("with %d open: %v", i, err)
		}
		subject := on(fmt.Sprintf("item/item-%d", i))
		d.Standings[subject] = policy.Standing{Subject: subject, State: policy.StateDrafting}
	}
	if err := policy.JudgeOpening(d, act, false); policy.CodeOf(err) != policy.CodeNotReady || !strings.Contains(err.Error(), "500 items and changes are open") {
		t.Errorf("one more: %v", err)
	}
	d.Standings[on("item/item-0")] = policy.Standing{Subject: on("item/item-0"), State: policy.StateClosed}
	if err := policy.JudgeOpening(d, act, false); err != nil {
		t.Errorf("once another is settled: %v", err)
	}
}

// Thousands of mistakes are told as one alone is: once for each field.
func TestProblemsOf_TellAFieldOnce(t *testing.T) {
	t.Parallel()
	plan := &policy.OperationalPlan{Actions: many(policy.MaxList, func(int) policy.OperationalAction {
		return policy.OperationalAction{Code: "\x1b", From: date("9999-12-31")}
	})}
	var fields []string
	for _, p := range policy.ProblemsOf(plan) {
		fields = append(fields, p.Field)
	}
	slices.Sort(fields)
	if once := slices.Compact(slices.Clone(fields)); len(once) != len(fields) || !slices.Contains(once, "actions[999].from") {
		t.Errorf("%d fields are told of in %d problems", len(once), len(fields))
	}
}
