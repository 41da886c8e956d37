package protocol_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	generator "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/tools/comments"
)

var update = flag.Bool("update", false, "write the schemas anew")

// The schemas are written from the types, the comments on them, and what the readers of
// messages refuse.
func TestSchemas_AreUpToDate(t *testing.T) {
	t.Parallel()
	said, err := comments.In(".", "../policy", "../evidence")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*generator.Schema{protocol.QueryState: ofState(said), protocol.UpdateAct: ofEnvelope(t, said)}
	for _, name := range policy.Messages {
		all[string(name)] = ofShort(t, said, name)
	}
	for name, s := range all {
		name += ".schema.json"
		s.ID = generator.ID("https://policycycle.example/schema/" + name)
		text, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, '\n')
		file := filepath.Join("schema", name)
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if written, err := os.ReadFile(file); err != nil || !bytes.Equal(written, text) {
			t.Errorf("%s is out of date: run make generate (%v)", file, err)
		}
	}
}

// reflected makes the schema of a type, with what is said of it and of its fields. What is
// answered is open, for fields and words may be added; what is sent is read strictly.
func reflected(said map[string]string, value any, open bool) *generator.Schema {
	mapper := words
	if open {
		mapper = texts
	}
	reflector := generator.Reflector{
		Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: open, Mapper: mapper,
		Namer: func(t reflect.Type) string {
			if t == reflect.TypeFor[protocol.State]() {
				return "answer" // a state is that of a subject, too
			}
			return strings.ToLower(t.Name())
		},
		LookupComment: func(t reflect.Type, field string) string {
			if field == "" {
				return said[t.String()]
			}
			return said[t.String()+"."+field]
		},
	}
	return reflector.Reflect(value)
}

// texts gives the schema of what is a text of its own.
func texts(t reflect.Type) *generator.Schema {
	switch t {
	case reflect.TypeFor[policy.Date]():
		return &generator.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[policy.Subject]():
		return &generator.Schema{Type: "string"}
	default:
		return nil
	}
}

// words does so with the words of what is sent, as they are written: who reads them takes
// spaces for hyphens and other cases, too.
func words(t reflect.Type) *generator.Schema {
	of := func(words []string) *generator.Schema {
		s := &generator.Schema{Type: "string"}
		for _, word := range words {
			s.Enum = append(s.Enum, word)
		}
		return s
	}
	switch t {
	case reflect.TypeFor[policy.Outcome]():
		return of(policy.Texts(policy.Outcomes))
	case reflect.TypeFor[policy.Procedure]():
		return of(policy.Texts(policy.Procedures))
	}
	if word, is := reflect.TypeAssert[interface{ Words() []string }](reflect.Zero(t)); is {
		return of(word.Words())
	}
	return texts(t)
}

func ofState(said map[string]string) *generator.Schema {
	s := reflected(said, protocol.State{}, true)
	s.Title = "What a run answers to the query state"
	s.Properties.Set("format", &generator.Schema{Description: said["protocol.State.Format"], Const: protocol.StateAnswer})
	return s
}

// ofEnvelope gives each kind of act its own fields.
func ofEnvelope(t *testing.T, said map[string]string) *generator.Schema {
	t.Helper()
	s := reflected(said, evidence.Envelope{}, false)
	s.Title = "What the update and the signal act carry: an envelope"
	s.Properties.Set("format", &generator.Schema{Description: said["evidence.Envelope.Format"], Const: evidence.EnvelopeFormat})
	check := func(envelope fields) error {
		e, err := evidence.ParseEnvelope(envelope.text(t))
		if err == nil && e.WorkflowID == "" {
			err = policy.Refuse(policy.CodeInvalid, "an envelope that is addressed elsewhere is refused where it arrives")
		}
		if err == nil {
			err = e.Check()
		}
		return err
	}
	whole := s.Definitions["act"]
	delete(s.Definitions, "act")
	act := &generator.Schema{Description: whole.Description}
	for _, kind := range policy.ActKinds {
		envelope := recorded(t, kind)
		checkAct := func(act fields) error {
			changed := maps.Clone(envelope)
			changed["act"] = act
			return check(changed)
		}
		of := narrowed(whole, kind.Fields())
		of.Properties.Set("kind", &generator.Schema{Const: kind})
		of.Description = "An act of the kind " + string(kind) + "."
		of.Required = wanted(t, envelope["act"].(fields), checkAct)
		s.Definitions[string(kind)] = of
		act.OneOf = append(act.OneOf, &generator.Schema{Ref: "#/$defs/" + string(kind)})
		s.Required = wanted(t, envelope, check)
	}
	s.Properties.Set("act", act)
	return s
}

