package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// fakeOffice puts acts in envelopes and does nothing else.
type fakeOffice struct {
	fakeService
	asked []service.Enclose
}

func (f *fakeOffice) As(who policy.Principal) service.Service {
	f.by = who.Actor
	return f
}

func (f *fakeOffice) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	return &service.Subject{Subject: s}, nil
}

func (f *fakeOffice) Enclose(_ context.Context, e service.Enclose) (*evidence.Envelope, error) {
	f.asked = append(f.asked, e)
	return &evidence.Envelope{
		Format: 1, ID: "an-act", WorkflowID: "cycle/empact", KeyID: "key", Signature: "seal",
		Act: policy.Act{Kind: policy.ActDecide, Subject: policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}, Outcome: policy.Adopted, By: policy.Actor{Person: 3, Body: f.by.Body}},
	}, nil
}

func TestEnvelope_PrintsEachActAsWhatIsSent(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "text.yaml")
	if err := os.WriteFile(file, []byte("a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	const subject, plan = "empact/priorities", "empact/oap/2023/firearms"
	for name, test := range map[string]struct {
		args   []string
		filled func(service.Enclose) bool
	}{
		"decide": {[]string{subject, "--body", "council", "--outcome", "adopted", "--document", "ST 1/21"}, func(e service.Enclose) bool { return e.Decide.Body == policy.Council }},
		"approve": {[]string{subject, "--document", "ST 1/21"}, func(e service.Enclose) bool {
			return e.Short.Message == policy.MessageApprove && e.Short.Body == "" && e.Short.Said == ""
		}},
		"conclude":  {[]string{subject, "--outcome", "took note", "--document", "ST 1/21"}, func(e service.Enclose) bool { return e.Short.Said == "took note" && e.Short.Outcome == "" }},
		"confirm":   {[]string{"a-record", "--id", "mine"}, func(e service.Enclose) bool { return e.Confirm.Record == "a-record" && e.ID == "mine" }},
		"set-aside": {[]string{"a-record"}, func(e service.Enclose) bool { return e.SetAside.Record == "a-record" }},
		"silence":   {[]string{plan, "--body", "cosi", "--until", "2022-12-16", "--document", "EX 1/22"}, func(e service.Enclose) bool { return e.Launch.Body == policy.COSI }},
		"position":  {[]string{plan, "agrees", "--delegation", "fr"}, func(e service.Enclose) bool { return e.Position.Delegation == "fr" }},
		"correct":   {[]string{plan, "--document", "EX 1/22 COR 1"}, func(e service.Enclose) bool { return e.Correct.Document == "EX 1/22 COR 1" }},
		"finalise":  {[]string{plan, "--document", "EX 1/1/22 REV 1", "--file", file}, func(e service.Enclose) bool { return string(e.Finalise.Content) == "a text" }},
		"submit":    {[]string{plan, "--file", file}, func(e service.Enclose) bool { return string(e.Submit.Content) == "a text" }},
		"open":      {[]string{"empact/item/x", "--title", "X", "--due", "2022-12-16", "--through", "cosi"}, func(e service.Enclose) bool { return e.Open.Opening.Title == "X" }},
	} {
		office := &fakeOffice{}
		got := command(t.Context(), fakeParts(office), nil, append([]string{"envelope", name, "--as", "anna@general-secretariat"}, test.args...)...)
		if got.status != 0 || len(office.asked) != 1 || !test.filled(office.asked[0]) {
			t.Errorf("%s: %+v, asked for %+v", name, got, office.asked)
			continue
		}
		var printed map[string]any
		if err := json.Unmarshal([]byte(got.out), &printed); err != nil || strings.Count(got.out, "\n") != 1 {
			t.Errorf("%s printed %s: %v", name, got.out, err)
		}
		by, short := "act", slices.Contains(policy.Messages, policy.Message(name))
		if short {
			by = name
		}
		if _, flat := printed["seal"]; flat != short || !strings.Contains(got.err, "--name "+by+" --input-file /dev/stdin") {
			t.Errorf("%s printed %s, and said %s", name, got.out, got.err)
		}
	}
}
