package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Result is what becomes of an obligation, as far as its rule can tell.
type Result string

// The results. Who reads the first may rely on it: all that there is was looked at.
const (
	// Holds is of a rule that looked at all that there is, and found nothing.
	Holds Result = "holds"
	// Broken is of one that found something, whatever it could not look at.
	Broken Result = "broken"
	// CouldNotLook is of one that found nothing in what it could look at, and there is more.
	CouldNotLook Result = "could-not-look"
	// DeclaredOnly is of one that found nothing, and takes somebody's word for some of it.
	DeclaredOnly Result = "declared-only"
	// DoesNotApply is of one for which there is nothing to look at.
	DoesNotApply Result = "does-not-apply"
)

// Results lists the results.
var Results = []Result{Holds, Broken, CouldNotLook, DeclaredOnly, DoesNotApply}

// Words lists the results.
func (Result) Words() []string { return policy.Texts(Results) }

// Cause is why a rule could not look at something.
type Cause string

// The causes.
const (
	// NotKept is of a kind of document or a register that the cycle keeps elsewhere.
	NotKept Cause = "not-kept"
	// AboveCeiling is of a document that is marked higher than what is kept here.
	AboveCeiling Cause = "above-ceiling"
	// EntryAlone is of a document of which there is a register entry alone.
	EntryAlone Cause = "entry-alone"
	// Unreadable is of what this version of policycycle cannot read.
	Unreadable Cause = "unreadable"
	// Skeleton is of actions that are kept as a skeleton, without a field that is needed.
	Skeleton Cause = "skeleton"
	// NotListed is of what the cycle file says nothing of.
	NotListed Cause = "not-listed"
)

// Gap is something that a rule could not look at, and why.
type Gap struct {
	What    string          `json:"what"` // the kind of document, the register, the part of the cycle file or the fields
	Cause   Cause           `json:"cause"`
	Number  int             `json:"number"` // of documents, actions or rows; 1 where nobody knows
	Message string          `json:"message"`
	Said    policy.Sentence `json:"-"`
}

// Coverage is what a rule looked at.
type Coverage struct {
	Looked int   `json:"looked"` // documents, actions, assessments, rows, meetings and reports owed
	Of     int   `json:"of"`     // of so many that there are, as far as is known
	Gaps   []Gap `json:"gaps"`
	// Declared is how much of it rests on somebody's word alone: no document, no date, or
	// nobody but its author.
	Declared int `json:"declared"`
	// Changed is when what was looked at last changed; zero while there is nothing.
	Changed policy.Date `json:"changed,omitzero"`
}

// source is something that a rule looks at: a kind of document, a register, a part of the
// cycle file. It counts what there is of it, and names what cannot be looked at.
type source struct {
	what string // the kind or register that has to be kept here; empty for none
	// count counts in c, and says why there is nothing to count yet.
	count func(d *Snapshot, c *Coverage) (none policy.Remark)
}

// coverage gives what a rule could look at, and why there is nothing where there is nothing.
func (d *Snapshot) coverage(rule Rule) (all Coverage, none policy.Remark) {
	for _, p := range rule.parts {
		var c Coverage
		seen := d.seeing(p.fields)
		seen.skeletons(p.fields, &c)
		for i, s := range p.looks {
			if s.what != "" && !policy.Stores(d.Definition, s.what) {
				c.gap(s.what, NotKept, 1, policy.Say("%s: the cycle keeps this elsewhere", whatIs(s.what)))
				continue
			}
			if why := s.count(seen, &c); none.Message == "" {
				none = why
			}
			if i == 0 && c.Looked == 0 && len(c.Gaps) == 0 {
				break // what else it looks at tells nothing by itself
			}
		}
		if slices.ContainsFunc(c.Gaps, func(g Gap) bool { return g.Cause == NotKept || g.Cause == NotListed }) {
			c.Looked = 0
		}
		if c.Looked > 0 && p.declared != nil {
			c.Declared = p.declared(seen)
		}
		all.add(c)
	}
	all.Of = all.Looked
	for _, g := range all.Gaps {
		all.Of += g.Number
	}
	return all, none
}

// gap notes what could not be looked at, once.
func (c *Coverage) gap(what string, cause Cause, number int, said policy.Remark) {
	if number == 0 || slices.ContainsFunc(c.Gaps, func(g Gap) bool { return g.What == what && g.Cause == cause }) {
		return
	}
	c.Gaps = append(c.Gaps, Gap{what, cause, number, said.Message, said.Said})
}

// add adds what another part of the rule looked at.
func (c *Coverage) add(other Coverage) {
	c.Looked, c.Declared = c.Looked+other.Looked, c.Declared+other.Declared
	c.Changed = policy.Latest(c.Changed, other.Changed)
	for _, g := range other.Gaps {
		if !slices.ContainsFunc(c.Gaps, func(known Gap) bool { return known.What == g.What && known.Cause == g.Cause }) {
			c.Gaps = append(c.Gaps, g)
		}
	}
}

// whatIs names a kind of document or a register.
func whatIs(what string) string {
	if title := policy.Kind(what).Title(); title != "" {
		return title
	}
	return "register of " + strings.ReplaceAll(what, "-", " ")
}

// documents is the content of each document of a kind that was handed in.
func documents(kind policy.Kind) source {
	return source{string(kind), func(d *Snapshot, c *Coverage) policy.Remark {
		c.Looked += d.countDocuments(kind, c)
		return noneOf(kind)
	}}
}

