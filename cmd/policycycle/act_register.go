package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) registerCommand() *cobra.Command {
	return group("register", "Posts, consents, progress, money and more, row by row",
		"  policycycle register list\n  policycycle register show empact-2022-2025 consents --key 2022/firearms/",
		a.registerListCommand(), a.registerShowCommand(), a.registerEnterCommand())
}

// registerLine is one register as it is listed.
type registerLine struct {
	Register     policy.Register `json:"register"`
	Holds        string          `json:"holds"`
	Key          string          `json:"key"`
	EnteredBy    []policy.Body   `json:"entered_by"`
	MemberStates bool            `json:"member_states"` // whether Member States may enter rows, too
}

func (a *app) registerListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "The registers: what stands in each, its key, who enters it",
		Example: "  policycycle register list",
		RunE: func(*cobra.Command, []string) error {
			var lines []registerLine
			var rows [][]string
			for _, r := range policy.Registers() {
				bodies, states := r.Enterers()
				lines = append(lines, registerLine{r, r.Holds(), r.Shape(), bodies, states})
				by := a.out.recipientsText(bodies)
				if states {
					by += ", Member States"
				}
				rows = append(rows, []string{string(r), r.Holds(), r.Shape(), by})
			}
			return a.print(lines, func(p *page) { p.grid([]string{"Register", "Holds", "Key", "Entered by"}, rows) })
		},
	}
}

