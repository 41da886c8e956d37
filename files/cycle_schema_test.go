package files

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	generator "github.com/invopop/jsonschema"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/tools/comments"
)

var update = flag.Bool("update", false, "write the schema of cycle files anew")

// The schema of cycle files is written from the types of package policy and the
// comments on them; bounds stand in their jsonschema tags.
func TestCycleSchema_IsUpToDate(t *testing.T) {
	t.Parallel()
	const name = "schema/" + CycleSchema
	text, err := json.MarshalIndent(cycleSchema(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if written, err := os.ReadFile(name); err != nil || !bytes.Equal(written, text) {
		t.Errorf("%s is out of date: run make generate (%v)", name, err)
	}
}

func cycleSchema(t *testing.T) *generator.Schema {
	t.Helper()
	said, err := comments.In(".", "../policy")
	if err != nil {
		t.Fatal(err)
	}
	reflector := generator.Reflector{
		Anonymous: true, ExpandedStruct: true, Namer: defined, Mapper: cyclePart,
		LookupComment: func(t reflect.Type, field string) string {
			if field != "" {
				return said[t.String()+"."+field]
			}
			return said[t.String()]
		},
	}
	s := reflector.Reflect(CycleFile{})
	s.ID, s.Title, s.Description = generator.ID(schemaBase+CycleSchema), "Cycle file", "A whole policy cycle as data."
	s.Properties.Set("format", &generator.Schema{Description: said["policy.Definition.Format"], Const: policy.DefinitionFormat})
	kinds := generator.NewProperties()
	for _, kind := range policy.ChainKinds() {
		kinds.Set(string(kind), &generator.Schema{Ref: "#/$defs/chain"})
	}
	outcomes := generator.NewProperties()
	for _, outcome := range policy.Outcomes {
		outcomes.Set(string(outcome), &generator.Schema{Ref: "#/$defs/words"})
	}
	wording := s.Definitions["wording"]
	wording.AdditionalProperties, wording.Properties, wording.MinProperties = generator.FalseSchema, outcomes, new(uint64(1))
	chains, _ := s.Properties.Get("chains")
	chains.AdditionalProperties, chains.Properties = generator.FalseSchema, kinds
	// Where fewer words are taken than the type has.
	for part, words := range map[[2]string][]string{
		{"assessment", "kind"}:      {string(policy.OCTA), string(policy.SOCTA)}, // no cycle rests on an interim one
		{"usage", "kinds"}:          policy.Texts(policy.Kinds()),
		{"oap", "driver"}:           nil,
		{"population", "state"}:     nil,
		{"item-outcome", "outcome"}: policy.Texts(slices.DeleteFunc(slices.Clone(policy.Outcomes), func(o policy.Outcome) bool { return !o.Adopts() && o != policy.NotAgreed })),
	} {
		field, _ := s.Definitions[part[0]].Properties.Get(part[1])
		if field.Type == "array" {
			field = field.Items
		}
		if field.Ref, field.Enum = "", anys(words); words == nil {
			field.Ref = "#/$defs/member-state"
		}
	}
	own, _ := s.Definitions["known-body"].Properties.Get("body")
	own.Ref = "#/$defs/key"
	also, _ := s.Definitions["readers"].Properties.Get("also")
	also.Items.Ref = "#/$defs/participant"
	maps.Copy(s.Definitions, map[string]*generator.Schema{
		"key":          {Type: "string", Pattern: keyPattern, Description: "A short name: small letters, digits and hyphens between them, at most 63."},
		"date":         {Type: "string", Format: "date", Description: "A day, as year-month-day."},
		"body":         code("A body of the cycle, or a Member State by its code.", bodies(false)),
		"participant":  code("A body of the cycle, a Member State or third country by its code, or another who takes part.", bodies(true)),
		"member-state": code("A Member State by its code.", policy.MemberStates),
		"words": {
			Type: "object", Description: "The same in several languages, by their codes.", MinProperties: new(uint64(1)),
			PropertyNames:        &generator.Schema{Enum: anys(policy.Texts(policy.Languages))},
			AdditionalProperties: &generator.Schema{Type: "string", MinLength: new(uint64(1)), MaxLength: new(uint64(policy.MaxText))},
		},
		"document": {
			Type: "string", Format: registerNumber,
			Description: "A register number, such as ST 8665/21, ST 9927/16 REV 1, COM(2011) 790 or EDOC#1234567v3.",
		},
	})
	bounded(s)
	for _, part := range s.Definitions {
		bounded(part)
	}
	return s
}

// code gives the schema of the code of a body: which there are the cycle says, those that ship are
// proposed.
func code(said string, ships []policy.Body) *generator.Schema {
	return &generator.Schema{Type: "string", Pattern: keyPattern, Examples: anys(policy.Texts(ships)), Description: said}
}

const keyPattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"

// defined names a type among the definitions of the schema.
func defined(t reflect.Type) string { return generator.ToSnakeCase(t.Name()) }

// cyclePart gives the schema of a type that has a text of its own, or nil.
func cyclePart(t reflect.Type) *generator.Schema {
	words := map[reflect.Type][]string{
		reflect.TypeFor[policy.Outcome]():      policy.Texts(policy.Outcomes),
		reflect.TypeFor[policy.Procedure]():    {string(policy.Meeting), string(policy.WrittenProcedure)},
		reflect.TypeFor[policy.PriorityKind](): policy.Texts(policy.PriorityKinds),
	}
	switch t {
	case reflect.TypeFor[policy.Date]():
		return &generator.Schema{Ref: "#/$defs/date"}
	case reflect.TypeFor[policy.Body]():
		return &generator.Schema{Ref: "#/$defs/body"}
	case reflect.TypeFor[policy.DocumentRef]():
		return &generator.Schema{Ref: "#/$defs/document"}
	}
	if enum := words[t]; enum != nil {
		return &generator.Schema{Type: "string", Enum: anys(enum)}
	}
	return schemaOf(t)
}

// bodies lists those that may stand in a file, the ones that meet first.
func bodies(outside bool) []policy.Body {
	all := slices.Concat(policy.Collectives(), slices.DeleteFunc(policy.Bodies(), func(b policy.Body) bool {
		return b.Collective() || b.Outside() || b == policy.CourtOfAuditors || b == policy.Operator
	}))
	if outside {
		all = slices.Concat(all, []policy.Body{policy.Interpol, policy.PrivatePartners}, policy.ThirdCountries)
	}
	return all
}

// keys are the fields that hold the key of something, or several.
var keys = []string{"key", "predecessor", "sub_priority", "from", "priority", "item"}

// bounded gives the texts and lists of a group of fields the bounds that all have.
func bounded(s *generator.Schema) {
	for field := s.Properties.Oldest(); field != nil; field = field.Next() {
		value := field.Value
		if value.Type == "array" {
			if value.MaxItems == nil {
				value.MaxItems = new(uint64(policy.MaxList))
			}
			value = value.Items
		}
		switch {
		case value.Enum != nil:
			value.Type = "" // a number is told once, as no word of the list
		case value.Type != "string" || value.Format != "":
		case slices.Contains(keys, field.Key):
			value.Type, value.Ref = "", "#/$defs/key"
		default:
			value.MinLength = new(uint64(1))
			if value.MaxLength == nil {
				value.MaxLength = new(uint64(policy.MaxText))
			}
		}
	}
}

func anys(words []string) []any {
	var all []any
	for _, w := range words {
		all = append(all, w)
	}
	return all
}
