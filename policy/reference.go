package policy

import (
	"embed"
	"encoding/json"
	"slices"
)

// What a cycle takes as given ships as data: the bodies, with what they are and since when
// States are members; the strategies, with their objectives and threats; the funds, with the
// time in which each exists; the vocabulary of the bodies. A cycle file may add strategies,
// funds and words of its own.
//
//go:embed reference/*.json
var reference embed.FS

// shipped reads a file of the reference. It is part of the program: one that cannot be read
// is a mistake of whoever built it.
func shipped[T any](name string) []T {
	var all []T
	text, err := reference.ReadFile("reference/" + name)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		panic("policy/reference/" + name + ": " + err.Error()) //nolint:forbidigo // no input leads here: the files are part of the program
	}
	return all
}

// BodyKind is what a body is.
type BodyKind string

// The kinds of body.
const (
	// KindCouncil is the Council, and what prepares its decisions.
	KindCouncil     BodyKind = "council"
	KindInstitution BodyKind = "institution"
	// KindUnionBody is a body or an office of the Union that is no agency.
	KindUnionBody   BodyKind = "union-body"
	KindAgency      BodyKind = "agency"
	KindMemberState BodyKind = "member-state"
	// KindOffice is who does something in the cycle and is no body of the Union by it: the
	// Presidency, the evaluator.
	KindOffice       BodyKind = "office"
	KindThirdCountry BodyKind = "third-country"
	KindOrganisation BodyKind = "international-organisation"
	KindPrivate      BodyKind = "private"
)

// bodyFacts is what the reference says of a body.
type bodyFacts struct {
	Code  string   `json:"body"` // a Body reads itself from what stands here
	Kind  BodyKind `json:"kind"`
	Title string   `json:"title"`
	// Collective is of a body that concludes in meetings and never types.
	Collective bool `json:"collective"`
	Joined     Date `json:"joined"` // the first day as a Member State; zero before 2006
	Left       Date `json:"left"`   // the last one; zero for none
}

var (
	bodyTable = shipped[bodyFacts]("bodies.json")
	bodyKnown = byBody(bodyTable)
)

func byBody(table []bodyFacts) map[Body]bodyFacts {
	known := make(map[Body]bodyFacts, len(table))
	for _, b := range table {
		known[Body(b.Code)] = b
	}
	return known
}

// bodiesThat lists the bodies of which something is true, in the order of the reference.
func bodiesThat(is func(bodyFacts) bool) []Body {
	var all []Body
	for _, b := range bodyTable {
		if is(b) {
			all = append(all, Body(b.Code))
		}
	}
	return all
}

// Kind gives what the body is; empty for one that is not known.
func (b Body) Kind() BodyKind { return bodyKnown[b].Kind }

// TakesPart says whether b may take part in operational actions: a State, a body of the Union,
// or a partner from outside.
func (b Body) TakesPart() bool {
	return b.MemberState() || b.OfUnion() || b.Outside() || b == SupportTeam
}

// OfUnion says whether b is an institution, an agency or another body of the Union.
func (b Body) OfUnion() bool {
	return slices.Contains([]BodyKind{KindInstitution, KindUnionBody, KindAgency}, b.Kind())
}
