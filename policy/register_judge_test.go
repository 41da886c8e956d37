package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// The rows are judged on 30 June 2024, in the cycle in order.
func TestJudgeRows_WantsRowsAboutWhatThereIs(t *testing.T) {
	t.Parallel()
	secretariat, team := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, policy.Actor{Name: "Eva", Body: policy.SupportTeam}
	tests := map[string]struct {
		register policy.Register
		by       policy.Actor
		change   func(*policy.Row)
		code     policy.Code
		says     string
	}{
		"the OAP is there":         {policy.RegProgress, team, func(*policy.Row) {}, "", ""},
		"no such OAP":              {policy.RegProgress, team, func(r *policy.Row) { r.Key = "2022/cars/may/2.3" }, policy.CodeUnknown, `the cycle has no OAP "2022/cars"`},
		"no such period":           {policy.RegProgress, team, func(r *policy.Row) { r.Key = "2024/firearms/may/2.3" }, policy.CodeUnknown, `no OAP "2024/firearms"`},
		"no such round":            {policy.RegProgress, team, func(r *policy.Row) { r.Key = "2022/firearms/july/2.3" }, policy.CodeUnknown, `no reporting round "2022/july"`},
		"no such OAP to join":      {policy.RegConsents, policy.Actor{Name: "Luc", Body: "fr"}, func(r *policy.Row) { r.Key = "2022/cars/2.3/fr" }, policy.CodeUnknown, `no OAP "2022/cars"`},
		"the meeting is there":     {policy.RegAttendance, secretariat, func(*policy.Row) {}, "", ""},
		"no such meeting":          {policy.RegAgenda, secretariat, func(r *policy.Row) { r.Key = "cosi-2022-07/oap/2022/firearms" }, policy.CodeUnknown, `no meeting "cosi-2022-07"`},
		"the obligation is there":  {policy.RegDeliveries, secretariat, func(*policy.Row) {}, "", ""},
		"no such obligation":       {policy.RegDeliveries, secretariat, func(r *policy.Row) { r.Key = "sermon/2021-12-31/council" }, policy.CodeUnknown, "no report owed to"},
		"not due then":             {policy.RegDeliveries, secretariat, func(r *policy.Row) { r.Key = "annual-report/2021-12-30/council" }, policy.CodeUnknown, "no report owed to"},
		"no day at all":            {policy.RegDeliveries, secretariat, func(r *policy.Row) { r.Key = "annual-report/2021/council" }, policy.CodeUnknown, "no report owed to"},
		"not owed to it":           {policy.RegDeliveries, secretariat, func(r *policy.Row) { r.Key = "annual-report/2021-12-31/coreper" }, policy.CodeUnknown, "no report owed to"},
		"tomorrow":                 {policy.RegWarnings, team, func(r *policy.Row) { r.Date = date("2024-07-01") }, policy.CodeWrongDate, "2024-07-01 lies in the future: the calendar of the cycle shows 2024-06-30"},
		"by somebody else":         {policy.RegWarnings, secretariat, func(*policy.Row) {}, policy.CodeNotCompetent, "may not enter"},
		"not sound":                {policy.RegWarnings, team, func(r *policy.Row) { r.Body = &policy.Warning{} }, policy.CodeInvalid, "war: title is missing; war: area is missing"},
		"in another register":      {policy.RegWarnings, team, func(r *policy.Row) { *r = rowOf(policy.RegIndicators) }, policy.CodeInvalid, "are entered apart"},
		"confirmed by who records": {policy.RegIrregular, policy.Actor{Name: "Jan", Body: policy.Presidency}, func(*policy.Row) {}, policy.CodeNotCompetent, "a second person"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := records(inOrder())
			first, second := rowOf(test.register), rowOf(test.register)
			test.change(&second)
			rows := []policy.Row{first, second}
			if test.code == policy.CodeNotCompetent {
				rows = rows[1:]
			}
			err := policy.JudgeRows(d, policy.Asserted(test.by), rows, nil)
			if policy.CodeOf(err) != test.code || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want %s … %s …", err, test.code, test.says)
			}
		})
	}
	d := records(inOrder())
	if err := policy.JudgeRows(d, policy.Asserted(team), nil, nil); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("no rows: %v", err)
	}
	d.Definition.Stores = []string{"oap"}
	if err := policy.JudgeRows(d, policy.Asserted(team), []policy.Row{rowOf(policy.RegWarnings)}, nil); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "does not keep the register of warnings here") {
		t.Errorf("a register that is not kept: %v", err)
	}
}

