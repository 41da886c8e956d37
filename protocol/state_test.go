package protocol_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	generator "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/tools/comments"
)

var update = flag.Bool("update", false, "write the schema of the state anew")

// The schema is written from the types and the comments on them.
func TestStateSchema_IsUpToDate(t *testing.T) {
	t.Parallel()
	const name = "state.schema.json"
	said, err := comments.In(".", "../policy")
	if err != nil {
		t.Fatal(err)
	}
	reflector := generator.Reflector{
		Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: true, // fields may be added
		Mapper: texts,
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
	s := reflector.Reflect(protocol.State{})
	s.ID, s.Title = "https://policycycle.example/schema/"+name, "What a run answers to the query state"
	s.Properties.Set("format", &generator.Schema{Description: said["protocol.State.Format"], Const: protocol.StateAnswer})
	text, err := json.MarshalIndent(s, "", "  ")
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

// answered is a state in which every field says something.
func answered() protocol.State {
	priorities := policytest.On("priorities")
	outlook := policy.OutlookOf([]policy.Standing{{
		Subject: priorities, State: policy.StateDeciding, Version: 1, Digest: "sha256:1", Turn: []policy.Body{policy.Council},
		Since: policytest.Date("2021-05-13"), Due: policytest.Date("2021-06-13"), Pending: "p-1",
		Silence: &policy.Silence{Deadline: policytest.Date("2021-06-01")},
	}}, policytest.Date("2021-05-14"))
	outlook.Title, outlook.Rehearsal, outlook.Open[0].Title = "The cycle", true, "Priorities"
	outlook = outlook.ShownUpTo(policy.Limite)
	run := policy.Run{Kind: policy.RunCycle, Cycle: policytest.Key}
	return protocol.StateOf(protocol.NewRunState(run), policy.Orders{
		Epoch: "e", Sequence: 3, Definition: 1, Stage: policy.StagePriorities, Since: policytest.Date("2021-05-01"), Outlook: &outlook,
	})
}

func TestStateSchema_TakesWhatARunAnswers(t *testing.T) {
	t.Parallel()
	tree := func(text []byte, err error) any {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		read, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return read
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("state", tree(protocol.StateSchema(), nil)); err != nil {
		t.Fatal(err)
	}
	schema := compiler.MustCompile("state")
	holds := func(s protocol.State) error { return schema.Validate(tree(json.Marshal(s))) }
	if err := holds(answered()); err != nil {
		t.Error(err)
	}
	if err := holds(protocol.StateOf(protocol.NewRunState(policy.Run{Kind: policy.RunCycle, Cycle: policytest.Key}), policy.Orders{})); err != nil {
		t.Errorf("before the first look: %v", err)
	}
	former := answered()
	former.Format = 1
	if holds(former) == nil {
		t.Error("an answer of another format passes")
	}
}

func TestState_IsReadAsItWasAnswered(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(answered())
	if err != nil {
		t.Fatal(err)
	}
	var read protocol.State
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%v\n got %s\nwant %s", err, again, text)
	}
	if read.Orders.Outlook != nil || len(read.Open) != 1 {
		t.Errorf("what is open is told %d times, and in the orders %v", len(read.Open), read.Orders.Outlook)
	}
}
