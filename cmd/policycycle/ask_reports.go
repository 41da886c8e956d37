package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

func (a *app) reportCommand() *cobra.Command {
	var filter rules.SummaryFilter
	c := &cobra.Command{
		Use:   "report CYCLE [--year YEAR] [--period PERIOD] [--state STATE] [--priority PRIORITY]",
		Short: "What was reported, added up: for a year, a period, a State",
		Long: `Adds up what was reported on all OAPs: the annual report with --year, a national
report with --state, the whole cycle for its evaluation with neither. All draw on
the same rows, and nothing in it is typed. It lists the reports that are missing
and says where figures do not reconcile, or were counted by different rules.`,
		Example: `  policycycle report empact-2022-2025 --year 2023
  policycycle report empact-2022-2025 --year 2023 --state fr -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*rules.Summary, error) {
				return svc.Summary(ctx, args[0], filter)
			}, showSummary)
		},
	}
	c.Flags().IntVar(&filter.Year, "year", 0, "only rounds that cover this `year`, whenever they fall due")
	c.Flags().StringVar(&filter.Period, "period", "", "only this `period`")
	parsedFlag(c.Flags(), &filter.State, "state", policy.ParseBody, "only actions in which this `State` takes part")
	c.Flags().StringVar(&filter.Priority, "priority", "", "only plans of the priority with this `key`")
	return c
}

func showSummary(p *page, s *rules.Summary) {
	total := func(plan, title string, t rules.Sums) cells {
		return cells{plan, title, fmt.Sprint(t.Actions), statusesText(t.Statuses), sumsText(t.Figures)}
	}
	rows := each(s.Plans, func(plan rules.PlanSummary) cells { return total(plan.Plan, plan.Title, plan.Totals) })
	if len(rows) == 0 {
		p.line("Nothing was reported.")
	} else {
		rows = append(rows, total(p.paint(bold, "In all"), "", s.Totals))
	}
	p.grid(cells{"OAP", "Title", "Actions", "Statuses", "Figures"}, rows)
	if len(s.Missing) > 0 {
		p.heading("Reports that are missing")
		p.line("%s", strings.Join(s.Missing, "\n"))
	}
	if len(s.Elsewhere) > 0 {
		p.heading("Reports whose figures are not kept here")
		p.line("%s", strings.Join(s.Elsewhere, "\n"))
	}
	if len(s.Discrepancies) > 0 {
		p.heading("What does not reconcile")
		p.line("%s", strings.Join(s.Discrepancies, "\n"))
	}
}

func sumsText(sums []rules.Sum) string {
	return strings.Join(each(sums, func(s rules.Sum) string { return s.Indicator + " " + sumText(s) }), ", ")
}

func statusesText(statuses []policy.StatusCount) string {
	return strings.Join(each(statuses, func(s policy.StatusCount) string { return fmt.Sprintf("%d %s", s.Count, s.Status) }), ", ")
}

func (a *app) obligationsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "obligations CYCLE",
		Short: "The reports that are owed, and what became of each",
		Long: `Lists every report that is owed: by whom, due when, met, late, lapsed or overdue,
and of which recipients there is evidence that it reached them.`,
		Example: "  policycycle obligations initial-2011-2013",
		RunE: aboutCycle(a, service.Service.Obligations, func(p *page, owed []rules.Owed) {
			rows := each(owed, func(o rules.Owed) cells {
				state := o.State
				if state == "overdue" || state == "lapsed" {
					state = p.paint(red, state)
				}
				missing := ""
				if len(o.Missing) > 0 {
					missing = p.bodies.Titles(o.Missing)
				}
				delivered := ""
				if len(o.Delivered) > 0 {
					delivered = p.recipientsText(o.Delivered)
				}
				return cells{o.Title, p.bodies.Title(o.OwedBy), o.Due.String(), state, o.On.String(), delivered, missing}
			})
			if len(rows) == 0 {
				p.line("The cycle owes no reports.")
			}
			p.grid(cells{"Report", "Owed by", "Due", "State", "On", "Delivered to", "No evidence for"}, rows)
		}),
	}
}
