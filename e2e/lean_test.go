package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestALeanBuildDoesAllButRunAnEngine builds policycycle without the Temporal server, for
// servers and clients, and rehearses a cycle with it on a Temporal and a Postgres that are
// there.
func TestALeanBuildDoesAllButRunAnEngine(t *testing.T) {
	t.Parallel()
	lean := filepath.Join(t.TempDir(), "policycycle")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lean", "-o", lean, "github.com/policycycle/policycycle/cmd/policycycle")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	records := database(t, "lean")
	command := func(args ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), lean, args...)
		c.Env = append(os.Environ(), "DATABASE_URL="+records, "TEMPORAL_ADDRESS="+shared.TemporalAddress, "TEMPORAL_NAMESPACE=lean")
		return c
	}
	types := func(args ...string) (int, string) {
		c := command(args...)
		out, _ := c.CombinedOutput() // the status tells
		return c.ProcessState.ExitCode(), string(out)
	}
	if status, out := types("up", "--data", folder(t)); status != 12 || !strings.Contains(out, "built lean") {
		t.Errorf("up ended with %d: %s", status, out)
	}
	if status, out := types("migrate"); status != 0 {
		t.Errorf("migrate ended with %d: %s", status, out)
	}
	worker := command("worker")
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	if status, out := types("rehearse", cycleFile(t, small(t)), "--year", "1s", "-o", "json"); status != 0 || !strings.Contains(out, `"stage": "closed"`) {
		t.Errorf("rehearse ended with %d: %s", status, out)
	}
	if status, out := types("cycle", "list"); status != 0 {
		t.Errorf("cycle list ended with %d: %s", status, out)
	}
	if err := errors.Join(worker.Process.Signal(os.Interrupt), worker.Wait()); err != nil {
		t.Errorf("the worker ended with %v", err)
	}
	for what, path := range map[string]string{"lean": lean, "whole": binary} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("the %s binary takes %d MB, with what debuggers need", what, info.Size()>>20)
	}
}
