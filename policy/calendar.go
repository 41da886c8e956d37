package policy

import (
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

// Calendar turns dates into instants. In real life a day is a day; in a
// rehearsal the calendar starts at a date of its own and runs at a pace.
//
// The zero Calendar is real life.
type Calendar struct {
	// Epoch is the real instant at which the calendar began to run.
	Epoch time.Time `json:"epoch,omitzero"`
	// Start is the date that the calendar showed at Epoch.
	Start Date `json:"start,omitzero"`
	// Pace is how many seconds pass on the calendar in one real second; 0 and
	// 1 are real life, in which Epoch and Start play no part.
	Pace float64 `json:"pace,omitempty"`
}

// year is the mean length of a calendar year, the unit in which people give
// the pace of a rehearsal.
const year = time.Duration(365.25 * 24 * float64(time.Hour))

// NewRehearsalCalendar gives a calendar that shows start at epoch and passes a
// year in length. A length that is not positive is an error with CodeInvalid.
func NewRehearsalCalendar(epoch time.Time, start Date, length time.Duration) (Calendar, error) {
	if length <= 0 || length >= year {
		return Calendar{}, Refuse(CodeInvalid, "a rehearsal's year lasts more than nothing and less than a year; %s does not", length)
	}
	return Calendar{Epoch: epoch, Start: start, Pace: float64(year) / float64(length)}, nil
}

// RealTime says whether the calendar is the one on the wall.
func (c Calendar) RealTime() bool { return c.Pace == 0 || c.Pace == 1 }

// Instant gives the real instant at which the date begins in Brussels.
func (c Calendar) Instant(d Date) time.Time {
	midnight := d.Time(Brussels)
	if c.RealTime() {
		return midnight
	}
	passed := midnight.Sub(c.Start.Time(Brussels))
	// A microsecond more, so that rounding never shows the day before.
	return c.Epoch.Add(time.Duration(float64(passed)/c.Pace) + time.Microsecond)
}

// Today gives the date that the calendar shows at a real instant.
func (c Calendar) Today(now time.Time) Date {
	if c.RealTime() {
		return dateOf(now.In(Brussels))
	}
	const most = float64(250 * year) // beyond every date of a cycle, within a Duration
	passed := min(max(float64(now.Sub(c.Epoch))*c.Pace, -most), most)
	return dateOf(c.Start.Time(Brussels).Add(time.Duration(passed)))
}
