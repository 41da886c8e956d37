package e2e_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// news is what the next release has more than this one: a column of the register of posts, a
// field of a strategic plan, and a kind of action. The field is added after a line that is there.
var news = []struct{ file, after, more string }{
	{"policy/rows.go", "\tHolder Body `json:\"holder,omitempty\"`\n", "\tDeputy Body `json:\"deputy,omitempty\"`\n"},
	{"policy/plan.go", "\tGoals []StrategicGoal `json:\"goals\"`\n", "\tMandate string `json:\"mandate,omitempty\"`\n"},
	{"policy/plan.go", "var actionKinds = []ActionKind{", "\"drone-patrol\", "},
}

// nextRelease builds policycycle as the next release may be: this tree with the news, laid over
// it by the Go command. So the test needs no history of the repository, goes on telling of the
// release after this one however far the code has come, and builds one binary beside that of
// this tree, without the engine.
func nextRelease(t *testing.T) string {
	t.Helper()
	dir := folder(t)
	replace, patched := map[string]string{}, map[string]string{}
	for _, n := range news {
		path, err := filepath.Abs(filepath.Join("..", n.file))
		if err != nil {
			t.Fatal(err)
		}
		text := patched[path]
		if text == "" {
			there, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text = string(there)
		}
		if !strings.Contains(text, n.after) {
			t.Fatalf("%s has no more the line after which the next release adds something: %s", n.file, n.after)
		}
		patched[path] = strings.Replace(text, n.after, n.after+n.more, 1)
		replace[path] = filepath.Join(dir, filepath.Base(path))
	}
	for path, text := range patched {
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay, next := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "policycycle")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lean", "-overlay", overlay, "-o", next, "github.com/policycycle/policycycle/cmd/policycycle")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return next
}

// TestNoActStopsWhileWorkersOfThisReleaseAndOfTheNextWorkOnTheSameRecords goes through an
// upgrade as it is done: this process is of this release, and the next one comes beside it, uses
// what it has more, and takes over.
func TestNoActStopsWhileWorkersOfThisReleaseAndOfTheNextWorkOnTheSameRecords(t *testing.T) {
	t.Parallel()
	next, records := nextRelease(t), database(t, "upgrade")
	this := rooms(t, records, "upgrade", nil, nil)
	command := func(release string, args ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), release, args...)
		c.Env = append(os.Environ(), "DATABASE_URL="+records, "TEMPORAL_ADDRESS="+shared.TemporalAddress, "TEMPORAL_NAMESPACE=upgrade")
		return c
	}
	types := func(args ...string) string {
		t.Helper()
		out, err := command(next, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("the next release is told %s by: %s: %v", out, strings.Join(args, " "), err)
		}
		return string(out)
	}
	const cycle = "upgraded"
	leave := this.works()
	this.starts(kept(cycle))
	this.toPriorities(cycle)
	masp, oap := at(cycle, "masp/general"), at(cycle, "oap/2022/firearms")
	this.awaits(masp, policy.StateDrafting)

	// The next release says what this one does not know; the worker of this one records it.
	file := filepath.Join(folder(t), "masp.yaml")
	if err := os.WriteFile(file, []byte("mandate: ST 9/21 INIT\ngoals:\n  - key: \"1\"\n    title: Fewer firearms\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	types("register", "enter", cycle, "posts", "driver/firearms", "holder=fr", "deputy=fi", "--date", "2021-10-01", "--as", "eva@support-team")
	types("submit", masp.String(), "--file", file, "--date", "2021-10-01", "--as", "luc@commission")
	this.decides(policy.COSI, masp, policy.Adopted, "2021-10-15")
	this.awaits(oap, policy.StateDrafting)
	plan := assessed(twoActions())
	this.hands("fr", oap, "2021-11-01", plan) // who holds the post by a row of the next release

	document, err := this.FindContent(t.Context(), masp, 0)
	if err != nil || document.Content.(*policy.StrategicPlan).Goals[0].Title != "Fewer firearms" {
		t.Errorf("this release shows %+v, %v", document, err)
	}
	if found, err := this.Findings(t.Context(), cycle, service.FindingFilter{}); err != nil || slices.ContainsFunc(found, func(f policy.Finding) bool { return strings.Contains(f.Message, "could not look") }) {
		t.Errorf("this release finds %+v, %v", found, err)
	}

	// Both work, then the next one alone: it goes on with what this one wrote.
	worker := command(next, "worker")
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	this.decides(policy.COSI, oap, policy.ReferredBack, "2021-11-20")
	leave()
	plan.Actions[0].Title = "Trace and seize firearms"
	this.hands("fr", oap, "2021-11-25", plan)
	adopted := adoption(policy.COSI, oap, policy.Adopted, "2021-12-08")
	adopted.Version = 2
	if _, err := this.Decide(t.Context(), adopted); err != nil {
		t.Error(err)
	}
	for said, args := range map[string][]string{
		"deputy":                   {"register", "show", cycle, "posts"},
		"ST 9/21 INIT":             {"content", "show", masp.String()},
		"Trace and seize firearms": {"content", "show", oap.String()},
	} {
		if out := types(args...); !strings.Contains(out, said) {
			t.Errorf("the next release does not say %q: %s", said, out)
		}
	}
	for _, release := range []string{binary, next} {
		if out, err := command(release, "audit", "verify", cycle, "--as", "eva@court-of-auditors").CombinedOutput(); err != nil {
			t.Errorf("the record is not in order: %v: %s", err, out)
		}
	}
	if err := errors.Join(worker.Process.Signal(os.Interrupt), worker.Wait()); err != nil {
		t.Errorf("the worker ended with %v", err)
	}
}
