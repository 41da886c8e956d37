package policy

import (
	"cmp"
	"path"
	"slices"
)

// Entry is one subject of a cycle with everything that is known beforehand
// about how it is settled.
type Entry struct {
	Subject    Subject `json:"subject"`
	Title      string  `json:"title"`
	Priority   string  `json:"priority,omitempty"` // key of the priority it belongs to
	Submitters []Body  `json:"submitters"`         // who may hand it in; empty means any Member State
	Opens      Date    `json:"opens"`              // when work on it may start
	SubmitBy   Date    `json:"submit_by"`
	Due        Date    `json:"due"` // when the last body is to have settled it
	Turns      []Turn  `json:"turns"`
	// Requires lists what must have a positive outcome before this may have
	// one.
	Requires []Subject `json:"requires,omitempty"`
	// FinalTextDays is how many days after an adoption with amendments the final text is due;
	// left out, 30.
	FinalTextDays int `json:"final_text_days,omitempty"`
	// Adopts is the ID of the substantive corrigendum that an item is to adopt; empty for none.
	Adopts string `json:"adopts,omitempty"`
	// Bodies is the table of the cycle, by which it is judged; it is not carried along.
	Bodies BodyTable `json:"-"`
}

// Turn is one body's turn, with the date by which it is to conclude.
type Turn struct {
	Body Body `json:"body"`
	Due  Date `json:"due"`
	// Again says that the body is asked again on a new version.
	Again bool `json:"again,omitempty"`
}

// Agenda lists every subject that the definition foresees, in the order in
// which they fall due within their kind. It says nothing of where they stand.
func (d *Definition) Agenda() []Entry {
	entries := d.policyEntries()
	for _, m := range d.masps() {
		entries = append(entries, d.maspEntry(m))
	}
	for _, period := range d.Periods {
		for _, priority := range d.Priorities {
			for _, oap := range priority.OAPs {
				entries = append(entries, d.oapEntries(period, priority, oap)...)
			}
		}
	}
	for _, o := range d.Obligations {
		entries = append(entries, d.obligationEntries(o)...)
	}
	for i := range entries {
		entries[i] = d.movedToMeeting(entries[i])
		entries[i].Bodies = d.Bodies
	}
	return entries
}

// movedToMeeting moves an entry to the meeting on which it hangs: that of the body that
// settles it.
func (d *Definition) movedToMeeting(e Entry) Entry {
	if len(e.Turns) == 0 {
		return e
	}
	settles := e.Turns[len(e.Turns)-1].Body
	for _, m := range d.Meetings {
		if m.Body != settles || !m.Cancelled.IsZero() || m.On.Before(e.Opens) { // it was over before work on this started
			continue
		}
		if e.dueOn(m.On).SubmitBy.Before(d.addedOn(e)) { // it is too early for what an amendment added
			continue
		}
		for _, pattern := range m.Settles {
			if matched, err := path.Match(pattern, e.Subject.Path()); err == nil && matched {
				return e.dueOn(m.On)
			}
		}
	}
	return e
}

// addedOn gives the day on which an amendment added the plan that an entry is; zero where it
// was there from the beginning.
func (d *Definition) addedOn(e Entry) (on Date) {
	if p := d.Priority(e.Priority); p != nil && (e.Subject.Kind == KindMASP || e.Subject.Kind == KindOAP) {
		on = p.AddedOn
	}
	if _, oap := d.oap(e.Subject.Key); oap != nil && e.Subject.Kind == KindOAP {
		on = Latest(on, oap.AddedOn)
	}
	return on
}

// SubjectOf gives the subject of a kind of which a cycle has one.
func (d *Definition) SubjectOf(kind Kind) Subject { return Subject{Cycle: d.Key, Kind: kind} }

// entry fills in what follows from the subject's kind: who hands it in, unless that
// is said, what it rests on and which chain it passes.
func (d *Definition) entry(e Entry) Entry {
	if e.Submitters == nil {
		e.Submitters = kinds[e.Subject.Kind].submitters
	}
	e.Requires = d.required(e)
	chain := d.Chain(e.Subject.Kind)
	e.SubmitBy = e.Due.AddDays(-chain.SubmitDaysBefore)
	e.FinalTextDays = chain.FinalTextDays
	for _, step := range chain.Through {
		e.Turns = append(e.Turns, Turn{Body: step.Body, Due: e.Due.AddDays(-step.DaysBefore), Again: step.Again})
	}
	return e
}

