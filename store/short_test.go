package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// typed is a short message as it comes to the run of the cycle at noon of a day.
func typed(t *testing.T, name policy.Message, text, sent, day string) store.Recording {
	t.Helper()
	const to = "cycle/" + key
	came := evidence.Short{Name: name, Text: json.RawMessage(text), Sent: sent}
	envelope, said, err := came.Open(to, noon(day))
	if err != nil {
		t.Fatal(err)
	}
	return store.Recording{
		Run: policy.Run{Kind: policy.RunCycle, Cycle: key}, Now: noon(day), Received: noon(day), Channel: "update",
		Envelope: envelope, Short: &store.Short{Short: said, Attempt: came.Attempt(to)},
	}
}

// The activity may run again once it has committed, however much else was recorded
// meanwhile: one sending is one act, and has its first receipt.
func TestRecord_TakesOneSendingOfAShortMessageOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	enterArena(t, s, key)
	records := func(in store.Recording) policy.Receipt {
		t.Helper()
		answer, err := s.Record(t.Context(), in)
		if err != nil || answer.Refusal != nil {
			t.Fatalf("%+v, %v", answer.Refusal, err)
		}
		return answer.Receipt
	}
	const second = `{"by":"bert@general-secretariat"}`
	first := typed(t, policy.MessageConfirm, second, "the first", "2021-05-22")
	confirmed := records(first)
	approval := records(typed(t, policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 1/21","subject":"empact/priorities"}`, "the second", "2021-05-22"))
	if approval.Standing.Pending != approval.ID {
		t.Fatalf("the approval left it at %+v", approval.Standing)
	}
	// Now an outcome waits that nobody has confirmed: the first sending means another one still.
	if again := records(first); again.ID != confirmed.ID || again.Subject != confirmed.Subject {
		t.Errorf("done again, the confirmation of %s is %s on %s", confirmed.Subject, again.ID, again.Subject)
	}
	if other := records(typed(t, policy.MessageConfirm, second, "the third", "2021-05-22")); other.ID == confirmed.ID || other.Subject != approval.Subject {
		t.Errorf("typed anew, it is %s on %s", other.ID, other.Subject)
	}
}

// What was confirmed on a day later than that of the outcome, and typed again on that day, is
// the same confirmation; on the next day it confirms nothing.
func TestRecord_TakesAConfirmationOnceThatIsTypedTwice(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	enterArena(t, s, key)
	const second = `{"by":"bert@general-secretariat"}`
	var first policy.Receipt
	for _, sent := range []string{"once", "twice", "thrice"} {
		answer, err := s.Record(t.Context(), typed(t, policy.MessageConfirm, second, sent, "2021-05-24"))
		if err != nil || answer.Refusal != nil {
			t.Fatalf("%s: %+v, %v", sent, answer.Refusal, err)
		}
		if first.ID == "" {
			first = answer.Receipt
		}
		if answer.Receipt.ID != first.ID {
			t.Errorf("%s it is %s, first it was %s", sent, answer.Receipt.ID, first.ID)
		}
	}
	approval := `{"by":"anna@general-secretariat","document":"ST 9/21","subject":"` + key + `/priorities","date":"2021-05-22"}`
	if answer, err := s.Record(t.Context(), typed(t, policy.MessageApprove, approval, "then", "2021-05-24")); err != nil || answer.Refusal != nil {
		t.Fatal(answer.Refusal, err)
	}
	for _, sent := range []string{"after it", "after it, twice"} {
		answer, err := s.Record(t.Context(), typed(t, policy.MessageConfirm, second, sent, "2021-05-24"))
		if err != nil || answer.Refusal != nil || answer.Receipt.Subject.Path() != "priorities" {
			t.Errorf("%s: it is that of %s, %+v, %v", sent, answer.Receipt.Subject, answer.Refusal, err)
		}
	}
	for who, text := range map[string]string{"the next day": second, "somebody else": strings.Replace(second, "bert", "berta", 1)} {
		day := "2021-05-24"
		if text == second {
			day = "2021-05-25"
		}
		answer, err := s.Record(t.Context(), typed(t, policy.MessageConfirm, text, "anew", day))
		if err != nil || answer.Refusal == nil || answer.Refusal.Code != policy.CodeNotOpen {
			t.Errorf("%s: %+v, %v", who, answer, err)
		}
	}
}

// An ID may be typed: it is one act, whatever the records say by then, and never another.
func TestRecord_HoldsAShortMessageToTheIDThatWasTyped(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	enterArena(t, s, key)
	const text = `{"id":"mine","by":"bert@general-secretariat","date":"2021-05-22"}`
	for range 2 {
		answer, err := s.Record(t.Context(), typed(t, policy.MessageConfirm, text, "x", "2021-05-23"))
		if err != nil || answer.Refusal != nil || answer.Receipt.ID != "mine" || answer.Receipt.Subject.Path() != "item/sahel" {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	answer, err := s.Record(t.Context(), typed(t, policy.MessageConfirm, strings.Replace(text, "bert", "berta", 1), "x", "2021-05-23"))
	if err != nil || answer.Refusal == nil || answer.Refusal.Code != policy.CodeConflict {
		t.Errorf("somebody else under the same ID: %+v, %v", answer.Refusal, err)
	}
}

// Where acts are sealed, a short message bears the seal of the envelope that it stands for: it
// is good for that act, wherever its subject stands, and for no other.
func TestRecord_HoldsAShortMessageToItsSeal(t *testing.T) {
	t.Parallel()
	open := opener(t)
	a := enterArena(t, open(store.Options{}), key)
	signer, ring := officeKey(t)
	s := open(store.Options{Sealed: true, Keys: ring})
	act := a.decision("priorities", "sha256:p")
	act.Outcome, act.Date = policy.TookNote, date("2021-05-22")
	envelope, err := evidence.Enclose("", "cycle/"+key, act, noon("2021-05-22"))
	if err == nil {
		envelope, err = signer.Seal(envelope)
	}
	if err != nil {
		t.Fatal(err)
	}
	whole, err := evidence.Spelt(policy.MessageConclude, envelope)
	if err != nil {
		t.Fatal(err)
	}
	sends := func(text string) store.Answer {
		t.Helper()
		answer, err := s.Record(t.Context(), typed(t, policy.MessageConclude, text, "x", "2021-05-22"))
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	bare := `{"by":"anna@general-secretariat","outcome":"took-note","document":"ST 8665/21","subject":"empact/priorities"}`
	for what, text := range map[string]string{
		"without a seal": bare, "with another document": strings.Replace(string(whole), "ST 8665/21", "ST 8666/21", 1),
		"without the version, which is now another": strings.Replace(string(whole), `"version":1`, `"version":2`, 1),
	} {
		if answer := sends(text); answer.Refusal == nil || answer.Refusal.Code != policy.CodeSeal {
			t.Errorf("%s: %+v", what, answer.Refusal)
		}
	}
	trail, err := s.Trail(t.Context(), key, store.TrailFilter{Refused: true})
	if err != nil || len(trail) != 2 || !trail[0].Claimed {
		t.Errorf("the trail has %+v, %v", trail, err)
	}
	first := sends(string(whole))
	if first.Refusal != nil || first.Receipt.ID != envelope.ID {
		t.Fatalf("sealed: %+v", first)
	}
	if again := sends(strings.Replace(string(whole), `"version":1,`, "", 1)); again.Refusal != nil || !again.Receipt.Recorded.Equal(first.Receipt.Recorded) {
		t.Errorf("again, with what the records know left out: %+v", again)
	}
	if late := typed(t, policy.MessageConclude, string(whole), "x", "2021-05-22"); late.Envelope.IssuedAt != noon("2021-05-22").In(time.UTC) {
		t.Errorf("it was sealed on %s", late.Envelope.IssuedAt)
	}
}
