package files

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Sheets names the sheets that people see.
func (w *Workbook) Sheets() []string {
	var names []string
	for _, s := range w.sheets {
		if !s.hidden {
			names = append(names, s.name)
		}
	}
	return names
}

// refuse gives a refusal of the workbook as a whole.
func (w *Workbook) refuse(why string) error { return newError([]Problem{wholly(w.name, why)}) }

// readSheet reads a table from a sheet, by the same rules as one from CSV.
func (t *table) readSheet(w *Workbook, name string) (*sheet, error) {
	at := slices.IndexFunc(w.sheets, func(s bookSheet) bool { return strings.EqualFold(s.name, name) })
	if at < 0 {
		return nil, w.refuse(fmt.Sprintf("has no sheet %q: expected one of %s", name, strings.Join(w.Sheets(), ", ")))
	}
	lines := &sheetLines{book: w, sheet: w.sheets[at]}
	var err error
	if lines.merged, err = w.mergedIn(lines.sheet); err != nil {
		return nil, w.refuse(err.Error())
	}
	pull, stop := iter.Pull2(lines.all())
	defer stop()
	lines.pull = pull
	lines.findHead(t)
	return t.readFrom(w.name, lines), nil
}

// sheetLines is the lines of a sheet. Those that stand above the names of its columns are for people.
type sheetLines struct {
	book   *Workbook
	sheet  bookSheet
	merged map[int][]merged // by line
	pull   func() (sheetLine, error, bool)
	ahead  []sheetLine // were read to find the names
	line   int         // the last one given
}

// sheetLine is the cells of a line, and which it is; or why it cannot be read.
type sheetLine struct {
	cells  []cell
	number int
	wrong  error
}

// mostTitles is how many lines may stand above the names of the columns.
const mostTitles = 20

// findHead goes to the line that names most columns; of two that name as many, to the lower one.
func (s *sheetLines) findHead(t *table) {
	best, most := 0, 0
	for i := range mostTitles {
		line := s.pulled()
		line.cells = slices.Clone(line.cells)
		s.ahead = append(s.ahead, line)
		if line.wrong != nil {
			break
		}
		named := 0
		for _, c := range line.cells {
			if !c.blank && t.named(c.text) >= 0 {
				named++
			}
		}
		if named > 0 && named >= most {
			best, most = i, named
		}
	}
	s.ahead = s.ahead[best:]
}

// pulled reads the next line in which something stands.
func (s *sheetLines) pulled() sheetLine {
	for {
		line, err, more := s.pull()
		switch {
		case !more:
			return sheetLine{wrong: io.EOF}
		case err != nil:
			return sheetLine{wrong: &misplaced{place{1, 1, s.sheet.name}, err.Error()}}
		case !empty(line.cells):
			return s.filled(line)
		}
	}
}

func (s *sheetLines) next() ([]cell, error) {
	var line sheetLine
	if len(s.ahead) > 0 {
		line, s.ahead = s.ahead[0], s.ahead[1:]
	} else {
		line = s.pulled()
	}
	s.line = line.number
	return line.cells, line.wrong
}

func (s *sheetLines) place(i int) place { return place{max(s.line, 1), i + 1, s.sheet.name} }

// dayFirst is not known of a text in a workbook: what its program took for a date is a number.
func (s *sheetLines) dayFirst() bool { return false }

// errStop says that nobody asks for more lines.
var errStop = errors.New("enough")

