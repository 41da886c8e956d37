package service

import (
	"encoding/json"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// What stands in a document is a type of its own for each kind; these read it by
// the subject beside it.

// SetContent has a version handed in with a content, as the data that the cycle keeps.
func (in *Submit) SetContent(content policy.Content) (err error) {
	in.MediaType = "application/json"
	in.Content, err = json.Marshal(content)
	return err
}

// UnmarshalJSON reads a document.
func (d *Document) UnmarshalJSON(text []byte) error {
	type plain Document
	read := struct {
		*plain
		Content json.RawMessage `json:"content"`
	}{plain: (*plain)(d)}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	var err error
	d.Content, err = parseContent(d.Subject.Kind, read.Content)
	return err
}

// UnmarshalJSON reads a draft, which may be unfinished.
func (d *Draft) UnmarshalJSON(text []byte) error {
	type plain Draft
	read := struct {
		*plain
		Content json.RawMessage `json:"content"`
	}{plain: (*plain)(d)}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	var err error
	d.Content, err = parseContent(d.Subject.Kind, read.Content)
	return err
}

// UnmarshalJSON reads a whole cycle.
func (w *Whole) UnmarshalJSON(text []byte) error {
	type plain Whole
	read := struct {
		*plain
		Documents map[string]json.RawMessage `json:"documents"`
	}{plain: (*plain)(w)}
	err := json.Unmarshal(text, &read)
	if err == nil {
		w.Documents, err = parseDocuments(read.Documents)
	}
	return err
}

// UnmarshalJSON reads how a cycle is rehearsed.
func (r *Rehearsal) UnmarshalJSON(text []byte) error {
	type plain Rehearsal
	read := struct {
		*plain
		Documents map[string]json.RawMessage `json:"documents"`
	}{plain: (*plain)(r)}
	err := json.Unmarshal(text, &read)
	if err == nil {
		r.Documents, err = parseDocuments(read.Documents)
	}
	return err
}

// parseDocuments reads contents by path and version.
func parseDocuments(texts map[string]json.RawMessage) (map[string]policy.Content, error) {
	if texts == nil {
		return nil, nil
	}
	documents := make(map[string]policy.Content, len(texts))
	for path, text := range texts {
		kind, _, _ := strings.Cut(path, "/")
		content, err := parseContent(policy.Kind(kind), text)
		if err != nil {
			return nil, err
		}
		documents[path] = content
	}
	return documents, nil
}

func parseContent(kind policy.Kind, text json.RawMessage) (policy.Content, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	content := policy.NewContent(kind)
	if content == nil {
		return nil, policy.Refuse(policy.CodeInvalid, "the content of a %s is not kept as data", kind.Title())
	}
	return content, json.Unmarshal(text, content)
}
