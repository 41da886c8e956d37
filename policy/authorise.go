package policy

import "slices"

// competent says whether a body may do the act on the subject of the entry.
//
// Sources: Council conclusions of 24-25 February 2011 (COSI adopts MASPs and
// OAPs; the Commission cooperates within COSI's mandate) and the terms of
// reference of EMPACT.
func competent(body Body, a Act, e Entry) error {
	switch a.Kind {
	case ActSubmit:
		return authoriseSubmission(body, e)
	case ActCorrect:
		if body == GeneralSecretariat {
			return nil
		}
		return authoriseSubmission(body, e)
	case ActDecide, ActLaunch:
		return authoriseRecording(body, a.Body)
	case ActPosition:
		if body != a.Delegation && body != GeneralSecretariat {
			return Refuse(CodeNotCompetent, "%s may not take a position for %s: that delegation does, or the General Secretariat records what it said", body.Title(), a.Delegation.Title())
		}
	case ActConfirm, ActSetAside: // judged with the outcome that waits
		return nil
	case ActOpen, ActAmend:
		if a.Subject.Kind == KindChange {
			return authoriseSubmission(body, e) // who hands the plan in may change it
		}
		if body != GeneralSecretariat && body != Presidency {
			return Refuse(CodeNotCompetent, "%s may not do this: the General Secretariat or the Presidency does", body.Title())
		}
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
