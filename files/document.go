package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
)

// The most bytes that a file may have: a hundred times a large cycle, the most
// that a version handed in may have, and a hundred thousand rows.
const (
	maxCycle   = 1 << 20
	maxContent = 8 << 20
	maxTable   = 64 << 20
)

// maxDepth is how deep fields may stand in fields.
const maxDepth = 32

// form says how a kind of YAML file looks.
type form struct {
	what   string // such as "a cycle file"
	schema string // the name of its schema
	max    int    // bytes
}

// document is a file that has the shape its schema asks for.
type document struct {
	name     string
	form     form
	tree     any
	last     int                   // line of the file
	lines    map[string]*yaml.Node // values by path, such as "periods[1].from"
	names    map[string]*yaml.Node // of the fields, by path
	problems []Problem             // where it does not have the shape
}

// read reads one YAML document and holds it against its schema. Where it does not
// have that shape, its problems tell so, and its tree is without what is wrong: the
// rest can still be looked at. The error is for what is no such document at all.
func read(name string, f form, r io.Reader) (*document, error) {
	d := &document{name: name, form: f, lines: map[string]*yaml.Node{}, names: map[string]*yaml.Node{}}
	text, err := io.ReadAll(io.LimitReader(r, int64(f.max)+1))
	if err != nil {
		return nil, d.whole(fmt.Sprintf("cannot be read: %v", err))
	}
	switch {
	case len(text) > f.max:
		return nil, d.whole(fmt.Sprintf("is larger than %d KiB: expected %s, which has some ten", f.max>>10, f.what))
	case !utf8.Valid(text) || bytes.ContainsRune(text, 0):
		return nil, d.whole("is not text: expected a YAML file in UTF-8")
	}
	d.last = lastLine(text)
	if json.Valid(text) {
		text = plainPairs(text)
	}
	root, err := d.parse(text)
	if err != nil {
		return nil, err
	}
	d.tree = d.walk(root, "", 0, &d.problems)
	if len(d.problems) > 0 {
		return nil, newError(d.problems)
	}
	d.hold()
	return d, nil
}

