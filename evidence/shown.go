package evidence

import (
	"github.com/policycycle/policycycle/policy"
)

// Shown is what people are shown of a cycle: where it stands, and each of its subjects.
// All of it follows from what was recorded, and Verify holds it against that.
type Shown struct {
	Cycle    ShownCycle     `json:"cycle"`
	Subjects []ShownSubject `json:"subjects"` // those that were opened
	// Unread lists the paths of the subjects that could not be read where the dossier
	// was made.
	Unread []string `json:"unread,omitempty"`
}

// ShownCycle is where a cycle is shown to stand.
type ShownCycle struct {
	Title      string          `json:"title"`
	Language   policy.Language `json:"language,omitempty"` // of the titles
	Rehearsal  bool            `json:"rehearsal,omitempty"`
	Definition int             `json:"definition"` // the version in force
	Wording    ShownWording    `json:"wording,omitzero"`
	Stage      policy.Stage    `json:"stage"`
	Since      policy.Date     `json:"since,omitzero"`
	Sequence   int64           `json:"sequence"` // of the last line
	Head       string          `json:"head"`     // its hash
}

// ShownWording names the texts from which the definition takes its words, by the digests of
// their contents; empty for one that is not adopted.
type ShownWording struct {
	Conclusions string `json:"conclusions,omitempty"`
	GeneralMASP string `json:"general_masp,omitempty"`
}

// ShownSubject is where a subject is shown to stand.
type ShownSubject struct {
	policy.Standing
	Title    string          `json:"title"`
	OpenedOn policy.Date     `json:"opened_on,omitzero"`
	Opening  *policy.Opening `json:"opening,omitempty"` // of what somebody opened
	// Settles says that the turn at which it stands is the last one.
	Settles bool `json:"settles,omitempty"`
}
