//go:build lint

package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// never is one file that breaks a rule, and what the linter has to say of it.
type never struct {
	file   string // under the root of the repository
	source string
	linter string
	says   string // part of the message
}

// imports is a file in a room that imports something it must not. list names
// the rule of depguard that has to find it.
func imports(room, what, list string) never {
	if !strings.Contains(what, ".") && what != "testing" && !strings.Contains(standard, " "+what+" ") {
		what = module + what
	}
	file := room + "/never_" + strings.NewReplacer("/", "_", ".", "_").Replace(what) + ".go"
	return never{
		file: file, linter: "depguard", says: fmt.Sprintf("import '%s' is not allowed from list '%s'", what, list),
		source: fmt.Sprintf("package %s\n\nimport _ %q\n", packageName(room), what),
	}
}

// standard lists the packages of Go itself that imports is called with.
const standard = " os context sync log net/http database/sql math/rand "

// calls is a file in a room that calls something it must not.
func calls(room, with, call, says string) never {
	file := room + "/never_" + regexp.MustCompile(`\W+`).ReplaceAllString(call, "_") + ".go"
	source := "package " + packageName(room) + "\n\n"
	if with != "" {
		source += fmt.Sprintf("import %q\n\n", with)
	}
	return never{file: file, linter: "forbidigo", says: says, source: source + "func _() { " + call + " }\n"}
}

func packageName(room string) string {
	if room == "cmd/policycycle" {
		return "main"
	}
	return filepath.Base(room)
}

const (
	pgx       = "github.com/jackc/pgx/v5"
	zerolog   = "github.com/rs/zerolog"
	sdkClient = "go.temporal.io/sdk/client"
	sdkFlow   = "go.temporal.io/sdk/workflow"
	temporal  = "go.temporal.io/server/common/log"
)

// nevers holds at least one file for each never of the house. An import that
// closes a cycle on its own the compiler refuses, so it is not tried here.
var nevers = []never{
	imports("policy", zerolog, "policy"),
	imports("policy", pgx, "policy"),
	imports("policy", "os", "policy"),
	imports("policy/rules", pgx, "policy-rules"),
	imports("policy/rules", "evidence", "policy-rules"),
	imports("workflows", "policy/rules", "workflows"),
	imports("evidence", zerolog, "evidence"),
	imports("evidence", "database/sql", "evidence"),
	imports("protocol", sdkFlow, "protocol"),
	imports("protocol", "net/http", "protocol"),
	imports("workflows", pgx, "workflows"),
	imports("workflows", zerolog, "workflows"),
	imports("workflows", "config", "workflows"),
	imports("workflows", "store", "workflows"),
	imports("workflows", "activities", "workflows"),
	imports("workflows", "context", "workflows"),
	imports("workflows", "sync", "workflows"),
	imports("workflows", "math/rand", "workflows"),
	imports("activities", pgx, "activities"),
	imports("engine", "store", "engine"),
	imports("worker", "service", "worker"),
	imports("worker", sdkClient, "client"),
	imports("store", sdkFlow, "store"),
	imports("store", "protocol", "store"),
	imports("files", "store", "files"),
	imports("service", "engine", "service"),
	imports("service/local", pgx, "service-local"),
	imports("rehearsal", sdkFlow, "rehearsal"),
	imports("rehearsal", pgx, "rehearsal"),
	imports("rehearsal", "database/sql", "rehearsal"),
	imports("rehearsal", "store", "rehearsal"),
	imports("rehearsal", "engine", "rehearsal"),
	imports("api", "identity", "api"),
	imports("api", "engine", "doors"),
	imports("api", pgx, "doors"),
	imports("web", "store", "doors"),
	imports("web", sdkClient, "doors"),
	imports("web", sdkClient, "client"),
	imports("embedded", "policy", "embedded"),
	imports("embedded/postgres", "evidence", "embedded"),
	imports("config", "evidence", "config"),
	imports("telemetry", "policy", "telemetry"),
	imports("cmd/policycycle", sdkClient, "client"),
	imports("cmd/policycycle", "store/storetest", "tests"),
	imports("policy", "testing", "tests"),
	imports("telemetry", temporal, "server"),
	imports("web", "embedded", "server"),
	imports("web", "embedded/temporal", "server"),
	{
		file: "policy/never_test.go", linter: "depguard", says: "from list 'asserts'",
		source: "package policy_test\n\nimport _ \"github.com/stretchr/testify/require\"\n",
	},

	calls("policy", "time", "_ = time.Now()", "no clock of its own"),
	calls("store", "time", "_ = time.Now()", "no clock of its own"),
	calls("store", "encoding/json", "_ = json.Unmarshal(nil, nil)", "what is recorded is read"),
	calls("store", "github.com/policycycle/policycycle/policy", `_, _ = policy.AdmitRow("posts", nil)`, "what is recorded is read"),
	calls("rehearsal", "time", "time.Sleep(1)", "wait for what you wait for"),
	calls("service/local", "", `panic("why")`, "return an error"),
	calls("service/local", "fmt", `fmt.Println("hello")`, "write to the writer"),
	calls("files", "log", `log.Print("hello")`, "zerolog.Logger you were given"),
	calls("engine", "os", "os.Exit(1)", "only main ends the process"),
	calls("engine", "os", `_ = os.Getenv("HOME")`, "settings come in through package config"),
	{
		file: "e2e/never_test.go", linter: "forbidigo", says: "wait for what you wait for",
		source: "package e2e_test\n\nimport \"time\"\n\nfunc never() { time.Sleep(1) }\n",
	},
	{
		file: "policy/never_background_test.go", linter: "usetesting", says: "context.Background",
		source: "package policy_test\n\nimport (\n\t\"context\"\n\t\"testing\"\n)\n\nfunc TestNever(t *testing.T) { t.Parallel(); _ = context.Background() }\n",
	},
	{file: "common/common.go", linter: "revive", says: "package name", source: "// Package common holds everything.\npackage common\n"},
}

