package files_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
)

// What is written to be filled in is a cycle file already, of each cycle that there was.
func TestWritePattern_WritesASoundCycleFileWithComments(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"initial-2011-2013", "empact-2022-2025", "empact-2026-2029"} {
		for _, years := range []int{1, 2, 4, 7} {
			next := example(t, name).Successor(years)
			var out bytes.Buffer
			if err := files.WritePattern(&out, next); err != nil {
				t.Fatal(err)
			}
			again, err := files.ReadCycle("cycle.yaml", bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatalf("%s, %d years later: %v\n%s", name, years, err, out.String())
			}
			var twice bytes.Buffer
			if err := files.WritePattern(&twice, &again.Definition); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(out.String(), twice.String()); diff != "" {
				t.Errorf("%s, %d years later: %s", name, years, diff)
			}
			for _, comment := range []string{"# A cycle file, drafted", "# The Council's conclusions on the priorities.\nconclusions:", "# The stretches with OAPs of their own"} {
				if !strings.Contains(out.String(), comment) {
					t.Errorf("%s: no %q in\n%s", name, comment, out.String())
				}
			}
			if next.Predecessor != example(t, name).Key || again.Script != nil {
				t.Errorf("%s: after %s, with the script %v", name, next.Predecessor, again.Script)
			}
		}
	}
}
