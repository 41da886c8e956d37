// Package files reads and writes cycle files and amendment files: bytes on one
// side, the types of package policy on the other. Its errors name file, line,
// column and field, and say what was expected.
package files

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/policycycle/policycycle/policy"
)

// CycleFile is what a cycle file holds: a cycle, and the script of its
// rehearsal if there is one.
type CycleFile struct {
	policy.Definition
	Script *policy.Script `json:"rehearsal,omitempty"`
}

//go:embed schema/*.json
var schemas embed.FS

// The JSON Schemas of the two kinds of file.
const (
	CycleSchema     = "cycle.schema.json"
	AmendmentSchema = "amendment.schema.json"
)

// Schema gives a published JSON Schema by its name, or nil for an unknown one.
func Schema(name string) []byte {
	text, err := schemas.ReadFile("schema/" + name)
	if err != nil {
		return nil
	}
	return text
}

var compiled = compile()

func compile() map[string]*jsonschema.Schema {
	const base = "https://policycycle.example/schema/"
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range []string{CycleSchema, AmendmentSchema} {
		tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(name)))
		if err == nil {
			err = c.AddResource(base+name, tree)
		}
		if err != nil {
			panic(err) // the schemas are part of the binary: a test would have met this
		}
	}
	return map[string]*jsonschema.Schema{
		CycleSchema: c.MustCompile(base + CycleSchema), AmendmentSchema: c.MustCompile(base + AmendmentSchema),
	}
}

// ReadCycle reads a cycle file. name is what errors call the file. The error is
// an *Error with everything that is wrong, and carries policy.CodeInvalid.
func ReadCycle(name string, r io.Reader) (*CycleFile, error) {
	d, err := read(name, CycleSchema, r)
	if err != nil {
		return nil, err
	}
	file := new(CycleFile)
	if err := d.decode(file); err != nil {
		return nil, err
	}
	problems := file.Validate()
	if len(problems) == 0 && file.Script != nil {
		problems = checkScript(&file.Definition, file.Script)
	}
	if len(problems) > 0 {
		return nil, d.wrong(problems)
	}
	return file, nil
}

// ReadAmendment reads an amendment file; its errors are like those of
// ReadCycle. Whether the amended cycle is sound shows only beside the cycle.
func ReadAmendment(name string, r io.Reader) (*policy.Amendment, error) {
	d, err := read(name, AmendmentSchema, r)
	if err != nil {
		return nil, err
	}
	amendment := new(policy.Amendment)
	return amendment, d.decode(amendment)
}

// checkScript makes sure that a script speaks of what is in the cycle, as the
// scripted amendments leave it.
func checkScript(d *policy.Definition, script *policy.Script) []policy.Problem {
	var problems []policy.Problem
	var subjects []string
	collect := func(d *policy.Definition) {
		for _, e := range d.Agenda() {
			subjects = append(subjects, e.Subject.Path())
		}
	}
	collect(d)
	amended := *d
	for i, item := range script.Items {
		subjects = append(subjects, "item/"+item.Key)
		if item.Amendment == nil {
			continue
		}
		amended = amended.Amend(*item.Amendment, item.Opening.Due)
		for _, p := range amended.Validate() {
			p.Field = fmt.Sprintf("rehearsal.items[%d].amendment.%s", i, p.Field)
			problems = append(problems, p)
		}
		collect(&amended)
	}
	for i, scene := range script.Scenes {
		if !matchesAny(scene.On, subjects) {
			problems = append(problems, policy.Problem{
				Field:   fmt.Sprintf("rehearsal.scenes[%d].on", i),
				Message: fmt.Sprintf("is %q: expected a path of this cycle, such as %s, with * for any part", scene.On, subjects[len(subjects)-1]),
			})
		}
	}
	return problems
}

func matchesAny(pattern string, subjects []string) bool {
	for _, s := range subjects {
		if matched, err := path.Match(pattern, s); err == nil && matched {
			return true
		}
	}
	return false
}

// WriteCycle writes a cycle file that ReadCycle reads, fields in the order of
// policy.Definition.
func WriteCycle(w io.Writer, file CycleFile) error {
	text, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("cycle file: %w", err)
	}
	// JSON is YAML: reading it as such keeps the order of the fields.
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return fmt.Errorf("cycle file: %w", err)
	}
	plain(&tree)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(&tree); err != nil {
		return fmt.Errorf("cycle file: %w", err)
	}
	return encoder.Close()
}

// plain takes JSON's braces and quotes away where YAML needs none.
func plain(n *yaml.Node) {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && n.Value != "" && !strings.ContainsAny(n.Value, "\n") {
		var guess yaml.Node
		if err := yaml.Unmarshal([]byte(n.Value), &guess); err != nil || len(guess.Content) != 1 || guess.Content[0].Tag != "!!timestamp" {
			n.Style = yaml.DoubleQuotedStyle
		} else {
			n.Tag = "!!timestamp"
		}
	}
	for i, child := range n.Content {
		isKey := n.Kind == yaml.MappingNode && i%2 == 0
		plain(child)
		if isKey {
			child.Style = 0
		}
	}
}
