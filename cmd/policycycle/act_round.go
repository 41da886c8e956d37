package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

func (a *app) roundCommand() *cobra.Command {
	return group("round", "Reporting rounds: who has reported, and closing one",
		"  policycycle round show empact-2022-2025/report/2022/firearms/may", a.roundShowCommand(), a.roundCloseCommand())
}

func (a *app) roundShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show CYCLE/report/PERIOD/OAP/ROUND",
		Args:    arguments("SUBJECT"),
		Short:   "Who has reported on an OAP, who is late, and the totals",
		Example: "  policycycle round show empact-2022-2025/report/2022/firearms/may",
		RunE:    aboutSubject(a, service.Service.FindRound, showRound),
	}
}

func showRound(p *page, r *rules.RoundStatus) {
	p.line("%d of %d actions have reported.", len(r.Actions), len(r.Actions)+len(r.Late))
	if r.CorrectedBy != "" {
		p.line("These are the figures of %s, which took the place of the report.", r.CorrectedBy)
	}
	p.section("Nothing reported yet", cells{"Action", "Title", "Leader"}, each(r.Late, func(late rules.LateReporter) cells {
		return cells{late.Action, late.Title, p.bodies.Title(late.Leader)}
	}))
	p.section("Reported", cells{"Action", "Status", "Figures", "Text"}, each(r.Actions, func(action policy.ActionReport) cells {
		return cells{action.Action, string(action.Status), figuresText(action.Figures), action.Text}
	}))
	p.section("Joint action days", cells{"Day", "Figures"}, each(r.Days, func(day policy.DayReport) cells {
		return cells{day.Day, figuresText(day.Figures)}
	}))
	totals := each(r.Totals.Statuses, func(s policy.StatusCount) cells { return cells{string(s.Status), fmt.Sprint(s.Count)} })
	figures := each(r.Totals.Figures, func(s rules.Sum) cells { return cells{s.Indicator, sumText(s)} })
	p.section("Totals, computed from these", cells{"", ""}, append(totals, figures...))
	if len(r.Discrepancies) > 0 {
		p.heading("What does not add up")
		p.line("%s", strings.Join(r.Discrepancies, "\n"))
	}
	if len(r.Differences) > 0 {
		p.heading("What the registers say now, unlike the report handed in")
		p.line("%s", strings.Join(r.Differences, "\n"))
	}
}

func figuresText(figures []policy.Figure) string {
	return strings.Join(each(figures, func(f policy.Figure) string { return f.Indicator + " " + f.Value.String() }), ", ")
}

// sumText writes what an indicator comes to, in which unit, and whether it compares.
func sumText(s rules.Sum) string {
	text := s.Value.String()
	if s.Unit != "" {
		text += " " + s.Unit
	}
	if s.Break {
		text += " (the counting rule changed)"
	}
	return text
}

func (a *app) roundCloseCommand() *cobra.Command {
	var in service.CloseRound
	c := &cobra.Command{
		Use:   "close CYCLE/report/PERIOD/OAP/ROUND --as NAME@BODY",
		Args:  arguments("SUBJECT"),
		Short: "Make the report of what was reported, and hand it in",
		Long: `Makes the report on an OAP of what stands in the register of progress, with the
joint action days that it counts, and hands it in. Totals are computed; totals that
were printed elsewhere can be given beside them, and are held against them. Every
action must have reported; round show lists those that have not. Of a correction that
was opened, CYCLE/correction/PERIOD/OAP/ROUND/NUMBER, it makes the report anew, of the
rows of today.`,
		Example: "  policycycle round close empact-2022-2025/report/2022/firearms/may --document \"EX 7001/22\" --as lucia@es",
		RunE: withSubject(&in.Report, func(cmd *cobra.Command, _ []string) error {
			return hand(a, cmd, service.Service.CloseRound, in)
		}),
	}
	parsedFlag(c.Flags(), &in.Document, "document", policy.ParseDocumentRef, "register `number` of the report")
	revisesFlag(c.Flags(), &in.Revises)
	parsedFlag(c.Flags(), &in.Published, "published", func(text string) (*policy.Totals, error) {
		figures, err := policy.ParseFigures(text)
		return &policy.Totals{Figures: figures}, err
	}, "totals printed elsewhere, as `INDICATOR:NUMBER` with semicolons between several")
	statementFlags(c.Flags(), &in.Statement, "`date` of the handing-in")
	return c
}
