package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// showCycles writes `cycle list`.
func showCycles(p *page, lines []service.CycleLine) {
	if len(lines) == 0 {
		p.line("No cycle has been started. Next: policycycle cycle start FILE --as NAME@general-secretariat")
		return
	}
	p.grid(cells{"Cycle", "Stage", "Since", "Whose turn", "What", "Next deadline", "Overdue"}, cycleRows(p, lines))
}

func cycleRows(p *page, lines []service.CycleLine) [][]string {
	return each(lines, func(line service.CycleLine) cells {
		id := line.ID
		if line.Rehearsal {
			id += " (rehearsal)"
		}
		row := cells{id, line.Stage.Title(), line.StageSince.String(), "", "", "", ""}
		if !line.Begins.IsZero() {
			row[1] = stageText(line)
		}
		if next := line.Next; next != nil {
			row = append(row[:3], p.whoseTurn(next.Turn, next.Second), next.Title, next.Due.String(), overdueText(p, *next))
		}
		return row
	})
}

// showCycle writes `cycle show`.
func showCycle(p *page, c *service.Cycle) {
	title := c.Title
	if c.Rehearsal {
		title += " (rehearsal)"
	}
	p.heading(title)
	p.facts(
		[2]string{"Cycle", c.ID},
		[2]string{"Stage", stageText(c.CycleLine)},
		[2]string{"Today", c.Today.String()},
		[2]string{"Policy window", windowText(c.PolicyWindow)},
		[2]string{"Implementation window", windowText(c.ImplementationWindow)},
		[2]string{"Predecessor", c.Predecessor},
		[2]string{"Definition", definitionText(c)},
		[2]string{"Illustrative", strings.Join(c.Illustrative, ", ")},
	)
	showStages(p, c.Stages)
	showWaiting(p, c.Waiting)
	showSubjects(p, "Policy documents", c.Policy)
	p.section("Priorities", cells{"Priority", "Kind", "Outcome", "MASP", "OAPs"}, priorityRows(c))
	showPeriods(p, c.Periods)
	showSubjects(p, "Items, changes and corrections", c.Items)
	showSubjects(p, "Reporting obligations", c.Obligations)
	p.section("Withdrawn", cells{"Subject", "What", "Outcome", "On", "Withdrawn on"}, each(c.Discontinued, func(s service.Subject) cells {
		return cells{s.Path, s.Title, s.Words.Title(s.Outcome), s.ClosedOn.String(), s.Withdrawn.String()}
	}))
	p.section("Decisions", cells{"Reference", "Body", "Date", "Subject", "Outcome", "Late"}, each(c.Decisions, func(d service.Decision) cells {
		return cells{string(d.Reference), p.bodies.Title(d.Body), d.Date.String(), d.Subject.Path(), outcomeText(d), daysLateText(d.DaysLate)}
	}))
	showAmendments(p, c.Amendments)
}

// stageText says where a cycle stands, or when it begins.
func stageText(c service.CycleLine) string {
	if !c.Begins.IsZero() {
		return "begins on " + c.Begins.String()
	}
	return fmt.Sprintf("%s since %s", c.Stage.Title(), c.StageSince)
}

func showStages(p *page, spans []policy.StageSpan) {
	p.section("Stages", cells{"Stage", "Since", "Until", "Planned until"}, each(spans, func(s policy.StageSpan) cells {
		row := cells{s.Stage.Title(), s.Since.String(), s.Until.String(), ""}
		if !s.Since.IsZero() { // of what has not begun, no end is told
			row[3] = s.Planned.String()
		}
		return row
	}))
}

var waitingColumns = cells{"Subject", "What", "Whose turn", "Waits to be", "Since", "Due", "Overdue"}

func showWaiting(p *page, items []service.InboxItem) {
	p.section("Waiting", waitingColumns, each(items, func(item service.InboxItem) cells { return waitingCells(p, item.Subject.Path(), item.Title, item) }))
}

func waitingCells(p *page, subject, title string, item service.InboxItem) cells {
	return cells{subject, title, p.whoseTurn(item.Turn, item.Second), awaitsText(item), item.Since.String(), item.Due.String(), overdueText(p, item)}
}

