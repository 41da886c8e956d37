package main

import (
	"context"
	"io/fs"
	"time"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// demoYear is how long a year of the demonstration lasts: within a minute the
// priorities are set, the plans adopted and the first reports in.
const demoYear = 25 * time.Second

// demoData is the data folder of the demonstration, apart from any other.
func (a *app) demoData() {
	if a.config.Origin("data").Kind == config.FromDefault {
		a.config.Data += "-demo"
	}
}

// demonstrate has the cycle 2022-2025 rehearsed, and starts the cycle 2026-2029, of
// which actors tell what happened so far: what is open now waits for whoever tries
// the pages.
func (a *app) demonstrate(ctx context.Context, h *house) error {
	by := policy.Actor{Name: "Demonstration", Body: policy.GeneralSecretariat}
	past, err := example("empact-2022-2025")
	if err != nil {
		return err
	}
	future, err := example("empact-2026-2029")
	if err != nil {
		return err
	}
	running, err := h.rooms.ListScripts(ctx)
	if err == nil && len(running) == 0 { // the one before may still run
		_, err = h.rooms.StartCycle(ctx, service.StartCycle{
			Definition: past.Definition, By: by,
			Rehearsal: &service.Rehearsal{Script: *past.Script, YearSeconds: demoYear.Seconds(), Documents: past.Documents, Rows: past.Rows},
		})
	}
	if err != nil {
		return err
	}
	started, err := h.rooms.StartCycle(ctx, service.StartCycle{Definition: future.Definition, By: by})
	if err != nil {
		return err
	}
	go rehearsal.CatchUp(ctx, h.rooms.theatre, started.ID, rehearsal.Told{
		Script: *future.Script, Documents: future.Documents, Rows: future.Rows,
		Until: rehearsal.LastTabled(&future.Definition, future.Script, started.Today),
	}, a.log)
	return nil
}

// example reads a cycle that ships with the program.
func example(name string) (*files.Folder, error) {
	folder, err := fs.Sub(examples.Files, name)
	if err != nil {
		return nil, err
	}
	return files.ReadFolderFS(name, folder)
}
