// Command patiently runs go test without a limit on time, and ends tests that hang:
//
//	patiently ./... -run TestX
//
// Its arguments are those of go test, and so is what it prints. How long tests take is
// a matter of the machine, so none is ended for that. Tests are asked where they stand,
// which ends them, when nothing has happened for ten minutes: no test has said anything
// or ended, go has started no process, and all that was started has worked for less than
// a minute. An engine that idles works for a few seconds in that time. Tests that only
// work and say nothing, as in a loop without an end, are given half an hour.
//
// Work is what the system tells in /proc; where there is none, nothing is ended.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/policycycle/policycycle/tools/guardian"
)

// How long tests may be still.
var usual = patience{look: 5 * time.Second, still: 10 * time.Minute, work: time.Minute, speechless: time.Hour / 2, last: time.Minute}

func main() {
	os.Exit(guardian.Run(func(string) int {
		interrupts := make(chan os.Signal, 1)
		signal.Notify(interrupts, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
		status, err := run(os.Args[1:], os.Stdout, os.Stderr, usual, interrupts)
		if err != nil {
			_, _ = fmt.Fprintln(os.Stderr, "patiently:", err)
		}
		return status
	}))
}

// run runs go test with the arguments and gives its exit status.
func run(arguments []string, out, problems io.Writer, p patience, interrupts <-chan os.Signal) (status int, err error) {
	cmd := exec.Command("go", append([]string{"test", "-json", "-timeout=0"}, arguments...)...) //nolint:gosec,noctx // what it is for; see watch
	cmd.Stderr = problems
	told, err := cmd.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	r := newReport(out, slices.ContainsFunc(arguments, speaks))
	watch(told, r, &watchdog{patience: p, root: cmd.Process.Pid, says: out}, interrupts)
	r.ends()
	var ended *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &ended) {
		return 1, err
	}
	if cmd.ProcessState.Success() {
		return 0, nil
	}
	_, _ = fmt.Fprintln(out, "FAIL")
	return max(cmd.ProcessState.ExitCode(), 1), nil // -1: by a signal
}

// speaks says whether an argument asks go test to print all that tests print.
func speaks(argument string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
	return strings.HasPrefix(argument, "-") && (name == "v" || name == "bench" || name == "fuzz")
}

// watch takes what go test tells, line by line, until it has ended.
func watch(told io.Reader, r *report, w *watchdog, interrupts <-chan os.Signal) {
	lines := make(chan []byte)
	go func() {
		defer close(lines)
		for reader := bufio.NewReader(told); ; {
			line, err := reader.ReadBytes('\n')
			if len(line) > 0 {
				lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	w.begins()
	looks := time.NewTicker(w.look)
	defer looks.Stop()
	for {
		select {
		case line, more := <-lines:
			if !more {
				return
			}
			r.takes(line)
			w.moved()
		case <-looks.C:
			w.looks()
		case <-interrupts:
			w.interrupted = true
			w.ends()
		}
	}
}
