package policy

import "slices"

// Membership of the Union within the years of the cycles: who joined after
// 2005 or left, with the first and the last day.
var (
	joined = map[Body]Date{"bg": NewDate(2007, 1, 1), "ro": NewDate(2007, 1, 1), "hr": NewDate(2013, 7, 1)}
	left   = map[Body]Date{"uk": NewDate(2020, 1, 31)}
)

// MembersOn lists the Member States on a date.
func MembersOn(d Date) []Body {
	return slices.DeleteFunc(slices.Clone(MemberStates), func(b Body) bool { return !b.MemberOn(d) })
}

// MemberOn says whether b is a Member State on a date.
func (b Body) MemberOn(d Date) bool {
	if !b.MemberState() || d.Before(joined[b]) {
		return false
	}
	last, gone := left[b]
	return !gone || !d.After(last)
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
