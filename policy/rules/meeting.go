package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Ripeness is how far a subject is that a meeting is to deal with.
type Ripeness string

// How far a subject may be.
const (
	Ripe          Ripeness = "ripe"          // it is before the body
	RipeBlocked   Ripeness = "blocked"       // it is, and a rule stands against it
	RipeMissing   Ripeness = "missing"       // its document was not handed in
	RipeRecorded  Ripeness = "recorded"      // its outcome is recorded and waits for a second person
	RipeElsewhere Ripeness = "before-others" // an earlier body has not concluded
	RipeUpcoming  Ripeness = "upcoming"      // work on it has not begun
	RipeSettled   Ripeness = "settled"       // it has its outcome
)

// MeetingItem is one subject that a meeting is to deal with.
type MeetingItem struct {
	Number   int           `json:"number"`            // on the agenda, from 1
	Section  Section       `json:"section,omitempty"` // of the agenda of the Council, or of Coreper
	Subject  string        `json:"subject"`           // its path
	Title    string        `json:"title"`
	Ripeness Ripeness      `json:"ripeness"`
	Turn     []policy.Body `json:"turn,omitempty"` // whom it waits for, if not ripe
	Due      policy.Date   `json:"due"`
	Version  int           `json:"version,omitempty"`
	Digest   string        `json:"digest,omitempty"` // of that version
	// Tabled says that it stands on the agenda.
	Tabled  bool           `json:"tabled"`
	Outcome policy.Outcome `json:"outcome,omitempty"` // once settled
	// Words are those of the body for outcomes, where they are its own.
	Words policy.Wording `json:"words,omitempty"`
	// DraftOutcome is the outcome to be expected, unless a rule stands against it.
	DraftOutcome policy.Outcome `json:"draft_outcome,omitempty"`
	// Draft is a draft of the sentence for it.
	Draft    string           `json:"draft,omitempty"`
	Findings []policy.Finding `json:"findings,omitempty"`
	// Outcomes lists what the body can conclude, where the item is before it.
	Outcomes []policy.Outcome `json:"outcomes,omitempty"`
	// May lists what the reader may do about it now.
	May []policy.Deed `json:"may,omitempty"`
}

// MeetingOutcome is what a meeting concluded on one subject.
type MeetingOutcome struct {
	ID       string             `json:"id"`                // of the act
	Number   int                `json:"number"`            // of its subject on the agenda, from 1
	Section  Section            `json:"section,omitempty"` // in which it stood
	Subject  string             `json:"subject"`           // its path
	Title    string             `json:"title"`
	Outcome  policy.Outcome     `json:"outcome"`
	Words    policy.Wording     `json:"words,omitempty"` // of the body for it, where they are its own
	Document policy.DocumentRef `json:"document"`
	Date     policy.Date        `json:"date"`
	// State is waiting for a second person, in-effect, set-aside or corrected.
	State OutcomeState `json:"state"`
	By    string       `json:"by,omitempty"` // who recorded it
	// Second is who confirmed it or set it aside.
	Second string `json:"second,omitempty"`
	// May lists what the reader may do about one that waits.
	May []policy.Deed `json:"may,omitempty"`
}

// OutcomeState is what became of an outcome that was recorded.
type OutcomeState string

// What may become of an outcome.
const (
	OutcomeWaiting   OutcomeState = "waiting"   // for a second person
	OutcomeInEffect  OutcomeState = "in-effect" // confirmed, or needing nobody
	OutcomeSetAside  OutcomeState = "set-aside"
	OutcomeCorrected OutcomeState = "corrected" // by a later entry
)

// MeetingView is a meeting with what it is to deal with and what it concluded.
type MeetingView struct {
	policy.PlannedMeeting
	Items []MeetingItem `json:"items"`
	// Outcomes is the record of the meeting: every decision that names it, or that
	// its body took on its day and that names none.
	Outcomes []MeetingOutcome `json:"outcomes"`
	// Others are items on the agenda that are no subject of the cycle, by their titles.
	Others     []string `json:"others,omitempty"`
	Monitoring bool     `json:"monitoring"` // whether an item on monitoring is there
	// May lists what the reader may do about the meeting itself.
	May []policy.Deed `json:"may,omitempty"`
}

