package postgres

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// postmaster is what Postgres writes about itself into its data folder.
type postmaster struct {
	pid, port int
	ready     bool
}

// readPostmaster reads postmaster.pid; ok is false when no Postgres has left
// one, or has only begun to write it.
func readPostmaster(data string) (p postmaster, ok bool) {
	text, err := os.ReadFile(pidFile(data))
	if err != nil {
		return p, false
	}
	lines := strings.Split(string(text), "\n")
	if p.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil || p.pid <= 0 {
		return p, false
	}
	if len(lines) > 3 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3])) // 0: not known yet
	}
	p.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return p, true
}

func pidFile(data string) string { return filepath.Join(data, "postmaster.pid") }

// alive reports whether the process is there and, as far as this machine lets
// us see, is a Postgres of this data folder. A zombie and a stranger that was
// given the same number are not.
func (p postmaster) alive(data string) bool {
	return p.there() && !p.stranger(data)
}

func (p postmaster) there() bool { return !errors.Is(syscall.Kill(p.pid, 0), syscall.ESRCH) }

// stranger reports whether the process is certainly there and certainly not a
// Postgres of this data folder.
func (p postmaster) stranger(data string) bool {
	if !p.there() {
		return false
	}
	command, seen := commandOf(p.pid)
	return seen && !strings.Contains(command, data)
}

// commandOf returns the command line of a process; seen is false when the
// machine does not tell.
func commandOf(pid int) (command string, seen bool) {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err == nil {
		return string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})), true
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	answer, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output() //nolint:noctx // answers at once
	return string(answer), err == nil
}
