package local

import (
	"testing"

	"github.com/policycycle/policycycle/store"
)

// An act is on the version that is named; where none is, on the one handed in last.
// The record refuses it where the two are not the same.
func TestVersionOr_TakesTheVersionThatIsNamed(t *testing.T) {
	t.Parallel()
	last := store.Brief{Version: 2, Digest: "sha256:2"}
	for name, test := range map[string]struct {
		version int
		digest  string
		last    store.Brief
		is      int
		its     string
	}{
		"none named":                  {0, "", last, 2, "sha256:2"},
		"the last":                    {2, "", last, 2, "sha256:2"},
		"the one before":              {1, "", last, 1, ""},
		"the one before, by its text": {1, "sha256:1", last, 1, "sha256:1"},
		"the last as it was worded":   {2, "sha256:old", last, 2, "sha256:old"},
		"none named, none handed in":  {0, "", store.Brief{}, 1, ""},
		"a text, and none is named":   {0, "sha256:old", last, 2, "sha256:old"},
	} {
		if is, its := versionOr(test.version, test.digest, test.last); is != test.is || its != test.its {
			t.Errorf("%s: version %d, %q; want %d, %q", name, is, its, test.is, test.its)
		}
	}
}
