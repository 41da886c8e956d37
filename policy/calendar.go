package policy

import (
	"slices"
	"time"
	_ "time/tzdata" // the rules of Europe/Brussels travel with the binary
)

// Brussels is the zone in which every due date of the cycle is read.
var Brussels = mustLoad("Europe/Brussels")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is linked in: only a broken build comes here
	}
	return loc
}

// Calendar says which day it is for a cycle. In real life that is the day on the
// wall. In a rehearsal it is a day that the record keeps: it stands still until
// everything that is due by then has been played, and whoever plays the rehearsal
// turns the page. So a slow machine tells the same story, later.
//
// The zero Calendar is real life.
type Calendar struct {
	// Day is the day that the calendar of a rehearsal shows; zero in real life.
	Day Date `json:"day,omitzero"`
	// YearSeconds is how many seconds a year of the calendar takes at least; 0 in
	// real life.
	YearSeconds float64 `json:"year_seconds,omitempty"`
}

// year is the mean length of a calendar year, the unit in which people give
// the pace of a rehearsal.
const year = time.Duration(365.25 * 24 * float64(time.Hour))

// NewRehearsalCalendar gives a calendar that shows start and passes no more than a
// year in length. A length that is not positive, or not shorter than a year, is an
// error with CodeInvalid.
func NewRehearsalCalendar(start Date, length time.Duration) (Calendar, error) {
	if length <= 0 || length >= year {
		return Calendar{}, Refuse(CodeInvalid, "a rehearsal's year lasts more than nothing and less than a year; %s does not", length)
	}
	return Calendar{Day: start, YearSeconds: length.Seconds()}, nil
}

// RealTime says whether the calendar is the one on the wall.
func (c Calendar) RealTime() bool { return c.Day.IsZero() }

// Today gives the date that the calendar shows at a real instant.
func (c Calendar) Today(now time.Time) Date {
	if c.RealTime() {
		return dateOf(now.In(Brussels))
	}
	return c.Day
}

// Instant gives the real instant at which a day begins, asked at an instant. A day of
// a rehearsal that is still to come has none: it begins when the page is turned, and
// whoever turns it wakes those who wait. One that has come began by now.
func (c Calendar) Instant(d Date, now time.Time) (at time.Time, known bool) {
	switch {
	case c.RealTime():
		return d.Time(Brussels), true
	case d.After(c.Day):
		return time.Time{}, false
	default:
		return now, true
	}
}

// DayLength is how long a day of a rehearsal takes at least; 0 in real life.
func (c Calendar) DayLength() time.Duration {
	const days = 365.25 // of a year
	return time.Duration(c.YearSeconds / days * float64(time.Second))
}

// Page is where the calendar of a cycle stands, and what is still to be done on the
// day that it shows.
type Page struct {
	Day Date `json:"day"`
	// Behind lists the runs that have not done yet what the day asks of them.
	Behind []Run `json:"behind,omitempty"`
	// Due lists the runs for which something has come due with the day, where the
	// page was turned to it.
	Due []Run `json:"due,omitempty"`
	// Next is the next day on which a run has something to do by time alone; zero for
	// none. Ahead says which of them have, and when.
	Next  Date     `json:"next,omitzero"`
	Ahead []RunsOn `json:"ahead,omitempty"`
	// Sequence is the last line of the trail by then.
	Sequence int64 `json:"sequence"`
	// Ended says that the cycle has ended: its calendar stands for good.
	Ended bool `json:"ended,omitempty"`
}

// RunsOn is a run that has something to do on a day.
type RunsOn struct {
	Run Run  `json:"run"`
	Day Date `json:"day"`
}

// DueOn lists the runs that have something to do up to a day.
func (p Page) DueOn(day Date) (due []Run) {
	for _, ahead := range p.Ahead {
		if !ahead.Day.After(day) {
			due = append(due, ahead.Run)
		}
	}
	slices.SortFunc(due, CompareRuns)
	return due
}
