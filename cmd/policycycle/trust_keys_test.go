package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/engine"
)

func TestKeys_EncryptWithANewKeyOncePutFirst(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "encryption.keys")
	types := func(status int, says string, args ...string) {
		t.Helper()
		got := command(t.Context(), fakeParts(nil), nil, append([]string{"keys"}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Fatalf("%v: %+v, want %d and %q", args, got, status, says)
		}
	}
	order := func(want ...string) {
		t.Helper()
		lines, err := readKeys(file)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := engine.ParseEncryption([]byte(strings.Join(lines, "\n")))
		if err != nil || strings.Join(keys.IDs(), " ") != strings.Join(want, " ") {
			t.Fatalf("the keys are %v, %v, want %v", keys.IDs(), err, want)
		}
	}
	types(0, "stands in", "new", "encryption", "--name", "2026", "--file", file)
	order("2026")
	types(0, "stands last in", "new", "encryption", "--name", "2027", "--file", file)
	order("2026", "2027")
	types(2, "is none", "new", "encryption", "--name", "2027", "--file", file)
	types(0, "stands first in", "use", "2027", "--file", file)
	order("2027", "2026")
	types(3, `no key "2028"`, "use", "2028", "--file", file)
	order("2027", "2026")
}
