package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What every text, date, number and list must be that comes in, in an act, a definition,
// a document or a row. It is looked at field by field, so that a field that is added
// later is looked at too. What is in the records is not asked again.

// MaxText is the longest text that is kept, in characters: every alphabet has as many.
const MaxText = 4000

// maxName is the longest name of a person, in characters.
const maxName = 200

// prose are the fields whose texts may have several lines. In any other a line break would
// look like another line of what it is shown in.
var prose = []string{
	"comment", "text", "reason", "irregular", "skip_reason", "description", "contribution", "condition", "rule", "aim", "results", "does",
	"union", "national", "regional", "operators", "citizens", "inside", "outside", "financial", "administrative", "capacity", "warning",
	"provenance", "indicators",
}

// MaxList is the most entries of one list. What is done with a list takes longer the
// longer it is, and an act that does not end in its time is tried again without end.
const MaxList = 1000

// MaxNumber is the greatest number, of euro too, and its negative the least: thousands
// of them add up exactly, and every reader of JSON takes them as they are.
const MaxNumber, maxDigits = 999_999_999_999_999, 15

// The years in which a date may lie that comes in. The cycles that there were began
// in 2010 and rest on assessments from 2005 on; a cycle that is planned today ends
// long before 2099. "Until further notice" is written 9999, and no day is.
const firstYear, lastYear = 2005, 2099

// flaws notes what is wrong with the texts, dates, numbers and lists anywhere in a value:
// a text that is too long or has characters that nobody sees, a date in an impossible
// year, a number or a list beyond what is kept. A field of which something was noted
// before is left alone.
func (ps *problems) flaws(v any) {
	noted := make(map[string]bool, len(*ps))
	for _, p := range *ps {
		noted[p.Field] = true
	}
	var found flaws
	found.at("", reflect.ValueOf(v))
	*ps = append(*ps, slices.DeleteFunc(found.problems, func(p Problem) bool { return noted[p.Field] })...)
}

// flaws are those that were found.
type flaws struct{ problems }

func (ps *flaws) at(field string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		ps.plain(field, v.String(), slices.Contains(prose, lastOf(field)))
	case reflect.Int, reflect.Int64:
		if n := v.Int(); n > MaxNumber || n < -MaxNumber {
			ps.add(field, "is %d: expected a number of at most %d digits", n, maxDigits)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			ps.at(field, v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 { // bytes are no text
			return
		}
		if ps.entries(field, v.Len(), MaxList); v.Len() > MaxList {
			return
		}
		for i := range v.Len() {
			ps.at(fmt.Sprintf("%s[%d]", field, i), v.Index(i))
		}
	case reflect.Map:
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
			at := fieldIn(field, fmt.Sprint(key))
			ps.plain(at, fmt.Sprint(key), false)
			ps.at(at, v.MapIndex(key))
		}
	case reflect.Struct:
		ps.in(field, v)
	default: // truths, and figures that were measured
	}
}

// in looks at the parts of one value of several.
func (ps *flaws) in(field string, v reflect.Value) {
	switch value := v.Interface().(type) {
	case Date:
		if !value.IsZero() {
			ps.date(field, value)
		}
		return
	case time.Time:
		if _, err := value.UTC().MarshalJSON(); err != nil {
			ps.add(field, "is an instant that nobody can write: expected one such as 2021-05-26T09:00:00Z")
		}
		return
	case Subject:
		ps.plain(field, value.String(), false)
		return
	case Amount:
		if !value.bounded() {
			ps.add(field, "is %s: expected a number of at most %d digits", value, maxDigits)
		}
		return
	}
	for i := range v.NumField() {
		part := v.Type().Field(i)
		name, _, _ := strings.Cut(part.Tag.Get("json"), ",")
		switch {
		case !part.IsExported() || name == "-":
		case part.Anonymous && name == "":
			ps.at(field, v.Field(i))
		default:
			ps.at(fieldIn(field, name), v.Field(i))
		}
	}
}

