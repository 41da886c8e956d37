package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/service"
)

// user is somebody at a terminal.
type user struct {
	tb  testing.TB
	env []string
}

// atShared is a user whose commands reach the shared engine as an existing
// Temporal and Postgres.
func atShared(tb testing.TB) user {
	tb.Helper()
	return reaches(tb, shared.DatabaseURL, shared.Namespace)
}

// reaches is a user whose commands reach records and a namespace on the shared engine.
func reaches(tb testing.TB, records, namespace string) user {
	tb.Helper()
	return user{tb, []string{"DATABASE_URL=" + records, "TEMPORAL_ADDRESS=" + shared.TemporalAddress, "TEMPORAL_NAMESPACE=" + namespace}}
}

// said is what a command printed, and its exit status.
type said struct {
	out, err string
	status   int
}

func (u user) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, binary, args...)
	c.Env = append(append(os.Environ(), "POLICYCYCLE_TIMEOUT="+unhurried.String()), u.env...)
	c.Dir = ".." // where examples are
	return c
}

// types runs a command to its end.
func (u user) types(args ...string) said {
	u.tb.Helper()
	var out, problem bytes.Buffer
	c := u.command(u.tb.Context(), args...)
	c.Stdout, c.Stderr = &out, &problem
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		u.tb.Fatal(err)
	}
	return said{out.String(), problem.String(), c.ProcessState.ExitCode()}
}

// gets runs a command that must succeed, and reads its JSON.
func (u user) gets(into any, args ...string) {
	u.tb.Helper()
	got := u.types(append(args, "-o", "json")...)
	if got.status != 0 {
		u.tb.Fatalf("%v ended with %d: %s", args, got.status, got.err)
	}
	if err := json.Unmarshal([]byte(got.out), into); err != nil {
		u.tb.Fatalf("%v printed %q: %v", args, got.out, err)
	}
}

// up is a running `policycycle up`, or another command that runs until it is stopped.
type up struct {
	*exec.Cmd
	out   *safeBuffer
	ended chan struct{} // closed once it has ended, as err tells
	err   error
}

// launches starts a command, which is stopped in order when the test has ended.
func (u user) launches(args ...string) *up {
	u.tb.Helper()
	p := &up{Cmd: u.command(context.WithoutCancel(u.tb.Context()), args...), out: &safeBuffer{}, ended: make(chan struct{})}
	p.Stdout, p.Stderr = p.out, p.out
	if err := p.Start(); err != nil {
		u.tb.Fatal(err)
	}
	go func() {
		p.err = p.Wait()
		close(p.ended)
	}()
	u.tb.Cleanup(func() { p.stops(u.tb) })
	return p
}

// starts starts `up` on a data folder and waits until it is ready.
func (u user) starts(data string) *up {
	u.tb.Helper()
	began := time.Now()
	p := u.launches("up", "--data", data, "--quiet")
	p.says(u.tb, "Ready in")
	u.tb.Logf("up was ready %s after it was typed: %s", time.Since(began).Round(time.Millisecond), strings.TrimSpace(p.out.String()))
	return p
}

// says waits until the command has printed something.
func (p *up) says(tb testing.TB, text string) {
	tb.Helper()
	eventually(tb, fmt.Sprintf("%v says %q", p.Args[1:], text), func() bool {
		ended := p.hasEnded()
		said := strings.Contains(p.out.String(), text)
		if ended && !said {
			tb.Fatalf("%v has ended (%v):\n%s", p.Args[1:], p.err, p.out)
		}
		return said
	})
}

func (p *up) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// stops ends the command as Ctrl-C does, unless it has ended.
func (p *up) stops(tb testing.TB) {
	tb.Helper()
	if p.hasEnded() {
		return
	}
	_ = p.Process.Signal(syscall.SIGINT) // it may be ending by itself
	if <-p.ended; p.err != nil {
		tb.Errorf("%v did not end cleanly: %v\n%s", p.Args[1:], p.err, p.out)
	}
}

// killed ends the command as a power cut would.
func (p *up) killed(tb testing.TB) {
	tb.Helper()
	if err := p.Process.Kill(); err != nil {
		tb.Fatal(err)
	}
	<-p.ended
}