// Whoever enters many rows is told at once what stands against each of them.
func TestJudgeRows_TellsEveryMistake(t *testing.T) {
	t.Parallel()
	team := policy.Asserted(policy.Actor{Name: "Eva", Body: policy.SupportTeam})
	row := func(change func(*policy.Row)) policy.Row {
		r := rowOf(policy.RegWarnings)
		change(&r)
		return r
	}
	err := policy.JudgeRows(records(inOrder()), team, []policy.Row{
		row(func(r *policy.Row) { r.Date = date("2024-07-01") }), row(func(*policy.Row) {}),
		row(func(r *policy.Row) { r.Key, r.Body = "cars", &policy.Warning{} }),
	}, nil)
	refusal, is := errors.AsType[*policy.Error](err)
	if !is || refusal.Code != policy.CodeWrongDate || refusal.Field != "date" {
		t.Fatalf("%+v", err)
	}
	var told []string
	for _, m := range refusal.Mistakes {
		told = append(told, m.String())
	}
	want := []string{
		"rows[0] war: 2024-07-01 lies in the future: the calendar of the cycle shows 2024-06-30", "rows[2].title is missing", "rows[2].area is missing",
	}
	if !slices.Equal(told, want) || !strings.HasSuffix(refusal.Message, "; cars: title is missing; cars: area is missing") {
		t.Errorf("%q: %q", refusal.Message, told)
	}
	council := policy.Asserted(policy.Actor{Name: "Carl", Body: policy.Commission})
	all := []policy.Row{row(func(*policy.Row) {}), row(func(r *policy.Row) { r.Key = "cars" })}
	if refusal, is := errors.AsType[*policy.Error](policy.JudgeRows(records(inOrder()), council, all, nil)); !is || refusal.Code != policy.CodeNotCompetent {
		t.Errorf("who may enter none of them: %+v", refusal)
	}
}

func TestTabled_NamesTheSubjectOfAnAgendaItem(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"oap/2022/firearms": key + "/oap/2022/firearms", "priorities": key + "/priorities", "monitoring": "", "oap/2022": ""} {
		row := rowOf(policy.RegAgenda)
		row.Key = "cosi-2022-06/" + path
		if subject, is := policy.Tabled(key, row); subject.String() != want || is != (want != "") {
			t.Errorf("%s: %s, %t", path, subject, is)
		}
		row.Body = &policy.AgendaItem{Title: "OAP", Removed: true}
		if subject, is := policy.Tabled(key, row); is {
			t.Errorf("%s was taken off the agenda, and is tabled: %s", path, subject)
		}
	}
	if _, is := policy.Tabled(key, rowOf(policy.RegAttendance)); is {
		t.Error("who attends is tabled")
	}
}

func TestActionStatusEnded_SaysWhetherAnActionGoesOn(t *testing.T) {
	t.Parallel()
	ends := map[policy.ActionStatus]bool{policy.Completed: true, policy.NotCompleted: true, policy.Cancelled: true}
	for _, s := range append(policy.ActionStatuses, "") {
		if s.Ended() != ends[s] {
			t.Errorf("%q ends it: %t", s, s.Ended())
		}
	}
}

// Two rows of one key and day in one table are a mistake; of two days they are its past.
func TestJudgeOnce_TakesOneRowOfAKeyAndDay(t *testing.T) {
	t.Parallel()
	row := func(key, day string) policy.Row {
		return policy.Row{Register: policy.RegConsents, Key: key, Date: date(day), Body: &policy.Consent{State: policy.Confirmed}}
	}
	if err := policy.JudgeOnce([]policy.Row{row("2022/firearms/1.1/fr", "2022-02-01"), row("2022/firearms/1.1/fr", "2022-03-01"), row("2022/firearms/1.1/de", "2022-02-01")}); err != nil {
		t.Error(err)
	}
	err := policy.JudgeOnce([]policy.Row{row("2022/firearms/1.1/fr", "2022-02-01"), row("2022/firearms/1.1/de", "2022-02-01"), row("2022/firearms/1.1/fr", "2022-02-01")})
	if refusal, is := errors.AsType[*policy.Error](err); !is || refusal.Code != policy.CodeInvalid || len(refusal.Mistakes) != 1 || refusal.Mistakes[0].Field != "rows[2].key" {
		t.Errorf("twice: %+v", err)
	}
}

// Whatever was entered in whatever order: of each row either it counts from then on, or the
// answer says which one counts instead.
func TestOvertaken_SaysOfEachRowWithoutEffectWhichOneCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []policy.Row
		today := date("2022-02-01").AddDays(20)
		for range rapid.IntRange(1, 12).Draw(t, "rows") {
			row := policy.Row{
				Register: policy.RegConsents, Key: rapid.SampledFrom([]string{"2022/firearms/1.1/fr", "2022/firearms/1.1/de"}).Draw(t, "key"),
				Date: date("2022-02-01").AddDays(rapid.IntRange(0, 20).Draw(t, "day")), Body: &policy.Consent{State: policy.Confirmed},
			}
			all = append(all, row)
			said := policy.Overtaken([]policy.Row{row}, all, today)
			counts := slices.ContainsFunc(policy.RowsOn(today, all), func(r policy.Row) bool { return r.Body == row.Body })
			if counts == (len(said) == 1) {
				t.Fatalf("%s of %s counts: %t, and is said to be overtaken: %v", row.Key, row.Date, counts, said)
			}
		}
	})
}
