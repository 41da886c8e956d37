package policy

import (
	"slices"
	"strings"
)

// Deed is something that somebody may do here, or not. The kinds of act are deeds.
type Deed string

// The deeds beside the kinds of act.
const (
	DeedStart  Deed = "start"         // start or import a cycle
	DeedMove   Deed = "move meeting"  // change what rests on no decision: the calendar of meetings, what is proposed
	DeedEnter  Deed = "enter"         // enter rows into a register
	DeedExport Deed = "export"        // take a whole cycle out
	DeedPeople Deed = "manage people" // give and withdraw roles, erase names
	DeedAudit  Deed = "audit"         // look at everything, and prove it
	DeedRemind Deed = "remind"        // remind somebody of what waits
	DeedClaim  Deed = "claim"         // take on what waits: whoever it waits for
)

// deed is one row of the role matrix: who may do something, and how.
type deed struct {
	name Deed
	what string // it does, in a refusal
	competence
	roles []Role // that the person has one of at such a body
	// fresh says that it decides something or gives effect to it: who does it has
	// logged in just now.
	fresh bool
	// seconded says of an act whether it takes effect only once a second person has
	// confirmed it, and second the same for people; nil where none of its kind does.
	seconded func(*Act) bool
	second   string
}

var (
	officials = []Role{RoleOfficial}
	drafters  = []Role{RoleOfficial, RoleDriver, RoleCoDriver, RoleEvaluator}
)

// matrix is the one role matrix: who may do what. The rest is who may read what (see
// readers), and who may enter rows into which register (see registers).
var matrix = []deed{
	{name: DeedStart, what: "start a cycle", competence: only(GeneralSecretariat, Presidency), roles: officials, fresh: true},
	{name: Deed(ActSubmit), what: "hand in a document", competence: handsIn, roles: drafters},
	{
		name: Deed(ActDecide), what: "record an outcome", competence: recordsFor, roles: officials, fresh: true,
		seconded: func(a *Act) bool {
			return (a.By.Body != a.Body || a.Irregular != "") && a.Procedure != SilenceProcedure
		},
		second: "another official of the General Secretariat confirms what a collective body concluded; another official of the body what is irregular",
	},
	{
		name: Deed(ActConfirm), what: "confirm an outcome", competence: asRecorded, roles: officials, fresh: true,
		second: "it is the second person: neither who recorded the outcome nor who handed in the version",
	},
	{name: Deed(ActSetAside), what: "set an outcome aside", competence: asRecorded, roles: officials, fresh: true},
	{name: Deed(ActCorrect), what: "correct a document", competence: either(GeneralSecretariat, handsIn), roles: drafters, fresh: true},
	{
		name: Deed(ActFinalise), what: "enter a final text", competence: only(GeneralSecretariat), roles: officials, fresh: true,
		seconded: func(*Act) bool { return true },
		second:   "another official of the General Secretariat confirms the final text",
	},
	{
		name: Deed(ActLaunch), what: "launch a silence procedure", competence: recordsFor, roles: officials, fresh: true,
		seconded: func(*Act) bool { return true },
		second:   "another official of the General Secretariat confirms the launch of a silence procedure; one official records its end",
	},
	{name: Deed(ActPosition), what: "take a position", competence: either(GeneralSecretariat, speaksFor), roles: []Role{RoleOfficial, RoleNEC}, fresh: true},
	{name: Deed(ActOpen), what: "open an item", competence: opensByHand, roles: []Role{RoleOfficial, RoleDriver, RoleCoDriver}, fresh: true},
	{name: Deed(ActAmend), what: "amend the cycle", competence: bySecretariat, roles: officials, fresh: true},
	{name: DeedMove, what: "move a meeting or change what is proposed", competence: bySecretariat, roles: officials},
	{
		name: DeedEnter, competence: competence{said: "those whom the register names (policycycle register list); a Member State for itself alone"},
		roles: []Role{RoleOfficial, RoleDriver, RoleCoDriver, RoleActionLeader, RoleParticipant, RoleNEC},
	},
	{name: DeedExport, what: "take out a whole cycle", competence: only(GeneralSecretariat, Presidency, CourtOfAuditors), roles: []Role{RoleOfficial, RoleAuditor}},
	{name: DeedPeople, what: "manage people and their roles", competence: only(Operator), roles: []Role{RoleAdministrator}, fresh: true},
	{name: DeedRemind, what: "remind others", competence: only(GeneralSecretariat, Presidency, SupportTeam), roles: officials},
	{
		name: DeedAudit, what: "look into the audit", competence: only(GeneralSecretariat, Presidency, CourtOfAuditors),
		roles: []Role{RoleOfficial, RoleAuditor},
	},
}

// row gives the row of a deed; a deed that is not in the matrix nobody may do.
func (d Deed) row() deed {
	if at := slices.IndexFunc(matrix, func(row deed) bool { return row.name == d }); at >= 0 {
		return matrix[at]
	}
	return deed{name: d}
}

// WantsFreshLogin says whether who does it has to have logged in just now: it decides
// something, or gives effect to it. Of rows the register says so.
func (d Deed) WantsFreshLogin() bool { return d.row().fresh }

// Deed gives what somebody does by the act.
func (a *Act) Deed() Deed {
	if a.Kind == ActAmend && a.Amendment != nil && a.Amendment.Decision == "" {
		return DeedMove
	}
	return Deed(a.Kind)
}

// Confirmed says whether the act takes effect only once a second person has
// confirmed it: no collective body types, so what another records for it wants two, and no
// irregular fact stands on one person's word. What a silence procedure ends in follows from its launch, which
// two people stand for.
func (a *Act) Confirmed() bool {
	seconded := a.Deed().row().seconded
	return seconded != nil && seconded(a)
}

// Permission is one row of the role matrix, for people.
type Permission struct {
	Deed Deed `json:"deed"`
	// Bodies says which bodies may; the rule itself may depend on the subject.
	Bodies string `json:"bodies"`
	// Roles lists the roles at such a body that may.
	Roles []Role `json:"roles"`
	// Second says that a second person is wanted before it takes effect.
	Second string `json:"second,omitempty"`
	// FreshLogin says that it wants a log-in of just now.
	FreshLogin bool `json:"fresh_login,omitempty"`
}

// Matrix gives the role matrix for people.
func Matrix() []Permission {
	rows := make([]Permission, len(matrix))
	for i, row := range matrix {
		rows[i] = Permission{Deed: row.name, Bodies: row.said, Roles: row.roles, Second: row.second, FreshLogin: row.fresh}
	}
	return rows
}

// AuthoriseRowBy says whether somebody may enter a row of a register: the body
// must be one that enters it, and the person must have a role there, a leader of
// an action for that action. The error has CodeNotCompetent.
func (d *Definition) AuthoriseRowBy(who Principal, row Row) error {
	if err := d.AuthoriseRow(who.Actor, row); err != nil {
		return err
	}
	place := row.place(d.Key)
	if err := who.may(DeedEnter, place); err != nil {
		return err
	}
	holder, roles := who.holder(), append(slices.Clone(registers[row.Register].roles), RoleOfficial)
	if registers[row.Register].own && d.Bodies.Outside(who.Body) { // who comes from outside has no officials here
		roles = append(roles, RoleParticipant)
	}
	if !holder.Has(place, roles...) {
		return Refuse(CodeNotCompetent, "%s may not enter %s in the register of %s: that wants the role %s at %s",
			holder.Actor, row.Key, row.Register, rolesText(roles), d.Bodies.Title(who.Body))
	}
	return nil
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
