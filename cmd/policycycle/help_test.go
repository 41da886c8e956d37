package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/policy"
)

func TestOutcomeOf_HasAStatusForEveryCode(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../../policy/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || fmt.Sprint(spec.Type) != "Code" {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Error(err)
		}
		codes++
		if outcomeOf(policy.Code(code)).code != policy.Code(code) {
			t.Errorf("the code %q has no exit status", code)
		}
		return true
	})
	if codes != len(outcomes) {
		t.Errorf("%d codes, %d exit statuses", codes, len(outcomes))
	}
	statuses := map[int]bool{0: true, interrupted: true}
	for _, o := range outcomes {
		if statuses[o.status] {
			t.Errorf("the exit status %d has two meanings", o.status)
		}
		statuses[o.status] = true
	}
}

func TestCommands_AllHaveTheirHelp(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)\b(workflow|signal|gate|digest)`)
	a := newApp(fakeParts(nil), nil, &strings.Builder{}, &strings.Builder{}, nil)
	inAll(a.root, func(c *cobra.Command) {
		text := c.Short + c.Long + c.Example + c.LocalFlags().FlagUsages()
		if forbidden.MatchString(text) && c.Name() != "settings" && c.Name() != "envelope" { // these are for who knows Temporal
			t.Errorf("%s speaks of %q", c.CommandPath(), forbidden.FindString(text))
		}
		if c.Short == "" || !strings.Contains(c.Example+c.Long, "policycycle ") {
			t.Errorf("%s lacks a short help or an example", c.CommandPath())
		}
		var out strings.Builder
		help := newApp(fakeParts(nil), nil, &out, &out, nil)
		args := slices.Concat(strings.Fields(c.CommandPath())[1:], []string{"--help"})
		if c.IsAdditionalHelpTopicCommand() {
			args = []string{"help", c.Name()}
		}
		if status := help.run(t.Context(), args); status != 0 || !strings.Contains(out.String(), "xample") {
			t.Errorf("%v: status %d, wrote %q", args, status, out.String())
		}
	})
}

func TestCommands_AreDocumented(t *testing.T) {
	t.Parallel()
	a := newApp(fakeParts(nil), nil, &strings.Builder{}, &strings.Builder{}, nil)
	golden(t, "../../docs/commands.md", commandsDocument(a.root))
}

// commandsDocument writes docs/commands.md.
func commandsDocument(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\n<!-- Written by `go test ./cmd/policycycle -update`; do not edit. -->\n\n")
	b.WriteString("Every command also takes `-o table|json|yaml` and the flags of\n[configuration.md](configuration.md). What JSON and YAML contain is in [records.md](records.md#answers).\n\n")
	b.WriteString("## Exit status\n\nWith `-o json` an error is also written to standard error, as\n`{\"error\": {\"code\", \"message\", \"field\"}}`; `field` is left out when the fault is not\nin one field.\n\n| status | code | meaning |\n|---|---|---|\n| 0 | | done |\n")
	for _, o := range outcomes {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", o.status, o.code, o.meaning)
	}
	fmt.Fprintf(&b, "| %d | | ended by Ctrl-C |\n", interrupted)
	inAll(root, func(c *cobra.Command) {
		if !c.HasSubCommands() && !c.IsAdditionalHelpTopicCommand() && !c.Hidden && c.Parent().Name() != "completion" {
			documentCommand(&b, c)
		}
	})
	return b.String()
}

func documentCommand(b *strings.Builder, c *cobra.Command) {
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n```\n%s\n\n%s\n```\n", c.CommandPath(), about, c.UseLine(), c.Example)
	var rows []string
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || c.InheritedFlags().Lookup(f.Name) != nil {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		rows = append(rows, fmt.Sprintf("| `--%s %s` | %s |", f.Name, name, usage))
	})
	if len(rows) > 0 {
		fmt.Fprintf(b, "\n| flag | meaning |\n|---|---|\n%s\n", strings.ReplaceAll(strings.Join(rows, "\n"), " ` |", "` |"))
	}
}
