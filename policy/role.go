package policy

import (
	"slices"
	"strings"
)

// Role is what a person is at a body: what the person may do follows from the
// body, and from the role.
type Role string

// The roles.
const (
	// RoleOfficial does all that the body does.
	RoleOfficial Role = "official"
	// RoleDriver and RoleCoDriver hand in the plans and reports of a priority.
	RoleDriver   Role = "driver"
	RoleCoDriver Role = "co-driver"
	// RoleActionLeader reports on the actions that the person leads.
	RoleActionLeader Role = "action-leader"
	// RoleParticipant takes part in a plan, and reads it.
	RoleParticipant Role = "participant"
	// RoleNEC is the national EMPACT coordinator: speaks for one State in
	// consents, posts and reports.
	RoleNEC Role = "nec"
	// RoleEvaluator hands in the evaluation.
	RoleEvaluator Role = "evaluator"
	// RoleAdministrator gives and withdraws roles, and records nothing.
	RoleAdministrator Role = "administrator"
	// RoleAuditor reads everything, and records nothing.
	RoleAuditor Role = "auditor"
)

// Roles lists the roles, in the order people read them.
var Roles = []Role{
	RoleOfficial, RoleDriver, RoleCoDriver, RoleActionLeader, RoleParticipant, RoleNEC, RoleEvaluator, RoleAdministrator, RoleAuditor,
}

// ParseRole reads a role, with spaces or underscores for hyphens. The error has
// CodeInvalid and lists them.
func ParseRole(text string) (Role, error) {
	if r := Role(hyphened(text)); slices.Contains(Roles, r) {
		return r, nil
	}
	return "", Refuse(CodeInvalid, "%q is not a role: use %s", text, strings.Join(Texts(Roles), ", "))
}

// Words lists the roles.
func (Role) Words() []string { return Texts(Roles) }

// UnmarshalText reads a role; empty text is none.
func (r *Role) UnmarshalText(text []byte) error { return oneOf(r, text, "a role") }

// Grant is a role that a person has at a body.
type Grant struct {
	Role Role `json:"role"`
	Body Body `json:"body"`
	// Scope limits the role to a cycle, or to what lies under a path in it:
	// "empact-2022-2025/oap/2023/firearms", an action of which is
	// "empact-2022-2025/oap/2023/firearms/4.1"; "*" stands for any part. Empty is
	// no limit.
	Scope string `json:"scope,omitempty"`
}

func (g Grant) String() string {
	text := string(g.Role) + "@" + string(g.Body)
	if g.Scope != "" {
		text += " on " + g.Scope
	}
	return text
}

// ParseGrant reads "ROLE@BODY" or "ROLE@BODY/SCOPE". A role at a body that does not ship is one
// in the cycle that the scope names: whether that has such a body, its table says. The error has
// CodeInvalid.
func ParseGrant(text string) (Grant, error) {
	role, rest, found := strings.Cut(text, "@")
	if !found {
		return Grant{}, Refuse(CodeInvalid, "%q is not a role at a body: write ROLE@BODY, such as official@europol or driver@es/empact-2022-2025/oap/2023/firearms", text)
	}
	body, scope, _ := strings.Cut(rest, "/")
	var g Grant
	var err error
	if g.Role, err = ParseRole(role); err != nil {
		return Grant{}, err
	}
	if g.Body, err = ParseBody(body); err != nil {
		return Grant{}, err
	}
	g.Scope = strings.Trim(scope, "/")
	if g.Body.Known() {
		return g, ships.JudgeGrant(g)
	}
	if g.Cycle() == "" {
		return Grant{}, Refuse(CodeInvalid, "%q is not a body that ships: use %s, a Member State's code such as fr, or name the cycle whose file has it, as %s@%s/CYCLE",
			g.Body, strings.Join(Texts(ships.named()), ", "), g.Role, g.Body)
	}
	return g, nil
}

// JudgeGrant holds that there is a body at which a role is, and that people type for it. The error
// has CodeInvalid.
func (t BodyTable) JudgeGrant(g Grant) error {
	if err := t.JudgeKnown(g.Body); err != nil {
		return err
	}
	if t.Collective(g.Body) {
		return Refuse(CodeInvalid, "nobody has a role at %s: what it concludes, the General Secretariat records", t.Title(g.Body))
	}
	return nil
}

// within says whether the grant is one for the cycle, or for something in it.
func (g Grant) within(cycle string) bool {
	of, _, _ := strings.Cut(g.Scope, "/")
	return of == "" || of == "*" || of == cycle
}

// Cycle gives the cycle that the scope of the grant names; empty where it names none.
func (g Grant) Cycle() string {
	of, _, _ := strings.Cut(g.Scope, "/")
	return strings.TrimPrefix(of, "*")
}

// names says whether the scope of the grant names the cycle.
func (g Grant) names(cycle string) bool { return g.Scope != "" && g.within(cycle) && g.Scope[0] != '*' }

// Covers says whether the scope of the grant takes in a path within a cycle,
// such as "empact-2022-2025/oap/2023/firearms". Empty asks for the cycles as a
// whole.
func (g Grant) Covers(place string) bool {
	if g.Scope == "" {
		return true
	}
	want, have := strings.Split(g.Scope, "/"), strings.Split(place, "/")
	if len(have) < len(want) {
		return false
	}
	for i, part := range want {
		if part != "*" && part != have[i] {
			return false
		}
	}
	return true
}
