package evidence

import (
	"time"

	"github.com/policycycle/policycycle/policy"
)

// EnvelopeFormat is the format number of the envelopes this code writes and
// the highest it reads.
const EnvelopeFormat = 1

// Envelope is how an act travels, by update and by signal alike.
type Envelope struct {
	Format int `json:"format"`
	// ID is the identity of the act. The same ID with the same act is the same
	// act, however often it is sent.
	ID string `json:"id"`
	// WorkflowID is where the act is addressed to.
	WorkflowID string     `json:"workflow_id"`
	Act        policy.Act `json:"act"`
	IssuedAt   time.Time  `json:"issued_at"`
	// KeyID and Signature are empty until envelopes are sealed.
	KeyID     string `json:"key_id,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// Enclose puts an act in an envelope. An empty id becomes one made from the act
// itself and its address, so that sending the same act again is safe.
func Enclose(id, workflowID string, act policy.Act, issuedAt time.Time) (Envelope, error) {
	e := Envelope{Format: EnvelopeFormat, ID: id, WorkflowID: workflowID, Act: act, IssuedAt: issuedAt.UTC()}
	if id == "" {
		content, err := e.content()
		if err != nil {
			return Envelope{}, err
		}
		e.ID = ShortID(content)
	}
	return e, nil
}

// Content gives the digest of what is stated: the act and its address, without
// when it was sent.
func (e Envelope) Content() (string, error) {
	content, err := e.content()
	if err != nil {
		return "", err
	}
	return Digest(content), nil
}

func (e Envelope) content() ([]byte, error) {
	return Canonical(struct {
		WorkflowID string     `json:"workflow_id"`
		Act        policy.Act `json:"act"`
	}{e.WorkflowID, e.Act})
}

// Check says whether the envelope is well formed, whatever the records hold.
// The error has policy.CodeInvalid.
func (e Envelope) Check() error {
	if err := e.checkHead(); err != nil {
		return err
	}
	return e.Act.Check()
}

// checkHead is Check for all but the act.
func (e Envelope) checkHead() error {
	const longestID = 200
	e.Act = policy.Act{}
	flaws := policy.Flaws(e)
	switch {
	case e.Format < 1 || e.Format > EnvelopeFormat:
		return policy.Refuse(policy.CodeInvalid, "the envelope has format %d: this version of policycycle reads format %d", e.Format, EnvelopeFormat)
	case e.ID == "" || len(e.ID) > longestID:
		return policy.Refuse(policy.CodeInvalid, "the envelope needs an id of at most %d characters", longestID)
	case !policy.OneLine(e.ID):
		return policy.Refuse(policy.CodeInvalid, "the id of the envelope is to be one line of text that can be read")
	case len(flaws) > 0:
		return &policy.Error{Code: policy.CodeInvalid, Field: flaws[0].Field, Message: flaws[0].Field + " " + flaws[0].Message}
	}
	return nil
}
