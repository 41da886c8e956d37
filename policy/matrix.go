package policy

import (
	"slices"
	"strings"
)

// Deed is something that somebody may do here, or not.
type Deed string

// The deeds beside the kinds of act, which are deeds too.
const (
	DeedStart  Deed = "start"         // start or import a cycle
	DeedEnter  Deed = "enter"         // enter rows into a register
	DeedExport Deed = "export"        // take a whole cycle out
	DeedPeople Deed = "manage people" // give and withdraw roles, erase names
	DeedAudit  Deed = "audit"         // look at everything, and prove it
	DeedRemind Deed = "remind"        // remind somebody of what waits
)

// Permission is one row of the role matrix.
type Permission struct {
	Deed Deed `json:"deed"`
	// Bodies says for people which bodies may; the rule itself may depend on the
	// subject.
	Bodies string `json:"bodies"`
	// Roles lists the roles at such a body that may.
	Roles []Role `json:"roles"`
	// Second says that a second person is wanted before it takes effect.
	Second string `json:"second,omitempty"`
}

const secretariat = "General Secretariat or Presidency"

// Matrix is the one role matrix: who may do what. Authorise is where it is
// asked; the rest is who may see what (see Sight).
var Matrix = []Permission{
	{Deed: DeedStart, Bodies: secretariat, Roles: []Role{RoleOfficial}},
	{
		Deed: Deed(ActSubmit), Bodies: "those whom the cycle names: Europol, Presidency, Commission, drivers, evaluator; without a driver a Member State or the EMPACT Support Team",
		Roles: []Role{RoleOfficial, RoleDriver, RoleCoDriver, RoleEvaluator},
	},
	{
		Deed: Deed(ActDecide), Bodies: "General Secretariat for the Council, Coreper, COSI and the COSI Support Group; any other body for itself", Roles: []Role{RoleOfficial},
		Second: "another official of the General Secretariat confirms what a collective body concluded; another official of the body what is irregular",
	},
	{Deed: Deed(ActConfirm), Bodies: "as for decide", Roles: []Role{RoleOfficial}, Second: "it is the second person: neither who recorded the outcome nor who handed in the version"},
	{Deed: Deed(ActSetAside), Bodies: "as for decide", Roles: []Role{RoleOfficial}},
	{Deed: Deed(ActCorrect), Bodies: "General Secretariat; those who hand the document in", Roles: []Role{RoleOfficial, RoleDriver, RoleCoDriver, RoleEvaluator}},
	{
		Deed: Deed(ActLaunch), Bodies: "General Secretariat", Roles: []Role{RoleOfficial},
		Second: "another official of the General Secretariat confirms the launch of a silence procedure; its end needs nobody",
	},
	{Deed: Deed(ActPosition), Bodies: "a Member State for itself; the General Secretariat records what a delegation said", Roles: []Role{RoleOfficial, RoleNEC}},
	{
		Deed: Deed(ActOpen), Bodies: secretariat + "; for a change of an OAP those who hand in the OAP",
		Roles: []Role{RoleOfficial, RoleDriver, RoleCoDriver},
	},
	{Deed: Deed(ActAmend), Bodies: secretariat, Roles: []Role{RoleOfficial}},
	{
		Deed: DeedEnter, Bodies: "those whom the register names (policycycle register list); a Member State for itself alone",
		Roles: []Role{RoleOfficial, RoleDriver, RoleCoDriver, RoleActionLeader, RoleNEC},
	},
	{Deed: DeedExport, Bodies: "General Secretariat, Presidency, Court of Auditors", Roles: []Role{RoleOfficial, RoleAuditor}},
	{Deed: DeedPeople, Bodies: "operator", Roles: []Role{RoleAdministrator}},
	{Deed: DeedRemind, Bodies: "General Secretariat, Presidency, EMPACT Support Team", Roles: []Role{RoleOfficial}},
	{Deed: DeedAudit, Bodies: "General Secretariat, Presidency, Court of Auditors, operator", Roles: []Role{RoleOfficial, RoleAuditor, RoleAdministrator}},
}

