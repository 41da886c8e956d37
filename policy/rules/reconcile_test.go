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

// counts enters how something is counted from a day on.
func counts(s *story, key, day, unit string, version int, parts ...string) {
	s.Enter(policy.RegIndicators, key, day, &policy.Indicator{Title: key, Unit: unit, Rule: "as it is found", Version: version, SumOf: parts})
}

func figure(indicator, value string) policy.Figure {
	amount, err := policy.ParseAmount(value)
	if err != nil {
		panic(err) // a mistake of the test
	}
	return policy.Figure{Indicator: indicator, Value: amount}
}

// hands hands in a report on one action.
func hands(s *story, path string, figures ...policy.Figure) *policy.Report {
	report := &policy.Report{Actions: []policy.ActionReport{{Action: "1.1", Status: policy.Ongoing, Figures: figures}}}
	s.Contents[on("report/"+path)] = report
	if entry := s.Entry("report/" + path); len(s.Acts[entry.Subject]) == 0 {
		s.Record(entry, submits("se", entry.Opens.String()))
	}
	return report
}

func TestSnapshotSummarise_AddsNoUnitToAnother(t *testing.T) {
	t.Parallel()
	s := unreported()
	counts(s, "drugs-seized", "2021-10-01", "kg", 1)
	counts(s, "drugs-seized", "2022-08-01", "tonnes", 2)
	hands(s, "2022/firearms/may", figure("drugs-seized", "12.5"))
	hands(s, "2022/firearms/october", figure("drugs-seized", "0.255"))
	hands(s, "2022/drugs/may", figure("drugs-seized", "1.5"))
	d := snapshot(s)
	year := d.Summarise(rules.SummaryFilter{Year: 2022})
	if got := fmt.Sprint(year.Totals.Figures); got != "[{drugs-seized 14 kg true 1} {drugs-seized 0.255 tonnes true 2}]" {
		t.Errorf("the year comes to %s", got)
	}
	if said := strings.Join(year.Discrepancies, "\n"); !strings.Contains(said, "drugs-seized was counted in kg at first and in tonnes at last: each is added up by itself") {
		t.Errorf("the year says %q", said)
	}
	var points []string
	for _, p := range d.Series("drugs-seized") {
		points = append(points, fmt.Sprint(p.Round, " ", p.Value, " ", p.Unit, " ", p.Rule, " ", p.Break))
	}
	if want := []string{"may 14 kg 1 false", "october 0.255 tonnes 2 true"}; !slices.Equal(points, want) {
		t.Errorf("the series is %q", points)
	}
	if drugs := year.Plans[slices.IndexFunc(year.Plans, func(p rules.PlanSummary) bool { return p.Plan == "2022/drugs" })]; drugs.Totals.Figures[0].Break {
		t.Errorf("what was counted in one way alone: %+v", drugs.Totals)
	}
}

