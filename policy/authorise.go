package policy

import "slices"

// Authorise is the one role matrix: it says whether the actor may do the act on
// the subject of the entry. The error has CodeNotCompetent and says who may.
//
// Sources: Council conclusions of 24-25 February 2011 (COSI adopts MASPs and
// OAPs; the Commission cooperates within COSI's mandate) and the terms of
// reference of EMPACT. Until there is a log-in the actor is as asserted.
func Authorise(by Actor, a Act, e Entry) error {
	switch a.Kind {
	case ActSubmit:
		return authoriseSubmission(by.Body, e)
	case ActDecide:
		return authoriseRecording(by.Body, a.Body)
	case ActOpen, ActAmend:
		if a.Subject.Kind == KindChange {
			return authoriseSubmission(by.Body, e) // who hands the plan in may change it
		}
		if by.Body != GeneralSecretariat && by.Body != Presidency {
			return Refuse(CodeNotCompetent, "%s may not do this: the General Secretariat or the Presidency does", by.Body.Title())
		}
	}
	return nil
}

// AuthoriseStart says whether the actor may start a cycle.
func AuthoriseStart(by Actor) error {
	if by.Body != GeneralSecretariat && by.Body != Presidency {
		return Refuse(CodeNotCompetent, "%s may not start a cycle: the General Secretariat or the Presidency does", by.Body.Title())
	}
	return nil
}

func authoriseSubmission(body Body, e Entry) error {
	if len(e.Submitters) == 0 {
		if body.MemberState() || body == SupportTeam {
			return nil
		}
		return Refuse(CodeNotCompetent, "%s may not hand in %s: a Member State or the EMPACT Support Team does", body.Title(), e.Subject)
	}
	if slices.Contains(e.Submitters, body) {
		return nil
	}
	return Refuse(CodeNotCompetent, "%s may not hand in %s: %s does", body.Title(), e.Subject, TitlesOf(e.Submitters))
}

// authoriseRecording holds the rule that collective bodies never type.
func authoriseRecording(recorder, body Body) error {
	if body.Collective() && recorder != GeneralSecretariat {
		return Refuse(CodeNotCompetent, "%s may not record what %s concluded: the General Secretariat does", recorder.Title(), body.Title())
	}
	if !body.Collective() && recorder != body {
		return Refuse(CodeNotCompetent, "%s may not record what %s concluded: %s does so itself", recorder.Title(), body.Title(), body.Title())
	}
	return nil
}

// TitlesOf joins the titles of bodies for a sentence: "Presidency or
// Commission".
func TitlesOf(bodies []Body) string {
	text := ""
	for i, b := range bodies {
		switch {
		case i > 0 && i == len(bodies)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += b.Title()
	}
	return text
}
