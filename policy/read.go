package policy

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// The records: what stands there was admitted once (admit.go), maybe by another version of
// this code. It is read as it is: a field that is not known here passes, a word that no list
// has here stays as it was written, and nothing is judged anew. So a later version may add
// fields, words and checks while this one is at work.

// Read reads JSON of the records, or of a service that gives them. An error says that it
// is no JSON, or of another shape.
func Read(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if _, refused := errors.AsType[*Error](err); refused { // a word that is not known here
		return readAt(text, reflect.ValueOf(into))
	}
	return err
}

// readAt reads JSON as json.Unmarshal does, but leaves words as they were written.
func readAt(text []byte, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		if string(text) == "null" {
			v.SetZero()
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return readAt(text, v.Elem())
	}
	into := v.Addr().Interface()
	if _, itself := into.(json.Unmarshaler); itself {
		return json.Unmarshal(text, into)
	}
	if _, word := into.(encoding.TextUnmarshaler); word {
		return readWord(text, v)
	}
	if string(text) == "null" { // of a list, too, that is none
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(text, &fields); err != nil {
			return err
		}
		return readFields(fields, v)
	case reflect.Slice:
		return readList(text, v)
	case reflect.Map:
		return readMap(text, v)
	default:
		return json.Unmarshal(text, into)
	}
}

// readWord leaves a word that is not known here as it was written. A date, or another text
// that is no string here, has to be known.
func readWord(text []byte, v reflect.Value) error {
	err := json.Unmarshal(text, v.Addr().Interface())
	if _, refused := errors.AsType[*Error](err); !refused || v.Kind() != reflect.String {
		return err
	}
	var written string
	err = json.Unmarshal(text, &written)
	v.SetString(written)
	return err
}

// readFields fills a struct, and what is embedded in it with what is left.
func readFields(fields map[string]json.RawMessage, v reflect.Value) error {
	var embedded []reflect.Value
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || !field.IsExported() && !field.Anonymous:
		case field.Anonymous && name == "":
			embedded = append(embedded, reflect.Indirect(v.Field(i)))
		case fields[name] != nil:
			if err := readAt(fields[name], v.Field(i)); err != nil {
				return err
			}
			delete(fields, name)
		}
	}
	for _, part := range embedded {
		if err := readFields(fields, part); err != nil {
			return err
		}
	}
	return nil
}

func readList(text []byte, v reflect.Value) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		if err := readAt(item, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func readMap(text []byte, v reflect.Value) error {
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return err
	}
	v.Set(reflect.MakeMap(v.Type()))
	for name, entry := range entries {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if key.Kind() == reflect.String {
			key.SetString(name)
		} else if err := json.Unmarshal([]byte(name), key.Addr().Interface()); err != nil {
			return err
		}
		if err := readAt(entry, value); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// ReadContent reads the JSON of a content of a kind that is in the records.
func ReadContent(kind Kind, text []byte) (Content, error) {
	c := NewContent(kind)
	if c == nil {
		return nil, notKept(kind)
	}
	return c, Read(text, c)
}

// ReadRow reads the JSON of the body of a row that is in the records. That of a register
// which is not known here is Verbatim.
func ReadRow(r Register, text []byte) (RowBody, error) {
	body := r.NewRow()
	if body == nil {
		return Verbatim{text}, nil
	}
	return body, Read(text, body)
}

// ReadRows reads the JSON of rows that are in the records.
func ReadRows(text []byte) ([]Row, error) {
	var rows []Row
	if err := Read(text, &rows); err != nil {
		return nil, noRows(err)
	}
	return rows, nil
}

// Verbatim is the body of a row as it was written: of a register that only a later version
// knows, or where every byte counts.
type Verbatim struct{ json.RawMessage }

// check notes nothing: a row of a register that is not known here is not entered.
func (Verbatim) check(*problems, []string) {}

// rowText is a row whose body is not read yet.
type rowText struct {
	rowHead
	Body json.RawMessage `json:"body"`
}

// rowHead is a row with its fields alone.
type rowHead Row

func (r rowText) with(body RowBody) Row {
	r.rowHead.Body = body
	return Row(r.rowHead)
}

// UnmarshalJSON reads a row of the records; its register says what stands in it. Rows that
// are entered are admitted by AdmitRows.
func (r *Row) UnmarshalJSON(text []byte) error {
	var read rowText
	if err := Read(text, &read); err != nil {
		return err
	}
	body, err := ReadRow(read.Register, read.Body)
	*r = read.with(body)
	return err
}
