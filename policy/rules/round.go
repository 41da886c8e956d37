package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// RoundStatus is where a reporting round on one OAP stands.
type RoundStatus struct {
	Report  policy.Subject        `json:"report"`
	Actions []policy.ActionReport `json:"actions"` // those that have reported
	Days    []policy.DayReport    `json:"days,omitempty"`
	Late    []LateReporter        `json:"late"` // those that have not, with who leads them
	Totals  Sums                  `json:"totals"`
	// Discrepancies says where totals are not what their parts add up to, with both numbers.
	Discrepancies []string `json:"discrepancies,omitempty"`
	// HandedIn says that this is what the report has as it was handed in last.
	HandedIn bool `json:"handed_in,omitempty"`
	// CorrectedBy is the path of the settled correction that tells this in the place of the
	// report; empty where the report stands as it was handed in.
	CorrectedBy string `json:"corrected_by,omitempty"`
	// Differences says where the registers say something else today.
	Differences []string `json:"differences,omitempty"`
	// Unequal and Differing are the same, and of what they were made.
	Unequal   []policy.Remark `json:"-"`
	Differing []policy.Remark `json:"-"`
}

// LateReporter is an action on which nothing was reported yet.
type LateReporter struct {
	Action string      `json:"action"` // its code
	Title  string      `json:"title"`
	Leader policy.Body `json:"leader,omitempty"`
	// MayReport says that the reader may enter how far it is.
	MayReport bool `json:"may_report,omitempty"`
}

// Round gathers what was reported on an OAP in a round: what the report has as it was handed
// in, and before that what stands in the register of progress, held against the actions of the
// plan. The error is CodeUnknown for a subject that is no report, CodeNotReady where the plan's
// content is not there.
func (d *Snapshot) Round(report policy.Subject) (*RoundStatus, error) {
	status, err := d.RoundOn(report, d.Today)
	content, kept := contentOf[*policy.Report](d, report)
	if s := d.Standings[report]; err != nil || !kept || s.State != policy.StateDeciding && s.State != policy.StateClosed {
		return status, err
	}
	status.HandedIn, status.Actions, status.Days = true, content.Actions, content.Days
	status.Late = slices.DeleteFunc(status.Late, func(l LateReporter) bool { return content.Action(l.Action) != nil })
	status.Differing = d.differences(report, content)
	status.Differences = messages(status.Differing)
	d.addUp(status, content)
	if settled := d.Changes()[report]; len(settled) > 0 {
		status.CorrectedBy = settled[len(settled)-1].Subject.Path()
	}
	return status, nil
}

// addUp adds up what a report has, and says where it does not.
func (d *Snapshot) addUp(status *RoundStatus, content *policy.Report) {
	sums := d.adder()
	sums.report("", status.Report, content)
	status.Totals = sums.whole()
	status.Unequal = append(d.discrepancies(status.Report, content), sums.breaks()...)
	status.Discrepancies = messages(status.Unequal)
}

// messages gives remarks in English.
func messages(remarks []policy.Remark) []string {
	var texts []string
	for _, r := range remarks {
		texts = append(texts, r.Message)
	}
	return texts
}

// RoundOn gathers the same for a report that is handed in on a day.
func (d *Snapshot) RoundOn(report policy.Subject, on policy.Date) (*RoundStatus, error) {
	if _, known := d.Known(report); !known || report.Kind != policy.KindReport {
		return nil, policy.Refuse(policy.CodeUnknown, "%s is not a report of the cycle: write CYCLE/report/PERIOD/OAP/ROUND", report)
	}
	plan := d.PlanInForce(report.Plan())
	if plan == nil {
		return nil, policy.Refuse(policy.CodeNotReady, "the content of %s is not kept here: hand its report in as a document", report.Plan())
	}
	status := &RoundStatus{Report: report, Actions: []policy.ActionReport{}, Late: []LateReporter{}}
	prefix := report.Progress()
	for _, a := range plan.Actions {
		row, reported := rowOf[*policy.Progress](d, policy.RegProgress, prefix+a.Code)
		if !reported {
			status.Late = append(status.Late, LateReporter{Action: a.Code, Title: a.Name(), Leader: a.Leader})
			continue
		}
		status.Actions = append(status.Actions, policy.ActionReport{Action: a.Code, Status: row.Status, Figures: row.Figures, Text: row.Text})
	}
	status.Days = d.daysOf(report, on)
	d.addUp(status, status.Compiled(policy.Cover{}))
	return status, nil
}

// Compiled makes the report of what was reported.
func (s *RoundStatus) Compiled(cover policy.Cover) *policy.Report {
	return &policy.Report{Cover: cover, Actions: s.Actions, Days: s.Days}
}

// daysOf gives the joint action days that a report handed in on a day counts: those of which
// its OAP is the first, that had ended and that no other report has counted. So each counts
// once, in the first round that closes after it.
func (d *Snapshot) daysOf(report policy.Subject, on policy.Date) []policy.DayReport {
	counted := d.countedDays()
	var days []policy.DayReport
	for _, row := range rowsOf[*policy.JointActionDay](d, policy.RegDays) {
		by := counted[row.Key]
		elsewhere := slices.ContainsFunc(by, func(s policy.Subject) bool { return s != report })
		if row.body.Reports(report.Plan()) && !row.body.To.After(on) && !elsewhere {
			days = append(days, policy.DayReport{Day: row.Key, Figures: row.body.Figures, Published: row.body.Published})
		}
	}
	return days
}

// countedDays gives the reports that count each joint action day.
func (d *Snapshot) countedDays() map[string][]policy.Subject {
	counted := map[string][]policy.Subject{}
	for subject, report := range d.reports() {
		for _, day := range report.Days {
			counted[day.Day] = append(counted[day.Day], subject)
		}
	}
	for _, by := range counted {
		slices.SortFunc(by, func(a, b policy.Subject) int { return cmp.Compare(a.Path(), b.Path()) })
	}
	return counted
}

