package policy

import (
	"fmt"
	"slices"
)

// Descended is a priority of the cycle before, as a cycle names it.
type Descended struct {
	Lineage
	Of    string // the priority that comes from it; empty where it goes on in none
	Field string // where that is said
}

// descent lists all that a cycle says of the priorities of the cycle before.
func (d *Definition) descent() []Descended {
	var all []Descended
	for i, p := range d.Priorities {
		for j, from := range p.Lineage {
			all = append(all, Descended{from, p.Key, fmt.Sprintf("priorities[%d].lineage[%d].priority", i, j)})
		}
	}
	for i, from := range d.Lineage {
		all = append(all, Descended{from, "", fmt.Sprintf("lineage[%d].priority", i)})
	}
	return all
}

// UnknownLineage lists what a cycle names of the priorities of the cycle before and that had
// no such priority, at any time.
func UnknownLineage(d *Definition, before *Records) []Descended {
	return slices.DeleteFunc(d.descent(), func(from Descended) bool {
		return before.ever(func(was *Definition) bool { return was.Priority(from.Priority) != nil })
	})
}

// UnsaidLineage lists the priorities of the cycle before of which a cycle does not say what
// became of them. What the Council did not agree on there became nothing.
func UnsaidLineage(d *Definition, before *Records) []Priority {
	said := map[string]bool{}
	for _, from := range d.descent() {
		said[from.Priority] = true
	}
	return slices.DeleteFunc(slices.Clone(before.Definition.Priorities), func(p Priority) bool {
		return said[p.Key] || before.PriorityOutcome(p) == NotAgreed
	})
}

// JudgeLineage says whether what a cycle that is to start names of the cycle before was there.
// The error has CodeInvalid.
func JudgeLineage(d *Definition, before *Records) error {
	var ps problems
	for _, from := range UnknownLineage(d, before) {
		ps.add(from.Field, "is %q: the cycle %s has no such priority", from.Priority, before.Definition.Key)
	}
	if len(ps) == 0 {
		return nil
	}
	return Unsound(ps, "the definition of the cycle is not sound: %s")
}
