package policy

import (
	"slices"
	"strings"
)

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

var bodyKinds = []BodyKind{
	KindCouncil, KindInstitution, KindUnionBody, KindAgency, KindMemberState, KindOffice, KindThirdCountry, KindOrganisation, KindPrivate,
}

// Words lists the kinds of body.
func (BodyKind) Words() []string { return Texts(bodyKinds) }

// UnmarshalText reads a kind of body; empty text is none.
func (k *BodyKind) UnmarshalText(text []byte) error { return oneOf(k, text, "a kind of body") }

// KnownBody is what is known of a body.
type KnownBody struct {
	Body  Body     `json:"body"`  // its code
	Title string   `json:"title"` // its name for people
	Kind  BodyKind `json:"kind"`  // what it is
	// Collective says that it concludes in meetings and never types: the General Secretariat
	// records what it concluded.
	Collective bool `json:"collective,omitempty"`
	Joined     Date `json:"joined,omitzero"` // the first day as a Member State; left out before 2006
	Left       Date `json:"left,omitzero"`   // the last day as a Member State; left out for none
	// Source is where it is known from.
	Source string `json:"source,omitempty"`
}

// BodyTable is which bodies there are in a cycle: those that ship with policycycle, with the
// rows of its file beside them and in the place of theirs. Without a row it is those that ship.
type BodyTable []KnownBody

// ships is the table of who knows of no cycle.
var ships BodyTable

var shippedBodies = shipped[KnownBody]("bodies.json")

var shippedBody = func() map[Body]KnownBody {
	known := make(map[Body]KnownBody, len(shippedBodies))
	for _, b := range shippedBodies {
		known[b.Body] = b
	}
	return known
}()

// of gives what is known of a body; nothing where there is no such body.
func (t BodyTable) of(b Body) KnownBody {
	if row := t.own(b); row != nil {
		return *row
	}
	return shippedBody[b]
}

// own gives the row that the cycle has of a body; nil for none.
func (t BodyTable) own(b Body) *KnownBody {
	if at := slices.IndexFunc(t, func(row KnownBody) bool { return row.Body == b }); at >= 0 {
		return &t[at]
	}
	return nil
}

// that lists the bodies of which something is true, in the order of the reference, those that
// the cycle adds last.
func (t BodyTable) that(is func(KnownBody) bool) []Body {
	var all []Body
	for _, b := range shippedBodies {
		if is(t.of(b.Body)) {
			all = append(all, b.Body)
		}
	}
	for _, b := range t.Added() {
		if is(b) {
			all = append(all, b.Body)
		}
	}
	return all
}

// Added gives the bodies that do not ship.
func (t BodyTable) Added() BodyTable {
	return slices.DeleteFunc(slices.Clone(t), func(b KnownBody) bool { return b.Body.Known() })
}

// Bodies lists those that take part in a cycle, the Member States last.
func (t BodyTable) Bodies() []Body { return slices.Concat(t.named(), t.States()) }

// named lists the bodies that are no States, by name.
func (t BodyTable) named() []Body {
	all := t.that(func(b KnownBody) bool { return b.Kind != KindMemberState && b.Kind != KindThirdCountry })
	slices.Sort(all)
	return all
}

// States lists the States that are members, or are at another time.
func (t BodyTable) States() []Body {
	return t.that(func(b KnownBody) bool { return b.Kind == KindMemberState })
}

// ThirdCountries lists the States outside the Union that may take part in actions.
func (t BodyTable) ThirdCountries() []Body {
	return t.that(func(b KnownBody) bool { return b.Kind == KindThirdCountry })
}

// Collectives lists the bodies that conclude in meetings.
func (t BodyTable) Collectives() []Body {
	return t.that(func(b KnownBody) bool { return b.Collective })
}

// Known says whether there is such a body.
func (t BodyTable) Known(b Body) bool { return t.Kind(b) != "" }

// Kind gives what the body is; empty for one that is not known.
func (t BodyTable) Kind(b Body) BodyKind { return t.of(b).Kind }

// Title gives the name people use, such as "COSI Support Group" or "France".
func (t BodyTable) Title(b Body) string {
	if title := t.of(b).Title; title != "" {
		return title
	}
	return strings.ToUpper(string(b))
}

// OwnTitle gives the title that the table itself has of a body; false where it has none.
func (t BodyTable) OwnTitle(b Body) (string, bool) {
	row := t.own(b)
	if row == nil {
		return "", false
	}
	return row.Title, true
}

