package files

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v4"
)

// hold holds the document against its schema, says in plain words where it differs,
// and takes out of the tree what does.
func (d *document) hold() {
	if invalid, is := errors.AsType[*jsonschema.ValidationError](compiled()[d.form.schema].Validate(d.tree)); is {
		d.collect(invalid, &d.problems)
	}
}

// collect gathers the leaves of a validation error: the causes themselves.
func (d *document) collect(e *jsonschema.ValidationError, problems *[]Problem) {
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			d.collect(cause, problems)
		}
		return
	}
	field := d.path(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			*problems = append(*problems, d.at(join(field, name), "is missing"))
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			unknown := join(field, name)
			*problems = append(*problems, d.problem(d.names[unknown], unknown, "is not a field here"+suggest(name, fieldsAt(e.SchemaURL))))
		}
	default:
		said := inWords(k)
		if text, is := d.scalarAt(field); is {
			said += pointed(text, k)
		}
		*problems = append(*problems, d.at(field, said))
		d.tree = without(d.tree, e.InstanceLocation)
	}
}

// scalarAt gives the text of what stands at the path of a field.
func (d *document) scalarAt(field string) (string, bool) {
	n, found := d.lines[field]
	if !found || n.Kind != yaml.ScalarNode {
		return "", false
	}
	return n.Value, true
}

// pointed says how a number is written that has a comma.
func pointed(text string, k jsonschema.ErrorKind) string {
	wrong, is := k.(*kind.Type)
	if !is || !slices.Contains(wrong.Want, "number") || !strings.Contains(text, ",") {
		return ""
	}
	return ": decimals come after a point, such as 12.5"
}

// without takes what stands at a location out of a tree.
func without(tree any, location []string) any {
	if len(location) == 0 {
		return nil
	}
	switch t := tree.(type) {
	case map[string]any:
		if rest := without(t[location[0]], location[1:]); rest != nil {
			t[location[0]] = rest
		} else {
			delete(t, location[0])
		}
	case []any:
		if i, err := strconv.Atoi(location[0]); err == nil && i < len(t) {
			t[i] = without(t[i], location[1:])
		}
	}
	return tree
}

// path writes a location as policy does: "periods[1].from".
func (d *document) path(location []string) string {
	field := ""
	for _, part := range location {
		if n, err := strconv.Atoi(part); err == nil {
			if _, isItem := d.lines[fmt.Sprintf("%s[%d]", field, n)]; isItem {
				field = fmt.Sprintf("%s[%d]", field, n)
				continue
			}
		}
		field = join(field, part)
	}
	return field
}

func inWords(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("is %s: expected %s", article(k.Got), article(k.Want...))
	case *kind.Enum:
		return fmt.Sprintf("is %q: expected one of %s", fmt.Sprint(k.Got), list(k.Want))
	case *kind.Const:
		return fmt.Sprintf("is %v: expected %v", k.Got, k.Want)
	case *kind.Format:
		if k.Want == registerNumber {
			return fmt.Sprintf("is no register number: %v", k.Err)
		}
		return fmt.Sprintf("is %q: expected a day of the calendar as year-month-day, such as 2021-05-26", fmt.Sprint(k.Got))
	case *kind.Pattern:
		return fmt.Sprintf("is %q: expected small letters, digits and hyphens between them, at most 63", k.Got)
	case *kind.MinLength:
		return "is empty: expected a text"
	case *kind.MaxLength:
		return fmt.Sprintf("is %d characters long: expected at most %d", k.Got, k.Want)
	case *kind.MinItems:
		return "is empty: expected at least one"
	case *kind.MaxItems:
		return fmt.Sprintf("has %d entries: at most %d are kept", k.Got, k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("is %s: expected at least %s", decimal(k.Got), decimal(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("is %s: expected at most %s", decimal(k.Got), decimal(k.Want))
	case *kind.MultipleOf:
		return fmt.Sprintf("is %s: expected at most three decimals", decimal(k.Got))
	default:
		return "does not have the expected shape"
	}
}

// decimal writes a number with the decimals that it has.
func decimal(n *big.Rat) string {
	const decimals = 9 // more say nothing more
	if n.IsInt() {
		return n.FloatString(0)
	}
	return strings.TrimRight(n.FloatString(decimals), "0")
}

var typeNames = map[string]string{
	"string": "a text", "object": "a group of fields", "array": "a list", "integer": "a whole number",
	"number": "a number", "boolean": "true or false", "null": "empty",
}

func article(types ...string) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = typeNames[t]
	}
	return strings.Join(names, " or ")
}

func list(values []any) string {
	const most = 12
	var texts []string
	for i, v := range values {
		if i == most {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, fmt.Sprint(v))
	}
	return strings.Join(texts, ", ")
}

// suggest asks whether the nearest of the known names was meant; it says nothing
// where none is near.
func suggest(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if n := levenshtein.ComputeDistance(name, k); n < distance {
			best, distance = k, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// fieldsAt gives the fields of the object at the URL of a schema, such as
// "…/cycle.schema.json#/$defs/period".
func fieldsAt(url string) []string {
	file, pointer, _ := strings.Cut(url, "#")
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(path.Base(file))))
	if err != nil {
		return nil
	}
	for part := range strings.SplitSeq(strings.Trim(pointer, "/"), "/") {
		if object, ok := tree.(map[string]any); ok && part != "" {
			tree = object[part]
		}
	}
	object, _ := tree.(map[string]any)
	properties, _ := object["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}
