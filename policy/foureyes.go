package policy

import "slices"

// Four eyes: who recorded an outcome does not confirm it, and who handed in a
// version does not decide on it. It holds for the person who typed and for the
// one whom that person stands in for, under whatever account or body, and for
// administrators too. The records hold the same rule as a constraint.

// hands gives everybody who stands behind an act: who typed, and for whom.
func (a *Act) hands() []Actor {
	if a.For == nil {
		return []Actor{a.By}
	}
	return []Actor{a.By, *a.For}
}

// shared gives a person who stands behind both acts, and whether there is one.
func shared(a, b *Act) (Actor, bool) {
	for _, hand := range a.hands() {
		if slices.ContainsFunc(b.hands(), hand.Same) {
			return hand, true
		}
	}
	return Actor{}, false
}

// Submission gives the act by which the version that stands was handed in, with
// its last rectification; nil for none.
func Submission(records []Recorded) *Recorded {
	var last *Recorded
	for i, r := range records {
		if r.Kind == ActSubmit && (last == nil || r.Version >= last.Version) {
			last = &records[i]
		}
	}
	return last
}

// SubmissionOf gives the act by which a version was handed in, with its last rectification;
// nil for none.
func SubmissionOf(records []Recorded, version int) *Recorded {
	return Submission(slices.DeleteFunc(slices.Clone(records), func(r Recorded) bool { return r.Version != version }))
}

// FourEyes says whether somebody stands behind the act who may not, for who they are
// and whatever role they have: who handed in the version that is decided on or
// launched, or that or the outcome itself where one is confirmed. Setting aside gives
// nothing effect. The error has CodeFourEyes.
func FourEyes(bodies BodyTable, records []Recorded, a Act) error {
	if a.Kind != ActDecide && a.Kind != ActLaunch && a.Kind != ActConfirm {
		return nil
	}
	body := a.Body
	if waiting := PendingIn(records); waiting != nil && a.Kind == ActConfirm {
		who, both := shared(&a, &waiting.Act)
		switch {
		case both && waiting.Kind == ActFinalise:
			return Refuse(CodeFourEyes, "%s entered this final text and so cannot confirm it: a second person of the General Secretariat does", who)
		case waiting.Kind == ActFinalise: // nothing is decided by it on the version handed in
			return nil
		case both:
			return Refuse(CodeFourEyes, "%s recorded this outcome and so cannot confirm it: a second person of the General Secretariat does", who)
		}
		body = waiting.Body
	}
	version := Submission(records)
	if version == nil {
		return nil
	}
	who, both := shared(&a, &version.Act)
	switch {
	case !both:
		return nil
	case a.Kind == ActConfirm:
		return Refuse(CodeFourEyes, "%s handed in this version of %s and so cannot confirm what %s concluded on it", who, a.Subject, bodies.Title(body))
	default:
		return Refuse(CodeFourEyes, "%s handed in this version of %s and so cannot record what %s concluded on it: another person does", who, a.Subject, bodies.Title(body))
	}
}

// judgeSecond says whether a person may confirm or set aside what another
// recorded. What is confirmed is judged once more: it may have been overtaken.
func judgeSecond(e Entry, opened Date, records []Recorded, a Act, facts Facts) error {
	waiting := PendingIn(records)
	if waiting == nil || waiting.ID != a.Confirms {
		return notWaiting(e, records, a.Confirms)
	}
	if err := competent(a.By.Body, waiting.Act, e); err != nil {
		return err
	}
	switch {
	case a.Digest != waiting.Stated:
		return Refuse(CodeWrongVersion, "what is to be confirmed is not what %s states", waiting.ID)
	case a.Date.Before(waiting.Date):
		return wrongDate("%s lies before the outcome itself, of %s", a.Date, waiting.Date)
	case a.Kind == ActSetAside:
		return nil // gives nothing effect: who recorded it may take it back
	}
	if err := FourEyes(e.Bodies, records, a); err != nil {
		return err
	}
	act := waiting.Act
	if act.Outcome == NotAgreed {
		act.Items = nil // made explicit when it was recorded
	}
	if act.Rectifies != "" {
		return judgeRectification(e, opened, records, act, facts)
	}
	standing := StandingOf(e, opened, records)
	if err := judgeOrder(standing, act); err != nil {
		return err
	}
	switch act.Kind {
	case ActLaunch:
		return judgeLaunch(e, standing, records, act, facts)
	case ActFinalise:
		return judgeFinal(standing, act, facts)
	default:
	}
	return judgeDecision(e, standing, act, facts)
}

// notWaiting says why nothing waits for a second person under an ID.
func notWaiting(e Entry, records []Recorded, id string) error {
	for _, r := range slices.Backward(records) {
		switch {
		case r.Confirms == id && r.Kind == ActConfirm:
			return Refuse(CodeAlreadyDecided, "%s was confirmed by %s already", id, r.By)
		case r.Confirms == id:
			return Refuse(CodeAlreadyDecided, "%s was set aside by %s: what the body concluded is to be recorded anew", id, r.By)
		case r.ID == id:
			return Refuse(CodeInvalid, "%s needs no second person", id)
		}
	}
	return Refuse(CodeUnknown, "no outcome %s is recorded on %s", id, e.Subject)
}

// Exemption is an act for which one person is enough, and why.
type Exemption struct {
	Act    string
	Reason string
}

// Exemptions lists the acts for which one person is enough.
var Exemptions = []Exemption{
	{"handing in a version", "it has no effect before a body has concluded on it, and who handed it in takes no part in that"},
	{"what a body that is not collective concludes", "it takes note or refers back and adopts nothing; who handed in the version cannot record it"},
	{"setting aside", "it gives nothing effect: the outcome is recorded anew by one person and confirmed by another"},
	{"a corrigendum", "a linguistic one changes no meaning; a substantive one has no effect before it is adopted anew, for which two people stand"},
	{"opening an item or a change", "it only puts a question; the answer wants two people"},
	{"moving a meeting", "the Presidency sets its calendar; nothing is decided by it"},
	{"amending the cycle", "it carries out a decision of the Council or COSI that two people stand for"},
	{"rows of registers", "they tell facts that a later row corrects; where they rest on an outcome, that wants two people"},
	{"the end of a silence procedure", "it says that nobody objected to what was launched, for which two people stand"},
}