// checkDays tells of joint action days that no report counts any more, or more than one.
func (d *Snapshot) checkDays(report reporter) {
	counted := d.countedDays()
	for _, row := range rowsOf[*policy.JointActionDay](d, policy.RegDays) {
		by, plan := counted[row.Key], row.body.Reporter(d.Definition.Key)
		f := policy.Finding{Record: "joint-action-days/" + row.Key, Mend: append(d.driversOn(plan, d.Today), policy.SupportTeam)}
		switch {
		case len(by) > 1:
			report(f, "the joint action days %s are counted by %s and by %s", row.body.Title, d.titled(by[0]), d.titled(by[1]))
		case len(by) == 0 && len(row.body.Figures)+len(row.body.Published) > 0 && row.body.To.Before(d.Today) && d.allHandedIn(plan):
			report(f, "the joint action days %s ended on %s, and no report counts them", row.body.Title, row.body.To)
		}
	}
}

// allHandedIn says whether all reports on an OAP were handed in, and stand here: no round is
// left that could count what came late.
func (d *Snapshot) allHandedIn(plan policy.Subject) bool {
	for _, e := range d.Agenda() {
		if e.Subject.Kind != policy.KindReport || e.Subject.Plan() != plan {
			continue
		}
		if _, kept := d.Contents[e.Subject]; !kept || d.Standings[e.Subject].State == policy.StateDrafting {
			return false
		}
	}
	return true
}

// differences says where a report that was handed in and the registers of today differ, with
// both numbers.
func (d *Snapshot) differences(report policy.Subject, content *policy.Report) []policy.Remark {
	var found []policy.Remark
	prefix := report.Progress()
	for _, row := range d.Rows(policy.RegProgress, prefix) {
		progress, is := row.Body.(*policy.Progress)
		action := content.Action(strings.TrimPrefix(row.Key, prefix))
		switch {
		case !is:
		case action == nil:
			found = append(found, policy.Say("%s stands in the register and not in the report", row.Key))
		default:
			if action.Status != progress.Status {
				found = append(found, policy.Say("%s is %s in the report and %s in the register", row.Key, action.Status, progress.Status))
			}
			found = append(found, differing(row.Key, action.Figures, progress.Figures)...)
		}
	}
	for _, day := range content.Days {
		if row, is := rowOf[*policy.JointActionDay](d, policy.RegDays, day.Day); is {
			found = append(found, differing(day.Day, day.Figures, row.Figures)...)
			for _, said := range differing(day.Day, day.Published, row.Published) {
				found = append(found, policy.Say("published: %s", said))
			}
		}
	}
	return found
}

func differing(key string, reported, registered []policy.Figure) []policy.Remark {
	values := map[string][2]policy.Amount{} // as reported, and as registered
	for _, f := range reported {
		values[f.Indicator] = [2]policy.Amount{f.Value, values[f.Indicator][1]}
	}
	for _, f := range registered {
		values[f.Indicator] = [2]policy.Amount{values[f.Indicator][0], f.Value}
	}
	var found []policy.Remark
	for _, indicator := range slices.Sorted(maps.Keys(values)) {
		if v := values[indicator]; v[0] != v[1] {
			found = append(found, policy.Say("%s of %s: %s in the report, %s in the register", indicator, key, v[0], v[1]))
		}
	}
	return found
}

// SeriesPoint is the sum of one indicator over the reports of one round. Figures of different
// units are never added: a round has then one point for each unit.
type SeriesPoint struct {
	Period string        `json:"period"`
	Round  string        `json:"round"`
	Due    policy.Date   `json:"due"`
	Covers policy.Window `json:"covers"` // the time of which the reports tell
	Value  policy.Amount `json:"value"`
	Unit   string        `json:"unit,omitempty"`
	Rule   int           `json:"rule"` // the version of the counting rule at the end of that time
	// Break says that the rule differs from the point before, or changed within the time
	// of which the figures tell, so that the two do not compare.
	Break bool `json:"break,omitempty"`
}

// Series adds up an indicator over all reports, round by round. Every part is counted once.
func (d *Snapshot) Series(indicator string) []SeriesPoint {
	var points []SeriesPoint
	seen := map[policy.Subject]bool{}
	for definition := range d.Definitions() { // one that an amendment took away has counted, too
		for _, p := range definition.Periods {
			for _, r := range p.Reports {
				round := policy.Subject{Period: p.Key, Round: r.Key}
				if !seen[round] {
					points = append(points, d.pointsOf(indicator, round, r.Due)...)
				}
				seen[round] = true
			}
		}
	}
	slices.SortStableFunc(points, func(a, b SeriesPoint) int { return a.Covers.To.Compare(b.Covers.To) })
	for i, p := range points {
		if i > 0 && (p.Rule != points[i-1].Rule || p.Unit != points[i-1].Unit) {
			points[i].Break = true
		}
	}
	return points
}

// pointsOf gives the points of a round: none where no report has the indicator.
func (d *Snapshot) pointsOf(indicator string, round policy.Subject, due policy.Date) (points []SeriesPoint) {
	sums := d.adder()
	for subject, report := range d.reports() {
		if subject.Period == round.Period && subject.Round == round.Round {
			sums.report("", subject, report)
		}
	}
	for _, sum := range sums.of(indicator) {
		points = append(points, SeriesPoint{
			Period: round.Period, Round: round.Round, Due: due, Covers: d.CoverOf(round), Value: sum.Value, Unit: sum.Unit, Rule: sum.Rule, Break: sum.Break,
		})
	}
	return points
}
