package e2e_test

import (
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/tools/readme"
)

// Whoever knows the SDK of Temporal, and nothing of our code, runs a cycle: the example is built
// as the module that it is, and does what its README shows.
func TestAProgramOfOnesOwnRunsACycle(t *testing.T) {
	t.Parallel()
	h := enter(t, unhurried)
	h.works()
	door := httptest.NewServer(h.programs())
	t.Cleanup(door.Close)

	program := filepath.Join(t.TempDir(), "client")
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=readonly", "-buildvcs=false", "-o", program, ".")
	build.Dir = filepath.Join("..", "examples", "client")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	text, err := os.ReadFile(filepath.Join(build.Dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	steps := readme.Steps(string(text))
	if len(steps) != 1 || !strings.HasPrefix(steps[0].Command, "go run . ") {
		t.Fatalf("the README shows %v", steps)
	}
	runs := func() (string, error) {
		var said strings.Builder
		run := exec.CommandContext(t.Context(), program, "-api", door.URL, "-temporal", shared.TemporalAddress, "-namespace", shared.Namespace)
		run.Stdout, run.Stderr = io.MultiWriter(&said, t.Output()), t.Output()
		err := run.Run()
		return said.String(), err
	}
	said, err := runs()
	if err != nil {
		t.Fatal(err)
	}
	if missing := steps[0].Missing(said); len(missing) > 0 {
		t.Errorf("printed is not\n%s", strings.Join(missing, "\n"))
	}
	confirmed := slices.DeleteFunc(strings.Split(said, "\n"), func(line string) bool { return !strings.HasPrefix(line, "confirm") })
	if len(confirmed) != 2 || confirmed[0] != confirmed[1] {
		t.Errorf("sent twice, the confirmation was answered with %q", confirmed)
	}
	found := h.found(at("client-example", "priorities"))
	if len(found.Decisions) != 1 || !strings.HasPrefix(found.Decisions[0].ConfirmedBy, "bert@") {
		t.Errorf("the records have %+v", found.Decisions)
	}

	if _, err := runs(); err == nil {
		t.Error("a cycle that is there already is started again")
	}
}
