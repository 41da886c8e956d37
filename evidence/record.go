package evidence

import (
	"encoding/json"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// ActRecord is what stands in the record of one act: how it came, and what is
// kept of it. Persons stand in it by their numbers alone.
type ActRecord struct {
	// Envelope is the act as it was stated and sealed.
	Envelope json.RawMessage `json:"envelope"`
	Kept     policy.Recorded `json:"kept"`
	Channel  string          `json:"channel"` // by which it came
	Recorded time.Time       `json:"recorded"`
	// RestsOn is the act that this one confirms or decides on.
	RestsOn string `json:"rests_on,omitempty"`
	// Definition is the digest of the definition that an amendment made.
	Definition string `json:"definition,omitempty"`
}

// Channels by which acts come that bear no seal.
const (
	ChannelImport   = "import"
	ChannelCalendar = "calendar"
)

// EntryRecord is what stands in the record of rows entered into a register.
type EntryRecord struct {
	ID       string       `json:"id"`
	Rows     []policy.Row `json:"rows"`
	Recorded time.Time    `json:"recorded"`
	// KeyID and Signature are the seal of the office; empty where nothing is sealed.
	KeyID     string `json:"key_id,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// sealedEntry begins what is signed of rows entered into a register.
const sealedEntry = "policycycle entry\n"

func (r EntryRecord) sealedText(cycle string) ([]byte, error) {
	r.Signature = ""
	text, err := Canonical(r)
	return append([]byte(sealedEntry+cycle+"\n"), text...), err
}

// SealEntry gives rows entered into a register of a cycle with the seal of the office.
func (s *Signer) SealEntry(cycle string, r EntryRecord) (EntryRecord, error) {
	r.KeyID = s.ID()
	text, err := r.sealedText(cycle)
	if err != nil {
		return r, err
	}
	r.Signature, err = s.sign(text, policy.Refuse(policy.CodeSeal, "the rows could not be sealed"))
	return r, err
}

// VerifyEntry says whether rows bear a good seal. The error has policy.CodeSeal.
func (k *Keyring) VerifyEntry(cycle string, r EntryRecord) error {
	if r.KeyID == "" || r.Signature == "" {
		return policy.Refuse(policy.CodeSeal, "the rows bear no seal: they are to come through the service, which seals them")
	}
	text, err := r.sealedText(cycle)
	if err != nil {
		return err
	}
	return k.verify(r.KeyID, r.Signature, r.Recorded, text,
		policy.Refuse(policy.CodeSeal, "the seal does not belong to these rows: they were changed, or sealed by somebody else"))
}

// AdditionRecord is what stands in the record of an import that adds to a cycle what was
// forgotten when it was taken over: its acts bear no seal, so this one says how many there are.
type AdditionRecord struct {
	Line     int64     `json:"line"` // of the trail, with which it begins
	Past     string    `json:"past"` // digest of all that came
	Acts     int       `json:"acts"` // that it adds
	Rows     int       `json:"rows"`
	Recorded time.Time `json:"recorded"`
	// KeyID and Signature are the seal of the office; empty where nothing is sealed.
	KeyID     string `json:"key_id,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// sealedAddition begins what is signed of an import that adds.
const sealedAddition = "policycycle addition\n"

func (r AdditionRecord) sealedText(cycle string) ([]byte, error) {
	r.Signature = ""
	text, err := Canonical(r)
	return append([]byte(sealedAddition+cycle+"\n"), text...), err
}

// SealAddition gives an import that adds to a cycle with the seal of the office.
func (s *Signer) SealAddition(cycle string, r AdditionRecord) (AdditionRecord, error) {
	r.KeyID = s.ID()
	text, err := r.sealedText(cycle)
	if err != nil {
		return r, err
	}
	r.Signature, err = s.sign(text, policy.Refuse(policy.CodeSeal, "the import could not be sealed"))
	return r, err
}

// VerifyAddition says whether an import that adds bears a good seal. The error has
// policy.CodeSeal.
func (k *Keyring) VerifyAddition(cycle string, r AdditionRecord) error {
	if r.KeyID == "" || r.Signature == "" {
		return policy.Refuse(policy.CodeSeal, "the import bears no seal: it is to come through the service, which seals it")
	}
	text, err := r.sealedText(cycle)
	if err != nil {
		return err
	}
	return k.verify(r.KeyID, r.Signature, r.Recorded, text,
		policy.Refuse(policy.CodeSeal, "the seal does not belong to this import: it was changed, or sealed by somebody else"))
}

// StartRecord is what stands in the record of the start of a cycle.
type StartRecord struct {
	Cycle      string    `json:"cycle"`
	Definition string    `json:"definition"` // digest
	Recorded   time.Time `json:"recorded"`
}

// Nameless gives an act without the names of persons: what is recorded and sealed
// knows them by their numbers.
func Nameless(a policy.Act) policy.Act {
	a.By.Name = ""
	if a.For != nil {
		principal := *a.For
		principal.Name = ""
		a.For = &principal
	}
	return a
}
