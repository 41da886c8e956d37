package files

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// actTable leaves out what follows from the documents.
var actTable = tableOf([]string{"id", "kind", "subject", "date", "by"}, []string{"digest", "content"}, reflect.TypeFor[Act]())

// writeActs writes acts as a table.
func writeActs(w io.Writer, acts []Act) error {
	lines := make([][]reflect.Value, len(acts))
	for i, act := range acts {
		lines[i] = []reflect.Value{reflect.ValueOf(act)}
	}
	return actTable.write(w, lines, Comma)
}

// acts reads what was done, and looks whether all that it speaks of is there.
func (in *folderReader) acts() {
	in.open(actsName, func(called string, r io.Reader) error {
		s := actTable.read(called, r)
		if len(s.problems) > 0 {
			return asError(s.problems) // acts speak of those before them
		}
		for _, record := range s.records {
			in.folder.Acts = append(in.folder.Acts, *part[Act](record, 0))
		}
		earlier := map[string]bool{"": true}
		amended := map[int]bool{}
		then := in.folder.Definition
		for i, handed := range in.folder.Handed() {
			act := &in.folder.Acts[i]
			if wrong := concludedIn(act, &then); wrong != nil {
				s.records[i].note(wrong)
			} else {
				s.records[i].note(in.checkAct(*act, earlier))
			}
			s.records[i].note(in.checkFiles(*act, handed))
			s.records[i].note(in.bodiesOf(act, &then))
			earlier[act.ID] = true
			if act.Amendment != nil {
				version := act.Amendment.BaseVersion + 1
				amended[version] = true
				if definition, is := in.folder.Definitions[version]; is {
					then = definition
				}
			}
		}
		for _, version := range slices.Sorted(maps.Keys(in.folder.Definitions)) {
			if !amended[version] {
				in.wrong(definitionName(version), "is the work of no act in %s", actsName)
			}
		}
		return asError(s.problems)
	})
}

// concludedIn reads the outcomes of an act, which stand there by their codes or in the words
// that its body had then, and tells of those that are neither.
func concludedIn(act *Act, then *policy.Definition) (found []policy.Problem) {
	words := then.Wording(act.Subject.Kind, act.Body)
	read := func(field string, o *policy.Outcome) {
		if *o == "" {
			return
		}
		outcome, err := words.ParseOutcome(string(*o))
		if *o = outcome; err != nil {
			found = append(found, policy.Problem{Field: field, Message: unreadable(err).Error()})
		}
	}
	read("outcome", &act.Outcome)
	for i := range act.Items {
		read("items", &act.Items[i].Outcome)
	}
	return found
}

// bodiesOf tells of a body that an act names and the cycle did not have then.
func (in *folderReader) bodiesOf(act *Act, then *policy.Definition) []policy.Problem {
	refusal, is := errors.AsType[*policy.Error](then.Bodies.JudgeAct(act.Act))
	if !is || in.folder.Key == "" {
		return nil
	}
	return []policy.Problem{{Field: refusal.Field, Message: "is not as expected: " + refusal.Message}}
}

// checkFiles makes sure that what an act hands in, where the cycle keeps it and nobody else
// holds it, and what it makes of the definition have their files.
func (in *folderReader) checkFiles(act Act, handed string) []policy.Problem {
	if name := documentName(handed); handed != "" && act.Holder == "" && policy.Stores(&in.folder.Definition, act.Subject.Kind) && !in.named(name) {
		return []policy.Problem{{Field: "subject", Message: "hands in what the cycle keeps: there is no " + name}}
	}
	if act.Kind != policy.ActAmend || act.Amendment == nil {
		return nil
	}
	base := act.Amendment.BaseVersion
	if name := definitionName(base + 1); !in.named(name) {
		return []policy.Problem{{Field: "amendment.base_version", Message: fmt.Sprintf("is %d: there is no %s", base, name)}}
	}
	return nil
}

// checkAct lists what is wrong with an act. The acts before it have the IDs in
// earlier.
func (in *folderReader) checkAct(act Act, earlier map[string]bool) []policy.Problem {
	var found []policy.Problem
	add := func(field, format string, args ...any) {
		found = append(found, policy.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	whole := act.Stated()
	if whole.Kind != policy.ActOpen {
		whole.Digest = "that of the document" // it is not in the file
	}
	if refusal, is := errors.AsType[*policy.Error](whole.Check()); is {
		add(refusal.Field, "is not as expected: %s", refusal.Message)
	}
	switch {
	case act.ID == "":
		add("id", "is missing")
	case earlier[act.ID]:
		add("id", "is %q, as that of an act before it: each act has an ID of its own", act.ID)
	}
	switch key := in.folder.Key; {
	case act.Subject == policy.Subject{}: // said already
	case key != "" && act.Subject.Cycle != key:
		add("subject", "is %s: expected a subject of %s", act.Subject, key)
	case !in.isSubject(act.Subject):
		add("subject", "is %s, which is no subject of the cycle%s", act.Subject, suggest(act.Subject.Path(), in.subjects))
	}
	if !earlier[act.Rectifies] {
		add("rectifies", "is %q: there is no such act before it", act.Rectifies)
	}
	if act.Amendment != nil && !earlier[act.Amendment.Decision] {
		add("amendment.decision", "is %q: there is no such act before it", act.Amendment.Decision)
	}
	return found
}
