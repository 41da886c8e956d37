package policy

import (
	"cmp"
	"slices"
)

// While a version is before a body, a new one (REV) may take its place without a referral
// back. It stays before that body, and whom the chain wants to ask again is asked again. What
// was concluded or said on the older version was said on that alone: it stands in the record,
// and counts for no other.

// judgeRevision says whether a new version may take the place of the one that is before a body.
func judgeRevision(e Entry, s Standing, a Act, facts Facts) error {
	switch {
	case a.Revises == 0:
		return Refuse(CodeNotOpen, "version %d of %s is before %s: a new one is handed in once it is referred back, or in its place, as a revision of version %d",
			s.Version, s.Subject, e.Bodies.Titles(s.Turn), s.Version)
	case a.Revises != s.Version:
		return Refuse(CodeWrongVersion, "this revises version %d of %s, and version %d is before %s: look at that first", a.Revises, s.Subject, s.Version, e.Bodies.Titles(s.Turn))
	case s.Silence.Holds():
		return Refuse(CodeNotOpen, "a silence procedure was launched on version %d of %s, until %s: a new version can be handed in once it has ended", s.Version, s.Subject, s.Silence.Deadline)
	case a.Digest == s.Digest && !facts.Past: // of the past, two may be known by nothing that tells them apart
		return Refuse(CodeAlreadyDecided, "this is version %d of %s, which is before %s", s.Version, s.Subject, e.Bodies.Titles(s.Turn))
	default:
		return nil
	}
}

// revised gives the standing once a new version took the place of the one before a body: it
// stays there, or goes back to the first body that the chain wants to ask again, and passes
// the chain from there.
func (s Standing) revised(e Entry, on Date) Standing {
	for at := range min(s.Turns, len(e.Turns)) {
		if !e.Turns[at].Again {
			continue
		}
		s = s.turn(e, at, on, Delivered)
		if s.Due.Before(on) { // nobody is late who is asked again
			s.Due = e.nextDue(on)
		}
		return s
	}
	return s
}

// judgeResubmission holds that a submission is put right as what it was, and that its text
// stays as it is once others have gone on with it.
func judgeResubmission(wrong Recorded, followed []Recorded, a Act) error {
	switch {
	case a.Revises != wrong.Revises:
		return Refuse(CodeInvalid, "%s is another kind of act: a rectification repeats the whole act with what is right", a.Rectifies)
	case len(followed) == 0 || a.Digest == wrong.Digest:
		return nil
	case followed[0].Kind == ActSubmit:
		return Refuse(CodeAlreadyDecided, "a new version of %s has taken the place of this one: its text can no longer be rectified", a.Subject)
	default:
		return Refuse(CodeAlreadyDecided, "a body has concluded on %s as handed in: its text can no longer be rectified", a.Subject)
	}
}

// VersionOf gives the number of the text that an act brings to a subject with these records:
// the next one, or that of what it puts right.
func VersionOf(records []Recorded, a Act) int {
	if at := slices.IndexFunc(records, func(r Recorded) bool { return r.ID == a.Rectifies }); a.Rectifies != "" && at >= 0 {
		return records[at].Version
	}
	return NextText(records)
}

// Concluded is a body of a chain and what it concluded last.
type Concluded struct {
	Body    Body    `json:"body"`    // which body
	Version int     `json:"version"` // on which it concluded
	Outcome Outcome `json:"outcome"` // what it concluded
	On      Date    `json:"on"`      // when
	// Older says that a newer version was handed in since.
	Older bool `json:"older,omitempty"`
}

// ConcludedOn lists the bodies of the chain that have concluded on a subject, in their order,
// each with the version on which it did last.
func ConcludedOn(e Entry, records []Recorded) []Concluded {
	acts, last := effective(records), 0
	concluded := make([]Concluded, len(e.Turns))
	for _, a := range acts {
		at := TurnOf(e, a.Body)
		switch {
		case a.Kind == ActSubmit:
			last = max(last, a.Version)
		case a.Kind == ActDecide && at >= 0 && !a.Outcome.Defers():
			concluded[at] = Concluded{Body: a.Body, Version: a.Version, Outcome: a.Outcome, On: a.Date}
		}
	}
	for i := range concluded {
		concluded[i].Older = concluded[i].Version < last
	}
	return slices.DeleteFunc(concluded, func(c Concluded) bool { return c.Body == "" })
}

// EarlierStand is the position that a delegation held on a version before the one that stands.
type EarlierStand struct {
	Version int  `json:"version"` // on which it was taken
	Body    Body `json:"body"`    // before which it was taken
	Stand
}

// EarlierPositions lists what delegations held on the versions before one: it counts for that
// one no more.
func EarlierPositions(records []Recorded, version int) []EarlierStand {
	var earlier []EarlierStand
	seen := map[EarlierStand]bool{}
	for _, r := range sinceReturn(records) {
		on := EarlierStand{Version: r.Version, Body: r.Body}
		if r.Kind != ActPosition || r.Version >= version || seen[on] {
			continue
		}
		seen[on] = true
		for _, held := range PositionsOn(records, r.Body, r.Version) {
			earlier = append(earlier, EarlierStand{r.Version, r.Body, held})
		}
	}
	slices.SortStableFunc(earlier, func(a, b EarlierStand) int { return cmp.Compare(a.Version, b.Version) })
	return earlier
}
