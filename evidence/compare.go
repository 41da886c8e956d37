package evidence

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// compares holds what is shown against where the lines leave the cycle and its subjects,
// and adds a fault for all that differs.
func (v *verifier) compares() {
	c := v.course
	switch {
	case v.Shown == nil:
		v.unchecked("what is shown was not compared with what was recorded: an earlier version made the dossier, which does not carry it")
		return
	case slices.ContainsFunc(v.report.Faults, Fault.damages):
		v.unchecked("what is shown was not compared with what was recorded, for that itself does not stand up")
		return
	case len(c.definitions) == 0:
		v.unchecked("what is shown was not compared with what was recorded: the trail does not say how the cycle began")
		return
	case !c.known():
		return // is told already
	}
	if len(v.Shown.Unread) > 0 {
		v.unchecked("what is shown of %s cannot be read here, and was not compared", strings.Join(v.Shown.Unread, ", "))
	}
	v.comparesCycle()
	v.comparesSubjects()
}

// damages says whether the fault is one of what was recorded, from which nothing can be
// derived then.
func (f Fault) damages() bool {
	switch f.Kind {
	case FaultUnfounded, FaultSeal, FaultCheckpoint, FaultTruncated, FaultRewritten, FaultShown:
		return false
	default:
		return true
	}
}

// otherwise adds a fault of what is shown, at the line that left it otherwise.
func (v *verifier) otherwise(line int64, format string, args ...any) {
	v.report.add(fault(line, FaultShown, format, args...))
}

func (v *verifier) comparesCycle() {
	c, shown, last := v.course, v.Shown.Cycle, v.Trail[len(v.Trail)-1]
	c.looks = nil // its last line may have changed what led to it
	now := c.look(last, c.run())
	if now.Stage == c.stage { // it may have begun on another day than was known then
		c.since = append(c.since, now.Since)
	}
	switch {
	case shown.Stage != c.stage:
		v.otherwise(last.Sequence, "the records show the cycle at the stage %s; what was recorded leaves it at %s", shown.Stage.Title(), c.stage.Title())
	case !slices.Contains(c.since, shown.Since):
		v.otherwise(last.Sequence, "the records show the cycle at the stage %s since %s; what was recorded has it there since %s", c.stage.Title(), shown.Since, c.since[len(c.since)-1])
	}
	if shown.Definition != len(c.definitions) {
		v.otherwise(last.Sequence, "the records show version %d of the definition in force; what was recorded leaves version %d", shown.Definition, len(c.definitions))
	}
	if shown.Wording != c.wording {
		v.otherwise(last.Sequence, "the records take the words of the definition from other texts than those that were adopted")
	}
	if d := c.Definition; shown.Title != d.Title || shown.Language != d.Language {
		v.otherwise(last.Sequence, "the records show the cycle as %q, in %q; its definition names it %q, in %q", shown.Title, shown.Language, d.Title, d.Language)
	}
	if shown.Sequence != last.Sequence || shown.Head != last.Hash {
		v.otherwise(last.Sequence, "the records show line %d as the last one of the trail, with a hash of its own: that is line %d, with another", shown.Sequence, last.Sequence)
	}
}

// comparison is one subject as it is shown, and what is recorded on it.
type comparison struct {
	ShownSubject
	*passage
	fault *Fault // how it differs; nil where no definition plans it
}

// comparesSubjects compares where each subject stands.
//
// What is shown may lag: after an amendment a subject stands by the definition before it
// until its run has looked. So it is right where it stands as any definition has it that
// was in force since something was recorded on it.
func (v *verifier) comparesSubjects() {
	c, left := v.course, v.comparisons()
	v.report.Subjects = len(v.Shown.Subjects)
	for version := len(c.definitions); version > 0; version-- {
		if !slices.ContainsFunc(left, func(one *comparison) bool { return one.version <= version }) || !c.inForce(version) {
			break
		}
		left = slices.DeleteFunc(left, func(one *comparison) bool { return one.version <= version && c.agrees(one) })
	}
	for _, one := range left {
		if one.fault == nil {
			v.otherwise(one.line, "the records show %s as %s; no definition of the cycle plans it, and nobody opened it", one.Subject.Path(), place(one.Standing))
			continue
		}
		v.report.add(*one.fault)
	}
}

// comparisons gives what is shown of each subject beside what is recorded on it, and adds a
// fault for those that are not shown.
func (v *verifier) comparisons() []*comparison {
	c := v.course
	var all []*comparison
	is := map[policy.Subject]bool{}
	for _, s := range v.Shown.Subjects {
		p := c.subjects[s.Subject]
		if p == nil {
			p = &passage{put: s.OpenedOn, version: 1}
		}
		if p.opening == nil {
			p.opened = s.OpenedOn // by the calendar, which left no line
		}
		is[s.Subject] = true
		if !p.cut {
			all = append(all, &comparison{ShownSubject: s, passage: p})
		}
	}
	for subject, p := range c.subjects {
		if !is[subject] && !slices.Contains(v.Shown.Unread, subject.Path()) {
			v.otherwise(p.line, "the records do not show %s; what was recorded leaves it %s", subject.Path(), place(c.Standings[subject]))
		}
	}
	return all
}

// inForce puts a definition in force again. It says whether it can be read.
func (c *course) inForce(version int) bool {
	c.definitions = c.definitions[:version]
	c.Definition, c.Planned, c.held = c.definitions[version-1], nil, nil
	c.Former = c.formerOf(version)
	return c.known()
}

// agrees says whether a subject is shown to stand where the definition in force has it, and
// notes how it differs, by the first definition that plans it.
func (c *course) agrees(one *comparison) bool {
	days := c.heldSince(one)
	for _, day := range days {
		c.on(c.Today, policy.Latest(day, days[0]))
		c.Held = day
		e, planned := c.entry(one.Subject)
		if !planned {
			return false
		}
		derived := one.derived(e)
		if same(one.ShownSubject, derived) {
			return true
		}
		if one.fault == nil {
			f := one.differs(derived)
			one.fault = &f
		}
	}
	return false
}

// heldSince lists the days whose posts may count for a subject: that on which it was placed
// and, while it is drafted, those on which a post passed on since, or a State left the Union.
// No day stands for a version that did not ask who had left.
func (c *course) heldSince(one *comparison) []policy.Date {
	placed := policy.Latest(one.put, c.passedOn)
	days := []policy.Date{placed}
	if one.State != policy.StateDrafting {
		return days
	}
	since := c.Definition.Bodies.MembershipChanges()
	for _, row := range c.posts {
		since = append(since, row.Date)
	}
	for _, day := range since {
		if day.After(placed) {
			days = append(days, day)
		}
	}
	return append(days, policy.Date{})
}

// derived gives the subject as it is to be shown by its entry.
func (one *comparison) derived(e policy.Entry) ShownSubject {
	s := one.stands(e)
	if s.Version == 0 { // nobody looks at it then, and it depends on how it came there
		s.LastAct = one.LastAct
	}
	return ShownSubject{Standing: s, Title: e.Title, OpenedOn: one.opened, Opening: one.opening, Settles: s.Open() && e.Settles(s)}
}
