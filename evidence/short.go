package evidence

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Short is a short message as it came to a run: an act of which the records know the rest.
type Short struct {
	Name policy.Message  `json:"name"`
	Text json.RawMessage `json:"text"` // as it was typed
	// Sent tells one sending of it from another, and is the same however often the run deals
	// with that one.
	Sent string `json:"sent"`
}

// Open reads what was typed, and gives the beginning of the envelope that it stands for. The
// error has policy.CodeInvalid; the envelope then tells as much as can be read.
func (s Short) Open(workflowID string, now time.Time) (Envelope, policy.Short, error) {
	read, err := policy.ParseShort(s.Name, s.Text)
	e := Envelope{Format: EnvelopeFormat, ID: read.ID, WorkflowID: workflowID, Act: read.Act, IssuedAt: now.UTC()}
	if seal := read.Seal; seal != nil {
		e.KeyID, e.Signature, e.IssuedAt = seal.KeyID, seal.Signature, seal.IssuedAt
	}
	if err == nil && e.ID == "" {
		if e.ID, err = s.id(workflowID, s.Sent); err != nil {
			err = s.Name.Refuse(policy.Refuse(policy.CodeInvalid, "it is not JSON"))
		}
	}
	if err == nil {
		if refusal, is := errors.AsType[*policy.Error](e.checkHead()); is {
			err = s.Name.Refuse(refusal)
		}
	}
	return e, read, err
}

// Attempt gives the ID under which the trail has a message that was refused: the same
// however often it is sent.
func (s Short) Attempt(workflowID string) string {
	id, err := s.id(workflowID, "")
	if err != nil {
		return Digest(s.Text)
	}
	return id
}

func (s Short) id(workflowID, sent string) (string, error) {
	content, err := Canonical(struct {
		WorkflowID string `json:"workflow_id"`
		Short
	}{workflowID, Short{s.Name, s.Text, sent}})
	return ShortID(content), err
}

// Spelt gives a short message that says all that an envelope states, with its seal: it means
// the same act, wherever its subject stands by then.
func Spelt(name policy.Message, e Envelope) ([]byte, error) {
	spelt := struct {
		ID string `json:"id"`
		policy.Act
		Kind    *struct{}    `json:"kind,omitempty"` // the name of the message says it
		Outcome string       `json:"outcome,omitempty"`
		Seal    *policy.Seal `json:"seal,omitempty"`
	}{ID: e.ID, Act: e.Act, Outcome: string(e.Act.Outcome)}
	if name == policy.MessageApprove {
		spelt.Outcome = ""
	}
	if e.Signature != "" {
		spelt.Seal = &policy.Seal{KeyID: e.KeyID, IssuedAt: e.IssuedAt, Signature: e.Signature}
	}
	return json.Marshal(spelt)
}