func noneOf(kind policy.Kind) policy.Remark {
	return policy.Say("no document of the kind %s was handed in yet", kind.Title())
}

// countDocuments gives how many documents of a kind can be looked at, and notes the others.
func (d *Snapshot) countDocuments(kind policy.Kind, c *Coverage) (kept int) {
	missing := map[Cause]int{}
	for _, e := range d.agenda {
		s := d.Standing(e)
		changes := e.Subject.Changed().Kind == kind && s.Positive() // what stands instead
		if s.Version == 0 || e.Subject.Kind != kind && !changes {
			continue
		}
		c.Changed = policy.Latest(c.Changed, s.LastAct)
		switch {
		case d.hides(e.Subject): // a skeleton, and told as such
		case d.Contents[e.Subject] != nil:
			kept++
		default:
			missing[d.whyNotKept(e.Subject)]++
		}
	}
	c.gap(string(kind), AboveCeiling, missing[AboveCeiling], policy.Say("%d of the kind %s: marked above what is kept here", missing[AboveCeiling], kind.Title()))
	c.gap(string(kind), EntryAlone, missing[EntryAlone], policy.Say("%d of the kind %s: a register entry alone", missing[EntryAlone], kind.Title()))
	c.gap(string(kind), Unreadable, missing[Unreadable], policy.Say("%d of the kind %s: this version of policycycle cannot read them", missing[Unreadable], kind.Title()))
	return kept
}

// whyNotKept says why what was handed in on a subject is not there to be looked at.
func (d *Snapshot) whyNotKept(subject policy.Subject) Cause {
	if slices.ContainsFunc(d.Unread, func(u Unread) bool { return u.Subject == subject.Path() }) {
		return Unreadable
	}
	if handed := policy.Submission(d.Acts[subject]); handed != nil && handed.Holder != "" {
		return AboveCeiling
	}
	return EntryAlone
}

// settled is where the documents of some kinds stand; their content may be kept elsewhere.
func settled(kinds ...policy.Kind) source {
	return source{"", func(d *Snapshot, c *Coverage) policy.Remark {
		for _, e := range d.agenda {
			if s := d.Standings[e.Subject]; slices.Contains(kinds, e.Subject.Kind) && s.State == policy.StateClosed {
				c.Looked, c.Changed = c.Looked+1, policy.Latest(c.Changed, s.LastAct)
			}
		}
		return policy.Say("nothing of the kind %s is settled yet", kinds[0].Title())
	}}
}

// actions is each operational action of which something is true.
func actions(what policy.Remark, is func(a *policy.OperationalAction) bool) source {
	return source{string(policy.KindOAP), func(d *Snapshot, c *Coverage) policy.Remark {
		if d.countDocuments(policy.KindOAP, c) == 0 {
			return noneOf(policy.KindOAP)
		}
		for _, a := range d.actions() {
			if is(a) {
				c.Looked++
			}
		}
		return what
	}}
}

// everyAction is each operational action.
var everyAction = actions(policy.Remark{}, func(*policy.OperationalAction) bool { return true })

// rowsThat is each row of a register of which something is true.
func rowsThat[T policy.RowBody](register policy.Register, none policy.Remark, is func(body T) bool) source {
	return source{string(register), func(d *Snapshot, c *Coverage) policy.Remark {
		for _, row := range d.history[register] {
			if !row.Date.After(d.Today) {
				c.Changed = policy.Latest(c.Changed, row.Date)
			}
		}
		for _, row := range rowsOf[T](d, register) {
			if is(row.body) {
				c.Looked++
			}
		}
		odd := 0
		for _, u := range d.Unread {
			if u.What == string(register) {
				odd++
			}
		}
		c.gap(string(register), Unreadable, odd, policy.Say("%d rows of the register %s: this version of policycycle cannot read them", odd, register))
		return none
	}}
}

// rowsIn is each row of a register.
func rowsIn[T policy.RowBody](register policy.Register) source {
	return rowsThat(register, policy.Say("the register %s has no rows yet", register), func(T) bool { return true })
}

// meetings is each meeting of COSI that took place.
var meetings = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	if !slices.ContainsFunc(d.Definition.Meetings, func(m policy.PlannedMeeting) bool { return m.Body == policy.COSI }) {
		c.gap("meetings", NotListed, 1, policy.Say("the cycle file lists no meetings of COSI"))
	}
	for _, m := range d.pastMeetings() {
		c.Looked, c.Changed = c.Looked+1, policy.Latest(c.Changed, m.On)
	}
	return policy.Say("COSI has not met yet")
}}

// owed is each report that is due, or was given, under obligations of some kinds.
func owed(by []policy.Body, kinds ...policy.ObligationKind) source {
	return source{"", func(d *Snapshot, c *Coverage) policy.Remark {
		for _, kind := range kinds {
			if len(d.obligations(by, kind)) == 0 {
				c.gap("obligations/"+string(kind), NotListed, 1, policy.Say("the cycle file lists no obligation of the kind %s that is owed by %s", kind, d.Definition.Bodies.Titles(by)))
			}
		}
		for _, o := range d.obligations(by, kinds...) {
			for _, due := range o.Due {
				s := d.Standings[d.occurrence(o, due)]
				if s.State == policy.StateClosed || d.Today.After(due) {
					c.Looked, c.Changed = c.Looked+1, policy.Latest(c.Changed, s.LastAct)
				}
			}
		}
		return policy.Say("nothing of the kind %s was due yet", kinds[0])
	}}
}
