package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Outlook is what people want to know of a run: what is open in it, before whom and until
// when. It counts for the day on which it was made, and stays right until the run looks again:
// that is when a turn becomes overdue, for then its reminder is due.
type Outlook struct {
	// Title is that of the cycle, or of the plan; left out where Shown does not let it stand.
	Title string `json:"title,omitempty"`
	// Rehearsal says that the cycle is played, not lived through.
	Rehearsal bool `json:"rehearsal,omitempty"`
	// Shown is the highest marking of what stands here.
	Shown Marking `json:"shown,omitempty"`
	// Today is the day for which all of it counts, on the calendar of the cycle.
	Today Date `json:"today,omitzero"`
	// Open lists what is awaited of somebody, what is due first at the top.
	Open []Awaited `json:"open,omitempty"`
	// More is how many others are open that are not listed.
	More int `json:"more,omitempty"`
	// Turn lists those whose turn it is, on anything that is open.
	Turn []Body `json:"turn,omitempty"`
	// Names gives their titles to those of them that the file of the cycle names; left out where
	// Shown does not let titles stand.
	Names map[Body]string `json:"names,omitempty"`
	// NextDue is when the first of all that is open is due; it may have passed.
	NextDue Date `json:"next_due,omitzero"`
	// Overdue says that the due date of something open has passed.
	Overdue bool `json:"overdue,omitempty"`
	// Deadlines lists the next days, today included, on which something ends.
	Deadlines []Deadline `json:"deadlines,omitempty"`
}

// Awaited is a subject that is open, and what is awaited on it.
type Awaited struct {
	// Subject is its path, with the cycle.
	Subject Subject `json:"subject"`
	// Title is left out where the marking of the outlook does not let it stand.
	Title string `json:"title,omitempty"`
	// State is drafting or deciding; closed where the final text of what was adopted is awaited.
	State State `json:"state"`
	// Version is the one handed in last; left out where there is none.
	Version int `json:"version,omitempty"`
	// Digest is that of this version.
	Digest string `json:"digest,omitempty"`
	// Turn lists those whose turn it is; empty while any Member State may hand it in.
	Turn []Body `json:"turn,omitempty"`
	// Since is when that turn began.
	Since Date `json:"since,omitzero"`
	// Due is when it is to end.
	Due Date `json:"due,omitzero"`
	// Overdue says that this day has passed.
	Overdue bool `json:"overdue,omitempty"`
	// Silence is the last day of a silence procedure under way.
	Silence Date `json:"silence,omitzero"`
	// Waiting is what was recorded and waits for a second person.
	Waiting *Waiting `json:"waiting,omitempty"`
}

// Waiting is a recorded outcome that has no effect yet, and what it states.
type Waiting struct {
	// ID is that of the record: what a confirmation confirms.
	ID string `json:"id"`
	// Kind is what was done, such as decide.
	Kind ActKind `json:"kind,omitempty"`
	// Body is the one that concluded.
	Body Body `json:"body,omitempty"`
	// Outcome is what it concluded.
	Outcome Outcome `json:"outcome,omitempty"`
	// Date is the day on which it did.
	Date Date `json:"date,omitzero"`
	// Document is where that stands.
	Document DocumentRef `json:"document,omitempty"`
	// Stated is the digest of all that the record states: the digest of a confirmation.
	Stated string `json:"stated,omitempty"`
}

// Deadline is a day on which something ends.
type Deadline struct {
	// On is the last day.
	On Date `json:"on"`
	// Subject is what is due by then.
	Subject Subject `json:"subject"`
	// Silence says that it is the end of a silence procedure, not of the turn.
	Silence bool `json:"silence,omitempty"`
}

// What an outlook holds at most. It stands in the history of a run with each answer, and a
// cycle may have thousands of items open.
const (
	MostAwaited   = 20
	MostDeadlines = 5
)

// Name gives their titles to the bodies whose turn it is that a cycle names itself.
func (o *Outlook) Name(bodies BodyTable) {
	for _, b := range o.Turn {
		if title, own := bodies.OwnTitle(b); own && title != "" {
			if o.Names == nil {
				o.Names = map[Body]string{}
			}
			o.Names[b] = title
		}
	}
}

// Titles joins the titles of bodies for a sentence, as the cycle names them: "Presidency or
// Arms Tracing Agency".
func (o Outlook) Titles(bodies []Body) string {
	var own BodyTable
	for _, b := range bodies {
		if title := o.Names[b]; title != "" {
			own = append(own, KnownBody{Body: b, Title: title})
		}
	}
	return own.Titles(bodies)
}

// OutlookOf gives the outlook on what is open on a day. What waits for a second person is
// known by its ID alone.
func OutlookOf(open []Standing, today Date) Outlook {
	open = slices.DeleteFunc(slices.Clone(open), func(s Standing) bool { return !s.Awaited() })
	slices.SortFunc(open, func(a, b Standing) int {
		return cmp.Or(soonest(a.Due, b.Due), strings.Compare(a.Subject.String(), b.Subject.String()))
	})
	o := Outlook{Today: today}
	turns := map[Body]bool{}
	for i, s := range open {
		if i < MostAwaited {
			o.Open = append(o.Open, awaited(s, today))
		}
		for _, body := range s.Turn {
			turns[body] = true
		}
		o.Overdue = o.Overdue || s.MissedOn(today)
		o.NextDue = Earliest(o.NextDue, s.Due)
	}
	o.More = len(open) - len(o.Open)
	for body := range turns {
		o.Turn = append(o.Turn, body)
	}
	slices.Sort(o.Turn)
	o.Deadlines = deadlines(open, today)
	return o
}

// soonest orders days; what has none comes last.
func soonest(a, b Date) int {
	if a.IsZero() != b.IsZero() {
		return b.Compare(a)
	}
	return a.Compare(b)
}

func awaited(s Standing, today Date) Awaited {
	a := Awaited{
		Subject: s.Subject, State: s.State, Version: s.Version, Digest: s.Digest,
		Turn: s.Turn, Since: s.Since, Due: s.Due, Overdue: s.MissedOn(today),
	}
	if s.Silence != nil && !s.Silence.Broken {
		a.Silence = s.Silence.Deadline
	}
	if s.Pending != "" {
		a.Waiting = &Waiting{ID: s.Pending}
	}
	return a
}

// deadlines gives the next days on which something ends of what is open.
func deadlines(open []Standing, today Date) []Deadline {
	var next []Deadline
	add := func(d Deadline) {
		if !d.On.IsZero() && !d.On.Before(today) {
			next = append(next, d)
		}
	}
	for _, s := range open {
		add(Deadline{On: s.Due, Subject: s.Subject})
		if s.Silence != nil && !s.Silence.Broken {
			add(Deadline{On: s.Silence.Deadline, Subject: s.Subject, Silence: true})
		}
	}
	slices.SortStableFunc(next, func(a, b Deadline) int { return a.On.Compare(b.On) })
	return next[:min(len(next), MostDeadlines)]
}

// ShownUpTo gives the outlook without titles that are marked above: they are LIMITE. Where things
// stand is left in, for whoever may ask a run; Temporal's page and list leave that out by Shown.
func (o Outlook) ShownUpTo(marking Marking) Outlook {
	o.Shown = marking
	if !Limite.Above(marking) {
		return o
	}
	o.Title, o.Names = "", nil
	o.Open = slices.Clone(o.Open)
	for i := range o.Open {
		o.Open[i].Title = ""
	}
	return o
}
