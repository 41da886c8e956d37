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

// EntryRecord is what stands in the record of rows entered into a register.
type EntryRecord struct {
	ID       string       `json:"id"`
	Rows     []policy.Row `json:"rows"`
	Recorded time.Time    `json:"recorded"`
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
