package files

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// table is how a kind of CSV file looks. Its columns are the fields of the types
// that a row is made of, named as in JSON: those of a group of fields with a
// dot, "funding.state".
type table struct {
	parts   []reflect.Type
	columns []column
	titles  map[string]int // further names of columns, in small letters
}

// column is one column of a table, and the field that it holds.
type column struct {
	name  string
	field string // the path of the field in its part
	part  int
	path  []int // indices of the fields that lead to it
	typ   reflect.Type
	key   bool // every file has it
}

// tableOf makes the table whose rows are made of parts. Every file has the
// columns named in keys; no file has those named in without.
func tableOf(keys, without []string, parts ...reflect.Type) *table {
	t := &table{parts: parts}
	for i, part := range parts {
		t.add(column{part: i}, part)
	}
	t.columns = slices.DeleteFunc(t.columns, func(c column) bool { return slices.Contains(without, c.name) })
	for i := range t.columns {
		t.columns[i].key = slices.Contains(keys, t.columns[i].name)
	}
	return t
}

// add adds the columns of a type that stands at a place.
func (t *table) add(at column, typ reflect.Type) {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	for i := range typ.NumField() {
		f := typ.Field(i)
		c := at
		c.path = append(slices.Clone(at.path), i)
		if name := fieldName(f); name != "" {
			c.field = join(at.field, name)
		}
		if isScalar(f.Type) || f.Type.Kind() == reflect.Slice {
			c.name, c.typ = t.free(c.field), f.Type
			t.columns = append(t.columns, c)
		} else {
			t.add(c, f.Type)
		}
	}
}

// free gives the name of a column. The body of a row has sometimes a field that
// every row has, too: its reason is "body.reason".
func (t *table) free(name string) string {
	if slices.Contains(t.names(), name) {
		return "body." + name
	}
	return name
}

// fieldName gives the name of a field in files; "" for a type that is taken in.
func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// titled gives the table with further names of its columns: what people call them.
func (t *table) titled(titles map[string]string) *table {
	with := &table{parts: t.parts, columns: t.columns, titles: map[string]int{}}
	for title, name := range titles {
		if at := slices.Index(t.names(), name); at >= 0 {
			with.titles[strings.ToLower(title)] = at
		}
	}
	return with
}

func (t *table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// text gives the text of the column in a row.
func (c column) text(row []reflect.Value) (string, error) {
	v, err := row[c.part].FieldByIndexErr(c.path)
	if err != nil {
		return "", nil //nolint:nilerr // a group of fields that was not given has empty cells
	}
	return cellText(v)
}

// value gives the field of the column in a row that is read; groups of fields on
// the way to it are made.
func (c column) value(row []reflect.Value) reflect.Value {
	v := row[c.part]
	for _, i := range c.path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// texts gives the texts of rows, each made of the parts of the table.
func (t *table) texts(rows [][]reflect.Value) ([][]string, error) {
	lines := make([][]string, len(rows))
	for i, row := range rows {
		lines[i] = make([]string, len(t.columns))
		for j, c := range t.columns {
			text, err := c.text(row)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			lines[i][j] = text
		}
	}
	return lines, nil
}

// write writes rows, each made of the parts of the table, as a spreadsheet program opens
// them and writes them again: with all columns, and separator between cells.
func (t *table) write(w io.Writer, rows [][]reflect.Value, separator rune) error {
	lines, err := t.texts(rows)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma = separator
	if err := out.Write(t.names()); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	for _, line := range lines {
		for j, cell := range line {
			line[j] = t.columns[j].cell(cell)
		}
		if err := out.Write(line); err != nil {
			return fmt.Errorf("csv: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// mostDigits is how many digits of a number a spreadsheet program shows and writes.
const mostDigits = 11

// cell gives the text of the column as it stands in a file. Dates and numbers are left
// to the program that opens it, unless it would round them.
func (c column) cell(text string) string {
	number := c.typ.Kind() == reflect.Int || c.typ.Kind() == reflect.Int64
	if c.typ == reflect.TypeFor[policy.Date]() || number && len(text) <= mostDigits {
		return text
	}
	// Whoever reads CSV loses the first of "\r\n" within a cell.
	return strings.ReplaceAll(guarded(text), "\r\n", "\r\r\n")
}
