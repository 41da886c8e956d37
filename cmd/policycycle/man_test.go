package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestMan_WritesAPageForEveryCommand(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "man")
	// It wants no sound configuration.
	got := command(t.Context(), fakeParts(nil), []string{"POLICYCYCLE_TIMEOUT=soon"}, "man", dir)
	if got.status != 0 || got.out != "" || got.err != "" {
		t.Fatalf("%+v", got)
	}
	written, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, page := range written {
		pages[filepath.Base(page)] = true
	}
	a := newApp(fakeParts(nil), nil, &strings.Builder{}, &strings.Builder{}, nil)
	inAll(a.root, func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		if wanted := c.IsAvailableCommand() && !c.IsAdditionalHelpTopicCommand(); wanted != pages[name] {
			t.Errorf("%s is there: %t, want %t", name, pages[name], wanted)
		}
	})
	page, err := os.ReadFile(filepath.Join(dir, "policycycle-decide.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Records what a body concluded", `\fB--outcome\fP`, "--written-procedure"} {
		if !strings.Contains(string(page), part) {
			t.Errorf("policycycle-decide.1 lacks %q", part)
		}
	}
	if strings.Contains(string(page), "cobra") {
		t.Error("policycycle-decide.1 speaks of the library that made it")
	}
}

func TestMan_TellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t.Context(), fakeParts(nil), nil, "man"); got.status != 2 || !strings.Contains(got.err, "FOLDER is missing") {
		t.Errorf("%+v", got)
	}
	if got := command(t.Context(), fakeParts(nil), nil, "man", file); got.status != 2 || !strings.Contains(got.err, "cannot be made") {
		t.Errorf("%+v", got)
	}
	if got := command(t.Context(), fakeParts(nil), nil, "help"); strings.Contains(got.out, "manual pages") {
		t.Error("help lists it")
	}
}
