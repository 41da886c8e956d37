// Package e2e tests the whole of policycycle on a real Temporal server and a
// real Postgres, in this process and through the public commands.
package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/store"
)

// What the tests of this package share: one engine, and the built command.
var (
	shared *embedded.Engine
	binary string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "policycycle-e2e-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return fail(err)
	}
	// Not the registry of the person who runs the tests.
	if err := os.Setenv("POLICYCYCLE_RUNNING", filepath.Join(dir, "running")); err != nil {
		return fail(err)
	}
	binary = filepath.Join(dir, "policycycle")
	build := exec.Command("go", "build", "-o", binary, "github.com/policycycle/policycycle/cmd/policycycle")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return fail(err)
	}
	shared, err = embedded.Start(ctx, embedded.Options{Dir: filepath.Join(dir, "shared"), Log: zerolog.Nop()})
	if err != nil {
		return fail(err)
	}
	defer shared.Stop(ctx)
	if err := store.Migrate(ctx, shared.DatabaseURL); err != nil {
		return fail(err)
	}
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "the end-to-end tests cannot start:", err)
	return 1
}

// patience is how long a test waits for a condition before it fails.
const patience = 60 * time.Second

// eventually waits until a condition holds, and fails the test when it does
// not in time.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	within(tb, patience, what, holds)
}

// within waits until a condition holds, for so long.
func within(tb testing.TB, most time.Duration, what string, holds func() bool) {
	tb.Helper()
	const look = 50 * time.Millisecond
	deadline := time.After(most)
	for !holds() {
		select {
		case <-deadline:
			tb.Fatalf("waited %s in vain: %s", most, what)
		case <-time.After(look):
		}
	}
}
