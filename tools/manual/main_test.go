package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/tools/processes"
)

// program is a stand-in for the command: it says what it was asked.
func program(t *testing.T, script string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "policycycle")
	if err := processes.WriteProgram(name, []byte("#!/bin/sh\n"+script)); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestWrite_WritesPagesAndCompletionsAnew(t *testing.T) {
	t.Parallel()
	pages, completions := filepath.Join(t.TempDir(), "man"), filepath.Join(t.TempDir(), "deep", "completions")
	if err := os.Mkdir(pages, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(pages, "policycycle-gone.1"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := program(t, `case "$1" in
man) echo "dated $SOURCE_DATE_EPOCH $TZ" >"$2/policycycle.1" ;;
completion) echo "for $2" ;;
esac`)
	if err := write(t.Context(), asked, "1764000000", pages, completions); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(pages, "policycycle.1"):             "dated 1764000000 UTC",
		filepath.Join(completions, "policycycle.bash"):    "for bash",
		filepath.Join(completions, "_policycycle"):        "for zsh",
		filepath.Join(completions, "policycycle.fish"):    "for fish",
		filepath.Join(pages, "policycycle-gone.1"):        "",
		filepath.Join(completions, "policycycle.ps1.txt"): "",
	} {
		got, err := os.ReadFile(name)
		if want == "" && err == nil {
			t.Errorf("%s is there", name)
		}
		if strings.TrimSpace(string(got)) != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
}

func TestRun_TellsOnWhatTheProgramSaysOfAFault(t *testing.T) {
	t.Parallel()
	faulty := program(t, `echo "no space left" >&2; exit 3`)
	err := write(t.Context(), faulty, "0", filepath.Join(t.TempDir(), "man"), filepath.Join(t.TempDir(), "completions"))
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Error(err)
	}
	if err := run(t.Context(), []string{"man"}); err == nil || !strings.Contains(err.Error(), "where the completions go") {
		t.Error(err)
	}
}