func showSubjects(p *page, title string, subjects []service.Subject) {
	p.section(title, cells{"Subject", "What", "State", "Whose turn", "Due", "Outcome", "On"}, each(subjects, func(s service.Subject) cells {
		due := s.Due.String()
		if s.Overdue {
			due = p.paint(red, due+" overdue")
		}
		return cells{s.Path, s.Title, stateText(s.State), p.turnOf(s), due, s.Words.Title(s.Outcome), s.ClosedOn.String()}
	}))
}

func priorityRows(c *service.Cycle) [][]string {
	plans := map[string]service.Subject{}
	for _, s := range c.MASPs {
		plans[s.Path] = s
	}
	for _, period := range c.Periods {
		for _, s := range period.OAPs {
			plans[s.Path] = s
		}
	}
	for _, s := range c.Discontinued {
		plans[s.Path] = s
	}
	return each(c.Priorities, func(priority service.Priority) cells {
		outcome := cmp.Or(priority.Words.Title(priority.Outcome), "open")
		if priority.Proposed {
			outcome = "proposed"
		}
		if !priority.Added.IsZero() {
			outcome += ", added on " + priority.Added.String()
		}
		if !priority.Amended.IsZero() {
			outcome += ", worded anew on " + priority.Amended.String()
		}
		if !priority.Withdrawn.IsZero() {
			outcome += ", withdrawn on " + priority.Withdrawn.String()
		}
		return cells{
			priority.Title, string(priority.Kind), outcome,
			planTexts(priority.MASPs, plans), planTexts(priority.OAPs, plans),
		}
	})
}

// planTexts says how each plan stands, plans of one key together: "firearms
// 2022 adopted, 2023 drafting".
func planTexts(paths []string, plans map[string]service.Subject) string {
	var keys []string
	texts := map[string][]string{}
	for _, path := range paths {
		plan := plans[path]
		key := cmp.Or(plan.Subject.Key, path)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		texts[key] = append(texts[key], strings.TrimSpace(plan.Subject.Period+" "+standingText(plan)))
	}
	return strings.Join(each(keys, func(key string) string { return key + " " + strings.Join(texts[key], ", ") }), "; ")
}

func showPeriods(p *page, periods []service.Period) {
	p.section("Periods", cells{"Period", "From", "To", "OAPs", "Reports"}, each(periods, func(period service.Period) cells {
		oaps, reports := each(period.OAPs, standingText), each(period.Reports, standingText)
		return cells{period.Key, period.From.String(), period.To.String(), tally(oaps, asTheyCome), tally(reports, asTheyCome)}
	}))
}

// The orders of a tally.
const (
	asTheyCome = false
	mostFirst  = true
)

// tally counts what is the same: "15: 14 adopted, 1 drafting".
func tally(all []string, sorted bool) string {
	var kinds []string
	counts := map[string]int{}
	for _, kind := range all {
		if counts[kind] == 0 {
			kinds = append(kinds, kind)
		}
		counts[kind]++
	}
	if len(kinds) == 0 {
		return "none"
	}
	if sorted {
		slices.SortStableFunc(kinds, func(a, b string) int { return counts[b] - counts[a] })
	}
	parts := each(kinds, func(kind string) string { return fmt.Sprintf("%d %s", counts[kind], kind) })
	return fmt.Sprintf("%d: %s", len(all), strings.Join(parts, ", "))
}

func showAmendments(p *page, amendments []service.AmendmentLine) {
	p.section("Amendments", cells{"Version", "Date", "Reason", "Rests on"}, each(amendments, func(a service.AmendmentLine) cells {
		return cells{fmt.Sprint(a.Version), a.Date.String(), a.Reason, a.Decision}
	}))
}

// definitionText tells which definition is in force and who started the cycle,
// where the reader may know that.
func definitionText(c *service.Cycle) string {
	text := fmt.Sprintf("version %d", c.DefinitionVersion)
	if c.StartedBy != "" {
		text += ", started by " + c.StartedBy
	}
	return text
}
