package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// ReadFolder reads a cycle from a directory: all of it, or an *Error with
// everything that is wrong by file, line and column.
func ReadFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, newError([]Problem{wholly(dir, fmt.Sprintf("cannot be read: %v", err))})
	}
	defer func() { _ = root.Close() }()
	return ReadFolderFS(dir, root.FS())
}

// ReadFolderFS reads a cycle from a directory of a file system, which errors call
// dir, as ReadFolder does.
func ReadFolderFS(dir string, files fs.FS) (*Folder, error) {
	in := &folderReader{dir: dir, files: files, folder: new(Folder)}
	in.list()
	in.cycle()
	in.definitions()
	in.documents()
	in.people()
	in.registers()
	in.handedFiles()
	in.acts()
	in.checkHandedFiles()
	if len(in.problems) > 0 {
		return nil, newError(in.problems)
	}
	return in.folder, nil
}

// folderReader is a folder while it is read.
type folderReader struct {
	dir      string
	files    fs.FS
	names    []string // of the files of the cycle
	folder   *Folder
	subjects []string // paths that documents and acts may be about; nil where the cycle cannot be read
	problems []Problem
}

// called gives the name by which errors call a file.
func (in *folderReader) called(name string) string {
	return filepath.Join(in.dir, filepath.FromSlash(name))
}

func (in *folderReader) wrong(name, format string, args ...any) {
	in.problems = append(in.problems, wholly(in.called(name), fmt.Sprintf(format, args...)))
}

// fail notes the problems of an error.
func (in *folderReader) fail(name string, err error) {
	if many, is := errors.AsType[*Error](err); is {
		in.problems = append(in.problems, many.Problems...)
	} else if err != nil {
		in.wrong(name, "cannot be read: %v", err)
	}
}

func (in *folderReader) named(name string) bool { return slices.Contains(in.names, name) }

// open reads a file, if it is one of the folder.
func (in *folderReader) open(name string, read func(called string, r io.Reader) error) {
	if !in.named(name) {
		return
	}
	file, err := in.files.Open(name)
	if err == nil {
		defer func() { _ = file.Close() }()
		err = read(in.called(name), file)
	}
	in.fail(name, err)
}

// list finds the files of the cycle, and those that are none.
func (in *folderReader) list() {
	err := fs.WalkDir(in.files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			in.fail(name, err)
		case name == ".":
		case tolerated(base) && entry.IsDir():
			return fs.SkipDir
		case tolerated(base) || entry.IsDir():
		case !entry.Type().IsRegular():
			in.wrong(name, "is not a plain file")
		case !belongs(name):
			in.wrong(name, "does not belong here: expected %s, %s, %s, %s, %s/vN.yaml, %s/PATH/vN.yaml, %s/ID.pdf, %s/NAME.csv or README.md%s",
				cycleName, actsName, actionsName, peopleName, definitionsDir, documentsDir, filesDir, registersDir, suggest(name, fixedNames()))
		default:
			in.names = append(in.names, name)
		}
		return nil
	})
	in.fail(".", err)
	if !in.named(cycleName) {
		in.wrong(cycleName, "is missing: expected the cycle")
	}
}

// belongs says whether a file is one of a cycle, by its name.
func belongs(name string) bool {
	key, _ := strings.CutSuffix(name, ".yaml")
	dir, version, versioned := versionOf(key)
	switch {
	case slices.Contains(fixedNames(), name), isFile(name):
		return true
	case key == name || !versioned:
		return false
	case dir == definitionsDir:
		return version > 1
	default:
		return strings.HasPrefix(dir, documentsDir+"/")
	}
}

// fixedNames lists the files that a folder may have, without those of versions.
func fixedNames() []string {
	names := []string{cycleName, actsName, actionsName, peopleName}
	for _, register := range policy.Registers() {
		names = append(names, registerName(register))
	}
	return names
}

// versions lists the files of versions in a folder, such as "v2" or
// "oap/2022/firearms/v1".
func (in *folderReader) versions(dir string) []string {
	var keys []string
	for _, name := range in.names {
		if key, is := strings.CutPrefix(name, dir+"/"); is {
			keys = append(keys, strings.TrimSuffix(key, ".yaml"))
		}
	}
	return sortedVersions(slices.Values(keys))
}

