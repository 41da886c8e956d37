package policy

import "slices"

// MembersOn lists the Member States on a date.
func (t BodyTable) MembersOn(d Date) []Body {
	return slices.DeleteFunc(t.States(), func(b Body) bool { return !t.MemberOn(b, d) })
}

// MemberOn says whether b is a Member State on a date.
func (t BodyTable) MemberOn(b Body, d Date) bool {
	row := t.of(b)
	return row.Kind == KindMemberState && !d.Before(row.Joined) && (row.Left.IsZero() || !d.After(row.Left))
}

// Foreign says whether b is a State that is no Member State on a date: one that has left,
// or has not joined yet. It holds no post then, and speaks for none of its own.
func (t BodyTable) Foreign(b Body, on Date) bool { return t.MemberState(b) && !t.MemberOn(b, on) }

// LeftBefore says whether b is a State that left the Union before a date.
func (t BodyTable) LeftBefore(b Body, on Date) bool {
	last := t.of(b).Left
	return !last.IsZero() && on.After(last)
}

// Steady gives the days around a date within which b is a Member State, or none, as it is on
// that date, where a cycle does not say otherwise; zero is without end. Of another body both are.
func (b Body) Steady(on Date) (from, to Date) {
	row := ships.of(b)
	for _, change := range []Date{row.Joined, dayAfter(row.Left)} {
		switch {
		case change.IsZero():
		case !on.Before(change):
			from = Latest(from, change)
		default:
			to = Earliest(to, change.AddDays(-1))
		}
	}
	return from, to
}

func dayAfter(d Date) Date {
	if d.IsZero() {
		return d
	}
	return d.AddDays(1)
}

// Serving leaves those out of bodies that hold no post on a date.
func (t BodyTable) Serving(bodies []Body, on Date) []Body {
	return slices.DeleteFunc(slices.Clone(bodies), func(b Body) bool { return t.Foreign(b, on) })
}

// judgeForeign holds that a State acts on days on which it is a Member State alone. What was
// recorded elsewhere before is taken as it was.
func (t BodyTable) judgeForeign(by Body, on Date, past bool) error {
	if past || on.IsZero() || !t.Foreign(by, on) {
		return nil
	}
	return Refuse(CodeNotCompetent, "%s was no member of the Union on %s: %s", t.Title(by), on, t.membership(by))
}

// JudgeActor holds the same of whoever does something today.
func (t BodyTable) JudgeActor(by Actor, today Date) error {
	return t.judgeForeign(by.Body, today, false)
}

// membership says since or until when a State is a member.
func (t BodyTable) membership(b Body) Remark {
	row := t.of(b)
	if !row.Left.IsZero() {
		return Say("it left after %s", row.Left)
	}
	return Say("it joined on %s", row.Joined)
}

// JudgeEnterer holds the same of rows.
func (t BodyTable) JudgeEnterer(row Row, past bool) error {
	return t.judgeForeign(row.By.Body, row.Date, past)
}

// JudgeMember holds that a State to which a row gives something is a Member State on the day.
// The error has CodeInvalid and names the day.
func (t BodyTable) JudgeMember(row Row, state Body, on Date) error {
	if !t.Foreign(state, on) {
		return nil
	}
	return Refuse(CodeInvalid, "%s: %s was no member of the Union on %s: %s", row.Key, t.Title(state), on, t.membership(state))
}

// MemberWithin says whether b is a Member State on any day of a time.
func (t BodyTable) MemberWithin(b Body, w Window) bool {
	joined := t.of(b).Joined
	return t.MemberOn(b, w.From) || t.MemberOn(b, w.To) || w.Holds(joined) && t.MemberOn(b, joined)
}

// MembershipChanges lists the days since which there were other Member States.
func (t BodyTable) MembershipChanges() []Date {
	var changes []Date
	for _, state := range t.States() {
		row := t.of(state)
		for _, day := range []Date{row.Joined, dayAfter(row.Left)} {
			if !day.IsZero() {
				changes = append(changes, day)
			}
		}
	}
	slices.SortFunc(changes, Date.Compare)
	return slices.Compact(changes)
}

// presidencies holds the Presidency of the Council of each half-year from 2010
// on: Council Decisions 2007/5/EC, 2009/908/EU and (EU) 2016/1316.
var presidencies = []Body{
	"es", "be", "hu", "pl", "dk", "cy", "ie", "lt", "el", "it", "lv", "lu", // 2010-2015
	"nl", "sk", "mt", "ee", "bg", "at", "ro", "fi", "hr", "de", "pt", "si", // 2016-2021
	"fr", "cz", "se", "es", "be", "hu", "pl", "dk", "cy", "ie", "lt", "el", // 2022-2027
	"it", "lv", "lu", "nl", "sk", "mt", // 2028-2030
}

const firstPresidency = 2010

// PresidencyOn gives the Member State that holds the Presidency on a date, and
// "" where the order is not known.
func PresidencyOn(d Date) Body {
	half := (d.Year() - firstPresidency) * 2
	if d.month > 6 {
		half++
	}
	if half < 0 || half >= len(presidencies) {
		return ""
	}
	return presidencies[half]
}

// NextPresidency gives the first day after a date on which the Presidency
// changes.
func NextPresidency(d Date) Date {
	if d.month > 6 {
		return NewDate(d.Year()+1, 1, 1)
	}
	return NewDate(d.Year(), 7, 1)
}
