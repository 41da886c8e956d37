package policy_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// readers reads each sample of what is recorded, as the store does.
func readers(t *testing.T) map[string]func(text []byte) (any, error) {
	t.Helper()
	all := map[string]func(text []byte) (any, error){}
	for _, file := range recorded(t, "documents") {
		kind := policy.Kind(strings.TrimSuffix(filepath.Base(file), ".json"))
		all[file] = func(text []byte) (any, error) { return policy.ReadContent(kind, text) }
	}
	for _, file := range recorded(t, "rows") {
		all[file] = func(text []byte) (any, error) {
			var row policy.Row
			err := json.Unmarshal(text, &row)
			return row, err
		}
	}
	for _, file := range recorded(t, "") {
		all[file] = func(text []byte) (any, error) {
			into := map[string]any{
				"definition.json": new(policy.Definition), "opening.json": new(policy.Opening), "silence.json": new(policy.Silence),
				"receipt.json": new(policy.Receipt), "script.json": new(policy.Script),
			}[filepath.Base(file)]
			return into, policy.Read(text, into)
		}
	}
	return all
}

// each calls do for each value in JSON, with what puts another in its place.
func each(value any, put func(any), do func(value any, put func(any))) {
	do(value, put)
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			each(value[key], func(other any) { value[key] = other }, do)
		}
	case []any:
		for i, part := range value {
			each(part, func(other any) { value[i] = other }, do)
		}
	}
}

func text(t *testing.T, tree any) []byte {
	t.Helper()
	written, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// A later version has one field more, in whatever part of what is recorded: here it passes,
// and all else is read. Who hands it in here is refused.
func TestRead_PassesAFieldOfALaterVersion(t *testing.T) {
	t.Parallel()
	const added = "added_later"
	for file, read := range readers(t) {
		original := sample(t, file)
		var tree any
		if err := json.Unmarshal(original, &tree); err != nil {
			t.Fatal(err)
		}
		each(tree, nil, func(value any, _ func(any)) {
			object, is := value.(map[string]any)
			if !is {
				return
			}
			object[added] = nil
			changed := text(t, tree)
			delete(object, added)
			got, err := read(changed)
			losesNothing(t, file, original, got, err)
		})
		if kind, is := strings.CutSuffix(filepath.Base(file), ".json"); is && strings.Contains(file, "documents") {
			more := append([]byte(`{"added_later": 1,`), original[1:]...)
			if _, err := policy.AdmitContent(policy.Kind(kind), more); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), added) {
				t.Errorf("%s with a field that there is not is handed in: %v", file, err)
			}
		}
	}
}

// A later version has one word more in a list, be it of bodies, outcomes or levels: here it stays
// as it was written.
func TestRead_KeepsAWordOfALaterVersion(t *testing.T) {
	t.Parallel()
	const word = "Word of 2031"
	for file, read := range readers(t) {
		var tree any
		if err := json.Unmarshal(sample(t, file), &tree); err != nil {
			t.Fatal(err)
		}
		each(tree, nil, func(value any, put func(any)) {
			was, is := value.(string)
			if _, err := policy.ParseDate(was); !is || err == nil || put == nil {
				return
			}
			if _, err := time.Parse(time.RFC3339, was); err == nil {
				return
			}
			if _, err := policy.ParseSubject(was); err == nil { // of what kind, has to be known
				return
			}
			put(word)
			changed := text(t, tree)
			got, err := read(changed)
			losesNothing(t, file, changed, got, err)
			put(was)
		})
	}
}

func TestRead_SaysWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"", "scorched", `{"goals": {}}`, `{"goals": [{"key": 7}]}`, `{"goals": [{"objective": "heavens", "key": 7}]}`, `[]`} {
		if _, err := policy.ReadContent(policy.KindMASP, []byte(written)); err == nil {
			t.Errorf("%s is a strategic plan", written)
		}
	}
	if _, err := policy.ReadRow(policy.RegDeliveries, []byte(`{"on": "soon"}`)); err == nil {
		t.Error("soon is a date")
	}
	if _, err := policy.ReadContent(policy.KindItem, []byte(`{}`)); err == nil {
		t.Error("an item has content")
	}
}

// Rows of a register that only a later version has go through as they are.
func TestReadRows_PassesARegisterOfALaterVersion(t *testing.T) {
	t.Parallel()
	const written = `{"register":"forecasts","key":"2030","date":"2029-11-02","body":{"risk":7},"by":{"body":"europol"}}`
	rows, err := policy.ReadRows([]byte("[" + written + "]"))
	if err != nil || string(text(t, rows[0])) != written {
		t.Errorf("%s, %v", text(t, rows), err)
	}
	if found := rows[0].Problems(); len(found) == 0 {
		t.Error("such a row may be entered")
	}
	if policy.VisibilityOf(policy.Principal{Actor: policy.Actor{Body: "fr"}, Grants: []policy.Grant{{Role: policy.RoleNEC, Body: "fr"}}}, policy.Circle{Cycle: "empact"}).Row(rows[0]) {
		t.Error("a delegation sees a row of which nobody knows whose conduct it tells of")
	}
	if _, err := policy.AdmitRows([]byte("[" + written + "]")); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("it is entered: %v", err)
	}
}

// What a later version marks otherwise is kept from everybody from whom anything is.
func TestMarkingAbove_PutsALaterVersionAboveAll(t *testing.T) {
	t.Parallel()
	const later policy.Marking = "COSMIC"
	if !later.Above(policy.Secret) || policy.Secret.Above(later) || later.Title() != "COSMIC" || policy.Marking("").Above(policy.Public) {
		t.Error("it is not above all")
	}
}

// Whatever stands in any place of what is recorded, reading ends with a value or with an
// error: nothing of it may end the worker that meets it.
func TestRead_EndsWhateverStandsInAnyPlace(t *testing.T) {
	t.Parallel()
	readers := readers(t)
	files := slices.Sorted(maps.Keys(readers))
	rubbish := []string{
		`null`, `true`, `7`, `-0.5`, `1e300`, `""`, `"Word of 2031"`, `"2031-13-45"`, `"` + strings.Repeat("‹", 1000) + `"`, `"\u0000"`,
		`[]`, `[null, 7, "Word of 2031"]`, `{}`, `{"": null, "key": [{}]}`,
	}
	rapid.Check(t, func(r *rapid.T) {
		file := rapid.SampledFrom(files).Draw(r, "file")
		var tree any
		if err := json.Unmarshal(sample(t, file), &tree); err != nil {
			r.Fatal(err)
		}
		for range rapid.IntRange(1, 4).Draw(r, "places") {
			var puts []func(any)
			each(tree, nil, func(_ any, put func(any)) {
				if put != nil {
					puts = append(puts, put)
				}
			})
			if len(puts) == 0 {
				break
			}
			var other any
			if err := json.Unmarshal([]byte(rapid.SampledFrom(rubbish).Draw(r, "rubbish")), &other); err != nil {
				r.Fatal(err)
			}
			puts[rapid.IntRange(0, len(puts)-1).Draw(r, "place")](other)
		}
		changed := text(t, tree)
		got, err := readers[file](changed)
		if err != nil {
			return
		}
		again, err := json.Marshal(got)
		if err != nil {
			r.Fatalf("%s is read, and cannot be written: %v", changed, err)
		}
		if second, err := readers[file](again); err != nil || !bytes.Equal(again, text(t, second)) {
			r.Fatalf("%s is read as %s, and that as %+v, %v", changed, again, second, err)
		}
	})
}
