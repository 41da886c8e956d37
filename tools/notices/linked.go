package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// systems are those that .goreleaser.yaml builds for. What is linked differs a
// little between them.
var systems = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}

// module is one that the binary links, with what its makers want to go along.
type module struct {
	path, version string
	files         []file
}

// file is one licence or notice of a module.
type file struct {
	name string // as seen from the root of the module
	text string
}

// licenceName matches the names of files that grant something.
var licenceName = regexp.MustCompile(`(?i)^(licen[sc]e|copying|unlicense)([.-]|$)`)

// noticeName matches those that go along with them.
var noticeName = regexp.MustCompile(`(?i)^(notice|patents|copyright)([.-]|$)`)

// linked lists the modules that cmd/policycycle links, Go itself first.
func linked(ctx context.Context, root string) ([]module, error) {
	found := map[string]*module{}
	for _, system := range systems {
		packages, err := list(ctx, root, system)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.Module == nil || p.Module.Main {
				continue
			}
			m := found[p.Module.Path]
			if m == nil {
				m = &module{path: p.Module.Path, version: p.Module.Version}
				found[m.path] = m
			}
			if err := m.gather(p.Dir, p.Module.Dir); err != nil {
				return nil, err
			}
		}
	}
	modules := make([]module, 0, len(found)+1)
	for _, m := range found {
		slices.SortFunc(m.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
		modules = append(modules, *m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.path, b.path) })
	itself, err := standardLibrary(ctx, root, modules)
	return append([]module{itself}, modules...), err
}

// gather takes what lies beside a package and in the folders above it, up to
// the root of the module: code that was taken over has its licence beside it.
func (m *module) gather(dir, root string) error {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		within, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := filepath.ToSlash(filepath.Join(within, e.Name()))
			wanted := licenceName.MatchString(e.Name()) || noticeName.MatchString(e.Name())
			if !wanted || !e.Type().IsRegular() || filepath.Ext(name) == ".go" ||
				slices.ContainsFunc(m.files, func(f file) bool { return f.name == name }) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			m.files = append(m.files, file{name, tidy(string(text))})
		}
		if within == "." {
			return nil
		}
		dir = filepath.Dir(dir)
	}
}

// tidy gives a text the ends of line that all have, so that the same text in two
// modules is the same.
func tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r", ""), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\f")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + "\n"
}

// standardLibrary is Go itself, in the version that go.mod names. Some
// distributions keep its licence elsewhere; golang.org/x/sys has the same.
func standardLibrary(ctx context.Context, root string, modules []module) (module, error) {
	out, err := command(ctx, root, nil, "list", "-m", "-f", "{{.GoVersion}}")
	if err != nil {
		return module{}, err
	}
	m := module{path: "Go, its standard library and runtime", version: strings.TrimSpace(string(out))}
	for _, other := range modules {
		if other.path == "golang.org/x/sys" {
			m.files = other.files
			return m, nil
		}
	}
	return m, errors.New("golang.org/x/sys is not linked any more: take the licence of Go from elsewhere")
}

// listed is what go list says of a package.
type listed struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// list lists all packages that the binary for a system is made of.
func list(ctx context.Context, root, system string) (packages []listed, err error) {
	goos, goarch, _ := strings.Cut(system, "/")
	environ := []string{"GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0"}
	out, err := command(ctx, root, environ, "list", "-deps", "-json=Dir,Module", "./cmd/policycycle")
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, p)
	}
}

func command(ctx context.Context, root string, environ []string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // written out above
	cmd.Dir = root
	cmd.Env = append(cmd.Environ(), environ...)
	out, err := cmd.Output()
	if exit, is := errors.AsType[*exec.ExitError](err); is {
		return nil, fmt.Errorf("go %s: %s", strings.Join(arguments, " "), exit.Stderr)
	}
	return out, err
}
