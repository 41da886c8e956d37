package main

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// listed is a service with one cycle.
type listed struct {
	fakeService
	cycle *service.Cycle
}

func (l *listed) ListCycles(_ context.Context, which service.CycleFilter) ([]service.CycleLine, error) {
	if which.Rehearsal != nil {
		return []service.CycleLine{{ID: "empact-2022-2025-rehearsal-1"}}, nil
	}
	return []service.CycleLine{{ID: "empact-2022-2025"}, {ID: "initial-2011-2013"}}, nil
}

func (l *listed) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	if id != "empact-2022-2025" {
		return nil, policy.Refuse(policy.CodeUnknown, "no")
	}
	return l.cycle, nil
}

func TestCompletion_ProposesWhatThereIs(t *testing.T) {
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
		{none, []string{"cycle", "import", "in"}, []string{"initial-2011-2013"}},
		{fakeParts(svc), []string{"inbox", "--cycle", "in"}, []string{"initial-2011-2013"}},
		{fakeParts(svc), []string{"rehearse", "--watch", ""}, []string{"empact-2022-2025-rehearsal-1"}},
		{fakeParts(svc), []string{"meeting", "table", "empact-2022-2025", "cosi-2021-12", "ass"}, []string{"assessment"}},
		{none, []string{"inbox", "--sort", ""}, []string{"due", "since", "title"}},
		{none, []string{"findings", "x", "--rule", "S31"}, []string{"S31"}},
		{none, []string{"item", "open", "x", "--through", "cosi,cor"}, []string{"cosi,coreper"}},
		{none, []string{"decide", "x", "--item", "firearms=ref"}, []string{"firearms=referred-back"}},
		{none, []string{"decide", "x", "--as", "anna@presi"}, []string{"anna@presidency"}},
		{none, []string{"submit", "x", "--for", "anna@fro"}, []string{"anna@frontex"}},
		{none, []string{"roles", "-o", ""}, []string{"table", "json", "yaml"}},
	} {
		if words, _ := proposed(t, tc.parts, tc.typed...); !slices.Equal(words, tc.want) {
			t.Errorf("%q: proposed %q, want %q", tc.typed, words, tc.want)
		}
	}
}

// proposed gives what a shell proposes for what is typed, and whether it offers files.
func proposed(t *testing.T, p parts, typed ...string) (words []string, files bool) {
	t.Helper()
	got := command(t.Context(), p, nil, append([]string{"__complete"}, typed...)...)
	if got.status != 0 || strings.Contains(got.err, "policycycle:") {
		t.Errorf("%q: %+v", typed, got)
	}
	for line := range strings.Lines(got.out) {
		how, last := strings.CutPrefix(strings.TrimSpace(line), ":")
		if !last {
			words = append(words, how)
			continue
		}
		directive, err := strconv.Atoi(how)
		if err != nil {
			t.Fatal(err)
		}
		files = cobra.ShellCompDirective(directive)&cobra.ShellCompDirectiveNoFileComp == 0
	}
	return words, files
}

// free are the names of arguments and of the values of flags for which nothing is
// proposed: what people make up, or look up elsewhere.
var free = strings.Fields(`ACCOUNT ADDRESS DATE DAY FIELD=VALUE ID INDICATOR INDICATOR:NUMBER ISSUER KEY LASTS MEETING NAME NUMBER PERIOD PRIORITY REASON RECORD
	REVISION ROLE@BODY[/CYCLE[/PATH SHA256 TEXT TITLE URL VERSION WHAT WHO YEAR`)

func TestCompletion_KnowsWhatEveryArgumentAndFlagTakes(t *testing.T) {
	t.Parallel()
	svc := &listed{cycle: sampleCycle(t)}
	a := newApp(fakeParts(svc), nil, &strings.Builder{}, &strings.Builder{}, nil)
	takes := func(c *cobra.Command, name string, before ...string) {
		t.Helper()
		typed := "" // where people say what comes before, that is typed
		if at := strings.IndexAny(name, "@="); at > 0 && !strings.Contains(name, "[") {
			typed = "anna" + name[at:at+1]
		}
		words, files := proposed(t, fakeParts(svc), slices.Concat(strings.Fields(c.CommandPath())[1:], before, []string{typed})...)
		if files != (name == "FILE" || name == "FOLDER") {
			t.Errorf("%s %q: for %s files are offered: %t", c.CommandPath(), before, name, files)
		}
		if unknown := files || slices.Contains(free, name); !unknown && len(words) == 0 {
			t.Errorf("%s %q: for %s nothing is proposed", c.CommandPath(), before, name)
		}
	}
	inAll(a.root, func(c *cobra.Command) {
		if !c.Runnable() || c.HasSubCommands() {
			return
		}
		var before []string
		for _, name := range argumentNames(c.Use) {
			takes(c, strings.TrimSuffix(name, "..."), before...)
			before = append(before, "empact-2022-2025")
		}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); f.NoOptDefVal == "" {
				takes(c, strings.ToUpper(name), "--"+f.Name)
			}
		})
	})
}

func TestRehearsed_FindsAnExampleByNameButAFileFirst(t *testing.T) {
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

func TestApp_GivesVersionAndHelpAsPeopleAsk(t *testing.T) {
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
