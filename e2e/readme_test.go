package e2e_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

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
