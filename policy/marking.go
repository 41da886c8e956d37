package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Marking says who may read something. LIMITE is no classification but a
// distribution marking: members of national administrations and of the
// institutions read it, the public does not. What is above it is classified
// (Council Decision 2013/488/EU).
type Marking string

// The markings, from the lowest to the highest.
const (
	Public       Marking = "PUBLIC"
	Limite       Marking = "LIMITE"
	Restricted   Marking = "RESTRICTED"
	Confidential Marking = "CONFIDENTIAL"
	Secret       Marking = "SECRET"
)

// Markings lists the markings, the lowest first.
var Markings = []Marking{Public, Limite, Restricted, Confidential, Secret}

var markingTitles = map[Marking]string{
	Public: "PUBLIC", Limite: "LIMITE", Restricted: "RESTREINT UE/EU RESTRICTED",
	Confidential: "CONFIDENTIEL UE/EU CONFIDENTIAL", Secret: "SECRET UE/EU SECRET",
}

// ParseMarking reads a marking, in any case. The error has CodeInvalid and
// lists them.
func ParseMarking(text string) (Marking, error) {
	m := Marking(strings.ToUpper(strings.TrimSpace(text)))
	if slices.Contains(Markings, m) {
		return m, nil
	}
	return "", Refuse(CodeInvalid, "%q is not a marking: use %s", text, strings.Join(Texts(Markings), ", "))
}

// Words lists the markings.
func (Marking) Words() []string { return Texts(Markings) }

// Title gives the marking as it stands on a document.
func (m Marking) Title() string { return cmp.Or(markingTitles[m], string(m)) }

// Above says whether the marking is higher than another. One that is not known here is
// higher than all that are.
func (m Marking) Above(other Marking) bool { return m.rank() > other.rank() }

func (m Marking) rank() int {
	if rank := slices.Index(Markings, m); rank >= 0 || m == "" {
		return rank
	}
	return len(Markings)
}

// UnmarshalText reads a marking; empty text is none.
func (m *Marking) UnmarshalText(text []byte) error { return oneOf(m, text, "a marking") }
