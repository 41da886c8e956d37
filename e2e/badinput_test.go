package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// bad is one thing wrong in an envelope that is otherwise in order: a value put in
// a place, and the code with which it is to be refused.
type bad struct {
	at    string
	value any
	code  policy.Code
}

// wrongTypes gives every place a value of every type that it does not have.
func wrongTypes() []bad {
	var all []bad
	types := map[string]any{"text": "some text", "number": 7.5, "yes": true, "list": []any{1}, "object": map[string]any{"a": 1}}
	for place, right := range map[string]string{
		"format": "number", "id": "text", "workflow_id": "text", "issued_at": "text", "key_id": "text", "signature": "text", "act": "object",
		"act.kind": "text", "act.subject": "text", "act.date": "text", "act.by": "object", "act.by.name": "text", "act.by.body": "text", "act.by.person": "number",
		"act.for": "object", "act.document": "text", "act.comment": "text", "act.rectifies": "text", "act.version": "number", "act.digest": "text",
		"act.body": "text", "act.outcome": "text", "act.procedure": "text", "act.meeting": "text", "act.items": "list", "act.skip_reason": "text",
		"act.content": "text", "act.irregular": "text", "act.confirms": "text", "act.opening": "object", "act.amendment": "object", "act.marking": "text",
		"act.holder": "text", "act.deadline": "text", "act.delegation": "text", "act.stance": "text", "act.substantive": "yes",
	} {
		for kind, value := range types {
			if kind != right {
				all = append(all, bad{place, value, policy.CodeInvalid})
			}
		}
		if right == "number" {
			all = append(all, bad{place, 7.5, policy.CodeInvalid}, bad{place, 1e300, policy.CodeInvalid})
		}
	}
	return all
}

// wrongValues are values of the right type that mean nothing, or the wrong thing.
func wrongValues() []bad {
	long := strings.Repeat("x", 4001)
	var all []bad
	put := func(code policy.Code, at string, values ...any) {
		for _, v := range values {
			all = append(all, bad{at, v, code})
		}
	}
	put(policy.CodeInvalid, "format", 0, -1, 2, 99, nil)
	put(policy.CodeInvalid, "id", "", nil, long)
	put(policy.CodeInvalid, "workflow_id", "", nil, "cycle/other", "cycle/", "plan/x", "CYCLE/bad-input", "cycle/bad-input/", long)
	put(policy.CodeInvalid, "issued_at", "yesterday", "2021-13-01T00:00:00Z", "2021-05-26")
	put(policy.CodeInvalid, "act", nil)
	put(policy.CodeInvalid, "act.kind", "", nil, "decree", "DECIDE", "open", "amend", "confirm", "set-aside", "launch", "position", long)
	put(policy.CodeInvalid, "act.subject", "", nil, "bad-input", "other/priorities", "bad-input/oap/2022/firearms", "bad-input/nothing", "../priorities",
		"bad-input/priorities/x", "bad-input//priorities", "bad-input/masp", "bad-input/oap/2022", "bad-input/report/2022/firearms", long)
	put(policy.CodeInvalid, "act.date", "", nil, "tomorrow", "2021-02-30", "2021-5-26", "26.5.2021", "2021-05-26T10:00:00Z", "0000-00-00", "21-05-26")
	put(policy.CodeWrongDate, "act.date", "2099-01-01", "2020-12-31", "2021-04-09", "2021-04-30")
	put(policy.CodeInvalid, "act.by", nil, map[string]any{}, map[string]any{"name": "Anna"}, map[string]any{"body": "general-secretariat"})
	put(policy.CodeInvalid, "act.by.name", "", nil, strings.Repeat("n", 201))
	put(policy.CodeInvalid, "act.by.body", "", nil, "nobody", "xx", "cosi council", long)
	put(policy.CodeNotCompetent, "act.by.body", "presidency", "commission", "council", "cosi", "europol", "fr", "ch", "interpol", "operator", "court-of-auditors")
	put(policy.CodeNotIdentified, "act.by.person", 4711, -1)
	put(policy.CodeNotIdentified, "act.by.name", "   ")
	put(policy.CodeInvalid, "act.for", map[string]any{}, map[string]any{"name": "Bert", "body": "nobody"}, map[string]any{"name": strings.Repeat("n", 201), "body": "fr"})
	put(policy.CodeNotCompetent, "act.for", map[string]any{"name": "Bert", "body": "general-secretariat"}, map[string]any{"name": "Bert", "body": "fr"})
	put(policy.CodeInvalid, "act.document", "", nil, "8665", "ST", "ST /21", "st8665/21x", "ST 8665/2021/3", "XX 1/21 REV", "RH 1/21 INIT", long)
	put(policy.CodeInvalid, "act.comment", long)
	put(policy.CodeInvalid, "act.meeting", long)
	put(policy.CodeInvalid, "act.skip_reason", long)
	put(policy.CodeUnknown, "act.rectifies", "nothing", "bad-input")
	put(policy.CodeInvalid, "act.rectifies", long)
	put(policy.CodeInvalid, "act.version", 0, -1, nil)
	put(policy.CodeWrongVersion, "act.version", 2, 99, 2147483647)
	put(policy.CodeWrongVersion, "act.digest", "", nil, "sha256:", "sha256:00", "md5:00", long)
	put(policy.CodeInvalid, "act.body", "", nil, "nobody", "xx", long)
	put(policy.CodeNotCompetent, "act.body", "cosi", "coreper", "cosi-support-group", "presidency", "commission", "europol", "fr", "general-secretariat")
	put(policy.CodeInvalid, "act.outcome", "", nil, "agreed", "yes", "delivered", "discontinued", "lapsed", "took-note", long)
	put(policy.CodeInvalid, "act.procedure", "", nil, "vote", "silence", long)
	put(policy.CodeInvalid, "act.items", []any{map[string]any{"item": "nothing", "outcome": "adopted"}}, []any{map[string]any{"item": "firearms", "outcome": "postponed"}},
		[]any{map[string]any{"item": "firearms", "outcome": "adopted"}, map[string]any{"item": "firearms", "outcome": "adopted"}}, []any{map[string]any{}}, []any{nil})
	put(policy.CodeInvalid, "act.content", "sha256:00", long)
	put(policy.CodeInvalid, "act.irregular", " ", "nothing stands against it", long)
	put(policy.CodeInvalid, "act.confirms", "bad-input", long)
	put(policy.CodeInvalid, "act.marking", "LIMITE", "TOP SECRET", "secret", long)
	put(policy.CodeInvalid, "act.holder", "the registry", long)
	put(policy.CodeInvalid, "act.deadline", "2021-06-01", "soon")
	put(policy.CodeInvalid, "act.delegation", "fr", "nobody")
	put(policy.CodeInvalid, "act.stance", "agrees", "likes")
	put(policy.CodeInvalid, "act.substantive", true)
	return all
}

