package service

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Calendars makes the addresses at which a calendar program reads what concerns somebody. Such
// a program cannot log in: whoever knows the address reads what its person may read now.
type Calendars interface {
	// MakeCalendar makes an address for whoever acts. Its token is given this once.
	MakeCalendar(ctx context.Context, of CalendarScope) (*MadeCalendar, error)
	// ListCalendars lists the addresses that are read: one's own and, to who manages people,
	// everybody's.
	ListCalendars(ctx context.Context) ([]KnownCalendar, error)
	// RevokeCalendar takes an address back, at once: one's own or, for who manages people,
	// anybody's. That it was taken back before is no error.
	RevokeCalendar(ctx context.Context, calendar int64) error
}

// CalendarScope is of what a calendar is.
type CalendarScope = policy.CalendarScope

// KnownCalendar is an address of a calendar, without its token.
type KnownCalendar struct {
	Calendar int64 `json:"calendar"` // its number
	Person   int64 `json:"person"`   // whose it is
	// Name is that of the person; empty once erased.
	Name string `json:"name,omitempty"`
	CalendarScope
	Made time.Time `json:"made"`
	// Read is the day on which it was read last; left out where it never was.
	Read policy.Date `json:"read,omitzero"`
}

// MadeCalendar is a new address.
type MadeCalendar struct {
	KnownCalendar
	// Path is the address, below that of the pages. Nobody can ask for it again.
	Path string `json:"path"`
}

// CalendarPath gives the address of the calendar with a token, below that of the pages.
func CalendarPath(token string) string { return "/calendar/" + token + ".ics" }
