package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/tools/guardian"
)

// childVariable turns the test binary into a process that starts a Postgres in
// the folder named, says how it went, and waits to be killed.
const childVariable = "POLICYCYCLE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		server, err := Start(context.Background(), Options{Dir: dir})
		if err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		fmt.Println("running", server.PID())
		select {}
	}
	os.Exit(guardian.Tests(m.Run))
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

func start(t *testing.T, options Options) *Server {
	t.Helper()
	server, err := Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *Server) {
	t.Helper()
	if err := server.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func query[T any](t *testing.T, url, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var value T
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func write(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestStart_KeepsDataAndPort(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir})
	for range 2 { // the second time it is there already
		if err := first.CreateDatabase(t.Context(), "policy"); err != nil {
			t.Fatal(err)
		}
	}
	write(t, first.URL("policy"), "CREATE TABLE cycle AS SELECT 'EMPACT 2026-2029' AS name")
	stop(t, first)
	if syscall.Kill(first.PID(), 0) == nil {
		t.Fatal("the server outlived Stop")
	}
	second := start(t, Options{Dir: dir})
	if name := query[string](t, second.URL("policy"), "SELECT name FROM cycle"); name != "EMPACT 2026-2029" {
		t.Errorf("read %q", name)
	}
	if first.port != second.port {
		t.Errorf("port %d became %d", first.port, second.port)
	}
}

func TestStart_GivesTheServerItsSettings(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	server := start(t, Options{Dir: dir})
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "max_connections": "200", "server_encoding": "UTF8",
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "password_encryption": "scram-sha-256",
	} {
		if got := query[string](t, server.URL("postgres"), "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if folded := query[string](t, server.URL("postgres"), "SELECT lower('ŐRIZET')"); folded != "őrizet" {
		t.Errorf("lower: %q", folded)
	}
	if _, err := pgx.Connect(t.Context(), strings.Replace(server.URL("postgres"), server.password, "wrong", 1)); err == nil {
		t.Error("a wrong password was accepted")
	}
	info, err := os.Stat(server.passwordFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file: %v %v", info, err)
	}
	scratch := start(t, Options{Scratch: true})
	if got := query[string](t, scratch.URL("postgres"), "SHOW fsync"); got != "off" {
		t.Errorf("scratch: fsync is %s", got)
	}
	stop(t, scratch)
	if _, err := os.Stat(scratch.options.Dir); err == nil {
		t.Errorf("%s was left behind", scratch.options.Dir)
	}
}

func TestStart_TakesAnotherPortWhenAStrangerHoldsOurs(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir, Scratch: true})
	stop(t, first)
	stranger, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(first.port))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Close() }()
	second := start(t, Options{Dir: dir, Scratch: true})
	if second.port == first.port {
		t.Fatal("the port of a stranger was used")
	}
	_, err = Start(t.Context(), Options{Dir: folder(t), Scratch: true, Port: first.port})
	if err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("a fixed port that is taken gave %v", err)
	}
}

// child starts the test binary as described at childVariable and returns the
// number of its Postgres.
func child(t *testing.T, dir string) (cmd *exec.Cmd, postmaster int) {
	t.Helper()
	cmd = exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scan := fmt.Sscanf(line, "running %d", &postmaster); scan != nil {
		t.Fatalf("the child said %q (%v)", line, err)
	}
	return cmd, postmaster
}

func TestStart_AdoptsAnOrphan(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	parent, orphan := child(t, dir)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	server := start(t, Options{Dir: dir})
	if server.PID() != orphan {
		t.Fatalf("process %d runs beside the orphan %d", server.PID(), orphan)
	}
	if one := query[int](t, server.URL("postgres"), "SELECT 1"); one != 1 {
		t.Error("the adopted server does not answer")
	}
	stop(t, server)
	if left, ok := readPostmaster(filepath.Join(dir, "data")); ok {
		t.Errorf("the adopted server %d outlived Stop", left.pid)
	}
	again := start(t, Options{Dir: dir})
	if again.PID() == orphan {
		t.Error("the stopped server was adopted")
	}
}

func TestStart_RecoversWhenBothWereKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	parent, orphan := child(t, dir)
	if err := errors.Join(parent.Process.Kill(), syscall.Kill(orphan, syscall.SIGKILL)); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	server := start(t, Options{Dir: dir})
	if server.PID() == orphan {
		t.Error("a dead server was adopted")
	}
}

// A process of the server that was killed hangs and holds on to its memory; a start waits for
// it to end.
func TestStart_WaitsForWhatIsLeftOfAKilledServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	parent, orphan := child(t, dir)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", orphan, orphan))
	if err != nil {
		t.Fatal(err)
	}
	left := strings.Fields(string(text))
	all := func(signal syscall.Signal) {
		for _, text := range left {
			if pid, err := strconv.Atoi(text); err == nil {
				_ = syscall.Kill(pid, signal)
			}
		}
	}
	all(syscall.SIGSTOP)
	t.Cleanup(func() { all(syscall.SIGKILL) })
	if err := errors.Join(parent.Process.Kill(), syscall.Kill(orphan, syscall.SIGKILL)); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	goOn := make(chan error, 1)
	go func() {
		goOn <- until(t.Context(), func() bool {
			log, _ := os.ReadFile(filepath.Join(dir, "postgres.log"))
			return strings.Contains(string(log), "pre-existing shared memory block")
		})
		all(syscall.SIGCONT)
	}()
	server := start(t, Options{Dir: dir})
	if err := <-goOn; err != nil {
		t.Fatal(err)
	}
	if one := query[int](t, server.URL("postgres"), "SELECT 1"); one != 1 {
		t.Error("the server does not answer")
	}
}

func TestStart_LeavesAStrangerWithTheSameNumberAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir, Scratch: true})
	stop(t, first)
	stale := fmt.Sprintf("%d\n%s\n1\n%d\n\n127.0.0.1\n\nready\n", os.Getpid(), first.data(), first.port)
	if err := os.WriteFile(pidFile(first.data()), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := first.owner.take(pidFile(first.data())); err != nil {
		t.Fatal(err)
	}
	second := start(t, Options{Dir: dir, Scratch: true})
	if second.PID() == os.Getpid() {
		t.Fatal("a stranger was adopted")
	}
}

func TestStart_ShowsTheLogWhenItFails(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir, Scratch: true})
	stop(t, first)
	if err := os.Remove(filepath.Join(first.data(), "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir, Scratch: true})
	if err == nil || !strings.Contains(err.Error(), first.logFile()) || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("got %v", err)
	}
}

func TestStart_LeavesNothingWhenCancelled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Options{Dir: dir, Scratch: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, ok := readPostmaster(filepath.Join(dir, "data")); ok {
		t.Errorf("process %d was left running", left.pid)
	}
}
