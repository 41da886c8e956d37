package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Code names a kind of refusal. Codes are stable: scripts, the exit status of
// the command line and the wire all rest on them.
type Code string

// The codes an Error may carry.
const (
	// CodeInvalid is input whose shape is wrong: a field missing, a value that
	// is not of the field's list, an impossible date.
	CodeInvalid Code = "invalid"
	// CodeUnknown names something that does not exist: a cycle, a subject, a
	// decision.
	CodeUnknown Code = "unknown"
	// CodeNotOpen is an act on a subject that nothing can be recorded on now.
	CodeNotOpen Code = "not-open"
	// CodeAlreadyDecided is a decision on a subject that has its outcome.
	CodeAlreadyDecided Code = "already-decided"
	// CodeNotCompetent is an act that the body or person may not do.
	CodeNotCompetent Code = "not-competent"
	// CodeWrongVersion is a decision on another version than the submitted one.
	CodeWrongVersion Code = "wrong-version"
	// CodeWrongDate is a date out of the order of events.
	CodeWrongDate Code = "wrong-date"
	// CodeNotReady is an adoption whose precondition is not met yet: an OAP
	// whose MASP is not adopted. The same act may succeed later.
	CodeNotReady Code = "not-ready"
	// CodeBlocked is something that a rule of the field does not let pass. A fact
	// that happened all the same is recorded as irregular.
	CodeBlocked Code = "blocked"
	// CodeFourEyes is an act that wants a second person: who recorded an outcome
	// or handed in a version cannot confirm it or decide on it.
	CodeFourEyes Code = "four-eyes"
	// CodeSeal is an act that bears no seal where one is wanted, or a seal that
	// is wrong, unknown or too old.
	CodeSeal Code = "seal"
	// CodeMarking is content above the marking that may be kept here, or that
	// the reader may not see.
	CodeMarking Code = "marking"
	// CodeUnsafe is a configuration that is not safe.
	CodeUnsafe Code = "unsafe"
	// CodeTampered is a record that does not stand up to being checked.
	CodeTampered Code = "tampered"
	// CodeNotIdentified means that nobody known asks: no token, one that is not
	// believed or has expired, or a person who has no role.
	CodeNotIdentified Code = "not-identified"
	// CodeConflict is a second, different act under an ID already used, or a
	// cycle key already taken.
	CodeConflict Code = "conflict"
	// CodeOutcomeUnknown means that no answer came in time. The act may or may
	// not be recorded: repeating it with the same ID is safe and tells.
	CodeOutcomeUnknown Code = "outcome-unknown"
	// CodeUnavailable means that a part needed (Postgres, Temporal, the
	// worker) is away. Nothing was changed.
	CodeUnavailable Code = "unavailable"
	// CodeTooMany means that one person sends more at once than is taken. Nothing
	// was changed.
	CodeTooMany Code = "too-many"
	// CodeWrongSchema means that the records are of a newer or an older version of
	// policycycle than this one. Nothing was changed.
	CodeWrongSchema Code = "wrong-schema"
	// CodeInternal is everything we did not foresee.
	CodeInternal Code = "internal"
)

// Error is a refusal that a person can act on: a code for machines and a
// sentence for people. It survives the way through Temporal as JSON.
type Error struct {
	Code    Code   `json:"code"`    // what a program goes by: see exit status
	Message string `json:"message"` // a sentence for people
	// Field is the path of the input that is wrong, such as "periods[1].from";
	// empty when the fault is not in one field.
	Field string `json:"field,omitempty"`
	// Said is of what the sentence was made, for faces in other languages.
	Said Sentence `json:"said,omitzero"`
	// Record is the ID of an act of which nobody knows whether it is recorded: to
	// repeat it under this ID is safe, and tells.
	Record string `json:"record,omitempty"`
	// Mistakes are all that is wrong with what came in, each at its place where that is
	// a file; empty where it is wrong as a whole.
	Mistakes []Mistake `json:"mistakes,omitempty"`
}

// Mistake is one thing that is wrong with what came in.
type Mistake struct {
	File    string `json:"file,omitempty"`   // what the file is called; empty where it is none
	Line    int    `json:"line,omitempty"`   // of the file, from 1
	Column  int    `json:"column,omitempty"` // from 1, in characters; in a sheet, in cells
	Sheet   string `json:"sheet,omitempty"`  // of a workbook
	Field   string `json:"field,omitempty"`  // path of the field, such as `periods[1].from`, or `rows[1].state` of the rows that were entered
	Message string `json:"message"`          // what is wrong and what was expected
	// Said is of what the whole sentence was made; empty where it is said in English alone.
	Said Sentence `json:"-"`
}

// Place says where in its file the mistake is: LINE:COLUMN, or in a workbook SHEET!C12.
func (m Mistake) Place() string {
	if m.Sheet == "" {
		return fmt.Sprintf("%d:%d", m.Line, m.Column)
	}
	letters := ""
	for n := m.Column; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return fmt.Sprintf("%s!%s%d", m.Sheet, letters, m.Line)
}

// String gives the line of a mistake: FILE:PLACE: FIELD MESSAGE, without a place
// where it has none. It stays one line where what is wrong quotes a line break of the file.
func (m Mistake) String() string {
	line := strings.TrimSpace(m.Field + " " + m.Message)
	if m.File != "" {
		line = fmt.Sprintf("%s:%s: %s", m.File, m.Place(), line)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, line)
}

func (e *Error) Error() string { return e.Message }

// Refuse returns an Error with a formatted sentence.
func Refuse(code Code, format string, args ...any) *Error {
	e := &Error{Code: code}
	e.Message, e.Said = sentence(format, args)
	return e
}

// MostRefusal is the most bytes of JSON in which a refusal is told. Temporal keeps it in
// the history and takes no message that is much larger: what it does not take is tried
// again for ever.
const MostRefusal = 64 << 10

// Told gives the refusal as it can be told: as it is, or in short.
func (e *Error) Told() *Error {
	if e == nil {
		return nil
	}
	brief := *e
	brief.Mistakes = nil // the sentence tells the first of them
	for _, told := range []*Error{e, &brief} {
		if text, err := json.Marshal(told); err == nil && len(text) <= MostRefusal {
			return told
		}
	}
	return Refuse(e.Code, "it is refused for more reasons than can be told here: the audit trail says how they begin")
}

// CodeOf gives the code of err: that of the first Error in its tree, or
// CodeInternal. It gives "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
