package evidence

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// sealed begins what is signed of an envelope, so that no signature over
// anything else can pass for a seal.
const sealed = "policycycle envelope\n"

// SealLife is how long a seal is good for delivery. What was recorded in time
// stays recorded.
const SealLife = 72 * time.Hour

// skew is how far the clocks of the office and of the record may differ.
const skew = 5 * time.Minute

// MaxEnvelope is the most bytes that an envelope may have.
const MaxEnvelope = 64 << 10

// CheckSize says whether the envelope can be sent, with room for the seal: a run reads no
// larger one, and whoever sent it would be told that it is no act. The error has
// policy.CodeInvalid.
func (e Envelope) CheckSize() error {
	const seal = 1 << 10
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if most := MaxEnvelope - seal; len(text) > most {
		return policy.Refuse(policy.CodeInvalid, "this is too long to be recorded at once: it takes %d KiB of at most %d; shorten the texts or the lists in it", (len(text)+seal-1)>>10, most>>10)
	}
	return nil
}

// Seal gives the envelope with the seal of the office.
func (s *Signer) Seal(e Envelope) (Envelope, error) {
	e.KeyID, e.Signature = s.ID(), ""
	text, err := e.sealedText()
	if err != nil {
		return e, err
	}
	e.Signature, err = s.sign(text, policy.Refuse(policy.CodeSeal, "the act could not be sealed"))
	return e, err
}

func (e Envelope) sealedText() ([]byte, error) {
	e.Signature = ""
	text, err := Canonical(e)
	return append([]byte(sealed), text...), err
}

// Verify says whether the envelope bears a good seal that is not too old, by a key that is still
// believed: whoever has a retired one could date an act back. The error has policy.CodeSeal.
func (k *Keyring) Verify(e Envelope, now time.Time) error {
	if err := k.VerifyRecorded(e); err != nil {
		return err
	}
	if err := k.Delivered(e, now); err != nil {
		return err
	}
	switch age := now.Sub(e.IssuedAt); {
	case age < -skew:
		return policy.Refuse(policy.CodeSeal, "the act was sealed for %s, which lies in the future", e.IssuedAt.Format(time.RFC3339))
	case age > SealLife:
		return policy.Refuse(policy.CodeSeal, "the act was sealed on %s: a seal is good for %d hours", e.IssuedAt.Format(time.RFC3339), int(SealLife.Hours()))
	}
	return nil
}

// Delivered says whether a seal that comes in now is by a key that is still believed. What was
// sealed just before the key was retired may be on its way. The error has policy.CodeSeal.
func (k *Keyring) Delivered(e Envelope, now time.Time) error {
	_, err := k.find(e.KeyID, now.Add(-skew))
	return err
}

// CheckSeal says whether what the envelope bears has the shape of a seal, whoever made
// it. The error has policy.CodeSeal.
func (e Envelope) CheckSeal() error {
	signature, err := base64.StdEncoding.DecodeString(e.Signature)
	if err != nil || len(signature) != ed25519.SignatureSize || !policy.OneLine(e.KeyID) {
		return policy.Refuse(policy.CodeSeal, "the seal does not belong to this act: it was changed, or sealed by somebody else")
	}
	return nil
}

// VerifyRecorded says whether an envelope that was recorded bears a good seal,
// however long ago.
func (k *Keyring) VerifyRecorded(e Envelope) error {
	if e.KeyID == "" || e.Signature == "" {
		return policy.Refuse(policy.CodeSeal, "the act bears no seal: it is to come through the service, which seals it")
	}
	text, err := e.sealedText()
	if err != nil {
		return err
	}
	return k.verify(e.KeyID, e.Signature, e.IssuedAt, text,
		policy.Refuse(policy.CodeSeal, "the seal does not belong to this act: it was changed, or sealed by somebody else"))
}

// ParseEnvelope reads the JSON of an envelope, strictly: whatever is not part of
// one is refused, and a key that is given twice. The error has policy.CodeInvalid,
// and says the same of the same text for ever: it stands in histories.
func ParseEnvelope(text []byte) (Envelope, error) {
	var e Envelope
	if len(text) > MaxEnvelope {
		return e, policy.Refuse(policy.CodeInvalid, "it is larger than %d KiB", MaxEnvelope>>10)
	}
	if err := policy.UniqueKeys(text); err != nil {
		return e, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&e)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			return Envelope{}, policy.Refuse(policy.CodeInvalid, "something follows the envelope")
		}
		return e, nil
	}
	refusal, foreseen := errors.AsType[*policy.Error](err)
	_, syntax := errors.AsType[*json.SyntaxError](err)
	unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case foreseen:
	case isUnknown:
		refusal = policy.Refuse(policy.CodeInvalid, "it has a field that no envelope has: %s", policy.Legible(unknown, maxField))
	case syntax || errors.Is(err, io.ErrUnexpectedEOF):
		refusal = policy.Refuse(policy.CodeInvalid, "it is not JSON")
	default:
		refusal = policy.Refuse(policy.CodeInvalid, "it is not an envelope")
	}
	return Envelope{}, refusal
}

// maxField is how much of the name of a field is told, in bytes.
const maxField = 200
