package policy

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Days on which nobody is at work: weekends, and the holidays of the institutions of the
// Union in Brussels.

// fixed are the holidays that are on the same day each year, by month and day.
var fixed = map[string]Remark{
	"01-01": Say("New Year's Day"), "01-02": Say("the day after New Year's Day"), "05-01": Say("Labour Day"), "05-09": Say("Europe Day"),
	"07-21": Say("the Belgian national holiday"), "08-15": Say("Assumption"), "11-01": Say("All Saints' Day"), "11-02": Say("All Souls' Day"),
	"12-24": Say("Christmas Eve"), "12-25": Say("Christmas Day"), "12-26": Say("the day after Christmas Day"), "12-27": Say("the end-of-year holidays"),
	"12-28": Say("the end-of-year holidays"), "12-29": Say("the end-of-year holidays"), "12-30": Say("the end-of-year holidays"), "12-31": Say("New Year's Eve"),
}

// moving are the holidays that move with Easter, by days after it.
var moving = map[int]Remark{
	-3: Say("Maundy Thursday"), -2: Say("Good Friday"), 0: Say("Easter Sunday"), 1: Say("Easter Monday"),
	39: Say("Ascension Day"), 40: Say("the day after Ascension Day"), 50: Say("Whit Monday"),
}

// DayOff says which holiday of the institutions, or day of the weekend, a date is; "" for a
// day on which people are at work.
func (d Date) DayOff() string { return d.dayOff().Message }

func (d Date) dayOff() Remark {
	if d.IsZero() {
		return Remark{}
	}
	if holiday, is := fixed[d.String()[len("2006-"):]]; is {
		return holiday
	}
	if holiday, is := moving[easter(d.Year()).DaysUntil(d)]; is {
		return holiday
	}
	switch d.Time(time.UTC).Weekday() {
	case time.Saturday:
		return Say("a Saturday")
	case time.Sunday:
		return Say("a Sunday")
	default:
		return Remark{}
	}
}

// RemarkDaysOff remarks of dates that somebody fixes that they are on days off. They may be
// meant: nothing is refused for it.
func RemarkDaysOff(dates ...Date) []Remark {
	var remarks []Remark
	for _, d := range dates {
		if off := d.dayOff(); off.Message != "" {
			remarks = append(remarks, Say("%s is a day off, which may be meant: %s", d, off))
		}
	}
	return remarks
}

// RemarkAmended remarks the same of the dates that an amendment brings.
func RemarkAmended(before, amended *Definition) []Remark {
	known := map[Date]bool{}
	for _, f := range before.daysOff() {
		known[f.day] = true
	}
	var brought []Date
	for _, f := range amended.daysOff() {
		if !known[f.day] {
			known[f.day], brought = true, append(brought, f.day)
		}
	}
	return RemarkDaysOff(brought...)
}

// easter gives Easter Sunday of a year of the Gregorian calendar, by the anonymous
// computus of 1876.
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return NewDate(year, time.Month(n/31), n%31+1)
}

// DaysOff remarks the due dates and meetings of a cycle that are on a day on which nobody is
// at work. They are sound: a deadline may end on a Sunday, and some do.
func (d *Definition) DaysOff() []Problem {
	var ps problems
	for _, f := range d.daysOff() {
		ps.add(f.field, "is %s, %s", f.day, f.day.DayOff())
	}
	return ps
}

// fixedDay is a due date or a meeting, by its field.
type fixedDay struct {
	field string
	day   Date
}

func (d *Definition) daysOff() []fixedDay { return daysOffIn("", reflect.ValueOf(d).Elem()) }

func daysOffIn(field string, v reflect.Value) (off []fixedDay) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return daysOffIn(field, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			off = append(off, daysOffIn(fmt.Sprintf("%s[%d]", field, i), v.Index(i))...)
		}
	case reflect.Struct:
		if day, is := reflect.TypeAssert[Date](v); is {
			if name := lastOf(field); day.DayOff() != "" && (name == "due" || name == "on") {
				return []fixedDay{{field, day}}
			}
			return nil
		}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			off = append(off, daysOffIn(fieldIn(field, name), v.Field(i))...)
		}
	default: // no date
	}
	return off
}
