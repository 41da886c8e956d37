package policy

import (
	"reflect"
	"slices"
)

// Amendment changes the definition of a running cycle. Each part given takes
// the place of the whole part in the definition; a part left out stays.
type Amendment struct {
	Reason               string         `json:"reason"`
	Title                string         `json:"title,omitempty"`
	PolicyWindow         *Window        `json:"policy_window,omitempty"`
	ImplementationWindow *Window        `json:"implementation_window,omitempty"`
	AdvisoryDocument     *Milestone     `json:"advisory_document,omitempty"`
	Conclusions          *Milestone     `json:"conclusions,omitempty"`
	Review               *OpenMilestone `json:"review,omitempty"`
	Evaluation           *OpenMilestone `json:"evaluation,omitempty"`
	MASP                 *MASP          `json:"masp,omitempty"`
	Periods              []Period       `json:"periods,omitempty"`
	Priorities           []Priority     `json:"priorities,omitempty"`
	Obligations          []Obligation   `json:"obligations,omitempty"`
	Reminders            *Reminders     `json:"reminders,omitempty"`
	Illustrative         []string       `json:"illustrative,omitempty"`
	// Meetings takes the place of the whole calendar of meetings. The Presidency
	// sets it: an amendment of meetings alone rests on no decision.
	Meetings []PlannedMeeting `json:"meetings,omitempty"`
}

// NeedsDecision says whether the amendment must rest on a recorded decision.
func (a Amendment) NeedsDecision() bool {
	moves := a.Meetings != nil
	a.Reason, a.Meetings = "", nil
	return !moves || !reflect.DeepEqual(a, Amendment{})
}

// Amend gives the definition with the amendment in place. New priorities carry
// the date of the decision it rests on; give the zero Date while the Council
// has not decided on the priorities, so that new ones are candidates like the
// others. It does not say whether the result is sound: see Validate and
// JudgeAmendment.
func (d Definition) Amend(a Amendment, decidedOn Date) Definition {
	if a.Title != "" {
		d.Title = a.Title
	}
	replace(&d.PolicyWindow, a.PolicyWindow)
	replace(&d.ImplementationWindow, a.ImplementationWindow)
	replace(&d.Conclusions, a.Conclusions)
	replace(&d.Evaluation, a.Evaluation)
	replace(&d.MASP, a.MASP)
	if a.AdvisoryDocument != nil {
		d.AdvisoryDocument = a.AdvisoryDocument
	}
	if a.Review != nil {
		d.Review = a.Review
	}
	if a.Reminders != nil {
		d.Reminders = a.Reminders
	}
	if a.Periods != nil {
		d.Periods = a.Periods
	}
	if a.Obligations != nil {
		d.Obligations = a.Obligations
	}
	if a.Illustrative != nil {
		d.Illustrative = a.Illustrative
	}
	if a.Meetings != nil {
		d.Meetings = a.Meetings
	}
	if a.Priorities != nil {
		d.Priorities = addedOn(d.Priorities, a.Priorities, decidedOn)
	}
	return d
}

func replace[T any](part *T, with *T) {
	if with != nil {
		*part = *with
	}
}

func addedOn(before, after []Priority, date Date) []Priority {
	after = slices.Clone(after)
	for i, p := range after {
		at := slices.IndexFunc(before, func(b Priority) bool { return b.Key == p.Key })
		if at < 0 {
			after[i].AddedOn = date
			continue
		}
		after[i].AddedOn = before[at].AddedOn
		after[i].OAPs = oapsAddedOn(before[at].OAPs, p.OAPs, date)
	}
	return after
}

// oapsAddedOn dates the OAPs that come to a priority by a split or merger.
func oapsAddedOn(before, after []OAP, date Date) []OAP {
	after = slices.Clone(after)
	for i, oap := range after {
		at := slices.IndexFunc(before, func(b OAP) bool { return b.Key == oap.Key })
		if at < 0 {
			after[i].AddedOn = date
		} else {
			after[i].AddedOn = before[at].AddedOn
		}
	}
	return after
}

// JudgeAmendment says whether a definition may take the place of the one in
// force on a date. What has begun cannot be taken back: a period that has
// started stays, and so does the key. Priorities and plans that are withdrawn
// are discontinued, whatever their state. The error has CodeInvalid.
func JudgeAmendment(before, amended *Definition, on Date) error {
	if amended.Key != before.Key {
		return missing("key", "an amendment keeps the key of the cycle: %s", before.Key)
	}
	for _, period := range before.Periods {
		if period.From.After(on) {
			continue
		}
		at := slices.IndexFunc(amended.Periods, func(p Period) bool { return p.Key == period.Key })
		if at < 0 || amended.Periods[at].From != period.From {
			return missing("periods", "the period %s began on %s, before the decision of %s: it cannot be taken away", period.Key, period.From, on)
		}
	}
	return nil
}
