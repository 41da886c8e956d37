package policy

import (
	"slices"
	"strings"
)

// Resting is something that rests on how a subject ended: another subject, or an
// amendment of the cycle.
type Resting struct {
	Subject   Subject
	Amendment string // its ID; empty for a subject
	On        Date   // when it was settled or decided; zero while it is worked on
}

// restingOn lists the subjects that rest on how another ended: those that were settled
// since, those that were opened by hand, and those on which a version was handed in,
// unless they are drafted beside it.
func (r Records) restingOn(subject Subject) []Resting {
	var all []Resting
	for _, e := range r.Agenda() {
		s, row := r.Standings[e.Subject], kinds[e.Subject.Kind]
		if !slices.Contains(e.Requires, subject) || s.Outcome == Discontinued {
			continue
		}
		begun := s.Version > 0 && row.beside != subject.Kind || row.byHand && s.Open()
		if s.Positive() || begun {
			all = append(all, Resting{Subject: e.Subject, On: s.ClosedOn})
		}
	}
	return all
}

// judgeRectification lets a wrong entry be corrected as long as what has
// happened since still stands: the right entry must lead to the same place as
// the wrong one did, unless that is the last one and nothing rests on it yet.
func judgeRectification(e Entry, opened Date, records []Recorded, a Act, facts Facts) error {
	acts := effective(records)
	at := slices.IndexFunc(acts, func(r Recorded) bool { return r.ID == a.Rectifies })
	if at < 0 {
		return Refuse(CodeUnknown, "no act %s is recorded on %s", a.Rectifies, e.Subject)
	}
	wrong, followed := acts[at], following(acts[at+1:])
	if wrong.Kind != a.Kind || wrong.Body != a.Body {
		return Refuse(CodeInvalid, "%s is another kind of act: a rectification repeats the whole act with what is right", a.Rectifies)
	}
	if len(followed) > 0 && a.Date.After(followed[0].Date) {
		return wrongDate("%s lies after the next act on %s, which happened on %s", a.Date, e.Subject, followed[0].Date)
	}
	before := fold(e, opened, acts[:at])
	if err := judgeOrder(before, a); err != nil {
		return err
	}
	if a.Kind == ActDecide {
		before.Silence = SilenceIn(recordsBefore(records, a.Rectifies), before.Version)
		if err := judgeDecision(e, before, a, facts); err != nil {
			return err
		}
	}
	if a.Kind == ActFinalise {
		if err := judgeFinal(before, a, facts); err != nil {
			return err
		}
	}
	if a.Kind == ActSubmit {
		if err := judgeResubmission(wrong, followed, a); err != nil {
			return err
		}
	}
	// Where the wrong entry led, and where the right one would have.
	right := wrong
	right.Act = Expand(e, a, facts.Items)
	right.Rectifies = "" // it stands in the place of the wrong one
	if a.Kind == ActSubmit {
		right.Version = wrong.Version
	}
	now, then := fold(e, opened, acts[:at+1]), fold(e, opened, append(slices.Clone(acts[:at]), right))
	if !facts.RestedOn.IsZero() && then.ClosedOn.After(facts.RestedOn) {
		return wrongDate("%s lies after %s, when what rests on %s was settled", a.Date, facts.RestedOn, e.Subject)
	}
	final := slices.ContainsFunc(followed, func(r Recorded) bool { return r.Kind == ActFinalise }) && then.Outcome != AdoptedWithAmendments
	switch {
	case samePlace(now, then) && !final:
		return nil
	case len(followed) > 0:
		return Refuse(CodeAlreadyDecided, "on the act %s rests what followed on %s, %s: its outcome can no longer be rectified; record a new decision or amend the cycle",
			a.Rectifies, e.Subject, namesOf(followed, func(r Recorded) string { return r.ID }))
	case now.Positive() && len(facts.Resting) > 0:
		return refuseRested(e.Subject, facts.Resting)
	default:
		return nil
	}
}

// recordsBefore gives what was recorded before an act; nothing where that is not there.
func recordsBefore(records []Recorded, id string) []Recorded {
	return records[:max(slices.IndexFunc(records, func(r Recorded) bool { return r.ID == id }), 0)]
}

// following gives the acts by which a subject went on: what delegations say moves nothing.
func following(acts []Recorded) []Recorded {
	return slices.DeleteFunc(slices.Clone(acts), func(r Recorded) bool { return r.Kind == ActPosition })
}

// refuseRested says what rests on how a subject ended.
func refuseRested(subject Subject, resting []Resting) error {
	amends := func(r Resting) bool { return r.Amendment != "" }
	subjects := slices.DeleteFunc(slices.Clone(resting), amends)
	amendments := slices.DeleteFunc(slices.Clone(resting), func(r Resting) bool { return !amends(r) })
	paths := namesOf(subjects, func(r Resting) string { return r.Subject.Path() })
	ids := namesOf(amendments, func(r Resting) string { return r.Amendment })
	switch {
	case len(amendments) == 0:
		return Refuse(CodeAlreadyDecided, "on the outcome of %s rests %s: it can no longer be rectified; record a new decision or amend the cycle", subject, paths)
	case len(subjects) == 0:
		return Refuse(CodeAlreadyDecided, "on the outcome of %s rests the amendment %s: it can no longer be rectified; record a new decision or amend the cycle", subject, ids)
	default:
		return Refuse(CodeAlreadyDecided, "on the outcome of %s rests %s and the amendment %s: it can no longer be rectified; record a new decision or amend the cycle", subject, paths, ids)
	}
}

// namesOf names the first of several things.
func namesOf[T any](all []T, name func(T) string) string {
	const most = 10
	var names []string
	for i, one := range all {
		if i == most {
			return strings.Join(names, ", ") + ", …"
		}
		names = append(names, name(one))
	}
	return strings.Join(names, ", ")
}

// samePlace says whether two standings let the same things follow.
func samePlace(a, b Standing) bool {
	return a.State == b.State && a.Version == b.Version && a.Turns == b.Turns &&
		a.Outcome.Positive() == b.Outcome.Positive() && slices.Equal(agreed(a.Items), agreed(b.Items))
}

func agreed(items []ItemOutcome) []string {
	var keys []string
	for _, item := range items {
		if item.Outcome.Positive() {
			keys = append(keys, item.Item)
		}
	}
	slices.Sort(keys)
	return keys
}
