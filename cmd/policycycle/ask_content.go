package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

func (a *app) contentCommand() *cobra.Command {
	return group("content", "What stands in a document, what changed, a new one of an old",
		"  policycycle content show empact-2022-2025/oap/2022/firearms",
		a.contentShowCommand(), a.contentFileCommand(), a.contentDiffCommand(), a.contentRollOverCommand(), a.contentSkeletonCommand(), a.contentSchemaCommand())
}

func (a *app) contentShowCommand() *cobra.Command {
	var version int
	c := &cobra.Command{
		Use:   "show SUBJECT",
		Short: "What stands in a version, as YAML that submit reads",
		Example: `  policycycle content show empact-2022-2025/oap/2022/firearms
  policycycle content show empact-2022-2025/masp/general --version 1 > masp.yaml`,
		RunE: aboutSubject(a, func(svc service.Service, ctx context.Context, subject policy.Subject) (*service.Document, error) {
			return svc.FindContent(ctx, subject, version)
		}, func(p *page, d *service.Document) {
			if d.ReplacedBy != "" {
				_, _ = fmt.Fprintf(a.err, "note: %s was settled since and took its place.\n", d.ReplacedBy)
			}
			showContent(p, d.Content)
		}),
	}
	c.Flags().IntVar(&version, "version", 0, "`version` (default: the one handed in last)")
	return c
}

func (a *app) contentFileCommand() *cobra.Command {
	var record, to string
	var subject policy.Subject
	c := &cobra.Command{
		Use:   "file SUBJECT --to FILE [--record ID]",
		Short: "A file as it was handed in: a version, or a corrigendum",
		Long: `Writes a file as it was handed in: that of the version handed in last, or with
--record that of any version or corrigendum, whose IDs policycycle show lists.`,
		Example: `  policycycle content file empact-2022-2025/oap/2022/firearms --to oap.pdf
  policycycle content file empact-2022-2025/oap/2022/firearms --record 4d1f6a --to cor1.pdf`,
		RunE: withSubject(&subject, func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*service.File, error) {
				file, err := svc.FindFile(ctx, subject, record)
				if err != nil {
					return nil, err
				}
				return file, writeNew(to, func(w io.Writer) error { _, err := w.Write(file.Body); return err })
			}, func(p *page, file *service.File) {
				p.line("%s holds what was handed in as %s: %s, %d bytes, %s.", to, cmp.Or(string(file.Document), file.Record), file.MediaType, len(file.Body), file.Marking)
			})
		}),
	}
	c.Flags().StringVar(&record, "record", "", "`ID` of the version or corrigendum (default: the version handed in last)")
	c.Flags().StringVar(&to, "to", "", "`FILE` to write, which is not there yet")
	required(c, "to", "name with --to the file to write, such as --to cor1.pdf")
	return c
}

func showContent(p *page, content policy.Content) {
	var text bytes.Buffer
	if err := files.WriteContent(&text, content); err != nil {
		p.line("%s", err)
		return
	}
	p.line("%s", strings.TrimSuffix(text.String(), "\n"))
}

func (a *app) contentDiffCommand() *cobra.Command {
	var was, is int
	c := &cobra.Command{
		Use:     "diff SUBJECT",
		Short:   "Where two versions differ, or what a change of an OAP or a correction of a report changes",
		Example: "  policycycle content diff empact-2022-2025/oap/2022/firearms\n  policycycle content diff empact-2022-2025/masp/general --from 1 --to 3",
		RunE: aboutSubject(a, func(svc service.Service, ctx context.Context, subject policy.Subject) (*service.Comparison, error) {
			found, err := svc.CompareVersions(ctx, subject, was, is)
			if err == nil {
				found.Differences = list(found.Differences)
			}
			return found, err
		}, showComparison),
	}
	c.Flags().IntVar(&was, "from", 0, "the `version` before (default: the one before --to)")
	c.Flags().IntVar(&is, "to", 0, "the `version` after (default: the one handed in last)")
	return c
}

