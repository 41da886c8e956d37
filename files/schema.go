package files

import (
	"bytes"
	"embed"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"sync"

	generator "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/policycycle/policycycle/policy"
)

//go:embed schema/*.json
var schemas embed.FS

// The JSON Schemas of cycle files and amendment files. Those of contents are
// given by ContentSchema.
const (
	CycleSchema     = "cycle.schema.json"
	AmendmentSchema = "amendment.schema.json"
)

// registerNumber is the format of a register number: how one looks policy alone knows.
const registerNumber = "register-number"

const schemaBase = "https://policycycle.example/schema/"

// Schema gives a published JSON Schema by its name, or nil for an unknown one.
func Schema(name string) []byte { return bytes.Clone(published()[name]) }

// ContentSchema gives the JSON Schema of the content of a kind, or nil where
// none is kept here. Like the one of amendments it refers to CycleSchema.
func ContentSchema(kind policy.Kind) []byte { return Schema(contentSchema(kind)) }

func contentSchema(kind policy.Kind) string { return string(kind.Form()) + ".schema.json" }

// published holds all schemas by name. That of cycle files is written from the types of
// package policy and their comments when code is generated; those of contents follow from
// the types alone.
var published = sync.OnceValue(func() map[string][]byte {
	all := map[string][]byte{}
	for _, name := range []string{CycleSchema, AmendmentSchema} {
		text, err := schemas.ReadFile("schema/" + name)
		if err != nil {
			panic(err) // the schemas are part of the binary: a test would have met this
		}
		all[name] = text
	}
	for _, kind := range policy.ContentKinds() {
		text, err := json.MarshalIndent(generate(kind), "", "  ")
		if err != nil {
			panic(err) // it is made of the types alone: a test would have met this
		}
		all[contentSchema(kind)] = append(text, '\n')
	}
	return all
})

// compiled holds all schemas by name, ready for use.
var compiled = sync.OnceValue(func() map[string]*jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: registerNumber, Validate: func(value any) error {
		text, is := value.(string)
		if !is {
			return nil // told already
		}
		_, err := policy.ParseDocumentRef(text)
		return err
	}})
	for name, text := range published() {
		tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = c.AddResource(schemaBase+name, tree)
		}
		if err != nil {
			panic(err) // the schemas are part of the binary: a test would have met this
		}
	}
	all := map[string]*jsonschema.Schema{}
	for name := range published() {
		all[name] = c.MustCompile(schemaBase + name)
	}
	return all
})

// generate makes the schema of the content of a kind.
func generate(kind policy.Kind) *generator.Schema {
	reflector := generator.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: schemaOf}
	s := reflector.Reflect(policy.NewContent(kind))
	s.ID = generator.ID(schemaBase + contentSchema(kind))
	s.Title = "Content of the " + kind.Title()
	numbersAlone(s)
	for _, part := range s.Definitions {
		numbersAlone(part)
	}
	return s
}

// schemaOf gives the schema of a type that has a text of its own, or nil.
func schemaOf(t reflect.Type) *generator.Schema {
	switch t {
	case reflect.TypeFor[policy.Date]():
		return &generator.Schema{Ref: CycleSchema + "#/$defs/date"}
	case reflect.TypeFor[policy.Body]():
		return &generator.Schema{Ref: CycleSchema + "#/$defs/participant"}
	case reflect.TypeFor[policy.DocumentRef]():
		return &generator.Schema{Ref: CycleSchema + "#/$defs/document"}
	}
	if t == reflect.TypeFor[policy.Amount]() {
		most := json.Number(strconv.Itoa(policy.MaxNumber))
		return &generator.Schema{Type: "number", Minimum: "-" + most, Maximum: most, MultipleOf: "0.001"}
	}
	if most := strconv.Itoa(policy.MaxNumber); t.Kind() == reflect.Int64 {
		return &generator.Schema{Type: "integer", Minimum: json.Number("-" + most), Maximum: json.Number(most)}
	}
	if word, is := reflect.TypeAssert[interface{ Words() []string }](reflect.Zero(t)); is {
		s := &generator.Schema{Type: "string"}
		for _, w := range word.Words() {
			s.Enum = append(s.Enum, w)
		}
		if _, open := word.(interface{ Open() }); open { // a cycle may have others
			s.Enum, s.Examples = nil, s.Enum
		}
		return s
	}
	return nil
}

// numbersAlone asks for the numbers of a group of fields and for nothing else:
// what else must be given policy knows, but it cannot tell a number that is
// missing from 0.
func numbersAlone(s *generator.Schema) {
	s.Required = slices.DeleteFunc(s.Required, func(name string) bool {
		field, _ := s.Properties.Get(name)
		return field.Type != "integer" && field.Type != "number"
	})
}
