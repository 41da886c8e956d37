package rules

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// RoundStatus is where a reporting round on one OAP stands.
type RoundStatus struct {
	Report  policy.Subject        `json:"report"`
	Actions []policy.ActionReport `json:"actions"` // those that have reported
	Days    []policy.DayReport    `json:"days,omitempty"`
	Late    []LateReporter        `json:"late"` // those that have not, with who leads them
	Totals  policy.Totals         `json:"totals"`
}

// LateReporter is an action on which nothing was reported yet.
type LateReporter struct {
	Action string      `json:"action"` // its code
	Title  string      `json:"title"`
	Leader policy.Body `json:"leader,omitempty"`
	// MayReport says that the reader may enter how far it is.
	MayReport bool `json:"may_report,omitempty"`
}

// Round gathers what was reported on an OAP in a round: what stands in the
// register of progress, held against the actions of the plan. The error is
// CodeUnknown for a subject that is no report, CodeNotReady where the plan's
// content is not there.
func (d *Snapshot) Round(report policy.Subject) (*RoundStatus, error) {
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
			status.Late = append(status.Late, LateReporter{Action: a.Code, Title: a.Title, Leader: a.Leader})
			continue
		}
		status.Actions = append(status.Actions, policy.ActionReport{Action: a.Code, Status: row.Status, Figures: row.Figures, Text: row.Text})
	}
	status.Days = d.daysOf(report)
	compiled := status.Compiled(policy.Cover{})
	status.Totals = compiled.Totals()
	return status, nil
}

// Compiled makes the report of what was reported.
func (s *RoundStatus) Compiled(cover policy.Cover) *policy.Report {
	return &policy.Report{Cover: cover, Actions: s.Actions, Days: s.Days}
}

// daysOf gives the joint action days that a report counts: those of which its
// OAP is the first, which ended after the round before and by the due date of
// this one. So each counts once.
func (d *Snapshot) daysOf(report policy.Subject) []policy.DayReport {
	var after, until policy.Date
	for _, p := range d.Definition.Periods {
		for i, r := range p.Reports {
			if p.Key != report.Period || r.Key != report.Round {
				continue
			}
			until = r.Due
			if i > 0 {
				after = p.Reports[i-1].Due
			}
		}
	}
	var days []policy.DayReport
	for _, row := range rowsOf[*policy.JointActionDay](d, policy.RegDays) {
		day := row.body
		first := len(day.Plans) > 0 && day.Plans[0] == report.Period+"/"+report.Key
		if first && !day.To.After(until) && (after.IsZero() || day.To.After(after)) {
			days = append(days, policy.DayReport{Day: row.Key, Figures: day.Figures})
		}
	}
	return days
}

// SeriesPoint is the sum of one indicator over the reports of one round.
type SeriesPoint struct {
	Period string      `json:"period"`
	Round  string      `json:"round"`
	Due    policy.Date `json:"due"`
	Value  int64       `json:"value"`
	Rule   int         `json:"rule"` // the version of the counting rule
	// Break says that the rule differs from the point before, so that the two do not
	// compare.
	Break bool `json:"break,omitempty"`
}

// Series adds up an indicator over all settled reports, round by round. Every
// part is counted once.
func (d *Snapshot) Series(indicator string) []SeriesPoint {
	var points []SeriesPoint
	for _, p := range d.Definition.Periods {
		for _, r := range p.Reports {
			point := SeriesPoint{Period: p.Key, Round: r.Key, Due: r.Due, Rule: d.ruleOn(indicator, r.Due)}
			counted := false
			for subject, content := range d.Contents {
				report, is := content.(*policy.Report)
				if !is || subject.Period != p.Key || subject.Round != r.Key {
					continue
				}
				for _, f := range report.Totals().Figures {
					if f.Indicator == indicator {
						point.Value = policy.Plus(point.Value, f.Value)
						counted = true
					}
				}
			}
			if counted {
				points = append(points, point)
			}
		}
	}
	slices.SortFunc(points, func(a, b SeriesPoint) int { return b.Due.DaysUntil(a.Due) })
	for i := range points {
		points[i].Break = i > 0 && points[i].Rule != points[i-1].Rule
	}
	return points
}

// ruleOn gives the version of the counting rule of an indicator on a date.
func (d *Snapshot) ruleOn(indicator string, on policy.Date) int {
	version := 0
	for _, row := range d.history[policy.RegIndicators] {
		if body, is := row.Body.(*policy.Indicator); is && row.Key == indicator && !row.Date.After(on) {
			version = body.Version
		}
	}
	return version
}
