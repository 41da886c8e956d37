package rules_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// What was published on the 21 actions of the OAP 2015 on illegal immigration
// never added up to 21.
func TestReportProblems_TellThatStatusesOf2015DoNotAddUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		published string
		want      []string
	}{
		"October 2015": {
			`{"actions": 21, "statuses": [{"status": "completed", "count": 6}, {"status": "cancelled", "count": 1}, {"status": "ongoing", "count": 15}]}`,
			[]string{"the published statuses add up to 22, the plan has 21 actions"},
		},
		"May 2016, without the unclear ones": {
			`{"actions": 21, "statuses": [{"status": "completed", "count": 11}, {"status": "ongoing", "count": 4}, {"status": "not-completed", "count": 2}, {"status": "cancelled", "count": 1}]}`,
			[]string{"the published statuses add up to 18, the plan has 21 actions"},
		},
		"May 2016, the unclear ones taken as not completed": {
			`{"actions": 21, "statuses": [{"status": "completed", "count": 11}, {"status": "ongoing", "count": 4}, {"status": "not-completed", "count": 4}, {"status": "cancelled", "count": 1}]}`,
			[]string{"the published statuses add up to 20, the plan has 21 actions"},
		},
		"as it should have been": {
			`{"actions": 21, "statuses": [{"status": "completed", "count": 6}, {"status": "cancelled", "count": 1}, {"status": "ongoing", "count": 14}]}`, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			content, err := policy.AdmitContent(policy.KindReport, []byte(`{"actions": [], "published": `+test.published+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := messages(content.(*policy.Report).Discrepancies()); !cmp.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestActionStatus_IsNeverUnclear(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"unclear", "status unclear", "live"} {
		var s policy.ActionStatus
		if err := s.UnmarshalText([]byte(word)); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%q is read as %q, %v", word, s, err)
		}
	}
	_, err := policy.AdmitContent(policy.KindReport, []byte(`{"actions": [], "published": {"actions": 21, "statuses": [{"status": "unclear", "count": 2}]}}`))
	if policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("published as unclear: %v", err)
	}
	if _, err = policy.AdmitRow(policy.RegProgress, []byte(`{"status": "unclear"}`)); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("reported as unclear: %v", err)
	}
}

func TestReportDiscrepancies_HoldWhatIsPublishedAgainstTheParts(t *testing.T) {
	t.Parallel()
	report := policy.Report{
		Actions: []policy.ActionReport{
			{Action: "1.1", Status: policy.Completed, Figures: []policy.Figure{{Indicator: "arrests", Value: 3}}},
			{Action: "1.2", Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: 4}, {Indicator: "weapons", Value: 1}}},
		},
		Days: []policy.DayReport{{Day: "jad", Figures: []policy.Figure{{Indicator: "arrests", Value: 100}}}},
	}
	want := policy.Totals{
		Actions:  2,
		Statuses: []policy.StatusCount{{Status: policy.Ongoing, Count: 1}, {Status: policy.Completed, Count: 1}},
		Figures:  []policy.Figure{{Indicator: "arrests", Value: 107}, {Indicator: "weapons", Value: 1}},
	}
	if got := report.Totals(); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got := report.Discrepancies(); got != nil {
		t.Errorf("nothing is published, and %q", got)
	}
	report.Published = &want
	if got := report.Discrepancies(); got != nil {
		t.Errorf("the parts themselves are published, and %q", got)
	}
	report.Published = &policy.Totals{
		Actions:  3,
		Statuses: []policy.StatusCount{{Status: policy.Completed, Count: 2}, {Status: policy.Cancelled, Count: 1}},
		Figures:  []policy.Figure{{Indicator: "arrests", Value: 114}, {Indicator: "weapons", Value: 1}},
	}
	wrong := []string{
		"3 actions are published, 2 reported", "2 actions are published as completed, the parts say otherwise",
		"1 actions are published as cancelled, the parts say otherwise", "arrests is published as 114, the parts add up to something else",
	}
	if got := messages(report.Discrepancies()); !cmp.Equal(got, wrong) {
		t.Error(cmp.Diff(wrong, got))
	}
}

