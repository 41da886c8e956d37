package protocol

import (
	"encoding/json"

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
	if err := isText(encoding, data); err != nil {
		return evidence.Envelope{}, err
	}
	return evidence.ParseEnvelope(data)
}

// isText says whether a message is JSON, as far as its encoding tells.
func isText(encoding string, data []byte) error {
	switch {
	case len(data) == 0:
		return policy.Refuse(policy.CodeInvalid, "it is empty")
	case encoding != EncodingJSON:
		return policy.Refuse(policy.CodeInvalid, "it is not JSON")
	default:
		return nil
	}
}

// Fill puts into the argument of record what came as a message: an envelope, or by one of the
// names of policy.Messages a short message. What is neither is told as malformed.
func (a *RecordArgs) Fill(encoding string, data []byte) {
	var err error
	if a.Short == nil {
		a.Envelope, err = OpenEnvelope(encoding, data)
	} else if a.Short.Text, err = shortText(encoding, data); err != nil {
		err = a.Short.Name.Refuse(err)
	}
	if err != nil {
		a.Malformed, a.Raw, a.Short = policy.Excerpt(err.Error(), MaxTold), evidence.Digest(data), nil
	}
}

// shortText gives the text of a short message if it can be handed on.
func shortText(encoding string, data []byte) (json.RawMessage, error) {
	switch err := isText(encoding, data); {
	case err != nil:
		return nil, err
	case len(data) > evidence.MaxEnvelope:
		return nil, policy.Refuse(policy.CodeInvalid, "it is larger than %d KiB", evidence.MaxEnvelope>>10)
	case !json.Valid(data):
		return nil, policy.Refuse(policy.CodeInvalid, "it is not JSON")
	default:
		return data, nil
	}
}
