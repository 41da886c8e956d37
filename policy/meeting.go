package policy

import "slices"

// Ripeness is how far a subject is that a meeting is to deal with.
type Ripeness string

// How far a subject may be.
const (
	Ripe          Ripeness = "ripe"          // it is before the body
	RipeBlocked   Ripeness = "blocked"       // it is, and a rule stands against it
	RipeMissing   Ripeness = "missing"       // its document was not handed in
	RipeElsewhere Ripeness = "before-others" // an earlier body has not concluded
	RipeUpcoming  Ripeness = "upcoming"      // work on it has not begun
	RipeSettled   Ripeness = "settled"       // it has its outcome
)

// MeetingItem is one subject that a meeting is to deal with.
type MeetingItem struct {
	Subject  string   `json:"subject"` // its path
	Title    string   `json:"title"`
	Ripeness Ripeness `json:"ripeness"`
	Turn     []Body   `json:"turn,omitempty"` // whom it waits for, if not ripe
	Due      Date     `json:"due"`
	Version  int      `json:"version,omitempty"`
	// Tabled says that it stands on the agenda.
	Tabled  bool    `json:"tabled"`
	Outcome Outcome `json:"outcome,omitempty"` // once settled
	// DraftOutcome is the outcome to be expected, unless a rule stands against it.
	DraftOutcome Outcome `json:"draft_outcome,omitempty"`
	// Draft is a draft of the sentence for it.
	Draft string `json:"draft,omitempty"`
	// DraftSaid is of what the draft was made.
	DraftSaid Sentence  `json:"-"`
	Findings  []Finding `json:"findings,omitempty"`
}

// MeetingView is a meeting with what it is to deal with.
type MeetingView struct {
	PlannedMeeting
	Items []MeetingItem `json:"items"`
	// Others are items on the agenda that are no subject of the cycle.
	Others     []string `json:"others,omitempty"`
	Monitoring bool     `json:"monitoring"` // whether an item on monitoring is there
}

// MeetingView tells what is ripe for a meeting, what is missing, and what
// stands on its agenda. A meeting that does not exist is CodeUnknown.
func (d *Dossier) MeetingView(key string) (*MeetingView, error) {
	m := d.Definition.Meeting(key)
	if m == nil {
		return nil, Refuse(CodeUnknown, "the cycle has no meeting %q", key)
	}
	view := &MeetingView{PlannedMeeting: *m, Items: []MeetingItem{}}
	tabled := map[string]bool{}
	for _, row := range rowsOf[*AgendaItem](d, RegAgenda) {
		if len(row.Key) <= len(key) || row.Key[:len(key)+1] != key+"/" || row.body.Removed {
			continue
		}
		tabled[row.Key[len(key)+1:]] = true
		view.Monitoring = view.Monitoring || row.body.Monitoring
	}
	for _, e := range d.Agenda() {
		path := e.Subject.Path()
		if item, due := d.meetingItem(e, m); due || tabled[path] {
			item.Tabled = tabled[path]
			view.Items = append(view.Items, item)
			delete(tabled, path)
		}
	}
	for other := range tabled {
		view.Others = append(view.Others, other)
	}
	slices.Sort(view.Others)
	return view, nil
}

// meetingItem says how far a subject is, and whether the meeting is to deal
// with it: it is open, and the body's turn falls due by then.
func (d *Dossier) meetingItem(e Entry, m *PlannedMeeting) (MeetingItem, bool) {
	s := d.Standing(e)
	item := MeetingItem{Subject: e.Subject.Path(), Title: e.Title, Version: s.Version, Due: e.Due}
	at := turnOf(e, m.Body)
	if at < 0 {
		return item, false
	}
	item.Due = e.Turns[at].Due
	switch {
	case s.State == StateDeciding && s.Turn[0] == m.Body:
		item.Ripeness = Ripe
		if at == len(e.Turns)-1 {
			item.Findings = d.Blocking(e.Subject)
		}
		if len(item.Findings) > 0 {
			item.Ripeness = RipeBlocked
			break // nothing is drafted that a rule does not let pass
		}
		item.draft(e, m.Body, at)
	case s.State == StateDeciding:
		item.Ripeness, item.Turn = RipeElsewhere, s.Turn
	case s.State == StateDrafting:
		item.Ripeness, item.Turn = RipeMissing, s.Turn
	case s.State == StateClosed:
		item.Ripeness, item.Outcome = RipeSettled, s.Outcome
		return item, false
	default:
		item.Ripeness = RipeUpcoming
		return item, false
	}
	return item, !item.Due.After(m.On) && (at >= s.Turns)
}

// draft drafts the outcome of an item that is before the body: who settles the
// subject adopts it, where such subjects are adopted; who comes before takes note.
func (i *MeetingItem) draft(e Entry, body Body, at int) {
	if at == len(e.Turns)-1 && e.Subject.Kind.Adopted() {
		i.DraftOutcome = Adopted
		i.Draft, i.DraftSaid = sentence("%s adopted %s, version %d.", []any{body.Title(), i.Title, i.Version})
		return
	}
	i.DraftOutcome = TookNote
	i.Draft, i.DraftSaid = sentence("%s took note of %s, version %d.", []any{body.Title(), i.Title, i.Version})
}
