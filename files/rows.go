package files

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// rowHead is what every row of a register has.
type rowHead struct {
	Key    string       `json:"key"`
	Date   policy.Date  `json:"date"`
	By     policy.Actor `json:"by"`
	Reason string       `json:"reason"`
}

func rowTable(register policy.Register) *table {
	return tableOf([]string{"key"}, nil, reflect.TypeFor[rowHead](), reflect.TypeOf(register.NewRow()).Elem())
}

// RowFile is what a file with rows of a register holds.
type RowFile struct {
	Rows    []policy.Row
	records []record
}

// ReadRows reads rows of a register, oldest first; its errors are like those of
// ReadCycle. Who entered a row may be left out, and its date: it is that of the entry then.
func ReadRows(name string, register policy.Register, r io.Reader) (*RowFile, error) {
	if register.NewRow() == nil {
		return nil, newError([]Problem{wholly(name, fmt.Sprintf("holds the rows of %q, which is no register", register))})
	}
	s := rowTable(register).read(name, r)
	file := &RowFile{records: s.records}
	for _, record := range s.records {
		head := part[rowHead](record, 0)
		row := policy.Row{Register: register, Key: head.Key, Date: head.Date, By: head.By, Reason: head.Reason}
		row.Body, _ = reflect.TypeAssert[policy.RowBody](record.parts[1])
		record.note(slices.DeleteFunc(row.Problems(), func(p policy.Problem) bool { return p.Field == "date" && row.Date.IsZero() }))
		file.Rows = append(file.Rows, row)
	}
	if err := asError(s.problems); err != nil {
		return nil, err
	}
	return file, nil
}

// Placed gives a refusal of the rows with its mistakes at their places in the file; as
// it is where they come from none.
func (f *RowFile) Placed(refusal error) error {
	if f.records == nil {
		return refusal
	}
	return placed(refusal, func(m Problem) Problem {
		var i int
		if n, _ := fmt.Sscanf(m.Field, "rows[%d]", &i); n == 0 || i >= len(f.records) {
			return m
		}
		_, field, _ := strings.Cut(m.Field, "].")
		return f.records[i].at(field, m.Message)
	})
}

// undated tells of the rows that have no date, where each is to have its own.
func (f *RowFile) undated() (found []Problem) {
	for i, row := range f.Rows {
		if row.Date.IsZero() {
			found = append(found, f.records[i].at("date", "is missing: expected a date such as 2021-05-26"))
		}
	}
	return found
}

// TypedRow reads a row of what was typed into the columns of its body, each text
// as in a cell of a table: cells go by the names of columns. Its date, its reason
// and who enters it stay empty. Errors are like those of ReadRows.
func TypedRow(name string, register policy.Register, key string, cells map[string]string) (*policy.Row, error) {
	header, line := []string{"key"}, []string{guarded(key)}
	for _, column := range slices.Sorted(maps.Keys(cells)) {
		header, line = append(header, column), append(line, guarded(strings.ReplaceAll(cells[column], "\r\n", "\n")))
	}
	var text bytes.Buffer
	if err := csv.NewWriter(&text).WriteAll([][]string{header, line}); err != nil {
		return nil, newError([]Problem{wholly(name, err.Error())})
	}
	file, err := ReadRows(name, register, &text)
	if err != nil {
		return nil, err
	}
	return &file.Rows[0], nil
}

// Column is one column of the rows of a register: what a form asks for.
type Column struct {
	Name string
	Type reflect.Type
	// Every says that the rows of every register have it: key, date, by, reason.
	Every bool
}

// Columns lists the columns of the rows of a register.
func Columns(register policy.Register) []Column {
	if register.NewRow() == nil {
		return nil
	}
	t := rowTable(register)
	columns := make([]Column, len(t.columns))
	for i, c := range t.columns {
		typ := t.parts[c.part]
		for _, at := range c.path {
			typ = typ.Field(at).Type
		}
		columns[i] = Column{Name: c.name, Type: typ, Every: c.part == 0}
	}
	return columns
}

// RowCells gives the texts of rows of one register, in the order of its Columns.
func RowCells(register policy.Register, rows []policy.Row) ([][]string, error) {
	values, err := rowValues(register, rows)
	if err != nil {
		return nil, err
	}
	return rowTable(register).texts(values)
}

// WriteRows writes rows of one register as a table that ReadRows reads, also after a
// spreadsheet program has written it anew: with Comma or Semicolon between cells.
func WriteRows(w io.Writer, register policy.Register, rows []policy.Row, separator rune) error {
	values, err := rowValues(register, rows)
	if err != nil {
		return err
	}
	return rowTable(register).write(w, values, separator)
}