// Whenever rules and units change, summary, plans and series tell the same sums of each unit,
// every figure is in one of them, and none is across a break without saying so.
func TestSnapshotSummarise_CountsEachFigureOnceInItsUnit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := unreported()
		units := []string{"kg", "tonnes", "pieces"}
		for version := range rapid.IntRange(1, 4).Draw(t, "rules") {
			day := date("2021-10-01").AddDays(version * rapid.IntRange(1, 150).Draw(t, "later"))
			counts(s, "seized", day.String(), rapid.SampledFrom(units).Draw(t, "unit"), version+1)
		}
		handed := policy.Amount{}
		value := func() policy.Figure {
			f := figure("seized", fmt.Sprintf("%d.%d", rapid.IntRange(0, 1000).Draw(t, "whole"), rapid.IntRange(0, 9).Draw(t, "tenths")))
			handed = handed.Plus(f.Value)
			return f
		}
		for _, path := range []string{"2022/firearms/may", "2022/firearms/october", "2022/drugs/may", "2022/drugs/october", "2023/drugs/may"} {
			if !rapid.Bool().Draw(t, "is handed in") {
				continue
			}
			report := hands(s, path, value())
			from := date("2022-01-01").AddDays(rapid.IntRange(0, 400).Draw(t, "day")).String()
			key := strings.ReplaceAll(path, "/", "-")
			s.Enter(policy.RegDays, key, "2023-06-01", &policy.JointActionDay{Title: "Days", From: date(from), To: date(from), Plans: []string{"2022/firearms"}})
			report.Days = []policy.DayReport{{Day: key, Figures: []policy.Figure{value()}}}
			if rapid.Bool().Draw(t, "is corrected") {
				for _, wrong := range []policy.Figure{report.Actions[0].Figures[0], report.Days[0].Figures[0]} {
					handed = handed.Minus(wrong.Value)
				}
				corrects(s, path, "1", "2024-05-01", &policy.Report{
					Actions: []policy.ActionReport{{Action: "1.1", Status: policy.Ongoing, Figures: []policy.Figure{value()}}},
					Days:    []policy.DayReport{{Day: key, Figures: []policy.Figure{value()}}},
				})
			}
		}
		d := snapshot(s)
		whole, all := d.Summarise(rules.SummaryFilter{}), policy.Amount{}
		plans, series := map[string]policy.Amount{}, map[string]policy.Amount{}
		breaks := false
		for _, p := range whole.Plans {
			for _, sum := range p.Totals.Figures {
				plans[sum.Unit] = plans[sum.Unit].Plus(sum.Value)
			}
		}
		for _, p := range d.Series("seized") {
			series[p.Unit] = series[p.Unit].Plus(p.Value)
			breaks = breaks || p.Break
		}
		for _, sum := range whole.Totals.Figures {
			all = all.Plus(sum.Value)
			if sum.Value != plans[sum.Unit] || sum.Value != series[sum.Unit] {
				t.Errorf("in %s the summary tells %s, its plans %s, the series %s", sum.Unit, sum.Value, plans[sum.Unit], series[sum.Unit])
			}
			said := slices.ContainsFunc(whole.Discrepancies, func(d string) bool { return strings.HasPrefix(d, "seized was counted") })
			if sum.Break != breaks || said != breaks {
				t.Errorf("the series breaks: %t; the sum: %t; it is said: %t", breaks, sum.Break, said)
			}
		}
		if all != handed {
			t.Errorf("%s was handed in, %s is told", handed, all)
		}
	})
}

func TestSnapshotRound_HoldsTotalsAgainstTheirParts(t *testing.T) {
	t.Parallel()
	s := unreported()
	counts(s, "men", "2021-10-01", "persons", 1)
	counts(s, "women", "2021-10-01", "persons", 1)
	counts(s, "arrests", "2021-10-02", "persons", 1, "men", "women")
	report := hands(s, "2022/firearms/may", figure("arrests", "829"), figure("men", "600"), figure("women", "200"))
	report.Published = &policy.Totals{Actions: 2, Figures: []policy.Figure{figure("arrests", "830"), figure("women", "199.5")}}
	report.Days = []policy.DayReport{{Day: "arms-days", Figures: []policy.Figure{figure("men", "5")}, Published: []policy.Figure{figure("arrests", "3")}}}
	s.Today = date("2022-06-30")
	d := snapshot(s)
	want := []string{
		"2 actions are published, 1 reported: 1 more",
		"arrests of 1.1 is 829, its parts add up to 800: 29 more",
		"arrests of arms-days is published as 3, the parts add up to 5: 2 less",
		"arrests is published as 830, the parts add up to 829: 1 more",
		"women is published as 199.5, the parts add up to 200: 0.5 less",
		"arrests is 830, its parts add up to 199.5: 630.5 more",
	}
	round, err := d.Round(on("report/2022/firearms/may"))
	if err != nil || !slices.Equal(round.Discrepancies, want) {
		t.Errorf("the round says %q, %v", round.Discrepancies, err)
	}
	found, err := d.FindingsOf("S11")
	summary := d.Summarise(rules.SummaryFilter{})
	for _, says := range want {
		if !slices.ContainsFunc(found, func(f policy.Finding) bool { return strings.HasSuffix(f.Message, "does not reconcile: "+says) }) {
			t.Errorf("no finding says %q: %v, %v", says, found, err)
		}
		if !slices.Contains(summary.Discrepancies, "report/2022/firearms/may: "+says) {
			t.Errorf("the summary does not say %q: %q", says, summary.Discrepancies)
		}
	}
}

// What stands in a register alone is held against its parts, too, and told once where a report
// has the same.
func TestSnapshotFindings_HoldRowsAgainstTheirPublishedTotals(t *testing.T) {
	t.Parallel()
	s := unreported()
	s.Today = date("2022-06-02")
	s.Enter(policy.RegDays, "arms-days", "2022-06-01", jad(func(d *policy.JointActionDay) {
		d.Figures, d.Published = []policy.Figure{figure("arrests", "800")}, []policy.Figure{figure("arrests", "829")}
	}))
	told := func() (found []policy.Finding) {
		all, _ := snapshot(s).FindingsOf("S11")
		for _, f := range all {
			if strings.HasSuffix(f.Message, "arrests of arms-days is published as 829, the parts add up to 800: 29 more") {
				found = append(found, f)
			}
		}
		return found
	}
	if found := told(); len(found) != 1 || found[0].Record != "joint-action-days/arms-days" {
		t.Errorf("before the round closes: %+v", found)
	}
	closes(s, "2022/firearms/may", "2022-06-10")
	if found := told(); len(found) != 1 || found[0].Record != "report/2022/firearms/may" {
		t.Errorf("once a report counts them: %+v", found)
	}
}