func showComparison(p *page, c *service.Comparison) {
	if len(c.Differences) == 0 {
		p.line("%s and version %d of %s say the same.", cmp.Or(c.Against, fmt.Sprintf("Version %d", c.Was)), c.Is, c.Subject)
		return
	}
	was := fmt.Sprintf("Version %d", c.Was)
	if c.Was == 0 {
		was = c.Against
	}
	p.grid(cells{"Where", was, fmt.Sprintf("Version %d", c.Is)}, each(c.Differences, func(d policy.Difference) cells {
		return cells{strings.TrimPrefix(d.Path, "."), d.Was, d.Is}
	}))
}

func (a *app) contentRollOverCommand() *cobra.Command {
	var file string
	var subject policy.Subject
	c := &cobra.Command{
		Use:   "rollover CYCLE/oap/PERIOD/OAP --file FILE",
		Args:  arguments("SUBJECT"),
		Short: "Make the draft of an OAP from the one of the period before",
		Long: `Makes the draft of an OAP from the one of the period before, and tells what is
changed: actions that have ended are left out, the others are carried over with
their lineage and the dates of the new period. Nothing is handed in: read the
file, change it, and hand it in with policycycle submit.`,
		Example: "  policycycle content rollover empact-2022-2025/oap/2023/firearms --file firearms-2023.yaml",
		RunE: withSubject(&subject, func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*rules.RolledOver, error) {
				rolled, err := svc.RollOver(ctx, subject)
				if err != nil || file == "" {
					return rolled, err
				}
				return rolled, writeNew(file, func(w io.Writer) error { return files.WriteContent(w, rolled.Plan) })
			}, func(p *page, rolled *rules.RolledOver) {
				if file == "" { // the draft alone, so that it can be kept
					_, _ = fmt.Fprintln(a.err, strings.Join(rolled.Changes, "\n"))
					showContent(p, rolled.Plan)
					return
				}
				for _, change := range rolled.Changes {
					p.line("%s", change)
				}
				p.line("\nNext: change %s, then policycycle submit %s --file %s", file, subject, file)
			})
		}),
	}
	c.Flags().StringVar(&file, "file", "", "`FILE` to write the draft to (default: shown on the screen)")
	return c
}

// writeNew writes a file that is not there yet, for its owner alone.
func writeNew(name string, write func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return needed("file", "the file %s cannot be written: name one that is not there yet", name)
	}
	err = write(file)
	return cmp.Or(err, file.Close())
}

func (a *app) contentSkeletonCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "skeleton FILE",
		Short: "Make the skeleton of an OAP that is classified, on this machine",
		Long: `Reads an OAP and writes its skeleton: the fields of its actions that the setting
skeleton.fields allows, and nothing else. Nothing is sent anywhere. It wants a
machine that may hold the OAP itself; what it writes is looked at by who knows what is
classified, and handed in with policycycle submit --marking … --checksum ….`,
		Example: "  policycycle content skeleton firearms.yaml > skeleton.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			content, err := readFile(a, args[0], func(name string, from io.Reader) (policy.Content, error) {
				return files.ReadContent(name, policy.KindOAP, from)
			})
			if err != nil {
				return err
			}
			plan, is := content.(*policy.OperationalPlan)
			if !is {
				return needed("file", "%s holds no OAP", args[0])
			}
			return files.WriteContent(a.out, policy.SkeletonOf(plan, a.config.Skeleton.Fields))
		},
	}
}

func (a *app) contentSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema KIND",
		Short:   "The JSON Schema of a kind of document, for editors",
		Example: "  policycycle content schema oap > oap.schema.json",
		RunE: func(_ *cobra.Command, args []string) error {
			schema := files.ContentSchema(policy.Kind(args[0]))
			if schema == nil {
				return needed("kind", "no content is kept of the kind %q: use %s", args[0], wordsText(policy.Texts(policy.ContentKinds())))
			}
			_, err := a.out.Write(schema)
			return err
		},
	}
}
