package policy

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Body is an institution, agency or Member State that acts in the cycle. Its
// text is what files and the command line use, such as "cosi-support-group" or
// "fr".
type Body string

// The bodies of which the rules of the cycle speak. All that there are stand in the reference.
const (
	Council            Body = "council"
	Coreper            Body = "coreper"
	COSI               Body = "cosi"
	COSISupportGroup   Body = "cosi-support-group"
	SupportTeam        Body = "support-team"
	Presidency         Body = "presidency"
	GeneralSecretariat Body = "general-secretariat"
	Commission         Body = "commission"
	Europol            Body = "europol"
	Eurojust           Body = "eurojust"
	Frontex            Body = "frontex"
	CEPOL              Body = "cepol"
	EUDA               Body = "euda"
	EULISA             Body = "eu-lisa"
	EUIPO              Body = "euipo"
	OLAF               Body = "olaf"
	EPPO               Body = "eppo"
	EEAS               Body = "eeas"
	Evaluator          Body = "evaluator"
	EuropeanParliament Body = "european-parliament"
	NationalParliament Body = "national-parliaments"
	CourtOfAuditors    Body = "court-of-auditors"
	// Operator runs policycycle: gives roles, and records nothing of the field.
	Operator Body = "operator"
	// Interpol, private partners and third countries take part in actions and
	// read what is released to them.
	Interpol        Body = "interpol"
	PrivatePartners Body = "private-partners"
)

// MemberStates are the States that ship as members, or as members since 2006, by the codes of
// the Union's style guide.
var MemberStates = ships.States()

// ThirdCountries are the States outside the Union that ship.
var ThirdCountries = ships.ThirdCountries()

// steering are those that see how every delegation conducts itself.
var steering = []Body{GeneralSecretariat, Presidency, SupportTeam}

// parliaments read what is sent to them.
var parliaments = []Body{EuropeanParliament, NationalParliament}

// Parliament says whether b reads what is sent to it.
func (b Body) Parliament() bool { return slices.Contains(parliaments, b) }

// ParseBody reads the code of a body, in any case and with spaces or underscores for hyphens.
// Whether there is such a body the table of a cycle says: see BodyTable.JudgeKnown. What can be
// no code is an error with CodeInvalid that lists the bodies that ship.
func ParseBody(text string) (Body, error) {
	if b := Body(hyphened(text)); ValidKey(string(b)) {
		return b, nil
	}
	return "", noBody(ships, text)
}

// What follows is asked of the bodies that ship, where no cycle is at hand; of those of a cycle
// its table is asked: see Definition.Bodies.

// Bodies lists those that ship and take part in a cycle, the Member States last.
func Bodies() []Body { return ships.Bodies() }

// Collectives lists the bodies that ship and conclude in meetings.
func Collectives() []Body { return ships.Collectives() }

// Known says whether b ships.
func (b Body) Known() bool { return ships.Known(b) }

// Kind gives what the body is; empty for one that does not ship.
func (b Body) Kind() BodyKind { return ships.Kind(b) }

// MemberState says whether b ships as a Member State.
func (b Body) MemberState() bool { return ships.MemberState(b) }

// MemberOn says whether b is a Member State on a date.
func (b Body) MemberOn(d Date) bool { return ships.MemberOn(b, d) }

// Collective says whether b concludes in meetings and so never types itself.
func (b Body) Collective() bool { return ships.Collective(b) }

// Outside says whether b belongs neither to the Union nor to a Member State.
func (b Body) Outside() bool { return ships.Outside(b) }

// OfUnion says whether b is an institution, an agency or another body of the Union.
func (b Body) OfUnion() bool { return ships.OfUnion(b) }

// Title gives the name people use, such as "COSI Support Group" or "France".
func (b Body) Title() string { return ships.Title(b) }

// TitlesOf joins the titles of bodies that ship for a sentence: "Presidency or Commission".
func TitlesOf(bodies []Body) string { return ships.Titles(bodies) }

// MembersOn lists the Member States on a date.
func MembersOn(d Date) []Body { return ships.MembersOn(d) }

// Recorder gives the body that records what a body that ships concluded.
func Recorder(b Body) Body { return ships.Recorder(b) }

// UnmarshalText reads one that ships as ParseBody does, another one as it is written; empty text
// is no body.
func (b *Body) UnmarshalText(text []byte) error {
	return fromText(b, text, func(written string) (Body, error) {
		read, err := ParseBody(written)
		if err == nil && !read.Known() && string(read) != written {
			err = noBody(ships, written)
		}
		return read, err
	})
}

// Actor is who typed: a person, and the body the person speaks for.
type Actor struct {
	// Person is the number under which the records know the person; 0 until they
	// do. What is recorded holds it alone: names stand apart and can be erased.
	Person int64  `json:"person,omitempty"`
	Name   string `json:"name,omitempty"` // of the person, with the local identity
	Body   Body   `json:"body"`           // the one for which they speak
}

// Same says whether two actors are one person, whatever body they speak for.
func (a Actor) Same(b Actor) bool {
	if a.Person != 0 || b.Person != 0 {
		return a.Person == b.Person
	}
	return strings.EqualFold(strings.TrimSpace(a.Name), strings.TrimSpace(b.Name))
}

// Is says whether the actor is the person whom a text names: as NAME@BODY, by the name alone,
// or by the number.
func (a Actor) Is(text string) bool {
	other, err := ParseActor(text)
	if err != nil {
		other = Actor{Name: strings.TrimSpace(text)}
	}
	if a.Person != 0 && other.Person != 0 {
		return a.Person == other.Person
	}
	return a.Name != "" && strings.EqualFold(strings.TrimSpace(a.Name), other.Name)
}

// numbered stands before the number of a person whose name is not known.
const numbered = "person "

// ParseActor reads "NAME@BODY", such as "Anna Berg@general-secretariat", or the
// number of a person for the name, as String writes it or alone. The error has
// CodeInvalid.
func ParseActor(text string) (Actor, error) {
	at := strings.LastIndex(text, "@")
	if at < 0 {
		return Actor{}, Refuse(CodeInvalid, "say who records this as NAME@BODY, such as --as anna@general-secretariat")
	}
	name := strings.TrimSpace(text[:at])
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return Actor{}, Refuse(CodeInvalid, "%q names nobody before the @: write NAME@BODY, such as anna@general-secretariat", text)
	}
	body, err := ParseBody(text[at+1:])
	if err != nil {
		return Actor{}, err
	}
	if number, err := strconv.ParseInt(strings.TrimPrefix(name, numbered), 10, 64); err == nil && number > 0 {
		return Actor{Person: number, Body: body}, nil
	}
	return Actor{Name: name, Body: body}, nil
}

func (a Actor) String() string {
	name := a.Name
	if name == "" { // erased, or never known here
		name = numbered + strconv.FormatInt(a.Person, 10)
	}
	if a.Body == "" {
		return name
	}
	return name + "@" + string(a.Body)
}