// rawTexts are messages that are no envelope at all.
var rawTexts = []string{
	"", " ", "null", "true", "7", `"hello"`, "[]", "{}", "{", "}", `{"format":}`, `{"format":1,}`, `{'format':1}`, "\x00", "\xff\xfe", `{"format":1}{"format":1}`,
	`{"act":{"comment":"a\u0000b"}}`, `{"id":"\u0000"}`, strings.Repeat("[", 5000), strings.Repeat(`{"act":`, 3000), `{"format":1e999}`, `{"id":"` + strings.Repeat("x", 70_000) + `"}`,
}

func TestThreeHundredBadInputsAreRefusedWithTheirCodeAndChangeNothing(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "bad-input"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	handed := h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	good, err := evidence.Enclose("x", "cycle/"+cycle, policy.Act{
		Kind: policy.ActDecide, Subject: at(cycle, "priorities"), Date: date("2021-05-26"), By: anna, Body: policy.Council, Outcome: policy.Adopted,
		Procedure: policy.Meeting, Document: "ST 8665/21 INIT", Version: 1, Digest: handed.Digest,
	}, date("2021-05-26").Time(policy.Brussels))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	c := temporal(t)
	inputs := append(wrongTypes(), wrongValues()...)
	for i, b := range inputs {
		var tree map[string]any
		if err := json.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		tree["id"] = fmt.Sprintf("bad-%d", i)
		place(tree, strings.Split(b.at, "."), b.value)
		changed, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		if code := sendRaw(t, c, "cycle/"+cycle, changed); code != b.code {
			t.Errorf("%s = %.60v: refused as %q, want %q", b.at, b.value, code, b.code)
		}
	}
	for _, raw := range rawTexts {
		if code := sendRaw(t, c, "cycle/"+cycle, []byte(raw)); code != policy.CodeInvalid {
			t.Errorf("%.60q: refused as %q", raw, code)
		}
	}
	if n := len(inputs) + len(rawTexts); n < 300 {
		t.Errorf("%d bad inputs: three hundred are wanted", n)
	} else {
		t.Logf("%d bad inputs", n)
	}
	found, err := h.FindSubject(t.Context(), at(cycle, "priorities"))
	if err != nil || len(found.Decisions) > 0 || found.State != policy.StateDeciding || found.Version != 1 {
		t.Errorf("after all that it stands at %+v, %v", found, err)
	}
	refused := 0
	trail, err := h.Trail(t.Context(), cycle, service.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range trail {
		if !line.Accepted {
			refused++
		}
	}
	if refused < 250 { // the same attempt stands there once
		t.Errorf("%d attempts stand in the trail", refused)
	}
	if code := sendRaw(t, c, "cycle/"+cycle, text); code != "" {
		t.Errorf("the good one was refused: %s", code)
	}
}

// place puts a value in a place of a tree.
func place(tree map[string]any, path []string, value any) {
	for _, part := range path[:len(path)-1] {
		next, is := tree[part].(map[string]any)
		if !is {
			next = map[string]any{}
			tree[part] = next
		}
		tree = next
	}
	tree[path[len(path)-1]] = value
}

// sendRaw sends bytes as an act by update, and gives the code of the refusal.
func sendRaw(t *testing.T, c client.Client, workflow string, data []byte) policy.Code {
	t.Helper()
	raw := converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data})
	return refusalCode(t, updates(t, c, workflow, raw, nil))
}
