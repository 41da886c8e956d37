package policy

// CalendarScope is of what a calendar is that a program such as Outlook reads: where it names
// nothing, of what waits for the bodies and posts of its person.
type CalendarScope struct {
	// Body makes it one of what a body is to do.
	Body Body `json:"body,omitempty"`
	// Cycle makes it one of a whole cycle.
	Cycle string `json:"cycle,omitempty"`
	// Language is that in which it is written; left out, English.
	Language Language `json:"language,omitempty"`
}

// Check refuses a scope that says two things.
func (s CalendarScope) Check() error {
	if s.Body != "" && s.Cycle != "" {
		return missing("cycle", "a calendar is of a body or of a cycle: leave out one of them")
	}
	return nil
}

// MostCalendars is how many addresses of calendars one person may have.
const MostCalendars = 20