// folder is a data folder that Postgres may enter under root, too.
func folder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "policycycle-e2e-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}

func TestMistakesGetAClearErrorAndAnExitStatusAndChangeNothing(t *testing.T) {
	h := enter(t, 0)
	h.works()
	u := atShared(t)
	const cycle = "mistakes"
	h.starts(past(cycle))
	h.submits("europol", at(cycle, "assessment"), "2021-04-10")
	h.submits("presidency", at(cycle, "priorities"), "2021-05-01")
	rubbish := filepath.Join(t.TempDir(), "rubbish.yaml")
	if err := os.WriteFile(rubbish, bytes.Repeat([]byte("rubbish: [\n"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("format: 1\nkey: broken\nperiods:\n  - key: \"2022\"\n    from: 2022-02-30\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	decide := func(args ...string) []string {
		return append([]string{"decide", "--as", "anna@general-secretariat", "--document", "ST 8665/21", "--date", "2021-05-26"}, args...)
	}
	priorities := cycle + "/priorities"
	tests := map[string]struct {
		args   []string
		status int
		says   string
	}{
		"an unknown body":           {decide(priorities, "--body", "parliament", "--outcome", "adopted"), 2, "not a body"},
		"a misspelt body":           {decide(priorities, "--body", "counsil", "--outcome", "adopted"), 2, "did you mean council?"},
		"an unknown outcome":        {decide(priorities, "--body", "council", "--outcome", "agreed"), 2, "not an outcome"},
		"an unknown subject":        {decide(cycle+"/masp/nothing", "--body", "cosi", "--outcome", "adopted"), 3, "has no subject"},
		"a subject of no kind":      {decide(cycle+"/nothing", "--body", "cosi", "--outcome", "adopted"), 2, "not a subject"},
		"an unknown cycle":          {decide("nothing/priorities", "--body", "council", "--outcome", "adopted"), 3, "no cycle"},
		"not open":                  {decide(cycle+"/masp/general", "--body", "cosi", "--outcome", "adopted"), 4, "not open"},
		"a body that may not":       {decide(priorities, "--body", "commission", "--outcome", "adopted", "--as", "jean@commission"), 6, "does not decide"},
		"a body that types":         {decide(priorities, "--body", "council", "--outcome", "adopted", "--as", "jean@commission"), 6, "General Secretariat"},
		"another version":           {decide(priorities, "--body", "council", "--outcome", "adopted", "--version", "7"), 7, "version 1"},
		"before the assessment":     {decide(priorities, "--body", "council", "--outcome", "adopted", "--date", "2021-01-05"), 8, "threat assessment"},
		"in the future":             {decide(priorities, "--body", "council", "--outcome", "adopted", "--date", "2098-01-05"), 8, "future"},
		"an impossible date":        {decide(priorities, "--body", "council", "--outcome", "adopted", "--date", "2021-02-30"), 2, "not a date"},
		"no register number":        {decide(priorities, "--body", "council", "--outcome", "adopted", "--document", "letter"), 2, "register number"},
		"a rehearsed document":      {decide(priorities, "--body", "council", "--outcome", "adopted", "--document", "RH 1/21"), 2, "rehearsal"},
		"already settled":           {[]string{"submit", cycle + "/assessment", "--date", "2021-04-11", "--as", "eva@europol"}, 5, "settled"},
		"a cycle that is not there": {[]string{"cycle", "show", "nothing"}, 3, "no cycle"},
		"a file that is not there":  {[]string{"cycle", "start", "nothing.yaml", "--as", "anna@general-secretariat"}, 2, "nothing.yaml"},
		"10 MB of rubbish":          {[]string{"cycle", "start", rubbish, "--as", "anna@general-secretariat"}, 2, "larger than"},
		"an impossible day":         {[]string{"cycle", "start", broken, "--as", "anna@general-secretariat"}, 2, "broken.yaml:5:11: periods[0].from"},
		"nobody who records":        {[]string{"submit", cycle + "/priorities", "--date", "2021-05-02"}, 2, "--as"},
		"no database":               {[]string{"cycle", "list", "--database-url", "postgres://nobody@127.0.0.1:1/nothing"}, 12, "does not answer"},
		"no Temporal":               {append(decide(priorities, "--body", "council", "--outcome", "adopted"), "--temporal-address", "127.0.0.1:1"), 12, "Temporal does not answer"},
		"a mistyped command":        {[]string{"cycel"}, 2, "cycle"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := user{t, u.env}.types(test.args...)
			if got.status != test.status || !strings.Contains(got.err, test.says) || got.out != "" {
				t.Errorf("policycycle %s\nended with %d and said\n%s%s\nwant %d and %q", strings.Join(test.args, " "), got.status, got.out, got.err, test.status, test.says)
			}
		})
	}
	if c := h.cycle(cycle); len(c.Decisions) != 0 {
		t.Errorf("%d decisions stand in the record after nothing but mistakes", len(c.Decisions))
	}
}

func TestListsAnswerWithoutAWorkerAndAnUnansweredDecisionIsRecordedOnceWhenRepeated(t *testing.T) {
	t.Parallel()
	const cycle = "unanswered"
	records := database(t, cycle)
	h := rooms(t, records, cycle, nil, nil)
	stop := h.works()
	u := reaches(t, records, cycle)
	h.starts(past(cycle))
	h.submits("europol", at(cycle, "assessment"), "2021-04-10")
	h.submits("presidency", at(cycle, "priorities"), "2021-05-01")
	stop()

	var lines []service.CycleLine
	u.gets(&lines, "cycle", "list")
	var shown service.Cycle
	u.gets(&shown, "cycle", "show", cycle)
	if len(lines) == 0 || shown.Next == nil || shown.Next.Turn[0] != "council" {
		t.Errorf("without a worker the list has %d lines, and next is %+v", len(lines), shown.Next)
	}
	decide := []string{
		"decide", cycle + "/priorities", "--body", "council", "--outcome", "adopted", "--date", "2021-05-26",
		"--document", "ST 8665/21", "--as", "anna@general-secretariat",
	}
	status := 0
	for within := time.Second; status != 11; within *= 2 { // time to reach the run, at which nobody answers
		got := u.types(append(decide, "--timeout", within.String())...)
		if status = got.status; status != 11 && status != 12 {
			t.Fatalf("without a worker the decision ended with %d: %s", status, got.err)
		}
	}
	h.works()
	if got := u.types(decide...); got.status != 0 {
		t.Errorf("repeated with a worker, the decision ended with %d: %s", got.status, got.err)
	}
	if c := h.cycle(cycle); len(c.Decisions) != 1 {
		t.Errorf("the decision is recorded %d times", len(c.Decisions))
	}
}

func TestTheSameCommandsWorkOnAnExistingTemporalAndPostgres(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), shared.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE existing"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	existing := strings.Replace(shared.DatabaseURL, "/policycycle?", "/existing?", 1)
	u := reaches(t, existing, "existing")
	if got := u.types("cycle", "list"); got.status != 20 || !strings.Contains(got.err, "migrate") {
		t.Errorf("before migrating: %d, %s", got.status, got.err)
	}
	for range 2 { // to repeat it is safe
		if got := u.types("migrate"); got.status != 0 {
			t.Fatalf("migrate: %s", got.err)
		}
	}
	u.launches("worker").says(t, "Ready in")

	if got := u.types("cycle", "start", "examples/empact-2022-2025/cycle.yaml", "--as", "anna@general-secretariat"); got.status != 0 {
		t.Fatalf("start: %s", got.err)
	}
	submit := func() said {
		return u.types("submit", "empact-2022-2025/assessment", "--file", "examples/empact-2022-2025/documents/assessment/v1.yaml", "--date", "2021-04-12", "--as", "eva@europol")
	}
	got := submit()
	eventually(t, "the assessment is open", func() bool { got = submit(); return got.status != 4 })
	if got.status != 0 {
		t.Fatalf("submit: %s", got.err)
	}
	eventually(t, "the advice is awaited", func() bool {
		var inbox []service.InboxItem
		u.gets(&inbox, "inbox", "--body", "commission")
		return slices.ContainsFunc(inbox, func(i service.InboxItem) bool { return i.Subject == at("empact-2022-2025", "advisory-document") })
	})
}