// ofShort gives a short message the fields of its act, some as people type them.
func ofShort(t *testing.T, said map[string]string, name policy.Message) *generator.Schema {
	t.Helper()
	s := narrowed(reflected(said, policy.Act{}, false), name.Fields())
	s.Title = "What the update and the signal " + string(name) + " carry"
	s.Description = "A short message. What it leaves out the records know."
	s.Properties.Set("id", &generator.Schema{Type: "string", Description: "The ID of the act, where one is chosen."})
	s.Properties.Set("seal", &generator.Schema{Ref: "#/$defs/seal"})
	seal := reflected(said, policy.Seal{}, false)
	seal.Version = ""
	s.Definitions["seal"] = seal
	for _, hand := range []string{"by", "for"} {
		of, _ := s.Properties.Get(hand)
		s.Properties.Set(hand, &generator.Schema{Description: of.Description, OneOf: []*generator.Schema{
			{Type: "string", Description: "NAME@BODY, with the number of a person for the name, too.", Pattern: "@"},
			{Ref: "#/$defs/actor"},
		}})
	}
	if outcome, has := s.Properties.Get("outcome"); has {
		s.Properties.Set("outcome", &generator.Schema{Type: "string", Description: outcome.Description + " By its code, or in the words of the body."})
	}
	var sample fields
	if err := json.Unmarshal([]byte(name.Sample()), &sample); err != nil {
		t.Fatal(err)
	}
	s.Required = wanted(t, sample, func(message fields) error { return takesShort(name, message.text(t)) })
	s.Examples = []any{json.RawMessage(name.Sample())}
	return s
}

// takesShort says why a short message is none, where the Council has its turn on the
// priorities and an outcome waits for a second person.
func takesShort(name policy.Message, text []byte) error {
	short, err := policy.ParseShort(name, text)
	if err != nil {
		return err
	}
	d, priorities, today := policytest.Sound(), policytest.On("priorities"), policytest.Date("2021-06-14")
	standing := policy.Standing{
		Subject: priorities, State: policy.StateDeciding, Version: 1, Digest: "sha256:1", Turn: []policy.Body{policy.Council}, Pending: "p-1",
	}
	waiting := policy.Recorded{ID: "p-1", Stated: "sha256:2"}
	act, err := short.Fill(&d, policytest.EntryOf(d, "priorities"), standing, []policy.Recorded{waiting}, today)
	if err != nil {
		return err
	}
	return act.Check()
}

// narrowed gives the schema of an act with some of its fields.
func narrowed(whole *generator.Schema, names []string) *generator.Schema {
	s := *whole
	s.Properties, s.Required = generator.NewProperties(), nil
	for name, of := range whole.Properties.FromOldest() {
		if slices.Contains(names, name) {
			copied := *of
			s.Properties.Set(name, &copied)
		}
	}
	if s.Definitions != nil {
		s.Definitions = maps.Clone(whole.Definitions)
		for name := range whole.Definitions {
			used := slices.ContainsFunc(slices.Collect(s.Properties.ValuesFromOldest()), func(of *generator.Schema) bool {
				return of.Ref == "#/$defs/"+name || of.Items != nil && of.Items.Ref == "#/$defs/"+name
			})
			if !used {
				delete(s.Definitions, name)
			}
		}
	}
	return &s
}

