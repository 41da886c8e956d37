package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/policycycle/policycycle/service"
)

// watching is a `policycycle watch` that runs.
type watching struct {
	*up
	tb testing.TB
}

func (u user) watches(args ...string) *watching {
	u.tb.Helper()
	return &watching{u.launches(append([]string{"watch"}, args...)...), u.tb}
}

// ends gives the exit status with which it ended by itself.
func (w *watching) ends() int {
	<-w.ended
	return w.ProcessState.ExitCode()
}

// told reads the changes that were told, one on each line.
func (w *watching) told() (changes []service.Change) {
	w.tb.Helper()
	lines := bufio.NewScanner(strings.NewReader(w.out.String()))
	for lines.Scan() {
		var change service.Change
		if err := json.Unmarshal(lines.Bytes(), &change); err != nil {
			w.tb.Fatalf("%q: %v", lines.Text(), err)
		}
		changes = append(changes, change)
	}
	return changes
}

func TestAnOfficialDoesADaysWorkAtTheCommandLine(t *testing.T) {
	t.Parallel()
	data := folder(t)
	running := user{t, nil}.starts(data)
	u := user{t, []string{"POLICYCYCLE_DATA=" + data}}
	const cycle = "empact-2026-2029"
	const assessment = cycle + "/assessment"
	u.succeeds("cycle", "start", "examples/empact-2026-2029/cycle.yaml", "--as", "anna@general-secretariat")
	eventually(t, "the assessment waits", func() bool { return strings.Contains(u.succeeds("inbox", "--cycle", cycle).out, assessment) })
	told, shown := u.watches(cycle, "-o", "json"), u.watches()
	entries := 0
	eventually(t, "changes are told", func() bool {
		entries++ // what is entered before somebody watches is not told
		u.succeeds("register", "enter", cycle, "elsewhere", "road-accidents", fmt.Sprintf("where=In the policy on road safety, edition %d", entries), "--as", "jean@commission")
		return len(told.told()) > 0 && strings.Contains(shown.out.String(), cycle+"\n")
	})

	takesOn(u, cycle, assessment)
	file := writes(t, u, assessment)
	u.succeeds("submit", assessment, "--file", file, "--date", "2025-03-18", "--as", "eva@europol")
	eventually(t, "the handing-in is told", func() bool {
		for _, change := range told.told() {
			if change.Cycle == cycle && change.Path == "assessment" && change.Sequence > 0 {
				return strings.Contains(shown.out.String(), assessment+"\n")
			}
		}
		return false
	})
	var found []service.Found
	u.gets(&found, "search", "socta", "2025")
	if len(found) != 1 || found[0].What != "subject" || found[0].Subject.String() != assessment {
		t.Errorf("found %+v", found)
	}
	if got := u.succeeds("search", "nothing of the kind"); got.out != "Nothing was found.\n" {
		t.Errorf("%+v", got)
	}

	if err := told.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if status := told.ends(); status != 0 {
		t.Errorf("after Ctrl-C watching ended with %d: %s", status, told.out)
	}
	running.stops(t)
	if status := shown.ends(); status != 12 || !strings.Contains(shown.out.String(), "has gone away") {
		t.Errorf("without an engine watching ended with %d: %s", status, shown.out)
	}
}

// takesOn has Eva take on the assessment, while others see it and remind her.
func takesOn(u user, cycle, assessment string) {
	u.tb.Helper()
	u.succeeds("claim", assessment, "--as", "eva@europol")
	u.fails(10, "eva@europol has taken on", "claim", assessment, "--as", "mike@europol")
	u.fails(6, "does not wait for", "claim", assessment, "--as", "nina@fr")
	mine := func(who string) (items []service.InboxItem) {
		u.gets(&items, "inbox", "--mine", "--sort", "title", "--as", who)
		return items
	}
	if eva, mike := mine("eva@europol"), mine("mike@europol"); len(eva) != 1 || eva[0].ClaimedBy != "eva@europol" || len(mike) != 0 {
		u.tb.Errorf("Eva has taken on %+v, Mike %+v", eva, mike)
	}
	u.fails(2, "--as", "inbox", "--mine")
	if got := u.succeeds("inbox", "--cycle", cycle); !strings.Contains(got.out, "handed in (taken on by eva)") {
		u.tb.Errorf("the others see %s", got.out)
	}
	u.succeeds("claim", assessment, "--release", "--as", "mike@europol")
	if eva := mine("eva@europol"); len(eva) != 0 {
		u.tb.Errorf("once it is given back Eva has %+v", eva)
	}
	u.fails(6, "may not remind", "remind", assessment, "--to", "europol", "--as", "nina@fr")
	u.succeeds("remind", assessment, "--to", "europol", "--as", "anna@general-secretariat")
	if got := u.succeeds("show", assessment); !strings.Contains(got.out, "asked for by somebody") {
		u.tb.Errorf("the reminders are\n%s", got.out)
	}
}

// writes has Eva and Mike write the assessment together, and gives the file to hand
// in.
func writes(t *testing.T, u user, assessment string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "assessment.yaml")
	keep := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keep("illustrative: true\n")
	first := u.succeeds("draft", "save", assessment, "--file", file, "--as", "eva@europol")
	if !strings.Contains(first.out, "revision 1\nStands against handing it in:\n") {
		t.Errorf("an unfinished draft: %s", first.out)
	}
	const finished = "examples/empact-2026-2029/documents/assessment/v1.yaml"
	u.fails(7, "eva@europol: say with --revision", "draft", "save", assessment, "--file", finished, "--as", "mike@europol")
	u.succeeds("draft", "save", assessment, "--file", finished, "--revision", "1", "--as", "mike@europol")
	u.fails(7, "mike@europol has saved revision 2 meanwhile", "draft", "save", assessment, "--file", file, "--revision", "1", "--as", "eva@europol")
	u.fails(6, "may not hand in", "draft", "show", assessment, "--as", "nina@fr")
	shown := u.succeeds("draft", "show", assessment, "--as", "eva@europol")
	keep(shown.out)
	var draft service.Draft
	if u.gets(&draft, "draft", "show", assessment, "--as", "eva@europol"); draft.Revision != 2 || draft.By != "mike@europol" || len(draft.Problems) > 0 {
		t.Errorf("%+v", draft)
	}
	u.fails(7, "revision 2", "draft", "drop", assessment, "--revision", "1", "--as", "eva@europol")
	u.succeeds("draft", "drop", assessment, "--revision", "2", "--as", "eva@europol")
	u.succeeds("draft", "drop", assessment, "--revision", "2", "--as", "eva@europol") // safe to repeat
	return file
}
