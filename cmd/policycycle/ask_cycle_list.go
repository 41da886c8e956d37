package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/service"
)

// How many cycles a list shows, and how many are asked for at once where all are listed.
const (
	cyclesShown  = 100
	cyclesAtOnce = 500
)

func (a *app) cycleListCommand() *cobra.Command {
	var filter service.CycleFilter
	var all bool
	c := &cobra.Command{
		Use:   "list",
		Short: "One line a cycle: its stage, whose turn it is, the next deadline",
		Long: fmt.Sprintf(`Lists cycles, the newest first: the first %d, or all of them. All of them are written as they
come, however many there are.`, cyclesShown),
		Example: "  policycycle cycle list --real\n  policycycle cycle list --all -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if all {
				return a.listAllCycles(cmd.Context(), filter)
			}
			filter.Most = cyclesShown + 1
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.CycleLine, error) {
				lines, err := svc.ListCycles(ctx, filter)
				if len(lines) > cyclesShown {
					lines = lines[:cyclesShown]
					_, _ = fmt.Fprintf(a.err, "note: there are more than %d cycles; --all lists them.\n", cyclesShown)
				}
				return list(lines), err
			}, showCycles)
		},
	}
	realFlag(c.Flags(), &filter.Rehearsal)
	c.Flags().BoolVar(&all, "all", false, fmt.Sprintf("all of them, not the first %d alone", cyclesShown))
	return c
}

// listAllCycles writes the cycles as they come, one lot after the other.
func (a *app) listAllCycles(ctx context.Context, filter service.CycleFilter) error {
	filter.Most = cyclesAtOnce
	out := lots{app: a}
	for {
		var lines []service.CycleLine
		err := a.ask(ctx, func(ctx context.Context, svc service.Service) (err error) {
			lines, err = svc.ListCycles(ctx, filter)
			return err
		})
		if err != nil {
			return err
		}
		last := len(lines) < filter.Most
		if err := out.add(lines, last); err != nil || last {
			return err
		}
		filter.Past = lines[len(lines)-1].ID
	}
}

// lots writes a list that comes in several lots as one list.
type lots struct {
	app   *app
	begun bool
}

func (o *lots) add(lines []service.CycleLine, last bool) error {
	a, began := o.app, o.begun
	o.begun = true
	switch a.format {
	case formatJSON:
		return o.addJSON(lines, began, last)
	case formatYAML:
		if began && len(lines) == 0 {
			return nil
		}
		return write(a.out, formatYAML, list(lines))
	default:
		return a.print(lines, func(p *page) {
			if began {
				p.grid(nil, cycleRows(p, lines))
			} else {
				showCycles(p, lines)
			}
		})
	}
}

// addJSON writes the lines of one array: with its beginning the first time, and its end the last.
func (o *lots) addJSON(lines []service.CycleLine, began, last bool) error {
	if !began && last {
		return write(o.app.out, formatJSON, list(lines))
	}
	var text bytes.Buffer
	if err := write(&text, formatJSON, list(lines)); err != nil {
		return err
	}
	inside := bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(text.Bytes()), []byte("[")), []byte("]"))
	inside = bytes.TrimRight(inside, "\n")
	before, after := "[", ""
	switch {
	case began && len(lines) > 0:
		before = ","
	case began:
		before = ""
	}
	if last {
		after = "\n]\n"
	}
	_, err := fmt.Fprintf(o.app.out, "%s%s%s", before, inside, after)
	return err
}