func fieldIn(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

// lastOf gives the name of the last field of a path, such as "provenance" of
// "recommendations[0].provenance[1]".
func lastOf(path string) string {
	path, _, _ = strings.Cut(path[strings.LastIndexByte(path, '.')+1:], "[")
	return path
}

// plain notes a text that is too long, or has a character that nobody sees; lines says
// that its lines may end.
func (ps *problems) plain(field, text string, lines bool) {
	switch at := hidden(text); {
	case utf8.RuneCountInString(text) > MaxText:
		ps.add(field, "has %d characters: at most %d are kept", utf8.RuneCountInString(text), MaxText)
	case at >= 0:
		ps.add(field, "has the character %s, which is not seen and not kept: type it again without", nameOf(text[at:]))
	case !lines && strings.Contains(text, "\n"):
		ps.add(field, "has a line break: expected one line")
	}
}

// entries notes a list that is too long.
func (ps *problems) entries(field string, n, most int) {
	if n > most {
		ps.add(field, "has %d entries: at most %d are kept", n, most)
	}
}

// hidden gives where a text has a character that is not seen but changes how the
// text is read, shown or compared, or that is none; -1 for nowhere. Lines may end.
func hidden(text string) int {
	for at, c := range text {
		switch {
		case c == '\n', c == '\r' && strings.HasPrefix(text[at:], "\r\n"):
		case c == utf8.RuneError && !strings.HasPrefix(text[at:], "\uFFFD"), Unseen(c):
			return at
		}
	}
	return -1
}

// Unseen says whether a character is not seen itself, but changes how others are.
func Unseen(c rune) bool { return unicode.IsControl(c) || unicode.In(c, unseen...) }

// unseen are what turns the reading round, joins or parts letters, chooses a shape, fills,
// or is a tag; and what ends lines and paragraphs beside a line feed.
var unseen = []*unicode.RangeTable{unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point}

// nameOf names the first character of a text, such as U+001B.
func nameOf(text string) string {
	c, size := utf8.DecodeRuneInString(text)
	if c == utf8.RuneError && size <= 1 {
		return fmt.Sprintf("0x%02X", text[0])
	}
	return fmt.Sprintf("U+%04X", c)
}

// OneLine says whether a text is one line that people can read: some of it is seen,
// and nothing in it is hidden, nor breaks the line. Names and IDs are such.
func OneLine(text string) bool {
	if hidden(text) >= 0 || strings.Contains(text, "\n") {
		return false
	}
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.IsGraphic(c) && !unicode.IsSpace(c) })
}

// Legible gives a text that somebody else wrote so that it can be shown anywhere: what
// is hidden in it is written out, such as \u001b, and what is longer than the most bytes
// is cut off.
func Legible(text string, most int) string {
	var out strings.Builder
	for text != "" && out.Len() <= most {
		at := hidden(text)
		if at < 0 {
			at = len(text)
		}
		out.WriteString(text[:at])
		if text = text[at:]; text == "" {
			break
		}
		if text[0] == '\t' { // which programs set their columns with
			out.WriteByte('\t')
			text = text[1:]
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		quoted := strconv.QuoteToASCII(text[:size])
		out.WriteString(quoted[1 : len(quoted)-1])
		text = text[size:]
	}
	shown := out.String()
	if len(shown) <= most {
		return shown
	}
	const more = "…"
	cut := max(most-len(more), 0)
	for cut > 0 && !utf8.RuneStart(shown[cut]) {
		cut--
	}
	return shown[:cut] + more
}

// Excerpt gives a text so that it takes at most so many bytes in JSON, where one character
// may take six: one that is longer is cut off, legibly.
func Excerpt(text string, most int) string {
	for len(text) > most || inJSON(text) > most {
		text = Legible(text, min(most, len(text)*3/4))
	}
	return text
}

// inJSON gives how many bytes a text takes in JSON at most.
func inJSON(text string) int {
	const quoted, escaped = 2, 6
	size := 0
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			size += quoted
		case c < ' ' || strings.ContainsRune("<>&\u2028\u2029\uFFFD", c):
			size += escaped
		default:
			size += utf8.RuneLen(c)
		}
	}
	return size
}

// Flaws lists what is wrong with the texts, dates, numbers and lists anywhere in a value
// that comes in, whatever else it says.
func Flaws(v any) []Problem {
	var ps problems
	ps.flaws(v)
	return ps
}
