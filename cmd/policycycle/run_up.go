package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
)

func (a *app) upCommand() *cobra.Command {
	var quiet, demo bool
	c := &cobra.Command{
		Use:   "up",
		Short: "Start everything on this machine and keep it running",
		Long: `Starts everything that policycycle needs on this machine, in one folder and
reachable from this machine alone, and keeps it running until Ctrl-C: the engine and
its records, the pages for people and the API for programs, at the address that it
says once it is ready. What is recorded stays in the folder; the next up goes on
where this one was.

With --demo, pages open on the cycle 2022-2025, which is rehearsed while you look,
beside the cycle 2026-2029, in which something waits for each role, again and again;
in a data folder of its own.`,
		Example: "  policycycle up\n  policycycle up --data /srv/policycycle\n  policycycle up --demo",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.up(cmd.Context(), &progress{screen: a.out, quiet: quiet}, demo)
		},
	}
	c.Flags().BoolVar(&demo, "demo", false, "show what it does: a rehearsal that runs, and a cycle that waits")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "say nothing but that it is ready")
	return c
}

func (a *app) up(ctx context.Context, told *progress, demo bool) error {
	if demo {
		a.demoData()
	}
	for _, key := range []string{"database.url", "temporal.address"} {
		if origin := a.config.Origin(key); origin.Kind != config.FromDefault {
			told.note("%s is set (%s) and not used: up keeps an engine of its own.", key, origin)
		}
	}
	h, err := a.standUp(ctx, told, demo)
	if err != nil {
		return err
	}
	behind := h.behind(ctx, 0)
	a.announceReady(h, told, demo, behind)
	a.goToWork(ctx, h)
	if demo {
		if err := a.demonstrate(ctx, h, told); err != nil {
			return errors.Join(err, h.end())
		}
	}
	err = h.waitTelling(ctx, behind, told.note)
	told.note("\nStopping: what is under way is finished first. Ctrl-C again ends at once.")
	if ended := h.end(); err == nil {
		err = ended
	}
	if err == nil {
		told.note("Stopped. Everything is kept in %s; policycycle up goes on where it was.", h.dir)
	}
	return err
}

func (a *app) announceReady(h *house, told *progress, demo bool, behind int) {
	took := a.readyIn(behind)
	if told.quiet {
		_, _ = fmt.Fprintln(a.out, took)
		return
	}
	data := a.dataFlag()
	p := &page{screen: a.out}
	next := []string{
		"What to type next, in another terminal:",
		"  policycycle rehearse empact-2022-2025" + data,
		"  policycycle cycle start empact-2026-2029 --as NAME@general-secretariat" + data,
		"  policycycle cycle list" + data,
	}
	if demo {
		next = []string{
			"Open the pages and log in under any name, for the General Secretariat or another.",
			"The cycle 2022-2025 is a rehearsal, which runs to its end while you look. As soon as",
			"the cycle 2026-2029 has caught up with today, it is said here what waits for whom.",
		}
	}
	p.box(append([]string{
		p.paint(green, took) + " Ctrl-C ends it.",
		"",
		"Pages     " + h.pages,
		"Data      " + h.dir,
		"Postgres  " + config.DatabaseURL(h.conn.databaseURL).String(),
		"Temporal  " + h.conn.temporal.Address + ", namespace " + h.conn.temporal.Namespace,
		"",
	}, next...))
	told.note("%s", p.text.String()[:p.text.Len()-1])
}
