package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch [CYCLE]",
		Short: "Tell of each change as it happens, until Ctrl-C",
		Long: `Tells of each line that is written into the trail of a cycle, or of all cycles, from
now on: its number there, and the subject. policycycle trail CYCLE tells what was
recorded or refused by it; policycycle show SUBJECT, where the subject stands now.

With -o json each change is one JSON object on a line of its own, with -o yaml one
item of a list. Ctrl-C ends it with exit status 0. It ends with 12 once the engine
goes away; what happens then is in the trail.`,
		Example: `  policycycle watch
  policycycle watch empact-2022-2025 -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return policy.Refuse(policy.CodeInvalid, "%q is one argument too many: watch one cycle, or all of them", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cycle := ""
			if len(args) > 0 {
				cycle = args[0]
			}
			return a.watch(cmd.Context(), cycle)
		},
	}
}

// watch writes each change until the context ends. It first asks a question, which
// is answered in time or not at all: a stream that is silent tells nothing.
func (a *app) watch(ctx context.Context, cycle string) error {
	err := a.ask(ctx, func(ctx context.Context, svc service.Service) (err error) {
		if cycle == "" {
			_, err = svc.ListCycles(ctx, service.CycleFilter{Most: 1})
		} else {
			_, err = svc.FindCycle(ctx, cycle)
		}
		return err
	})
	if err != nil {
		return err
	}
	conn, err := a.asked()
	if err != nil {
		return err
	}
	r, err := a.parts.read(ctx, conn)
	if err != nil {
		return err
	}
	defer r.close()
	svc, err := a.given(ctx, r.Service)
	if err != nil {
		return err
	}
	if a.format == formatTable {
		_, _ = fmt.Fprintf(a.err, "Watching %s. Ctrl-C ends it.\n", watched(cycle))
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var unwritten error
	err = svc.Watch(watching, cycle, func(c service.Change) {
		if unwritten = a.tell(c); unwritten != nil {
			stop()
		}
	})
	switch {
	case ctx.Err() != nil:
		return nil // that is how it ends
	case unwritten != nil:
		return unwritten
	case err != nil && policy.CodeOf(err) != policy.CodeUnavailable:
		return err
	default:
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "%s has gone away: what happens from now on is in the trail (policycycle trail CYCLE)", conn.name), err)
	}
}

func watched(cycle string) string {
	if cycle == "" {
		return "every cycle"
	}
	return "the cycle " + cycle
}

// tell writes one change: a line, a JSON object on a line of its own, or an item of
// a list in YAML.
func (a *app) tell(c service.Change) error {
	switch a.format {
	case formatJSON:
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(c)
	case formatYAML:
		return write(a.out, a.format, []service.Change{c})
	default:
		subject := c.Cycle
		if c.Path != "" {
			subject += "/" + c.Path
		}
		_, err := fmt.Fprintf(a.out, "%6d  %s\n", c.Sequence, subject)
		return err
	}
}
