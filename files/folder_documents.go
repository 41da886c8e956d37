package files

import (
	"fmt"
	"io"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// documents reads the contents, and puts the actions in their place.
func (in *folderReader) documents() {
	var actions []documentActions
	sound := true
	in.open(actionsName, func(called string, r io.Reader) error {
		s, read := readActions(called, r)
		actions, sound = read, len(s.problems) == 0
		return asError(s.problems)
	})
	keys := in.versions(documentsDir)
	for _, key := range keys {
		own := documentActions{}
		if at := slices.IndexFunc(actions, func(d documentActions) bool { return d.Document == key }); at >= 0 {
			own = actions[at]
		}
		in.document(key, own, sound)
	}
	for _, d := range actions {
		if !slices.Contains(keys, d.Document) {
			in.problems = append(in.problems, d.records[0].at("document", fmt.Sprintf("is %q: there is no %s", d.Document, documentName(d.Document))))
		}
	}
}

// document reads a content. Where the table of actions is not sound, the plan
// lacks some and is not looked at as a whole.
func (in *folderReader) document(key string, own documentActions, sound bool) {
	name := documentName(key)
	path, _, _ := versionOf(key)
	subject, err := policy.ParseSubject("cycle/" + path)
	if err != nil || subject.Path() != path {
		in.wrong(name, "is about %q, which is no subject: expected a path such as %s", path, documentName("oap/2022/firearms/v1"))
		return
	}
	if policy.NewContent(subject.Kind) != nil && !in.isSubject(subject) {
		in.wrong(name, "is about %q, which is no subject of the cycle%s", path, suggest(path, in.subjects))
	}
	in.open(name, func(called string, r io.Reader) error {
		content, d, err := readContent(called, subject.Kind, r)
		if err != nil {
			return err
		}
		plan, planned := content.(*policy.OperationalPlan)
		if planned && own.records != nil {
			if _, twice := d.lines["actions"]; twice {
				return newError([]Problem{d.at("actions", fmt.Sprintf("are given here and in %s: expected them in one place", actionsName))})
			}
			plan.Actions = own.Actions
		}
		if in.folder.Documents == nil {
			in.folder.Documents = map[string]policy.Content{}
		}
		in.folder.Documents[key] = content
		if planned && !sound {
			return d.sound(nil)
		}
		var elsewhere []Problem
		unknown := in.lacks(func(d *policy.Definition) []policy.Problem { return d.Terms(content) })
		found := slices.DeleteFunc(append(policy.ProblemsOf(content), unknown...), func(p policy.Problem) bool {
			placed, is := own.at(p)
			if is {
				elsewhere = append(elsewhere, placed)
			}
			return is
		})
		in.problems = append(in.problems, elsewhere...)
		return d.sound(found)
	})
}

// isSubject says whether a subject is one of the cycle. Items, changes of
// OAPs and corrections of reports are opened on any day.
func (in *folderReader) isSubject(s policy.Subject) bool {
	path := s.Path()
	switch {
	case in.subjects == nil || s.Kind == policy.KindItem || s.Kind == policy.KindDefinition:
		return true
	case s.Kind == policy.KindChange:
		path = s.Plan().Path()
	case s.Kind == policy.KindCorrection:
		path = s.Report().Path()
	}
	return slices.Contains(in.subjects, path)
}
