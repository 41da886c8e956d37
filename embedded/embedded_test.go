//go:build !lean

package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/tools/guardian"
)

// childVariable turns the test binary into a process that runs an engine on the
// folder named until it is killed or its input ends, and says what it measured.
const childVariable = "POLICYCYCLE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		child(dir)
		return
	}
	os.Exit(guardian.Tests(m.Run))
}

func child(dir string) {
	begin := time.Now()
	engine, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("up", time.Since(begin).Milliseconds())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	begin = time.Now()
	if err := engine.Stop(context.Background()); err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("down", time.Since(begin).Milliseconds())
}

// folder is one that the user postgres may enter, unlike t.TempDir.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "policycycle-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// check connects to both parts of an engine.
func check(t *testing.T, engine *Engine) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), engine.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	c, err := client.Dial(client.Options{HostPort: engine.TemporalAddress, Namespace: engine.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestStart_AllowsOneEngineToAFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var said []string
	engine, err := Start(t.Context(), Options{Dir: dir, Log: zerolog.Nop(), Progress: func(s string) { said = append(said, s) }})
	if err != nil {
		t.Fatal(err)
	}
	check(t, engine)
	if len(said) != 2 || !strings.Contains(said[0], dir) {
		t.Errorf("progress: %q", said)
	}
	_, err = Start(t.Context(), Options{Dir: dir})
	if !errors.Is(err, running.ErrTaken) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("a second engine on the folder: %v", err)
	}
	check(t, engine)
	if err := engine.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if pid, held := running.Holder(dir); held {
		t.Errorf("process %d still holds the folder", pid)
	}
}

// process is a child of its own with an engine.
type process struct {
	cmd  *exec.Cmd
	in   interface{ Close() error }
	out  *bufio.Reader
	took string
}

func launch(t *testing.T, dir string) process {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var noise strings.Builder
	cmd.Stderr = &noise
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // ended already unless the test failed
		_ = cmd.Wait()
		if noise.Len() > 0 {
			t.Errorf("the engine wrote to the terminal: %s", noise.String())
		}
	})
	p := process{cmd: cmd, in: in, out: bufio.NewReader(out)}
	p.took = p.read(t, "up ")
	return p
}

func (p process) read(t *testing.T, prefix string) string {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if !strings.HasPrefix(line, prefix) {
		t.Fatalf("the child said %q (%v)", line, err)
	}
	return strings.TrimSpace(line)
}

func (p process) stop(t *testing.T) string {
	t.Helper()
	if err := p.in.Close(); err != nil {
		t.Error(err)
	}
	return p.read(t, "down ")
}

// TestStart_BringsAKilledEngineBack also logs how long a fresh process takes, in
// milliseconds.
func TestStart_BringsAKilledEngineBack(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := launch(t, dir)
	t.Log("new data:", first.took, first.stop(t))
	second := launch(t, dir)
	t.Log("existing data:", second.took)
	if err := second.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = second.cmd.Wait()
	third := launch(t, dir)
	t.Log("after kill -9:", third.took, third.stop(t))
}
