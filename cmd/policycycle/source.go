package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
)

// exampleOf gives the cycle that ships with the program under a name, such as
// empact-2022-2025 or examples/empact-2022-2025. What is there under the name on this
// machine is stronger: then, as for a name of none, it is nil.
func exampleOf(name string) fs.FS {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	name = strings.TrimSuffix(strings.TrimPrefix(path.Clean(filepath.ToSlash(name)), "examples/"), "/cycle.yaml")
	if info, err := fs.Stat(examples.Files, name); err != nil || !info.IsDir() {
		return nil
	}
	folder, err := fs.Sub(examples.Files, name)
	if err != nil {
		return nil
	}
	return folder
}

// exampleNames lists the cycles that ship with the program.
func exampleNames() []string {
	entries, err := examples.Files.ReadDir(".")
	if err != nil {
		panic(err) // they are part of the binary: a test would have met this
	}
	return each(entries, fs.DirEntry.Name)
}

// cycleFolder reads a cycle with its documents and registers: from a folder, or the
// example of that name.
func (a *app) cycleFolder(name string) (*files.Folder, error) {
	if example := exampleOf(name); example != nil {
		return files.ReadFolderFS(name, example)
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, noSource(name)
	}
	return files.ReadFolder(name)
}

// cycleFile reads a cycle file: that of a folder, or of the example of that name,
// where it is one.
func (a *app) cycleFile(name string) (*files.CycleFile, error) {
	if example := exampleOf(name); example != nil {
		file, err := example.Open("cycle.yaml")
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer func() { _ = file.Close() }()
		return a.parts.readCycle(path.Join(name, "cycle.yaml"), file)
	}
	switch info, err := os.Stat(name); {
	case name == "-":
	case errors.Is(err, fs.ErrNotExist):
		return nil, noSource(name)
	case err == nil && info.IsDir():
		name = filepath.Join(name, "cycle.yaml")
	}
	return readFile(a, name, a.parts.readCycle)
}

// noSource says that there is neither a file nor an example of a name.
func noSource(name string) error {
	return needed("file", "the file %s cannot be read: there is none, and no example of that name; examples are %s", name, strings.Join(exampleNames(), ", "))
}
