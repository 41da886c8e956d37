package papers

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// planned is a cycle as a reader sees it, and its definition where they may.
type planned struct {
	cycle      *service.Cycle
	definition *policy.Definition
}

// name gives what the cycle is called, and of a rehearsal that it is one.
func (p *planned) name(in *text.Printer) string {
	if p.cycle.Rehearsal {
		return in.T("rehearsal.mark") + ": " + p.cycle.ID
	}
	return p.cycle.Title
}

// What a day of a calendar is, by the name of its sentence.
const (
	dayMeeting  = "meeting"
	dayHandIn   = "hand_in"
	dayConclude = "conclude"
	dayConfirm  = "confirm"
	dayFinal    = "final"
	dayDue      = "due" // of what nobody says whose turn it is
	dayDrafting = "drafting"
	dayRound    = "round"
)

// day is one date of a calendar, or a time of many days.
type day struct {
	in       *planned
	key      string // within its cycle; it stays when the day moves
	what     string
	title    string
	subject  *service.Subject // nil of meetings and windows
	meeting  string           // key
	bodies   []policy.Body    // who meets, or whose turn it is; nobody is every Member State
	from, to policy.Date
	moved    int // grows whenever the day moves
	since    policy.Date
	off      bool // it was cancelled
}

// uid is the name of the day for all calendar programs. It tells nothing.
func (d *day) uid() string {
	sum := sha256.Sum256([]byte(d.in.cycle.ID + "\n" + d.key))
	return hex.EncodeToString(sum[:16]) + "@policycycle"
}

// plain says that the day is told as the public reads it: who sees more tells more.
func (d *day) plain() bool { return d.what == dayDue }

// within says whether a role reaches the day: its subject or, of what all go to, its cycle.
func (d *day) within(role policy.Grant) bool {
	if d.subject != nil {
		return role.Covers(d.subject.Subject.Place())
	}
	cycle := role.Cycle()
	return cycle == "" || cycle == d.in.cycle.ID
}

// concerns says whether a body has to do with the day: it is its turn, or its meeting. Who
// meets with others, such as a delegation, goes to the meetings of all, and drafts and reports.
func (d *day) concerns(b policy.Body) bool {
	table := d.in.cycle.Bodies
	switch {
	case slices.Contains(d.bodies, b):
		return true
	case d.what == dayHandIn && len(d.bodies) == 0:
		return table.MemberState(b)
	default:
		return d.subject == nil && !table.Collective(b)
	}
}

// days lists all days of a cycle that are still to come, or that wait: meetings, those held
// included, what is to be handed in and concluded, and the windows in which that is written.
func (p *planned) days() []*day {
	var all []*day
	for _, m := range p.cycle.Meetings {
		all = append(all, p.day(day{
			key: "meeting/" + m.Key, what: dayMeeting, title: m.Title, meeting: m.Key, bodies: []policy.Body{m.Body}, from: m.On, off: !m.Cancelled.IsZero(),
		}))
	}
	all = append(all, p.windows()...)
	waiting, entries := map[policy.Subject]service.InboxItem{}, map[policy.Subject]policy.Entry{}
	for _, item := range p.cycle.Waiting {
		waiting[item.Subject] = item
	}
	if p.definition != nil {
		for _, e := range p.definition.Agenda() {
			entries[e.Subject] = e
		}
	}
	for _, s := range p.subjects() {
		item, waits := waiting[s.Subject]
		switch {
		case waits:
			all = append(all, p.turn(&s, item))
			all = append(all, p.ahead(&s, entries[s.Subject], item)...)
		case s.State == policy.StateClosed:
		case p.definition == nil:
			all = append(all, p.day(day{key: s.Path + "#due", what: dayDue, title: s.Title, subject: &s, from: s.Due}))
		default:
			all = append(all, p.ahead(&s, entries[s.Subject], service.InboxItem{})...)
		}
	}
	return slices.DeleteFunc(all, func(d *day) bool { return d.from.IsZero() })
}

// subjects lists what the cycle has on its agenda.
func (p *planned) subjects() []service.Subject {
	all := slices.Concat(p.cycle.Policy, p.cycle.MASPs, p.cycle.Items, p.cycle.Obligations)
	for _, period := range p.cycle.Periods {
		all = append(append(all, period.OAPs...), period.Reports...)
	}
	return all
}

// day completes a day. It moves by an amendment of the cycle or by an act on its subject, and
// each of both makes moved grow.
func (p *planned) day(d day) *day {
	d.in, d.to = p, policy.Latest(d.to, d.from)
	d.moved += p.cycle.DefinitionVersion - 1
	d.since = policy.Latest(d.since, p.cycle.PolicyWindow.From)
	for _, a := range p.cycle.Amendments {
		d.since = policy.Latest(d.since, a.Date)
	}
	if d.subject != nil && d.what != dayDue {
		d.moved += d.subject.Version
		for _, decision := range p.cycle.Decisions {
			if decision.Subject == d.subject.Subject {
				d.moved++
			}
		}
	}
	return &d
}

// dayOf says of what a subject awaits which day it is.
var dayOf = map[string]string{"submission": dayHandIn, "decision": dayConclude, "confirmation": dayConfirm, "final-text": dayFinal}

// turn gives the day by which a turn is to end that has begun.
func (p *planned) turn(s *service.Subject, item service.InboxItem) *day {
	d := day{what: cmp.Or(dayOf[item.Awaits], dayDue), title: s.Title, subject: s, bodies: item.Turn, from: item.Due, since: item.Since}
	switch {
	case d.what == dayHandIn || len(item.Turn) == 0:
		d.key = s.Path + "#" + cmp.Or(d.what, dayHandIn)
	default:
		d.key = s.Path + "#" + string(item.Turn[0])
	}
	return p.day(d)
}

// ahead gives the turns of a subject that are still to begin. item is what it awaits now.
func (p *planned) ahead(s *service.Subject, e policy.Entry, item service.InboxItem) []*day {
	var all []*day
	if item.Awaits == "" {
		all = append(all, p.day(day{key: s.Path + "#" + dayHandIn, what: dayHandIn, title: s.Title, subject: s, bodies: e.Submitters, from: e.SubmitBy}))
	}
	for _, turn := range e.Turns {
		if item.Awaits == "final-text" || slices.Contains(item.Turn, turn.Body) || turn.Due.Before(item.Due) {
			continue
		}
		all = append(all, p.day(day{
			key: s.Path + "#" + string(turn.Body), what: dayConclude, title: s.Title, subject: s, bodies: []policy.Body{turn.Body}, from: turn.Due,
		}))
	}
	return all
}

// windows are the times in which plans are drafted and reports handed in.
func (p *planned) windows() []*day {
	d := p.definition
	if d == nil {
		return nil
	}
	all := []*day{p.day(day{key: "window/masp", what: dayDrafting, title: "MASP", from: d.MASP.Drafting, to: d.MASP.Due})}
	for _, period := range d.Periods {
		all = append(all, p.day(day{key: "window/oap/" + period.Key, what: dayDrafting, title: "OAP " + period.Key, from: period.Drafting, to: period.Due}))
		for _, r := range period.Reports {
			key := "window/report/" + period.Key + "/" + r.Key
			all = append(all, p.day(day{key: key, what: dayRound, title: period.Key + ", " + r.Title(), from: r.Opens, to: r.Due}))
		}
	}
	return all
}
