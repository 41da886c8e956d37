package policy

import (
	"slices"
	"strings"
)

// Visibility is what somebody may see. Whoever operates the machine with the records
// sees everything; everybody else sees by what they are.
type Visibility struct {
	everything bool
	who        Principal
	// releases are the rows by which LIMITE content was released to others.
	releases []Row
}

// Everything is the visibility of whoever operates the machine with the records.
func Everything() Visibility { return Visibility{everything: true} }

// VisibilityOf gives what somebody may see, with the releases that hold; nobody (no
// role) is the public.
func VisibilityOf(who Principal, releases []Row) Visibility {
	return Visibility{who: who, releases: releases}
}

// conductBodies see how every delegation conducts itself.
var conductBodies = []Body{Presidency, GeneralSecretariat, SupportTeam, CourtOfAuditors}

// Limite says whether somebody may read what is marked LIMITE: members of the
// administrations and institutions of the Union may.
func (s Visibility) Limite() bool {
	return s.everything || len(s.who.Grants) > 0 && !s.who.Body.Outside()
}

// Conduct says whether somebody may see how late a body is, what it refused and
// whether it attended: the body itself may, and those who steer or audit the
// cycle. Of bodies that are no delegation everybody who reads LIMITE may.
func (s Visibility) Conduct(of Body) bool {
	if s.everything || s.Limite() && (slices.Contains(conductBodies, s.who.Body) || s.who.Body == of) {
		return true
	}
	return s.Limite() && !of.MemberState()
}

// ConductOf says whether somebody may see how late those are whose turn it is.
func (s Visibility) ConductOf(turn []Body) bool {
	if len(turn) == 0 {
		return s.Limite()
	}
	return !slices.ContainsFunc(turn, func(b Body) bool { return !s.Conduct(b) })
}

// All says whether somebody sees the conduct of every delegation.
func (s Visibility) All() bool { return s.Conduct("at") && s.Conduct("be") }

// Document says whether somebody may read a version of a document with a marking;
// empty is LIMITE. Others than those who read LIMITE do where it was released to
// them.
func (s Visibility) Document(subject Subject, version int, marking Marking) bool {
	if marking == Public || s.Limite() {
		return true
	}
	return slices.ContainsFunc(s.releases, func(r Row) bool {
		release, is := r.Body.(*Release)
		return is && r.Key == subject.Path() && !release.Withdrawn && slices.Contains(release.To, s.who.Body) &&
			(release.Version == 0 || release.Version == version)
	})
}

// Finding says whether somebody may see a finding.
func (s Visibility) Finding(f Finding) bool {
	if !s.Limite() {
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
	case q == nil || !s.Limite():
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
	if !s.Limite() {
		return false
	}
	parts := strings.Split(r.Key, "/")
	state := Body(parts[len(parts)-1])
	switch body := r.Body.(type) {
	case *Attendance:
		return s.Conduct(state)
	case *Consent:
		return body.State == Invited || body.State == Confirmed || s.Conduct(state)
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

// Release is that LIMITE content is released to others: third countries, Interpol
// or private partners. The key is the path of the document.
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
		if !b.Outside() {
			ps.add("to", "names %s, who reads LIMITE anyway: expected a third country, interpol or private-partners", b.Title())
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
