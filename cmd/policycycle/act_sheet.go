package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

func (a *app) sheetOutCommand() *cobra.Command {
	var to, key, language string
	c := &cobra.Command{
		Use:   "out WHAT --to FILE",
		Short: "Write a table as a workbook, to be filled in",
		Long: `Writes a table as a workbook (.xlsx) for Excel or LibreOffice. WHAT is an OAP, all
OAPs of a period, a register, or the consents of a State. Columns may be moved and
hidden in it, rows sorted and added; policycycle sheet in finds them again. What it
was made of stands in it, so that what somebody else changes meanwhile is not
overwritten.`,
		Example: `  policycycle sheet out empact-2022-2025/oap/2022/firearms --to firearms.xlsx --as lucia@es
  policycycle sheet out empact-2022-2025/oap/2022 --to oaps.xlsx
  policycycle sheet out empact-2022-2025/registers/progress --key 2022/firearms/may/ --to may.xlsx
  policycycle sheet out empact-2022-2025/registers/indicators --to indicators.xlsx
  policycycle sheet out empact-2022-2025/states/fr --to consents.xlsx`,
		RunE: func(cmd *cobra.Command, args []string) error {
			texts, err := text.Load()
			if err != nil {
				return err
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*writtenBook, error) {
				cycle, what, _ := strings.Cut(args[0], "/")
				book, err := papers.Sheets{Service: svc, Words: texts.In(language)}.Of(ctx, cycle, what, key)
				if err != nil {
					return nil, err
				}
				w := &writtenBook{File: to}
				for _, sheet := range book.Sheets {
					w.Sheets = append(w.Sheets, sheet.Sheet)
				}
				return w, writeNew(to, book.Write)
			}, func(p *page, w *writtenBook) {
				p.line("%s %s, with %s", p.paint(green, "Written:"), w.File, count(len(w.Sheets), "sheet"))
			})
		},
	}
	c.Flags().StringVar(&to, "to", "", "`FILE` that is written; one that is there is not overwritten")
	c.Flags().StringVar(&key, "key", "", "only the rows whose `KEY` begins so")
	c.Flags().StringVar(&language, "language", "en", "`language` of the titles: en, fr or de")
	required(c, "to", "say with --to which file is written, such as --to firearms.xlsx")
	return c
}

// writtenBook says which workbook was written.
type writtenBook struct {
	File   string   `json:"file"`
	Sheets []string `json:"sheets"`
}

func (a *app) sheetInCommand() *cobra.Command {
	var in takenSheet
	c := &cobra.Command{
		Use:   "in FILE --as NAME@BODY",
		Short: "Hold a workbook against what is recorded, and take what it changes",
		Long: `Reads a workbook that sheet out has written, as Excel, LibreOffice or Google Sheets
saves it. It shows cell by cell what is changed, and asks before it takes it: the
changes of an OAP into its draft, those of a register as new rows, all or nothing.
What is wrong is told at its cell, and then nothing is taken. So it is with a cell that
somebody else has changed since the workbook was written.

With --submit the OAPs are handed in, each as a version of its own. One that is refused
stays a draft.`,
		Example: `  policycycle sheet in firearms.xlsx --as lucia@es
  policycycle sheet in consents.xlsx --yes --as claire@fr
  policycycle sheet in oaps.xlsx --submit --comment "as agreed in March" --as lucia@es
  policycycle sheet in own.xlsx --about empact-2022-2025/oap/2022/firearms --as lucia@es`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.takeSheet(cmd, args[0], in) },
	}
	flags := c.Flags()
	flags.StringVar(&in.about, "about", "", "`WHAT` a workbook is about that was not written here: an OAP, or CYCLE/registers/REGISTER")
	flags.BoolVar(&in.yes, "yes", false, "take it without asking")
	flags.BoolVar(&in.submit, "submit", false, "hand the OAPs in, too")
	parsedFlag(flags, &in.say.Document, "document", policy.ParseDocumentRef, "with --submit: register `number` of the version, where one OAP is changed")
	statementFlags(flags, &in.say.Statement, "with --submit: `date` of the handing-in")
	return c
}

