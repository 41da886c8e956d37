package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

// rubbish is put into every place of an act, a different one each time.
var rubbish = []any{
	nil, true, -1, 7.5, 1 << 53, "", " ", "nonexistent", "sha256:" + strings.Repeat("0", 64), strings.Repeat("x", 5000), "a\x00b", "\x1b]0;x\x07", "\u202e",
	"9999-12-31", "0001-01-01", "10000-01-01", []any{}, []any{nil}, []any{"nonexistent"}, []any{map[string]any{"item": "nonexistent", "outcome": "adopted"}},
	map[string]any{}, map[string]any{"title": "x", "due": "9999-12-31"}, map[string]any{"name": "\u202e", "body": "fr"}, map[string]any{"base_version": 1, "decision": "nonexistent"},
}

// placesOf gives every place in the JSON of a type, so that a field that is added later
// is met too.
func placesOf(t reflect.Type, under string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var all []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		inner := field.Type
		for inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		whole := inner.Kind() == reflect.Struct && reflect.PointerTo(inner).Implements(reflect.TypeFor[json.Unmarshaler]()) ||
			reflect.PointerTo(inner).Implements(reflect.TypeFor[interface{ UnmarshalText([]byte) error }]())
		switch {
		case name == "-" || !field.IsExported():
			continue
		case field.Anonymous && name == "":
			all = append(all, placesOf(inner, under)...)
			continue
		case inner.Kind() == reflect.Struct && !whole:
			all = append(all, placesOf(inner, under+name+".")...)
		}
		all = append(all, under+name)
	}
	return all
}

// pit is a cycle in which an act of every kind may be done, and everything is thrown at it.
type pit struct {
	*house
	t      *testing.T
	client client.Client
	cycle  string
	count  int
	sent   int
	// slowest is how long the next ordinary act took at most.
	slowest time.Duration
}

func digs(t *testing.T, cycle string) *pit {
	t.Helper()
	p := &pit{house: enter(t, 0), t: t, client: temporal(t), cycle: cycle}
	p.works()
	p.starts(past(cycle))
	p.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	p.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	for _, key := range []string{"ukraine", "sahel", "final"} {
		act := p.opening(key)
		if _, err := as(t, p, act.By).OpenItem(t.Context(), service.OpenItem{Subject: act.Subject, Statement: service.Statement{Date: act.Date}, Opening: *act.Opening}); err != nil {
			t.Fatal(err)
		}
	}
	p.submits(policy.Presidency, at(cycle, "item/final"), "2021-05-02")
	p.decides(policy.COSI, at(cycle, "item/final"), policy.AdoptedWithAmendments, "2021-05-20")
	p.submits(policy.Presidency, at(cycle, "item/sahel"), "2021-05-02")
	waiting := service.Decide{ID: cycle + "-waiting", Act: policy.Act{
		Subject: at(cycle, "item/sahel"), Date: date("2021-05-20"), By: anna, Body: policy.COSI, Outcome: policy.Adopted, Document: "EX 1/21 INIT",
	}}
	if _, err := as(t, p.Service, anna).Decide(t.Context(), waiting); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pit) opening(key string) policy.Act {
	return policy.Act{
		Kind: policy.ActOpen, Subject: at(p.cycle, "item/"+key), Date: date("2021-05-01"), By: anna,
		Opening: &policy.Opening{Title: key, Due: date("2021-09-01"), Through: []policy.Body{policy.COSI}},
	}
}

