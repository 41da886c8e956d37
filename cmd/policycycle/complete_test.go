package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// listed is a service with one cycle.
type listed struct {
	fakeService
	cycle *service.Cycle
}

func (l *listed) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	return []service.CycleLine{{ID: "empact-2022-2025"}, {ID: "initial-2011-2013"}}, nil
}

func (l *listed) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	if id != "empact-2022-2025" {
		return nil, policy.Refuse(policy.CodeUnknown, "no")
	}
	return l.cycle, nil
}

func TestAShellProposesWhatThereIs(t *testing.T) {
	t.Parallel()
	svc := &listed{cycle: sampleCycle(t)}
	none := fakeParts(svc)
	none.find = func(string) (running.Info, error) { return running.Info{}, running.ErrNone }
	subject := subjectsOf(svc.cycle)[0].Subject.String()
	for _, tc := range []struct {
		parts parts
		typed []string
		want  []string
	}{
		{fakeParts(svc), []string{"cycle", "show", ""}, []string{"empact-2022-2025", "initial-2011-2013"}},
		{fakeParts(svc), []string{"findings", "emp"}, []string{"empact-2022-2025"}},
		{fakeParts(svc), []string{"show", "in"}, []string{"initial-2011-2013/"}},
		{fakeParts(svc), []string{"show", "empact-2022-2025/ass"}, []string{"empact-2022-2025/assessment"}},
		{fakeParts(svc), []string{"decide", subject, "--body", "cosi", "empact-2022-2025/ass"}, []string{"empact-2022-2025/assessment"}},
		{none, []string{"cycle", "show", ""}, nil},
		{none, []string{"show", "empact-2022-2025/"}, nil},
		{none, []string{"register", "show", "empact-2022-2025", "con"}, []string{"consents"}},
		{none, []string{"decide", "x", "--body", "cos"}, []string{"cosi", "cosi-support-group"}},
		{none, []string{"decide", "x", "--outcome", "ref"}, []string{"referred-back"}},
		{none, []string{"submit", "x", "--marking", "R"}, []string{"RESTRICTED"}},
		{none, []string{"rehearse", "emp"}, []string{"empact-2022-2025", "empact-2026-2029"}},
		{none, []string{"cycle", "start", "in"}, []string{"initial-2011-2013"}},
		{none, []string{"sheet", "empact-2022-2025", "f"}, []string{"fi", "fr"}},
		{none, []string{"help", "cyc"}, []string{"cycle"}},
		{none, []string{"search", ""}, nil},
	} {
		got := command(t.Context(), tc.parts, nil, append([]string{"__complete"}, tc.typed...)...)
		var words []string
		for line := range strings.Lines(got.out) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, ":") {
				words = append(words, line)
			}
		}
		if !slices.Equal(words, tc.want) || got.status != 0 || strings.Contains(got.err, "policycycle:") {
			t.Errorf("%q: proposed %q, want %q; %s", tc.typed, words, tc.want, got.err)
		}
	}
}

func TestAnExampleIsFoundByItsNameAndAFileIsStronger(t *testing.T) {
	p := wire()
	p.find = func(string) (running.Info, error) { return running.Info{}, running.ErrNone }
	t.Chdir(t.TempDir()) // outside of the checkout
	for _, name := range []string{"empact-2022-2025", "examples/empact-2022-2025", "empact-2022-2025/cycle.yaml", "initial-2011-2013"} {
		if got := command(t.Context(), p, nil, "cycle", "check", name); got.status != 0 || !strings.Contains(got.out, "sound cycle file") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	a := newApp(p, nil, &strings.Builder{}, &strings.Builder{}, nil)
	if folder, err := a.rehearsed("empact-2022-2025"); err != nil || folder.Script == nil || len(folder.Documents) == 0 {
		t.Errorf("to be rehearsed: %v", err)
	}
	got := command(t.Context(), p, nil, "rehearse", "empact-2022")
	if got.status != 2 || !strings.Contains(got.err, "examples are empact-2022-2025, empact-2026-2029, initial-2011-2013") {
		t.Errorf("of no such name: %+v", got)
	}
	if err := os.WriteFile("empact-2022-2025", []byte("key: mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t.Context(), p, nil, "cycle", "check", "empact-2022-2025"); got.status != 2 || !strings.Contains(got.err, "title is missing") {
		t.Errorf("a file of that name: %+v", got)
	}
}

func TestTheVersionAndHelpAreGivenAsPeopleAskForThem(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"--version", "-v"} {
		if got := command(t.Context(), fakeParts(nil), nil, typed); got.status != 0 || !strings.HasPrefix(got.out, "policycycle ") {
			t.Errorf("%s: %+v", typed, got)
		}
	}
	for typed, says := range map[string]string{
		"help foo": `has no command "foo"`, "help cycel": "did you mean cycle?", "help cycle shw": "did you mean show?", "help decide x": `has no command "x"`,
	} {
		if got := command(t.Context(), fakeParts(nil), nil, strings.Fields(typed)...); got.status != 2 || !strings.Contains(got.err, says) || got.out != "" {
			t.Errorf("%s: %+v", typed, got)
		}
	}
	// It wants no sound configuration.
	got := command(t.Context(), fakeParts(nil), []string{"POLICYCYCLE_TIMEOUT=soon"}, "help", "decide")
	if got.status != 0 || !strings.Contains(got.out, "Records what a body concluded") {
		t.Errorf("%+v", got)
	}
}
