// Command benchmarks holds what was measured against its targets: it writes
// docs/benchmarks.md and bench/results/ratios.json from the results of `make bench` and
// `make peers`. With -check it holds the results of a short run in another folder against
// the committed ratios instead, and fails where one is more than twice as bad.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/policycycle/policycycle/bench/figures"
)

// Where everything lies, below the root of the repository.
const (
	targetsFile   = "bench/targets.json"
	resultsFolder = "bench/results"
	ratiosFile    = "bench/results/ratios.json"
	pageFile      = "docs/benchmarks.md"
)

func main() {
	short := flag.String("check", "", "hold the results of a short run in this `folder` against the committed ratios")
	flag.Parse()
	run := func() error { return write(".") }
	if *short != "" {
		run = func() error { return check(".", *short, os.Stdout) }
	}
	if err := run(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// write writes the page and the ratios.
func write(root string) error {
	page, ratios, err := render(root)
	if err != nil {
		return err
	}
	for file, text := range map[string][]byte{pageFile: page, ratiosFile: ratios} {
		if err := os.WriteFile(filepath.Join(root, file), text, 0o644); err != nil { //nolint:gosec // everybody may read it
			return err
		}
	}
	return nil
}

// read reads the results in a folder, by the names of their files.
func read(folder string) (map[string]*figures.Results, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	all := map[string]*figures.Results{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if name == "ratios" {
			continue
		}
		if all[name], err = figures.Read(file); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// tell writes a line.
func tell(w io.Writer, line string, arguments ...any) {
	_, _ = fmt.Fprintf(w, line+"\n", arguments...)
}
