package main

import (
	"encoding/json"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newestMigration reads the number from the folder of the migrations.
func newestMigration(t *testing.T) int64 {
	t.Helper()
	paths, err := filepath.Glob("../../store/migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	newest := int64(0)
	for _, path := range paths {
		number, _, _ := strings.Cut(filepath.Base(path), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		newest = max(newest, n)
	}
	return newest
}

func TestVersion_TellsTheSchemaAndWhatItWasBuiltWith(t *testing.T) {
	t.Parallel()
	newest := newestMigration(t)

	got := command(t.Context(), fakeParts(nil), nil, "version")
	lines := strings.Split(got.out, "\n")
	if got.status != 0 || !strings.HasPrefix(lines[0], "policycycle ") {
		t.Fatalf("%+v", got)
	}
	facts := map[string]string{}
	for _, line := range lines[1:] {
		if name, value, is := strings.Cut(line, "  "); is {
			facts[name] = strings.TrimSpace(value)
		}
	}
	if facts["Schema"] != strconv.FormatInt(newest, 10) || !strings.HasPrefix(facts["Go"], "go1.") {
		t.Errorf("wrote %q", got.out)
	}

	got = command(t.Context(), fakeParts(nil), nil, "version", "-o", "json")
	var told map[string]any
	if err := json.Unmarshal([]byte(got.out), &told); err != nil || got.status != 0 {
		t.Fatal(got, err)
	}
	if told["schema"] != float64(newest) || told["version"] == "" || told["go"] == "" {
		t.Errorf("wrote %s", got.out)
	}
}

func TestBuildInfoOf_KnowsTheCommitAndTheEngine(t *testing.T) {
	t.Parallel()
	got := buildInfoOf(&debug.BuildInfo{
		GoVersion: "go1.26.8",
		Main:      debug.Module{Version: "v1.2.3"},
		Settings:  []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abc"}, {Key: "GOOS", Value: "linux"}},
		Deps: []*debug.Module{
			{Path: "go.temporal.io/sdk", Version: "v1.50.0"}, {Path: "go.temporal.io/sdk/contrib", Version: "v0.1.0"},
			{Path: "go.temporal.io/server", Version: "v1.32.1"},
		},
	})
	want := buildInfo{Version: "v1.2.3", Commit: "0123abc", Go: "go1.26.8", SDK: "v1.50.0", Server: "v1.32.1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
