// Command illustrate fills the example cycles with content.
//
// Public sources give the priorities, the dates and some figures of the cycles.
// What stood in the plans, who took part and what was reported they do not give.
// So that the examples show whole cycles all the same, this makes it up: the
// same each time, marked as illustrative everywhere. Facts that sources give
// stand in cycle.yaml, which is written by hand; this reads it and writes all
// that stands beside it.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/policycycle/policycycle/files"
)

func main() {
	for _, s := range shapes {
		if err := fill(filepath.Join("examples", s.name), s); err != nil {
			fmt.Fprintln(os.Stderr, "illustrate:", err)
			os.Exit(1)
		}
	}
}

// fill writes the folder of one example anew.
func fill(dir string, s shape) error {
	cycle, err := readCycle(dir)
	if err != nil {
		return err
	}
	made, err := os.MkdirTemp("", "illustrate-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(made) }()
	folder, err := illustrated(cycle, s)
	if err != nil {
		return err
	}
	if err := files.WriteFolder(made, folder); err != nil {
		return err
	}
	for _, part := range []string{"documents", "registers", "actions.csv"} {
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			return err
		}
	}
	// cycle.yaml stays as it was written by hand, with its comments.
	if err := os.Remove(filepath.Join(made, "cycle.yaml")); err != nil {
		return err
	}
	return os.CopyFS(dir, os.DirFS(made))
}

func readCycle(dir string) (*files.CycleFile, error) {
	file, err := os.Open(filepath.Join(dir, "cycle.yaml"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return files.ReadCycle(file.Name(), file)
}
