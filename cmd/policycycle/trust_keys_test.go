package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/store"
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
		if _, ids, err := readKeys(file); err != nil || !slices.Equal(ids, want) {
			t.Fatalf("the keys are %v, %v, want %v", ids, err, want)
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

func TestKeys_SealWithANewKeyOncePutFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	private, public := filepath.Join(dir, "seal.key"), filepath.Join(dir, "keys.txt")
	types := func(status int, args ...string) string {
		t.Helper()
		got := command(t.Context(), fakeParts(nil), nil, append([]string{"keys"}, args...)...)
		if got.status != status {
			t.Fatalf("%v: %+v, want %d", args, got, status)
		}
		return got.out
	}
	lines := types(0, "new", "seal", "--name", "office.example.eu", "--file", private)
	lines += types(0, "new", "seal", "--name", "office.example.eu", "--file", private)
	if err := os.WriteFile(public, []byte("# of the office\n"+lines), 0o600); err != nil {
		t.Fatal(err)
	}
	ring, err := readKeyring(public)
	if err != nil {
		t.Fatal(err)
	}
	old, next := ring.IDs()[0], ring.IDs()[1]
	uses := func(want ...string) {
		t.Helper()
		signer, err := readSigner(private)
		if err != nil || !slices.Equal(signer.IDs(), want) {
			t.Fatalf("the keys are %v, %v, want %v", signer.IDs(), err, want)
		}
		if err := usable(signer, ring); err != nil {
			t.Errorf("%s cannot be used: %v", want[0], err)
		}
	}
	uses(old, next)
	types(0, "use", next, "--file", private)
	uses(next, old)

	at := time.Date(2027, 3, 1, 9, 0, 0, 5000, time.UTC)
	p := fakeParts(nil)
	known := store.Key{Kind: store.KeySeals, ID: old, Known: at.AddDate(-1, 0, 0), Used: at.AddDate(-1, 0, 0)}
	p.keys = func(context.Context, connection) ([]store.Key, error) { return []store.Key{known}, nil }
	retired := func(_ context.Context, _ connection, key store.Key, _ bool) (store.Key, error) {
		key.Retired = at
		return key, nil
	}
	p.retireKey = retired
	if err := os.WriteFile(filepath.Join(dir, "others.txt"), []byte("# none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	retires := func(status int, says string, args ...string) {
		t.Helper()
		got := command(t.Context(), p, nil, append([]string{"keys", "retire"}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Fatalf("%v: %+v, want %d and %q", args, got, status, says)
		}
	}
	retires(3, "know no key", "another", "--file", public)
	retires(2, "say with --file", old)
	p.retireKey = func(context.Context, connection, store.Key, bool) (store.Key, error) {
		t.Error("it is retired, and its line cannot be marked")
		return store.Key{}, nil
	}
	retires(3, "there is no key", old, "--file", filepath.Join(dir, "others.txt"))
	p.retireKey = retired
	for range 2 { // to repeat it is safe
		retires(0, "was retired on", old, "--file", public)
	}
	if ring, err = readKeyring(public); err != nil || !ring.Retired(old).Equal(at.Truncate(time.Second)) || !ring.Retired(next).IsZero() {
		t.Fatalf("the public keys are %q, %v", ring.Text(), err)
	}
	signer, err := readSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := usable(signer, ring); err != nil {
		t.Error(err)
	}
	types(0, "use", old, "--file", private)
	if signer, err = readSigner(private); err != nil {
		t.Fatal(err)
	}
	if err := usable(signer, ring); err == nil || !strings.Contains(err.Error(), "was retired on") {
		t.Errorf("a retired key seals: %v", err)
	}
	if err := usable(signer, new(evidence.Keyring)); err == nil || !strings.Contains(err.Error(), "is not among the public keys") {
		t.Errorf("a key seals that nobody believes: %v", err)
	}
}

func TestKeys_AreListedWithTheDatesOfTheirLives(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2027, 3, d, 9, 0, 0, 0, time.UTC) }
	p := fakeParts(nil)
	p.keys = func(context.Context, connection) ([]store.Key, error) {
		return []store.Key{
			{Kind: store.KeyEncrypts, ID: "2026", Known: day(1), Used: day(1), Seen: day(3), Retired: day(4)},
			{Kind: store.KeyEncrypts, ID: "2027", Known: day(2), Used: day(3), Seen: day(5)},
			{Kind: store.KeySeals, ID: "office.example.eu+1a2b3c4d", Known: day(1)},
		}, nil
	}
	got := command(t.Context(), p, nil, "keys", "list")
	for _, want := range []string{"2026", "encrypts", "retired", "in use", "office.example.eu+1a2b3c4d", "seals", "known", "2027-03-04"} {
		if got.status != 0 || !strings.Contains(got.out, want) {
			t.Errorf("the list lacks %q: %+v", want, got)
		}
	}
	got = command(t.Context(), p, nil, "keys", "list", "-o", "json")
	if want := `{"name":"2027","kind":"encryption","state":"in-use","known":"2027-03-02T09:00:00Z","used":"2027-03-03T09:00:00Z","seen":"2027-03-05T09:00:00Z"}`; !strings.Contains(strings.NewReplacer("\n", "", "  ", "", "\": ", "\":").Replace(got.out), want) {
		t.Errorf("as JSON: %+v, want %s", got, want)
	}
}

// Who types for serve and the workers is somebody else than they are: the files stay theirs.
func TestKeys_LeaveAFileItsOwnerAndItsRemarks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for kind, args := range map[string][]string{"seal": {"--name", "office.example.eu"}, "encryption": {"--name", "2027"}} {
		file := filepath.Join(dir, kind)
		types := func(args ...string) string {
			t.Helper()
			got := command(t.Context(), fakeParts(nil), nil, append([]string{"keys"}, args...)...)
			if got.status != 0 {
				t.Fatalf("%v: %+v", args, got)
			}
			return got.out
		}
		types("new", kind, "--name", "first", "--file", file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append([]byte("# of the office\n\n"), text...), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o640); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 { // anybody else owns what they write
			const nobody = 65534
			if err := os.Chown(file, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		before, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		types(append([]string{"new", kind, "--file", file}, args...)...)
		_, ids, err := readKeys(file)
		if err != nil || len(ids) != 2 {
			t.Fatalf("%s holds %v, %v", kind, ids, err)
		}
		types("use", ids[1], "--file", file)
		after, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		was, is := before.Sys().(*syscall.Stat_t), after.Sys().(*syscall.Stat_t)
		if was.Uid != is.Uid || was.Gid != is.Gid || after.Mode() != before.Mode() {
			t.Errorf("%s was %d:%d %s, and is %d:%d %s", kind, was.Uid, was.Gid, before.Mode(), is.Uid, is.Gid, after.Mode())
		}
		if lines, now, err := readKeys(file); err != nil || now[0] != ids[1] || !slices.Contains(lines, "# of the office") {
			t.Errorf("%s holds %v, %v", kind, now, err)
		}
	}
}
