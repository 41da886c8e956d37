// Package guardian sees to it that tests leave nothing behind, however they end: in
// order, by Ctrl-C, by a panic, by kill -9, or because whoever started them is gone.
//
// The process that runs tests starts a second one, the guardian: the same binary, in a
// session of its own, with nothing to do but to wait for the end of a pipe, whose other
// end only the first process holds. Then it ends every process that lives off the
// folder of the tests, and removes the folder.
package guardian

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/policycycle/policycycle/tools/processes"
)

// Variables of the environment. They are not called as settings of policycycle are,
// which refuses one that it does not know.
const (
	// mark is the variable of the environment that names the folder, to all that the
	// tests start.
	mark = "PCYCLE_TESTS"
	// role makes a process the guardian of the folder named.
	role = "PCYCLE_GUARDIAN"
)

// Tests runs the tests of a package, as m.Run does, in a temporary folder of their own,
// and gives their status. It belongs at the beginning of TestMain.
func Tests(run func() int) int {
	return Run(func(root string) int {
		if err := os.Setenv("TMPDIR", root); err != nil {
			return failed(err)
		}
		return run()
	})
}

// Run runs something under the eyes of a guardian, and gives its status.
func Run(run func(root string) int) int {
	if root := os.Getenv(role); root != "" {
		stand(root, os.Stdin)
		return 0
	}
	root, err := os.MkdirTemp("", "pcycle-") // short: addresses of sockets end after 107 bytes
	if err == nil {
		err = os.Chmod(root, os.ModeSticky|0o777) // as /tmp is: under root, Postgres runs as another user
	}
	if err == nil {
		err = os.Setenv(mark, root)
	}
	if err != nil {
		return failed(err)
	}
	dismiss, err := appoint(root)
	if err != nil {
		return failed(errors.Join(err, os.RemoveAll(root)))
	}
	defer dismiss()
	go withParent(os.Getppid())
	return run(root)
}

func failed(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, "no guardian for the tests:", err)
	return 1
}

// appoint starts the guardian; dismiss returns once it has tidied up.
func appoint(root string) (dismiss func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self) //nolint:gosec,noctx // this program; it ends after us
	cmd.Env = append(os.Environ(), role+"="+root)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // what ends our group does not end it
	line, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = line.Close()
		_ = cmd.Wait()
	}, nil
}

// withParent ends this process once its parent has ended: nobody waits for its result.
func withParent(parent int) {
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}

// stand waits until the line breaks and then ends what lives off the folder, with the
// folder.
func stand(root string, line io.Reader) {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	_, _ = io.Copy(io.Discard, line)
	const (
		pause   = 20 * time.Millisecond
		gently  = 250 // rounds in which a Postgres may end in order
		hopeful = 3000
	)
	for round := range hopeful {
		left := living(root)
		for _, p := range left {
			end(p, round < gently)
		}
		if len(left) == 0 && os.RemoveAll(root) == nil { //nolint:gosec // what our first process has made
			return
		}
		<-time.After(pause)
	}
}

// living gives the processes that live off a folder, which their command or their
// environment names, with all that these have started. Guardians are not among them.
func living(root string) []processes.Process {
	left := processes.Below(processes.All(), func(p processes.Process) bool {
		return slices.ContainsFunc(append(p.Command(), p.Environment()...), func(word string) bool {
			_, rest, named := strings.Cut(word, root)
			return named && (rest == "" || rest[0] == '/')
		})
	})
	return slices.DeleteFunc(left, func(p processes.Process) bool {
		return slices.ContainsFunc(p.Environment(), func(word string) bool { return strings.HasPrefix(word, role+"=") })
	})
}

// end ends a process. A Postgres that is asked gently ends its own first, and gives
// back the memory that it shares with them.
func end(p processes.Process, gently bool) {
	signal := syscall.SIGKILL
	if gently && filepath.Base(p.Command()[0]) == "postgres" {
		signal = syscall.SIGQUIT
	}
	_ = syscall.Kill(p.PID, signal) // it may have ended by itself
}
