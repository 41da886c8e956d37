// Package tools holds the tests of the tools: that the borders between the rooms
// hold, and that the linters find what they are for.
package tools

import (
	"os/exec"
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
		[]string{"policy", "evidence", "protocol"},
		[]string{"go.temporal.io", "github.com/jackc", "github.com/rs", "database/sql", "net/http", "os/exec"},
	},
	{
		[]string{"workflows"},
		[]string{
			server, "github.com/jackc", "github.com/rs",
			module + "store", module + "activities", module + "config", module + "engine", module + "telemetry",
		},
	},
	{[]string{"activities"}, []string{server, module + "workflows", module + "engine"}},
	{[]string{"store"}, []string{"go.temporal.io", module + "protocol", module + "workflows"}},
	{[]string{"files", "service", "rehearsal"}, []string{"go.temporal.io", "github.com/jackc", "database/sql"}},
	{[]string{"engine", "worker", "service/local", "config", "telemetry", "store/storetest"}, []string{server}},
	{[]string{"embedded"}, []string{module + "policy", module + "store", module + "engine"}},
}

func TestNoRoomReachesWhatItMustNot(t *testing.T) {
	t.Parallel()
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

func list(t *testing.T, arguments ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list"}, arguments...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", arguments, err)
	}
	return strings.Fields(string(out))
}
