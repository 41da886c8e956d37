package archive_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/archive"
	"github.com/policycycle/policycycle/policy"
)

var about = archive.About{
	ID: "empact-2022-2025", Title: "EMPACT 2022-2025 & what follows", Creator: "General Secretariat of the Council", Covers: "2021-01-01/2026-06-30", Language: "en",
	Rights: "LIMITE", Description: "The record of a cycle", Software: "policycycle 0.1.0", Made: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC),
}

// packed makes a package of some files.
func packed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"representations/record/dossier.zip": "PK", "representations/data/cycle.yaml": "key: empact-2022-2025\n", "representations/data/registers/consents.csv": "key,state\n",
		"representations/papers/progress.pdf": "%PDF", "metadata/retention.csv": "subject,until\n",
	} {
		put(t, dir, name, text)
	}
	if err := archive.Seal(dir, about); err != nil {
		t.Fatal(err)
	}
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func checked(t *testing.T, dir string) *archive.Checked {
	t.Helper()
	c, err := archive.Check(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheck_FindsEachFileThatIsNotAsItWas(t *testing.T) {
	t.Parallel()
	if c := checked(t, packed(t)); !c.OK() || c.Files != 8 || c.ID != about.ID || c.Title != about.Title || !c.Made.Equal(about.Made) {
		t.Errorf("a package as it was made: %+v", c)
	}
	for name, change := range map[string]func(dir string){
		"representations/record/dossier.zip is changed": func(dir string) { put(t, dir, "representations/record/dossier.zip", "PX") },
		"metadata/retention.csv is missing":             func(dir string) { _ = os.Remove(filepath.Join(dir, "metadata", "retention.csv")) },
		"representations/papers/new.pdf is added":       func(dir string) { put(t, dir, "representations/papers/new.pdf", "%PDF") },
		"metadata/descriptive/dc.xml is changed":        func(dir string) { put(t, dir, "metadata/descriptive/dc.xml", "<metadata/>") },
		"SHA256SUMS is missing":                         func(dir string) { _ = os.Remove(filepath.Join(dir, "SHA256SUMS")) },
		"METS.xml is changed": func(dir string) {
			text, err := os.ReadFile(filepath.Join(dir, "METS.xml"))
			if err != nil {
				t.Error(err)
			}
			put(t, dir, "METS.xml", strings.Replace(string(text), "EMPACT", "IMPACT", 1))
		},
	} {
		dir := packed(t)
		change(dir)
		var found []string
		for _, f := range checked(t, dir).Faults {
			found = append(found, f.String())
		}
		if !slices.Equal(found, []string{name}) {
			t.Errorf("%s: found is %q", name, found)
		}
	}
}

// Another program checks it, too.
func TestSeal_IsReadByOtherPrograms(t *testing.T) {
	t.Parallel()
	dir := packed(t)
	sums := exec.CommandContext(t.Context(), "sha256sum", "--strict", "-c", "SHA256SUMS")
	sums.Dir = dir
	if out, err := sums.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 7 {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
}

func TestSeal_GivesTheSameOfTheSame(t *testing.T) {
	t.Parallel()
	one, other := packed(t), packed(t)
	for _, name := range []string{"METS.xml", "SHA256SUMS", "metadata/descriptive/dc.xml"} {
		a, errA := os.ReadFile(filepath.Join(one, name))
		b, errB := os.ReadFile(filepath.Join(other, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v, %v", name, errA, errB)
		}
	}
	if err := archive.Seal(one, about); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("a package is sealed twice: %v", err)
	}
}

func TestCheck_RefusesWhatIsNoPackage(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"": "", "text": "no XML", "other checksums": `<mets xmlns="http://www.loc.gov/METS/"><dmdSec><mdRef CHECKSUMTYPE="MD5"/></dmdSec></mets>`} {
		dir := t.TempDir()
		if name != "" {
			put(t, dir, "METS.xml", text)
		}
		if _, err := archive.Check(os.DirFS(dir)); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