// contrary holds those that would close a cycle together with some of nevers.
var contrary = []never{
	imports("activities", "workflows", "activities"),
	imports("store", "workflows", "store"),
}

func TestLinter_FindsWhatNobodyMayDo(t *testing.T) {
	t.Parallel()
	bites(t, nevers)
	bites(t, contrary)
}

// bites spoils a copy of the repository and expects a complaint of each file.
func bites(t *testing.T, all []never) {
	t.Helper()
	root := overlay(t)
	var rooms []string
	for _, n := range all {
		write(t, filepath.Join(root, n.file), n.source)
		if room := "./" + filepath.Dir(n.file); !slices.Contains(rooms, room) {
			rooms = append(rooms, room)
		}
	}
	out := run(t, root, "golangci-lint", append([]string{
		"run", "--allow-parallel-runners", "--enable-only", "depguard,forbidigo,usetesting,revive",
		"--output.json.path", "stdout", "--output.text.path", "stderr", "--show-stats=false",
	}, rooms...)...)
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct{ Filename string }
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("golangci-lint said %q: %v", out, err)
	}
	for _, issue := range report.Issues {
		if issue.FromLinter == "typecheck" { // nothing else is looked at then
			t.Fatalf("%s: %s", issue.Pos.Filename, issue.Text)
		}
	}
	for _, n := range all {
		found := false
		for _, issue := range report.Issues {
			found = found || issue.Pos.Filename == n.file && issue.FromLinter == n.linter && strings.Contains(issue.Text, n.says)
		}
		if !found {
			t.Errorf("nobody complained of %s: %s (%s)", n.file, n.says, n.linter)
		}
	}
}

func TestWorkflowcheck_FindsCarelessWorkflows(t *testing.T) {
	t.Parallel()
	root := overlay(t)
	careless, err := os.ReadFile("testdata/careless.go")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "workflows", "careless.go"), string(careless))
	out := run(t, root, "workflowcheck", "-config", "workflowcheck.yaml", "./workflows")
	found := map[string]bool{}
	for _, match := range regexp.MustCompile(`workflows\.(\w+) is non-deterministic`).FindAllSubmatch(out, -1) {
		found[string(match[1])] = true
	}
	named := regexp.MustCompile(`(?m)^func ((?:bad|good)\w+)\((?:ctx|_)? ?workflow\.Context`).FindAllSubmatch(careless, -1)
	if len(named) == 0 {
		t.Fatal("testdata/careless.go holds no workflows")
	}
	for _, match := range named {
		name := string(match[1])
		if bad := strings.HasPrefix(name, "bad"); bad != found[name] {
			t.Errorf("%s found: %t, want %t", name, found[name], bad)
		}
		delete(found, name)
	}
	delete(found, "badDeeper") // what badPrint calls
	if len(found) > 0 {
		t.Errorf("found besides: %v", found)
	}
}

// overlay copies the repository as it is, with what is not committed yet, to a
// folder where it may be spoilt.
func overlay(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	out := run(t, "..", "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for file := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("..", file))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, file), string(content))
	}
	return root
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run gives what a program prints. That it fails is no fault here: linters fail
// when they find something. That it is missing is.
func run(t *testing.T, dir, program string, arguments ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, arguments...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v; run make tools", program, err)
	}
	if program == "workflowcheck" {
		return errs.Bytes()
	}
	if out.Len() == 0 {
		t.Fatalf("%s %v: %s", program, arguments, errs.Bytes())
	}
	return out.Bytes()
}
