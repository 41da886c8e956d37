package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// checkBodies makes sure of the bodies that the cycle adds to those that ship, and that it
// says nothing else of one that ships than what that is.
func (d *Definition) checkBodies(ps *problems) {
	taken := map[string]string{}
	for i, b := range d.Bodies {
		field := fmt.Sprintf("bodies[%d]", i)
		ps.key(field+".body", string(b.Body), taken)
		ps.expected(field+".title", b.Title, "the name of the body")
		if same := d.Bodies.titled(b); same != "" {
			ps.add(field+".title", "is that of %s: each body has a name of its own", same)
		}
		ps.bodyKind(field, b)
		ps.membership(field, b)
		if was, ships := shippedBody[b.Body]; ships {
			ps.contradicts(field, b, was)
		}
	}
}

// titled gives another body of the same name; empty for none.
func (t BodyTable) titled(b KnownBody) Body {
	same := t.that(func(other KnownBody) bool {
		return other.Body != b.Body && b.Title != "" && strings.EqualFold(other.Title, b.Title)
	})
	if len(same) == 0 {
		return ""
	}
	return same[0]
}

// bodyKind notes a body of no kind, and one that cannot meet, or must, by what it is.
func (ps *problems) bodyKind(field string, b KnownBody) {
	meets := []BodyKind{KindCouncil, KindInstitution, KindUnionBody, KindOffice}
	switch {
	case !slices.Contains(bodyKinds, b.Kind):
		ps.add(field+".kind", "is %q: expected one of %s", b.Kind, strings.Join(Texts(bodyKinds), ", "))
	case b.Collective && !slices.Contains(meets, b.Kind):
		ps.add(field+".collective", "is given of a body of the kind %s: expected one of the kind %s", b.Kind, strings.Join(Texts(meets), ", "))
	case !b.Collective && b.Kind == KindCouncil:
		ps.add(field+".collective", "is left out: what prepares the decisions of the Council concludes in meetings")
	}
}

// membership notes days on which nobody can join or leave.
func (ps *problems) membership(field string, b KnownBody) {
	state := b.Kind == KindMemberState
	switch {
	case !state && !b.Joined.IsZero():
		ps.add(field+".joined", "is given of a body of the kind %s: a Member State alone joins and leaves", b.Kind)
	case !state && !b.Left.IsZero():
		ps.add(field+".left", "is given of a body of the kind %s: a Member State alone joins and leaves", b.Kind)
	case state && b.Joined.IsZero() && !b.Body.MemberState():
		ps.add(field+".joined", "is missing: expected the first day as a Member State")
	}
	ps.order(field+".left", b.Left, "it joins", b.Joined)
}

// contradicts notes what a row says of a body that ships which is not so. It may have another
// name, and days of membership where none are known; a third country may join.
func (ps *problems) contradicts(field string, b, was KnownBody) {
	joins := was.Kind == KindThirdCountry && b.Kind == KindMemberState && !b.Joined.IsZero()
	switch {
	case b.Kind != was.Kind && !joins:
		ps.add(field+".kind", "is %q: %s is of the kind %s", b.Kind, b.Body, was.Kind)
	case b.Collective != was.Collective:
		ps.add(field+".collective", "is %t: of %s it is %t", b.Collective, b.Body, was.Collective)
	case !was.Joined.IsZero() && b.Joined != was.Joined:
		ps.add(field+".joined", "is %q: %s joined on %s", b.Joined, b.Body, was.Joined)
	case !was.Left.IsZero() && b.Left != was.Left:
		ps.add(field+".left", "is %q: %s left after %s", b.Left, b.Body, was.Left)
	}
}

// checkTerms makes sure that all bodies, objectives, threats and funds that the definition
// names are there. What was noted of a field before is left at that.
func (d *Definition) checkTerms(ps *problems) {
	if d.TheStrategy() == nil {
		return // is told already
	}
	noted := make(map[string]bool, len(*ps))
	for _, p := range *ps {
		noted[p.Field] = true
	}
	var found problems
	d.terms(&found, "", reflect.ValueOf(d))
	*ps = append(*ps, slices.DeleteFunc(found, func(p Problem) bool { return noted[p.Field] })...)
}

// bodyOf notes a body that is not in the table.
func (ps *problems) bodyOf(t BodyTable, field string, b Body) {
	switch meant := t.nearest(b); {
	case b == "" || t.Known(b):
	case meant != "":
		ps.add(field, "is %q, no body of the cycle: did you mean %s?", b, meant)
	default:
		ps.add(field, "is %q: expected a body of the cycle, one of %s, or a Member State's code such as fr", b, strings.Join(Texts(t.named()), ", "))
	}
}
