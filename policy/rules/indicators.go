package rules

import (
	"slices"

	"github.com/agnivade/levenshtein"

	"github.com/policycycle/policycycle/policy"
)

// What is counted stands in the register of indicators: how, in which unit, and of what it is
// the sum.

// judgeIndicator holds that a new unit is a new counting rule, and that the parts of a sum are
// counted, too, in the same unit.
func (e *entering) judgeIndicator(row policy.Row, body *policy.Indicator) error {
	if e.past {
		return nil // findings tell of it
	}
	whole := *e.Snapshot
	rows := append(slices.Clone(e.history[policy.RegIndicators]), e.rows...)
	policy.SortRows(rows)
	rows = lastOfDays(rows)
	whole.history = map[policy.Register][]policy.Row{policy.RegIndicators: rows}
	for _, other := range rows {
		held, is := other.Body.(*policy.Indicator)
		if !is || other.Key != row.Key || held.Unit == body.Unit {
			continue
		}
		if later := other.Date.After(row.Date); later && held.Version <= body.Version || other.Date.Before(row.Date) && body.Version <= held.Version {
			return policy.Refuse(policy.CodeInvalid, "%s: it is counted in %s on %s, by rule %d, and in %s on %s, by rule %d: another unit needs a new rule with a higher number",
				row.Key, held.Unit, other.Date, held.Version, body.Unit, row.Date, body.Version)
		}
	}
	known := whole.countedOn(row.Date)
	for _, part := range body.SumOf {
		if !known[part] {
			return notCounted(row.Key, part, row.Date, known)
		}
		if unit := whole.countingOn(part, row.Date).unit; unit != body.Unit {
			return policy.Refuse(policy.CodeInvalid, "%s: it is counted in %s, and its part %s in %s: what is added up has one unit", row.Key, body.Unit, part, unit)
		}
	}
	return nil
}

// lastOfDays leaves out the rows in whose place others of the same day are.
func lastOfDays(rows []policy.Row) []policy.Row {
	type place struct {
		key string
		on  policy.Date
	}
	last := map[place]int{}
	for i, row := range rows {
		last[place{row.Key, row.Date}] = i
	}
	var held []policy.Row
	for i, row := range rows {
		if last[place{row.Key, row.Date}] == i {
			held = append(held, row)
		}
	}
	return held
}

// judgeFigures holds that each figure of a row is of an indicator that was counted on its day.
func (e *entering) judgeFigures(row policy.Row, figures []policy.Figure) error {
	known := e.countedOn(row.Date)
	if e.past {
		known = e.everCounted()
	}
	return e.judgeCounted(row.Key, row.Date, figures, known)
}

// JudgeReport holds that each figure of a report that is handed in is of an indicator that
// is counted: the figures of a misspelt one would be in no sum.
func (d *Snapshot) JudgeReport(report policy.Subject, content *policy.Report) error {
	return d.judgeCounted(report.Path(), d.Today, allFigures(content), d.countedOn(d.Today))
}

func (d *Snapshot) judgeCounted(of string, on policy.Date, figures []policy.Figure, known map[string]bool) error {
	if !policy.Stores(d.Definition, policy.RegIndicators) {
		return nil
	}
	for _, f := range figures {
		if !known[f.Indicator] {
			return notCounted(of, f.Indicator, on, known)
		}
	}
	return nil
}

// allFigures lists all figures of a report, the published ones, too.
func allFigures(r *policy.Report) []policy.Figure {
	var all []policy.Figure
	for _, a := range r.Actions {
		all = append(all, a.Figures...)
	}
	for _, day := range r.Days {
		all = append(append(all, day.Figures...), day.Published...)
	}
	if r.Published != nil {
		all = append(all, r.Published.Figures...)
	}
	return all
}

// countedOn gives the indicators that were counted on a day.
func (d *Snapshot) countedOn(on policy.Date) map[string]bool {
	known := map[string]bool{}
	for _, row := range d.history[policy.RegIndicators] {
		if !row.Date.After(on) {
			known[row.Key] = true
		}
	}
	return known
}

// everCounted gives the indicators that were counted on any day.
func (d *Snapshot) everCounted() map[string]bool {
	known := map[string]bool{}
	for _, row := range d.history[policy.RegIndicators] {
		known[row.Key] = true
	}
	return known
}

func notCounted(of, indicator string, on policy.Date, known map[string]bool) error {
	if name := nearest(indicator, known); name != "" {
		return policy.Refuse(policy.CodeUnknown, "%s: the register of indicators has no %q on %s: is it %s?", of, indicator, on, name)
	}
	return policy.Refuse(policy.CodeUnknown, "%s: the register of indicators has no %q on %s: enter there first how it is counted", of, indicator, on)
}

// nearest gives the name that a misspelt one is most like; empty where none is near.
func nearest(name string, known map[string]bool) string {
	best, least := "", 1+len(name)/3
	for other := range known {
		if n := levenshtein.ComputeDistance(name, other); n < least || n == least && (best == "" || other < best) {
			best, least = other, n
		}
	}
	return best
}

// checkCounted tells of figures of reports that are of no indicator.
func checkCounted(d *Snapshot, report reporter) {
	for _, e := range d.WholeAgenda() {
		if content, kept := contentOf[*policy.Report](d, e.Subject); kept && e.Subject.Kind == policy.KindReport {
			d.checkFigures(e, content, report)
		}
	}
}

func (d *Snapshot) checkFigures(e policy.Entry, content *policy.Report, report reporter) {
	known, told := d.everCounted(), map[string]bool{}
	for _, figure := range allFigures(content) {
		if known[figure.Indicator] || told[figure.Indicator] {
			continue
		}
		told[figure.Indicator] = true
		if name := nearest(figure.Indicator, known); name != "" {
			report(aboutReport(e), "%s has figures of %q, which is not in the register of indicators: is it %s?", e.Title, figure.Indicator, name)
		} else {
			report(aboutReport(e), "%s has figures of %q, which is not in the register of indicators", e.Title, figure.Indicator)
		}
	}
}
