package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// What lies in examples/ is what this command makes: nobody changes it by hand
// and forgets the command.
func TestTheExamplesAreWhatThisMakes(t *testing.T) {
	t.Parallel()
	for name, s := range examples {
		dir := filepath.Join("..", "..", "examples", name)
		file, err := os.Open(filepath.Join(dir, "cycle.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		cycle, err := files.ReadCycle(file.Name(), file)
		if err != nil {
			t.Fatal(err)
		}
		made := t.TempDir()
		if err := files.WriteFolder(made, illustrated(cycle, s)); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"actions.csv", "registers/progress.csv", "registers/consents.csv", "documents/assessment/v1.yaml"} {
			want, err := os.ReadFile(filepath.Join(made, part))
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(dir, part))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s of %s is not what go run ./tools/illustrate makes: %v", part, name, err)
			}
		}
	}
}

// Everything made up says that it is.
func TestWhatIsMadeUpSaysSo(t *testing.T) {
	t.Parallel()
	for name := range examples {
		folder, err := files.ReadFolder(filepath.Join("..", "..", "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		for path, content := range folder.Documents {
			if !policy.CoverOf(content).Illustrative {
				t.Errorf("%s of %s does not say that it is illustrative", path, name)
			}
		}
	}
}
