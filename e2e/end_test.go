package e2e_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/tools/processes"
)

// victimVariable turns the test binary into a process that runs tests with the command
// named: it starts `up`, says in which folder, and waits to be killed.
const victimVariable = "PCYCLE_VICTIM"

func victim(command string) int {
	dir := os.TempDir()
	cmd := exec.Command(command, "up", "--quiet", "--data", filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "POLICYCYCLE_RUNNING="+filepath.Join(dir, "running"))
	said, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	fmt.Println(dir, err, line)
	select {}
}

// Whoever kills tests in the middle has nothing to tidy up: an up that they started
// would run on for ever, and the Postgres of one that is killed waits to be taken over.
func TestNothingRunsOnWhenTestsAreKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self)
	cmd.Env = append(os.Environ(), victimVariable+"="+binary)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	dir, _, _ := strings.Cut(line, " ")
	if err != nil || !strings.Contains(line, "Ready in") || len(namingFolder(dir)) < 2 {
		t.Fatalf("it said %q (%v)", line, err)
	}
	began := time.Now()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	eventually(t, "no up, no Postgres and no folder is left", func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, fs.ErrNotExist) && len(namingFolder(dir)) == 0
	})
	t.Logf("nothing was left after %s", time.Since(began).Round(time.Millisecond))
}

// namingFolder gives the processes whose command names a folder.
func namingFolder(dir string) []processes.Process {
	return processes.Below(processes.All(), func(p processes.Process) bool { return strings.Contains(strings.Join(p.Command(), " "), dir) })
}
