package main

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// written is what the command tells of a paper.
type written struct {
	File    string             `json:"file"`
	Name    string             `json:"name"`
	Subject string             `json:"subject"`
	Number  policy.DocumentRef `json:"number,omitempty"` // in the register, where it has one
	Date    policy.Date        `json:"date"`
	Marking policy.Marking     `json:"marking"`
	Digest  string             `json:"digest"`
}

func (a *app) paperCommand() *cobra.Command {
	format, to := papers.DOCX, ""
	order := papers.Order{Languages: make([]string, 1)}
	c := &cobra.Command{
		Use:   "paper PAPER CYCLE [KEY]",
		Args:  cobra.RangeArgs(2, 3), //nolint:mnd // with the key or without
		Short: "A paper to read and to go on writing: an agenda and others",
		Long: `Makes a paper of what is recorded, as whoever asks may read it, and writes it to a
file: docs/papers.md lists the papers, and what the key of each names. Figures are those
of the record, and what is missing is shown as missing.`,
		Example: `  policycycle paper agenda empact-2022-2025 cosi-2024-12
  policycycle paper agenda empact-2022-2025 cosi-2024-12 --language fr --to agenda.docx
  policycycle paper oap empact-2022-2025 2022/firearms --format pdf`,
		RunE: func(cmd *cobra.Command, args []string) error {
			order.Kind, order.Cycle = papers.Kind(args[0]), args[1]
			if len(args) > 2 { //nolint:mnd // the key
				order.Key = args[2]
			}
			to = cmp.Or(to, order.File(format))
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*written, error) {
				paper, content, err := a.printsPaper(ctx, svc, order, format)
				if err != nil {
					return nil, err
				}
				return &written{to, paper.Name, paper.Subject.Plain(), paper.Number, paper.Date, paper.Marking, paper.Digest},
					writeNew(to, func(w io.Writer) error { _, err := w.Write(content); return err })
			}, func(p *page, w *written) {
				p.line("%s holds: %s, %s, %s.", w.File, w.Name, w.Subject, w.Marking.Title())
			})
		},
	}
	parsedFlag(c.Flags(), &format, "format", papers.ParseFormat, "`FORMAT` in which it is written: docx to go on writing, pdf to read (default: docx)")
	c.Flags().StringVar(&order.Languages[0], "language", "en", "`LANGUAGE` in which it is written: en, fr or de")
	c.Flags().StringVar(&to, "to", "", "`FILE` to write, which is not there yet (default: named by what it is about)")
	c.AddCommand(a.paperTemplateCommand())
	return c
}

// ownTemplate is the file that says what a template of an institution begins with.
type ownTemplate struct {
	File string `json:"file"`
}

func (a *app) paperTemplateCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "template --to FILE",
		Args:  cobra.NoArgs,
		Short: "The template of papers, for an institution to make its own of",
		Long: `Writes the Word document on which papers are written. Change its styles, its page, its
header and its footer in Word, keep the content controls in them, and name the file in
the setting papers.template.`,
		Example: "  policycycle paper template --to house.docx",
		RunE: func(*cobra.Command, []string) error {
			template, err := a.template()
			if err != nil {
				return err
			}
			if err := writeNew(to, template.Save); err != nil {
				return err
			}
			return a.print(&ownTemplate{to}, func(p *page) { p.line("%s %s", p.paint(green, "Written:"), to) })
		},
	}
	c.Flags().StringVar(&to, "to", "", "`FILE` to write, which is not there yet")
	required(c, "to", "say with --to which file is written, such as --to house.docx")
	return c
}

// template gives the template of papers that is configured, or the one of the house.
func (a *app) template() (*papers.Template, error) {
	name := a.config.Papers.Template
	if name == "" {
		return papers.HouseTemplate()
	}
	docx, err := os.ReadFile(name)
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "papers.template cannot be read: %s", err)
	}
	return papers.ReadTemplate(docx)
}

// press makes papers on the template that is configured.
func (a *app) press() (*papers.Press, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	template, err := a.template()
	if err != nil {
		return nil, err
	}
	return papers.NewPress(texts, template)
}

// printsPaper makes a paper and writes it.
func (a *app) printsPaper(ctx context.Context, svc service.Service, order papers.Order, format papers.Format) (*papers.Paper, []byte, error) {
	press, err := a.press()
	if err != nil {
		return nil, nil, err
	}
	paper, err := press.Make(ctx, svc, order)
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	err = press.Write(&out, paper, format)
	return paper, out.Bytes(), err
}
