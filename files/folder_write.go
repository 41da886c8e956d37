package files

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// WriteFolder writes a cycle to a directory that ReadFolder reads to the same
// content. Files that are there already are an error, and nothing is written
// then; a README.md may be there.
func WriteFolder(dir string, f *Folder) error {
	all, err := f.render()
	if err != nil {
		return fmt.Errorf("folder %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !tolerated(entry.Name()) {
			return policy.Refuse(policy.CodeInvalid, "%s is there already: expected an empty folder", filepath.Join(dir, entry.Name()))
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := root.MkdirAll(path.Dir(name), 0o750); err != nil {
			return err
		}
		if err := root.WriteFile(name, all[name], 0o600); err != nil {
			return err
		}
	}
	return nil
}

// render gives the text of each file by its name.
func (f *Folder) render() (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, l := range f.leaves() {
		var out bytes.Buffer
		if !fs.ValidPath(l.name) {
			return nil, fmt.Errorf("%q is no name of a file", l.name)
		}
		if err := l.write(&out); err != nil {
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
		all[l.name] = out.Bytes()
	}
	return all, nil
}

// leaf is a file to be written.
type leaf struct {
	name  string
	write func(w io.Writer) error
}

func (f *Folder) leaves() []leaf {
	all := []leaf{{cycleName, func(w io.Writer) error { return WriteCycle(w, f.CycleFile) }}}
	for version, definition := range f.Definitions {
		all = append(all, leaf{definitionName(version), func(w io.Writer) error { return WriteCycle(w, CycleFile{Definition: definition}) }})
	}
	if len(f.Acts) > 0 {
		all = append(all, leaf{actsName, func(w io.Writer) error { return writeActs(w, f.Acts) }})
	}
	rows := map[policy.Register][]policy.Row{}
	for _, row := range f.Rows {
		rows[row.Register] = append(rows[row.Register], row)
	}
	for register, own := range rows {
		all = append(all, leaf{registerName(register), func(w io.Writer) error { return WriteRows(w, register, own, Comma) }})
	}
	if len(f.People) > 0 {
		all = append(all, leaf{peopleName, func(w io.Writer) error { return writePeople(w, f.People) }})
	}
	return append(append(all, f.fileLeaves()...), f.documentLeaves()...)
}

// writePeople writes whom rows name by number as a table.
func writePeople(w io.Writer, people []policy.Named) error {
	lines := make([][]reflect.Value, len(people))
	for i, person := range people {
		lines[i] = []reflect.Value{reflect.ValueOf(person)}
	}
	return peopleTable.write(w, lines, Comma)
}

// documentLeaves gives the contents, and apart from them the actions of all.
func (f *Folder) documentLeaves() []leaf {
	var all []leaf
	var actions []DocumentActions
	for _, key := range sortedVersions(maps.Keys(f.Documents)) {
		content := f.Documents[key]
		if plan, is := content.(*policy.OperationalPlan); is && len(plan.Actions) > 0 {
			actions = append(actions, DocumentActions{Document: key, Actions: plan.Actions})
			bare := *plan
			bare.Actions = nil
			content = &bare
		}
		all = append(all, leaf{documentName(key), func(w io.Writer) error { return WriteContent(w, content) }})
	}
	if actions != nil {
		all = append(all, leaf{actionsName, func(w io.Writer) error { return WriteActions(w, actions) }})
	}
	return all
}