func (a *app) registerShowCommand() *cobra.Command {
	var filter service.RowFilter
	var form csvForm
	c := &cobra.Command{
		Use:   "show CYCLE REGISTER",
		Short: "The rows of a register that hold today, or all with --history",
		Example: `  policycycle register show empact-2022-2025 posts
  policycycle register show empact-2022-2025 consents --key 2022/firearms/ --csv > consents.csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			filter.Cycle = args[0]
			if err := filter.Register.UnmarshalText([]byte(args[1])); err != nil {
				return inField("register", err)
			}
			if err := form.check(a.format); err != nil {
				return err
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]policy.Row, error) {
				return svc.ListRows(ctx, filter)
			}, func(p *page, rows []policy.Row) { form.show(p, filter.Register, rows) })
		},
	}
	c.Flags().StringVar(&filter.Prefix, "key", "", "only rows whose key begins with this `text`")
	c.Flags().BoolVar(&filter.History, "history", false, "also rows in whose place a later one is")
	form.flags(c, "write CSV, as register enter reads it")
	return c
}

// csvForm is whether rows are written as CSV, and how.
type csvForm struct{ asked, semicolons bool }

func (f *csvForm) flags(c *cobra.Command, usage string) {
	c.Flags().BoolVar(&f.asked, "csv", false, usage)
	c.Flags().BoolVar(&f.semicolons, "semicolons", false, "put semicolons into the CSV, as Excel opens it where numbers have a decimal comma")
}

// check refuses what does not go together with the form of the output.
func (f *csvForm) check(format string) error {
	switch {
	case f.semicolons && !f.asked:
		return needed("semicolons", "--semicolons goes with --csv")
	case f.asked && format != formatTable:
		return needed("csv", "--csv is a form of its own: leave -o out")
	default:
		return nil
	}
}

// show writes rows as CSV where that is asked for, else in those of its columns in which
// something stands.
func (f *csvForm) show(p *page, register policy.Register, rows []policy.Row) {
	if f.asked {
		separator := files.Comma
		if f.semicolons {
			separator = files.Semicolon
		}
		var text strings.Builder
		if err := files.WriteRows(&text, register, rows, separator); err != nil {
			p.line("%s", err)
			return
		}
		p.file(text.String())
		return
	}
	lines, err := files.RowCells(register, rows)
	switch {
	case err != nil:
		p.line("%s", err)
		return
	case len(lines) == 0:
		p.line("The register of %s has no such rows.", register)
		return
	}
	var columns []string
	used := make([]cells, len(lines))
	for i, column := range files.Columns(register) {
		if !slices.ContainsFunc(lines, func(line []string) bool { return line[i] != "" }) {
			continue
		}
		columns = append(columns, column.Name)
		for j, line := range lines {
			used[j] = append(used[j], line[i])
		}
	}
	p.grid(columns, used)
}

func (a *app) registerEnterCommand() *cobra.Command {
	var in service.Enter
	var file, reason string
	var date policy.Date
	c := &cobra.Command{
		Use:   "enter CYCLE REGISTER [KEY FIELD=VALUE...] --as NAME@BODY",
		Short: "Enter rows into a register, one or a whole file, all or none",
		Long: `Enters rows into a register. A row is never changed: a later one with the same
key takes its place from its date on. With --file the rows come from a CSV file
with the columns that register show --csv writes, also as Excel or LibreOffice saves
it; all of them are recorded, or none. A row without a date is of today. To repeat the
same command is safe.`,
		Example: `  policycycle register enter empact-2022-2025 consents 2022/firearms/2.3/fr state=confirmed \
    contribution="two officers" --as claire@fr
  policycycle register enter empact-2022-2025 progress --file progress.csv --as lucia@es`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || file == "" && len(args) < 3 || file != "" && len(args) > 2 {
				return needed("arguments", "give CYCLE and REGISTER, and either --file or KEY and its fields")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			in.Cycle = args[0]
			var register policy.Register
			if err := register.UnmarshalText([]byte(args[1])); err != nil {
				return inField("register", err)
			}
			if file == "" {
				if in.Rows, err = rowFrom(register, args[2], args[3:], date, reason); err != nil {
					return err
				}
				return a.enter(cmd, in)
			}
			rows, err := a.rowsFrom(file, register)
			if err != nil {
				return err
			}
			in.Rows = rows.Rows
			return rows.Placed(a.enter(cmd, in))
		},
	}
	c.Flags().StringVar(&file, "file", "", "CSV `FILE` with the rows; - is standard input")
	parsedFlag(c.Flags(), &date, "date", policy.ParseDate, "`date` from which the row holds (default: today on the cycle's calendar)")
	c.Flags().StringVar(&reason, "reason", "", "`reason` why it takes the place of the row before")
	c.Flags().StringVar(&in.ID, "id", "", "`ID` of the entry, to repeat it safely (default: made from the rows)")
	return c
}

// enter hands rows to the service and prints what was recorded.
func (a *app) enter(cmd *cobra.Command, in service.Enter) error {
	return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Entered, error) {
		return svc.Enter(ctx, in)
	}, func(p *page, entered *service.Entered) {
		p.line("%s %s in the register of %s", p.paint(green, "Recorded:"), count(entered.Rows, "row"), in.Rows[0].Register)
		for _, said := range entered.Overtaken {
			p.line("%s %s", p.paint(yellow, "Note:"), said)
		}
		p.line("%s %s", p.paint(faint, "Entry:"), entered.ID)
	})
}

func (a *app) rowsFrom(name string, register policy.Register) (*files.RowFile, error) {
	return readFile(a, name, func(name string, from io.Reader) (*files.RowFile, error) {
		return files.ReadRows(name, register, from)
	})
}

// rowFrom makes a row of what is typed: FIELD=VALUE, where a value is read as
// in a CSV file.
func rowFrom(register policy.Register, key string, fields []string, date policy.Date, reason string) ([]policy.Row, error) {
	cells := map[string]string{}
	for _, field := range fields {
		name, value, found := strings.Cut(field, "=")
		if !found {
			return nil, needed("field", "%q is not a field with its value: write FIELD=VALUE, such as state=confirmed", field)
		}
		if name == "key" || name == "date" || name == "by" || name == "reason" {
			return nil, needed("field", "%s is no field of the row itself: KEY comes first, the others are --date, --as and --reason", name)
		}
		cells[name] = value
	}
	row, err := files.TypedRow("the command line", register, key, cells)
	if err != nil {
		return nil, err
	}
	row.Date, row.Reason = date, reason
	return []policy.Row{*row}, nil
}
