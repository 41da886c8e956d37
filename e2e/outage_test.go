package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postmaster gives the process of the private Postgres of a data folder.
func postmaster(tb testing.TB, data string) int {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		tb.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		tb.Fatal(err)
	}
	return pid
}

// dies kills the private Postgres alone, as a kernel does that is out of memory.
func dies(tb testing.TB, data string) {
	tb.Helper()
	if err := syscall.Kill(postmaster(tb, data), syscall.SIGKILL); err != nil {
		tb.Fatal(err)
	}
}

func TestActsAreRecordedAgainAfterThePrivatePostgresWasKilled(t *testing.T) {
	t.Parallel()
	data := folder(t)
	u := user{t, []string{"POLICYCYCLE_DATA=" + data}}
	u.starts(data)
	if got := u.types("cycle", "start", "examples/empact-2022-2025/cycle.yaml", "--as", "anna@general-secretariat"); got.status != 0 {
		t.Fatalf("start: %s", got.err)
	}
	submit := func() said {
		return u.types("submit", "empact-2022-2025/assessment", "--file", "examples/empact-2022-2025/documents/assessment/v1.yaml", "--date", "2021-04-12", "--as", "eva@europol")
	}
	dies(t, data)
	began := time.Now()
	var got said
	eventually(t, "the assessment is recorded", func() bool { got = submit(); return got.status == 0 || got.status == 5 })
	t.Logf("recorded %s after Postgres was killed (%s)", time.Since(began).Round(time.Millisecond), strings.TrimSpace(got.out))
}

func TestUpEndsWithASentenceWhenThePrivatePostgresCannotBeStartedAgain(t *testing.T) {
	t.Parallel()
	data := folder(t)
	u := user{t, []string{"POLICYCYCLE_DATA=" + data}}
	p := u.starts(data)
	parts := filepath.Join(data, "postgres", "data", "global")
	if err := os.Rename(parts, parts+".gone"); err != nil {
		t.Fatal(err)
	}
	dies(t, data)
	began := time.Now()
	var exit *exec.ExitError
	if <-p.ended; !errors.As(p.err, &exit) || exit.ExitCode() != 12 {
		t.Errorf("up ended with %v, want status 12", p.err)
	}
	t.Logf("up ended %s after Postgres was killed", time.Since(began).Round(time.Millisecond))
	if !strings.Contains(p.out.String(), "restarts did not help") {
		t.Errorf("up said\n%s", p.out)
	}
}
