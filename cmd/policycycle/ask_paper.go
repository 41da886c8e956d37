package main

import (
	"bytes"
	"cmp"
	"context"
	"io"

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
  policycycle paper agenda empact-2022-2025 cosi-2024-12 --language fr --to agenda.docx`,
		RunE: func(cmd *cobra.Command, args []string) error {
			order.Kind, order.Cycle = papers.Kind(args[0]), args[1]
			if len(args) > 2 { //nolint:mnd // the key
				order.Key = args[2]
			}
			to = cmp.Or(to, order.File(format))
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*written, error) {
				paper, docx, err := a.printsPaper(ctx, svc, order, format)
				if err != nil {
					return nil, err
				}
				return &written{to, paper.Name, paper.Subject.Plain(), paper.Number, paper.Date, paper.Marking, paper.Digest},
					writeNew(to, func(w io.Writer) error { _, err := w.Write(docx); return err })
			}, func(p *page, w *written) {
				p.line("%s holds: %s, %s, %s.", w.File, w.Name, w.Subject, w.Marking.Title())
			})
		},
	}
	parsedFlag(c.Flags(), &format, "format", papers.ParseFormat, "`FORMAT` in which it is written: docx (default: docx)")
	c.Flags().StringVar(&order.Languages[0], "language", "en", "`LANGUAGE` in which it is written: en, fr or de")
	c.Flags().StringVar(&to, "to", "", "`FILE` to write, which is not there yet (default: named by what it is about)")
	return c
}

// printsPaper makes a paper and writes it.
func (a *app) printsPaper(ctx context.Context, svc service.Service, order papers.Order, format papers.Format) (*papers.Paper, []byte, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, nil, err
	}
	press, err := papers.NewPress(texts, nil)
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
