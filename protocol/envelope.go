package protocol

import (
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// EncodingJSON is the encoding of a payload that is plain JSON.
const EncodingJSON = "json/plain"

// Encrypted is a message as it came, which could not be opened: the name of its key, and
// what was encrypted.
type Encrypted struct {
	Key  string `json:"key"`
	Data []byte `json:"data"`
}

// MaxEncrypted is the most bytes of an envelope once it is encrypted.
const MaxEncrypted = evidence.MaxEnvelope + 1<<10

// OpenEnvelope reads the envelope in a message. Its error says in a line why it cannot
// be read, in the same words on every replay.
func OpenEnvelope(encoding string, data []byte) (evidence.Envelope, error) {
	switch {
	case len(data) == 0:
		return evidence.Envelope{}, policy.Refuse(policy.CodeInvalid, "it is empty")
	case encoding != EncodingJSON:
		return evidence.Envelope{}, policy.Refuse(policy.CodeInvalid, "it is not JSON")
	}
	return evidence.ParseEnvelope(data)
}
