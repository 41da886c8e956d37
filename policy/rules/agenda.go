package rules

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/policycycle/policycycle/policy"
)

// Section is the part of the agenda of the Council, or of Coreper, in which an item stands.
type Section string

// The sections of an agenda. What those who prepared it agree on is approved without debate: an
// A item of the Council (Rules of Procedure, Article 3(6)), a point of part I of Coreper. All
// else is discussed.
const (
	SectionA  Section = "A"
	SectionB  Section = "B"
	SectionI  Section = "I"
	SectionII Section = "II"
)

// Sections gives the sections of the agenda of a body: of what is agreed, and of what is not;
// none of a body whose items are numbered alone.
func Sections(body policy.Body) (agreed, open Section) {
	switch body {
	case policy.Council:
		return SectionA, SectionB
	case policy.Coreper:
		return SectionI, SectionII
	default:
		return "", ""
	}
}

// sectionOf gives the section in which a subject stands on the agenda of the body whose turn is
// the at-th. It follows from the records alone: the bodies that meet before it agreed on the
// version, and no delegation objects to it or holds a reservation.
func (d *Snapshot) sectionOf(e policy.Entry, at, version int) Section {
	agreed, open := Sections(e.Turns[at].Body)
	prepared := 0
	for i, turn := range e.Turns[:at+1] {
		stands := policy.PositionsOn(d.Acts[e.Subject], turn.Body, version)
		if slices.ContainsFunc(stands, func(s policy.Stand) bool { return s.Reservation || s.Stance == policy.Objects }) {
			return open
		}
		if i == at || !d.Definition.Bodies.Collective(turn.Body) {
			continue
		}
		if !d.concludedOn(e.Subject, turn.Body, version).Adopts() {
			return open
		}
		prepared++
	}
	if prepared == 0 {
		return open
	}
	return agreed
}

// concludedOn gives what a body concluded last on a version; "" for nothing.
func (d *Snapshot) concludedOn(subject policy.Subject, body policy.Body, version int) (last policy.Outcome) {
	for _, r := range policy.InEffect(d.Acts[subject]) {
		if r.Kind == policy.ActDecide && r.Body == body && r.Version == version {
			last = r.Outcome
		}
	}
	return last
}

// number puts what is approved without debate first, and numbers what the meeting deals with or
// has dealt with: an item keeps its number when its outcome is recorded. order has the paths of
// all that, in the order of the cycle.
func (v *MeetingView) number(order []string) {
	agreed, _ := Sections(v.Body)
	later := func(in Section) int {
		if in == agreed {
			return 0
		}
		return 1
	}
	in := map[string]Section{}
	for _, o := range v.Outcomes {
		in[o.Subject] = o.Section
	}
	for _, i := range v.Items {
		in[i.Subject] = i.Section
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(later(in[a]), later(in[b])) })
	for i := range v.Items {
		v.Items[i].Number = slices.Index(order, v.Items[i].Subject) + 1
	}
	for i := range v.Outcomes {
		v.Outcomes[i].Number = slices.Index(order, v.Outcomes[i].Subject) + 1
	}
	slices.SortStableFunc(v.Items, func(a, b MeetingItem) int { return cmp.Compare(a.Number, b.Number) })
}

// Other gives the number and the section of one of the items that are no subject of the cycle,
// which nobody prepared here.
func (v *MeetingView) Other(i int) (int, Section) {
	_, open := Sections(v.Body)
	last := len(v.Items)
	for _, o := range v.Outcomes {
		last = max(last, o.Number)
	}
	for _, item := range v.Items {
		last = max(last, item.Number)
	}
	return last + i + 1, open
}

// Point is one point of the agenda of a meeting.
type Point struct {
	Number  int
	Section Section
	Subject string // its path; empty for what is no subject of the cycle
	Title   string
}

// Points gives the agenda as it is written: all that the meeting deals with or has dealt with, by
// its numbers, and last what is no subject of the cycle.
func (v *MeetingView) Points() []Point {
	var points []Point
	for _, i := range v.Items {
		points = append(points, Point{i.Number, i.Section, i.Subject, i.Title})
	}
	for _, o := range v.Outcomes {
		if !slices.ContainsFunc(points, func(p Point) bool { return p.Subject == o.Subject }) {
			points = append(points, Point{o.Number, o.Section, o.Subject, o.Title})
		}
	}
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.Number, b.Number) })
	for i, title := range v.Others {
		number, section := v.Other(i)
		points = append(points, Point{number, section, "", title})
	}
	return points
}

// Placed says where on the agenda a line stands, such as "1 (A)".
func Placed(number int, in Section) string {
	if in == "" {
		return strconv.Itoa(number)
	}
	return strconv.Itoa(number) + " (" + string(in) + ")"
}
