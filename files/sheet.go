package files

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// sheet is a table that is read from a file.
type sheet struct {
	*table
	name     string
	source   source
	held     []int // for each cell of a line the column that it holds, or -1
	dayFirst bool  // a date shows that days stand before months
	doubtful []Problem
	headed   bool // the names of the columns are in order
	records  []record
	problems []Problem
}

// record is one row of a sheet.
type record struct {
	sheet *sheet
	parts []reflect.Value // pointers
	cells map[int]place   // by column
	place place
}

// place is a line and a column of a file, from 1, and of a workbook the sheet.
type place struct {
	line, column int
	sheet        string
}

// source gives the lines of a table, one after the other.
type source interface {
	// next gives the cells of the next line, until it is called again. Its error is io.EOF
	// after the last, or says as *misplaced where no line can be read.
	next() ([]cell, error)
	// place gives the place of a cell of that line.
	place(i int) place
	// dayFirst says that its dates have the day before the month.
	dayFirst() bool
}

// cell is what stands in one cell of a line.
type cell struct {
	text  string
	blank bool
	dated string // the day that the number in it may stand for, as 2021-05-26
	day   bool   // the program that wrote it shows it as that day
	wrong string // why it cannot be read
}

// misplaced is why a source cannot be read, and where.
type misplaced struct {
	at  place
	why string
}

func (m *misplaced) Error() string { return m.why }

// read reads a table from CSV. What is wrong is gathered in the problems of the sheet;
// its records are those rows whose cells could all be read, under columns that
// are in order.
func (t *table) read(name string, r io.Reader) *sheet {
	lines, err := t.openCSV(r)
	if err != nil {
		s := &sheet{table: t, name: name}
		s.broken(err)
		return s
	}
	return t.readFrom(name, lines)
}

// readFrom reads a table as read does, from any source.
func (t *table) readFrom(name string, lines source) *sheet {
	s := &sheet{table: t, name: name, source: lines}
	for {
		cells, err := s.source.next()
		switch {
		case errors.Is(err, io.EOF):
			s.end()
			return s
		case err != nil:
			s.broken(err)
			return s
		case empty(cells): // is no row
		case s.held == nil:
			s.head(cells)
		default:
			s.row(cells)
		}
	}
}

// end tells what the whole table shows: that it names no columns, and that nothing in it
// says whether its days or its months are first.
func (s *sheet) end() {
	if s.held == nil {
		s.wrong(place{line: 1, column: 1, sheet: s.source.place(0).sheet}, "", "is empty: expected a line with the names of the columns")
	}
	if !s.dayFirst {
		s.problems = append(s.problems, s.doubtful...)
	}
}

// empty says whether nothing stands in a line.
func empty(cells []cell) bool {
	return !slices.ContainsFunc(cells, func(c cell) bool { return !c.blank })
}

// A column whose name begins with forPeople says beside the table what a row is about. It is not read.
const forPeople, besides = "#", -2

// head reads the line with the names of the columns.
func (s *sheet) head(cells []cell) {
	for i, cell := range cells {
		name := strings.TrimSpace(cell.text)
		at := s.named(name)
		switch {
		case name == "": // nothing may stand below
		case strings.HasPrefix(name, forPeople):
			at = besides
		case at < 0:
			s.wrong(s.source.place(i), name, "is not a column here"+suggest(strings.ToLower(name), s.names()))
		case slices.Contains(s.held, at):
			s.wrong(s.source.place(i), name, "is there twice")
			at = -1
		}
		s.held = append(s.held, at)
	}
	for i, c := range s.columns {
		if c.key && !slices.Contains(s.held, i) {
			s.wrong(s.source.place(0), c.name, "is missing: expected a column of this name")
		}
	}
	s.headed = len(s.problems) == 0
}

// row reads a line of cells. Those at its end may be missing, as where nothing stands in
// them.
func (s *sheet) row(cells []cell) {
	r := record{sheet: s, cells: map[int]place{}, place: s.source.place(0)}
	values := make([]reflect.Value, len(s.parts))
	for i, part := range s.parts {
		r.parts = append(r.parts, reflect.New(part))
		values[i] = r.parts[i].Elem()
	}
	before := len(s.problems)
	for i, cell := range cells {
		switch {
		case i < len(s.held) && s.held[i] >= 0:
			r.cells[s.held[i]] = s.source.place(i)
			if cell.blank {
				continue // so that a group of fields is made only where one is given
			}
			c := s.columns[s.held[i]]
			if err := s.set(s.source.place(i), c, c.value(values), cell); err != nil {
				s.wrong(s.source.place(i), c.name, err.Error())
			}
		case i < len(s.held) && s.held[i] == besides:
		case !cell.blank && s.headed:
			s.wrong(s.source.place(i), "", "stands in a column without a name: expected one of "+strings.Join(s.names(), ", "))
		}
	}
	if s.headed && len(s.problems) == before {
		s.records = append(s.records, r)
	}
}

// set puts what stands in a cell into the field of its column.
func (s *sheet) set(at place, c column, field reflect.Value, cell cell) error {
	if cell.wrong != "" {
		return errors.New(cell.wrong)
	}
	if date, is := reflect.TypeAssert[*policy.Date](field.Addr()); is {
		day, err := s.day(at, c, cell)
		*date = day
		return err
	}
	if cell.day {
		return fmt.Errorf("is a date, %s: a spreadsheet program has made one of what was typed: write it anew, in a cell with the format Text", cell.text)
	}
	return setCell(field, cell.text)
}

// broken says where no line can be read any more.
func (s *sheet) broken(err error) {
	if wrong, is := errors.AsType[*misplaced](err); is {
		s.wrong(wrong.at, "", wrong.why)
		return
	}
	s.wrong(place{line: 1, column: 1}, "", "cannot be read: "+err.Error())
}

func (s *sheet) wrong(at place, field, message string) {
	s.problems = append(s.problems, s.problem(at, field, message))
}

func (s *sheet) problem(at place, field, message string) Problem {
	return Problem{File: s.name, Sheet: at.sheet, Line: at.line, Column: at.column, Field: field, Message: message}
}

// at places a message at the cell of a field, or at its row where the file has
// no such column.
func (r record) at(field, message string) Problem {
	at, name := r.place, field
	for _, c := range r.sheet.columnsOf(field) {
		own := &r.sheet.columns[c]
		switch rest, within := strings.CutPrefix(field, own.field); {
		case within:
			name = own.name + rest // policy knows not that the body's reason is "body.reason"
		case strings.HasSuffix(own.field, field):
			name = own.name
		}
		if cell, held := r.cells[c]; held {
			at = cell
			break
		}
	}
	return r.sheet.problem(at, name, message)
}

// columnsOf finds the columns in which a field stands: its own, that of the list
// around it, or those of the group that it is or is in. What the parts have in
// common is in the last of them.
func (t *table) columnsOf(field string) []int {
	var found []int
	for path := field; path != ""; path = parent(path) {
		for i, c := range slices.Backward(t.columns) {
			if c.field == path {
				return []int{i}
			}
		}
	}
	for i, c := range t.columns {
		if strings.HasPrefix(c.field, field+".") || strings.HasSuffix(c.field, "."+field) {
			found = append(found, i)
		}
	}
	return found
}

// note adds the problems that policy has found in the record to those of the sheet.
func (r record) note(found []policy.Problem) {
	for _, p := range found {
		r.sheet.problems = append(r.sheet.problems, r.at(p.Field, p.Message))
	}
}
