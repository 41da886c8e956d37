// Package tools holds the tests of the tools: that the borders between the rooms
// hold, and that the linters find what they are for.
package tools

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/policycycle/policycycle/"

// server is what takes minutes to build.
const server = "go.temporal.io/server"

// farther holds what a room must not reach, not even through another room. What
// it must not import itself is depguard's business: see .golangci.yml.
var farther = []struct {
	rooms, never []string
}{
	{
		[]string{"policy", "policy/rules", "evidence", "protocol"},
		[]string{"go.temporal.io", "github.com/jackc", "github.com/rs", "database/sql", "net/http", "os/exec"},
	},
	{
		[]string{"workflows"},
		[]string{
			server, "github.com/jackc", "github.com/rs",
			module + "policy/rules", module + "store", module + "activities", module + "config", module + "engine", module + "telemetry",
		},
	},
	{[]string{"activities"}, []string{server, module + "workflows", module + "engine"}},
	{[]string{"store"}, []string{"go.temporal.io", module + "protocol", module + "workflows"}},
	{[]string{"files", "service", "papers", "rehearsal"}, []string{"go.temporal.io", "github.com/jackc", "database/sql"}},
	{[]string{"engine", "worker", "service/local", "config", "telemetry", "store/storetest"}, []string{server}},
	{[]string{"embedded"}, []string{module + "policy", module + "store", module + "engine"}},
}

func TestRooms_ReachNothingTheyMustNot(t *testing.T) {
	t.Parallel()
	look(t)
	for _, rule := range farther {
		for _, room := range rule.rooms {
			t.Run(room, func(t *testing.T) {
				t.Parallel()
				for _, reached := range list(t, "-deps", "../"+room) {
					within := func(root string) bool {
						return reached == root || strings.HasPrefix(reached, root+"/")
					}
					if slices.ContainsFunc(rule.never, within) {
						t.Errorf("%s reaches %s", room, reached)
					}
				}
			})
		}
	}
}

// A lean build is for those who have a Temporal server elsewhere.
func TestLeanBuild_ReachesNoServer(t *testing.T) {
	t.Parallel()
	look(t)
	for _, reached := range list(t, "-tags", "lean", "-deps", "../cmd/policycycle") {
		if strings.HasPrefix(reached, server) {
			t.Errorf("a lean build reaches %s", reached)
		}
	}
}

// row is one of the table of rooms: its folder, and what it may use of ours.
var row = regexp.MustCompile("(?m)^\\| `([a-z/]+)/` \\| .* \\| (nothing|`[^|]+`) \\|$")

// The table of rooms in docs/architecture.md says what each room uses, no less and no more.
func TestArchitectureMd_ListsTheRoomsThereAre(t *testing.T) {
	t.Parallel()
	look(t)
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := row.FindAllStringSubmatch(string(text), -1)
	if len(rows) < 20 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, r := range rows {
		room, said := r[1], strings.FieldsFunc(r[2], func(c rune) bool { return strings.ContainsRune("`, ", c) })
		if r[2] == "nothing" {
			said = nil
		}
		var used []string
		for _, imported := range list(t, "-f", `{{join .Imports "\n"}}`, "../"+room) {
			of, ours := strings.CutPrefix(imported, module)
			if ours && (!strings.HasPrefix(of, room+"/") || slices.Contains(said, of)) {
				used = append(used, of)
			}
		}
		slices.Sort(said)
		slices.Sort(used)
		if !slices.Equal(said, used) {
			t.Errorf("%s uses %v, docs/architecture.md says %v", room, used, said)
		}
	}
}

// look looks at every Go file: the cache of go test knows only what the test
// itself has looked at, not what go list has.
func look(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, arguments ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list"}, arguments...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", arguments, err)
	}
	return strings.Fields(string(out))
}
