// Package files reads and writes cycles, their documents and their registers:
// bytes on one side, the types of package policy on the other. Its errors name
// file, line, column and field, and say what was expected.
package files

import (
	"fmt"
	"io"
	"path"

	"github.com/policycycle/policycycle/policy"
)

// CycleFile is what a cycle file holds: a cycle, and the script of its
// rehearsal if there is one.
type CycleFile struct {
	policy.Definition
	Script *policy.Script `json:"rehearsal,omitempty"`
}

var (
	cycleForm     = form{"a cycle file", CycleSchema, maxCycle}
	amendmentForm = form{"an amendment file", AmendmentSchema, maxCycle}
)

// ReadCycle reads a cycle file. name is what errors call the file. The error is
// an *Error with everything that is wrong, and carries policy.CodeInvalid.
func ReadCycle(name string, r io.Reader) (*CycleFile, error) {
	d, err := read(name, cycleForm, r)
	if err != nil {
		return nil, err
	}
	file := new(CycleFile)
	if err := d.decode(file); err != nil {
		return nil, err
	}
	problems := file.Validate()
	if len(problems)+len(d.problems) == 0 && file.Script != nil {
		problems = checkScript(&file.Definition, file.Script)
	}
	if err := d.sound(problems); err != nil {
		return nil, err
	}
	return file, nil
}

// AmendmentFile is what an amendment file holds.
type AmendmentFile struct {
	policy.Amendment
	document *document
}

// ReadAmendment reads an amendment file; its errors are like those of
// ReadCycle. Whether the amended cycle is sound shows only beside the cycle.
func ReadAmendment(name string, r io.Reader) (*AmendmentFile, error) {
	d, err := read(name, amendmentForm, r)
	if err != nil {
		return nil, err
	}
	file := &AmendmentFile{document: d}
	if err := d.decode(&file.Amendment); err != nil {
		return nil, err
	}
	return file, d.sound(nil)
}

// Placed gives a refusal of the amendment with its mistakes at their places in the file.
func (f *AmendmentFile) Placed(refusal error) error {
	return placed(refusal, func(m Problem) Problem { return f.document.at(m.Field, m.Message) })
}

// checkScript makes sure that a script speaks of what is in the cycle, as the
// scripted amendments leave it.
func checkScript(d *policy.Definition, script *policy.Script) []policy.Problem {
	var problems []policy.Problem
	for i, amended := range scripted(d, script) {
		for _, p := range amended.Validate() {
			p.Field = fmt.Sprintf("rehearsal.items[%d].amendment.%s", i, p.Field)
			problems = append(problems, p)
		}
	}
	subjects := scriptedSubjects(d, script)
	for i, scene := range script.Scenes {
		if !matchesAny(scene.On, subjects) {
			problems = append(problems, policy.Problem{
				Field:   fmt.Sprintf("rehearsal.scenes[%d].on", i),
				Message: fmt.Sprintf("is %q: expected a path of this cycle, such as %s, with * for any part", scene.On, subjects[len(subjects)-1]),
			})
		}
	}
	return problems
}

// scripted gives the definition as each scripted amendment leaves it, by the
// number of the item that it follows from.
func scripted(d *policy.Definition, script *policy.Script) map[int]policy.Definition {
	all := map[int]policy.Definition{}
	amended := *d
	for i, item := range script.Items {
		if item.Amendment != nil {
			amended = amended.Amend(*item.Amendment, item.Opening.Due)
			all[i] = amended
		}
	}
	return all
}

// scriptedSubjects lists the paths of the subjects that a rehearsal may meet.
func scriptedSubjects(d *policy.Definition, script *policy.Script) []string {
	subjects := pathsOf(d)
	amended := scripted(d, script)
	for i, item := range script.Items {
		subjects = append(subjects, "item/"+item.Key)
		if definition, is := amended[i]; is {
			subjects = append(subjects, pathsOf(&definition)...)
		}
	}
	return subjects
}

// pathsOf lists the paths of the subjects on the agenda of a definition.
func pathsOf(d *policy.Definition) []string {
	var paths []string
	for _, e := range d.Agenda() {
		paths = append(paths, e.Subject.Path())
	}
	return paths
}

func matchesAny(pattern string, subjects []string) bool {
	for _, s := range subjects {
		if matched, err := path.Match(pattern, s); err == nil && matched {
			return true
		}
	}
	return false
}

// WriteCycle writes a cycle file that ReadCycle reads, fields in the order of
// policy.Definition. What the actors of a rehearsal hand in is no part of it.
func WriteCycle(w io.Writer, file CycleFile) error {
	if file.Script != nil {
		script := *file.Script
		script.Documents = nil
		file.Script = &script
	}
	return writeYAML(w, file, listsStay)
}
