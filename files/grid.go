package files

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Grid is a table by its texts, one for each cell: what is compared and merged cell by cell.
type Grid struct {
	Columns []string
	Lines   []GridLine
	table   *table
}

// GridLine is one line of a grid.
type GridLine struct {
	Row   string // by which it was known when its sheet was written; empty where it is new
	Cells []string
	from  *record
}

// rowMark is the hidden cell of a sheet by which a row is known, whatever else changes in it.
type rowMark struct {
	Row string `json:"row"`
}

var actionSheet = tableOf([]string{"code"}, nil, reflect.TypeFor[rowMark](), reflect.TypeFor[policy.OperationalAction]())

// registerSheet is the table of a register in a sheet.
func registerSheet(register policy.Register) *table {
	return tableOf([]string{"key"}, nil, reflect.TypeFor[rowMark](), reflect.TypeFor[rowHead](), reflect.TypeOf(register.NewRow()).Elem())
}

// ActionGrid gives the cells of actions; a row is known by the code of its action.
func ActionGrid(actions []policy.OperationalAction) (*Grid, error) {
	rows := make([][]reflect.Value, len(actions))
	for i, a := range actions {
		rows[i] = []reflect.Value{reflect.ValueOf(rowMark{a.Code}), reflect.ValueOf(a)}
	}
	return actionSheet.grid(rows)
}

// RowGrid gives the cells of rows of a register; marks say by what each is known.
func RowGrid(register policy.Register, rows []policy.Row, marks []string) (*Grid, error) {
	values, err := rowValues(register, rows)
	if err != nil {
		return nil, err
	}
	for i := range values {
		values[i] = slices.Insert(values[i], 0, reflect.ValueOf(rowMark{marks[i]}))
	}
	return registerSheet(register).grid(values)
}

// grid gives the cells of rows, each made of the parts of the table, the first of which is a mark.
func (t *table) grid(rows [][]reflect.Value) (*Grid, error) {
	lines, err := t.texts(rows)
	if err != nil {
		return nil, err
	}
	g := &Grid{Columns: t.names()[1:], table: t}
	for _, line := range lines {
		g.Lines = append(g.Lines, GridLine{Row: line[0], Cells: line[1:]})
	}
	return g, nil
}

// ActionGrid reads the actions in a sheet, as far as they have the shape of actions. titles are further names
// of columns; its errors are like those of ReadCycle, each at its cell.
func (w *Workbook) ActionGrid(sheet string, titles map[string]string) (*Grid, error) {
	return actionSheet.titled(titles).gridOf(w, sheet)
}

// RowGrid reads the rows of a register in a sheet, as ActionGrid does.
func (w *Workbook) RowGrid(sheet string, register policy.Register, titles map[string]string) (*Grid, error) {
	return registerSheet(register).titled(titles).gridOf(w, sheet)
}

func (t *table) gridOf(w *Workbook, name string) (*Grid, error) {
	s, err := t.readSheet(w, name)
	if err == nil {
		err = asError(s.problems)
	}
	if err != nil {
		return nil, err
	}
	g, held := &Grid{table: t}, []int{}
	for i, c := range t.columns {
		if slices.Contains(s.held, i) && i > 0 {
			g.Columns, held = append(g.Columns, c.name), append(held, i)
		}
	}
	for i := range s.records {
		r := &s.records[i]
		texts, err := t.texts([][]reflect.Value{r.values()})
		if err != nil {
			return nil, err
		}
		line := GridLine{Row: part[rowMark](*r, 0).Row, from: r}
		for _, at := range held {
			line.Cells = append(line.Cells, texts[0][at])
		}
		g.Lines = append(g.Lines, line)
	}
	return g, nil
}

// values gives the parts of a record.
func (r *record) values() []reflect.Value {
	values := make([]reflect.Value, len(r.parts))
	for i, part := range r.parts {
		values[i] = part.Elem()
	}
	return values
}

// Keep takes away the columns that are not to be kept.
func (g *Grid) Keep(keep func(column string) bool) {
	was := g.Columns
	g.Columns = slices.DeleteFunc(slices.Clone(was), func(name string) bool { return !keep(name) })
	for i := range g.Lines {
		cells := g.Lines[i].Cells
		g.Lines[i].Cells = nil
		for j, name := range was {
			if keep(name) {
				g.Lines[i].Cells = append(g.Lines[i].Cells, cells[j])
			}
		}
	}
}

