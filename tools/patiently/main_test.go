package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/tools/guardian"

	"github.com/policycycle/policycycle/tools/processes"
)

func TestMain(m *testing.M) { os.Exit(guardian.Tests(m.Run)) }

// module is one whose packages pass, fail, panic, cannot be built and have no tests.
var module = map[string]string{
	"go.mod":              "module example.eu/module\n\ngo 1.26\n",
	"good/good_test.go":   "package good\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) { t.Log(\"said in passing\") }\n",
	"bad/bad_test.go":     "package bad\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) { t.Log(\"said in passing\") }\n\nfunc TestBad(t *testing.T) {\n\tt.Run(\"good\", func(t *testing.T) {})\n\tt.Run(\"bad\", func(t *testing.T) { t.Error(\"why it fails\") })\n}\n",
	"ends/ends_test.go":   "package ends\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestEnds(t *testing.T) { println(\"its last words\"); os.Exit(3) }\n",
	"broken/broken.go":    "package broken\n\nvar x int = \"text\"\n",
	"broken/some_test.go": "package broken\n\nimport \"testing\"\n\nfunc TestNothing(t *testing.T) {}\n",
	"none/none.go":        "package none\n",
}

// It prints what go test prints, whose lines people and programs know.
func TestRun_PrintsWhatGoTestPrints(t *testing.T) {
	dir := t.TempDir()
	for name, text := range module {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, arguments := range [][]string{{"./..."}, {"./good", "./none"}} {
		var out, problems bytes.Buffer
		want, failed := exec.CommandContext(t.Context(), "go", append([]string{"test", "-vet=off"}, arguments...)...).Output()
		status, err := run(append([]string{"-vet=off"}, arguments...), &out, &problems, usual, nil)
		if err != nil || (status == 0) != (failed == nil) {
			t.Errorf("%v ends with %d, %v: %s", arguments, status, err, problems.String())
		}
		if difference := cmp.Diff(lines(string(want)), lines(out.String())); difference != "" {
			t.Errorf("%v is told otherwise (-go test +patiently):\n%s", arguments, difference)
		}
	}
}

var varies = regexp.MustCompile(`\(cached\)|[0-9.]+s`)

// lines gives what was printed but for times and indents, in the order of the alphabet:
// which package ends first is a matter of chance, and so is where broken builds are told.
func lines(text string) []string {
	all := strings.Split(varies.ReplaceAllString(text, "TIME"), "\n")
	for i, line := range all {
		all[i] = strings.TrimLeft(line, " ")
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "# ") || strings.Contains(line, "broken.go")
	})
}

// program puts a go of our own before the others.
func program(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := processes.WriteProgram(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

//nolint:paralleltest // it has a go of its own
func TestRun_AsksTestsThatHangWhereTheyStand(t *testing.T) {
	const begins = `echo '{"Action":"output","Package":"p","Test":"TestX","Output":"it began\n"}'` + "\n"
	const busy = `sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'` + "\n"
	const still = "sleep 100000\n"
	const ends = "s=$?; if [ $s -gt 128 ]; then echo \"ended by $s\"; exit 1; fi\n"
	soon := patience{look: 20 * time.Millisecond, still: 500 * time.Millisecond, work: 10 * time.Millisecond, speechless: time.Hour, last: time.Minute}
	hurried := soon
	hurried.speechless = 500 * time.Millisecond
	for name, test := range map[string]struct {
		script string
		patience
		status int
		says   string
	}{
		"who does nothing":                   {begins + still + ends, soon, 1, "ended by 131"},
		"who works without a word":           {begins + busy + ends, soon, 0, ""},
		"who works without a word for ever":  {begins + strings.ReplaceAll(busy, "300000", "300000000") + ends, hurried, 1, "ended by 131"},
		"who does nothing and does not tell": {begins + "sh -c 'trap \"\" QUIT; exec sleep 100000'\n" + ends, patience{soon.look, soon.still, soon.work, soon.speechless, soon.still}, 1, "ended by 137"},
	} {
		t.Run(name, func(t *testing.T) {
			program(t, test.script)
			var out, problems bytes.Buffer
			status, err := run(nil, &out, &problems, test.patience, nil)
			if err != nil || status != test.status || !strings.Contains(out.String(), test.says) || !strings.Contains(out.String(), "it began") {
				t.Errorf("ended with %d, %v: %s%s", status, err, out.String(), problems.String())
			}
			if asked := strings.Contains(out.String(), "is asked where it stands"); asked != (test.status != 0) {
				t.Errorf("it says %q", out.String())
			}
		})
	}
}

//nolint:paralleltest // it has a go of its own
func TestRun_EndsTestsWhenInterrupted(t *testing.T) {
	program(t, "trap '' INT\necho begun\nsleep 100000\nexit 1\n")
	interrupts := make(chan os.Signal, 1)
	quick := usual
	quick.look = 20 * time.Millisecond
	begun := writer(func() { interrupts <- os.Interrupt })
	if status, err := run(nil, begun, os.Stderr, quick, interrupts); err != nil || status != 1 {
		t.Errorf("ended with %d, %v", status, err)
	}
}

// writer does something when it is first written to.
func writer(do func()) io.Writer { return &once{sync.OnceFunc(do)} }

type once struct{ do func() }

func (o *once) Write(p []byte) (int, error) { o.do(); return len(p), nil }
