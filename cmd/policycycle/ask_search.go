package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/service"
)

func (a *app) searchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "search TEXT",
		Args:  arguments("TEXT..."),
		Short: "Find a text in cycles, subjects, decisions and actions",
		Long: `Finds a text, of at least three letters and whatever their case, in the names of
cycles, in subjects, in decisions with their register numbers and comments, and in
the operational actions of the plans handed in last. Who asks sees what they may
see, at most 50 of each sort. That nothing is found is no mistake: exit status 0.`,
		Example: `  policycycle search firearms
  policycycle search 8665/21
  policycycle search joint action days -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.Found, error) {
				found, err := svc.Search(ctx, strings.Join(args, " "))
				return list(found), inField("text", err)
			}, showFound)
		},
	}
}

func showFound(p *page, found []service.Found) {
	if len(found) == 0 {
		p.line("Nothing was found.")
		return
	}
	p.grid(cells{"What", "Where", "Title", "Says"}, each(found, func(f service.Found) cells {
		what := f.What
		if f.Code != "" {
			what += " " + f.Code
		}
		where := f.Subject.String()
		if f.Subject.Kind == "" {
			where = f.Subject.Cycle
		}
		return cells{what, where, f.Title, f.Said}
	}))
}
