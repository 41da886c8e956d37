package files

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// csvLines is the lines of a CSV file.
type csvLines struct {
	lines  []string
	reader *csv.Reader
	cells  []cell
}

// openCSV makes a source of a CSV file that holds the table.
func (t *table) openCSV(r io.Reader) (*csvLines, error) {
	text, at, wrong := plainText(r)
	if wrong != "" {
		return nil, &misplaced{at, wrong}
	}
	s := &csvLines{lines: strings.Split(text, "\n")}
	text, separator := t.separatorOf(text)
	s.reader = csv.NewReader(strings.NewReader(text))
	s.reader.Comma, s.reader.FieldsPerRecord, s.reader.ReuseRecord = separator, -1, true
	return s, nil
}

func (s *csvLines) next() ([]cell, error) {
	texts, err := s.reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, err
	case err != nil:
		return nil, s.broken(err)
	}
	s.cells = s.cells[:0]
	for _, text := range texts {
		s.cells = append(s.cells, cell{text: unguarded(text), blank: strings.TrimSpace(text) == ""})
	}
	return s.cells, nil
}

func (s *csvLines) place(i int) place {
	if len(s.cells) == 0 {
		return place{line: 1, column: 1}
	}
	return s.count(s.reader.FieldPos(i))
}

// dayFirst is so where numbers have a decimal comma, and so semicolons stand between cells.
func (s *csvLines) dayFirst() bool { return s.reader.Comma == Semicolon }

// count turns a column of bytes into one of signs.
func (s *csvLines) count(line, column int) place {
	text := s.lines[min(line, len(s.lines))-1]
	return place{line: line, column: utf8.RuneCountInString(text[:min(column-1, len(text))]) + 1}
}

// broken says where a file is no CSV.
func (s *csvLines) broken(err error) error {
	at, message := place{line: 1, column: 1}, err.Error()
	if wrong, is := errors.AsType[*csv.ParseError](err); is {
		at = s.count(wrong.Line, max(wrong.Column, 1))
		if wrong.StartLine < wrong.Line {
			at = place{line: wrong.StartLine, column: 1} // the quote that swallowed the lines since
		}
		message = "a cell with a quote in it is not closed or not opened as expected: it stands in quotes, with each quote in it doubled"
	}
	return &misplaced{at, "is not CSV: " + message}
}
