package policy

import (
	"cmp"
	"reflect"
	"slices"
)

// Amendment is a change of the definition of a running cycle. Each part given takes
// the place of the whole part in the definition; a part left out stays.
type Amendment struct {
	Reason               string         `json:"reason"`                          // why the cycle is amended
	Title                string         `json:"title,omitempty"`                 // the new name
	PolicyWindow         *Window        `json:"policy_window,omitempty"`         // when its policy is made
	ImplementationWindow *Window        `json:"implementation_window,omitempty"` // when its plans are carried out
	AdvisoryDocument     *Milestone     `json:"advisory_document,omitempty"`     // the policy advisory document
	Conclusions          *Milestone     `json:"conclusions,omitempty"`           // those of the Council, on the priorities
	Review               *OpenMilestone `json:"review,omitempty"`                // the interim assessment for the mid-cycle review
	Evaluation           *OpenMilestone `json:"evaluation,omitempty"`            // the independent evaluation
	MASP                 *MASP          `json:"masp,omitempty"`                  // which Multi-Annual Strategic Plans the cycle has
	// Periods are all periods from now on.
	Periods []Period `json:"periods,omitempty" jsonschema:"minItems=1"`
	// Priorities are all priorities from now on; one left out is withdrawn. Until the Council has
	// decided on them they are proposals, which change without a decision.
	Priorities []Priority `json:"priorities,omitempty" jsonschema:"minItems=1"`
	// Obligations are all reporting obligations from now on.
	Obligations []Obligation `json:"obligations,omitempty"`
	// Reminders says when those whose turn it is are reminded.
	Reminders *Reminders `json:"reminders,omitempty"`
	// Strategy is the key of the internal security strategy that the cycle serves from now on.
	Strategy string `json:"strategy,omitempty"`
	// Strategies are all strategies beside those that ship.
	Strategies []Strategy `json:"strategies,omitempty"`
	// Funds are all funds beside those that ship.
	Funds []Fund `json:"funds,omitempty"`
	// Bodies are all bodies beside those that ship; one left out has nothing before it and holds
	// no post.
	Bodies BodyTable `json:"bodies,omitempty"`
	// Vocabulary says in which words bodies conclude from now on, all that are other ones than
	// those that ship.
	Vocabulary []Usage `json:"vocabulary,omitempty"`
	// PreventionFloor is the least share of actions of prevention, in percent.
	PreventionFloor *int `json:"prevention_floor,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Weights are all rules that weigh less.
	Weights []Weight `json:"weights,omitempty"`
	// Sources name the public sources of the parts that are facts.
	Sources []Cited `json:"sources,omitempty"`
	// Illustrative lists the parts that no public source gives, by their path,
	// such as periods[].due.
	Illustrative []string `json:"illustrative,omitempty"`
	// Meetings are all meetings from now on. The Presidency sets them: an amendment of
	// meetings rests on no decision.
	Meetings []PlannedMeeting `json:"meetings,omitempty"`
	// Readers says who reads what is marked LIMITE beside those who usually do, and who
	// does not.
	Readers *Readers `json:"readers,omitempty"`
}

// NeedsDecision says whether the amendment must rest on a recorded decision, whatever the
// Council has decided: it changes more than meetings and priorities.
func (a Amendment) NeedsDecision() bool {
	moves := a.Meetings != nil || a.Priorities != nil
	a.Reason, a.Meetings, a.Priorities = "", nil, nil
	return !moves || !reflect.DeepEqual(a, Amendment{})
}

// Amend gives the definition with the amendment in place. New priorities carry
// the date of the decision it rests on; give the zero Date while the Council
// has not decided on the priorities, so that new ones are candidates like the
// others. It does not say whether the result is sound: see Validate and
// JudgeAmendment.
func (d Definition) Amend(a Amendment, decidedOn Date) Definition {
	d.Title = cmp.Or(a.Title, d.Title)
	replace(&d.PolicyWindow, a.PolicyWindow)
	replace(&d.ImplementationWindow, a.ImplementationWindow)
	replace(&d.Conclusions, a.Conclusions)
	replace(&d.Evaluation, a.Evaluation)
	replace(&d.MASP, a.MASP)
	d.AdvisoryDocument = cmp.Or(a.AdvisoryDocument, d.AdvisoryDocument)
	d.Review = cmp.Or(a.Review, d.Review)
	d.Reminders = cmp.Or(a.Reminders, d.Reminders)
	d.Strategy = cmp.Or(a.Strategy, d.Strategy)
	replace(&d.PreventionFloor, a.PreventionFloor)
	replaceList(&d.Strategies, a.Strategies)
	replaceList(&d.Funds, a.Funds)
	replaceList(&d.Bodies, a.Bodies)
	replaceList(&d.Vocabulary, a.Vocabulary)
	replaceList(&d.Weights, a.Weights)
	d.Readers = cmp.Or(a.Readers, d.Readers)
	replaceList(&d.Periods, a.Periods)
	replaceList(&d.Obligations, a.Obligations)
	replaceList(&d.Sources, a.Sources)
	replaceList(&d.Illustrative, a.Illustrative)
	replaceList(&d.Meetings, a.Meetings)
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

func replaceList[L ~[]T, T any](list *L, with L) {
	if with != nil {
		*list = with
	}
}

// addedOn dates the priorities that an amendment adds, and those that it words anew, by the
// decision on which it rests; zero while the Council has not decided on the priorities.
func addedOn(before, after []Priority, date Date) []Priority {
	after = slices.Clone(after)
	for i, p := range after {
		at := slices.IndexFunc(before, func(b Priority) bool { return b.Key == p.Key })
		after[i].AmendedOn = Date{}
		if at < 0 {
			after[i].AddedOn = date
			continue
		}
		after[i].AddedOn = before[at].AddedOn
		after[i].OAPs = oapsAddedOn(before[at].OAPs, p.OAPs, date)
	}
	return wordedOn(before, after, date)
}

// wordedOn dates the priorities that an amendment words anew, unless they are dated.
func wordedOn(before, after []Priority, date Date) []Priority {
	after = slices.Clone(after)
	for i, p := range after {
		at := slices.IndexFunc(before, func(b Priority) bool { return b.Key == p.Key })
		switch {
		case at < 0:
		case p.words().saysOf(before[at].words()):
			after[i].AmendedOn = before[at].AmendedOn
		case p.AmendedOn.IsZero():
			after[i].AmendedOn = date
		}
	}
	return after
}

// WordedOn gives a definition that came as a whole in the place of another, with the
// priorities dated that it words anew: see Amend.
func (d Definition) WordedOn(before *Definition, date Date) Definition {
	d.Priorities = wordedOn(before.Priorities, d.Priorities, date)
	return d
}

// DatedAs gives a definition as it is recorded that came as a whole: its priorities that were
// worded anew have been dated since.
func (d Definition) DatedAs(recorded *Definition) Definition {
	d.Priorities = slices.Clone(d.Priorities)
	for i := range d.Priorities {
		p := &d.Priorities[i]
		if was := recorded.Priority(p.Key); was != nil && p.AmendedOn.IsZero() {
			p.AmendedOn = was.AmendedOn
		}
	}
	return d
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

// JudgeScope says whether what a body concluded on a subject carries an amendment. What the
// Council set, its priorities, and the windows and periods in which they are carried out,
// changes by its conclusions on the priorities or by an item that was opened for it: who
// adopts an OAP withdraws no priority with it. Nor does a decision that was taken on a day
// before the last amendment, zero for none: what it still changes was not said then, and two
// people say so. The error has CodeNotCompetent or CodeFourEyes.
func JudgeScope(basis Subject, taken Date, before, amended *Definition, last Date) error {
	same := reflect.DeepEqual(before.Priorities, amended.Priorities) && reflect.DeepEqual(before.Periods, amended.Periods) &&
		before.PolicyWindow == amended.PolicyWindow && before.ImplementationWindow == amended.ImplementationWindow
	switch {
	case same:
		return nil
	case basis.Kind != KindPriorities && basis.Kind != KindItem:
		return Refuse(CodeNotCompetent, "what was concluded on %s changes no priorities, windows or periods: that rests on the Council's conclusions on the priorities, or on an item opened for it", basis)
	case taken.Before(last):
		return Refuse(CodeFourEyes, "the cycle was amended on %s, after %s was concluded on, on %s: what that still changes wants a second person. Open an item for it; once its outcome is recorded and confirmed, the amendment rests on that", last, basis, taken)
	default:
		return nil
	}
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
	return judgeDrivers(before, amended, on)
}

// judgeDrivers holds that an amendment gives no OAP to a State that has left, or that joins
// after the cycle.
func judgeDrivers(before, amended *Definition, on Date) error {
	bodies := amended.Bodies
	for _, p := range amended.Priorities {
		for _, oap := range p.OAPs {
			_, was := before.oap(oap.Key)
			if given := was == nil || was.Driver != oap.Driver; !given || !bodies.MemberState(oap.Driver) {
				continue
			}
			if ahead := (Window{on, Latest(on, amended.ImplementationWindow.To)}); !bodies.MemberWithin(oap.Driver, ahead) {
				return missing("priorities", "the OAP %s is given to %s, no member of the Union on %s: %s", oap.Key, bodies.Title(oap.Driver), on, bodies.membership(oap.Driver))
			}
		}
	}
	return nil
}
