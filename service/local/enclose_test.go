package local

import (
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// Whoever wants the envelope of an act gets it, filled in as it would be sent, and nothing is
// recorded: here is no engine that could.
func TestEnclose_GivesTheEnvelopeAndRecordsNothing(t *testing.T) {
	t.Parallel()
	const cycle = "empact"
	records := storetest.New(t)
	s := New(records, nil, nil)
	day := policytest.Date("2021-05-05")
	now := day.Time(policy.Brussels).Add(12 * time.Hour)
	s.now = func() time.Time { return now }
	anna, bert := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}
	start := store.NewCycle{ID: cycle, Definition: policytest.Cycle(cycle), By: anna, Now: policytest.Date("2021-01-02").Time(policy.Brussels)}
	if _, err := records.StartCycle(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	lines := func() int {
		trail, err := records.Trail(t.Context(), cycle, store.TrailFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return len(trail)
	}
	if _, err := records.Reconcile(t.Context(), run, now); err != nil {
		t.Fatal(err)
	}
	encloses := func(who policy.Actor, kind policy.ActKind, what service.Enclose) evidence.Envelope {
		t.Helper()
		theirs, err := service.As(t.Context(), s, who)
		if err != nil {
			t.Fatal(err)
		}
		before := lines()
		e, err := theirs.Enclose(t.Context(), what)
		if err != nil || e.ID == "" || e.Act.Kind != kind || e.Act.By.Body != who.Body {
			t.Fatalf("%s: the envelope is %+v, %v", kind, e, err)
		}
		if after := lines(); after != before {
			t.Errorf("%s: the trail has %d lines more", kind, after-before)
		}
		return *e
	}
	sends := func(e evidence.Envelope) {
		t.Helper()
		answer, err := records.Record(t.Context(), store.Recording{Run: run, Now: now, Received: now, Channel: "update", Envelope: e})
		if err != nil || answer.Refusal != nil {
			t.Fatalf("%s: %v, %v", e.Act.Kind, answer.Refusal, err)
		}
	}

	said := service.Statement{Date: day}
	assessment, priorities := policytest.Subject(cycle, "assessment"), policytest.Subject(cycle, "priorities")
	sends(encloses(policy.Actor{Name: "Eva", Body: policy.Europol}, policy.ActSubmit, service.Enclose{Submit: &service.Submit{Statement: said, Subject: assessment}}))
	encloses(policy.Actor{Name: "Pia", Body: policy.Presidency}, policy.ActOpen, service.Enclose{Open: &service.OpenItem{
		Statement: said, Subject: policytest.Subject(cycle, "item/ports"),
		Opening: policy.Opening{Title: "Ports", Due: day.AddDays(30), Through: []policy.Body{policy.COSI}},
	}})
	sends(encloses(policy.Actor{Name: "Pia", Body: policy.Presidency}, policy.ActSubmit, service.Enclose{Submit: &service.Submit{Statement: said, Subject: priorities}}))
	decision := service.Decide{Act: policy.Act{Subject: priorities, Date: day, Document: "EX 1000/21 INIT"}}
	encloses(anna, policy.ActDecide, service.Enclose{Short: &service.Short{Message: policy.MessageApprove, Decide: decision}})
	decision.Body, decision.Outcome = policy.COSI, policy.TookNote
	noted := encloses(anna, policy.ActDecide, service.Enclose{Decide: &decision})
	sends(noted)
	encloses(bert, policy.ActConfirm, service.Enclose{Confirm: &service.Second{Statement: said, Record: noted.ID}})
	encloses(anna, policy.ActSetAside, service.Enclose{SetAside: &service.Second{Statement: service.Statement{Date: day, Comment: "By mistake."}, Record: noted.ID}})

	theirs, err := service.As(t.Context(), s, anna)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Enclose(t.Context(), service.Enclose{Decide: &decision}); policy.CodeOf(err) != policy.CodeAlreadyDecided {
		t.Errorf("what is recorded already: %v", err)
	}
	if _, err := theirs.Enclose(t.Context(), service.Enclose{}); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("nothing at all: %v", err)
	}
}