// good gives an act of a kind that is in order.
func (p *pit) good(kind policy.ActKind) policy.Act {
	p.t.Helper()
	found, err := p.store.FindBrief(p.t.Context(), at(p.cycle, "priorities"))
	if err != nil {
		p.t.Fatal(err)
	}
	act := policy.Act{Kind: kind, Subject: at(p.cycle, "priorities"), Date: date("2021-05-26"), By: anna, Digest: found.Digest}
	switch kind {
	case policy.ActSubmit:
		act.Subject, act.By, act.Digest = at(p.cycle, "item/ukraine"), policy.Actor{Name: "Eva", Body: policy.Presidency}, "sha256:u"
	case policy.ActDecide:
		act.Body, act.Outcome, act.Procedure, act.Document, act.Version = policy.Council, policy.Adopted, policy.Meeting, "ST 8665/21 INIT", 1
	case policy.ActConfirm, policy.ActSetAside:
		_, stated, err := p.store.FindStated(p.t.Context(), p.cycle+"-waiting")
		if err != nil {
			p.t.Fatal(err)
		}
		act.Subject, act.By, act.Confirms, act.Digest = at(p.cycle, "item/sahel"), second, p.cycle+"-waiting", stated
	case policy.ActLaunch:
		act.Body, act.Procedure, act.Document, act.Version, act.Deadline = policy.Council, policy.SilenceProcedure, "EX 1/21 INIT", 1, date("2021-06-10")
	case policy.ActPosition:
		act.By, act.Body, act.Delegation, act.Stance, act.Version = policy.Actor{Name: "Luc", Body: "fr"}, policy.Council, "fr", policy.Agrees, 1
	case policy.ActCorrect:
		act.Subject, act.By, act.Document = at(p.cycle, "assessment"), policy.Actor{Name: "Eva", Body: policy.Europol}, "EX 1/21 COR 1"
	case policy.ActFinalise:
		act.Subject, act.Document = at(p.cycle, "item/final"), "EX 1/1/21 REV 1"
	case policy.ActOpen:
		act = p.opening(fmt.Sprint("new-", p.count))
	case policy.ActAmend:
		act.Subject, act.Amendment = at(p.cycle, "definition"), &policy.AmendmentRef{BaseVersion: 1}
	}
	return act
}

// text gives the JSON of an act in its envelope, with something put in a place of it.
func (p *pit) text(act policy.Act, where string, what any) []byte {
	p.t.Helper()
	p.count++
	e, err := evidence.Enclose(fmt.Sprintf("%s-%d", p.cycle, p.count), "cycle/"+p.cycle, act, date("2021-05-26").Time(policy.Brussels))
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil || where == "" {
		return text
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		p.t.Fatal(err)
	}
	place(tree, strings.Split(where, "."), what)
	if text, err = json.Marshal(tree); err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *pit) signals(text []byte) {
	p.t.Helper()
	raw := converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: text})
	if err := p.client.SignalWorkflow(p.t.Context(), "cycle/"+p.cycle, "", protocol.SignalAct, raw); err != nil {
		p.t.Fatal(err)
	}
}

// goesOn makes sure that the next ordinary act is recorded, and that no activity of the
// run fails.
func (p *pit) goesOn(after string) {
	p.t.Helper()
	began := time.Now()
	if code := sendRaw(p.t, p.client, "cycle/"+p.cycle, p.text(p.good(policy.ActPosition), "", nil)); code != "" {
		p.t.Errorf("after %s the next act is refused as %s", after, code)
	}
	p.slowest = max(p.slowest, time.Since(began))
	run, err := p.client.DescribeWorkflowExecution(p.t.Context(), "cycle/"+p.cycle, "")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, pending := range run.GetPendingActivities() {
		if failure := pending.GetLastFailure(); failure.GetApplicationFailureInfo() != nil {
			p.t.Errorf("after %s an activity fails for the %dth time: %s", after, pending.GetAttempt(), failure.GetMessage())
		}
	}
}

