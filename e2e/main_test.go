// Package e2e tests the whole of policycycle on a real Temporal server and a
// real Postgres, in this process and through the public commands.
package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/tools/guardian"
)

// What the tests of this package share: one engine, and the built command.
var (
	shared *embedded.Engine
	binary string
)

func TestMain(m *testing.M) {
	os.Exit(guardian.Tests(func() int {
		if command := os.Getenv(victimVariable); command != "" {
			return victim(command)
		}
		if records := os.Getenv(clockVariable); records != "" {
			return clock(records)
		}
		return run(m)
	}))
}

// run runs the tests beside what they share, in the folder that goes with them.
func run(m *testing.M) int {
	ctx, dir := context.Background(), os.TempDir()
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
	// Engines leave much behind for the collector: memory is cheaper here than cores.
	const percent = 400
	debug.SetGCPercent(percent)
	if err := os.Setenv("GOGC", strconv.Itoa(percent)); err != nil {
		return fail(err)
	}
	var err error
	shared, err = embedded.Start(ctx, embedded.Options{Dir: filepath.Join(dir, "shared"), Log: zerolog.Nop()})
	if err != nil {
		return fail(err)
	}
	defer shared.Stop(ctx)
	if err := store.Migrate(ctx, shared.DatabaseURL); err != nil {
		return fail(err)
	}
	defer browser.Stop()
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "the end-to-end tests cannot start:", err)
	return 1
}

// unhurried is a limit on time for whoever must have one: longer than anything takes
// on any machine.
const unhurried = time.Hour

// eventually waits until a condition holds, however long that takes: whoever runs the
// tests ends them when nothing happens any more (see tools/patiently). What it waits
// for in vain is told once. It looks ever less often, and rarely where a look is work, so
// that waiting takes little from what it waits for.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	const look, long = 50 * time.Millisecond, time.Minute
	began, tell := time.Now(), time.After(long)
	for {
		looked := time.Now()
		if holds() {
			return
		}
		select {
		case <-tell:
			tb.Logf("after %s it is still not so: %s", long, what)
		case <-time.After(max(look, time.Since(began)/20, 4*time.Since(looked))):
		}
	}
}