// fields are those of a JSON object.
type fields map[string]any

func (f *fields) UnmarshalJSON(text []byte) error {
	var read map[string]any
	err := json.Unmarshal(text, &read)
	*f = read
	return err
}

func (f fields) text(t *testing.T) []byte {
	t.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// wanted lists the fields without which something is refused: those that stay when all are
// left out that can be.
func wanted(t *testing.T, sample fields, check func(fields) error) []string {
	t.Helper()
	if err := check(sample); err != nil {
		t.Fatalf("%s: %v", sample.text(t), err)
	}
	left := maps.Clone(sample)
	for again := true; again; {
		again = false
		for _, name := range slices.Sorted(maps.Keys(left)) {
			without := maps.Clone(left)
			delete(without, name)
			if check(without) == nil {
				left, again = without, true
			}
		}
	}
	return slices.Sorted(maps.Keys(left))
}

// recorded gives the envelope of an act as a release wrote it.
func recorded(t *testing.T, kind policy.ActKind) fields {
	t.Helper()
	text, err := os.ReadFile("../evidence/testdata/recorded/0.1.0-dev/acts/" + string(kind) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var envelope fields
	if err := json.Unmarshal(text, &envelope); err != nil {
		t.Fatal(err)
	}
	envelope["act"] = fields(envelope["act"].(map[string]any))
	return envelope
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema", tree(t, text)); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("schema")
}

func tree(t *testing.T, text []byte) any {
	t.Helper()
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestMessageSchema_TakesEachActThatIsRecorded(t *testing.T) {
	t.Parallel()
	schema := compiled(t, protocol.MessageSchema(protocol.UpdateAct))
	for _, kind := range policy.ActKinds {
		envelope := recorded(t, kind)
		if err := schema.Validate(tree(t, envelope.text(t))); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		envelope["act"].(fields)["age"] = 40
		if schema.Validate(tree(t, envelope.text(t))) == nil {
			t.Errorf("%s with a field that no act has passes", kind)
		}
	}
	if protocol.MessageSchema(protocol.SignalWake) != nil {
		t.Error("wake carries something")
	}
}

// What the schema of a short message refuses, the run refuses, and what passes it takes.
func TestMessageSchema_AgreesWithWhoReadsTheMessage(t *testing.T) {
	t.Parallel()
	for _, name := range policy.Messages {
		schema := compiled(t, protocol.MessageSchema(string(name)))
		for _, text := range []string{
			name.Sample(), `{}`, `[]`, `{"by":"anna"}`, `{"by":7}`, `{"by":"anna@general-secretariat"}`,
			`{"by":{"name":"anna","body":"general-secretariat"},"document":"ST 1/21"}`,
			`{"by":{"name":"anna","body":"general-secretariat","age":40},"document":"ST 1/21"}`,
			`{"by":"anna@general-secretariat","for":"bert@general-secretariat","document":"ST 1/21"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","body":"council"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","outcome":"took note"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","date":"13 June"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","kind":"decide"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","version":"one"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","procedure":"oracle"}`,
			`{"by":"anna@general-secretariat","confirms":"p-1","digest":"sha256:1"}`,
			`{"by":"anna@general-secretariat","document":"ST 1/21","marking":"LIMITE"}`,
			`{"by":"anna@general-secretariat","id":"an-id","seal":{"key_id":"k","issued_at":"2021-05-26T10:00:00Z","signature":"s"}}`,
		} {
			schemaSays, readerSays := schema.Validate(tree(t, []byte(text))), takesShort(name, []byte(text))
			if (schemaSays == nil) != (readerSays == nil) {
				t.Errorf("%s %s: the schema says %v, the reader %v", name, text, schemaSays, readerSays)
			}
		}
	}
}
