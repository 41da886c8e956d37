package rules_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// entry is a row that somebody of a body tries to enter.
type entry struct {
	register policy.Register
	key, day string
	by       policy.Body
	body     policy.RowBody
	code     policy.Code // empty: it is taken
	says     string
}

func arrested(n int64) *policy.Progress {
	return &policy.Progress{Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(n)}}}
}

func jad(change func(*policy.JointActionDay)) *policy.JointActionDay {
	d := &policy.JointActionDay{
		Title: "Arms days", From: date("2022-05-26"), To: date("2022-05-29"), Plans: []string{"2022/firearms"}, Actions: []string{"2022/firearms/1.1"},
		Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(566)}},
	}
	change(d)
	return d
}

// What a row names has to be there on its day, and its date to lie where it can.
var entries = map[string]entry{
	"progress":                                {policy.RegProgress, "2022/firearms/may/1.1", "2022-05-20", "se", arrested(3), "", ""},
	"of an action that there is not":          {policy.RegProgress, "2022/firearms/may/1.10", "2022-05-20", "se", arrested(3), policy.CodeUnknown, `the cycle has no action "2022/firearms/1.10"`},
	"of an action that a change added later":  {policy.RegProgress, "2022/firearms/may/1.4", "2022-04-19", "se", arrested(3), policy.CodeUnknown, `no action "2022/firearms/1.4"`},
	"of an action that a change added before": {policy.RegProgress, "2022/firearms/may/1.4", "2022-04-20", "se", arrested(3), "", ""},
	"before the round opens":                  {policy.RegProgress, "2022/firearms/october/1.1", "2022-08-31", "se", arrested(3), policy.CodeNotOpen, "the round opens on 2022-09-01, and the row is of 2022-08-31"},
	"of a misspelt indicator": {policy.RegProgress, "2022/firearms/may/1.1", "2022-05-20", "se", &policy.Progress{Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arests", Value: policy.Whole(7)}}},
		policy.CodeUnknown, `has no "arests" on 2022-05-20: is it arrests?`},
	"of an indicator like no other": {policy.RegProgress, "2022/firearms/may/1.1", "2022-05-20", "se", &policy.Progress{Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "lorries", Value: policy.Whole(7)}}},
		policy.CodeUnknown, "enter there first how it is counted"},

	"by the leader":                     {policy.RegProgress, "2022/drugs/may/2.1", "2022-05-20", "se", arrested(3), "", ""},
	"by the driver":                     {policy.RegProgress, "2022/drugs/may/2.1", "2022-05-20", "fr", arrested(3), "", ""},
	"by the Support Team":               {policy.RegProgress, "2022/drugs/may/2.1", "2022-05-20", policy.SupportTeam, arrested(3), "", ""},
	"by a participant":                  {policy.RegProgress, "2022/firearms/may/1.1", "2022-05-20", "fr", arrested(3), policy.CodeNotCompetent, "France may not report on 2022/firearms/1.1: Sweden or EMPACT Support Team does"},
	"by a State that has no part":       {policy.RegProgress, "2022/drugs/may/2.1", "2022-05-21", "mt", arrested(999), policy.CodeNotCompetent, "Malta may not report on 2022/drugs/2.1"},
	"by an agency that only takes part": {policy.RegProgress, "2022/drugs/may/2.1", "2022-05-21", policy.Europol, arrested(999), policy.CodeNotCompetent, "Europol may not report"},
	"by the leader of the posts":        {policy.RegProgress, "2023/drugs/may/2.2", "2023-05-21", "nl", arrested(1), "", ""},

	"consent":                                    {policy.RegConsents, "2022/drugs/2.1/fr", "2022-04-21", "fr", &policy.Consent{State: policy.Confirmed}, "", ""},
	"consent to nothing":                         {policy.RegConsents, "2022/drugs/9.9/fr", "2022-04-21", "fr", &policy.Consent{State: policy.Confirmed}, policy.CodeUnknown, `no action "2022/drugs/9.9"`},
	"consent while the plan is drafted":          {policy.RegConsents, "2022/drugs/9.9/fr", "2021-11-21", "fr", &policy.Consent{State: policy.Confirmed}, "", ""},
	"consent while a change is open":             {policy.RegConsents, "2022/firearms/1.4/fr", "2022-03-21", "fr", &policy.Consent{State: policy.Confirmed}, "", ""},
	"consent by a State that has left the Union": {policy.RegConsents, "2022/drugs/2.1/uk", "2022-04-21", "uk", &policy.Consent{State: policy.Confirmed}, policy.CodeNotCompetent, "United Kingdom was no member of the Union on 2022-04-21"},

	"joint action days":                          {policy.RegDays, "jad-1", "2022-06-01", "se", jad(func(*policy.JointActionDay) {}), "", ""},
	"of an OAP that there is not":                {policy.RegDays, "jad-1", "2022-06-01", policy.Europol, jad(func(d *policy.JointActionDay) { d.Plans = append(d.Plans, "2022/cars") }), policy.CodeUnknown, `no OAP "2022/cars"`},
	"with an action that there is not":           {policy.RegDays, "jad-1", "2022-06-01", policy.Europol, jad(func(d *policy.JointActionDay) { d.Actions[0] = "2022/firearms/9.9" }), policy.CodeUnknown, `no action "2022/firearms/9.9"`},
	"with an action of another OAP":              {policy.RegDays, "jad-1", "2022-06-01", policy.Europol, jad(func(d *policy.JointActionDay) { d.Actions[0] = "2022/drugs/2.1" }), policy.CodeInvalid, "is of none of the OAPs"},
	"with figures before they begin":             {policy.RegDays, "jad-1", "2022-05-20", policy.Europol, jad(func(*policy.JointActionDay) {}), policy.CodeWrongDate, "has figures of it already"},
	"announced before they begin":                {policy.RegDays, "jad-1", "2022-05-20", policy.Europol, jad(func(d *policy.JointActionDay) { d.Figures = nil }), "", ""},
	"with a misspelt indicator":                  {policy.RegDays, "jad-1", "2022-06-01", policy.Europol, jad(func(d *policy.JointActionDay) { d.Figures[0].Indicator = "arrest" }), policy.CodeUnknown, "is it arrests?"},
	"by a State with no part in them":            {policy.RegDays, "jad-1", "2022-06-01", "mt", jad(func(*policy.JointActionDay) {}), policy.CodeNotCompetent, "Malta may not enter the joint action days jad-1"},
	"over what Europol entered":                  {policy.RegDays, "known", "2022-06-01", "se", jad(func(*policy.JointActionDay) {}), policy.CodeNotCompetent, "known was entered by Europol"},
	"by the Support Team over what Europol said": {policy.RegDays, "known", "2022-06-01", policy.SupportTeam, jad(func(*policy.JointActionDay) {}), "", ""},

	"attendance on the day":       {policy.RegAttendance, "cosi-2022-06/fr", "2022-06-14", policy.GeneralSecretariat, &policy.Attendance{Level: "director"}, "", ""},
	"attendance before the day":   {policy.RegAttendance, "cosi-2022-06/fr", "2022-06-13", policy.GeneralSecretariat, &policy.Attendance{Level: "director"}, policy.CodeWrongDate, "the meeting is on 2022-06-14"},
	"attendance of a former one":  {policy.RegAttendance, "cosi-2022-06/uk", "2022-06-14", policy.GeneralSecretariat, &policy.Attendance{Level: "director"}, policy.CodeInvalid, "United Kingdom was no member"},
	"a post of an OAP":            {policy.RegPosts, "driver/firearms", "2022-06-14", policy.SupportTeam, &policy.Holding{Holder: "se"}, "", ""},
	"a post of nothing":           {policy.RegPosts, "driver/cars", "2022-06-14", policy.SupportTeam, &policy.Holding{Holder: "se"}, policy.CodeUnknown, `no OAP "cars"`},
	"the lead of nothing":         {policy.RegPosts, "leader/2022-cars-1.1", "2022-06-14", policy.SupportTeam, &policy.Holding{Holder: "se"}, policy.CodeUnknown, `no action "2022-cars-1.1"`},
	"a post of a former member":   {policy.RegPosts, "driver/firearms", "2022-06-14", policy.SupportTeam, &policy.Holding{Holder: "uk"}, policy.CodeInvalid, "United Kingdom was no member"},
	"the coordinator of no State": {policy.RegPosts, "nec/europol", "2022-06-14", policy.SupportTeam, &policy.Holding{Person: "x"}, policy.CodeUnknown, `no Member State "europol"`},

	"a delivery":                   {policy.RegDeliveries, "annual-report/2022-12-31/council", "2022-12-23", policy.Commission, &policy.DeliveryProof{On: date("2022-12-21"), Document: "COM(2022) 1"}, "", ""},
	"a delivery before the report": {policy.RegDeliveries, "annual-report/2022-12-31/council", "2022-12-23", policy.Commission, &policy.DeliveryProof{On: date("2022-12-20"), Document: "COM(2022) 1"}, policy.CodeWrongDate, "and the report is of 2022-12-21"},
	"a delivery to come":           {policy.RegDeliveries, "annual-report/2022-12-31/council", "2022-12-23", policy.Commission, &policy.DeliveryProof{On: date("2022-12-24"), Document: "COM(2022) 1"}, policy.CodeWrongDate, "and the row is of 2022-12-23"},
	"an answer":                    {policy.RegRecommendations, "money", "2023-12-23", policy.Commission, &policy.FollowUp{State: policy.FollowDone}, "", ""},
	"an answer to nothing":         {policy.RegRecommendations, "cars", "2023-12-23", policy.Commission, &policy.FollowUp{State: policy.FollowDone}, policy.CodeUnknown, "no such recommendation"},
	"an irregular action":          {policy.RegIrregular, "2022/drugs/2.1", "2022-12-23", policy.Presidency, &policy.Irregularity{Rule: "S2", Reason: "It was urgent.", ConfirmedBy: "Jan@presidency"}, "", ""},
	"an irregular nothing":         {policy.RegIrregular, "2022/drugs/9.9", "2022-12-23", policy.Presidency, &policy.Irregularity{Rule: "S2", Reason: "It was urgent.", ConfirmedBy: "Jan@presidency"}, policy.CodeUnknown, `no action "2022/drugs/9.9"`},
	"money for nothing":            {policy.RegAllocations, "a9", "2022-12-23", policy.Commission, &policy.Allocation{Envelope: "fund", Amount: 1, Action: "2022/drugs/9.9"}, policy.CodeUnknown, `no action "2022/drugs/9.9"`},
}

