package policy

import (
	"slices"
	"strings"
)

// Visibility is what somebody may see in a cycle. Whoever operates the machine with the
// records sees everything; everybody else sees by the reading matrix.
type Visibility struct {
	everything bool
	who        Principal
	circle     Circle
}

// Everything is the visibility of whoever operates the machine with the records.
func Everything() Visibility { return Visibility{everything: true} }

// VisibilityOf gives what somebody may see in a cycle; nobody (no role) is the public.
func VisibilityOf(who Principal, in Circle) Visibility { return Visibility{who: who, circle: in} }

// Conduct says whether somebody may see how late a body is, what it refused and
// whether it attended.
func (s Visibility) Conduct(of Body) bool { return s.ConductOn(of, Date{}) }

// ConductOn says the same of what is dated.
func (s Visibility) ConductOn(of Body, on Date) bool {
	return s.Reads(Thing{Matter: MatterConduct, Of: of, On: on})
}

// ConductOf says whether somebody may see how late those are whose turn it is.
func (s Visibility) ConductOf(turn []Body) bool {
	if len(turn) == 0 {
		return s.Some(MatterProgress)
	}
	return !slices.ContainsFunc(turn, func(b Body) bool { return !s.Conduct(b) })
}

// All says whether somebody sees the conduct of every delegation.
func (s Visibility) All() bool { return s.Conduct("at") && s.Conduct("be") }

// Whole says whether somebody may read everything of the cycle.
func (s Visibility) Whole() bool {
	return s.All() && !slices.ContainsFunc(Matters, func(m Matter) bool { return !s.Some(m) })
}

// Document says whether somebody may read a version of a document that was handed in on a
// day, with a marking; empty is LIMITE.
func (s Visibility) Document(subject Subject, version int, marking Marking, on Date) bool {
	return s.Reads(Thing{Matter: MatterDocuments, Subject: subject, Version: version, Marking: marking, On: on})
}

// Finding says whether somebody may see a finding.
func (s Visibility) Finding(f Finding) bool {
	if !s.Reads(Thing{Matter: MatterFindings}) {
		return false
	}
	parts := strings.Split(f.Record, "/")
	if state := Body(parts[len(parts)-1]); state.MemberState() && !s.Conduct(state) {
		return false
	}
	return len(f.Mend) != 1 || s.Conduct(f.Mend[0])
}

// Silence gives a silence procedure as somebody may see it: that a delegation
// objected, and which one only to who sees its conduct.
func (s Visibility) Silence(q *Silence) *Silence {
	switch {
	case q == nil || !s.Reads(Thing{Matter: MatterProgress}):
		return nil
	case q.BrokenBy == "" || s.Conduct(q.BrokenBy):
		return q
	}
	seen := *q
	seen.BrokenBy, seen.Broken = "", true
	return &seen
}

// Row says whether somebody may see a row of a register: who attended, and what a
// State refused, not everybody does.
func (s Visibility) Row(r Row) bool {
	if !s.Reads(Thing{Matter: MatterRegisters, On: r.Date}) {
		return false
	}
	parts := strings.Split(r.Key, "/")
	state := Body(parts[len(parts)-1])
	switch body := r.Body.(type) {
	case *Attendance:
		return s.ConductOn(state, r.Date)
	case *Consent:
		return body.State == Invited || body.State == Confirmed || s.ConductOn(state, r.Date)
	case Verbatim: // nobody here knows of whose conduct it tells
		return s.All()
	default:
		return true
	}
}

// Refuse gives the refusal of something that somebody may not see.
func (s Visibility) Refuse(what string) error {
	return Refuse(CodeMarking, "%s may not be read by %s: it is marked LIMITE, and was not released", what, s.reader())
}

func (s Visibility) reader() string {
	if s.who.Body == "" {
		return "the public"
	}
	return s.who.Body.Title()
}

// Release is that LIMITE content is released to others: third countries, Interpol,
// private partners, a parliament, an evaluator or a State that left the Union. The key is
// the path of the document.
type Release struct {
	To []Body `json:"to"`
	// Version is the one that is released; 0 is every one.
	Version int `json:"version,omitempty"`
	// Document shows who released it.
	Document  DocumentRef `json:"document"`
	Withdrawn bool        `json:"withdrawn,omitempty"`
}

func (r *Release) check(ps *problems, _ []string) {
	if len(r.To) == 0 {
		ps.add("to", "is missing: expected whom it is released to, such as ch or interpol")
	}
	for _, b := range r.To {
		if !b.released() {
			ps.add("to", "names %s, who reads LIMITE anyway or by no release: expected a third country, interpol, private-partners, a parliament, the evaluator or a State that left the Union", b.Title())
		}
	}
	if r.Document == "" {
		ps.add("document", "is missing: expected the register number of the document that releases it")
	}
}

// JudgeMarking says whether what is handed in may be kept: above the ceiling
// nothing is but who holds it. marked is the marking on the content itself; empty
// for none. The error has CodeMarking.
func JudgeMarking(a Act, marked, ceiling Marking) error {
	switch {
	case marked.Above(ceiling):
		return Refuse(CodeMarking, "the content of %s is marked %s: above %s nothing is kept here; hand in its number, its marking and who holds it", a.Subject, marked.Title(), ceiling.Title())
	case marked != "" && a.Marking != "" && marked.Above(a.Marking):
		return Refuse(CodeMarking, "the content of %s is marked %s, higher than %s as it was handed in", a.Subject, marked.Title(), a.Marking.Title())
	case a.Marking.Above(ceiling) && a.Content != "":
		return Refuse(CodeMarking, "%s is marked %s: above %s no content is kept here; leave it out and say who holds it", a.Subject, a.Marking.Title(), ceiling.Title())
	case a.Marking.Above(ceiling) && a.Holder == "":
		return missing("holder", "%s is marked %s: say who holds it", a.Subject, a.Marking.Title())
	case a.Holder != "" && !a.Marking.Above(ceiling):
		return missing("holder", "who holds it is said of what is marked above %s alone", ceiling.Title())
	}
	return nil
}
