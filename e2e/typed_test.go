package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

// asTyped is a message as the command of Temporal sends what is typed behind --input.
func asTyped(text string) converter.RawValue {
	return converter.NewRawValue(&commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)}, Data: []byte(text),
	})
}

// types sends what is typed as an update and waits for the receipt.
func types(t *testing.T, c client.Client, workflow string, name policy.Message, text string) (policy.Receipt, error) {
	t.Helper()
	var receipt policy.Receipt
	err := sends(t, c, workflow, string(name), asTyped(text), &receipt)
	return receipt, err
}

// signals sends what is typed as a signal, which nobody answers.
func signals(t *testing.T, c client.Client, workflow string, name policy.Message, text string) {
	t.Helper()
	if err := c.SignalWorkflow(t.Context(), workflow, "", string(name), asTyped(text)); err != nil {
		t.Fatal(err)
	}
}

// refusals counts in a trail the attempts that were refused, by code and sentence.
func (h *house) refusals(cycle string) map[string]int {
	h.tb.Helper()
	trail, err := h.Trail(h.tb.Context(), cycle, service.TrailFilter{Refused: true})
	if err != nil {
		h.tb.Fatal(err)
	}
	said := map[string]int{}
	for _, line := range trail {
		said[string(line.Code)+": "+line.Message]++
	}
	return said
}

func (h *house) found(subject policy.Subject) *service.Subject {
	h.tb.Helper()
	found, err := h.FindSubject(h.tb.Context(), subject)
	if err != nil {
		h.tb.Fatal(err)
	}
	return found
}

// state says where a subject stands, once it is open.
func (h *house) state(subject policy.Subject) policy.State { return h.found(subject).State }

