package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/bench"
	"github.com/policycycle/policycycle/bench/figures"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// program is the command, stripped: with the engine, or lean.
func program(b *testing.B, tags string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "policycycle"+tags)
	build := exec.CommandContext(b.Context(), "go", "build", "-tags", tags, "-ldflags=-s -w", "-o", path, "../cmd/policycycle")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	must(b, build.Run())
	return path
}

// BenchmarkBinary tells how large the program is, stripped.
func BenchmarkBinary(b *testing.B) {
	r := measures(b, "binary")
	for subject, tags := range map[string]string{"lean": "lean", "with Temporal": ""} {
		info, err := os.Stat(program(b, tags))
		must(b, err)
		r.Add("binary", subject, "MB", float64(info.Size())/1e6)
	}
	r.keep()
}

// BenchmarkUp measures how long up takes until it is ready: where nothing is yet, where data
// is, and after kill -9 with a backlog of runs for which no worker was there.
func BenchmarkUp(b *testing.B) {
	r := measures(b, "up")
	b.Setenv(running.RegistryVariable, b.TempDir())
	binary, dir := program(b, ""), folder(b)
	u := starts(b, binary, dir)
	r.Add("ready", "without data", "s", u.ready.Seconds())
	u.stops(b)
	for round := range rounds() {
		r.say("round %d", round+1)
		u := starts(b, binary, dir)
		r.Add("ready", "on existing data", "s", u.ready.Seconds())
		u.stops(b)
	}
	runs := full(1000, 50)
	for round := range full(3, 1) {
		r.say("backlog %d: %d runs", round+1, runs)
		dir := folder(b)
		loses(b, dir, runs)
		began := time.Now()
		u := starts(b, binary, dir)
		r.Add("ready", fmt.Sprintf("with a backlog of %d runs", runs), "s", u.ready.Seconds())
		r.say("%s", u.said)
		info, err := running.Find(dir)
		must(b, err)
		conn := connect(b, info.DatabaseURL)
		within(b, 5*time.Minute, "all have caught up", func() bool {
			var open int
			must(b, conn.QueryRow(b.Context(), "SELECT count(DISTINCT cycle) FROM subjects").Scan(&open))
			return open == runs
		})
		r.Add("caught up", fmt.Sprintf("with a backlog of %d runs", runs), "s", time.Since(began).Seconds())
		must(b, conn.Close(b.Context()))
		u.stops(b)
	}
	r.keep()
}

// up is a running `policycycle up`.
type up struct {
	*exec.Cmd
	out   io.Reader
	said  string // when it was ready
	ready time.Duration
}

// starts starts up on a folder, and waits until it is ready.
func starts(b *testing.B, binary, dir string) *up {
	b.Helper()
	const patience = 3 * time.Minute
	u := &up{Cmd: exec.CommandContext(b.Context(), binary, "up", "--quiet", "--data", dir)}
	out, err := u.StdoutPipe()
	must(b, err)
	u.Stderr = os.Stderr
	u.Cancel = func() error { return u.Process.Signal(syscall.SIGINT) }
	began := time.Now()
	must(b, u.Start())
	tooLong := time.AfterFunc(patience, func() { _ = u.Process.Kill() })
	u.said, err = bufio.NewReader(out).ReadString('\n')
	u.ready, u.out = time.Since(began), out
	if !tooLong.Stop() || err != nil {
		b.Fatalf("up is not ready after %s: %q %v", u.ready, u.said, err)
	}
	u.said = strings.TrimSpace(u.said)
	return u
}

// stops ends it as Ctrl-C does.
func (u *up) stops(b *testing.B) {
	b.Helper()
	must(b, u.Process.Signal(syscall.SIGINT))
	_, err := io.Copy(io.Discard, u.out)
	must(b, err)
	must(b, u.Wait())
}

// lostVariable makes this program an engine that is lost: it starts as many cycles as the
// variable of the environment says, for which no worker is there, and waits for its end.
const (
	lostVariable = "PCYCLE_BENCH_LOST"
	lostFolder   = "PCYCLE_BENCH_FOLDER"
)

