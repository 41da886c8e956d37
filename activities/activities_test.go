package activities_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/testsuite"

	"github.com/policycycle/policycycle/activities"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
	"github.com/policycycle/policycycle/telemetry"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// Whoever can start an activity says what time it is, and is believed no further
// than the clock.
func TestLook_BelievesNoTimeStillToCome(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	clock := policy.NewDate(2021, 3, 1).Time(policy.Brussels)
	a := &activities.Activities{Store: s, Clock: func() time.Time { return clock }}
	d := policytest.Cycle("empact")
	d.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{policytest.Date("2022-12-31")},
	}}
	by := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: "empact", Definition: d, By: by, Now: clock}); err != nil {
		t.Fatal(err)
	}
	later := policy.NewDate(2022, 12, 1).Time(policy.Brussels)
	if _, err := a.Look(t.Context(), protocol.LookArgs{Run: policy.Run{Kind: policy.RunObligations, Cycle: "empact"}, Now: later}); err != nil {
		t.Fatal(err)
	}
	c, err := s.FindCycle(t.Context(), "empact")
	if err != nil || len(c.Subjects) != 0 {
		t.Errorf("what opens in autumn 2022 is open in March 2021: %+v, %v", c.Subjects, err)
	}
	clock = later
	if _, err := a.Look(t.Context(), protocol.LookArgs{Run: policy.Run{Kind: policy.RunObligations, Cycle: "empact"}, Now: later}); err != nil {
		t.Fatal(err)
	}
	if c, err = s.FindCycle(t.Context(), "empact"); err != nil || len(c.Subjects) != 1 {
		t.Errorf("once it is autumn it is open: %+v, %v", c.Subjects, err)
	}
}

// What is refused is quoted in the answer, which goes into the history: it is small, however
// long it was what was sent, and the attempt stands in the trail.
func TestRecord_TakesARefusalWhateverItQuotes(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	clock := policy.NewDate(2021, 3, 1).Time(policy.Brussels)
	a := &activities.Activities{Store: s, Clock: func() time.Time { return clock }}
	d := policy.Definition{
		Format: policy.DefinitionFormat, Key: "empact", Title: "A cycle", Stores: []string{string(policy.KindAssessment)},
		PolicyWindow: policy.Window{From: policy.NewDate(2021, 1, 1), To: policy.NewDate(2021, 12, 31)},
		Assessment:   policy.Assessment{Kind: policy.SOCTA, Title: "SOCTA", Due: policy.NewDate(2021, 4, 12)},
	}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: "empact", Definition: d, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Now: clock}); err != nil {
		t.Fatal(err)
	}
	angles := strings.Repeat("<", 60_000)
	held, err := s.PutContent(t.Context(), "application/octet-stream", []byte(`{"`+strings.Repeat("‹<", 100<<10)+`":1}`))
	if err != nil {
		t.Fatal(err)
	}
	run := policy.Run{Kind: policy.RunCycle, Cycle: "empact"}
	handsIn := policy.Act{
		Kind: policy.ActSubmit, Subject: policy.Subject{Cycle: "empact", Kind: policy.KindAssessment}, Date: policy.NewDate(2021, 2, 1),
		By: policy.Actor{Name: "Eva", Body: policy.Europol}, Digest: "sha256:1", Content: held,
	}
	sent := func(to string, act policy.Act) protocol.RecordArgs {
		return protocol.RecordArgs{Run: run, Now: clock, Channel: protocol.ChannelUpdate, Envelope: evidence.Envelope{
			Format: evidence.EnvelopeFormat, ID: "an-act", WorkflowID: to, Act: act, IssuedAt: clock,
		}}
	}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(telemetry.Temporal(zerolog.Nop()))
	worker := suite.NewTestActivityEnvironment()
	worker.RegisterActivity(a.Record)
	for name, args := range map[string]protocol.RecordArgs{
		"a document that is none": sent("cycle/empact", handsIn),
		"an address":              sent(angles, policy.Act{}),
		"an act of no kind":       sent("cycle/empact", policy.Act{Kind: policy.ActKind(angles), Subject: handsIn.Subject, Date: handsIn.Date, By: handsIn.By}),
		"what is no act":          {Run: run, Now: clock, Malformed: angles, Raw: "sha256:2"},
	} {
		var answer protocol.Answer
		given, err := worker.ExecuteActivity(a.Record, args)
		if err == nil {
			err = given.Get(&answer)
		}
		if err != nil || answer.Refusal == nil || answer.Refusal.Code != policy.CodeInvalid {
			t.Fatalf("%s: %+v, %v", name, answer.Refusal, err)
		}
		const most = 16 << 10
		if text, err := json.Marshal(answer); err != nil || len(text) > most {
			t.Errorf("%s is refused in %d bytes, %v", name, len(text), err)
		}
		trail, err := s.Trail(t.Context(), "empact", store.TrailFilter{})
		if err != nil || !slices.ContainsFunc(trail, func(l store.TrailLine) bool {
			return !l.Accepted && strings.HasPrefix(answer.Refusal.Message, strings.TrimSuffix(l.Message, "…")) && l.Message != ""
		}) {
			t.Errorf("%s does not stand in the trail: %v", name, err)
		}
	}
}

