package service

import (
	"encoding/json"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// What stands in a document is a type of its own for each kind; these read it by
// the subject beside it. What a service gives is read as it is, for it may be of a later
// version; what it is given is admitted.

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
	err := policy.Read(text, &read)
	if err == nil {
		d.Content, err = contentOf(d.Subject.Kind, read.Content, policy.ReadContent)
	}
	return err
}

// UnmarshalJSON reads a draft, which may be unfinished.
func (d *Draft) UnmarshalJSON(text []byte) error {
	type plain Draft
	read := struct {
		*plain
		Content json.RawMessage `json:"content"`
	}{plain: (*plain)(d)}
	err := policy.Read(text, &read)
	if err == nil {
		d.Content, err = contentOf(d.Subject.Kind, read.Content, policy.ReadContent)
	}
	return err
}

// UnmarshalJSON admits rows.
func (e *Enter) UnmarshalJSON(text []byte) error {
	type plain Enter
	given := struct {
		*plain
		Rows json.RawMessage `json:"rows"`
	}{plain: (*plain)(e)}
	err := json.Unmarshal(text, &given)
	if err == nil && given.Rows != nil {
		e.Rows, err = policy.AdmitRows(given.Rows)
	}
	return err
}

// UnmarshalJSON reads a whole cycle.
func (w *Whole) UnmarshalJSON(text []byte) error {
	type plain Whole
	read := struct {
		*plain
		Documents map[string]json.RawMessage `json:"documents"`
	}{plain: (*plain)(w)}
	err := policy.Read(text, &read)
	if err == nil {
		w.Documents, err = documentsOf(read.Documents, policy.ReadContent)
	}
	return err
}

// UnmarshalJSON admits a cycle to be taken over.
func (i *Import) UnmarshalJSON(text []byte) error {
	type plain Whole
	given := struct {
		*plain
		Documents map[string]json.RawMessage `json:"documents"`
		Rows      json.RawMessage            `json:"rows"`
	}{plain: (*plain)(&i.Whole)}
	err := json.Unmarshal(text, &given)
	if err == nil && given.Rows != nil {
		i.Rows, err = policy.AdmitRows(given.Rows)
	}
	if err == nil {
		i.Documents, err = documentsOf(given.Documents, policy.AdmitContent)
	}
	return err
}

// UnmarshalJSON admits how a cycle is rehearsed.
func (r *Rehearsal) UnmarshalJSON(text []byte) error {
	type plain Rehearsal
	given := struct {
		*plain
		Documents map[string]json.RawMessage `json:"documents"`
		Rows      json.RawMessage            `json:"rows"`
	}{plain: (*plain)(r)}
	err := json.Unmarshal(text, &given)
	if err == nil && given.Rows != nil {
		r.Rows, err = policy.AdmitRows(given.Rows)
	}
	if err == nil {
		r.Documents, err = documentsOf(given.Documents, policy.AdmitContent)
	}
	return err
}

// documentsOf takes contents by path and version, each by its kind.
func documentsOf(texts map[string]json.RawMessage, take func(policy.Kind, []byte) (policy.Content, error)) (map[string]policy.Content, error) {
	if texts == nil {
		return nil, nil
	}
	documents := make(map[string]policy.Content, len(texts))
	for path, text := range texts {
		kind, _, _ := strings.Cut(path, "/")
		content, err := contentOf(policy.Kind(kind), text, take)
		if err != nil {
			return nil, err
		}
		documents[path] = content
	}
	return documents, nil
}

func contentOf(kind policy.Kind, text json.RawMessage, take func(policy.Kind, []byte) (policy.Content, error)) (policy.Content, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	return take(kind, text)
}
