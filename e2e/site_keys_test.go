package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/policycycle/policycycle/store"
)

// TestNothingIsLostWhileTheKeysAreChangedUnderSixteenDeciders changes the key that encrypts and
// the one that seals while people decide, step by step, and starts the processes anew after each
// in an order of its own: the services first, and with -long in each of the 24.
func TestNothingIsLostWhileTheKeysAreChangedUnderSixteenDeciders(t *testing.T) {
	t.Parallel()
	s := settles(t)
	l := starts(s, "keys")
	l.during("nothing at first", func() {})
	rounds := orders(s.processes)
	if !*long {
		rounds = rounds[len(rounds)-1:]
	}
	for i, order := range rounds {
		l.changesKeys(fmt.Sprint("round-", i+1), order, []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[i%2])
	}
	l.report()
	s.isInOrder(l.cycle)
	for _, k := range s.keys() {
		if used := strings.HasPrefix(k.Name, fmt.Sprint("round-", len(rounds))) || k.Name == s.lastSeal(); used != (k.State == store.KeyInUse) {
			t.Errorf("the key %s is %s", k.Name, k.State)
		}
	}
}

// changesKeys changes both keys as docs/operations.md says, with a name for the one that encrypts.
func (l *load) changesKeys(name string, order []*process, by syscall.Signal) {
	l.t.Helper()
	encrypts, seals, public := l.file("serve/encryption.keys"), l.file("serve/seal.key"), l.file("keys.txt")
	former := l.keys()
	anew := func() {
		l.write("etc/worker/encryption.keys", l.read(encrypts))
		for _, p := range order {
			l.restarts(p, by)
		}
	}
	l.types("keys", "new", "encryption", "--name", name, "--file", encrypts)
	l.write("etc/keys.txt", l.read(public)+l.types("keys", "new", "seal", "--name", "policycycle.example.eu", "--file", seals))
	anew()
	l.types("keys", "use", name, "--file", encrypts)
	l.types("keys", "use", l.lastSeal(), "--file", seals)
	anew()
	l.age()
	l.during("old keys are retired", func() {
		for _, k := range former {
			if k.State == store.KeyInUse {
				l.types("keys", "retire", k.Name, "--file", public)
			}
		}
	})
}

// listed is a key as "keys list" shows it.
type listed struct {
	Name  string
	State store.KeyState
}

func (s *site) keys() (keys []listed) {
	s.t.Helper()
	s.operator().gets(&keys, "keys", "list")
	return keys
}

// operator is whoever types on the machine of a service.
func (s *site) operator() user {
	return user{s.t, append(s.env(), "POLICYCYCLE_CONFIG="+s.file("serve/policycycle.yaml"))}
}

func (s *site) types(args ...string) string {
	s.t.Helper()
	return s.operator().succeeds(args...).out
}

func (s *site) file(name string) string { return filepath.Join(s.dir, "etc", name) }

// lastSeal names the key that seals whose public line came last.
func (s *site) lastSeal() string {
	lines := strings.Split(strings.TrimSpace(s.read(s.file("keys.txt"))), "\n")
	return strings.Join(strings.Split(lines[len(lines)-1], "+")[:2], "+")
}

// age has the records think that whoever works with a key was seen some minutes earlier: nobody
// waits in a test.
func (s *site) age() {
	s.t.Helper()
	execute(s.t, s.records, "UPDATE keys SET seen_at = seen_at - interval '5 minutes'")
}
