package main

import (
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
	var rows [][]string
	for _, line := range lines {
		id := line.ID
		if line.Rehearsal {
			id += " (rehearsal)"
		}
		row := []string{id, line.Stage.Title(), line.StageSince.String(), "", "", "", ""}
		if next := line.Next; next != nil {
			row = append(row[:3], turnText(next.Turn), next.Title, next.Due.String(), overdueText(p, *next))
		}
		rows = append(rows, row)
	}
	p.grid([]string{"Cycle", "Stage", "Since", "Whose turn", "What", "Next deadline", "Overdue"}, rows)
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
		[2]string{"Stage", fmt.Sprintf("%s since %s", c.Stage.Title(), c.StageSince)},
		[2]string{"Today", c.Today.String()},
		[2]string{"Policy window", windowText(c.PolicyWindow)},
		[2]string{"Implementation window", windowText(c.ImplementationWindow)},
		[2]string{"Predecessor", c.Predecessor},
		[2]string{"Definition", definitionText(c)},
		[2]string{"Illustrative", strings.Join(c.Illustrative, ", ")},
	)
	p.section("Stages", []string{"Stage", "Since", "Until", "Planned until"}, stageRows(c.Stages))
	p.section("Waiting", waitingColumns, waitingRows(p, c.Waiting))
	p.section("Policy documents", subjectColumns, subjectRows(p, c.Policy))
	p.section("Priorities", []string{"Priority", "Kind", "Outcome", "MASP", "OAPs"}, priorityRows(c))
	p.section("Periods", []string{"Period", "From", "To", "OAPs", "Reports"}, periodRows(c.Periods))
	p.section("Extraordinary items", subjectColumns, subjectRows(p, c.Items))
	p.section("Reporting obligations", subjectColumns, subjectRows(p, c.Obligations))
	p.section("Discontinued", subjectColumns, subjectRows(p, c.Discontinued))
	p.section("Decisions", []string{"Reference", "Body", "Date", "Subject", "Outcome", "Late"}, decisionRows(c.Decisions))
	p.section("Amendments", []string{"Version", "Date", "Reason", "Rests on"}, amendmentRows(c.Amendments))
}

func stageRows(spans []policy.StageSpan) (rows [][]string) {
	for _, s := range spans {
		rows = append(rows, []string{s.Stage.Title(), s.Since.String(), s.Until.String(), s.Planned.String()})
	}
	return rows
}

var waitingColumns = []string{"Subject", "What", "Whose turn", "Waits to be", "Since", "Due", "Overdue"}

func waitingRows(p *page, items []service.InboxItem) (rows [][]string) {
	for _, item := range items {
		rows = append(rows, []string{
			item.Subject.Path(), item.Title, turnText(item.Turn), awaitsText(item),
			item.Since.String(), item.Due.String(), overdueText(p, item),
		})
	}
	return rows
}

var subjectColumns = []string{"Subject", "What", "State", "Whose turn", "Due", "Outcome", "On"}

func subjectRows(p *page, subjects []service.Subject) (rows [][]string) {
	for _, s := range subjects {
		due := s.Due.String()
		if s.Overdue {
			due = p.paint(red, due+" overdue")
		}
		rows = append(rows, []string{
			s.Path, s.Title, stateText(s.State), turnOf(s), due, s.Outcome.Title(), s.ClosedOn.String(),
		})
	}
	return rows
}

func priorityRows(c *service.Cycle) (rows [][]string) {
	plans := map[string]service.Subject{}
	for _, s := range c.MASPs {
		plans[s.Path] = s
	}
	for _, period := range c.Periods {
		for _, s := range period.OAPs {
			plans[s.Path] = s
		}
	}
	for _, priority := range c.Priorities {
		rows = append(rows, []string{
			priority.Title, string(priority.Kind), orOpen(priority.Outcome.Title()),
			planTexts(priority.MASPs, plans), planTexts(priority.OAPs, plans),
		})
	}
	return rows
}

// planTexts says how each plan stands, plans of one key together: "firearms
// 2022 adopted, 2023 drafting".
func planTexts(paths []string, plans map[string]service.Subject) string {
	var keys []string
	texts := map[string][]string{}
	for _, path := range paths {
		plan := plans[path]
		key := plan.Subject.Key
		if key == "" {
			key = path
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		texts[key] = append(texts[key], strings.TrimSpace(plan.Subject.Period+" "+standingText(plan)))
	}
	lines := make([]string, len(keys))
	for i, key := range keys {
		lines[i] = key + " " + strings.Join(texts[key], ", ")
	}
	return strings.Join(lines, "; ")
}

func periodRows(periods []service.Period) (rows [][]string) {
	for _, period := range periods {
		rows = append(rows, []string{
			period.Key, period.From.String(), period.To.String(), tally(period.OAPs), tally(period.Reports),
		})
	}
	return rows
}

// tally counts subjects by how they stand: "15: 14 adopted, 1 drafting".
func tally(subjects []service.Subject) string {
	var kinds []string
	counts := map[string]int{}
	for _, s := range subjects {
		text := standingText(s)
		if counts[text] == 0 {
			kinds = append(kinds, text)
		}
		counts[text]++
	}
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i] = fmt.Sprintf("%d %s", counts[kind], kind)
	}
	if len(parts) == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %s", len(subjects), strings.Join(parts, ", "))
}

func decisionRows(decisions []service.Decision) (rows [][]string) {
	for _, d := range decisions {
		rows = append(rows, []string{
			string(d.Reference), d.Body.Title(), d.Date.String(), d.Subject.Path(), outcomeText(d), daysLateText(d.DaysLate),
		})
	}
	return rows
}

func amendmentRows(amendments []service.AmendmentLine) (rows [][]string) {
	for _, a := range amendments {
		rows = append(rows, []string{fmt.Sprint(a.Version), a.Date.String(), a.Reason, a.Decision})
	}
	return rows
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
