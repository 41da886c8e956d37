package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// closes hands in the report of a round as it is made on a day, and lets it be settled.
func closes(s *story, path, day string) {
	s.Today = date(day)
	report := on("report/" + path)
	delete(s.Contents, report)
	delete(s.Acts, report)
	round, err := snapshot(s).RoundOn(report, s.Today)
	if err != nil {
		panic(err) // a mistake of the test that closes it
	}
	s.Contents[report] = round.Compiled(policy.Cover{})
	s.Record(s.Entry("report/"+path), submits("se", day))
}

// unreported is the cycle in order before anything was reported in it.
func unreported() *story {
	s := inOrder()
	for subject := range s.Contents {
		if subject.Kind == policy.KindReport {
			delete(s.Contents, subject)
			delete(s.Acts, subject)
		}
	}
	return s
}

func days(s *story, key, from, to, entered string, arrests int64, plans ...string) {
	s.Enter(policy.RegDays, key, entered, &policy.JointActionDay{
		Title: "Days", From: date(from), To: date(to), Plans: plans, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(arrests)}},
	})
}

// The report of May is handed in on 24 May, and due on 14 June: what ends in between is for
// October.
func TestSnapshotRound_CountsWhatEndedAfterTheLastHandingIn(t *testing.T) {
	t.Parallel()
	s := unreported()
	days(s, "april", "2022-04-20", "2022-04-22", "2022-05-01", 100, "2022/firearms")
	closes(s, "2022/firearms/may", "2022-05-24")
	days(s, "may", "2022-05-26", "2022-05-29", "2022-06-25", 566, "2022/firearms")
	days(s, "june", "2022-06-08", "2022-06-12", "2022-06-25", 219, "2022/firearms")
	days(s, "late", "2022-05-01", "2022-05-02", "2022-06-26", 7, "2022/firearms") // entered after the round it lies in
	days(s, "drugs", "2022-05-01", "2022-05-02", "2022-06-26", 1000, "2022/drugs", "2022/firearms")
	closes(s, "2022/firearms/october", "2022-09-28")
	sum := snapshot(s).Summarise(rules.SummaryFilter{Period: "2022"})
	if got := figureOf(t, sum.Totals); got != 100+566+219+7 {
		t.Errorf("%d arrests are counted, want 892", got)
	}
	days(s, "november", "2022-11-02", "2022-11-03", "2022-11-05", 50, "2022/firearms")
	s.Today = date("2022-11-10")
	found, err := snapshot(s).FindingsOf("S11")
	if at := slices.IndexFunc(found, func(f policy.Finding) bool { return f.Record == "joint-action-days/november" }); err != nil || at < 0 ||
		!strings.Contains(found[at].Message, "ended on 2022-11-03, and no report counts them") {
		t.Errorf("what no report counts: %+v, %v", found, err)
	}
	// The report of October is referred back and handed in again.
	closes(s, "2022/firearms/october", "2022-11-20")
	found, _ = snapshot(s).FindingsOf("S11")
	if slices.ContainsFunc(found, func(f policy.Finding) bool { return strings.HasPrefix(f.Record, "joint-action-days/") }) {
		t.Errorf("counted, it is found: %+v", found)
	}
}

// Whatever is entered and closed in whatever order, each joint action day is counted once, or
// told of by a finding, or still has a round to come.
func TestSnapshotRound_CountsEachDayOnceOrTellsOfIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := unreported()
		rounds := []string{"2022/firearms/may", "2022/firearms/october", "2022/drugs/may", "2022/drugs/october"}
		today := date("2022-04-15")
		entered := map[string]int64{}
		for n := range rapid.IntRange(1, 12).Draw(t, "steps") {
			today = today.AddDays(rapid.IntRange(1, 40).Draw(t, "days later"))
			switch path := rapid.SampledFrom(rounds).Draw(t, "round"); {
			case rapid.Bool().Draw(t, "closes") && !s.Entry("report/"+path).Opens.After(today):
				closes(s, path, today.String())
			default:
				from := today.AddDays(-rapid.IntRange(0, 90).Draw(t, "ago"))
				key := fmt.Sprintf("jad-%d", rapid.IntRange(0, n).Draw(t, "key"))
				oap, _, _ := strings.Cut(strings.TrimPrefix(path, "2022/"), "/")
				entered[key] = int64(n + 1)
				days(s, key, from.String(), from.String(), today.String(), entered[key], "2022/"+oap)
			}
		}
		s.Today = today.AddDays(1)
		d := snapshot(s)
		found, err := d.FindingsOf("S11")
		if err != nil {
			t.Fatal(err)
		}
		for key := range entered {
			counted := 0
			for _, path := range rounds {
				if report, is := s.Contents[on("report/"+path)].(*policy.Report); is {
					for _, day := range report.Days {
						if day.Day == key {
							counted++
						}
					}
				}
			}
			told := slices.ContainsFunc(found, func(f policy.Finding) bool { return f.Record == "joint-action-days/"+key })
			toCome := slices.ContainsFunc(rounds, func(path string) bool { return s.Contents[on("report/"+path)] == nil })
			if counted > 1 || counted == 0 && !told && !toCome || counted == 1 && told {
				t.Fatalf("%s is counted %d times; told of: %t", key, counted, told)
			}
		}
	})
}