// MeetingView tells what is ripe for a meeting, what is missing, and what
// stands on its agenda. A meeting that does not exist is CodeUnknown.
func (d *Snapshot) MeetingView(key string) (*MeetingView, error) {
	m := d.Definition.Meeting(key)
	if m == nil {
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle has no meeting %q", key)
	}
	view := &MeetingView{PlannedMeeting: *m, Items: []MeetingItem{}, Outcomes: []MeetingOutcome{}}
	tabled, titles := map[string]bool{}, map[string]string{}
	for _, row := range rowsOf[*policy.AgendaItem](d, policy.RegAgenda) {
		if item, here := strings.CutPrefix(row.Key, key+"/"); here && !row.body.Removed {
			tabled[item], titles[item] = true, row.body.Title
			view.Monitoring = view.Monitoring || row.body.Monitoring
		}
	}
	var order []string
	for _, e := range d.WholeAgenda() {
		path := e.Subject.Path()
		item, due := d.meetingItem(e, m)
		if due = due || tabled[path]; due {
			item.Tabled = tabled[path]
			view.Items = append(view.Items, item)
			delete(tabled, path)
		}
		concluded := d.outcomesAt(e, m)
		if view.Outcomes = append(view.Outcomes, concluded...); due || len(concluded) > 0 {
			order = append(order, path)
		}
	}
	for other := range tabled {
		view.Others = append(view.Others, cmp.Or(titles[other], other))
	}
	slices.Sort(view.Others)
	view.number(order)
	return view, nil
}

// meetingItem says how far a subject is, and whether the meeting is to deal
// with it: it is open, and the body's turn falls due by then.
func (d *Snapshot) meetingItem(e policy.Entry, m *policy.PlannedMeeting) (MeetingItem, bool) {
	s := d.Standing(e)
	item := MeetingItem{Subject: e.Subject.Path(), Title: e.Title, Version: s.Version, Digest: s.Digest, Due: e.Due}
	at := policy.TurnOf(e, m.Body)
	if at < 0 {
		return item, false
	}
	item.Due, item.Words = e.Turns[at].Due, d.Definition.Wording(e.Subject.Kind, m.Body)
	item.Section = d.sectionOf(e, at, s.Version)
	switch {
	case s.State == policy.StateDeciding && s.Turn[0] == m.Body && s.Pending != "":
		item.Ripeness = RipeRecorded
	case s.State == policy.StateDeciding && s.Turn[0] == m.Body:
		item.Ripeness, item.Outcomes = Ripe, e.OutcomesFor(s, m.Body, d.Today)
		if at == len(e.Turns)-1 {
			item.Findings = d.Blocking(e.Subject)
		}
		if len(item.Findings) > 0 {
			item.Ripeness = RipeBlocked
			break // nothing is drafted that a rule does not let pass
		}
		item.draft(d.Definition.Bodies.Title(m.Body), d.Definition.UsualOutcome(e.Subject.Kind, m.Body, at == len(e.Turns)-1))
	case s.State == policy.StateDeciding:
		item.Ripeness, item.Turn = RipeElsewhere, s.Turn
	case s.State == policy.StateDrafting:
		item.Ripeness, item.Turn = RipeMissing, s.Turn
	case s.State == policy.StateClosed:
		item.Ripeness, item.Outcome, item.Words = RipeSettled, s.Outcome, d.Definition.SettledIn(e)
		return item, false
	default:
		item.Ripeness = RipeUpcoming
		return item, false
	}
	return item, m.Cancelled.IsZero() && !item.Due.After(m.On) && (at >= s.Turns)
}

// draft drafts the outcome that is to be expected of an item before the body, unless that
// cannot be concluded now.
func (i *MeetingItem) draft(body string, expected policy.Outcome) {
	if slices.Contains(i.Outcomes, expected) {
		i.DraftOutcome = expected
		i.Draft = fmt.Sprintf("%s on %s, version %d: %s.", body, i.Title, i.Version, i.Words.Title(expected))
	}
}

// outcomesAt lists what a meeting concluded on a subject, and what became of that.
func (d *Snapshot) outcomesAt(e policy.Entry, m *policy.PlannedMeeting) []MeetingOutcome {
	var outcomes []MeetingOutcome
	records := d.Acts[e.Subject]
	for _, r := range records {
		if r.Kind != policy.ActDecide || !d.Definition.TookPlaceAt(r.Act, m) {
			continue
		}
		o := MeetingOutcome{
			ID: r.ID, Subject: e.Subject.Path(), Title: e.Title, Document: r.Document, Date: r.Date,
			Outcome: r.Outcome, Words: d.Definition.Wording(e.Subject.Kind, m.Body), State: OutcomeInEffect, By: r.By.String(),
		}
		if at := policy.TurnOf(e, m.Body); at >= 0 {
			o.Section = d.sectionOf(e, at, r.Version)
		}
		if waiting := policy.PendingIn(records); waiting != nil && waiting.ID == r.ID {
			o.State = OutcomeWaiting
		}
		for _, later := range records {
			switch {
			case later.Confirms == r.ID && later.Kind == policy.ActSetAside:
				o.State, o.Second = OutcomeSetAside, later.By.String()
			case later.Confirms == r.ID:
				o.Second = later.By.String()
			case later.Rectifies == r.ID && slices.ContainsFunc(policy.InEffect(records), func(c policy.Recorded) bool { return c.ID == later.ID }):
				o.State = OutcomeCorrected
			}
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}
