package policy

import (
	"slices"
	"strings"
)

// Principal is as what somebody acts: the person, the body the person speaks
// for, and the roles that the person has.
type Principal struct {
	Actor
	// Grants are the roles that the person has at the moment, at any body.
	Grants []Grant
	// OnBehalfOf is whom the person stands in for, with that one's roles; nil for nobody.
	OnBehalfOf *Principal
}

// Asserted gives the principal of somebody who is believed on their word: every
// role that the body gives. It is that of the local identity, and of nobody
// else.
func Asserted(by Actor) Principal {
	role, special := bodyRoles[by.Body]
	switch {
	case special:
	case by.Body.Outside():
		role = RoleParticipant
	default:
		role = RoleOfficial
	}
	grants := []Grant{{Role: role, Body: by.Body}}
	if by.Body.Kind() == KindThirdCountry { // in a cycle it may be a Member State
		grants = append(grants, Grant{Role: RoleOfficial, Body: by.Body})
	}
	return Principal{Actor: by, Grants: grants}
}

// bodyRoles are the roles at bodies where nobody is an official.
//
//exhaustive:ignore
var bodyRoles = map[Body]Role{Operator: RoleAdministrator, CourtOfAuditors: RoleAuditor, Evaluator: RoleEvaluator}

// Has says whether the person has one of the roles at the body for which the
// person speaks, for a place such as "empact-2022-2025/oap/2023/firearms".
func (c Principal) Has(place string, roles ...Role) bool {
	return slices.ContainsFunc(c.Grants, func(g Grant) bool {
		return g.Body == c.Body && slices.Contains(roles, g.Role) && g.Covers(place)
	})
}

// Bodies lists the bodies at which the person has a role.
func (c Principal) Bodies() []Body {
	var bodies []Body
	for _, g := range c.Grants {
		bodies = append(bodies, g.Body)
	}
	slices.Sort(bodies)
	return slices.Compact(bodies)
}

// may says whether the person may do a deed in a place, by a role of their own or
// of the person whom they stand in for. A substitute stands in for somebody of
// the same body, and has no more than that one.
func (c Principal) may(deed Deed, place string) error {
	roles, holder := deed.row().roles, c.holder()
	if holder.Body != c.Body {
		return Refuse(CodeNotCompetent, "%s cannot stand in for %s: only for somebody of the same body", c.Actor, holder.Actor)
	}
	if holder.Has(place, roles...) {
		return nil
	}
	if len(holder.Grants) == 0 {
		return Refuse(CodeNotCompetent, "%s has no role here: an administrator gives roles", holder.Actor)
	}
	return Refuse(CodeNotCompetent, "%s may not %s on %s: that wants the role %s at %s, and the roles here are %s",
		holder.Actor, deed, place, rolesText(roles), c.Body.Title(), grantsText(holder.Grants))
}

// holder gives whose roles count: those of the person whom somebody stands in for.
func (c Principal) holder() Principal {
	if c.OnBehalfOf != nil {
		return *c.OnBehalfOf
	}
	return c
}

// HasRoleFor says whether the person has a role for such an act; whether the body is
// competent on that subject, Authorise says.
func (c Principal) HasRoleFor(a Act) error { return c.may(a.Deed(), a.Subject.Place()) }

// JudgeDecrypting says whether somebody may have decrypted what travels through Temporal. Of which
// cycle that is nobody can tell, so it is for those who read all of every cycle, whatever its
// file says of its readers. The error has CodeNotCompetent.
func (c Principal) JudgeDecrypting() error {
	if slices.ContainsFunc(c.Grants, func(g Grant) bool {
		return g.Body == c.Body && g.Scope == "" && (g.Body == GeneralSecretariat || g.Body == CourtOfAuditors)
	}) {
		return nil
	}
	return Refuse(CodeNotCompetent, "what travels through Temporal is decrypted for the General Secretariat and the Court of Auditors alone, by a role for all cycles")
}

func rolesText(roles []Role) string {
	if len(roles) == 0 {
		return "of nobody"
	}
	return strings.Join(Texts(roles), " or ")
}

func grantsText(grants []Grant) string {
	texts := make([]string, len(grants))
	for i, g := range grants {
		texts[i] = g.String()
	}
	return strings.Join(texts, ", ")
}