// Whatever stands in whichever place of an act, by whichever way it comes: the next act
// on that run is recorded.
func TestTheNextActIsRecordedWhateverCameBefore(t *testing.T) {
	t.Parallel()
	p := digs(t, "rubbish")
	for i, where := range placesOf(reflect.TypeFor[evidence.Envelope](), "") {
		for j, kind := range policy.ActKinds {
			sendRaw(t, p.client, "cycle/"+p.cycle, p.text(p.good(kind), where, rubbish[(i+5*j)%len(rubbish)]))
			p.sent++
			if (i+j)%3 == 0 {
				p.signals(p.text(p.good(kind), where, rubbish[(i+5*j+11)%len(rubbish)]))
				p.sent++
			}
		}
		p.goesOn("rubbish in " + where)
	}
	for _, twice := range []string{`"outcome":"adopted"`, `"unknown":1`, `"ID":"x"`} {
		text := bytes.Replace(p.text(p.good(policy.ActDecide), "", nil), []byte(`{"`), []byte(`{`+twice+`,"`), 2)
		if code := sendRaw(t, p.client, "cycle/"+p.cycle, text); code != policy.CodeInvalid {
			t.Errorf("%s beside the rest: refused as %q", twice, code)
		}
	}
	for _, where := range []string{"workflow_id", "act.kind", "act.date"} { // what quotes it may be twelve times as long
		text := bytes.ReplaceAll(p.text(p.good(policy.ActPosition), where, strings.Repeat("<", 60_000)), []byte(`\u003c`), []byte("<"))
		if code := sendRaw(t, p.client, "cycle/"+p.cycle, text); code != policy.CodeInvalid {
			t.Errorf("60 kB in %s: refused as %q", where, code)
		}
		for range 6 {
			p.signals(text)
			p.sent++
		}
		p.goesOn("60 kB in " + where)
	}
	p.overHTTP()
	p.goesOn("everything")
	eventually(t, "every signal is dealt with", func() bool {
		run, err := p.client.DescribeWorkflowExecution(t.Context(), "cycle/"+p.cycle, "")
		return err == nil && len(run.GetPendingActivities()) == 0
	})
	d, err := as(t, p, auditor).Dossier(t.Context(), p.cycle)
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Verify(&evidence.Keyring{}); !r.OK() {
		t.Errorf("the record: %+v", r.Faults)
	}
	t.Logf("%d messages by update, signal and HTTP; the next act took %s at most", p.sent, p.slowest)
}

// overHTTP throws the same at the API, field by field of what each operation takes.
func (p *pit) overHTTP() {
	p.t.Helper()
	handler := (&fortress{house: p.house}).programs()
	subject := p.cycle + "/item/ukraine"
	for _, op := range []struct {
		path, as string
		takes    reflect.Type
		body     map[string]any
	}{
		{"versions", "Eva@presidency", reflect.TypeFor[service.Submit](), map[string]any{"subject": subject, "date": "2021-05-26"}},
		{"decisions", "Anna@general-secretariat", reflect.TypeFor[service.Decide](), map[string]any{
			"subject": p.cycle + "/priorities", "body": "council", "outcome": "adopted", "document": "EX 1/21", "date": "2021-05-26"}},
		{"confirmations", "Second@general-secretariat", reflect.TypeFor[service.Second](), map[string]any{"record": p.cycle + "-waiting"}},
		{"withdrawals", "Second@general-secretariat", reflect.TypeFor[service.Second](), map[string]any{"record": p.cycle + "-waiting"}},
		{"silence-procedures", "Anna@general-secretariat", reflect.TypeFor[service.Launch](), map[string]any{
			"subject": p.cycle + "/priorities", "body": "council", "deadline": "2021-06-10", "document": "EX 1/21", "date": "2021-05-26"}},
		{"positions", "Luc@fr", reflect.TypeFor[service.Position](), map[string]any{
			"subject": p.cycle + "/priorities", "body": "council", "delegation": "fr", "stance": "agrees", "date": "2021-05-26"}},
		{"corrigenda", "Eva@europol", reflect.TypeFor[service.Correct](), map[string]any{"subject": p.cycle + "/assessment", "document": "EX 1/21 COR 2"}},
		{"items", "Anna@general-secretariat", reflect.TypeFor[service.OpenItem](), map[string]any{
			"subject": p.cycle + "/item/http", "opening": map[string]any{"title": "x", "due": "2031-09-01", "through": []string{"cosi"}}}},
		{"amendments", "Anna@general-secretariat", reflect.TypeFor[service.AmendCycle](), map[string]any{
			"cycle": p.cycle, "amendment": map[string]any{"reason": "x", "meetings": []any{}}}},
		{"rows", "Anna@general-secretariat", reflect.TypeFor[service.Enter](), map[string]any{
			"cycle": p.cycle, "rows": []any{map[string]any{"register": "releases", "key": "assessment", "date": "2021-05-26", "body": map[string]any{}}}}},
	} {
		for i, where := range placesOf(op.takes, "") {
			for j := range 2 {
				what := rubbish[(7*i+5*j)%len(rubbish)]
				text, err := json.Marshal(op.body)
				if err != nil {
					p.t.Fatal(err)
				}
				var tree map[string]any
				if err := json.Unmarshal(text, &tree); err != nil {
					p.t.Fatal(err)
				}
				place(tree, strings.Split(where, "."), what)
				if text, err = json.Marshal(tree); err != nil {
					p.t.Fatal(err)
				}
				p.sent++
				request := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "/v1/"+op.path, bytes.NewReader(text))
				request.Header.Set("Content-Type", "application/json")
				request.Header.Set(identity.HeaderAs, op.as)
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, request)
				if answer.Code >= http.StatusInternalServerError {
					p.t.Errorf("%s: %s = %.60v: %d %s", op.path, where, what, answer.Code, answer.Body)
				}
			}
		}
		p.goesOn("rubbish at /v1/" + op.path)
	}
}

