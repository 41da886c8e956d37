package policy

import (
	"slices"
	"strings"
)

// RoundStatus is where a reporting round on one OAP stands.
type RoundStatus struct {
	Report Subject `json:"report"`
	// Actions are those that have reported, Late those that have not, with who
	// leads them.
	Actions []ActionReport `json:"actions"`
	Days    []DayReport    `json:"days,omitempty"`
	Late    []LateReporter `json:"late"`
	Totals  Totals         `json:"totals"`
}

// LateReporter is an action on which nothing was reported yet.
type LateReporter struct {
	Action string `json:"action"` // its code
	Title  string `json:"title"`
	Leader Body   `json:"leader,omitempty"`
	// MayReport says that the reader may enter how far it is.
	MayReport bool `json:"may_report,omitempty"`
}

// Round gathers what was reported on an OAP in a round: what stands in the
// register of progress, held against the actions of the plan. The error is
// CodeUnknown for a subject that is no report, CodeNotReady where the plan's
// content is not there.
func (d *Dossier) Round(report Subject) (*RoundStatus, error) {
	if _, planned := d.entryOf(report); !planned || report.Kind != KindReport {
		return nil, Refuse(CodeUnknown, "%s is not a report of the cycle: write CYCLE/report/PERIOD/OAP/ROUND", report)
	}
	plan := d.PlanInForce(report.Plan())
	if plan == nil {
		return nil, Refuse(CodeNotReady, "the content of %s is not kept here: hand its report in as a document", report.Plan())
	}
	status := &RoundStatus{Report: report, Actions: []ActionReport{}, Late: []LateReporter{}}
	prefix := report.progress()
	for _, a := range plan.Actions {
		row, reported := rowOf[*Progress](d, RegProgress, prefix+a.Code)
		if !reported {
			status.Late = append(status.Late, LateReporter{Action: a.Code, Title: a.Title, Leader: a.Leader})
			continue
		}
		status.Actions = append(status.Actions, ActionReport{a.Code, row.Status, row.Figures, row.Text})
	}
	status.Days = d.daysOf(report)
	compiled := status.Compiled(Cover{})
	status.Totals = compiled.Totals()
	return status, nil
}

// progress is with what the keys of what was reported in the round begin.
func (s Subject) progress() string {
	return strings.Join([]string{s.Period, s.Key, s.Round}, "/") + "/"
}

// Compiled makes the report of what was reported.
func (s *RoundStatus) Compiled(cover Cover) *Report {
	return &Report{Cover: cover, Actions: s.Actions, Days: s.Days}
}

// daysOf gives the joint action days that a report counts: those of which its
// OAP is the first, which ended after the round before and by the due date of
// this one. So each counts once.
func (d *Dossier) daysOf(report Subject) []DayReport {
	var after, until Date
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
	var days []DayReport
	for _, row := range rowsOf[*JointActionDay](d, RegDays) {
		day := row.body
		first := len(day.Plans) > 0 && day.Plans[0] == report.Period+"/"+report.Key
		if first && !day.To.After(until) && (after.IsZero() || day.To.After(after)) {
			days = append(days, DayReport{row.Key, day.Figures})
		}
	}
	return days
}

// SeriesPoint is the sum of one indicator over the reports of one round.
type SeriesPoint struct {
	Period string `json:"period"`
	Round  string `json:"round"`
	Due    Date   `json:"due"`
	Value  int64  `json:"value"`
	// Rule is the version of the counting rule; Break says that it differs from
	// the point before, so that the two do not compare.
	Rule  int  `json:"rule"`
	Break bool `json:"break,omitempty"`
}

// Series adds up an indicator over all settled reports, round by round. Every
// part is counted once.
func (d *Dossier) Series(indicator string) []SeriesPoint {
	var points []SeriesPoint
	for _, p := range d.Definition.Periods {
		for _, r := range p.Reports {
			point := SeriesPoint{Period: p.Key, Round: r.Key, Due: r.Due, Rule: d.ruleOn(indicator, r.Due)}
			counted := false
			for subject, content := range d.Contents {
				report, is := content.(*Report)
				if !is || subject.Period != p.Key || subject.Round != r.Key {
					continue
				}
				for _, f := range report.Totals().Figures {
					if f.Indicator == indicator {
						point.Value = plus(point.Value, f.Value)
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
func (d *Dossier) ruleOn(indicator string, on Date) int {
	version := 0
	for _, row := range d.history[RegIndicators] {
		if body, is := row.Body.(*Indicator); is && row.Key == indicator && !row.Date.After(on) {
			version = body.Version
		}
	}
	return version
}
