// Command manual writes the manual pages and the completions of shells that go
// into the archives of a release:
//
//	go run ./tools/manual man completions
//
// The command itself knows both, so this builds it for this machine and asks it.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// shells names the file of each completion as the shell looks for it.
var shells = map[string]string{"bash": "policycycle.bash", "zsh": "_policycycle", "fish": "policycycle.fish"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("say where the pages and where the completions go, not %q", arguments)
	}
	work, err := os.MkdirTemp("", "manual-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	program := filepath.Join(work, "policycycle")
	// Built as a release is, so that both take the compiled parts from one cache.
	if _, err := ask(ctx, []string{"CGO_ENABLED=0", "GOOS=", "GOARCH="}, "go", "build", "-trimpath", "-o", program, "./cmd/policycycle"); err != nil {
		return err
	}
	committed, err := ask(ctx, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	return write(ctx, program, strings.TrimSpace(string(committed)), arguments[0], arguments[1])
}

// write has the program write its pages, dated by the second given, and its
// completions into folders that hold nothing else.
func write(ctx context.Context, program, second, pages, completions string) error {
	for _, dir := range []string{pages, completions} {
		if err := os.RemoveAll(dir); err != nil { //nolint:gosec // whoever releases names the folders
			return err
		}
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // everybody may read them
			return err
		}
	}
	if _, err := ask(ctx, []string{"SOURCE_DATE_EPOCH=" + second, "TZ=UTC"}, program, "man", pages); err != nil {
		return err
	}
	for shell, name := range shells {
		script, err := ask(ctx, nil, program, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(completions, name), script, 0o644); err != nil { //nolint:gosec // everybody may read them
			return err
		}
	}
	return nil
}

// ask runs a program and gives what it prints.
func ask(ctx context.Context, environ []string, program string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, arguments...) //nolint:gosec // go, git and what was just built
	cmd.Env = append(cmd.Environ(), environ...)
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, faults.Bytes())
	}
	return out, nil
}