func (in *folderReader) cycle() {
	in.open(cycleName, func(called string, r io.Reader) error {
		file, err := ReadCycle(called, r)
		if err != nil {
			return err
		}
		in.folder.CycleFile = *file
		in.subjects = pathsOf(&file.Definition)
		if file.Script != nil {
			in.subjects = scriptedSubjects(&file.Definition, file.Script)
		}
		return nil
	})
}

func (in *folderReader) definitions() {
	for i, key := range in.versions(definitionsDir) {
		_, version, _ := versionOf(key)
		in.open(definitionName(version), func(called string, r io.Reader) error {
			if version != i+2 {
				return newError([]Problem{wholly(called, "follows no "+definitionName(version-1))})
			}
			definition, err := in.definition(called, r)
			if err != nil {
				in.subjects = nil // they are not all known
				return err
			}
			if in.folder.Definitions == nil {
				in.folder.Definitions = map[int]policy.Definition{}
			}
			in.folder.Definitions[version] = *definition
			if in.subjects != nil {
				in.subjects = append(in.subjects, pathsOf(definition)...)
			}
			return nil
		})
	}
}

// definition reads an amended definition: a cycle file of the same cycle,
// without a script.
func (in *folderReader) definition(called string, r io.Reader) (*policy.Definition, error) {
	d, err := read(called, cycleForm, r)
	if err != nil {
		return nil, err
	}
	file := new(CycleFile)
	if err := d.decode(file); err != nil {
		return nil, err
	}
	found := file.Validate()
	if file.Script != nil {
		found = append(found, policy.Problem{Field: "rehearsal", Message: "stands in " + cycleName + " alone"})
	}
	if first := in.folder.Key; first != "" && file.Key != first {
		found = append(found, policy.Problem{Field: "key", Message: fmt.Sprintf("is %q: expected %s, the key of the cycle", file.Key, first)})
	}
	return &file.Definition, d.sound(found)
}

func (in *folderReader) registers() {
	for _, register := range policy.Registers() {
		in.open(registerName(register), func(called string, r io.Reader) error {
			file, err := ReadRows(called, register, r)
			if err != nil {
				return err
			}
			in.folder.Rows = append(in.folder.Rows, file.Rows...)
			return asError(slices.Concat(file.undated(), file.unnamed(in.folder.People), file.unknown(in.lacks)))
		})
	}
}

// lacks tells what stands against something by each definition that was ever in force: what one
// of them has, the cycle had.
func (in *folderReader) lacks(of func(*policy.Definition) []policy.Problem) []policy.Problem {
	if in.folder.Key == "" {
		return nil // it cannot be read
	}
	found := of(&in.folder.Definition)
	for _, version := range slices.Sorted(maps.Keys(in.folder.Definitions)) {
		if then := in.folder.Definitions[version]; len(found) > 0 {
			found = of(&then)
		}
	}
	return found
}

// unknown tells of the rows that name what the cycle never had.
func (f *RowFile) unknown(lacks func(func(*policy.Definition) []policy.Problem) []policy.Problem) (found []Problem) {
	for i, row := range f.Rows {
		if row.Date.IsZero() {
			continue // told already
		}
		for _, p := range lacks(func(d *policy.Definition) []policy.Problem { return d.ProblemsOf(row) }) {
			found = append(found, f.records[i].at(p.Field, p.Message))
		}
	}
	return found
}

var peopleTable = tableOf([]string{"number", "name"}, nil, reflect.TypeFor[policy.Named]())

// people reads whom rows name by number.
func (in *folderReader) people() {
	in.open(peopleName, func(called string, r io.Reader) error {
		s := peopleTable.read(called, r)
		taken := map[int64]bool{}
		for _, record := range s.records {
			person := *part[policy.Named](record, 0)
			record.note(person.Problems())
			if taken[person.Number] {
				s.problems = append(s.problems, record.at("number", fmt.Sprintf("is %d, as that of another before: each person has a number", person.Number)))
			}
			taken[person.Number] = true
			in.folder.People = append(in.folder.People, person)
		}
		return asError(s.problems)
	})
}

// unnamed tells of the rows that name persons by numbers of whom nobody says who they are.
func (f *RowFile) unnamed(people []policy.Named) (found []Problem) {
	for i, row := range f.Rows {
		named := policy.PersonsIn(row)
		for _, field := range slices.Sorted(maps.Keys(named)) {
			if !slices.ContainsFunc(people, func(p policy.Named) bool { return p.Number == named[field] }) {
				found = append(found, f.records[i].at(field, fmt.Sprintf("is %d: expected a number of %s, which says who that is", named[field], peopleName)))
			}
		}
	}
	return found
}
