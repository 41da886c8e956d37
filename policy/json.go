package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// deepest is how many objects and lists may stand within each other.
const deepest = 1000

// UniqueKeys refuses JSON in which an object has a key twice, in whatever case: those
// who read it would not agree about which of the two counts. The error has CodeInvalid
// and names the key. JSON that is wrong otherwise is left to who reads it.
func UniqueKeys(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	type level struct {
		keys    map[string]bool // nil in a list
		isValue bool            // what comes next in an object is no key
	}
	var levels []level
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil //nolint:nilerr // at the end, or no JSON
		}
		if delimiter, is := token.(json.Delim); is && (delimiter == '}' || delimiter == ']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if n := len(levels); n > 0 && levels[n-1].keys != nil {
			top := &levels[n-1]
			if key, is := token.(string); is && !top.isValue {
				folded := strings.ToLower(key)
				if top.keys[folded] {
					shown := Legible(key, maxName)
					return missing(shown, "%s is given twice: say it once", shown)
				}
				top.keys[folded], top.isValue = true, true
				continue
			}
			top.isValue = false
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{keys: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
		if len(levels) > deepest {
			return Refuse(CodeInvalid, "it is nested more than %d levels deep", deepest)
		}
	}
}

// decodeStrictly reads one JSON value; the error has CodeInvalid and names the
// field where it can.
func decodeStrictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil && !errors.Is(decoder.Decode(new(any)), io.EOF) {
		err = errors.New("more than one value")
	}
	if err == nil {
		return nil
	}
	if refusal, is := errors.AsType[*Error](err); is {
		return refusal
	}
	if wrong, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		return missing(wrong.Field, "%s is a %s: expected another kind of value", wrong.Field, wrong.Value)
	}
	return Refuse(CodeInvalid, "it does not have the shape it must have: %s", strings.TrimPrefix(err.Error(), "json: "))
}