// takenSheet is how a workbook is taken.
type takenSheet struct {
	about       string
	yes, submit bool
	say         papers.Submission // with what is handed in
}

// takeSheet shows what a workbook changes and, once that is wanted, does it.
func (a *app) takeSheet(cmd *cobra.Command, name string, want takenSheet) error {
	meant, err := papers.MeantBy(want.about)
	if err != nil {
		return inField("about", err)
	}
	content, err := readFile(a, name, func(_ string, from io.Reader) ([]byte, error) { return io.ReadAll(from) })
	if err != nil {
		return err
	}
	var in *papers.Incoming
	if err := a.change(cmd.Context(), func(ctx context.Context, svc service.Service) (err error) {
		in, err = papers.Sheets{Service: svc}.Preview(ctx, name, content, meant)
		if err == nil && want.submit && in.Changed() > 0 {
			err = in.Judge(want.say)
		}
		return err
	}); err != nil {
		return err
	}
	if a.format == formatTable {
		if err := a.print(in, func(p *page) { showIncoming(p, in) }); err != nil {
			return err
		}
	}
	if in.Changed() == 0 || !want.yes && !a.agreed() {
		if a.format == formatTable {
			return nil
		}
		return a.print(papers.Came{Incoming: *in}, nil)
	}
	return enact(a, cmd, func(ctx context.Context, svc service.Service) (papers.Came, error) {
		taken, err := papers.Sheets{Service: svc}.Take(ctx, in)
		if err == nil && want.submit {
			err = papers.Sheets{Service: svc}.HandIn(ctx, in, taken, want.say)
		}
		return papers.Came{Incoming: *in, Taken: taken}, err
	}, a.showTaken)
}

// showTaken says what became of a workbook: which versions are handed in, or which drafts have changed, and which rows
// are recorded.
func (a *app) showTaken(p *page, t papers.Came) {
	for _, plan := range t.Taken.HandedIn {
		a.showReceipt(p, plan.Receipt)
	}
	if len(t.Taken.HandedIn) == 0 {
		for _, draft := range t.Taken.Drafts {
			p.line("%s the draft of %s", p.paint(green, "Changed:"), draft)
		}
	}
	if t.Taken.Entered != nil {
		p.line("%s %s", p.paint(green, "Recorded:"), count(t.Taken.Entered.Rows, "row"))
		for _, said := range t.Taken.Entered.Overtaken {
			p.line("%s %s", p.paint(yellow, "Note:"), said)
		}
	}
}

// agreed asks whether what was shown is to be done. Whoever asks for JSON is a program, and says --yes.
func (a *app) agreed() bool {
	if a.format != formatTable {
		return false
	}
	_, _ = fmt.Fprint(a.err, "Take it? Write yes: ")
	said, _ := bufio.NewReader(io.LimitReader(a.in, 16)).ReadString('\n')
	if strings.TrimSpace(said) == "yes" {
		return true
	}
	_, _ = fmt.Fprintln(a.err, "Nothing is taken.")
	return false
}

// showIncoming lists what a workbook changes.
func showIncoming(p *page, in *papers.Incoming) {
	for _, sheet := range in.Sheets {
		about := sheet.Subject + string(sheet.Register)
		if len(sheet.Changes) == 0 {
			p.line("%s: nothing is changed in %s.", sheet.Sheet, about)
			continue
		}
		p.section(sheet.Sheet+": "+about, cells{"Row", "Column", "Was", "Is"}, each(sheet.Changes, func(c papers.Change) cells {
			switch {
			case c.Column != "":
				return cells{c.Row, c.Column, c.Was, c.Is}
			case c.Was == "":
				return cells{c.Row, p.paint(green, "added"), "", ""}
			default:
				return cells{c.Row, p.paint(red, "taken away"), "", ""}
			}
		}))
		if sheet.Revises > 0 {
			p.line("%s with --submit it comes in the place of version %d, which is before a body", p.paint(yellow, "Note:"), sheet.Revises)
		}
		for _, problem := range sheet.Problems {
			p.line("%s it could not be handed in so: %s %s", p.paint(yellow, "Note:"), problem.Field, problem.Message)
		}
	}
}
