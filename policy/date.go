package policy

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the calendar in the years 1 to 9999, without a time or a zone.
// The zero Date means "not given" and is written as an empty text.
type Date struct {
	year  int16
	month int8
	day   int8
}

// NewDate makes a Date. A day past the end of its month runs over into the
// next one, as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return dateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads "2006-01-02". A day that does not exist (30 February) is an
// error with CodeInvalid.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, Refuse(CodeInvalid, "%q is not a date: write year-month-day, such as 2021-05-26", text)
	}
	return dateOf(t), nil
}

// dateOf gives the day of an instant where the instant is; beyond the days that can
// be written, the first or the last one.
func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	switch {
	case y < 1:
		y, m, d = 1, time.January, 1
	case y > 9999:
		y, m, d = 9999, time.December, 31
	}
	return Date{year: int16(y), month: int8(m), day: int8(d)}
}

// Time gives midnight at the start of the day in loc.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, loc)
}

// Year gives the year of the date, such as 2021.
func (d Date) Year() int { return int(d.year) }

// IsZero says whether no date was given.
func (d Date) IsZero() bool { return d == Date{} }

// Compare gives -1 if d lies before other, 1 if it lies after, else 0; the zero
// Date lies before all others.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.year, other.year), cmp.Compare(d.month, other.month), cmp.Compare(d.day, other.day))
}

// Before says whether d lies before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After says whether d lies after other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// AddDays gives the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return dateOf(d.Time(time.UTC).AddDate(0, 0, n)) }

// AddMonths gives the date n months later; a day that the month lacks runs
// over into the next month.
func (d Date) AddMonths(n int) Date { return dateOf(d.Time(time.UTC).AddDate(0, n, 0)) }

// DaysUntil counts the days from d to other: negative when other is earlier.
func (d Date) DaysUntil(other Date) int {
	const day = 24 * 60 * 60 // seconds; a time.Duration ends after 292 years
	return int((other.Time(time.UTC).Unix() - d.Time(time.UTC).Unix()) / day)
}

// String writes the date as "2006-01-02", or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error { return fromText(d, text, ParseDate) }

// Latest gives the latest of the dates; zero Dates do not count.
func Latest(dates ...Date) Date {
	var latest Date
	for _, d := range dates {
		if latest.IsZero() || d.After(latest) {
			latest = d
		}
	}
	return latest
}

// Earliest gives the earliest of the dates; zero Dates do not count.
func Earliest(dates ...Date) Date {
	var earliest Date
	for _, d := range dates {
		if !d.IsZero() && (earliest.IsZero() || d.Before(earliest)) {
			earliest = d
		}
	}
	return earliest
}
