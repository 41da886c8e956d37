package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) cycleExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export CYCLE FOLDER",
		Short: "Write a whole cycle to a folder of YAML and CSV",
		Long: `Writes a whole cycle to a folder: its definition and amendments, what was done,
every version of every document, and the registers. cycle import reads the
folder back to the same content. When something was recorded here, and the trail,
stay in the database.`,
		Example: "  policycycle cycle export empact-2022-2025 empact-2022-2025",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (exported, error) {
				whole, err := svc.Export(ctx, args[0])
				if err != nil {
					return exported{}, err
				}
				err = files.WriteFolder(args[1], folderOf(whole))
				if policy.CodeOf(err) == policy.CodeInternal {
					err = needed("folder", "the folder %s cannot be written: name an empty one, or one that is not there yet", args[1])
				}
				return exported{Folder: args[1], Acts: len(whole.Acts), Documents: len(whole.Documents), Rows: len(whole.Rows)}, err
			}, func(p *page, e exported) {
				p.line("%s holds %s, %s and %s.", e.Folder, count(e.Acts, "act"), count(e.Documents, "document"), count(e.Rows, "row"))
			})
		},
	}
}

// exported says what was written.
type exported struct {
	Folder    string `json:"folder"`
	Acts      int    `json:"acts"`
	Documents int    `json:"documents"`
	Rows      int    `json:"rows"`
}

func folderOf(w *service.Whole) *files.Folder {
	return &files.Folder{
		CycleFile:   files.CycleFile{Definition: w.Definition, Script: w.Script},
		Definitions: w.Definitions, Documents: w.Documents, Files: w.Files, Rows: w.Rows, People: w.People,
		Acts: each(w.Acts, func(act policy.Recorded) files.Act { return files.Act{ID: act.ID, Act: act.Act} }),
	}
}

func (a *app) cycleImportCommand() *cobra.Command {
	add := false
	cmd := &cobra.Command{
		Use:   "import FOLDER --as NAME@BODY",
		Short: "Take over a cycle with its past, under its true dates",
		Long: `Takes over a cycle that is under way: its definition, what was decided and handed
in so far, the documents and the registers, as cycle export writes them. All of
it is recorded, or nothing. What happened keeps its date; that it was recorded
today is kept beside. Then the cycle goes on from where it stands.

What was forgotten is added by --add, all of it or nothing, as long as nothing
was recorded in the cycle since it was taken over. The folder holds it beside
what was taken over, or alone: what is recorded already is left as it is, and
what says something else is refused.`,
		Example: `  policycycle cycle import empact-2026-2029 --as anna@general-secretariat
  policycycle cycle import empact-2026-2029 --add --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := a.cycleFolder(args[0])
			if err != nil {
				return err
			}
			in := wholeOf(folder)
			if add {
				return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Added, error) {
					return svc.AddForgotten(ctx, in)
				}, showAdded)
			}
			return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Cycle, error) {
				return svc.Import(ctx, in)
			}, func(p *page, cycle *service.Cycle) {
				p.line("%s is taken over with %s and %s. It goes on at: %s.", cycle.ID, count(len(in.Acts), "act"), count(len(in.Rows), "row"), cycle.Stage.Title())
				showWaiting(p, cycle.Waiting)
			})
		},
	}
	cmd.Flags().BoolVar(&add, "add", false, "add what was forgotten to a cycle that was taken over")
	return cmd
}

// wholeOf gives a folder as it is taken over.
func wholeOf(folder *files.Folder) service.Whole {
	whole := service.Whole{
		Definition: folder.Definition, Definitions: folder.Definitions, Documents: folder.Documents, Files: folder.Files, Rows: folder.Rows,
		People: folder.People,
		Acts:   each(folder.Acts, func(act files.Act) policy.Recorded { return policy.Recorded{Act: act.Act, ID: act.ID} }),
	}
	if folder.Script != nil && len(folder.Acts) > 0 && ofRehearsal(folder.Acts) {
		whole.Script = folder.Script
	}
	return whole
}

func showAdded(p *page, added *service.Added) {
	cells := func(what string, n service.Count) cells {
		return cells{what, strconv.Itoa(n.Added), strconv.Itoa(n.There)}
	}
	p.grid([]string{"", "Added", "There before"}, [][]string{cells("Acts", added.Acts), cells("Rows", added.Rows)})
	p.line("%s goes on at: %s.", added.Cycle.ID, added.Cycle.Stage.Title())
	showWaiting(p, added.Cycle.Waiting)
}

// ofRehearsal says whether acts are of a rehearsal: they name documents that exist
// only there.
func ofRehearsal(acts []files.Act) bool {
	return slices.ContainsFunc(acts, func(act files.Act) bool { return act.Document.Rehearsed() })
}
