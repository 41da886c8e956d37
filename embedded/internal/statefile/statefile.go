// Package statefile holds the small things a data folder keeps from one start to
// the next: ports, a password, a log file.
package statefile

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxLog is the size in bytes from which [Log] begins a new file.
const maxLog = 8 << 20

// Ports returns n different free ports of 127.0.0.1. They are the ones kept in
// file as long as nobody else listens there; otherwise new ones are chosen and
// kept. The ports are free when Ports returns, which does not stop a stranger
// from taking one a moment later: ask [Free] when a start fails, and again Ports.
func Ports(file string, n int) ([]int, error) {
	if ports := read(file); len(ports) == n && AllFree(ports) {
		return ports, nil
	}
	ports, err := choose(n)
	if err != nil {
		return nil, fmt.Errorf("no free port could be found on this machine: %w", err)
	}
	text := strings.Trim(fmt.Sprint(ports), "[]") + "\n"
	return ports, WriteFile(file, []byte(text))
}

// Free reports whether nobody listens on the port of 127.0.0.1.
func Free(port int) bool {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

// AllFree reports whether nobody listens on any of the ports.
func AllFree(ports []int) bool {
	return !slices.ContainsFunc(ports, func(port int) bool { return !Free(port) })
}

// read returns the ports kept in file, none if it is missing or spoilt.
func read(file string) []int {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var ports []int
	for field := range strings.FieldsSeq(string(text)) {
		port, err := strconv.Atoi(field)
		if err != nil || port < 1 || port > 65535 {
			return nil
		}
		ports = append(ports, port)
	}
	return ports
}

// choose keeps every listener open until the last port is chosen, so that no
// port is given twice. The ports that a system gives to connections begin at
// 32768 or later: ours lie below, so that none is taken by somebody's connection
// from one start to the next.
func choose(n int) ([]int, error) {
	const from, to, tries = 10000, 32000, 1000
	ports := make([]int, 0, n)
	for try := 0; len(ports) < n; try++ {
		port := from + mathrand.IntN(to-from) //nolint:gosec // nothing rests on its being unknown
		listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			defer func() { _ = listener.Close() }() //nolint:gocritic // open until the last is chosen: see above
			ports = append(ports, port)
		} else if try > tries {
			return nil, err
		}
	}
	return ports, nil
}

// Secret returns the password kept in file (mode 0600) and makes one if there
// is none yet.
func Secret(file string) (string, error) {
	secret, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		secret = []byte(rand.Text())
		err = WriteFile(file, secret)
	}
	if err != nil {
		return "", fmt.Errorf("the password in %s cannot be kept: %w", file, err)
	}
	return string(bytes.TrimSpace(secret)), nil
}

// Log opens a log file to append to (mode 0600). A file that has grown over
// 8 MiB becomes file.old first, so that a log never holds more than twice that
// from one start to the next.
func Log(file string) (*os.File, error) {
	if info, err := os.Stat(file); err == nil && info.Size() > maxLog {
		if err := os.Rename(file, file+".old"); err != nil {
			return nil, fmt.Errorf("the log %s cannot be turned over: %w", file, err)
		}
	}
	log, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the log %s cannot be opened: %w", file, err)
	}
	return log, nil
}

// Tail returns the last lines of file that were written after offset (bytes),
// or a remark that there are none.
func Tail(file string, offset int64, lines int) string {
	const nothing = "(it says nothing)"
	log, err := os.Open(file)
	if err != nil {
		return nothing
	}
	defer func() { _ = log.Close() }()
	text, err := io.ReadAll(io.NewSectionReader(log, offset, maxLog))
	text = bytes.TrimSpace(text)
	if err != nil || len(text) == 0 {
		return nothing
	}
	all := strings.Split(string(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// FolderMode lets the user that Postgres runs as pass through under root.
func FolderMode() os.FileMode {
	if os.Geteuid() == 0 {
		return 0o711
	}
	return 0o700
}

// RealPath names a folder in the one way that all processes agree on, whichever link led
// there: locks and running servers are recognised by it.
func RealPath(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// WriteFile replaces file (mode 0600) in one step: a reader sees the old
// content or the new one, never a part.
func WriteFile(file string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already when all went well
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}