func TestSnapshotJudgeRows_HoldsEachPartAgainstTheCycleOfItsDay(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Enter(policy.RegDays, "known", "2022-05-30", jad(func(*policy.JointActionDay) {}))
	s.Rows[len(s.Rows)-1].By.Body = policy.Europol
	d := snapshot(s)
	for name, test := range entries {
		row := policy.Row{Register: test.register, Key: test.key, Date: date(test.day), Body: test.body}
		err := d.JudgeRows(policy.Asserted(policy.Actor{Name: "Eva", Body: test.by}), []policy.Row{row}, false)
		if policy.CodeOf(err) != test.code || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v (%s), want %s … %s", name, err, policy.CodeOf(err), test.code, test.says)
		}
	}
	s.Miss("obligation/annual-report/2022-12-31")
	proof := policy.Row{Register: policy.RegDeliveries, Key: "annual-report/2022-12-31/council", Date: date("2022-12-23"), Body: &policy.DeliveryProof{On: date("2022-12-21"), Document: "COM(2022) 1"}}
	if err := snapshot(s).JudgeRows(policy.Asserted(policy.Actor{Name: "Eva", Body: policy.Commission}), []policy.Row{proof}, false); policy.CodeOf(err) != policy.CodeNotReady {
		t.Errorf("evidence of a report that nobody gave: %v", err)
	}
}

