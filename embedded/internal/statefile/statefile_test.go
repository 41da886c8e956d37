package statefile

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestPorts_AreKeptAndReplacedWhenTaken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ports")
	first, err := Ports(file, 3)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Ports(file, 3)
	if err != nil || !slices.Equal(first, again) {
		t.Fatalf("kept %v, then %v (%v)", first, again, err)
	}
	stranger, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(first[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Close() }()
	moved, err := Ports(file, 3)
	if err != nil || slices.Contains(moved, first[1]) {
		t.Fatalf("a stranger holds %d, yet %v was given (%v)", first[1], moved, err)
	}
}

func TestPorts_AreReplacedWhenSpoilt(t *testing.T) {
	t.Parallel()
	for _, spoilt := range []string{"", "x", "70000", "-1", "1 2 3"} {
		file := filepath.Join(t.TempDir(), "ports")
		if err := os.WriteFile(file, []byte(spoilt), 0o600); err != nil {
			t.Fatal(err)
		}
		if ports, err := Ports(file, 1); err != nil || len(ports) != 1 || ports[0] < 1 {
			t.Errorf("%q gave %v, %v", spoilt, ports, err)
		}
	}
}

func TestSecret_IsMadeOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	first, err := Secret(file)
	if err != nil || len(first) < 20 {
		t.Fatalf("%q, %v", first, err)
	}
	again, err := Secret(file)
	if err != nil || again != first {
		t.Fatalf("%q became %q (%v)", first, again, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
}

func TestLog_TurnsOverAndTails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, make([]byte, maxLog+1), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := Log(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString("before\na\nb\nc\n"); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if tail := Tail(file, int64(len("before\n")), 2); tail != "b\nc" {
		t.Errorf("tail %q", tail)
	}
	if tail := Tail(file+".none", 0, 2); !strings.Contains(tail, "nothing") {
		t.Errorf("tail of no file %q", tail)
	}
	if _, err := os.Stat(file + ".old"); err != nil {
		t.Error(err)
	}
}