// escapes are those of JSON: of two halves of a character, and any other.
var escapes = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\.`)

// plainPairs writes characters as they are that JSON has in two halves, for YAML knows no
// halves.
func plainPairs(text []byte) []byte {
	const two = len(`\ud83d\ude00`)
	return escapes.ReplaceAllFunc(text, func(escape []byte) []byte {
		var character string
		if len(escape) < two || json.Unmarshal(slices.Concat([]byte(`"`), escape, []byte(`"`)), &character) != nil {
			return escape
		}
		return []byte(character)
	})
}

// sound gives the error of all that is wrong with the document: where it does not
// have the shape, and the problems that policy has found in what is left.
func (d *document) sound(found []policy.Problem) error {
	problems := slices.Clone(d.problems)
	for _, p := range found {
		if !d.told(p.Field) {
			problems = append(problems, d.at(p.Field, p.Message))
		}
	}
	return asError(problems)
}

// told says whether a problem of the shape is about a field, what it is in, or what
// is in it: then what else is wrong there may only follow from that.
func (d *document) told(field string) bool {
	return slices.ContainsFunc(d.problems, func(p Problem) bool { return within(field, p.Field) || within(p.Field, field) })
}

// within says whether a path is that of a field or of what is in it.
func within(path, field string) bool {
	rest, is := strings.CutPrefix(path, field)
	return is && (rest == "" || field == "" || strings.ContainsRune(".[", rune(rest[0])))
}

// parse gives the root of the one document in text.
func (d *document) parse(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, second yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) || err == nil && len(root.Content) == 0 {
		return nil, d.whole("is empty: expected " + d.form.what)
	} else if err != nil {
		return nil, d.syntax(err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, newError([]Problem{d.problem(&yaml.Node{Line: second.Line, Column: 1}, "", "a second document begins here: expected one document in a file")})
	} else if !errors.Is(err, io.EOF) {
		return nil, d.syntax(err)
	}
	if at := root.Content[0]; at.Kind != yaml.MappingNode {
		return nil, newError([]Problem{d.problem(at, "", "expected fields, such as title: followed by a text")})
	}
	return root.Content[0], nil
}

// syntax turns an error of the YAML reader into one of ours. What was opened and
// never closed is told where it begins, anything else where it was met.
func (d *document) syntax(err error) error {
	at, message := &yaml.Node{Line: 1, Column: 1}, err.Error()
	if wrong, is := errors.AsType[*yaml.LoadError](err); is {
		mark := wrong.Mark
		message = wrong.Message
		if unclosed := wrong.ContextMark; unclosed.Line > 0 && neverClosed(message) {
			message += fmt.Sprintf(" up to line %d", min(mark.Line, d.last))
			mark = unclosed
		}
		at = &yaml.Node{Line: mark.Line, Column: mark.Column}
	}
	return newError([]Problem{d.problem(at, "", "is not YAML: "+message)})
}

// breaks are what ends a line, for whoever reads YAML; a carriage return and a line feed
// end one together.
const breaks = "\n\r\u0085\u2028\u2029"

// lastLine gives the number of the last line on which something stands.
func lastLine(text []byte) int {
	text = bytes.TrimRight(text, breaks)
	last := 1 - bytes.Count(text, []byte("\r\n"))
	for _, end := range breaks {
		last += bytes.Count(text, []byte(string(end)))
	}
	return last
}

// neverClosed says whether the YAML reader complains of a bracket or a quote that is
// not closed.
func neverClosed(message string) bool {
	return strings.Contains(message, "',' or") || strings.Contains(message, "unexpected end of stream")
}

func (d *document) whole(message string) error {
	return newError([]Problem{wholly(d.name, message)})
}

// wholly says what is wrong with a file as a whole.
func wholly(file, message string) Problem {
	return Problem{File: file, Line: 1, Column: 1, Message: message}
}

// problem is told where the YAML reader met it, or in the last line where that lies behind.
func (d *document) problem(at *yaml.Node, field, message string) Problem {
	return Problem{File: d.name, Line: max(min(at.Line, d.last), 1), Column: max(at.Column, 1), Field: field, Message: message}
}

// walk turns a node into what JSON would have made of it, and notes where each
// path stands.
func (d *document) walk(n *yaml.Node, path string, depth int, problems *[]Problem) any {
	d.lines[path] = n
	wrong := func(at *yaml.Node, message string) {
		*problems = append(*problems, d.problem(at, path, message))
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		wrong(n, "uses an anchor or an alias: expected the text itself")
		return nil
	case depth > maxDepth:
		wrong(n, fmt.Sprintf("stands too deep: expected at most %d fields in one another", maxDepth))
		return nil
	case n.Kind == yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || key.Value == "" {
				wrong(key, "has a field without a name: expected a word and a colon")
				continue
			}
			d.names[join(path, key.Value)] = key
			if _, twice := fields[key.Value]; twice {
				wrong(key, fmt.Sprintf("repeats the field %q", key.Value))
			}
			fields[key.Value] = d.walk(n.Content[i+1], join(path, key.Value), depth+1, problems)
		}
		return fields
	case n.Kind == yaml.SequenceNode:
		items := make([]any, len(n.Content))
		for i, child := range n.Content {
			items[i] = d.walk(child, fmt.Sprintf("%s[%d]", path, i), depth+1, problems)
		}
		return items
	default:
		return scalar(n)
	}
}

// scalar gives the value of a plain node; dates stay text.
func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
		return n.Value
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	case "!!null":
		return nil
	default:
		return n.Value
	}
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// decode puts the document into a value of package policy, as far as it has the
// shape.
func (d *document) decode(into any) error {
	text, err := json.Marshal(d.tree)
	if err != nil {
		return d.whole(fmt.Sprintf("cannot be read: %v", err))
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if len(d.problems) == 0 {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(into); err != nil && len(d.problems) > 0 {
		return newError(d.problems)
	} else if err != nil {
		if domain, ok := errors.AsType[*policy.Error](err); ok {
			return d.whole(domain.Message)
		}
		return d.whole("does not have the shape of " + d.form.what + ": " + err.Error())
	}
	return nil
}

// at places a message at the path of a field, or at the nearest thing around it
// that is there.
func (d *document) at(field, message string) Problem {
	for path := field; ; path = parent(path) {
		if n, found := d.lines[path]; found {
			return d.problem(n, field, message)
		}
	}
}

func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}
