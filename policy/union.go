package policy

import "slices"

// MembersOn lists the Member States on a date.
func MembersOn(d Date) []Body {
	return slices.DeleteFunc(slices.Clone(MemberStates), func(b Body) bool { return !b.MemberOn(d) })
}

// MemberOn says whether b is a Member State on a date.
func (b Body) MemberOn(d Date) bool {
	facts := bodyKnown[b]
	return b.MemberState() && !d.Before(facts.Joined) && (facts.Left.IsZero() || !d.After(facts.Left))
}

// Foreign says whether b is a State that is no Member State on a date: one that has left,
// or has not joined yet. It holds no post then, and speaks for none of its own.
func (b Body) Foreign(on Date) bool { return b.MemberState() && !b.MemberOn(on) }

// LeftBefore says whether b is a State that left the Union before a date.
func (b Body) LeftBefore(on Date) bool {
	last := bodyKnown[b].Left
	return !last.IsZero() && on.After(last)
}

// Steady gives the days around a date within which b is a Member State, or none, as it is on
// that date; zero is without end. Of another body both are.
func (b Body) Steady(on Date) (from, to Date) {
	facts := bodyKnown[b]
	for _, change := range []Date{facts.Joined, dayAfter(facts.Left)} {
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
func Serving(bodies []Body, on Date) []Body {
	return slices.DeleteFunc(slices.Clone(bodies), func(b Body) bool { return b.Foreign(on) })
}

// judgeForeign holds that a State acts on days on which it is a Member State alone. What was
// recorded elsewhere before is taken as it was.
func judgeForeign(by Body, on Date, past bool) error {
	if past || on.IsZero() || !by.Foreign(on) {
		return nil
	}
	return Refuse(CodeNotCompetent, "%s was no member of the Union on %s: %s", by.Title(), on, membership(by))
}

// JudgeActor holds the same of whoever does something today.
func JudgeActor(by Actor, today Date) error { return judgeForeign(by.Body, today, false) }

// membership says since or until when a State is a member.
func membership(b Body) Remark {
	facts := bodyKnown[b]
	if !facts.Left.IsZero() {
		return Say("it left after %s", facts.Left)
	}
	return Say("it joined on %s", facts.Joined)
}

// JudgeEnterer holds the same of rows.
func JudgeEnterer(row Row, past bool) error { return judgeForeign(row.By.Body, row.Date, past) }

// JudgeMember holds that a State to which a row gives something is a Member State on the day.
// The error has CodeInvalid and names the day.
func JudgeMember(row Row, state Body, on Date) error {
	if !state.MemberState() || state.MemberOn(on) {
		return nil
	}
	return Refuse(CodeInvalid, "%s: %s was no member of the Union on %s: %s", row.Key, state.Title(), on, membership(state))
}

// MemberWithin says whether b is a Member State on any day of a time.
func (b Body) MemberWithin(w Window) bool {
	joined := bodyKnown[b].Joined
	return b.MemberOn(w.From) || b.MemberOn(w.To) || w.Holds(joined) && b.MemberOn(joined)
}

// MembershipChanges lists the days since which there were other Member States.
func MembershipChanges() []Date {
	var changes []Date
	for _, b := range bodyTable {
		if !b.Joined.IsZero() {
			changes = append(changes, b.Joined)
		}
		if !b.Left.IsZero() {
			changes = append(changes, b.Left.AddDays(1))
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
