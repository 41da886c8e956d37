package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) draftCommand() *cobra.Command {
	return group("draft", "What is being written, before it is handed in",
		"  policycycle draft show empact-2022-2025/oap/2023/firearms --as lucia@es > firearms.yaml",
		a.draftShowCommand(), a.draftSaveCommand(), a.draftDropCommand())
}

func (a *app) draftShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show SUBJECT --as NAME@BODY",
		Short: "The draft, as YAML that draft save and submit read",
		Long: `Shows the draft of a document to those who may hand it in. Its first lines, which
are comments, tell its revision and what still stands against handing it in. Where
nobody has written yet, it is what was handed in last; of the conclusions on the
priorities, what the cycle proposes; else it is empty: revision 0.`,
		Example: `  policycycle draft show empact-2022-2025/oap/2023/firearms --as lucia@es > firearms.yaml
  policycycle draft show empact-2022-2025/oap/2023/firearms --as lucia@es -o json`,
		PreRunE: a.known,
		RunE:    aboutSubject(a, service.Service.FindDraft, showDraft),
	}
}

// showDraft writes what stands in a draft, below comments that tell of it.
func showDraft(p *page, d *service.Draft) {
	switch d.Revision {
	case 0:
		p.line("# Draft of %s: nobody has saved one yet.", d.Subject)
	default:
		p.line("# Draft of %s, revision %d: saved by %s on %s (UTC).", d.Subject, d.Revision, d.By, d.Saved.UTC().Format(time.DateTime))
	}
	p.line("# To keep what you change: policycycle draft save %s --file FILE --revision %d", d.Subject, d.Revision)
	for _, problem := range problemLines(d.Problems) {
		p.line("# %s", problem)
	}
	showContent(p, d.Content)
}

// problemLines says what stands against handing something in.
func problemLines(problems []policy.Problem) []string {
	if len(problems) == 0 {
		return nil
	}
	lines := []string{"Stands against handing it in:"}
	for _, problem := range problems {
		lines = append(lines, "  "+problem.Field+" "+strings.ReplaceAll(problem.Message, "\n", " "))
	}
	return lines
}

func (a *app) draftSaveCommand() *cobra.Command {
	var file string
	var in service.SaveDraft
	c := &cobra.Command{
		Use:   "save SUBJECT --file FILE [--revision N] --as NAME@BODY",
		Short: "Keep a draft, finished or not",
		Long: `Keeps a draft for those who may hand it in, in the place of the revision that it was
made from (policycycle draft show tells it); without --revision there must be none
yet. If somebody else has saved another one meanwhile, nothing is changed and the
exit status is 7: look at theirs, bring both together, and save with its revision.
To repeat the same command is safe.

The file is YAML or JSON of the kind (policycycle content schema KIND). It may be
unfinished; what still stands against handing it in is listed. A draft is no record:
submit hands in, and draft drop takes the draft away.`,
		Example: `  policycycle draft save empact-2022-2025/oap/2023/firearms --file firearms.yaml --as lucia@es
  policycycle draft save empact-2022-2025/oap/2023/firearms --file firearms.yaml --revision 3 --as lucia@es`,
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) (err error) {
			if in.Revision < 0 {
				return needed("revision", "revisions count from 1; 0 is that there was none")
			}
			in.Content, err = readFile(a, file, func(name string, r io.Reader) (policy.Content, error) {
				return files.ReadDraft(name, in.Subject.Kind, r)
			})
			if err != nil {
				return err
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.Draft, error) {
				saved, err := svc.SaveDraft(ctx, in)
				return saved, stale(ctx, svc, in, err)
			}, showSaved)
		}),
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` with the draft; - is standard input")
	c.Flags().IntVar(&in.Revision, "revision", 0, "`revision` that it was made from (default: there was none)")
	required(c, "file", "say with --file where the draft stands; - is standard input")
	return c
}

// stale explains the refusal of a revision that is not the last one: which one is,
// and whose.
func stale(ctx context.Context, svc service.Service, in service.SaveDraft, refusal error) error {
	if policy.CodeOf(refusal) != policy.CodeWrongVersion {
		return refusal
	}
	last, err := svc.FindDraft(ctx, in.Subject)
	var explained *policy.Error
	switch {
	case err != nil:
		return refusal
	case last.Revision == 0:
		explained = policy.Refuse(policy.CodeWrongVersion, "%s has no draft, and so no revision %d: nobody has saved one, or it was taken away", in.Subject, in.Revision)
	case in.Revision == 0:
		explained = policy.Refuse(policy.CodeWrongVersion, "%s has a draft already, revision %d of %s: say with --revision from which one yours was made", in.Subject, last.Revision, last.By)
	default:
		explained = policy.Refuse(policy.CodeWrongVersion, "revision %d of the draft of %s is not the last one: %s has saved revision %d meanwhile; nothing was changed",
			in.Revision, in.Subject, last.By, last.Revision)
	}
	return inField("revision", explained)
}

func showSaved(p *page, d *service.Draft) {
	p.line("%s %s, revision %d", p.paint(green, "Kept:"), d.Subject, d.Revision)
	if len(d.Problems) == 0 {
		p.line("It can be handed in: policycycle submit %s --file FILE", d.Subject)
		return
	}
	for _, problem := range problemLines(d.Problems) {
		p.line("%s", problem)
	}
}

func (a *app) draftDropCommand() *cobra.Command {
	var in service.SaveDraft
	c := &cobra.Command{
		Use:   "drop SUBJECT --revision N --as NAME@BODY",
		Short: "Take a draft away",
		Long: `Takes a draft away for good. If somebody else has saved another revision meanwhile,
nothing is changed and the exit status is 7. To repeat the same command is safe.`,
		Example: "  policycycle draft drop empact-2022-2025/oap/2023/firearms --revision 3 --as lucia@es",
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) error {
			if in.Revision < 1 {
				return needed("revision", "say with --revision which one goes: policycycle draft show SUBJECT tells it")
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (worklistDone, error) {
				return worklistDone{Subject: in.Subject, Done: "dropped"}, stale(ctx, svc, in, svc.DropDraft(ctx, in))
			}, func(p *page, d worklistDone) {
				p.line("%s the draft of %s, revision %d", p.paint(green, "Taken away:"), d.Subject, in.Revision)
			})
		}),
	}
	c.Flags().IntVar(&in.Revision, "revision", 0, "`revision` to take away")
	return c
}
