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
var fixed = map[string]string{
	"01-01": "New Year's Day", "01-02": "the day after New Year's Day", "05-01": "Labour Day", "05-09": "Europe Day",
	"07-21": "the Belgian national holiday", "08-15": "Assumption", "11-01": "All Saints' Day", "11-02": "All Souls' Day",
	"12-24": "Christmas Eve", "12-25": "Christmas Day", "12-26": "the day after Christmas Day", "12-27": "the end-of-year holidays",
	"12-28": "the end-of-year holidays", "12-29": "the end-of-year holidays", "12-30": "the end-of-year holidays", "12-31": "New Year's Eve",
}

// moving are the holidays that move with Easter, by days after it.
var moving = map[int]string{
	-3: "Maundy Thursday", -2: "Good Friday", 0: "Easter Sunday", 1: "Easter Monday", 39: "Ascension Day", 40: "the day after Ascension Day", 50: "Whit Monday",
}

// DayOff says which holiday of the institutions, or day of the weekend, a date is; "" for a
// day on which people are at work.
func (d Date) DayOff() string {
	if d.IsZero() {
		return ""
	}
	if holiday := fixed[d.String()[len("2006-"):]]; holiday != "" {
		return holiday
	}
	if holiday := moving[easter(d.Year()).DaysUntil(d)]; holiday != "" {
		return holiday
	}
	if day := d.Time(time.UTC).Weekday(); day == time.Saturday || day == time.Sunday {
		return "a " + day.String()
	}
	return ""
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
	ps.daysOff("", reflect.ValueOf(d).Elem())
	return ps
}

func (ps *problems) daysOff(field string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			ps.daysOff(field, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			ps.daysOff(fmt.Sprintf("%s[%d]", field, i), v.Index(i))
		}
	case reflect.Struct:
		if day, is := reflect.TypeAssert[Date](v); is {
			if name, off := lastOf(field), day.DayOff(); off != "" && (name == "due" || name == "on") {
				ps.add(field, "is %s, %s", day, off)
			}
			return
		}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			ps.daysOff(fieldIn(field, name), v.Field(i))
		}
	default: // no date
	}
}
