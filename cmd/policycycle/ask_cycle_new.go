package main

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// mostYears is the most by which a new cycle is later than that from which it is drafted.
const mostYears = 40

func (a *app) cycleNewCommand() *cobra.Command {
	var from string
	var years int
	c := &cobra.Command{
		Use:   "new [--from CYCLE] [--shift YEARS]",
		Short: "Write a cycle file for the cycle that comes next, to be filled in",
		Long: `Writes a sound cycle file with comments: that of another cycle, with all dates and the
years in names moved on. Every priority goes on, as kept; who drives which OAP is left
open. CYCLE is a cycle file, an example, or a cycle that is kept here. Nothing is started.`,
		Example: `  policycycle cycle new > empact-2030-2033.yaml
  policycycle cycle new --from empact-2022-2025 --shift 8y > empact-2030-2033.yaml
  policycycle cycle check empact-2030-2033.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			before, err := a.patternOf(cmd, from)
			if err != nil {
				return err
			}
			if years == 0 {
				years = before.Lasts()
			}
			next := before.Successor(years)
			if problems := next.ValidateStart(); len(problems) > 0 {
				return policy.Unsound(problems, "the definition of the cycle is not sound: %s")
			}
			var text strings.Builder
			if err := files.WritePattern(&text, next); err != nil {
				return err
			}
			return a.print(next, func(p *page) { p.file(text.String()) })
		},
	}
	c.Flags().StringVar(&from, "from", "", "`CYCLE` from which it is drafted (default: the latest example)")
	parsedFlag(c.Flags(), &years, "shift", parseYears, "by how many `YEARS` all dates are later, such as 4y (default: as long as the plans of that cycle last)")
	return c
}

// parseYears reads a number of years, such as 4y.
func parseYears(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "y"))
	if err != nil || n < 1 || n > mostYears {
		return 0, policy.Refuse(policy.CodeInvalid, "%q is no number of years: write one such as 4y, at most %dy", text, mostYears)
	}
	return n, nil
}

// patternOf gives the cycle from which another is drafted: of a file, an example, or one
// that is kept here.
func (a *app) patternOf(cmd *cobra.Command, name string) (*policy.Definition, error) {
	if name == "" {
		return a.latestExample()
	}
	_, err := os.Stat(name)
	if err == nil || name == "-" || exampleOf(name) != nil || strings.ContainsAny(name, `/\.`) {
		file, err := a.cycleFile(name)
		if err != nil {
			return nil, err
		}
		return &file.Definition, nil
	}
	var found *service.Script
	err = a.ask(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
		found, err = svc.FindScript(ctx, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &found.Definition, nil
}

// latestExample gives the cycle of the latest plans that ships with the program.
func (a *app) latestExample() (*policy.Definition, error) {
	var latest *policy.Definition
	for _, name := range exampleNames() {
		file, err := a.cycleFile("examples/" + name)
		if err != nil {
			return nil, err
		}
		if latest == nil || file.ImplementationWindow.From.After(latest.ImplementationWindow.From) {
			latest = &file.Definition
		}
	}
	return latest, nil
}