func TestSnapshotJudgeRows_HoldsANewUnitToBeANewRule(t *testing.T) {
	t.Parallel()
	s := inOrder()
	counts(s, "cash", "2022-02-01", "euro", 1)
	counts(s, "cash", "2022-06-01", "thousand euro", 3)
	d := snapshot(s)
	enter := func(key, day, unit string, version int, parts ...string) error {
		row := policy.Row{Register: policy.RegIndicators, Key: key, Date: date(day), Body: &policy.Indicator{Title: "Cash", Unit: unit, Rule: "as found", Version: version, SumOf: parts}}
		return d.JudgeRows(policy.Asserted(policy.Actor{Name: "Eva", Body: policy.SupportTeam}), []policy.Row{row}, false)
	}
	for name, test := range map[string]struct {
		err  error
		says string // empty: it is taken
	}{
		"another unit by a new rule":      {enter("cash", "2022-07-01", "million euro", 4), ""},
		"another unit by the same rule":   {enter("cash", "2022-07-01", "million euro", 3), "another unit needs a new rule with a higher number"},
		"between two, by the rule after":  {enter("cash", "2022-03-01", "cents", 3), "in thousand euro on 2022-06-01, by rule 3, and in cents on 2022-03-01, by rule 3"},
		"between two":                     {enter("cash", "2022-03-01", "cents", 2), ""},
		"put right on its day":            {enter("cash", "2022-06-01", "million euro", 3), ""},
		"the sum of what is counted":      {enter("persons", "2022-06-01", "persons", 1, "arrests"), ""},
		"the sum of a misspelt one":       {enter("persons", "2022-06-01", "persons", 1, "arests"), "is it arrests?"},
		"the sum of what has other units": {enter("persons", "2022-06-01", "persons", 1, "cash"), "what is added up has one unit"},
		"the sum of itself":               {enter("persons", "2022-06-01", "persons", 1, "persons"), "names the indicator itself"},
	} {
		if test.says == "" && test.err != nil || test.says != "" && (test.err == nil || !strings.Contains(test.err.Error(), test.says)) {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	counts(s, "cash", "2022-09-01", "euro", 3) // recorded before it was held
	s.Today = date("2022-12-01")
	found, err := snapshot(s).FindingsOf("S11")
	if !slices.ContainsFunc(found, func(f policy.Finding) bool {
		return f.Record == "indicators/cash" && strings.Contains(f.Message, "cash is counted in euro since 2022-09-01 and was counted in thousand euro before, by the same rule 3")
	}) {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestSnapshotJudgeReport_NamesTheNearestIndicator(t *testing.T) {
	t.Parallel()
	s := inOrder()
	subject := on("report/2022/firearms/may")
	report := hands(s, "2022/firearms/may", figure("arrests", "3"))
	if err := snapshot(s).JudgeReport(subject, report); err != nil {
		t.Errorf("a figure of an indicator that there is: %v", err)
	}
	for where, misspell := range map[string]func(*policy.Report){
		"in an action": func(r *policy.Report) { r.Actions[0].Figures = []policy.Figure{figure("arests", "3")} },
		"in a day": func(r *policy.Report) {
			r.Days = []policy.DayReport{{Day: "d", Figures: []policy.Figure{figure("arests", "3")}}}
		},
		"published": func(r *policy.Report) { r.Published = &policy.Totals{Figures: []policy.Figure{figure("arests", "3")}} },
	} {
		report := hands(s, "2022/firearms/may")
		misspell(report)
		if err := snapshot(s).JudgeReport(subject, report); policy.CodeOf(err) != policy.CodeUnknown || !strings.Contains(err.Error(), "is it arrests?") {
			t.Errorf("%s: %v", where, err)
		}
		found, _ := snapshot(s).FindingsOf("S11")
		if !slices.ContainsFunc(found, func(f policy.Finding) bool {
			return strings.Contains(f.Message, `has figures of "arests", which is not in the register of indicators: is it arrests?`)
		}) {
			t.Errorf("%s, recorded before, it is not found", where)
		}
	}
}