// Titles joins the titles of bodies for a sentence: "Presidency or Commission".
func (t BodyTable) Titles(bodies []Body) string {
	text := ""
	for i, b := range bodies {
		switch {
		case i > 0 && i == len(bodies)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += t.Title(b)
	}
	return text
}

// MemberState says whether b is a Member State's delegation.
func (t BodyTable) MemberState(b Body) bool { return t.Kind(b) == KindMemberState }

// Collective says whether b concludes in meetings and so never types itself.
func (t BodyTable) Collective(b Body) bool { return t.of(b).Collective }

// Outside says whether b belongs neither to the Union nor to a Member State: it
// reads what is released to it.
func (t BodyTable) Outside(b Body) bool {
	return slices.Contains([]BodyKind{KindThirdCountry, KindOrganisation, KindPrivate}, t.Kind(b))
}

// OfUnion says whether b is an institution, an agency or another body of the Union.
func (t BodyTable) OfUnion(b Body) bool {
	return slices.Contains([]BodyKind{KindInstitution, KindUnionBody, KindAgency}, t.Kind(b))
}

// TakesPart says whether b may take part in operational actions: a State, a body of the Union,
// or a partner from outside.
func (t BodyTable) TakesPart(b Body) bool {
	return t.MemberState(b) || t.OfUnion(b) || t.Outside(b) || b == SupportTeam
}

// noPart says whether b has no turn in a cycle, and neither owes nor receives a report: whoever
// comes from outside, audits, or operates the machine; and nobody.
func (t BodyTable) noPart(b Body) bool {
	return b == "" || t.Outside(b) || b == CourtOfAuditors || b == Operator
}

// shares says whether b is of those that usually read what is marked LIMITE on a date: the
// Member States, the bodies of the Union but for parliaments and auditors, and who steers.
func (t BodyTable) shares(b Body, on Date) bool {
	ofUnion := t.OfUnion(b) && !t.Collective(b) && !b.Parliament() && b != CourtOfAuditors
	return ofUnion || t.MemberOn(b, on) || slices.Contains(steering, b)
}

// released says whether what is marked LIMITE may be released to b.
func (t BodyTable) released(b Body) bool {
	return t.Outside(b) || b.Parliament() || b == Evaluator || !t.of(b).Left.IsZero()
}

// Recorder gives the body that records what a body concluded, and confirms it: no
// collective body types.
func (t BodyTable) Recorder(b Body) Body {
	if t.Collective(b) {
		return GeneralSecretariat
	}
	return b
}

// TurnsOf lists the bodies whose turn waits for a body: its own, and that of those for
// which it records.
func (t BodyTable) TurnsOf(body Body) []Body {
	return append([]Body{body}, slices.DeleteFunc(t.Collectives(), func(b Body) bool { return t.Recorder(b) != body })...)
}

// JudgeKnown holds that there is such a body. The error has CodeInvalid, and says which one is
// meant, or which there are.
func (t BodyTable) JudgeKnown(b Body) *Error {
	if t.Known(b) {
		return nil
	}
	if meant := t.nearest(b); meant != "" {
		return Refuse(CodeInvalid, "%q is not a body of the cycle: did you mean %s?", b, meant)
	}
	return noBody(t, string(b))
}

func noBody(t BodyTable, text string) *Error {
	return Refuse(CodeInvalid, "%q is not a body of the cycle: use %s, or a Member State's code such as fr", text, strings.Join(Texts(t.named()), ", "))
}

// nearest gives the body whose code is most like a misspelt one; empty where none is near.
func (t BodyTable) nearest(b Body) Body {
	var best Body
	least := 1 + len(b)/3
	if len(b) < 4 { // of a State, any other one is near
		return ""
	}
	for _, other := range t.that(func(KnownBody) bool { return true }) {
		if n := apart(string(b), string(other)); n < least {
			best, least = other, n
		}
	}
	return best
}

// apart gives how many letters are to be put, taken or changed to make one word of another.
func apart(one, other string) int {
	row := make([]int, len(other)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(one) {
		before := row[0]
		row[0] = i + 1
		for j := range len(other) {
			change := before
			if one[i] != other[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(other)]
}

// JudgeAct holds that an act names bodies of the cycle alone, and each for what it can do. The
// error has CodeInvalid and names the field.
func (t BodyTable) JudgeAct(a Act) error {
	through := given(a.Opening).Through
	for _, named := range []struct {
		field  string
		bodies []Body
	}{{"by", []Body{a.By.Body, given(a.For).Body}}, {"body", []Body{a.Body}}, {"delegation", []Body{a.Delegation}}, {"through", through}} {
		for _, b := range named.bodies {
			if err := t.JudgeKnown(b); b != "" && err != nil {
				err.Field = named.field
				return err
			}
		}
	}
	switch other := slices.IndexFunc(through, func(b Body) bool { return !t.Collective(b) }); {
	case (a.Kind == ActLaunch || a.Kind == ActPosition) && a.Body != "" && !t.Collective(a.Body):
		return missing("body", "say before which collective body, such as cosi")
	case a.Delegation != "" && !t.MemberState(a.Delegation):
		return missing("delegation", "say which Member State takes the position, such as fr")
	case other >= 0:
		return missing("through", "%s cannot settle an item: use %v", t.Title(through[other]), t.Collectives())
	}
	return nil
}
