package files

import (
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policycycle/policycycle/policy"
)

// sheet is a table that is read from a file.
type sheet struct {
	*table
	name     string
	lines    []string
	reader   *csv.Reader
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

// place is a line and a column of a file, from 1.
type place struct{ line, column int }

// read reads a table. What is wrong is gathered in the problems of the sheet;
// its records are those rows whose cells could all be read, under columns that
// are in order.
func (t *table) read(name string, r io.Reader) *sheet {
	s := &sheet{table: t, name: name}
	text, at, wrong := plainText(r)
	if wrong != "" {
		s.wrong(at, "", wrong)
		return s
	}
	s.lines = strings.Split(text, "\n")
	text, separator := t.separatorOf(text)
	s.reader = csv.NewReader(strings.NewReader(text))
	s.reader.Comma, s.reader.FieldsPerRecord = separator, -1
	for {
		cells, err := s.reader.Read()
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
		s.wrong(place{1, 1}, "", "is empty: expected a line with the names of the columns")
	}
	if !s.dayFirst {
		s.problems = append(s.problems, s.doubtful...)
	}
}

// empty says whether nothing stands in a line.
func empty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// head reads the line with the names of the columns.
func (s *sheet) head(cells []string) {
	for i, cell := range cells {
		name := strings.TrimSpace(cell)
		at := s.named(name)
		switch {
		case name == "": // nothing may stand below
		case at < 0:
			s.wrong(s.cell(i), name, "is not a column here"+suggest(strings.ToLower(name), s.names()))
		case slices.Contains(s.held, at):
			s.wrong(s.cell(i), name, "is there twice")
			at = -1
		}
		s.held = append(s.held, at)
	}
	for i, c := range s.columns {
		if c.key && !slices.Contains(s.held, i) {
			s.wrong(s.cell(0), c.name, "is missing: expected a column of this name")
		}
	}
	s.headed = len(s.problems) == 0
}

// row reads a line of cells. Those at its end may be missing, as where nothing stands in
// them.
func (s *sheet) row(cells []string) {
	r := record{sheet: s, cells: map[int]place{}, place: s.cell(0)}
	values := make([]reflect.Value, len(s.parts))
	for i, part := range s.parts {
		r.parts = append(r.parts, reflect.New(part))
		values[i] = r.parts[i].Elem()
	}
	before := len(s.problems)
	for i, cell := range cells {
		switch blank := strings.TrimSpace(cell) == ""; {
		case i < len(s.held) && s.held[i] >= 0:
			r.cells[s.held[i]] = s.cell(i)
			if blank {
				continue // so that a group of fields is made only where one is given
			}
			c := s.columns[s.held[i]]
			if err := s.set(s.cell(i), c, c.value(values), unguarded(cell)); err != nil {
				s.wrong(s.cell(i), c.name, err.Error())
			}
		case !blank && s.headed:
			s.wrong(s.cell(i), "", "stands in a column without a name: expected one of "+strings.Join(s.names(), ", "))
		}
	}
	if s.headed && len(s.problems) == before {
		s.records = append(s.records, r)
	}
}

// set puts what stands in a cell into the field of its column.
func (s *sheet) set(at place, c column, field reflect.Value, text string) error {
	if date, is := reflect.TypeAssert[*policy.Date](field.Addr()); is {
		day, err := s.day(at, c, text)
		*date = day
		return err
	}
	return setCell(field, text)
}

// cell gives the place of a cell of the line just read.
func (s *sheet) cell(i int) place { return s.count(s.reader.FieldPos(i)) }

// count turns a column of bytes into one of signs.
func (s *sheet) count(line, column int) place {
	text := s.lines[min(line, len(s.lines))-1]
	return place{line, utf8.RuneCountInString(text[:min(column-1, len(text))]) + 1}
}

// broken says where a file is no CSV.
func (s *sheet) broken(err error) {
	at, message := place{1, 1}, err.Error()
	if wrong, is := errors.AsType[*csv.ParseError](err); is {
		at = s.count(wrong.Line, max(wrong.Column, 1))
		if wrong.StartLine < wrong.Line {
			at = place{wrong.StartLine, 1} // the quote that swallowed the lines since
		}
		message = "a cell with a quote in it is not closed or not opened as expected: it stands in quotes, with each quote in it doubled"
	}
	s.wrong(at, "", "is not CSV: "+message)
}

func (s *sheet) wrong(at place, field, message string) {
	s.problems = append(s.problems, Problem{File: s.name, Line: at.line, Column: at.column, Field: field, Message: message})
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
	return Problem{File: r.sheet.name, Line: at.line, Column: at.column, Field: name, Message: message}
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
