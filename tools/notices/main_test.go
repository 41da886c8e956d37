package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

func TestDocument_FitsWhatIsLinked(t *testing.T) {
	t.Parallel()
	look(t)
	modules, err := linked(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	want, err := document(modules)
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(root, "NOTICES.txt"))
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]bool{}
	for _, name := range names(string(written)) {
		noted[name] = true
	}
	for _, m := range modules {
		name := m.path + " " + m.version
		if !noted[name] {
			t.Errorf("NOTICES.txt lacks %s, which is linked", name)
		}
		delete(noted, name)
	}
	for name := range noted {
		t.Errorf("NOTICES.txt has %s, which is not linked any more", name)
	}
	if !t.Failed() && string(written) != want {
		t.Error("the texts in NOTICES.txt are not those of the modules")
	}
	if t.Failed() {
		t.Log("run make notices")
	}
}

// names lists the modules that stand in the file.
func names(text string) (all []string) {
	list, _, _ := strings.Cut(text, "\n"+rule)
	_, list, _ = strings.Cut(list, "Do not edit it.\n")
	for line := range strings.SplitSeq(list, "\n") {
		if line != "" && line[0] != ' ' {
			all = append(all, line)
		}
	}
	return all
}

// look looks at what decides on what is linked: the cache of go test knows only
// what the test itself has looked at, not what go list has.
func look(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if name := filepath.Base(path); err == nil && (filepath.Ext(name) == ".go" || name == "go.mod" || name == "go.sum") {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLicences_RefuseWhatNobodyHasLookedAt(t *testing.T) {
	t.Parallel()
	isc := textOf(t, "ISC", `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`)
	eupl, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files      []file
		says, want string
	}{
		"one that goes along":          {[]file{{"LICENSE", isc}}, "ISC", ""},
		"in a folder of its own":       {[]file{{"LICENSE", isc}, {"old/COPYING.txt", isc}}, "ISC", ""},
		"with a notice":                {[]file{{"LICENSE", isc}, {"NOTICE", "Made by many."}}, "ISC", ""},
		"none":                         {nil, "", "has no licence file"},
		"a notice alone":               {[]file{{"NOTICE", "Made by many."}}, "", "has no licence file"},
		"words that are no licence":    {[]file{{"LICENSE", "Be kind."}}, "", "nobody knows the licence in LICENSE"},
		"one that needs a closer look": {[]file{{"LICENSE", string(eupl)}}, "", "is under EUPL-1.2: see whether"},
	} {
		m := module{path: "example.eu/m", version: "v1.0.0", files: c.files}
		got, err := m.licences()
		if got != c.says || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// textOf shows that a text is known by the name.
func textOf(t *testing.T, name, text string) string {
	t.Helper()
	if diff := cmp.Diff([]string{name}, identify(text)); diff != "" {
		t.Fatal(diff)
	}
	return text
}

func TestDocument_GivesTheSameTextOnce(t *testing.T) {
	t.Parallel()
	public := "All of it is in the public domain.\n"
	one := module{"github.com/xi2/xz", "v1.0.0", []file{{"LICENSE", tidy("\ufeff" + strings.ReplaceAll(public, "\n", " \r\n\r\n"))}}}
	other := module{"modernc.org/sqlite", "v2.0.0", []file{{"LICENSE-SQLITE", public}}}
	got, err := document([]module{one, other})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(got, public) != 1 || strings.Count(got, "[1]") != 3 || strings.Contains(got, "[2]") {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"github.com/xi2/xz v1.0.0", "modernc.org/sqlite v2.0.0"}, names(got)); diff != "" {
		t.Error(diff)
	}
}
