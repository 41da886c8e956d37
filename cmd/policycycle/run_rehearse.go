package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) rehearseCommand() *cobra.Command {
	r := &rehearse{app: a, told: a.told}
	c := &cobra.Command{
		Use:   "rehearse FOLDER",
		Short: "Run a whole cycle at speed, with scripted actors",
		Long: `Runs the whole cycle of a folder, of a cycle file alone, or of an example that
ships with the program, at speed, from the threat assessment to its end. Scripted
actors do what the institutions do; the script in the file may have them act late,
refer back or not agree. It runs on the policycycle that is up, or starts one for as
long as it takes.

Its calendar stands still until everything due by that day is done, so a busy machine
tells the same story, later. With --by-hand people do what no scene of the script mentions:
the calendar waits for them.

A rehearsal is marked as one in every list and has an ID of its own, so that it
never stands in the way of the real cycle.`,
		Example: `  policycycle rehearse empact-2022-2025
  policycycle rehearse empact-2022-2025 --year 30s -o json
  policycycle rehearse --watch empact-2022-2025-rehearsal-1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if r.id != "" {
				return arguments()(cmd, args)
			}
			return arguments("FOLDER")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			switch {
			case r.year <= 0:
				return needed("year", "a year lasts more than nothing, such as --year 10s")
			case r.id != "" && r.as != "":
				return needed("id", "--watch goes on with a rehearsal and --id starts one: give one of them")
			}
			if r.id == "" {
				if r.folder, err = a.rehearsed(args[0]); err != nil {
					return err
				}
			}
			return r.run(cmd.Context())
		},
	}
	c.Flags().DurationVar(&r.year, "year", 10*time.Second, "how long a year of the calendar `lasts` at least")
	c.Flags().BoolVar(&r.byHand, "by-hand", false, "leave to people what the script does not mention")
	c.Flags().StringVar(&r.as, "id", "", "`ID` of the rehearsal, to repeat it safely (default: the first that is free)")
	c.Flags().StringVar(&r.id, "watch", "", "go on watching this `rehearsal` instead of starting one")
	return c
}

// rehearse is one rehearsal being watched.
type rehearse struct {
	*app
	folder *files.Folder // nil where it is under way already
	id     string        // of the cycle, once it is known
	as     string        // the ID under which it is to be started; "" for the first that is free
	year   time.Duration
	byHand bool // whether people do what no scene mentions
	told   *progress
}

// rehearsed reads what is rehearsed: a cycle file, or a folder or an example with
// documents and registers besides.
func (a *app) rehearsed(name string) (*files.Folder, error) {
	if info, err := os.Stat(name); exampleOf(name) != nil || err == nil && info.IsDir() {
		return a.cycleFolder(name)
	}
	file, err := a.cycleFile(name)
	if err != nil {
		return nil, err
	}
	return &files.Folder{CycleFile: *file}, nil
}

func (r *rehearse) run(ctx context.Context) error {
	own, err := r.ownHouse(ctx)
	if err != nil {
		return err
	}
	w := &watcher{app: r.app, told: r.told, year: r.year}
	if own != nil {
		w.svc = own.rooms
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		defer cancel(nil)
		go func() {
			if err := own.wait(ctx); err != nil {
				cancel(err)
			}
		}()
	}
	err = r.play(ctx, w)
	w.close()
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause // the engine of our own broke down
	}
	r.told.clear()
	if r.id != "" && errors.Is(err, context.Canceled) {
		r.told.note("The rehearsal is not over. To go on watching it: policycycle rehearse --watch %s%s", r.id, r.dataFlag())
	}
	if own != nil {
		r.told.note("Stopping the engine started for it.")
		err = errors.Join(err, own.end())
	}
	return err
}

// play starts the rehearsal, watches it to its end and prints the result.
func (r *rehearse) play(ctx context.Context, w *watcher) error {
	started := time.Now()
	if err := r.start(ctx, w); err != nil {
		return err
	}
	if err := w.untilEnd(ctx, r.id); err != nil {
		return err
	}
	result, err := w.result(ctx, r.id)
	if err != nil {
		return err
	}
	result.Seconds = time.Since(started).Round(time.Millisecond).Seconds()
	r.told.clear()
	return r.print(result, func(p *page) { showRehearsal(p, result) })
}

// start starts the rehearsal, unless it is under way, under the ID that is wanted or
// else the first that is free.
func (r *rehearse) start(ctx context.Context, w *watcher) error {
	if r.folder == nil {
		return nil
	}
	if r.as != "" {
		return r.startAs(ctx, w, r.as)
	}
	taken := map[string]bool{}
	err := w.patiently(ctx, func(ctx context.Context, svc service.Service) error {
		lines, err := svc.ListCycles(ctx, service.CycleFilter{})
		for _, line := range lines {
			taken[line.ID] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		id := policy.RehearsalID(r.folder.Key, n)
		if taken[id] {
			continue
		}
		if err := r.startAs(ctx, w, id); policy.CodeOf(err) != policy.CodeConflict { // that somebody else was faster
			return err
		}
	}
}

// startAs starts the rehearsal under an ID, which makes it safe to repeat. Whoever is
// not told in time whether it is started, is told the ID.
func (r *rehearse) startAs(ctx context.Context, w *watcher, id string) error {
	script := policy.DefaultScript
	if r.folder.Script != nil {
		script = *r.folder.Script
	}
	script.ByHand = script.ByHand || r.byHand
	err := w.insist(ctx, acting, func(ctx context.Context, svc service.Service) error {
		rehearsing, err := service.As(ctx, svc, r.rehearser())
		if err != nil {
			return err
		}
		cycle, err := rehearsing.StartCycle(ctx, service.StartCycle{
			Definition: r.folder.Definition,
			Rehearsal: &service.Rehearsal{
				ID: id, Script: script, YearSeconds: r.year.Seconds(), Documents: r.folder.Documents, Rows: r.folder.Rows,
			},
		})
		if err == nil {
			r.id = cycle.ID
			r.told.note("Rehearsing %s as %s: a year lasts %s.", cycle.Title, cycle.ID, r.year)
		}
		return err
	})
	if policy.CodeOf(err) == policy.CodeOutcomeUnknown {
		unknown := refusalOf(err)
		unknown.Record = id
		return errors.Join(&unknown, ctx.Err())
	}
	return err
}

// rehearser is who starts the rehearsal: whoever --as names, else nobody real.
func (r *rehearse) rehearser() policy.Actor {
	if by, err := r.actor(); err == nil {
		return by
	}
	return policy.Actor{Name: "rehearsal", Body: policy.GeneralSecretariat}
}

// ownHouse starts an engine where none is up and none is configured; nil means
// that there is one.
func (r *rehearse) ownHouse(ctx context.Context) (*house, error) {
	_, err := r.connection()
	if !errors.Is(err, running.ErrNone) {
		return nil, err
	}
	r.told.note("No policycycle is up: starting one in %s for as long as this takes.", r.config.Data)
	own, err := r.standUp(ctx, r.told, false)
	if errors.Is(err, running.ErrTaken) {
		return nil, nil // it is just starting: the watcher waits for it
	}
	if err != nil {
		return nil, err
	}
	r.told.note("Ready in %.1f s.", time.Since(r.began).Seconds())
	r.goToWork(ctx, own)
	return own, nil
}
