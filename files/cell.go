package files

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// cellText writes a value as the text of a cell. What was not given is an empty
// cell; a list is its elements with "; " between them.
func cellText(v reflect.Value) (string, error) {
	switch {
	case v.Kind() == reflect.Slice:
		elements := make([]string, v.Len())
		for i := range elements {
			element, err := elementText(v.Index(i))
			if err != nil {
				return "", err
			}
			elements[i] = element
		}
		return strings.Join(elements, "; "), nil
	case v.CanInt() && v.IsZero():
		return "", nil
	default:
		return scalarText(v)
	}
}

// elementText writes an element of a list; the parts of a group of fields with
// ":" between them.
func elementText(v reflect.Value) (string, error) {
	if isScalar(v.Type()) {
		text, err := scalarText(v)
		return escape(text, `;\`), err
	}
	parts := make([]string, v.NumField())
	for i := range parts {
		text, err := scalarText(v.Field(i))
		if err != nil {
			return "", err
		}
		parts[i] = escape(text, `;:\`)
	}
	return strings.Join(parts, ":"), nil
}

// isScalar says whether a value of the type is one text.
func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[policy.Actor]() || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) ||
		t.Kind() != reflect.Struct && t.Kind() != reflect.Slice && t.Kind() != reflect.Pointer
}

func scalarText(v reflect.Value) (string, error) {
	switch value := v.Interface().(type) {
	case policy.Actor:
		if value == (policy.Actor{}) {
			return "", nil
		}
		return value.String(), nil
	case encoding.TextMarshaler:
		text, err := value.MarshalText()
		return string(text), err
	}
	switch {
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool && v.Bool():
		return "yes", nil
	case v.Kind() == reflect.Bool:
		return "", nil
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	default:
		return "", fmt.Errorf("a %s has no place in a cell", v.Type())
	}
}

// setCell reads what cellText writes. The error says what was expected, in words
// that follow the name of the column.
func setCell(v reflect.Value, text string) error {
	if v.Kind() != reflect.Slice {
		return setScalar(v, text)
	}
	if strings.Trim(text, blanks) == "" {
		return nil
	}
	for _, piece := range split(text, ';') {
		element := reflect.New(v.Type().Elem()).Elem()
		if err := setElement(element, piece); err != nil {
			return err
		}
		v.Set(reflect.Append(v, element))
	}
	return nil
}

func setElement(v reflect.Value, piece string) error {
	if strings.Trim(piece, blanks) == "" {
		return errors.New("has an element without a text: expected elements with ; between them")
	}
	pieces, fields := []string{piece}, []reflect.Value{v}
	if !isScalar(v.Type()) {
		pieces, fields = split(piece, ':'), nil
		for _, field := range v.Fields() {
			fields = append(fields, field)
		}
	}
	if len(pieces) != len(fields) {
		return fmt.Errorf("has the element %q: expected %s", strings.Trim(piece, blanks), shapeOf(v.Type()))
	}
	for i, field := range fields {
		text, err := unescape(pieces[i])
		if err == nil {
			err = setScalar(field, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// shapeOf names the parts of an element: indicator:baseline:target.
func shapeOf(t reflect.Type) string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = fieldName(t.Field(i))
	}
	return strings.Join(names, ":")
}

func setScalar(v reflect.Value, text string) error {
	trimmed := strings.TrimSpace(text)
	switch value := v.Addr().Interface().(type) {
	case *policy.Actor:
		if trimmed == "" {
			return nil
		}
		actor, err := policy.ParseActor(trimmed)
		*value = actor
		return unreadable(err)
	case *policy.Outcome: // maybe in the words of a body, which those know who read the table
		*value = policy.Outcome(trimmed)
		return nil
	case encoding.TextUnmarshaler:
		return unreadable(value.UnmarshalText([]byte(trimmed)))
	}
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
		return nil
	case v.Kind() == reflect.Bool:
		v.SetBool(strings.EqualFold(trimmed, "yes"))
		if !slices.Contains([]string{"", "yes", "no"}, strings.ToLower(trimmed)) {
			return fmt.Errorf("is %q: expected yes, or nothing", text)
		}
		return nil
	case v.CanInt() && trimmed == "":
		return nil
	case v.CanInt():
		n, err := strconv.ParseInt(trimmed, 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("is %q: expected a whole number", text)
		}
		v.SetInt(n)
		return nil
	default:
		return fmt.Errorf("is %q: a %s has no place in a cell", text, v.Type())
	}
}

func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("is wrong: %w", err)
}

// blanks may stand around an element of a list.
const blanks = " \t\r\n"

// escape puts a backslash before each special sign and before a blank at an end
// of the text. A text of nothing is \0, so that it can be told from no text.
func escape(text, special string) string {
	if text == "" {
		return `\0`
	}
	var escaped strings.Builder
	for i := range len(text) {
		atEnd := i == 0 || i == len(text)-1
		if strings.IndexByte(special, text[i]) >= 0 || atEnd && strings.IndexByte(blanks, text[i]) >= 0 {
			escaped.WriteByte('\\')
		}
		escaped.WriteByte(text[i])
	}
	return escaped.String()
}

// unescape reads what escape writes, blanks around it aside.
func unescape(piece string) (string, error) {
	var text []byte
	end := 0 // of what is more than a blank
	piece = strings.TrimLeft(piece, blanks)
	for i := 0; i < len(piece); i++ {
		switch escaped := i+1 < len(piece) && piece[i] == '\\'; {
		case escaped && piece[i+1] == '0':
			i++
		case escaped && strings.IndexByte(blanks+`;:\`, piece[i+1]) >= 0:
			i++
			text = append(text, piece[i])
			end = len(text)
		case piece[i] == '\\':
			return "", fmt.Errorf(`has a backslash in %q that stands before no ; or : or blank: expected \\ for a backslash`, strings.Trim(piece, blanks))
		default:
			text = append(text, piece[i])
			if strings.IndexByte(blanks, piece[i]) < 0 {
				end = len(text)
			}
		}
	}
	return string(text[:end]), nil
}

// split cuts a text at each separator that no backslash stands before.
func split(text string, separator byte) []string {
	var pieces []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case separator:
			pieces = append(pieces, text[from:i])
			from = i + 1
		}
	}
	return append(pieces, text[from:])
}