// A round belongs to the time that it covers, not to the day on which it falls due.
func TestSnapshotSeries_GoesByTheTimeCovered(t *testing.T) {
	t.Parallel()
	s := inOrder()
	for i := range s.Definition.Periods {
		y := s.Definition.Periods[i].To.Year()
		s.Definition.Periods[i].Reports[1].Opens, s.Definition.Periods[i].Reports[1].Due = date(fmt.Sprintf("%d-11-15", y)), date(fmt.Sprintf("%d-02-28", y+1))
	}
	s.Definition.Meetings = nil
	s.Today = date("2024-06-30")
	s.Enter(policy.RegIndicators, "arrests", "2023-01-01", &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "also those of partners", Version: 2})
	var got []string
	for _, p := range snapshot(s).Series("arrests") {
		got = append(got, fmt.Sprint(p.Period, " ", p.Round, " ", p.Covers.From, " ", p.Covers.To, " ", p.Rule, " ", p.Break))
	}
	want := []string{
		"2022 may 2022-01-01 2022-06-15 1 false", "2022 october 2022-06-16 2022-12-31 1 false",
		"2023 may 2023-01-01 2023-06-15 2 true", "2023 october 2023-06-16 2023-12-31 2 false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the series is %q", got)
	}
	year := snapshot(s).Summarise(rules.SummaryFilter{Year: 2022})
	if got := figureOf(t, year.Totals); got != 30 { // five actions, two rounds
		t.Errorf("the year has %d arrests", got)
	}
	s.Definition.Periods[1].Reports[0].Covers = &policy.Window{From: date("2022-12-01"), To: date("2023-03-31")}
	if points := snapshot(s).Series("arrests"); !points[2].Break || points[2].Covers.From != date("2022-12-01") {
		t.Errorf("a rule that changes within the time covered: %+v", points[2])
	}
}

// A figure that is corrected after the round closed changes no report; every view says so, with
// both numbers.
func TestSnapshotRound_TellsWhereTheRegisterSaysOtherwise(t *testing.T) {
	t.Parallel()
	s := unreported()
	reportsOn(s, "2022/drugs", "may", "2022-05-10", policy.Ongoing)
	days(s, "april", "2022-04-20", "2022-04-22", "2022-05-01", 100, "2022/drugs")
	closes(s, "2022/drugs/may", "2022-05-24")
	s.Enter(policy.RegProgress, "2022/drugs/may/2.1", "2022-06-20", &policy.Progress{Status: policy.Completed, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(8)}}})
	days(s, "april", "2022-04-20", "2022-04-22", "2022-06-20", 99, "2022/drugs")
	s.Today = date("2022-06-30")
	d := snapshot(s)
	want := []string{
		"2022/drugs/may/2.1 is ongoing in the report and completed in the register", "arrests of 2022/drugs/may/2.1: 5 in the report, 8 in the register",
		"arrests of april: 100 in the report, 99 in the register",
	}
	round, err := d.Round(on("report/2022/drugs/may"))
	if err != nil || !round.HandedIn || !slices.Equal(round.Differences, want) {
		t.Errorf("the round tells %+v, %v", round, err)
	}
	summary := d.Summarise(rules.SummaryFilter{Year: 2022})
	if figureOf(t, summary.Totals) != figureOf(t, round.Totals) || len(summary.Discrepancies) != len(want) {
		t.Errorf("the summary tells %+v", summary)
	}
	found, err := d.FindingsOf("S11")
	for _, says := range want {
		if !slices.ContainsFunc(found, func(f policy.Finding) bool { return strings.HasSuffix(f.Message, says) }) {
			t.Errorf("no finding says %q: %+v, %v", says, found, err)
		}
	}
	closes(s, "2022/drugs/may", "2022-07-01") // a corrected report
	if round, err := snapshot(s).Round(on("report/2022/drugs/may")); err != nil || len(round.Differences) > 0 || figureOf(t, round.Totals) != 8+5+99 {
		t.Errorf("corrected, the round tells %+v, %v", round, err)
	}
}