// messages gives remarks in English.
func messages(remarks []policy.Remark) []string {
	var texts []string
	for _, r := range remarks {
		texts = append(texts, r.String())
	}
	return texts
}

// The Commission's annual reports as they really came: COM(2011) 790 in time,
// none for 2012, then COM(2013) 179 and COM(2014) 365.
func TestSnapshotFindings_TellTheMissingAnnualReportOf2012(t *testing.T) {
	t.Parallel()
	s := &story{
		Definition: sound(), Acts: map[policy.Subject][]policy.Recorded{}, Lapsed: map[policy.Subject]policy.Date{},
	}
	s.Definition.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "The annual report", Kind: policy.AnnualReport, OwedBy: policy.Commission,
		To:  []policy.Body{policy.EuropeanParliament, policy.Council},
		Due: []policy.Date{date("2011-12-31"), date("2012-12-31"), date("2013-12-31"), date("2014-12-31")},
	}}
	gives := func(due, day string, document policy.DocumentRef) {
		e := s.Entry("obligation/annual-report/" + due)
		s.Record(e, of(submits(policy.Commission, day), func(a *policy.Act) { a.Document = document }))
	}
	gives("2011-12-31", "2011-11-22", "COM(2011) 790")
	gives("2013-12-31", "2013-04-10", "COM(2013) 179")
	gives("2014-12-31", "2014-06-20", "COM(2014) 365")

	found := func() []string {
		d := snapshot(s)
		all := []string{}
		for _, f := range d.Findings() {
			if f.Rule != "S23" && f.Rule != "S24" {
				continue
			}
			all = append(all, f.Rule+" "+f.Record+": "+f.Message)
		}
		return all
	}
	steps := []struct {
		today string
		want  []string
	}{
		{"2011-12-31", []string{}},
		{"2012-12-31", []string{}},
		{"2013-01-01", []string{"S24 obligation/annual-report/2012-12-31: The annual report was due on 2012-12-31 and is not there"}},
		{"2013-04-09", []string{"S24 obligation/annual-report/2012-12-31: The annual report was due on 2012-12-31 and is not there"}},
		{"2013-04-10", []string{"S24 obligation/annual-report/2012-12-31: no report was given for 2012: The annual report, due on 2012-12-31, was followed only by the next one on 2013-04-10"}},
		{"2015-01-01", []string{"S24 obligation/annual-report/2012-12-31: no report was given for 2012: The annual report, due on 2012-12-31, was followed only by the next one on 2013-04-10"}},
	}
	run := policy.Run{Kind: policy.RunObligations, Cycle: key}
	for _, step := range steps {
		s.Today = date(step.today)
		desired := policy.DesiredStateOf(run, snapshot(s).Records)
		for _, lapse := range desired.Lapsed {
			if lapse.Subject != on("obligation/annual-report/2012-12-31") || lapse.On != date("2013-04-10") || s.Today.Before(lapse.On) {
				t.Errorf("on %s %s lapses on %s", step.today, lapse.Subject, lapse.On)
			}
			s.Lapsed[lapse.Subject] = lapse.On // the run closes it
		}
		if got := found(); !cmp.Equal(got, step.want) {
			t.Errorf("on %s: %s", step.today, cmp.Diff(step.want, got))
		}
	}
	if len(s.Lapsed) != 1 {
		t.Errorf("lapsed: %v", s.Lapsed)
	}
	if p := policy.DesiredStateOf(run, snapshot(s).Records); p.Stage != policy.StageCompleted || p.Since != date("2014-06-20") || len(p.Lapsed) > 0 {
		t.Errorf("in the end the run stands at %+v", p)
	}
}

// The numbers of a report survive the way through JSON.
func TestReport_ReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	for subject, content := range inOrder().Contents {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		read, err := policy.AdmitContent(subject.Kind, text)
		if err != nil {
			t.Errorf("%s: %v", subject, err)
			continue
		}
		if diff := cmp.Diff(content, read, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s: %s", subject, diff)
		}
	}
}
