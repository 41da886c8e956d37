package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/policycycle/policycycle/files"
)

func example(tb testing.TB, name string) *files.CycleFile {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "examples", name, "cycle.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	file, err := files.ReadCycle(name, f)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

func TestExamples_HoldTheRealCycles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ priorities, oaps, periods int }{
		"initial-2011-2013": {8, 8, 2},
		"empact-2022-2025":  {10, 15, 4},
		"empact-2026-2029":  {7, 13, 2},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := example(t, name)
			oaps := 0
			for _, p := range file.Priorities {
				oaps += len(p.OAPs)
			}
			if len(file.Priorities) != want.priorities || oaps != want.oaps || len(file.Periods) != want.periods {
				t.Errorf("%d priorities, %d OAPs, %d periods; want %+v", len(file.Priorities), oaps, len(file.Periods), want)
			}
			if file.Script == nil || len(file.Illustrative) == 0 {
				t.Error("the example has no script, or says of nothing that it is illustrative")
			}
		})
	}
}
