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

// Findings gives those of the findings that somebody may see. What is asked about a body is
// asked once: of many actions there are many findings.
func (s Visibility) Findings(all []Finding) []Finding {
	if len(all) == 0 || !s.Reads(Thing{Matter: MatterFindings}) {
		return nil
	}
	asked := map[Body]bool{}
	conduct := func(of Body) bool {
		sees, known := asked[of]
		if !known {
			sees = s.Conduct(of)
			asked[of] = sees
		}
		return sees
	}
	seen := make([]Finding, 0, len(all))
	for i := range all {
		f := &all[i]
		state := Body(f.Record[strings.LastIndexByte(f.Record, '/')+1:])
		if (!s.circle.Bodies.MemberState(state) || conduct(state)) && (len(f.Mend) != 1 || conduct(f.Mend[0])) {
			seen = append(seen, *f)
		}
	}
	return seen
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
	return s.circle.Bodies.Title(s.who.Body)
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
	if r.Document == "" {
		ps.add("document", "is missing: expected the register number of the document that releases it")
	}
}

// JudgeMarking says whether a content may be kept in an installation by what it is itself:
// nothing that is marked above the ceiling, and of a skeleton the fields that are allowed. The
// error has CodeMarking, or CodeInvalid and names the field.
func JudgeMarking(of Subject, content Content, in Limits) error {
	if p := SkeletonIn(content); p != nil {
		return judgeSkeleton(of, p, in)
	}
	if content == nil {
		return nil
	}
	if marked := CoverOf(content).Marking; marked.Above(in.Ceiling) {
		return Refuse(CodeMarking, "the content of %s is marked %s: above %s nothing is kept here; hand in its number, its marking and who holds it", of, marked.Title(), in.Ceiling.Title())
	}
	return nil
}

// JudgeKept says whether what is handed in may be kept in an installation: above the ceiling
// nothing is but who holds it, and the skeleton of a plan. The content is nil where it is not
// data. The error is as that of JudgeMarking.
func JudgeKept(a Act, content Content, in Limits) error {
	if err := JudgeMarking(a.Subject, content, in); err != nil {
		return err
	}
	var marked Marking
	if content != nil {
		marked = CoverOf(content).Marking
	}
	above, skeleton := a.Marking.Above(in.Ceiling), SkeletonIn(content) != nil
	switch {
	case marked != "" && a.Marking != "" && marked.Above(a.Marking):
		return Refuse(CodeMarking, "the content of %s is marked %s, higher than %s as it was handed in", a.Subject, marked.Title(), a.Marking.Title())
	case skeleton && !above:
		return missing("marking", "a skeleton is handed in of what is marked above %s alone: say how %s itself is marked, or hand in the whole", in.Ceiling.Title(), a.Subject)
	case above && a.Content != "" && !skeleton:
		return Refuse(CodeMarking, "%s is marked %s: above %s no content is kept here but the skeleton of an OAP; leave it out and say who holds it", a.Subject, a.Marking.Title(), in.Ceiling.Title())
	case above && a.Holder == "":
		return missing("holder", "%s is marked %s: say who holds it", a.Subject, a.Marking.Title())
	case skeleton && a.Document == "":
		return missing("document", "say under which register number the text of %s is held", a.Subject)
	case skeleton && a.TextDigest == "":
		return missing("text_digest", "say by which digest the text of %s is known that is held elsewhere, as sha256sum gives it", a.Subject)
	case a.Holder != "" && !above:
		return missing("holder", "who holds it is said of what is marked above %s alone", in.Ceiling.Title())
	case a.TextDigest != "" && !above:
		return missing("text_digest", "the digest of a text is said of what is marked above %s alone", in.Ceiling.Title())
	}
	return nil
}
