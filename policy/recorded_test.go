package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// What releases wrote stands in testdata/recorded, a folder for each: documents by kind,
// rows, and what else is kept as JSON. Cycles last for years, so today's code reads them
// all, and loses nothing of them.
func TestRead_TakesWhatAFormerReleaseRecorded(t *testing.T) {
	t.Parallel()
	kinds, registers := map[policy.Kind]bool{}, map[policy.Register]bool{}
	for _, file := range recorded(t, "documents") {
		kind := policy.Kind(strings.TrimSuffix(filepath.Base(file), ".json"))
		kinds[kind] = true
		text := sample(t, file)
		content, err := policy.ReadContent(kind, text)
		losesNothing(t, file, text, content, err)
	}
	for _, file := range recorded(t, "rows") {
		text := sample(t, file)
		rows, err := policy.ReadRows(slices.Concat([]byte("["), text, []byte("]")))
		if err != nil || rows[0].Body == nil {
			t.Errorf("%s cannot be read: %v", file, err)
			continue
		}
		registers[rows[0].Register] = true
		losesNothing(t, file, text, rows[0], nil)
	}
	for name, into := range map[string]any{
		"definition": new(policy.Definition), "opening": new(policy.Opening), "silence": new(policy.Silence),
		"receipt": new(policy.Receipt), "script": new(policy.Script),
	} {
		files := recorded(t, "")
		files = slices.DeleteFunc(files, func(file string) bool { return filepath.Base(file) != name+".json" })
		if len(files) == 0 {
			t.Errorf("no release recorded a sample of: %s", name)
		}
		for _, file := range files {
			text := sample(t, file)
			losesNothing(t, file, text, into, policy.Read(text, into))
		}
	}
	for _, kind := range policy.ContentKinds() {
		if !kinds[kind] {
			t.Errorf("testdata/recorded has no document of the kind %s: add one as the code writes it", kind)
		}
	}
	for _, register := range policy.Registers() {
		if !registers[register] {
			t.Errorf("testdata/recorded has no row of the register %s: add one as the code writes it", register)
		}
	}
}

// recorded lists what the releases wrote of something.
func recorded(t *testing.T, what string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "recorded", "*", what, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no release recorded any %s: %v", what, err)
	}
	return files
}

func sample(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// losesNothing says what is missing in what was read of a sample: a field that was renamed,
// a value that is read as another.
func losesNothing(t *testing.T, file string, text []byte, read any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s cannot be read: %v", file, err)
		return
	}
	again, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	var was, is any
	if err := json.Unmarshal(text, &was); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &is); err != nil {
		t.Fatal(err)
	}
	for _, lost := range lostIn("", was, is) {
		t.Errorf("%s: read today, %s", file, lost)
	}
}

// lostIn lists where something that was there is there no more, or is another.
func lostIn(at string, was, is any) []string {
	var lost []string
	switch was := was.(type) {
	case map[string]any:
		now, _ := is.(map[string]any)
		for key, value := range was {
			lost = append(lost, lostIn(at+"."+key, value, now[key])...)
		}
	case []any:
		now, _ := is.([]any)
		if len(now) != len(was) {
			return []string{fmt.Sprintf("%s has %d entries instead of %d", at, len(now), len(was))}
		}
		for i, value := range was {
			lost = append(lost, lostIn(fmt.Sprintf("%s[%d]", at, i), value, now[i])...)
		}
	default:
		if was != is {
			lost = append(lost, fmt.Sprintf("%s is %v instead of %v", at, is, was))
		}
	}
	return lost
}
