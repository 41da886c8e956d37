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
	var rows [][]string
	for _, late := range r.Late {
		rows = append(rows, []string{late.Action, late.Title, late.Leader.Title()})
	}
	p.section("Nothing reported yet", []string{"Action", "Title", "Leader"}, rows)
	rows = nil
	for _, action := range r.Actions {
		rows = append(rows, []string{action.Action, string(action.Status), figuresText(action.Figures), action.Text})
	}
	p.section("Reported", []string{"Action", "Status", "Figures", "Text"}, rows)
	rows = nil
	for _, day := range r.Days {
		rows = append(rows, []string{day.Day, figuresText(day.Figures)})
	}
	p.section("Joint action days", []string{"Day", "Figures"}, rows)
	rows = nil
	for _, s := range r.Totals.Statuses {
		rows = append(rows, []string{string(s.Status), fmt.Sprint(s.Count)})
	}
	for _, f := range r.Totals.Figures {
		rows = append(rows, []string{f.Indicator, fmt.Sprint(f.Value)})
	}
	p.section("Totals, computed from these", []string{"", ""}, rows)
}

func figuresText(figures []policy.Figure) string {
	texts := make([]string, len(figures))
	for i, f := range figures {
		texts[i] = fmt.Sprintf("%s %d", f.Indicator, f.Value)
	}
	return strings.Join(texts, ", ")
}

func (a *app) roundCloseCommand() *cobra.Command {
	var in service.CloseRound
	c := &cobra.Command{
		Use:   "close CYCLE/report/PERIOD/OAP/ROUND --as NAME@BODY",
		Args:  arguments("SUBJECT"),
		Short: "Make the report of what was reported, and hand it in",
		Long: `Makes the report on an OAP of what stands in the register of progress, with the
joint action days that it counts, and hands it in. Totals are computed. Every
action must have reported; round show lists those that have not.`,
		Example: "  policycycle round close empact-2022-2025/report/2022/firearms/may --document \"WK 7001/22\" --as lucia@es",
		RunE: withSubject(&in.Report, func(cmd *cobra.Command, _ []string) error {
			return hand(a, cmd, service.Service.CloseRound, in)
		}),
	}
	parsedFlag(c.Flags(), &in.Document, "document", policy.ParseDocumentRef, "register `number` of the report")
	statementFlags(c.Flags(), &in.Statement, "`date` of the handing-in")
	return c
}
