package local

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// Anna is away, and Bert records for her what COSI concluded. Neither of them is offered
// to confirm it, and the record takes it from neither; Carl is, and it does.
func TestFindSubject_OffersNoConfirmationToWhoWasSubstituted(t *testing.T) {
	t.Parallel()
	const cycle = "empact"
	s := New(storetest.New(t), nil, nil)
	day := policytest.Date("2021-05-05")
	now := day.Time(policy.Brussels).Add(12 * time.Hour)
	s.now = func() time.Time { return now }
	person := func(name string, body policy.Body) policy.Actor {
		who, err := s.store.PrincipalOf(t.Context(), policy.Actor{Name: name, Body: body})
		if err != nil {
			t.Fatal(err)
		}
		return who.Actor
	}
	start := store.NewCycle{ID: cycle, Definition: policytest.Cycle(cycle), By: policy.Actor{Name: "Dora", Body: policy.GeneralSecretariat}, Now: policytest.Date("2021-01-02").Time(policy.Brussels)}
	if _, err := s.store.StartCycle(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	run := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	record := func(act policy.Act) (policy.Receipt, error) {
		act.Date = day
		e, err := evidence.Enclose("", "cycle/"+cycle, act, now)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.store.Record(t.Context(), store.Recording{Run: run, Now: now, Channel: "update", Envelope: e})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Refusal != nil {
			return policy.Receipt{}, answer.Refusal
		}
		return answer.Receipt, nil
	}
	must := func(act policy.Act) policy.Receipt {
		receipt, err := record(act)
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
	anna, bert, carl := person("Anna", policy.GeneralSecretariat), person("Bert", policy.GeneralSecretariat), person("Carl", policy.GeneralSecretariat)
	priorities := policytest.Subject(cycle, "priorities")
	must(policy.Act{Kind: policy.ActSubmit, Subject: policytest.Subject(cycle, "assessment"), By: person("Eva", policy.Europol), Digest: "sha256:a"})
	must(policy.Act{Kind: policy.ActSubmit, Subject: priorities, By: person("Pia", policy.Presidency), Digest: "sha256:p"})
	away := policy.Row{Register: policy.RegSubstitutions, Key: fmt.Sprint(anna.Person), Date: day, By: anna, Body: &policy.Substitution{
		Substitute: bert.Person, From: day, Until: day.AddDays(10),
	}}
	if _, err := s.store.Enter(t.Context(), store.Entering{Cycle: cycle, ID: "away", By: anna, Rows: []policy.Row{away}, Now: now}); err != nil {
		t.Fatal(err)
	}
	noted := must(policy.Act{
		Kind: policy.ActDecide, Subject: priorities, By: bert, For: &anna, Body: policy.COSI, Outcome: policy.TookNote, Procedure: policy.Meeting,
		Document: "ST 1000/21 INIT", Version: 1, Digest: "sha256:p",
	})
	_, stated, err := s.store.FindStated(t.Context(), noted.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		who policy.Actor
		may bool
	}{{anna, false}, {bert, false}, {carl, true}} {
		who, err := s.PrincipalOf(t.Context(), test.who)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.As(who).FindSubject(t.Context(), priorities)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(found.May, policy.Deed(policy.ActConfirm)) != test.may || !slices.Contains(found.May, policy.Deed(policy.ActSetAside)) {
			t.Errorf("%s is offered %v", test.who, found.May)
		}
		_, err = record(policy.Act{Kind: policy.ActConfirm, Subject: priorities, By: test.who, Confirms: noted.ID, Digest: stated})
		if taken := err == nil; taken != test.may || !taken && policy.CodeOf(err) != policy.CodeFourEyes {
			t.Errorf("the record answers %s: %v", test.who, err)
		}
	}
}
