package running

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrTaken is in the error of [Lock] when another process has the folder.
var ErrTaken = errors.New("a policycycle is already up")

// Lock gives a data folder, which must exist, to this process alone until
// release is called or the process ends, however it ends.
func Lock(dir string) (release func(), err error) {
	file, err := os.OpenFile(lockFile(dir), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be locked: %w", err)
	}
	if err := lock(file); err != nil {
		defer func() { _ = file.Close() }()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w on %s (process %s): use it, or stop it first", ErrTaken, dir, holderText(file))
		}
		return nil, fmt.Errorf("the data folder %s cannot be locked: %w", dir, err)
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the lock of %s cannot be written: %w", dir, err), file.Close())
	}
	return func() { _ = file.Close() }, nil
}

// lock takes the lock. A command that looks at the lock just now shares it with
// others who do: it does not keep an engine from starting, as another engine does.
func lock(file *os.File) error {
	const pause = 10 * time.Millisecond
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
			return err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_UN); err != nil {
			return err
		}
		time.Sleep(pause) //nolint:forbidigo // a lock of the system tells nobody when it is free
	}
}

// Holder returns the process that has the folder; held is false when none has.
func Holder(dir string) (pid int, held bool) {
	file, err := os.Open(lockFile(dir))
	if err != nil {
		return 0, false
	}
	defer func() { _ = file.Close() }()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return 0, false
	}
	pid, _ = strconv.Atoi(holderText(file)) // 0 while the holder is writing
	return pid, true
}

func holderText(file *os.File) string {
	text := make([]byte, 20)
	n, _ := file.ReadAt(text, 0) // a short read is the rule
	return strings.TrimSpace(string(text[:n]))
}

func lockFile(dir string) string { return filepath.Join(dir, "lock") }
