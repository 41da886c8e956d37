package evidence

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Who is what a dossier knows of the people in it: what makes an official of a number.
type Who struct {
	// Believed says that names were believed on the word of who said them. Then nothing is
	// known of people, and nobody's role was anybody's gift.
	Believed bool `json:"believed,omitempty"`
	// Lines are those of the trail of people about them, oldest first. They need no seal up
	// to the number Unsealed, nor rows of registers that were entered before RowsFrom: that
	// was recorded before it could be sealed.
	Lines    []SealedPerson `json:"lines,omitempty"`
	Unsealed int64          `json:"unsealed,omitempty"`
	RowsFrom time.Time      `json:"rows_from,omitzero"`
	// Salts are what is hashed with each name, by the number of the person.
	Salts map[int64]string `json:"salts,omitempty"`
}

// knowsPeople says whether what is said of people is under seal here.
func (v *verifier) knowsPeople() bool { return v.Who != nil && !v.Who.Believed && v.Sealed }

// people checks what the dossier knows of people, and keeps the lines that count.
func (v *verifier) people() {
	v.said = map[int64][]PersonLine{}
	if v.Who == nil {
		v.unchecked("who had which role, and whether rows of registers are sealed, was not checked: an earlier version made the dossier, which does not carry it")
	}
	if !v.knowsPeople() {
		return
	}
	var last SealedPerson
	for _, kept := range v.Who.Lines {
		l, err := v.keys.ReadPerson(kept, v.Who.Unsealed)
		switch {
		case err != nil:
			v.report.add(fault(0, FaultPeople, "line %d of the trail of people, about person %d, does not count: %s", kept.Sequence, l.Person, err))
			continue
		case kept.Sequence <= last.Sequence:
			v.report.add(fault(0, FaultPeople, "line %d of the trail of people stands after line %d", kept.Sequence, last.Sequence))
			continue
		case kept.Sequence == last.Sequence+1 && last.Sequence > 0 && l.Previous != last.Hash:
			v.report.add(fault(0, FaultPeople, "line %d of the trail of people does not follow the line before it: one of the two was replaced", kept.Sequence))
		}
		last = kept
		v.said[l.Person] = append(v.said[l.Person], l)
	}
	v.names()
}

// names holds the names by which people are shown against those that were recorded last.
func (v *verifier) names() {
	unknown := 0
	for _, person := range slices.Sorted(maps.Keys(v.People)) {
		recorded, shown := "", v.People[person]
		for _, l := range v.said[person] {
			if l.Act == PersonNamed {
				recorded = l.NameDigest
			}
		}
		switch recorded {
		case "":
			unknown++
		case NameDigest(v.Who.Salts[person], shown):
		default:
			v.report.add(fault(0, FaultPeople, "person %d is shown as %q: another name was recorded", person, shown))
		}
	}
	if unknown > 0 {
		v.unchecked("of %d people nothing recorded under seal says the name: they came before there was a provider", unknown)
	}
}

// allowed says whether somebody might do what a line records, by the roles of that
// moment, and adds a fault where not.
func (v *verifier) allowed(d deed) bool {
	if !v.knowsPeople() || !v.course.known() {
		return true
	}
	who := d.who
	who.Grants = v.rolesAt(who.Person, d.line.Recorded)
	strange := v.said[who.Person] == nil
	if d.who.OnBehalfOf != nil {
		absent := *d.who.OnBehalfOf
		absent.Grants = v.rolesAt(absent.Person, d.line.Recorded)
		who.OnBehalfOf, strange = &absent, strange || v.said[absent.Person] == nil
	}
	if strange {
		v.strangers++
		return true
	}
	err := policy.Authorise(who, d.act, d.entry)
	if waiting := policy.PendingIn(d.before); err == nil && waiting != nil && d.act.Confirms == waiting.ID {
		err = policy.AuthoriseSecond(who, d.act, waiting.Act, d.entry)
	}
	if err != nil {
		v.report.add(fault(d.line.Sequence, FaultPeople, "%s was recorded by somebody who might not: %s", d.line.ActID, err))
	}
	return err == nil
}

// rolesAt gives the roles that a person had when something was recorded. The clocks of
// those who record roles and acts may differ: a role counts that the person had shortly
// before or after.
func (v *verifier) rolesAt(person int64, recorded time.Time) []policy.Grant {
	var roles []policy.Grant
	lines := v.said[person]
	for i := saidBy(lines, recorded.Add(-skew)); i <= saidBy(lines, recorded.Add(skew)); i++ {
		for _, role := range RolesOf(lines[:i]) {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	return roles
}

// saidBy gives how many lines were recorded by an instant.
func saidBy(lines []PersonLine, instant time.Time) int {
	n := slices.IndexFunc(lines, func(l PersonLine) bool { return l.Recorded.After(instant) })
	if n < 0 {
		n = len(lines)
	}
	return n
}

// sealsRows checks the seal of rows that were entered into a register. Those of an import
// bear none, nor do those from before rows were sealed: they stand in front of all others.
func (v *verifier) sealsRows(line Line, entry EntryRecord) {
	if v.course.importing {
		return
	}
	v.office(line, entry.Signature, func() error { return v.keys.VerifyEntry(v.Cycle, entry) })
}

// office checks the seal of the office on a line, where it seals what it does not know by an act.
func (v *verifier) office(line Line, signature string, verify func() error) {
	if !v.knowsPeople() || signature == "" && line.Recorded.Before(v.Who.RowsFrom) && !v.latest.After(v.Who.RowsFrom.Add(skew)) {
		return
	}
	if err := verify(); err != nil {
		v.report.add(fault(line.Sequence, FaultSeal, "%s: %s", cmp.Or(line.ActID, line.Act), err))
	}
}