// loses leaves a folder behind as an engine does that was killed, with runs for which no
// worker was there.
func loses(b *testing.B, dir string, runs int) {
	b.Helper()
	lost := exec.CommandContext(b.Context(), os.Args[0])
	lost.Env = append(os.Environ(), fmt.Sprintf("%s=%d", lostVariable, runs), lostFolder+"="+dir)
	lost.Stderr = os.Stderr
	out, err := lost.StdoutPipe()
	must(b, err)
	must(b, lost.Start())
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatalf("the engine has ended before it was lost: %q %v", said, err)
	}
	must(b, lost.Process.Kill())
	_ = lost.Wait() // it was killed
}

// isLost is the engine that is lost, and gives its status.
func isLost() int {
	if err := losing(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "the engine that is to be lost:", err)
		return 1
	}
	_, _ = fmt.Fprintln(os.Stdout, "all wait")
	select {} // until it is killed
}

func losing(ctx context.Context) error {
	var runs int
	if _, err := fmt.Sscan(os.Getenv(lostVariable), &runs); err != nil {
		return err
	}
	e, err := embedded.Start(ctx, embedded.Options{Dir: os.Getenv(lostFolder), Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, e.DatabaseURL); err != nil {
		return err
	}
	temporal := engine.Options{Address: e.TemporalAddress, Namespace: e.Namespace, Log: zerolog.Nop()}
	if err := engine.Prepare(ctx, temporal); err != nil { // as up does: an engine that was lost had been ready once
		return err
	}
	s, err := store.Open(ctx, e.DatabaseURL, store.Options{Asserted: true})
	if err != nil {
		return err
	}
	dialled, err := engine.Dial(ctx, temporal)
	if err != nil {
		return err
	}
	var wait sync.WaitGroup
	failed := make(chan error, callers)
	for caller := range callers {
		wait.Go(func() {
			for n := caller; n < runs; n += callers {
				key := fmt.Sprintf("lost-%d", n)
				_, err := s.StartCycle(ctx, store.NewCycle{ID: key, Definition: bench.Cycle(key), By: anna, Now: time.Now()})
				if err == nil {
					err = dialled.Start(ctx, policy.Run{Kind: policy.RunCycle, Cycle: key})
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// BenchmarkRehearsal rehearses the cycle 2022-2025, as somebody at a terminal does, and tells
// how long that takes and the CPU of each act that is recorded, with all that the program has
// started in it.
func BenchmarkRehearsal(b *testing.B) {
	r := measures(b, "rehearsal")
	b.Setenv(running.RegistryVariable, b.TempDir())
	binary := program(b, "")
	for round := range full(3, 1) {
		for _, year := range full([]string{"10s", "1s"}, []string{"1s"}) {
			r.say("round %d, a year in %s", round+1, year)
			r.rehearse(binary, year)
		}
	}
	r.keep()
}

func (r *results) rehearse(binary, year string) {
	b := r.b
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	dir := folder(b)
	c := exec.CommandContext(ctx, binary, "rehearse", "empact-2022-2025", "--year", year, "--data", dir, "-o", "json")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGINT) }
	c.WaitDelay = time.Minute
	began := time.Now()
	out, err := c.Output()
	took := time.Since(began)
	must(b, err)
	var cycle service.Cycle
	must(b, json.Unmarshal(out, &cycle))
	if cycle.Stage != policy.StageClosed {
		b.Fatalf("the rehearsal ended in the stage %s", cycle.Stage)
	}
	server, err := postgres.Start(b.Context(), postgres.Options{Dir: filepath.Join(dir, "postgres"), Log: zerolog.Nop()})
	must(b, err)
	defer func() { must(b, server.Stop(context.Background())) }()
	conn := connect(b, server.URL(embedded.Database))
	var acts, refused float64
	must(b, conn.QueryRow(b.Context(), "SELECT (SELECT count(*) FROM acts), (SELECT count(*) FROM trail WHERE NOT accepted)").Scan(&acts, &refused))
	must(b, conn.Close(b.Context()))
	subject := "--year " + year
	r.Add("took", subject, "s", took.Seconds())
	r.Add("CPU an act", subject, "ms", figures.Milliseconds(c.ProcessState.UserTime()+c.ProcessState.SystemTime())/acts)
	r.Add("acts", subject, "", acts)
	r.Add("refused", subject, "", refused)
	r.Add("greatest lag", subject, "days", float64(cycle.GreatestLagDays))
}