// rowValues gives the parts of each row of a register.
func rowValues(register policy.Register, rows []policy.Row) ([][]reflect.Value, error) {
	body := reflect.TypeOf(register.NewRow())
	if body == nil {
		return nil, fmt.Errorf("%q is no register", register)
	}
	lines := make([][]reflect.Value, len(rows))
	for i, row := range rows {
		if row.Register != register || reflect.TypeOf(row.Body) != body {
			return nil, fmt.Errorf("row %d, %s, does not belong in the register of %s", i+1, row.Key, register)
		}
		head := rowHead{Key: row.Key, Date: row.Date, By: row.By, Reason: row.Reason}
		lines[i] = []reflect.Value{reflect.ValueOf(head), reflect.ValueOf(row.Body).Elem()}
	}
	return lines, nil
}

// DocumentActions is the operational actions of one version of an OAP, or of a
// change of one.
type DocumentActions struct {
	Document string // "oap/2022/firearms/v1"
	Actions  []policy.OperationalAction
}

// actionHead is what a row of actions.csv has beside the action.
type actionHead struct {
	Document string `json:"document"`
}

var actionTable = tableOf([]string{"document", "code"}, nil, reflect.TypeFor[actionHead](), reflect.TypeFor[policy.OperationalAction]())

// documentActions is the actions of a document with the rows they stand in.
type documentActions struct {
	DocumentActions
	records []record
}

// ReadActions reads the operational actions of many documents; its errors are
// like those of ReadCycle.
func ReadActions(name string, r io.Reader) ([]DocumentActions, error) {
	s, documents := readActions(name, r)
	var all []DocumentActions
	for _, d := range documents {
		all = append(all, d.DocumentActions)
		if !slices.ContainsFunc(d.Actions, func(a policy.OperationalAction) bool { return a.Title != "" }) {
			continue // they may be of a skeleton, which the plan says: ReadPlan looks at them with it
		}
		for _, p := range policy.ProblemsOf(&policy.OperationalPlan{Actions: d.Actions}) {
			if at, is := d.at(p); is {
				s.problems = append(s.problems, at)
			}
		}
	}
	if err := asError(s.problems); err != nil {
		return nil, err
	}
	return all, nil
}

// readActions reads actions and looks at their shape and their documents alone.
func readActions(name string, r io.Reader) (*sheet, []documentActions) {
	s := actionTable.read(name, r)
	var documents []documentActions
	for _, record := range s.records {
		key := part[actionHead](record, 0).Document
		if path, _, ok := versionOf(key); !ok || !hasActions(path) {
			s.problems = append(s.problems, record.at("document", fmt.Sprintf("is %q: expected a version of an OAP or of a change, such as oap/2022/firearms/v1", key)))
			continue
		}
		at := slices.IndexFunc(documents, func(d documentActions) bool { return d.Document == key })
		if at < 0 {
			at = len(documents)
			documents = append(documents, documentActions{DocumentActions: DocumentActions{Document: key}})
		}
		d := &documents[at]
		d.Actions = append(d.Actions, *part[policy.OperationalAction](record, 1))
		d.records = append(d.records, record)
	}
	return s, documents
}

// hasActions says whether the documents of a subject, such as oap/2022/firearms,
// have actions.
func hasActions(path string) bool {
	subject, err := policy.ParseSubject("cycle/" + path)
	return err == nil && subject.Path() == path && (subject.Kind == policy.KindOAP || subject.Kind == policy.KindChange)
}

// at places a problem of the plan at the row of the action it is about; false
// where it is about none.
func (d documentActions) at(p policy.Problem) (Problem, bool) {
	var i int
	var field string
	if n, _ := fmt.Sscanf(p.Field, "actions[%d].%s", &i, &field); n == 0 || i >= len(d.records) {
		return Problem{}, false
	}
	return d.records[i].at(field, p.Message), true
}

// WriteActions writes the actions of documents as a table that ReadActions
// reads.
func WriteActions(w io.Writer, documents []DocumentActions) error {
	var lines [][]reflect.Value
	for _, d := range documents {
		for _, action := range d.Actions {
			lines = append(lines, []reflect.Value{reflect.ValueOf(actionHead{d.Document}), reflect.ValueOf(action)})
		}
	}
	return actionTable.write(w, lines, Comma)
}

// part gives a part of a record in its own type.
func part[T any](r record, i int) *T {
	value, _ := reflect.TypeAssert[*T](r.parts[i])
	return value
}