// roles lists the roles that may do the deed; a deed that is not in the matrix
// nobody may do.
func (d Deed) roles() []Role {
	for _, p := range Matrix {
		if p.Deed == d {
			return p.Roles
		}
	}
	return nil
}

// Authorise is where the role matrix is asked: it says whether somebody may do
// the act on the subject of the entry. The body must be competent, and the
// person must have a role there. The error has CodeNotCompetent and says who
// may.
func Authorise(who Capacity, a Act, e Entry) error {
	if err := competent(who.Body, a, e); err != nil {
		return err
	}
	return who.may(Deed(a.Kind), a.Subject.Place())
}

// AuthoriseSecond says whether somebody may confirm or set aside an outcome that
// waits: whoever could have recorded it may, but for four eyes. The error has
// CodeNotCompetent.
func AuthoriseSecond(who Capacity, a, waiting Act, e Entry) error {
	if err := competent(who.Body, waiting, e); err != nil {
		return err
	}
	return who.may(Deed(a.Kind), a.Subject.Place())
}

// AuthoriseDeed says whether somebody may do a deed that is no act on a subject,
// in a cycle or, with an empty one, here altogether. The error has
// CodeNotCompetent and says who may.
func AuthoriseDeed(who Capacity, deed Deed, cycle string) error {
	bodies := map[Deed][]Body{
		DeedStart:  {GeneralSecretariat, Presidency},
		DeedExport: {GeneralSecretariat, Presidency, CourtOfAuditors},
		DeedPeople: {Operator},
		DeedAudit:  {GeneralSecretariat, Presidency, CourtOfAuditors, Operator},
		DeedRemind: {GeneralSecretariat, Presidency, SupportTeam},
	}[deed]
	if !slices.Contains(bodies, who.Body) {
		return Refuse(CodeNotCompetent, "%s may not %s: %s does", who.Body.Title(), words[deed], TitlesOf(bodies))
	}
	return who.may(deed, cycle)
}

// words says of a deed what is done.
var words = map[Deed]string{
	DeedStart: "start a cycle", DeedExport: "take out a whole cycle", DeedPeople: "manage people and their roles", DeedAudit: "look into the audit",
	DeedRemind: "remind others",
}

// AuthoriseRowBy says whether somebody may enter a row of a register: the body
// must be one that enters it, and the person must have a role there, a leader of
// an action for that action. The error has CodeNotCompetent.
func AuthoriseRowBy(who Capacity, cycle string, row Row) error {
	if err := AuthoriseRow(who.Actor, row); err != nil {
		return err
	}
	place := row.place(cycle)
	if err := who.may(DeedEnter, place); err != nil {
		return err
	}
	holder := who
	if who.For != nil {
		holder = *who.For
	}
	if roles := registers[row.Register].roles; !holder.Has(place, append(roles, RoleOfficial)...) {
		return Refuse(CodeNotCompetent, "%s may not enter %s in the register of %s: that wants the role %s at %s",
			holder.Actor, row.Key, row.Register, rolesText(append(slices.Clone(roles), RoleOfficial)), who.Body.Title())
	}
	return nil
}

// MayEnter says whether somebody may enter rows of a register at all; which ones,
// AuthoriseRowBy says.
func MayEnter(who Capacity, r Register) bool {
	known, holder := registers[r], who
	if who.For != nil {
		holder = *who.For
	}
	enters := slices.Contains(known.enter, who.Body) || known.states && who.Body.MemberState()
	return enters && slices.ContainsFunc(holder.Grants, func(g Grant) bool {
		return g.Body == who.Body && (g.Role == RoleOfficial || slices.Contains(known.roles, g.Role))
	})
}

// place gives the path by which grants are limited: that of the plan or action a
// row is about, else the cycle.
func (r Row) place(cycle string) string {
	parts := strings.Split(r.Key, "/")
	plan := cycle + "/" + string(KindOAP) + "/"
	switch {
	case r.Register == RegConsents && len(parts) >= 3:
		return plan + strings.Join(parts[:3], "/")
	case r.Register == RegProgress && len(parts) >= 4:
		return plan + strings.Join([]string{parts[0], parts[1], parts[3]}, "/")
	default:
		return cycle
	}
}
