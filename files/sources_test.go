package files_test

import (
	"strings"
	"testing"
)

// cited is the number of conclusions whose day no public source gives.
const cited = "ST 7101/23 INIT"

// Each fact of an example carries its source, and what has none says that it is made up.
func TestExamples_AccountForEveryFact(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sourced, illustrative, scenes, invented int }{
		"initial-2011-2013": {57, 126, 4, 6},
		"empact-2022-2025":  {100, 202, 10, 11},
		"empact-2026-2029":  {66, 188, 2, 12},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := example(t, name)
			found, err := file.Provenance()
			if err != nil {
				t.Fatal(err)
			}
			for _, open := range found.Open {
				t.Errorf("%s has no source, and is not listed as illustrative", open)
			}
			for _, idle := range found.Idle {
				t.Errorf("%s leads to nothing in the file", idle)
			}
			if found.Sourced != want.sourced || found.Illustrative != want.illustrative {
				t.Errorf("%d values have a source, %d are illustrative; want %d and %d", found.Sourced, found.Illustrative, want.sourced, want.illustrative)
			}
			for _, c := range file.Sources {
				if !findable(c.Source) {
					t.Errorf("%q says not when or where", c.Source)
				}
			}
			scenes, invented := 0, 0
			for _, scene := range file.Script.Scenes {
				switch {
				case scene.Source == "":
					invented++
				case !findable(scene.Source):
					t.Errorf("%q says not when or where", scene.Source)
				default:
					scenes++
				}
				registered := scene.Document != "" && !scene.Document.Rehearsed()
				if registered && scene.Source == "" && scene.Document != cited {
					t.Errorf("%s is of the register and has no source", scene.Document)
				}
			}
			if scenes != want.scenes || invented != want.invented {
				t.Errorf("%d scenes have a source, %d are made up; want %d and %d", scenes, invented, want.scenes, want.invented)
			}
			for _, item := range file.Script.Items {
				if madeUp := item.Key == "assessment-method" || item.Key == "roadmap"; madeUp == findable(item.Source) {
					t.Errorf("the item %s has the source %q", item.Key, item.Source)
				}
			}
		})
	}
}

// findable says whether a source can be looked up: it has a day or a year, or an address.
func findable(source string) bool {
	return strings.Contains(source, "http") || strings.Contains(source, " 20") || strings.Contains(source, "OJ ")
}