// policyEntries are the subjects of which a cycle has one, from the threat
// assessment to the evaluation, as they fall due.
func (d *Definition) policyEntries() []Entry {
	var entries []Entry
	for name, row := range kinds {
		if row.planned == nil || row.planned(d).due.IsZero() {
			continue
		}
		on := row.planned(d)
		entries = append(entries, d.entry(Entry{Subject: d.SubjectOf(name), Title: on.title, Opens: on.opens, Due: on.due}))
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Subject.Kind, b.Subject.Kind))
	})
	return entries
}

// plannedMASP is one MASP of the cycle; Priority is empty for the general one.
type plannedMASP struct{ key, title, priority string }

func (d *Definition) masps() []plannedMASP {
	var all []plannedMASP
	if g := d.MASP.General; g != nil {
		all = append(all, plannedMASP{key: g.Key, title: g.Title})
	}
	if d.MASP.PerPriority {
		for _, p := range d.Priorities {
			all = append(all, plannedMASP{key: p.Key, title: "MASP " + p.Title, priority: p.Key})
		}
	}
	return all
}

func (d *Definition) maspEntry(m plannedMASP) Entry {
	e := d.entry(Entry{
		Subject: Subject{Cycle: d.Key, Kind: KindMASP, Key: m.key}, Title: m.title, Priority: m.priority,
		Opens: d.MASP.Drafting, Due: d.MASP.Due,
	})
	if p := d.Priority(m.priority); p != nil && p.AddedOn.After(e.Opens) {
		e = e.shiftedTo(p.AddedOn)
	}
	return e
}

// oapEntries are the OAP of one period and its reports; none where an OAP that was added
// could be adopted only after the period.
func (d *Definition) oapEntries(period Period, priority Priority, oap OAP) []Entry {
	plan := Subject{Cycle: d.Key, Kind: KindOAP, Period: period.Key, Key: oap.Key}
	var submitters []Body
	if oap.Driver != "" {
		submitters = []Body{oap.Driver, SupportTeam}
	}
	planEntry := d.entry(Entry{
		Subject: plan, Title: "OAP " + period.Key + " " + oap.Title, Priority: priority.Key, Submitters: submitters,
		Opens: period.Drafting, Due: period.Due,
	})
	added := Latest(priority.AddedOn, oap.AddedOn)
	if added.After(planEntry.Opens) {
		if planEntry = planEntry.shiftedTo(added); planEntry.Due.After(period.To) {
			return nil
		}
	}
	entries := []Entry{planEntry}
	for _, round := range period.Reports {
		if round.Due.Before(added) {
			continue // it was over before the plan was there
		}
		entries = append(entries, d.entry(Entry{
			Subject: Subject{Cycle: d.Key, Kind: KindReport, Period: period.Key, Key: oap.Key, Round: round.Key},
			Title:   round.Title() + " report on OAP " + period.Key + " " + oap.Title, Priority: priority.Key,
			Submitters: submitters, Opens: round.Opens, Due: round.Due,
		}))
	}
	return entries
}

// MASPsOf lists the MASPs that cover a priority: every one that the cycle has
// for it, the general one included.
func (d *Definition) MASPsOf(priority string) []Subject {
	var plans []Subject
	for _, m := range d.masps() {
		if m.priority == "" || m.priority == priority {
			plans = append(plans, Subject{Cycle: d.Key, Kind: KindMASP, Key: m.key})
		}
	}
	return plans
}

// required lists the subjects on which an entry rests by its kind.
func (d *Definition) required(e Entry) []Subject {
	var required []Subject
	for _, kind := range kinds[e.Subject.Kind].rests {
		switch planned := kinds[kind].planned; {
		case kind == KindMASP:
			required = append(required, d.MASPsOf(e.Priority)...)
		case kind == KindOAP:
			required = append(required, e.Subject.Plan())
		case kind == KindReport:
			required = append(required, e.Subject.Report())
		case !planned(d).due.IsZero():
			required = append(required, d.SubjectOf(kind))
		}
	}
	return required
}