// Whatever the door takes, an import takes again: nothing is exported that cannot be read back.
func TestSnapshotJudgeRows_TakesFromThePastWhatTheDoorTook(t *testing.T) {
	t.Parallel()
	whole := snapshot(inOrder())
	rapid.Check(t, func(t *rapid.T) {
		s := inOrder()
		s.Today = date("2021-11-01").AddDays(rapid.IntRange(0, 800).Draw(t, "day"))
		row := policy.Row{
			Register: policy.RegProgress, Date: s.Today.AddDays(-rapid.IntRange(0, 60).Draw(t, "late")), Body: arrested(1),
			Key: strings.Join([]string{
				rapid.SampledFrom([]string{"2022", "2023"}).Draw(t, "period"), rapid.SampledFrom([]string{"firearms", "drugs", "cars"}).Draw(t, "OAP"),
				rapid.SampledFrom([]string{"may", "october", "july"}).Draw(t, "round"), rapid.SampledFrom([]string{"1.1", "1.4", "2.1", "9.9"}).Draw(t, "action"),
			}, "/"),
		}
		if rapid.Bool().Draw(t, "consents") {
			parts := strings.Split(row.Key, "/")
			row.Register, row.Key, row.Body = policy.RegConsents, strings.Join([]string{parts[0], parts[1], parts[3], "se"}, "/"), &policy.Consent{State: policy.Confirmed}
		}
		by := policy.Asserted(policy.Actor{Name: "Eva", Body: rapid.SampledFrom([]policy.Body{"se", "fr", policy.SupportTeam}).Draw(t, "body")})
		if snapshot(s).JudgeRows(by, []policy.Row{row}, false) != nil {
			return
		}
		if err := whole.JudgeRows(by, []policy.Row{row}, true); err != nil {
			t.Fatalf("%s of %s was taken on %s, and is refused: %v", row.Key, row.Date, s.Today, err)
		}
	})
}
