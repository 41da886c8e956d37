package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// What does not add up is told with both numbers and the difference.

// discrepancies says where a report does not reconcile: its published totals with its parts,
// and a total in it with the parts of which it is the sum.
func (d *Snapshot) discrepancies(subject policy.Subject, r *policy.Report) []policy.Remark {
	found, cover := r.Discrepancies(), d.CoverOf(subject)
	for _, a := range r.Actions {
		found = append(found, d.unequal(a.Action, a.Figures, cover.To)...)
	}
	for _, day := range r.Days {
		found = append(found, d.discrepanciesOf(day, d.timeOf(day.Day, cover))...)
	}
	if r.Published == nil {
		return found
	}
	sums := d.adder()
	sums.report("", subject, r)
	for _, f := range r.Published.Figures {
		found = append(found, d.unequalPublished("", f, sums, cover.To, len(r.Actions) > 0)...)
	}
	return append(found, d.unequal("", r.Published.Figures, cover.To)...)
}

// discrepanciesOf says where the figures of joint action days do not reconcile.
func (d *Snapshot) discrepanciesOf(day policy.DayReport, when policy.Window) []policy.Remark {
	found := d.unequal(day.Day, day.Figures, when.To)
	sums := d.adder()
	for _, f := range day.Figures {
		sums.figure(f, when)
	}
	for _, f := range day.Published {
		found = append(found, d.unequalPublished(day.Day, f, sums, when.To, len(day.Figures) > 0)...)
	}
	return append(found, d.unequal(day.Day, day.Published, when.To)...)
}

// unequal finds totals that stand beside parts of which they are not the sum.
func (d *Snapshot) unequal(where string, figures []policy.Figure, on policy.Date) (found []policy.Remark) {
	for _, total := range figures {
		parts := d.partsOf(total.Indicator, on)
		var sum policy.Amount
		given := false
		for _, f := range figures {
			if slices.Contains(parts, f.Indicator) {
				sum, given = sum.Plus(f.Value), true
			}
		}
		if given && sum != total.Value {
			found = append(found, policy.Say("%s is %s, its parts add up to %s: %s", at(total.Indicator, where), total.Value, sum, policy.MoreOrLess(total.Value, sum)))
		}
	}
	return found
}

// unequalPublished says where a published total is not the sum of its parts: of what was
// reported of the indicator, or else of the indicators of which it is the sum. Where nothing
// at all was reported there is nothing to hold it against.
func (d *Snapshot) unequalPublished(where string, f policy.Figure, sums *adder, on policy.Date, reported bool) []policy.Remark {
	name, held := at(f.Indicator, where), sums.of(f.Indicator)
	if len(held) == 0 {
		held = append(held, Sum{})
		for _, part := range d.partsOf(f.Indicator, on) {
			for _, sum := range sums.of(part) {
				held[0].Value = held[0].Value.Plus(sum.Value)
			}
		}
	}
	switch sum := held[0].Value; {
	case len(held) > 1:
		return []policy.Remark{policy.Say("%s is published as %s, the parts are counted in %s and in %s", name, f.Value, held[0].Unit, held[1].Unit)}
	case reported && sum != f.Value:
		return []policy.Remark{policy.Say("%s is published as %s, the parts add up to %s: %s", name, f.Value, sum, policy.MoreOrLess(f.Value, sum))}
	default:
		return nil
	}
}

// at names an indicator of a part of a report.
func at(indicator, where string) any {
	if where == "" {
		return indicator
	}
	return policy.Say("%s of %s", indicator, where)
}

// partsOf gives the indicators of which one is the sum on a day, counted in the same unit.
func (d *Snapshot) partsOf(indicator string, on policy.Date) []string {
	total := d.indicatorOn(indicator, on)
	if total == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(total.SumOf), func(part string) bool { return d.countingOn(part, on).unit != total.Unit })
}

// checkDayRows tells of joint action days that do not reconcile, where no report says the same.
func (d *Snapshot) checkDayRows(report reporter) {
	for _, row := range rowsOf[*policy.JointActionDay](d, policy.RegDays) {
		f := policy.Finding{Record: "joint-action-days/" + row.Key, Mend: []policy.Body{row.By.Body, policy.SupportTeam}}
		day := policy.DayReport{Day: row.Key, Figures: row.body.Figures, Published: row.body.Published}
		if !d.reportsDay(day) {
			for _, said := range d.discrepanciesOf(day, policy.Window{From: row.body.From, To: row.body.To}) {
				report(f, "the joint action days %s do not reconcile: %s", row.body.Title, said)
			}
		}
	}
}

// checkProgressRows tells of progress that does not reconcile, where no report says the same.
func (d *Snapshot) checkProgressRows(report reporter) {
	for _, row := range rowsOf[*policy.Progress](d, policy.RegProgress) {
		parts := strings.Split(row.Key, "/")
		if len(parts) != 4 {
			continue // no row of this version
		}
		subject, code := policy.Subject{Cycle: d.Definition.Key, Kind: policy.KindReport, Period: parts[0], Key: parts[1], Round: parts[2]}, parts[3]
		content, kept := contentOf[*policy.Report](d, subject)
		if kept {
			if a := content.Action(code); a != nil && slices.Equal(a.Figures, row.body.Figures) {
				continue
			}
		}
		for _, said := range d.unequal(code, row.body.Figures, d.CoverOf(subject).To) {
			report(policy.Finding{Subject: subject.Path(), Record: row.Key, Mend: []policy.Body{row.By.Body, policy.SupportTeam}},
				"%s does not reconcile: %s", row.Key, said)
		}
	}
}

// reportsDay says whether a report has joint action days with the same figures.
func (d *Snapshot) reportsDay(day policy.DayReport) bool {
	for _, subject := range d.countedDays()[day.Day] {
		content, _ := contentOf[*policy.Report](d, subject)
		if slices.ContainsFunc(content.Days, func(r policy.DayReport) bool {
			return r.Day == day.Day && slices.Equal(r.Figures, day.Figures) && slices.Equal(r.Published, day.Published)
		}) {
			return true
		}
	}
	return false
}

// checkUnits tells of indicators whose unit changed and whose counting rule did not.
func (d *Snapshot) checkUnits(report reporter) {
	before := map[string]policy.Row{}
	for _, row := range d.history[policy.RegIndicators] {
		body, is := row.Body.(*policy.Indicator)
		was, had := before[row.Key].Body.(*policy.Indicator)
		if is && had && before[row.Key].Date != row.Date && was.Unit != body.Unit && body.Version <= was.Version {
			report(policy.Finding{Record: "indicators/" + row.Key, Mend: []policy.Body{row.By.Body, policy.SupportTeam}},
				"%s is counted in %s since %s and was counted in %s before, by the same rule %d", row.Key, body.Unit, row.Date, was.Unit, body.Version)
		}
		before[row.Key] = row
	}
}
