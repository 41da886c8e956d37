package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

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
	name  string
	form  form
	tree  any
	lines map[string]*yaml.Node // by path, such as "periods[1].from"
}

// read reads one YAML document and holds it against its schema.
func read(name string, f form, r io.Reader) (*document, error) {
	d := &document{name: name, form: f, lines: map[string]*yaml.Node{}}
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
	root, err := d.parse(text)
	if err != nil {
		return nil, err
	}
	var problems []Problem
	d.tree = d.walk(root, "", 0, &problems)
	if len(problems) == 0 {
		problems = d.hold()
	}
	if len(problems) > 0 {
		return nil, newError(problems)
	}
	return d, nil
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

// syntax turns an error of the YAML reader, such as "yaml: line 3: did not find
// expected key", into one of ours.
func (d *document) syntax(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := &yaml.Node{Line: 1, Column: 1}
	if rest, found := strings.CutPrefix(message, "line "); found {
		number, what, _ := strings.Cut(rest, ": ")
		if line, bad := strconv.Atoi(number); bad == nil {
			at.Line, message = line, what
		}
	}
	return newError([]Problem{d.problem(at, "", "is not YAML: "+message)})
}

func (d *document) whole(message string) error {
	return newError([]Problem{wholly(d.name, message)})
}

// wholly says what is wrong with a file as a whole.
func wholly(file, message string) Problem {
	return Problem{File: file, Line: 1, Column: 1, Message: message}
}

func (d *document) problem(at *yaml.Node, field, message string) Problem {
	return Problem{File: d.name, Line: at.Line, Column: at.Column, Field: field, Message: message}
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

// decode puts the document into a value of package policy.
func (d *document) decode(into any) error {
	text, err := json.Marshal(d.tree)
	if err != nil {
		return d.whole(fmt.Sprintf("cannot be read: %v", err))
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		if domain, ok := errors.AsType[*policy.Error](err); ok {
			return d.whole(domain.Message)
		}
		return d.whole("does not have the shape of " + d.form.what + ": " + err.Error())
	}
	return nil
}

// wrong says where the problems that policy has found stand.
func (d *document) wrong(found []policy.Problem) []Problem {
	problems := make([]Problem, len(found))
	for i, p := range found {
		problems[i] = d.at(p.Field, p.Message)
	}
	return problems
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
