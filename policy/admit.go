package policy

import (
	"encoding/json"
	"errors"
	"strings"
)

// The door: what somebody hands in is admitted, strictly, with all that is wrong with it.
// What is in the records was admitted before, and is read (read.go).

// AdmitContent takes the JSON of a content of a kind that is handed in. Unknown fields,
// keys given twice, words that no list has and everything that ProblemsOf finds are errors
// with CodeInvalid.
func AdmitContent(kind Kind, text []byte) (Content, error) {
	c := NewContent(kind)
	if c == nil {
		return nil, notKept(kind)
	}
	if err := UniqueKeys(text); err != nil {
		return nil, err
	}
	if err := decodeStrictly(text, c); err != nil {
		return nil, err
	}
	return c, JudgeContent(kind, c)
}

// JudgeContent says whether a content may be handed in, whatever the rest of the cycle
// says. The error has CodeInvalid and names what ProblemsOf finds.
func JudgeContent(kind Kind, c Content) error {
	if ps := ProblemsOf(c); len(ps) > 0 {
		return Unsound(ps, "the %s is not sound: %s", kind.Title())
	}
	return nil
}

func notKept(kind Kind) error {
	return Refuse(CodeInvalid, "the content of a %s is not kept here", kind.Title())
}

// AdmitRow takes the JSON of the body of a row that is entered. Unknown fields and words
// that no list has are errors with CodeInvalid; what else is wrong, JudgeRows says.
func AdmitRow(r Register, text []byte) (RowBody, error) {
	body := r.NewRow()
	if body == nil {
		return nil, missing("register", "%q is not a register: use %s", r, strings.Join(Register("").Words(), ", "))
	}
	return body, decodeStrictly(text, body)
}

// AdmitRows takes the JSON of rows that are entered, as AdmitRow takes each. The error has
// CodeInvalid.
func AdmitRows(text []byte) ([]Row, error) {
	var texts []rowText
	if err := json.Unmarshal(text, &texts); err != nil {
		return nil, noRows(err)
	}
	rows := make([]Row, len(texts))
	for i := range texts {
		body, err := AdmitRow(texts[i].Register, texts[i].Body)
		if err != nil {
			return nil, err
		}
		rows[i] = texts[i].with(body)
	}
	return rows, nil
}

func noRows(err error) error {
	if refusal, is := errors.AsType[*Error](err); is {
		return refusal
	}
	return Refuse(CodeInvalid, "these are no rows of a register: %s", err)
}