// keyring holds one key, which opens everything.
type keyring struct{ id string }

func (k keyring) Holds(id string) bool { return id == k.id }

func (k keyring) Open(m protocol.Encrypted) (encoding string, data []byte, ok bool) {
	return protocol.EncodingJSON, m.Data, true
}

// What the worker of a run had no key for comes to one that may have it: a short message is
// then judged as if it had come in the clear.
func TestRecord_OpensAShortMessageThatTheWorkerBeforeCouldNot(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	clock := policy.NewDate(2021, 3, 1).Time(policy.Brussels)
	by := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	if _, err := s.StartCycle(t.Context(), store.NewCycle{ID: "empact", Definition: policytest.Cycle("empact"), By: by, Now: clock}); err != nil {
		t.Fatal(err)
	}
	if err := s.AgreeOnKeys(t.Context(), store.HeldKeys{
		Kind: store.KeyEncrypts, Uses: "of-another", Keys: []store.HeldKey{{ID: "of-another", Proof: "sha256:1"}},
	}, clock); err != nil {
		t.Fatal(err)
	}
	a := &activities.Activities{Store: s, Clock: func() time.Time { return clock }, Keys: keyring{"held"}}
	run := policy.Run{Kind: policy.RunCycle, Cycle: "empact"}
	if _, err := a.Look(t.Context(), protocol.LookArgs{Run: run, Now: clock}); err != nil {
		t.Fatal(err)
	}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(telemetry.Temporal(zerolog.Nop()))
	worker := suite.NewTestActivityEnvironment()
	worker.RegisterActivity(a.Record)
	sends := func(key, text string) (answer protocol.Answer, err error) {
		given, err := worker.ExecuteActivity(a.Record, protocol.RecordArgs{
			Run: run, Now: clock, Channel: protocol.ChannelSignal, Short: &evidence.Short{Name: policy.MessageSubmit, Sent: key + text},
			Encrypted: &protocol.Encrypted{Key: key, Data: []byte(text)},
		})
		if err == nil {
			err = given.Get(&answer)
		}
		return answer, err
	}
	const text = `{"by":"eva@europol","document":"EDOC#1234567v3","date":"2021-02-01"}`
	if answer, err := sends("nobodys", text); err != nil || answer.Refusal == nil || answer.Refusal.Code != policy.CodeInvalid {
		t.Errorf("with a key that nobody has: %+v, %v", answer.Refusal, err)
	}
	if _, err := sends("of-another", text); err == nil {
		t.Error("with the key of another worker, it is not repeated")
	}
	if answer, err := sends("held", `{"by":"eva@europol","documents":[]}`); err != nil || answer.Refusal == nil || !strings.Contains(answer.Refusal.Message, "documents") {
		t.Errorf("a message that is none, once it is opened: %+v, %v", answer.Refusal, err)
	}
	if answer, err := sends("held", text); err != nil || answer.Refusal != nil || answer.Receipt.Subject.Kind != policy.KindAssessment {
		t.Errorf("with the key that is held: %+v, %v", answer, err)
	}
}
