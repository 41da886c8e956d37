package processes

import (
	"os"
	"syscall"
)

// WriteProgram writes a program that can be started at once. Nothing else is started while
// the file is open: a process that begins just then holds it open too for a moment, and
// Linux starts no program that somebody may still be writing ("text file busy",
// https://go.dev/issue/22315).
func WriteProgram(path string, content []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, content, 0o755) //nolint:gosec // whoever runs it may be another user
}
