package policy

import "slices"

// competence says which bodies may do a deed: for people, and of an act on the
// subject of an entry.
//
// Sources: Council conclusions of 24-25 February 2011 (COSI adopts MASPs and
// OAPs; the Commission cooperates within COSI's mandate) and the terms of
// reference of EMPACT.
type competence struct {
	said string
	// bodies may, whatever it is about; of others rule says so. Without a rule no
	// other body may.
	bodies []Body
	rule   func(Body, Act, Entry) error
}

func only(bodies ...Body) competence { return competence{said: TitlesOf(bodies), bodies: bodies} }

// either lets a body do what others may.
func either(body Body, others competence) competence {
	return competence{said: body.Title() + "; " + others.said, bodies: []Body{body}, rule: others.rule}
}

// The competences that depend on what a deed is about.
var (
	handsIn = competence{
		said: "those whom the cycle names: Europol, Presidency, Commission, drivers, evaluator; without a driver a Member State or the EMPACT Support Team",
		rule: func(body Body, _ Act, e Entry) error { return authoriseSubmission(body, e) },
	}
	recordsFor = competence{
		said: "General Secretariat for the Council, Coreper, COSI and the COSI Support Group; any other body for itself",
		rule: func(body Body, a Act, e Entry) error { return authoriseRecording(e.Bodies, body, a.Body) },
	}
	// asRecorded is judged with the outcome that waits: AuthoriseSecond.
	asRecorded = competence{said: "as for decide", rule: func(Body, Act, Entry) error { return nil }}
	speaksFor  = competence{
		said: "a Member State for itself",
		rule: func(body Body, a Act, e Entry) error {
			if body == a.Delegation {
				return nil
			}
			return Refuse(CodeNotCompetent, "%s may not take a position for %s: that delegation does, or the General Secretariat records what it said", e.Bodies.Title(body), e.Bodies.Title(a.Delegation))
		},
	}
	opensByHand = competence{
		said: TitlesOf(secretariats) + "; for a change of an OAP and a correction of a report those who hand in the OAP",
		rule: func(body Body, a Act, e Entry) error {
			if kinds[a.Subject.Kind].ofPlan {
				return authoriseSubmission(body, e)
			}
			return bySecretariat.rule(body, a, e)
		},
	}
	bySecretariat = competence{
		said: TitlesOf(secretariats),
		rule: func(body Body, _ Act, e Entry) error {
			if slices.Contains(secretariats, body) {
				return nil
			}
			return Refuse(CodeNotCompetent, "%s may not do this: the General Secretariat or the Presidency does", e.Bodies.Title(body))
		},
	}
	secretariats = []Body{GeneralSecretariat, Presidency}
)

// competent says whether a body may do the deed on the subject of the entry.
func (d deed) competent(body Body, a Act, e Entry) error {
	switch {
	case slices.Contains(d.bodies, body):
		return nil
	case d.rule != nil:
		return d.rule(body, a, e)
	}
	return Refuse(CodeNotCompetent, "%s may not %s: %s does", e.Bodies.Title(body), d.what, TitlesOf(d.bodies))
}

// Refuse says to somebody who may not do something in a cycle who does, or which role
// it wants.
func (d Deed) Refuse(who Principal, cycle string) error {
	if err := AuthoriseDeed(who, d, cycle); err != nil {
		return err
	}
	return Refuse(CodeNotCompetent, "%s may not %s: %s does", who.Body.Title(), d.row().what, d.row().said)
}

// competent says whether a body may do the act on the subject of the entry, whose cycle knows
// all bodies that it names.
func competent(body Body, a Act, e Entry) error {
	if err := e.Bodies.JudgeAct(a); err != nil {
		return err
	}
	return a.Deed().row().competent(body, a, e)
}

// Authorise is where the role matrix is asked: it says whether somebody may do
// the act on the subject of the entry. The body must be competent, and the
// person must have a role there. The error has CodeNotCompetent and says who
// may.
func Authorise(who Principal, a Act, e Entry) error {
	if err := competent(who.Body, a, e); err != nil {
		return err
	}
	return who.HasRoleFor(a)
}

// AuthoriseSecond says whether somebody may confirm or set aside an outcome that
// waits: whoever could have recorded it may, but for four eyes. The error has
// CodeNotCompetent.
func AuthoriseSecond(who Principal, a, waiting Act, e Entry) error {
	if err := competent(who.Body, waiting, e); err != nil {
		return err
	}
	return who.HasRoleFor(a)
}

// AuthoriseDeed says whether somebody may do a deed that is about no subject,
// in a cycle or, with an empty one, here altogether. The error has
// CodeNotCompetent and says who may.
func AuthoriseDeed(who Principal, d Deed, cycle string) error {
	if err := d.row().competent(who.Body, Act{}, Entry{}); err != nil {
		return err
	}
	return who.may(d, cycle)
}

func authoriseSubmission(body Body, e Entry) error {
	if len(e.Submitters) == 0 {
		if e.Bodies.MemberState(body) || body == SupportTeam {
			return nil
		}
		return Refuse(CodeNotCompetent, "%s may not hand in %s: a Member State or the EMPACT Support Team does", e.Bodies.Title(body), e.Subject)
	}
	if slices.Contains(e.Submitters, body) {
		return nil
	}
	return Refuse(CodeNotCompetent, "%s may not hand in %s: %s does", e.Bodies.Title(body), e.Subject, e.Bodies.Titles(e.Submitters))
}

// authoriseRecording holds the rule that collective bodies never type.
func authoriseRecording(bodies BodyTable, recorder, body Body) error {
	switch {
	case recorder == bodies.Recorder(body):
		return nil
	case bodies.Collective(body):
		return Refuse(CodeNotCompetent, "%s may not record what %s concluded: the General Secretariat does", bodies.Title(recorder), bodies.Title(body))
	default:
		return Refuse(CodeNotCompetent, "%s may not record what %s concluded: %s does so itself", bodies.Title(recorder), bodies.Title(body), bodies.Title(body))
	}
}
