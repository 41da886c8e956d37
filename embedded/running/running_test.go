package running

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/policycycle/policycycle/tools/guardian"
)

// childVariable turns the test binary into a process that holds the folder
// named until it is killed.
const childVariable = "POLICYCYCLE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		if _, err := Lock(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("holding")
		select {}
	}
	os.Exit(guardian.Tests(m.Run))
}

func test(t *testing.T) registry {
	t.Helper()
	return registry{folder: filepath.Join(t.TempDir(), "running"), defaultDir: filepath.Join(t.TempDir(), "default")}
}

func up(t *testing.T, r registry, dir string, age time.Duration) (withdraw func()) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	withdraw, err = r.announce(Info{PID: os.Getpid(), Dir: dir, DatabaseURL: "postgres://" + dir, StartedAt: time.Now().Add(-age)})
	if err != nil {
		t.Fatal(err)
	}
	return withdraw
}

func TestFind_TellsWhichEngineIsUp(t *testing.T) {
	t.Parallel()
	r := test(t)
	if _, err := r.find(""); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "`policycycle up`") {
		t.Errorf("nothing runs: %v", err)
	}
	a, b := t.TempDir(), t.TempDir()
	withdraw := up(t, r, a, time.Minute)
	for _, dir := range []string{"", a, a + "/../" + filepath.Base(a)} {
		if info, err := r.find(dir); err != nil || info.Dir != a || info.PID != os.Getpid() {
			t.Errorf("find %q: %+v, %v", dir, info, err)
		}
	}
	if _, err := r.find(b); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "--data "+b) {
		t.Errorf("nothing runs on %s: %v", b, err)
	}
	up(t, r, b, 0)
	if _, err := r.find(""); !errors.Is(err, ErrSeveral) || !strings.Contains(err.Error(), a) || !strings.Contains(err.Error(), b) {
		t.Errorf("two run: %v", err)
	}
	if all, err := r.all(); err != nil || len(all) != 2 || all[0].Dir != a {
		t.Errorf("all: %+v, %v", all, err)
	}
	withdraw()
	if info, err := r.find(""); err != nil || info.Dir != b {
		t.Errorf("one was withdrawn: %+v, %v", info, err)
	}
}

func TestFind_PutsTheDefaultFolderFirst(t *testing.T) {
	t.Parallel()
	r := test(t)
	up(t, r, t.TempDir(), time.Minute)
	up(t, r, r.defaultDir, 0)
	if info, err := r.find(""); err != nil || info.Dir != r.defaultDir {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestAnnounce_IsForItsUserAlone(t *testing.T) {
	t.Parallel()
	r, dir := test(t), t.TempDir()
	up(t, r, dir, 0)
	for _, file := range []string{infoFile(dir), r.entry(dir)} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
}

func TestLock_NamesItsHolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holder := hold(t, dir)
	_, err := Lock(dir)
	if !errors.Is(err, ErrTaken) || !strings.Contains(err.Error(), fmt.Sprint("process ", holder.Process.Pid)) {
		t.Errorf("got %v", err)
	}
}

func TestLock_IsNotKeptByWhoOnlyLooks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	release()
	file, err := os.Open(lockFile(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	locked := make(chan error)
	go func() {
		_, err := Lock(dir)
		locked <- err
	}()
	select {
	case err := <-locked:
		t.Fatalf("beside somebody who looks: %v", err)
	case <-time.After(time.Second): // one who looks slowly
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if err := <-locked; err != nil {
		t.Errorf("once nobody looks: %v", err)
	}
}

// hold lets another process lock the folder.
func hold(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // killed already in the tests about that
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "holding\n" {
		t.Fatalf("the child said %q (%v)", line, err)
	}
	return cmd
}

func TestFind_ForgetsADeadEngine(t *testing.T) {
	t.Parallel()
	r, dir := test(t), t.TempDir()
	holder := hold(t, dir)
	if _, err := r.announce(Info{PID: holder.Process.Pid, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if info, err := r.find(""); err != nil || info.Dir != dir {
		t.Fatalf("the other process is not found: %+v, %v", info, err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	if _, err := r.find(dir); !errors.Is(err, ErrNone) {
		t.Errorf("a dead engine was found: %v", err)
	}
	if all, err := r.all(); err != nil || len(all) != 0 {
		t.Errorf("all: %+v, %v", all, err)
	}
	if _, err := os.Stat(r.entry(dir)); err == nil {
		t.Error("the stale entry was not removed")
	}
}

func TestFind_TellsAStartingEngineFromItsPredecessor(t *testing.T) {
	t.Parallel()
	r, dir := test(t), t.TempDir()
	hold(t, dir)
	if _, err := r.announce(Info{PID: 1, Dir: dir}); err != nil { // left by one that was killed
		t.Fatal(err)
	}
	if _, err := r.find(dir); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "starting") {
		t.Errorf("got %v", err)
	}
}
