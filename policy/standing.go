package policy

import (
	"cmp"
	"slices"
)

// State is the state of a subject.
type State string

// The states of a subject.
const (
	// StateUpcoming is a subject whose time has not come.
	StateUpcoming State = "upcoming"
	// StateDrafting waits for a version to be handed in.
	StateDrafting State = "drafting"
	// StateDeciding waits for a body to conclude on the version handed in.
	StateDeciding State = "deciding"
	// StateClosed has its outcome.
	StateClosed State = "closed"
)

// Standing is where a subject stands. It follows from its agenda entry and the
// acts recorded on it, and from nothing else.
type Standing struct {
	Subject Subject `json:"subject"`
	State   State   `json:"state"`
	Version int     `json:"version"`          // the one handed in last; 0 for none
	Digest  string  `json:"digest,omitempty"` // of that version
	// Turns is how many bodies have had their turn on this version, or on one whose place it took.
	Turns int `json:"turns"`
	// Turn lists those whose turn it is; empty once closed, and while any
	// Member State may hand in a plan that has no driver. What was adopted with amendments
	// waits for its final text: that is the turn of the General Secretariat.
	Turn     []Body        `json:"turn,omitempty"`
	Since    Date          `json:"since,omitzero"`    // when that turn began
	Due      Date          `json:"due,omitzero"`      // when it is to end
	Outcome  Outcome       `json:"outcome,omitempty"` // once closed
	Items    []ItemOutcome `json:"items,omitempty"`   // once closed
	ClosedOn Date          `json:"closed_on,omitzero"`
	// LastAct is the date of the last act recorded; left out for none.
	LastAct Date `json:"last_act,omitzero"`
	// Silence is the silence procedure that was launched on the version that
	// stands; left out where there is none.
	Silence *Silence `json:"silence,omitempty"`
	// Pending is the ID of a recorded outcome that waits for a second person;
	// empty for none.
	Pending string `json:"pending,omitempty"`
}

// Open says whether something is awaited on the subject.
func (s Standing) Open() bool { return s.State == StateDrafting || s.State == StateDeciding }

// AwaitsFinal says whether the subject was adopted with amendments, and its final text is
// awaited. What rests on it goes on.
func (s Standing) AwaitsFinal() bool { return s.State == StateClosed && !s.Due.IsZero() }

// Awaited says whether anything is awaited of anybody: see Open and AwaitsFinal.
func (s Standing) Awaited() bool { return s.Open() || s.AwaitsFinal() }

// Positive says whether the subject ended with an outcome on which others may
// rest.
func (s Standing) Positive() bool { return s.State == StateClosed && s.Outcome.Positive() }

// MissedOn says whether the turn is overdue on a date.
func (s Standing) MissedOn(today Date) bool { return s.Awaited() && today.After(s.Due) }

// StandingOf folds the acts recorded on a subject, in their order, into where
// it stands. A rectified act counts as its rectification says, in the place of
// the first. opened is the date on which the subject was opened.
func StandingOf(e Entry, opened Date, records []Recorded) Standing {
	s := fold(e, opened, effective(records))
	if s.State == StateDeciding {
		s.Silence = SilenceIn(records, s.Version)
	}
	if waiting := PendingIn(records); waiting != nil {
		s.Pending = waiting.ID
	}
	return s
}

// Return stands among the acts on a subject where an amendment brought it back, on a day,
// after so many versions had been handed in: it begins anew, and what was done before
// counts no more.
func Return(subject Subject, on Date, versions int) Recorded {
	return Recorded{Act: Act{Kind: ActAmend, Subject: subject, Date: on, Version: versions}}
}

// sinceReturn leaves out the acts from before a subject came back.
func sinceReturn(records []Recorded) []Recorded {
	for i, r := range slices.Backward(records) {
		if r.Kind == ActAmend {
			return records[i:]
		}
	}
	return records
}

// fold gives where a subject stands by acts that all count.
func fold(e Entry, opened Date, acts []Recorded) Standing {
	s := Standing{Subject: e.Subject}
	if len(acts) > 0 && acts[0].Kind == ActAmend { // it came back
		s.Version, acts = acts[0].Version, acts[1:]
	}
	s = s.draft(e, opened)
	for _, act := range acts {
		s = s.after(e, act.Act)
	}
	return s
}

// Upcoming gives the standing of a subject that is not open yet.
func Upcoming(e Entry) Standing {
	return Standing{Subject: e.Subject, State: StateUpcoming, Turn: e.Submitters, Since: e.Opens, Due: e.SubmitBy}
}

