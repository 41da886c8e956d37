package guardian_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/tools/guardian"
)

// endVariable turns the test binary into a process that runs tests, which start a
// durable Postgres and something in a session of its own, and end as it says.
const endVariable = "POLICYCYCLE_TEST_END"

func TestMain(m *testing.M) {
	end := os.Getenv(endVariable)
	os.Exit(guardian.Tests(func() int {
		if end == "" {
			return m.Run()
		}
		return victim(end)
	}))
}

func victim(end string) int {
	server, err := postgres.Start(context.Background(), postgres.Options{Dir: filepath.Join(os.TempDir(), "postgres"), Log: zerolog.Nop()})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	away := exec.Command("sleep", "100000")
	away.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := away.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(os.TempDir(), server.PID(), away.Process.Pid)
	switch end {
	case "panic":
		panic("as go test does when its time is up")
	case "in order":
		return 0
	}
	select {}
}

func TestTests_LeaveNothingHoweverTheyEnd(t *testing.T) {
	t.Parallel()
	signals := map[string]syscall.Signal{"kill -9": syscall.SIGKILL, "Ctrl-C": syscall.SIGINT, "a termination": syscall.SIGTERM, "a dump": syscall.SIGQUIT}
	for _, end := range []string{"in order", "panic", "kill -9", "Ctrl-C", "a termination", "a dump"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(self(t))
			cmd.Env = append(os.Environ(), endVariable+"="+end)
			root, server, away := launch(t, cmd)
			began := time.Now()
			if signal, is := signals[end]; is {
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait() // not in order
			gone(t, root, server, away)
			t.Logf("nothing is left after %s", time.Since(began).Round(time.Millisecond))
		})
	}
}

// A shell stands for go test, which started the tests and is killed.
func TestTests_EndWithWhoeverStartedThem(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", self(t)+"; true")
	cmd.Env = append(os.Environ(), endVariable+"=never")
	root, server, away := launch(t, cmd)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, root, server, away)
	_ = cmd.Wait() // it was killed
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// launch gives what the victim tells: its folder and the processes that it started.
func launch(t *testing.T, cmd *exec.Cmd) (root string, server, away int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scan := fmt.Sscan(line, &root, &server, &away); scan != nil || root == "" {
		t.Fatalf("it said %q (%v)", line, err)
	}
	return root, server, away
}

// gone waits until neither the processes nor the folder are there.
func gone(t *testing.T, root string, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		for alive(pid) {
			<-time.After(10 * time.Millisecond)
		}
	}
	for {
		if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
}

// alive says whether a process runs; one that has ended and that nobody has asked
// about does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
