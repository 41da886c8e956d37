package e2e_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/tools/readme"
)

// replaysReadme types what the README shows, and holds what is printed against it. What
// ./try prints is replayed by .ci/run; here the cycle that it rehearses is there already,
// and so is what up starts.
func (u user) replaysReadme(t *testing.T, p *up) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	session, typed := "", 0
	known := &temporalCommand{up: p}
	for _, step := range readme.Steps(string(text)) {
		var printed []byte
		switch _, value, assigns := strings.Cut(step.Command, "="); {
		case step.Command == "./try":
			continue
		case step.Command == "./policycycle up":
			printed = []byte(p.out.String())
		case assigns && !strings.Contains(value, " "):
			session += step.Command + "\n"
			continue
		case strings.HasPrefix(step.Command, "temporal "):
			printed = []byte(known.types(t, step.Command))
		default:
			bash := exec.CommandContext(t.Context(), "bash", "-c", session+strings.ReplaceAll(step.Command, "./policycycle", binary))
			bash.Dir, bash.Env = "..", u.command(t.Context()).Env
			printed, _ = bash.CombinedOutput() // some are refused, which is to be seen
		}
		typed++
		if missing := step.Missing(string(printed)); len(missing) > 0 {
			t.Errorf("%s\nprinted\n%s\nwhich lacks\n%s", step.Command, printed, strings.Join(missing, "\n"))
		}
	}
	if typed < 10 {
		t.Errorf("the README shows %d commands; are they still found?", typed)
	}
}

// temporalCommand does what the command of Temporal does with the lines that the README shows,
// by the API that it asks, too: the tests do not have it.
type temporalCommand struct {
	up                 *up
	address, namespace string // as they were set
}

var (
	configured = regexp.MustCompile(`^temporal config set --prop (address|namespace) --value (\S+)$`)
	signalled  = regexp.MustCompile(`^temporal workflow signal -w (\S+) --name (\w+) -i '([^']+)'$`)
	reachedAt  = regexp.MustCompile(`(?m)^Temporal +(\S+), namespace (\S+)$`)
)

// types gives what the command prints for a line. The README shows the address of another day.
func (c *temporalCommand) types(t *testing.T, line string) string {
	t.Helper()
	if set := configured.FindStringSubmatch(line); set != nil {
		if set[1] == "namespace" {
			c.namespace = set[2]
			return ""
		}
		at := reachedAt.FindStringSubmatch(c.up.out.String())
		if at == nil {
			t.Fatalf("up says no address of Temporal:\n%s", c.up.out)
		}
		c.address = at[1]
		return ""
	}
	said := signalled.FindStringSubmatch(line)
	if said == nil {
		t.Fatalf("the README has a line for Temporal that the test does not know how to type: %s", line)
	}
	asked, err := client.Dial(client.Options{HostPort: c.address, Namespace: c.namespace, Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	workflow, name, text := said[1], said[2], said[3]
	before := sequenceOf(t, asked, workflow)
	signals(t, asked, workflow, policy.Message(name), text)
	eventually(t, "the signal has its line in the trail", func() bool { return sequenceOf(t, asked, workflow) > before })
	return "Signal workflow succeeded"
}

// sequenceOf gives the last line of the trail on which a run rests.
func sequenceOf(t *testing.T, c client.Client, workflow string) int64 {
	t.Helper()
	answer, err := c.QueryWorkflow(t.Context(), workflow, "", protocol.QueryState)
	var state protocol.State
	if err == nil {
		err = answer.Get(&state)
	}
	if err != nil {
		t.Fatal(err)
	}
	return state.Orders.Sequence
}
