package readme_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/tools/readme"
)

const document = "# A title\n\n$ not a command\n\n```\n$ ./policycycle up\nReady in 2.0 s.\n```\n\n" +
	"```\n$ ./policycycle decide x \\\n    --as anna\nRecorded: x\n…\n\n$ D=y\n```\n\n```\nmake build\n```\n"

func TestSteps_AreCommandsAndWhatTheyPrint(t *testing.T) {
	t.Parallel()
	want := []readme.Step{
		{"./policycycle up", []string{"Ready in 2.0 s."}},
		{"./policycycle decide x --as anna", []string{"Recorded: x"}},
		{"D=y", nil},
	}
	if diff := cmp.Diff(want, readme.Steps(document)); diff != "" {
		t.Error(diff)
	}
}

func TestStepMissing_LooksAwayFromWhatDiffersEachTime(t *testing.T) {
	t.Parallel()
	step := readme.Step{Prints: []string{"Temporal  127.0.0.1:23992, namespace x", "ST 1/21  adopted  2fkjki7a4hot24cm"}}
	if missing := step.Missing("Temporal 127.0.0.1:1234, namespace x\nST 1/21 adopted aaaabbbbcccc2345\n"); len(missing) > 0 {
		t.Error(missing)
	}
	for _, printed := range []string{"Temporal 127.0.0.1:1234, namespace y", "ST 1/21 adopted council-on-priorities"} {
		if missing := step.Missing(printed); len(missing) != 2 {
			t.Errorf("%q lacks %q alone", printed, missing)
		}
	}
}

func TestStepMissing_TellsWhatIsNotPrintedInOrder(t *testing.T) {
	t.Parallel()
	step := readme.Step{Prints: []string{"Cycle   Stage", "one     closed  12 days overdue", "Took 5.1 s"}}
	for printed, want := range map[string][]string{
		"Cycle Stage\nzero  open\none  closed  9 days overdue\n\nTook       74.7 s\n": nil,
		"one closed 9 days overdue\nCycle Stage\nTook 1 s":                            {step.Prints[1]},
		"": step.Prints,
	} {
		if diff := cmp.Diff(want, step.Missing(printed)); diff != "" {
			t.Errorf("%q: %s", printed, diff)
		}
	}
}