// InEffect gives the acts that have effect: those that need no second person,
// and those that one has confirmed.
func InEffect(records []Recorded) []Recorded {
	confirmed := map[string]bool{}
	for _, r := range records {
		if r.Kind == ActConfirm {
			confirmed[r.Confirms] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(records), func(r Recorded) bool {
		return r.Kind == ActConfirm || r.Kind == ActSetAside || r.Confirmed() && !confirmed[r.ID]
	})
}

// PendingIn gives the outcome that waits for a second person; nil for none.
// There is at most one on a subject.
func PendingIn(records []Recorded) *Recorded {
	dealt := map[string]bool{}
	records = sinceReturn(records)
	for i, r := range slices.Backward(records) {
		if r.Kind == ActConfirm || r.Kind == ActSetAside {
			dealt[r.Confirms] = true
		} else if r.Confirmed() && !dealt[r.ID] {
			return &records[i]
		}
	}
	return nil
}

// effective gives the acts that count, after a return that stands first among them, and
// puts each rectification in the place of the act that it rectifies. What a silence
// procedure ended in counts no more once an objection is recorded that was made in time.
func effective(records []Recorded) []Recorded {
	var acts []Recorded
	for _, r := range InEffect(sinceReturn(records)) {
		if r.Rectifies == "" {
			acts = append(acts, r)
			continue
		}
		at := slices.IndexFunc(acts, func(earlier Recorded) bool { return earlier.ID == r.Rectifies })
		if at < 0 {
			continue
		}
		// Every rectification names the first act, also where it was rectified
		// before.
		r.ID, r.Rectifies = acts[at].ID, ""
		if r.Kind == ActSubmit {
			r.Version = acts[at].Version
		}
		acts[at] = r
	}
	return slices.DeleteFunc(acts, func(r Recorded) bool { return r.endsSilence() && objected(records, r) })
}

// after gives the standing once an act that Judge let pass is recorded.
func (s Standing) after(e Entry, a Act) Standing {
	if a.Kind == ActFinalise && s.AwaitsFinal() {
		s.Turn, s.Due = nil, Date{}
	}
	if s.State == StateClosed || a.Kind == ActPosition || a.Kind == ActLaunch {
		return s
	}
	s.LastAct = Latest(s.LastAct, a.Date)
	switch a.Kind {
	case ActSubmit:
		s.Version = max(s.Version+1, a.Version) // a text that is no version may have had a number
		s.Digest = a.Digest
		if s.State == StateDeciding {
			return s.revised(e, a.Date)
		}
		return s.turn(e, 0, a.Date, Delivered)
	case ActDecide:
		return s.decided(e, a)
	default:
		return s
	}
}

func (s Standing) decided(e Entry, a Act) Standing {
	at := TurnOf(e, a.Body)
	last := at == len(e.Turns)-1
	switch {
	case a.Outcome == ReferredBack:
		return s.draft(e, a.Date)
	case a.Outcome == NotAgreed && last:
		s = s.close(a.Date, NotAgreed)
		s.Items = SortItems(a.Items)
		return s
	case a.Outcome.Defers():
		return s // it stays before the same body, and due when it was
	default:
		// Adopted, noted, or passed up without agreement.
		s = s.turn(e, at+1, a.Date, a.Outcome)
		if last {
			s.Items = SortItems(a.Items)
		}
		return s
	}
}

// SortItems puts outcomes in the order of their items.
func SortItems(items []ItemOutcome) []ItemOutcome {
	return slices.SortedFunc(slices.Values(items), func(x, y ItemOutcome) int { return cmp.Compare(x.Item, y.Item) })
}

// draft puts the subject back to those who hand it in.
func (s Standing) draft(e Entry, since Date) Standing {
	due := e.SubmitBy
	if s.Version > 0 {
		due = e.nextDue(since)
	}
	s.State, s.Turns, s.Turn = StateDrafting, 0, e.Submitters
	s.Since, s.Due = since, due
	return s
}

// nextDue is the first planned date of the entry from a date on, and the last
// one when all have passed.
func (e Entry) nextDue(from Date) Date {
	if !e.SubmitBy.Before(from) {
		return e.SubmitBy
	}
	for _, turn := range e.Turns {
		if !turn.Due.Before(from) {
			return turn.Due
		}
	}
	return e.Due
}

// turn gives the at-th body its turn, or closes the subject with the outcome
// when no body is left.
func (s Standing) turn(e Entry, at int, since Date, outcome Outcome) Standing {
	if at >= len(e.Turns) {
		s = s.close(since, outcome)
		if outcome == AdoptedWithAmendments {
			s.Turn, s.Due = []Body{GeneralSecretariat}, since.AddDays(cmp.Or(e.FinalTextDays, usualFinalTextDays))
		}
		return s
	}
	s.State, s.Turns, s.Turn = StateDeciding, at, []Body{e.Turns[at].Body}
	s.Since, s.Due = since, e.Turns[at].Due
	return s
}

func (s Standing) close(on Date, outcome Outcome) Standing {
	s.State, s.Turn, s.Due = StateClosed, nil, Date{}
	s.Since, s.ClosedOn, s.Outcome = on, on, outcome
	return s
}

// Discontinue closes an open subject that an amendment took away.
func (s Standing) Discontinue(on Date) Standing { return s.close(on, Discontinued) }

// Lapse closes an obligation that was never met once a later one was.
func (s Standing) Lapse(on Date) Standing { return s.close(on, Lapsed) }

// DueOf says when an act fell due: a decision when its body had its turn, also
// where earlier bodies were skipped; a submission when it was awaited. Nobody awaits a
// version that takes the place of another.
func (e Entry) DueOf(a Act, s Standing) Date {
	switch at := TurnOf(e, a.Body); {
	case a.Revises > 0:
		return Date{}
	case a.Kind == ActDecide && at >= 0 && (at > s.Turns || !e.Turns[at].Again):
		return e.Turns[at].Due
	default:
		return s.Due
	}
}

// TurnOf gives the place of a body in the chain of an entry, from 0; -1 where it has no turn.
func TurnOf(e Entry, body Body) int {
	return slices.IndexFunc(e.Turns, func(t Turn) bool { return t.Body == body })
}

// Settles says whether the turn at which the subject stands is the last one.
func (e Entry) Settles(s Standing) bool {
	if s.State == StateDrafting {
		return len(e.Turns) == 0
	}
	return s.Turns == len(e.Turns)-1
}
