package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// scenario is one file of examples/findings: what is planted in the sound cycle
// there, and what is to be found.
type scenario struct {
	Rule, Title string
	Change      []struct {
		In string // "definition", or the path of a document
		At string // such as actions[1.3].kind
		To any    // nil takes it away
	}
	Add []struct {
		Register policy.Register
		Key      string
		Date     string
		Body     map[string]any
	}
	Without  []string // rows, as REGISTER/KEY
	LeaveOut []string `yaml:"leave_out"` // acts on a path, or those of one body on it
	Finds    struct{ Record, Says string }
	// Blocks is the path of the subject that is kept off the agenda; the cycle
	// is then taken over as it was before that subject was settled.
	Blocks string
}

func readScenario(t *testing.T, name string) scenario {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var s scenario
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// sound reads the cycle in which nothing is wrong, under a key of its own.
func sound(t *testing.T, key string) *service.Whole {
	t.Helper()
	return soundIn(t, filepath.Join("..", "examples", "findings", "sound"), key)
}

// soundIn reads such a cycle from a folder.
func soundIn(tb testing.TB, folder, key string) *service.Whole {
	tb.Helper()
	f, err := files.ReadFolder(folder)
	if err != nil {
		tb.Fatal(err)
	}
	in := &service.Whole{Definition: f.Definition, Script: f.Script, Documents: f.Documents, Rows: f.Rows}
	in.Definition.Key = key
	for _, act := range f.Acts {
		act.Subject.Cycle = key
		if act.Confirms != "" {
			act.Confirms = key + "-" + act.Confirms
		}
		in.Acts = append(in.Acts, policy.Recorded{Act: act.Act, ID: key + "-" + act.ID})
	}
	return in
}

// plant changes a sound cycle as the scenario says.
func (s *scenario) plant(t *testing.T, in *service.Whole) {
	t.Helper()
	for _, c := range s.Change {
		if c.In == "definition" {
			changed(t, &in.Definition, c.At, c.To)
			continue
		}
		content := in.Documents[strings.TrimPrefix(c.In, "documents/")]
		if content == nil {
			t.Fatalf("there is no %s", c.In)
		}
		changed(t, content, c.At, c.To)
	}
	for _, a := range s.Add {
		text, err := json.Marshal(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := policy.AdmitRow(a.Register, text)
		if err != nil {
			t.Fatal(err)
		}
		bodies, _ := a.Register.Enterers()
		in.Rows = append(in.Rows, policy.Row{
			Register: a.Register, Key: a.Key, Date: date(a.Date), Body: body, By: policy.Actor{Name: "Eva", Body: bodies[0]},
		})
	}
	for _, gone := range s.Without {
		before := len(in.Rows)
		in.Rows = slices.DeleteFunc(in.Rows, func(r policy.Row) bool { return string(r.Register)+"/"+r.Key == gone })
		if len(in.Rows) == before {
			t.Fatalf("there is no row %s", gone)
		}
	}
	for _, gone := range s.LeaveOut {
		path, body, _ := strings.Cut(gone, " ")
		before := len(in.Acts)
		left := map[string]bool{}
		in.Acts = slices.DeleteFunc(in.Acts, func(a policy.Recorded) bool {
			left[a.ID] = left[a.Confirms] || a.Subject.Path() == path && (body == "" || string(a.Body) == body)
			return left[a.ID]
		})
		if len(in.Acts) == before {
			t.Fatalf("there is no act %s", gone)
		}
	}
}

// changed puts a value in a place of something, by way of its JSON.
func changed(t *testing.T, thing any, place string, to any) {
	t.Helper()
	text, err := json.Marshal(thing)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	if !put(tree, strings.FieldsFunc(place, func(r rune) bool { return r == '.' || r == '[' || r == ']' }), place, to) {
		t.Fatalf("there is no place %s", place)
	}
	if text, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	switch thing := thing.(type) {
	case *policy.Definition:
		*thing = policy.Definition{}
		err = json.Unmarshal(text, thing)
	case *policy.OperationalPlan:
		*thing = policy.OperationalPlan{}
		err = json.Unmarshal(text, thing)
	case *policy.AdvisoryDocument:
		*thing = policy.AdvisoryDocument{}
		err = json.Unmarshal(text, thing)
	case *policy.Delivery:
		*thing = policy.Delivery{}
		err = json.Unmarshal(text, thing)
	default:
		t.Fatalf("nothing is planted in a %T", thing)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// put walks to a place and changes what is there; a code such as 1.3 comes in
// two parts.
func put(tree any, parts []string, place string, to any) bool {
	switch node := tree.(type) {
	case map[string]any:
		if len(parts) == 1 {
			if to == nil {
				delete(node, parts[0])
			} else {
				node[parts[0]] = to
			}
			return true
		}
		return put(node[parts[0]], parts[1:], place, to)
	case []any:
		for _, part := range node {
			object, _ := part.(map[string]any)
			for n := 1; n <= 2 && n < len(parts); n++ {
				if code := strings.Join(parts[:n], "."); object["key"] == code || object["code"] == code {
					return put(part, parts[n:], place, to)
				}
			}
		}
		at, err := strconv.Atoi(parts[0])
		return err == nil && at < len(node) && put(node[at], parts[1:], place, to)
	}
	return false
}

// before cuts the acts off where a subject is settled, and gives the decision
// that settled it.
func before(t *testing.T, in *service.Whole, path string) policy.Act {
	t.Helper()
	for i, a := range slices.Backward(in.Acts) {
		if a.Subject.Path() == path && a.Kind == policy.ActDecide {
			in.Acts = in.Acts[:i]
			return a.Act
		}
	}
	t.Fatalf("nothing settles %s", path)
	return policy.Act{}
}

func TestEveryPlantedScenarioIsFoundAndStopsTheTablingButNotTheRecord(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("..", "examples", "findings", "s*.yaml"))
	if err != nil || len(names) != len(rules.Rules()) {
		t.Fatalf("%d scenarios for %d rules: %v", len(names), len(rules.Rules()), err)
	}
	h := enter(t, 0)
	h.works()
	for i, name := range names {
		s := readScenario(t, name)
		t.Run(s.Rule+" "+s.Title, func(t *testing.T) {
			t.Parallel()
			if want := rules.Rules()[i].ID; s.Rule != want {
				t.Errorf("%s is about %s", name, s.Rule)
			}
			h := &house{Service: h.Service, tb: t, store: h.store, engine: h.engine}
			in := sound(t, "planted-"+strings.ToLower(s.Rule))
			s.plant(t, in)
			if s.Blocks != "" {
				h.blocks(t, s, in)
				return
			}
			h.takesOver(in)
			h.findsOnly(s, in.Definition.Key)
		})
	}
}

func TestTheCycleInOrderHasNoFindings(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	in := sound(t, "in-order")
	h.takesOver(in)
	if found, err := h.Findings(t.Context(), "in-order", service.FindingFilter{}); err != nil || len(found) > 0 {
		t.Errorf("found %+v, %v", found, err)
	}
	h.closes("in-order")
}

func (h *house) takesOver(in *service.Whole) {
	h.tb.Helper()
	if _, err := as(h.tb, h, anna).Import(h.tb.Context(), *in); err != nil {
		h.tb.Fatal(err)
	}
}

// findsOnly makes sure that the rule of the scenario finds what is planted, and
// that no other finds anything.
func (h *house) findsOnly(s scenario, cycle string) {
	h.tb.Helper()
	found, err := h.Findings(h.tb.Context(), cycle, service.FindingFilter{})
	if err != nil {
		h.tb.Fatal(err)
	}
	met := false
	for _, f := range found {
		met = met || f.Record == s.Finds.Record && strings.Contains(f.Message, s.Finds.Says)
		if f.Rule != s.Rule {
			h.tb.Errorf("%s finds something, too: %s", f.Rule, f.Message)
		}
	}
	if !met {
		h.tb.Errorf("%s does not find %q on %s: %+v", s.Rule, s.Finds.Says, s.Finds.Record, found)
	}
}

// blocks makes sure that a subject cannot be tabled, nor settled, but that what
// happened all the same is recorded as irregular.
func (h *house) blocks(t *testing.T, s scenario, in *service.Whole) {
	t.Helper()
	decision := before(t, in, s.Blocks)
	h.takesOver(in)
	cycle := in.Definition.Key
	meeting := slices.IndexFunc(in.Definition.Meetings, func(m policy.PlannedMeeting) bool { return m.Body == decision.Body })
	tabled := row(policy.RegAgenda, in.Definition.Meetings[meeting].Key+"/"+s.Blocks, decision.Date.String(), &policy.AgendaItem{Title: s.Blocks})
	refused(t, h.enters(policy.Presidency, cycle, tabled), policy.CodeBlocked, s.Finds.Says)

	decision.Digest = ""
	var err error
	eventually(t, "the subject is open", func() bool {
		_, err = h.Decide(t.Context(), service.Decide{Act: decision})
		return policy.CodeOf(err) != policy.CodeNotOpen
	})
	if code := policy.CodeOf(err); code != policy.CodeBlocked && code != policy.CodeNotReady {
		t.Errorf("the decision: %v", err)
	}
	decision.Irregular = "It was decided all the same."
	h.soon(func() (*service.Receipt, error) { return h.Decide(t.Context(), service.Decide{Act: decision}) })
	found, err := h.Findings(t.Context(), cycle, service.FindingFilter{Rule: s.Rule})
	if err != nil || !slices.ContainsFunc(found, func(f policy.Finding) bool {
		return f.Record == s.Finds.Record && strings.Contains(f.Message, s.Finds.Says)
	}) {
		t.Errorf("%s finds %+v, %v", s.Rule, found, err)
	}
}
