package postgres

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/tools/processes"
)

// installation fakes a PostgreSQL that can tell its version and nothing else.
func installation(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
	for _, name := range []string{"initdb", "postgres"} {
		if err := processes.WriteProgram(filepath.Join(dir, name), []byte(script)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func nothing() []string { return nil }

func offline(context.Context, int) (string, error) { return "", errors.New("no network") }

func TestFind_SaysHowToGetPostgres(t *testing.T) {
	t.Parallel()
	_, err := finder{places: nothing, download: offline}.find(t.Context(), 0)
	if err == nil {
		t.Fatal("found one")
	}
	for _, word := range []string{"no network", "apt install postgresql;", "brew install", BinariesVariable} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	_, err = finder{places: nothing, download: offline}.find(t.Context(), 16)
	if err == nil || !strings.Contains(err.Error(), "apt install postgresql-16;") {
		t.Errorf("data of version 16: %v", err)
	}
}

func TestFind_PrefersTheFirstThatFits(t *testing.T) {
	t.Parallel()
	old, fifteen, seventeen := installation(t, "9.6.24"), installation(t, "15.8 (Debian 15.8-0+deb12u1)"), installation(t, "17.2")
	places := func() []string { return []string{"/none", old, fifteen, seventeen} }
	downloaded := func(context.Context, int) (string, error) { return installation(t, "16.1"), nil }
	f := finder{places: places, download: downloaded}
	for want, major := range map[int]int{0: 15, 15: 15, 17: 17, 16: 16, 9: 9} {
		if found, err := f.find(t.Context(), want); err != nil || found.major != major {
			t.Errorf("want %d: found %d in %s (%v)", want, found.major, found.folder, err)
		}
	}
}

func TestFind_LooksInAnExplicitFolderAlone(t *testing.T) {
	t.Parallel()
	sixteen := installation(t, "16.4")
	f := finder{explicit: sixteen, places: func() []string { panic("looked elsewhere") }, download: offline}
	if found, err := f.find(t.Context(), 0); err != nil || found.folder != sixteen {
		t.Errorf("found %v (%v)", found, err)
	}
	if _, err := f.find(t.Context(), 15); err == nil || !strings.Contains(err.Error(), "written by version 15") {
		t.Errorf("wrong version: %v", err)
	}
	f.explicit = t.TempDir()
	if _, err := f.find(t.Context(), 0); err == nil || !strings.Contains(err.Error(), f.explicit) {
		t.Errorf("empty folder: %v", err)
	}
}

func TestNewestFirst_PutsTheLatestReleaseFirst(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []string{"9", "16", "15"} {
		if err := os.Mkdir(filepath.Join(dir, "v"+version), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	if got := newestFirst([]string{"v1*", "v9"}); !slices.Equal(got, []string{"v16", "v15", "v9"}) {
		t.Errorf("got %v", got)
	}
}

func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root runs Postgres as somebody else")
	}
}

func TestStart_NamesAFolderThatPostgresCannotEnter(t *testing.T) {
	t.Parallel()
	asRoot(t)
	locked := filepath.Join(t.TempDir(), "locked") // t.TempDir is for us alone
	_, err := Start(t.Context(), Options{Dir: locked, Scratch: true})
	if err == nil || !strings.Contains(err.Error(), "cannot enter "+locked) || !strings.Contains(err.Error(), "--data /var/lib/policycycle") {
		t.Errorf("got %v", err)
	}
}

func TestStart_ExplainsARootThatMayNotChangeUser(t *testing.T) {
	t.Parallel()
	asRoot(t)
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(setpriv, "--bounding-set=-setuid,-setgid", self)
	cmd.Env = append(os.Environ(), childVariable+"="+folder(t))
	out, err := cmd.Output()
	if err == nil || !strings.Contains(string(out), "may not become the user") {
		t.Errorf("the child said %q (%v)", out, err)
	}
}

// TestStart_WorksAsAnOrdinaryUser runs tests of this package as nobody when we are root.
func TestStart_WorksAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir := folder(t)
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "test")
	if err := processes.WriteProgram(copied, self); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := owner{uid: 65534, gid: 65534, other: true}.command(t.Context(), copied,
		"-test.run=^(TestStart_KeepsDataAndPort|TestStart_AdoptsAnOrphan|TestStart_GivesTheServerItsSettings)$", "-test.v")
	cmd.Env = append(cmd.Env, "TMPDIR="+dir, "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") != 3 {
		t.Errorf("%v:\n%s", err, out)
	}
}