// The request by which any driver could stop a run for ever: content that is not there,
// on a kind that the cycle does not keep.
func TestAVersionWhoseContentIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	p := digs(t, "missing-content")
	_, err := as(t, p, policy.Actor{Name: "Eva", Body: policy.Presidency}).Submit(t.Context(), service.Submit{
		Subject: at(p.cycle, "item/ukraine"), Statement: service.Statement{Date: date("2021-05-26")}, Held: "sha256:" + strings.Repeat("0", 64),
	})
	if policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("refused with %v", err)
	}
	p.goesOn("that")
	trail, err := p.Trail(t.Context(), p.cycle, service.TrailFilter{})
	if err != nil || !slices.ContainsFunc(trail, func(l service.TrailEntry) bool { return !l.Accepted && l.Code == policy.CodeUnknown }) {
		t.Errorf("it does not stand in the trail: %v", err)
	}
}

// A silence procedure until further notice is refused; one that an older version took,
// with the last day that there is, stops no run.
func TestASilenceProcedureUntilTheEndOfDaysStopsNoRun(t *testing.T) {
	t.Parallel()
	p := digs(t, "end-of-days")
	_, err := as(t, p, anna).Launch(t.Context(), service.Launch{
		Subject: at(p.cycle, "priorities"), Body: policy.Council, Deadline: date("9999-12-31"), Document: "EX 1/26 INIT", Statement: service.Statement{Date: date("2021-05-26")},
	})
	if policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("until 9999: %v", err)
	}
	receipt, err := as(t, p, anna).Launch(t.Context(), service.Launch{
		Subject: at(p.cycle, "priorities"), Body: policy.Council, Deadline: date("2099-12-31"), Document: "EX 1/26 INIT", Statement: service.Statement{Date: date("2021-05-26")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := as(t, p, second).Confirm(t.Context(), service.Second{Record: receipt.ID}); err != nil {
		t.Fatal(err)
	}
	p.goesOn("a silence procedure until 2099")
	for _, sql := range []string{
		`SET session_replication_role = replica; UPDATE positions SET deadline = '9999-12-31' WHERE act = '` + receipt.ID + `'`,
		`UPDATE subjects SET silence = jsonb_set(silence, '{deadline}', '"9999-12-31"') WHERE cycle = 'end-of-days' AND path = 'priorities'`,
		`UPDATE subjects SET due = '9999-12-31', opening = jsonb_set(opening, '{due}', '"9999-12-31"') WHERE cycle = 'end-of-days' AND path = 'item/ukraine'`,
	} {
		execute(t, shared.DatabaseURL, sql)
	}
	if err := p.client.SignalWorkflow(t.Context(), "cycle/"+p.cycle, "", protocol.SignalWake, nil); err != nil {
		t.Fatal(err)
	}
	p.goesOn("a day that an older version took")
	if err := p.client.TerminateWorkflow(t.Context(), "cycle/"+p.cycle, "", "lost"); err != nil {
		t.Fatal(err)
	}
	if err := p.engine.Start(t.Context(), policy.Run{Kind: policy.RunCycle, Cycle: p.cycle}); err != nil {
		t.Fatal(err)
	}
	p.goesOn("a run that starts anew")
}
