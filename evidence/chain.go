package evidence

import (
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Line is one line of the trail of a cycle, chained to the one before. Persons
// stand in it by their numbers: their names are apart, and can be erased.
type Line struct {
	Cycle    string      `json:"cycle"`
	Sequence int64       `json:"sequence"` // from 1 on, without gaps
	Recorded time.Time   `json:"recorded"` // UTC, to the microsecond
	On       policy.Date `json:"on"`       // what the calendar of the cycle showed
	Act      string      `json:"act"`
	ActID    string      `json:"act_id,omitempty"`
	Path     string      `json:"path,omitempty"`
	// Person is who did it, and OnBehalfOf whom the person stood in for; 0 for
	// nobody: the calendar did it.
	Person     int64       `json:"person,omitempty"`
	OnBehalfOf int64       `json:"principal,omitempty"`
	Body       policy.Body `json:"body,omitempty"`
	// Claimed says that Person and Body are only named: the attempt bears no good seal, so
	// nobody knows who made it.
	Claimed  bool        `json:"claimed,omitempty"`
	Accepted bool        `json:"accepted"`
	Code     policy.Code `json:"code,omitempty"`
	Message  string      `json:"message,omitempty"`
	// Record is the digest of what was recorded with the line; "" where nothing
	// was.
	Record   string `json:"record,omitempty"`
	Previous string `json:"previous"` // hash of the line before
	Hash     string `json:"hash,omitempty"`
}

// What the lines of a trail say, beside the acts.
const (
	LineStart        = "start"
	LineImport       = "import" // a cycle was taken over
	LineEnter        = "enter " // and the register
	LineStage        = "stage " // and the stage
	LineDiscontinued = "discontinued"
	LineLapsed       = "lapsed"
	LineOverdue      = "overdue"
)

// Genesis gives what the first line of a cycle's trail is chained to.
func Genesis(cycle string) string { return Digest([]byte("policycycle trail\n" + cycle)) }

// Sum gives the hash of a line: that of its canonical form without the hash
// itself, with the hash of the line before in it.
func (l Line) Sum() (string, error) {
	l.Hash = ""
	return DigestOf(l)
}

// Chain puts a line behind the one with the hash previous.
func Chain(previous string, l Line) (Line, error) {
	l.Previous = previous
	var err error
	l.Hash, err = l.Sum()
	return l, err
}

// FaultKind is what is wrong with a trail or a dossier.
type FaultKind string

// The kinds of fault.
const (
	FaultEdited     FaultKind = "edited"    // a line or a record is not as it was written
	FaultMissing    FaultKind = "missing"   // something is not there any more
	FaultOrder      FaultKind = "reordered" // lines stand in another order
	FaultExtra      FaultKind = "extra"     // something is there that no line knows of
	FaultTruncated  FaultKind = "truncated" // the trail is shorter than it once was
	FaultRewritten  FaultKind = "rewritten" // a whole stretch was written anew
	FaultSeal       FaultKind = "seal"      // a seal is missing or wrong
	FaultCheckpoint FaultKind = "checkpoint"
	FaultPeople     FaultKind = "people"    // somebody is not who it is said, or may not what is said
	FaultUnfounded  FaultKind = "unfounded" // what was recorded before does not lead to it
	FaultShown      FaultKind = "shown"     // what is shown is not what was recorded
)

// Fault is one thing that does not stand up to being checked.
type Fault struct {
	// Sequence is the number of the first line that it is about; 0 for none.
	Sequence int64     `json:"sequence,omitempty"`
	Kind     FaultKind `json:"kind"`
	Message  string    `json:"message"`
	// Said is of what the message was made.
	Said policy.Sentence `json:"-"`
}

func fault(sequence int64, kind FaultKind, format string, args ...any) Fault {
	remark := policy.Say(format, args...)
	return Fault{Sequence: sequence, Kind: kind, Message: remark.Message, Said: remark.Said}
}

// VerifyLines finds what was changed in a trail by itself: a line that was
// edited, taken out, put in or moved. The first bad one comes first. What was
// written anew as a whole, or cut off at the end, checkpoints find.
func VerifyLines(cycle string, lines []Line) []Fault {
	var faults []Fault
	if len(lines) == 0 {
		return []Fault{fault(1, FaultMissing, "the trail is empty: every cycle has the line of its start")}
	}
	previous, next := Genesis(cycle), int64(1)
	for _, l := range lines {
		sum, err := l.Sum()
		switch {
		case l.Sequence < next:
			faults = append(faults, fault(l.Sequence, FaultOrder, "line %d stands after line %d", l.Sequence, next-1))
		case l.Sequence > next && l.Sequence == next+1:
			faults = append(faults, fault(next, FaultMissing, "line %d is missing", next))
		case l.Sequence > next:
			faults = append(faults, fault(next, FaultMissing, "lines %d to %d are missing", next, l.Sequence-1))
		case l.Cycle != cycle:
			faults = append(faults, fault(l.Sequence, FaultEdited, "line %d is one of the cycle %s", l.Sequence, l.Cycle))
		case err != nil || sum != l.Hash:
			faults = append(faults, fault(l.Sequence, FaultEdited, "line %d is not as it was written: its hash does not belong to it", l.Sequence))
		case l.Previous != previous:
			faults = append(faults, fault(l.Sequence, FaultEdited, "line %d does not follow the line before it: one of the two was replaced", l.Sequence))
		}
		previous, next = l.Hash, max(l.Sequence+1, next)
	}
	return faults
}
