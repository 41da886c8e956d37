package rules_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// What rules find about a subject does not change where they see no more than what
// LooksAt names.
func TestLooksAt_NamesAllThatTheFindingsOnASubjectRestOn(t *testing.T) {
	t.Parallel()
	about := 0
	wrong := map[string]func(*story){}
	for _, table := range plants {
		for name, test := range table {
			wrong[name] = test.wrong
		}
	}
	for name, test := range evasions {
		wrong[name+", round it"] = test.does
	}
	for name, does := range wrong {
		s := inOrder()
		does(s)
		whole := snapshot(s)
		whole.Planned = s.Definition.Agenda() // once
		findings := whole.Findings()
		for _, e := range whole.Agenda() {
			want := findingsAbout(e.Subject, findings)
			about += len(want)
			if diff := cmp.Diff(want, findingsAbout(e.Subject, narrowed(whole, s.Rows, e.Subject).Findings())); diff != "" {
				t.Errorf("%s: on %s: %s", name, e.Subject.Path(), diff)
			}
		}
	}
	if about == 0 {
		t.Error("no finding is about a subject")
	}
}

func findingsAbout(subject policy.Subject, all []policy.Finding) (about []string) {
	for _, f := range all {
		if f.Subject == subject.Path() {
			about = append(about, fmt.Sprintln(f.Rule, f.Severity, f.Record, f.Message, f.Mend))
		}
	}
	return about
}

// narrowed gives of a snapshot what rules look at for a subject.
func narrowed(d *rules.Snapshot, rows []policy.Row, subject policy.Subject) *rules.Snapshot {
	subjects, registers := rules.LooksAt(d.Records, subject)
	contents := map[policy.Subject]policy.Content{}
	for _, s := range subjects {
		if content, kept := d.Contents[s]; kept {
			contents[s] = content
		}
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r policy.Row) bool { return !slices.Contains(registers, r.Register) })
	return rules.NewSnapshot(d.Records, map[policy.Subject][]policy.Recorded{subject: d.Acts[subject]}, contents, rows)
}
