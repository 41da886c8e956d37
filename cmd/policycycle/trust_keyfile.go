package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// A file of keys has one on a line; the first is used. Keys that encrypt and private keys
// that seal are kept in the same way.

// idsIn names the keys of a file, in the order of their lines, and refuses what is no such file.
func idsIn(text []byte) ([]string, error) {
	if slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
		return strings.HasPrefix(strings.TrimSpace(line), "PRIVATE+KEY+")
	}) {
		signer, err := evidence.ParseSigner(string(text))
		if err != nil {
			return nil, err
		}
		return signer.IDs(), nil
	}
	keys, err := engine.ParseEncryption(text)
	return keys.IDs(), err
}

// isKey says whether a line of a file of keys is one: others are remarks.
func isKey(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && !strings.HasPrefix(line, "#")
}

// addKey adds a key to a file of keys, behind those that are there, and says whether it
// is the first.
func addKey(file, line string) (first bool, err error) {
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return true, writeKeys(file, []string{line})
	}
	lines, _, err := readKeys(file)
	if err != nil {
		return false, err
	}
	return len(lines) == 0, writeKeys(file, append(lines, line))
}

// putFirst puts the key of a name before the others of a file.
func putFirst(file, name string) error {
	lines, ids, err := readKeys(file)
	if err != nil {
		return err
	}
	n := slices.Index(ids, name)
	if n < 0 {
		return inField("name", policy.Refuse(policy.CodeUnknown, "there is no key %q in %s", name, file))
	}
	for at, line := range lines {
		if !isKey(line) {
			continue
		}
		if n == 0 {
			return writeKeys(file, slices.Insert(slices.Delete(lines, at, at+1), 0, line))
		}
		n--
	}
	return nil
}

// readKeys gives the lines of a file of keys, and the names of the keys in their order.
func readKeys(file string) (lines, ids []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, unreadable(file, err)
	}
	if len(text) == 0 {
		return nil, nil, nil
	}
	ids, err = idsIn(text)
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n"), ids, inField("file", err)
}

// writeKeys writes a file of keys anew.
func writeKeys(file string, lines []string) error {
	text := []byte(strings.Join(lines, "\n") + "\n")
	if _, err := idsIn(text); err != nil { // such as two keys of one name
		return inField("name", err)
	}
	return replace(file, text)
}

// publicKeys reads a file of public keys in which the line of a key is to be marked.
func publicKeys(file, id string) (*evidence.Keyring, error) {
	if file == "" {
		return nil, needed("file", "say with --file where the public keys stand, so that its line is marked")
	}
	ring, err := readKeyring(file)
	if err == nil && ring.Line(id) == "" {
		err = policy.Refuse(policy.CodeUnknown, "there is no key %q in %s", id, file)
	}
	return ring, inField("file", err)
}

// markRetired marks the line of a key in a file of public keys: from the instant on nothing is
// believed that it signs. One that is marked stays as it is.
func markRetired(file, id string, at time.Time) error {
	ring, err := publicKeys(file, id)
	if err != nil || !ring.Retired(id).IsZero() {
		return err
	}
	text, err := readSmall(file)
	if err != nil {
		return inField("file", err)
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == ring.Line(id) {
			lines[i] = ring.Line(id) + " retired=" + at.UTC().Format(time.RFC3339)
		}
	}
	return replace(file, []byte(strings.Join(lines, "\n")))
}

// replace writes a file in one step. One that is there keeps its owner and who may read it: root
// types for those as whom serve and the workers run. A new one its owner alone can read.
func replace(file string, text []byte) error {
	next := file + ".new"
	err := os.WriteFile(next, text, 0o600)
	if err == nil {
		if before, there := os.Stat(file); there == nil {
			err = owned(next, before)
		}
	}
	if err == nil {
		err = os.Rename(next, file)
	}
	if err != nil {
		_ = os.Remove(next)
		return needed("file", "the file %s cannot be written, or cannot keep its owner: type this as root, or as who owns it", file)
	}
	return nil
}

// owned gives a file the owner of another, and lets the same read it.
func owned(file string, like os.FileInfo) error {
	if owner, known := like.Sys().(*syscall.Stat_t); known {
		if err := os.Chown(file, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(file, like.Mode().Perm())
}

// ownersAlone makes sure that a file of secrets can be read by its owner alone.
func ownersAlone(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return unreadable(file, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return policy.Refuse(policy.CodeInvalid, "the key in %s can be read by others: chmod 600 %s", file, file)
	}
	return nil
}
