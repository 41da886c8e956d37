package rules_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// corrects opens a correction of a report, and settles it on a day.
func corrects(s *story, path, number, day string, content policy.Content) {
	correction := on("correction/" + path + "/" + number)
	r, _, _ := s.Records()
	s.Items = append(s.Items, r.Opened(policy.Opening{Title: "Corrected", Due: date(day)}, correction, date(day).AddDays(-20)))
	s.Settle(correction.Path(), day, content)
}

// arrests gives the arrests of 2022 as each view tells them: the summary, the series and the
// round of May.
func arrests(t *testing.T, d *rules.Snapshot) (all [3]int64) {
	t.Helper()
	for _, f := range d.Summarise(rules.SummaryFilter{Year: 2022}).Totals.Figures {
		all[0] += f.Value.Floor()
	}
	for _, p := range d.Series("arrests") {
		all[1] += p.Value.Floor()
	}
	round, err := d.Round(on("report/2022/firearms/may"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range round.Totals.Figures {
		all[2] += f.Value.Floor()
	}
	if corrected := round.CorrectedBy != ""; corrected != (all[2] > 829) {
		t.Errorf("%d arrests are told by %q", all[2], round.CorrectedBy)
	}
	return all
}

func TestNewSnapshot_PutsASettledCorrectionInThePlaceOfItsReport(t *testing.T) {
	t.Parallel()
	s := unreported()
	hands(s, "2022/firearms/may", figure("arrests", "829"))
	with := func(value string) *policy.Report {
		return &policy.Report{Actions: []policy.ActionReport{{Action: "1.1", Status: policy.Ongoing, Figures: []policy.Figure{figure("arrests", value)}}}}
	}
	corrects(s, "2022/firearms/may", "1", "2022-09-20", with("831"))
	corrects(s, "2022/firearms/may", "2", "2022-12-01", with("840"))
	for _, test := range []struct {
		day  string
		want int64
	}{{"2022-09-19", 829}, {"2022-09-20", 831}, {"2022-11-30", 831}, {"2022-12-01", 840}} {
		s.Today = date(test.day)
		now := arrests(t, snapshot(s))
		s.Today = date("2023-01-15")
		later := snapshot(s)
		if want := [3]int64{test.want, test.want, test.want}; now != want || arrests(t, later.On(date(test.day))) != want {
			t.Errorf("on %s they are %v, as told later %v", test.day, now, arrests(t, later.On(date(test.day))))
		}
	}

	d := snapshot(s)
	contents, _ := rules.LooksAt(d.Records, on("report/2022/firearms/may"))
	if len(contents) != 3 {
		t.Errorf("what is wrong with the report is looked for in %v", contents)
	}
	// What a correction says is not known here: neither is what stands in its report.
	delete(s.Contents, on("correction/2022/firearms/may/2"))
	if got := arrests(t, snapshot(s)); got != [3]int64{} {
		t.Errorf("what is kept elsewhere counts as %v", got)
	}
}

// A joint action day that a correction leaves out is counted by no report any more.
func TestSnapshotFindings_TellOfADayThatACorrectionLeavesOut(t *testing.T) {
	t.Parallel()
	s := unreported()
	days(s, "arms-days", "2022-04-10", "2022-04-11", "2022-04-12", 785, "2022/firearms")
	closes(s, "2022/firearms/may", "2022-05-20")
	closes(s, "2022/firearms/october", "2022-10-20")
	s.Today = date("2022-12-01")
	told := func() (told bool) {
		found, err := snapshot(s).FindingsOf("S11")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			told = told || f.Record == "joint-action-days/arms-days"
		}
		return told
	}
	if told() {
		t.Error("it is told of while its report counts it")
	}
	corrects(s, "2022/firearms/may", "1", "2022-11-20", &policy.Report{})
	if !told() {
		t.Error("nothing is told of it, though no report counts it any more")
	}
}
