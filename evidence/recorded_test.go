package evidence_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// Envelopes stand in histories and in the trail for years: those that releases wrote, one of
// each kind of act in testdata/recorded, are read and found well formed today.
func TestParseEnvelope_ReadsThoseOfAFormerRelease(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "recorded", "*", "acts", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	met := map[policy.ActKind]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		e, err := evidence.ParseEnvelope(text)
		if err == nil {
			err = e.Check()
		}
		if err != nil {
			t.Errorf("%s cannot be read: %v", file, err)
		}
		met[e.Act.Kind] = true
	}
	for _, kind := range policy.ActKinds {
		if !met[kind] {
			t.Errorf("testdata/recorded has no act of the kind %s: add one as the code writes it", kind)
		}
	}
}
