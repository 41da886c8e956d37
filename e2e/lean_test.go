package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestALeanBuildDoesAllButRunAnEngine builds policycycle without the Temporal server, for
// servers and clients, and uses it on a Temporal and a Postgres that are there.
func TestALeanBuildDoesAllButRunAnEngine(t *testing.T) {
	t.Parallel()
	lean := filepath.Join(t.TempDir(), "policycycle")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lean", "-o", lean, "github.com/policycycle/policycycle/cmd/policycycle")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	records := database(t, "lean")
	types := func(args ...string) (int, string) {
		c := exec.CommandContext(t.Context(), lean, args...)
		c.Env = append(os.Environ(), "DATABASE_URL="+records, "TEMPORAL_ADDRESS="+shared.TemporalAddress, "TEMPORAL_NAMESPACE=lean")
		out, _ := c.CombinedOutput() // the status tells
		return c.ProcessState.ExitCode(), string(out)
	}
	if status, out := types("up", "--data", folder(t)); status != 12 || !strings.Contains(out, "built lean") {
		t.Errorf("up ended with %d: %s", status, out)
	}
	if status, out := types("migrate"); status != 0 {
		t.Errorf("migrate ended with %d: %s", status, out)
	}
	if status, out := types("cycle", "list"); status != 0 {
		t.Errorf("cycle list ended with %d: %s", status, out)
	}
}