// all reads the lines of the sheet. The cells of one are there until the next is read.
func (s *sheetLines) all() iter.Seq2[sheetLine, error] {
	return func(yield func(sheetLine, error) bool) {
		read := rowReader{book: s.book}
		err := s.book.part(s.sheet.path, func(token xml.Token) error {
			ended, err := read.take(token)
			if err == nil && ended && !yield(sheetLine{cells: read.cells, number: read.line}, nil) {
				return errStop
			}
			return err
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(sheetLine{}, err)
		}
	}
}

// The greatest sheet that spreadsheet programs know.
const maxLines, maxColumns = 1 << 20, 1 << 14

// rowReader puts a line together of the elements of a sheet.
type rowReader struct {
	book  *Workbook
	line  int
	cells []cell
	in    rawCell
	what  string // the element of the cell whose text comes
}

// rawCell is a cell as it stands in the file.
type rawCell struct {
	column, style int
	kind          string
	value         strings.Builder
	rich          richText
	formula       bool
}

// take takes the next element; true where it ends a line.
func (r *rowReader) take(token xml.Token) (bool, error) {
	switch e := token.(type) {
	case xml.StartElement:
		return false, r.begin(e)
	case xml.CharData:
		if r.what == "v" {
			r.in.value.Write(e)
		}
	case xml.EndElement:
		r.what = ""
		switch e.Name.Local {
		case "c":
			r.put(r.in.read(r.book))
		case "row":
			return true, nil
		}
	}
	r.in.rich.add(token)
	return false, nil
}

// begin takes an element that begins.
func (r *rowReader) begin(e xml.StartElement) error {
	r.what = e.Name.Local
	switch r.what {
	case "row":
		at := r.line + 1
		if given := attribute(e, "r"); given != "" {
			at, _ = strconv.Atoi(given)
		}
		if at <= r.line || at > maxLines {
			return fmt.Errorf("is damaged: its line %q does not follow line %d%s", attribute(e, "r"), r.line, saveAnew)
		}
		r.line, r.cells = at, r.cells[:0]
		r.in = rawCell{column: -1}
	case "c":
		at := r.in.column + 1
		if given := attribute(e, "r"); given != "" {
			at = columnOf(given)
		}
		if at < len(r.cells) || at >= maxColumns {
			return fmt.Errorf("is damaged: its cell %q does not follow the one before it%s", attribute(e, "r"), saveAnew)
		}
		style, _ := strconv.Atoi(attribute(e, "s"))
		r.in = rawCell{column: at, style: style, kind: attribute(e, "t")}
	case "f":
		r.in.formula = true
	}
	r.in.rich.add(e)
	return nil
}

// put puts a cell at its place in the line.
func (r *rowReader) put(c cell) {
	if c.blank {
		return // the line is as long as what stands in it
	}
	for len(r.cells) < r.in.column {
		r.cells = append(r.cells, cell{blank: true})
	}
	r.cells = append(r.cells, c)
}

// columnOf gives the column of a cell named as in C12, from 0; -1 for no such name.
func columnOf(name string) int {
	column := 0
	for i, letter := range []byte(strings.ToUpper(name)) {
		switch {
		case letter >= 'A' && letter <= 'Z' && i < 3:
			column = column*26 + int(letter-'A') + 1
		case letter >= '0' && letter <= '9' && i > 0:
			return column - 1
		default:
			return -1
		}
	}
	return -1
}

// merged is cells that are one: those of a column from line to line, with what stands in the first.
type merged struct {
	column, first, last int
	wide                bool
	text                *cell
}

// mergedIn reads which cells of a sheet are merged, for each line in which some are.
func (w *Workbook) mergedIn(s bookSheet) (map[int][]merged, error) {
	found := map[int][]merged{}
	if is, err := w.mentions(s.path, "mergeCell"); err != nil || !is { // most have none, and need not be read twice
		return found, err
	}
	reach := 0
	err := w.part(s.path, func(token xml.Token) error {
		e, is := token.(xml.StartElement)
		if !is || e.Name.Local != "mergeCell" {
			return nil
		}
		from, to, _ := strings.Cut(attribute(e, "ref"), ":")
		m := merged{column: columnOf(from), first: lineOf(from), last: lineOf(to), text: &cell{blank: true}}
		m.wide = columnOf(to) > m.column
		if m.column < 0 || m.first < 1 || m.last < m.first || m.last > maxLines {
			return nil // says nothing
		}
		if reach += m.last - m.first + 1; reach > maxMerged {
			return fmt.Errorf("has merged cells that reach over more than %d lines in the sheet %q: take them apart", maxMerged, s.name)
		}
		for line := m.first; line <= m.last; line++ {
			found[line] = append(found[line], m)
		}
		return nil
	})
	return found, err
}

// lineOf gives the line of a cell named as in C12; 0 for no such name.
func lineOf(name string) int {
	line, err := strconv.Atoi(strings.TrimLeft(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil {
		return 0
	}
	return line
}

// filled says in each line of merged cells what stands in the first of them.
func (s *sheetLines) filled(line sheetLine) sheetLine {
	for _, m := range s.merged[line.number] {
		for m.column >= len(line.cells) {
			line.cells = append(line.cells, cell{blank: true})
		}
		at := &line.cells[m.column]
		switch {
		case line.number == m.first && m.wide && !at.blank:
			at.wrong = "is merged with the cell beside it: take them apart, and write into each what it says"
			*m.text = *at
		case line.number == m.first:
			*m.text = *at
		case at.blank:
			*at = *m.text
		}
	}
	return line
}
