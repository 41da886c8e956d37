package main

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// demoYear is how long a year of the demonstration lasts at least: within a minute the
// priorities are set, the plans adopted and the first reports in.
const demoYear = 25 * time.Second

// demoData is the data folder of the demonstration, apart from any other.
func (a *app) demoData() {
	if a.config.Origin("data").Kind == config.FromDefault {
		a.config.Data += "-demo"
	}
}

// demonstrator starts the cycles of a demonstration.
var demonstrator = policy.Actor{Name: "Demonstration", Body: policy.GeneralSecretariat}

// demonstrate has the cycle 2022-2025 rehearsed, and the cycle 2026-2029 shown, in
// which something waits for each role. What an earlier start began goes on.
func (a *app) demonstrate(ctx context.Context, h *house, told *progress) error {
	if err := rehearseOnce(ctx, h.rooms, "empact-2022-2025"); err != nil {
		return err
	}
	future, err := example("empact-2026-2029")
	if err != nil {
		return err
	}
	shown, err := startOnce(ctx, h.rooms, future.Definition)
	if err != nil {
		return err
	}
	past := rehearsal.Told{
		Script: *future.Script, Documents: future.Documents, Rows: future.Rows,
		Until: rehearsal.LastTabled(&future.Definition, future.Script, shown.Today), Today: shown.Today,
	}
	h.run(ctx, func(ctx context.Context) error {
		rehearsal.Demonstrate(ctx, h.rooms.theatre, shown.ID, past, a.log, func(all []rehearsal.Waiting) { tellWaiting(told, shown.Title, all) })
		return nil
	})
	return nil
}

// rehearseOnce rehearses an example, unless that was ever begun here.
func rehearseOnce(ctx context.Context, svc service.Service, name string) error {
	folder, err := example(name)
	if err != nil {
		return err
	}
	begun, err := svc.ListCycles(ctx, service.CycleFilter{Text: folder.Key, Rehearsal: new(true), Most: 1})
	if err != nil || len(begun) > 0 {
		return err
	}
	demonstrating, err := service.As(ctx, svc, demonstrator)
	if err != nil {
		return err
	}
	_, err = demonstrating.StartCycle(ctx, service.StartCycle{
		Definition: folder.Definition,
		Rehearsal:  &service.Rehearsal{Script: *folder.Script, YearSeconds: demoYear.Seconds(), Documents: folder.Documents, Rows: folder.Rows},
	})
	return err
}

// startOnce starts a cycle, unless it is there, as an older version may have started
// it.
func startOnce(ctx context.Context, svc service.Service, d policy.Definition) (*service.Cycle, error) {
	there, err := svc.FindCycle(ctx, d.Key)
	if policy.CodeOf(err) != policy.CodeUnknown {
		return there, err
	}
	d.Stores = append(slices.Clone(d.Stores), string(policy.KindChange)) // visitors change OAPs
	demonstrating, err := service.As(ctx, svc, demonstrator)
	if err != nil {
		return nil, err
	}
	return demonstrating.StartCycle(ctx, service.StartCycle{Definition: d})
}

// tellWaiting tells what waits in a cycle, and for whom.
func tellWaiting(told *progress, title string, all []rehearsal.Waiting) {
	told.note("\n%s stands where it is today. This waits, and comes again:", title)
	for _, w := range all {
		told.note("  %-22s %s", w.For, w.What)
	}
}

// example reads a cycle that ships with the program.
func example(name string) (*files.Folder, error) {
	folder, err := fs.Sub(examples.Files, name)
	if err != nil {
		return nil, err
	}
	return files.ReadFolderFS(name, folder)
}