// The Council's approval is two lines, typed by whoever knows Temporal.
func TestTheCouncilsApprovalIsTwoLinesTypedToTemporal(t *testing.T) {
	t.Parallel()
	h := enter(t, unhurried)
	h.works()
	const cycle, workflow = "typed-lines", "cycle/typed-lines"
	h.starts(past(cycle))
	c := temporal(t)
	for _, submission := range []string{`{"by":"mike@europol","date":"2021-04-10"}`, `{"by":"joana@presidency","document":"ST 8665/21","date":"2021-05-05"}`} {
		h.soon(func() (*service.Receipt, error) {
			receipt, err := types(t, c, workflow, policy.MessageSubmit, submission)
			if refusalCode(t, err) == policy.CodeNotOpen {
				err = policy.Refuse(policy.CodeNotOpen, "not yet")
			}
			return &receipt, err
		})
	}
	if _, err := types(t, c, workflow, policy.MessageConfirm, `{"by":"bert@general-secretariat"}`); refusalCode(t, err) != policy.CodeNotOpen {
		t.Errorf("a confirmation of nothing: %v", err)
	}
	const wrong = `{"by":"anna@general-secretariat","doc":"ST 9/21"}`
	_, err := types(t, c, workflow, policy.MessageApprove, wrong)
	if refusalCode(t, err) != policy.CodeInvalid || !strings.Contains(err.Error(), `such a message may look like this: approve {"by":`) {
		t.Errorf("a field that is none: %v", err)
	}
	signals(t, c, workflow, policy.MessageApprove, wrong) // stands in the trail already
	signals(t, c, workflow, policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 9/21 INIT","date":"2021-04-01"}`)

	signals(t, c, workflow, policy.MessageApprove, `{"by":"anna@general-secretariat","document":"ST 9/21 INIT","date":"2021-06-13"}`)
	eventually(t, "the approval waits for a second person", func() bool { return len(h.found(at(cycle, "priorities")).Decisions) > 0 })
	signals(t, c, workflow, policy.MessageConfirm, `{"by":"bert@general-secretariat"}`)
	eventually(t, "the Council has approved", func() bool { return h.state(at(cycle, "priorities")) == policy.StateClosed })

	found := h.found(at(cycle, "priorities"))
	if len(found.Decisions) != 1 {
		t.Fatalf("%+v", found)
	}
	d := found.Decisions[0]
	if d.Outcome != policy.Adopted || d.Body != policy.Council || d.Date != date("2021-06-13") || d.Version != 1 || !strings.HasPrefix(d.ConfirmedBy, "bert@") {
		t.Errorf("the Council's decision is %+v", d)
	}
	said := h.refusals(cycle)
	if len(said) != 3 {
		t.Errorf("the trail has refused %v", said)
	}
	for line, times := range said {
		if times != 1 {
			t.Errorf("%d times %s", times, line)
		}
	}
}

// Where acts are sealed, what is typed without a seal is refused like any other act, however
// it comes, and what the office sealed is recorded; what travels may be encrypted.
func TestWhereActsAreSealedAShortMessageBearsTheSealOfItsAct(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	const cycle = "typed-sealed"
	act := f.prepared(cycle)
	workflow := protocol.WorkflowID(act.Subject.Run())
	encrypted, plain := f.stranger(), f.plain()
	bare := fmt.Sprintf(`{"by":"%d@general-secretariat","document":"ST 8665/21","date":"2021-05-26"}`, act.By.Person)
	for what, c := range map[string]client.Client{"encrypted": encrypted, "plain": plain} {
		if _, err := types(t, c, workflow, policy.MessageApprove, bare); refusalCode(t, err) != policy.CodeSeal {
			t.Errorf("%s, without a seal: %v", what, err)
		}
	}
	signals(t, plain, workflow, policy.MessageApprove, strings.Replace(bare, "05-26", "05-27", 1))
	eventually(t, "the signal stands in the trail", func() bool {
		for _, times := range f.refusals(cycle) {
			if times == 2 {
				return true
			}
		}
		return false
	})

	spelt := func(name policy.Message, act policy.Act) string {
		e, err := evidence.Enclose("", workflow, act, time.Now())
		if err == nil {
			e, err = f.signer.Seal(e)
		}
		text, failed := evidence.Spelt(name, e)
		if err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		return string(text)
	}
	// What the office is asked for is what the run fills in: the body, the outcome and the version.
	said := service.Short{Message: policy.MessageApprove, Decide: service.Decide{Act: policy.Act{Subject: act.Subject, Date: act.Date, Document: act.Document}}}
	enclosed, err := as(t, f, anna).Enclose(t.Context(), service.Enclose{Short: &said})
	if err != nil || enclosed.Act.Body != act.Body || enclosed.Act.Outcome != act.Outcome || enclosed.Act.Digest != act.Digest {
		t.Fatalf("the envelope is %+v, %v", enclosed, err)
	}
	approval, err := evidence.Spelt(policy.MessageApprove, *enclosed)
	if err != nil {
		t.Fatal(err)
	}
	text := string(approval)
	if _, err := types(t, plain, workflow, policy.MessageApprove, strings.Replace(text, "05-26", "05-27", 1)); refusalCode(t, err) != policy.CodeSeal {
		t.Errorf("sealed, and changed: %v", err)
	}
	receipt, err := types(t, encrypted, workflow, policy.MessageApprove, text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := types(t, encrypted, workflow, policy.MessageApprove, text)
	if err != nil || again.ID != receipt.ID || !again.Recorded.Equal(receipt.Recorded) {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	_, stated, err := f.store.FindStated(t.Context(), receipt.ID)
	if err != nil {
		t.Fatal(err)
	}
	word := confirmation(act, receipt.ID, stated)
	if _, err := types(t, encrypted, workflow, policy.MessageConfirm, spelt(policy.MessageConfirm, word)); refusalCode(t, err) != policy.CodeFourEyes {
		t.Errorf("confirmed by who recorded it: %v", err)
	}
	word.By = f.numbered(second)
	settled, err := types(t, encrypted, workflow, policy.MessageConfirm, spelt(policy.MessageConfirm, word))
	if err != nil || settled.Standing.Outcome != policy.Adopted {
		t.Errorf("%+v, %v", settled, err)
	}
	d, err := as(t, f, auditor).Dossier(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Verify(f.ring); !r.OK() || r.UnsealedActs > 0 || r.SealedActs != 4 {
		t.Errorf("the record: %+v", r)
	}
}

// plain is somebody who knows nothing of how what travels is encrypted.
func (f *fortress) plain() client.Client {
	f.tb.Helper()
	c, err := client.Dial(client.Options{HostPort: shared.TemporalAddress, Namespace: f.namespace, Logger: quiet{}})
	if err != nil {
		f.tb.Fatal(err)
	}
	f.tb.Cleanup(c.Close)
	return c
}