// TypeOf gives the type of what a column holds.
func (g *Grid) TypeOf(column string) reflect.Type {
	return g.table.columns[slices.Index(g.table.names(), column)].typ
}

// With gives a grid with the same columns and other lines.
func (g *Grid) With(lines []GridLine) *Grid {
	return &Grid{Columns: g.Columns, Lines: lines, table: g.table}
}

// ActionColumns names the columns of a table of actions.
func ActionColumns() []string { return actionSheet.names()[1:] }

// Column finds a column by its name; -1 for none.
func (g *Grid) Column(name string) int { return slices.Index(g.Columns, name) }

// Mistake places a message at the cell of a line, or where it has no place at the row with the code.
func (g *Grid) Mistake(line int, column, message string) Problem {
	if from := g.Lines[line].from; from != nil {
		return from.at(column, message)
	}
	return Problem{Field: column, Message: message}
}

// Refuse gives the refusal of a sheet with mistakes; nil where it has none.
func Refuse(mistakes []Problem) error { return asError(mistakes) }

// From takes the places in a sheet of another grid's line over, so that mistakes are told there.
func (l *GridLine) From(other GridLine) { l.from = other.from }

// Actions reads the actions of a grid. What is wrong with them all together is not looked at.
func (g *Grid) Actions() ([]policy.OperationalAction, error) {
	records, err := g.records()
	var actions []policy.OperationalAction
	for _, r := range records {
		actions = append(actions, *part[policy.OperationalAction](r, 1))
	}
	return actions, err
}

// Rows reads the rows of a register of a grid; their dates may be left out, as in ReadRows.
func (g *Grid) Rows(register policy.Register) (*RowFile, error) {
	records, err := g.records()
	if err != nil {
		return nil, err
	}
	file := &RowFile{}
	var mistakes []Problem
	for i, r := range records {
		head := part[rowHead](r, 1)
		row := policy.Row{Register: register, Key: head.Key, Date: head.Date, By: head.By, Reason: head.Reason}
		row.Body, _ = reflect.TypeAssert[policy.RowBody](r.parts[2])
		for _, p := range row.Problems() {
			if p.Field != "date" || !row.Date.IsZero() {
				mistakes = append(mistakes, g.Mistake(i, p.Field, p.Message))
			}
		}
		file.Rows = append(file.Rows, row)
		if from := g.Lines[i].from; from != nil {
			file.records = append(file.records, *from)
		}
	}
	if len(file.records) < len(file.Rows) {
		file.records = nil
	}
	if err := asError(mistakes); err != nil {
		return nil, err
	}
	return file, nil
}

// Placed gives a refusal of actions with its mistakes at their places in the sheet.
func (g *Grid) Placed(refusal error) error {
	return placed(refusal, func(m Problem) Problem {
		var i int
		if n, _ := fmt.Sscanf(m.Field, "actions[%d]", &i); n == 0 || i >= len(g.Lines) || g.Lines[i].from == nil {
			return m
		}
		_, field, _ := strings.Cut(m.Field, "].")
		return g.Lines[i].from.at(field, m.Message)
	})
}

// records reads the lines of a grid by the rules of every table.
func (g *Grid) records() ([]record, error) {
	s := g.table.readFrom("", &gridLines{grid: g, line: -1})
	return s.records, asError(s.problems)
}

// gridLines is the lines of a grid.
type gridLines struct {
	grid *Grid
	line int // -1 for the names of the columns
}

func (s *gridLines) next() ([]cell, error) {
	texts := append([]string{"row"}, s.grid.Columns...)
	if s.line >= len(s.grid.Lines) {
		return nil, io.EOF
	}
	if s.line >= 0 {
		l := s.grid.Lines[s.line]
		texts = append([]string{l.Row}, l.Cells...)
	}
	s.line++
	cells := make([]cell, len(texts))
	for i, text := range texts {
		cells[i] = cell{text: text, blank: text == ""}
	}
	return cells, nil
}

func (s *gridLines) place(i int) place { return place{line: s.line + 1, column: i + 1} }

func (s *gridLines) dayFirst() bool { return true }
