package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/service"
)

// rehearsed is the result of a rehearsal: the cycle as it ended and a summary.
type rehearsed struct {
	*service.Cycle
	Summary summary `json:"summary"`
	// Seconds is how long the rehearsal took.
	Seconds float64 `json:"seconds"`
}

// summary is what the summary table shows beyond the cycle itself.
type summary struct {
	Decisions   int `json:"decisions"`   // outcomes recorded
	Submissions int `json:"submissions"` // versions handed in
	// OAPs are the numbers of OAPs in each period.
	OAPs []periodOAPs `json:"oaps"`
	// LateDecisions are those after the due date; corrected records do not count.
	LateDecisions int `json:"late_decisions"`
	// LateSubmissions are versions handed in after the due date.
	LateSubmissions int `json:"late_submissions"`
	// MissedDeadlines are all due dates that passed: those late acts, and what
	// was still overdue at the end.
	MissedDeadlines int `json:"missed_deadlines"`
	// GreatestDelayDays is how late the latest act was.
	GreatestDelayDays int `json:"greatest_delay_days"`
}

// periodOAPs counts the OAPs of one period.
type periodOAPs struct {
	Period  string `json:"period"` // key of the period
	OAPs    int    `json:"oaps"`
	Adopted int    `json:"adopted"`
}

// summarise counts what the cycle itself tells; see addVersions for the rest.
func summarise(c *service.Cycle) *rehearsed {
	r := &rehearsed{Cycle: c, Summary: summary{Decisions: len(c.Decisions)}}
	r.Summary.OAPs = each(c.Periods, func(period service.Period) periodOAPs {
		count := periodOAPs{Period: period.Key, OAPs: len(period.OAPs)}
		for _, oap := range period.OAPs {
			if oap.Outcome.Adopts() {
				count.Adopted++
			}
		}
		return count
	})
	for _, d := range c.Decisions {
		// A corrected record says nothing of what really happened.
		if d.RectifiedBy == "" && r.missed(d.DaysLate) {
			r.Summary.LateDecisions++
		}
	}
	r.Summary.MissedDeadlines += service.Told(c.Overdue)
	return r
}

// addVersions counts the versions of one subject.
func (r *rehearsed) addVersions(versions []service.Version) {
	r.Summary.Submissions += len(versions)
	for _, v := range versions {
		corrected := slices.ContainsFunc(versions, func(later service.Version) bool { return later.Rectifies == v.ID })
		if !corrected && r.missed(v.DaysLate) {
			r.Summary.LateSubmissions++
		}
	}
}

// missed counts an act that came days after its due date, if it did.
func (r *rehearsed) missed(daysLate int) bool {
	if daysLate <= 0 {
		return false
	}
	r.Summary.MissedDeadlines++
	r.Summary.GreatestDelayDays = max(r.Summary.GreatestDelayDays, daysLate)
	return true
}

// subjectsOf lists every subject of a cycle.
func subjectsOf(c *service.Cycle) []service.Subject {
	all := slices.Concat(c.Policy, c.MASPs, c.Items, c.Obligations, c.Discontinued)
	for _, period := range c.Periods {
		all = append(append(all, period.OAPs...), period.Reports...)
	}
	return all
}

// progressText says where a cycle stands, in one line.
func (s *screen) progressText(line service.CycleLine) string {
	text := fmt.Sprintf("%s, %d open", line.Stage.Title(), service.Told(line.Open))
	if overdue := service.Told(line.Overdue); overdue > 0 {
		text += fmt.Sprintf(", %d overdue", overdue)
	}
	if next := line.Next; next != nil {
		text += fmt.Sprintf("; next %s: %s, due %s", s.whoseTurn(next.Turn, next.Second), next.Title, next.Due)
	}
	return text
}

// showRehearsal writes the summary that ends a rehearsal.
func showRehearsal(p *page, r *rehearsed) {
	p.heading(fmt.Sprintf("%s (rehearsal): %s", r.Title, r.Stage.Title()))
	showStages(p, r.Stages)
	p.section("Priorities", cells{"Priority", "Outcome", "OAPs, all periods"}, each(r.Priorities, func(priority service.Priority) cells {
		return cells{priority.Title, cmp.Or(priority.Words.Title(priority.Outcome), "open"), fmt.Sprint(len(priority.OAPs))}
	}))
	showPeriods(p, r.Periods)
	showAmendments(p, r.Amendments)
	s := r.Summary
	p.heading("In all")
	p.facts(
		[2]string{"Decisions recorded", tally(each(r.Decisions, func(d service.Decision) string { return p.bodies.Title(d.Body) }), mostFirst)},
		[2]string{"Versions handed in", fmt.Sprint(s.Submissions)},
		[2]string{"Missed deadlines", missedText(s)},
		[2]string{"Greatest lag", count(r.GreatestLagDays, "day") + " of the calendar between an act and its record"},
		[2]string{"Took", fmt.Sprintf("%.1f s", r.Seconds)},
	)
	p.line("\nNext: policycycle cycle show %s", r.ID)
}

func missedText(s summary) string {
	if s.MissedDeadlines == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %d decided late, %d handed in late, %d still overdue; at most %s late", s.MissedDeadlines,
		s.LateDecisions, s.LateSubmissions, s.MissedDeadlines-s.LateDecisions-s.LateSubmissions, count(s.GreatestDelayDays, "day"))
}