func (d *Definition) obligationEntries(o Obligation) []Entry {
	openDays := 90
	if o.Kind == AnnualReport {
		openDays = 360 // it may come at any time of its year
	}
	submitter := o.OwedBy
	if d.Bodies.Collective(submitter) {
		submitter = GeneralSecretariat // it sends what COSI and the Council owe
	}
	var entries []Entry
	for _, due := range o.Due {
		entries = append(entries, Entry{
			Subject: Subject{Cycle: d.Key, Kind: KindObligation, Key: o.Key, Round: due.String()},
			Title:   o.Title, Submitters: []Body{submitter},
			Opens: due.AddDays(-openDays), SubmitBy: due, Due: due,
		})
	}
	return entries
}

// shiftedTo moves the entry so that its work starts on a date and all its
// distances stay.
func (e Entry) shiftedTo(opens Date) Entry {
	days := e.Opens.DaysUntil(opens)
	e.Opens = opens
	return e.shifted(days)
}

// dueOn moves the entry so that it falls due on a date; work on it starts when
// it did, and no later than it is handed in.
func (e Entry) dueOn(date Date) Entry {
	e = e.shifted(e.Due.DaysUntil(date))
	e.Opens = Earliest(e.Opens, e.SubmitBy)
	return e
}

func (e Entry) shifted(days int) Entry {
	e.SubmitBy, e.Due = e.SubmitBy.AddDays(days), e.Due.AddDays(days)
	turns := make([]Turn, len(e.Turns))
	for i, turn := range e.Turns {
		turns[i] = turn
		turns[i].Due = turn.Due.AddDays(days)
	}
	e.Turns = turns
	return e
}

// Opening is what opens an extraordinary item outside the calendar, a change of an OAP or a
// correction of a report, on any day.
type Opening struct {
	Title string `json:"title"`
	Due   Date   `json:"due"` // when it is to be settled
	// Through lists the bodies that an item passes; the last one settles it. A
	// change of an OAP and a correction of a report pass the chain of the cycle.
	Through []Body `json:"through,omitempty" jsonschema:"minItems=1"`
	// Adopts is the ID of the substantive corrigendum that the item is to adopt;
	// empty for none.
	Adopts string `json:"adopts,omitempty" jsonschema:"maxLength=200"`
}

// Opened gives the agenda entry of an item, a change of an OAP or a correction of a report
// that was opened as subject on a date.
func (d *Definition) Opened(o Opening, subject Subject, on Date) Entry {
	if kinds[subject.Kind].ofPlan {
		return d.changeEntry(o, subject, on)
	}
	e := Entry{
		Subject: subject, Title: o.Title, Submitters: kinds[subject.Kind].submitters,
		Opens: on, SubmitBy: o.Due, Due: o.Due, Adopts: o.Adopts, Bodies: d.Bodies,
	}
	for _, body := range o.Through {
		e.Turns = append(e.Turns, Turn{Body: body, Due: o.Due})
	}
	return e
}

// changeEntry is a change of an OAP, or a correction of a report on it. Where it is urgent, the
// steps before the last one fall due on the day it is opened.
func (d *Definition) changeEntry(o Opening, subject Subject, on Date) Entry {
	plan := subject.Plan()
	e := Entry{Subject: subject, Title: o.Title, Opens: on, Due: o.Due, Adopts: o.Adopts, Bodies: d.Bodies}
	if planned, is := entryOf(d.Agenda(), plan); is {
		e.Priority, e.Submitters = planned.Priority, planned.Submitters
	}
	e = d.entry(e)
	e.SubmitBy = Latest(e.SubmitBy, on)
	for i := range e.Turns {
		e.Turns[i].Due = Latest(e.Turns[i].Due, on)
	}
	return e
}

// SortEntries puts entries in the order in which work on them starts.
func SortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Opens.Compare(b.Opens), cmp.Compare(a.Subject.String(), b.Subject.String()))
	})
}
