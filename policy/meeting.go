package policy

import (
	"slices"
	"strings"
)

// TookPlaceAt says whether a decision was taken at a meeting: it names it, or names
// no meeting of the calendar and was taken by the body in a meeting on that day.
func (d *Definition) TookPlaceAt(a Act, m *PlannedMeeting) bool {
	if a.Body != m.Body || a.Procedure != Meeting {
		return false
	}
	called := meetingsCalled(d.Meetings, a)
	if m.called(a.Meeting) {
		return a.Date == m.On || !slices.ContainsFunc(called, a.onTheDayOf)
	}
	return a.Date == m.On && len(called) == 0
}

// called says whether people mean the meeting by a text: its title or its key.
func (m *PlannedMeeting) called(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && (strings.EqualFold(text, m.Title) || strings.EqualFold(text, m.Key))
}

func (a *Act) onTheDayOf(m PlannedMeeting) bool { return a.Date == m.On }

// meetingsCalled lists the meetings of its body that a decision means by what it says.
func meetingsCalled(calendar []PlannedMeeting, a Act) []PlannedMeeting {
	return slices.DeleteFunc(slices.Clone(calendar), func(m PlannedMeeting) bool { return m.Body != a.Body || !m.called(a.Meeting) })
}

// judgeMeeting holds that what a meeting concluded bears the day of the meeting. One
// that the calendar has for another day is asked about: OtherDay answers.
func judgeMeeting(a Act, facts Facts) error {
	called := meetingsCalled(facts.Meetings, a)
	if a.Procedure != Meeting || a.OtherDay || facts.Past || len(called) == 0 || slices.ContainsFunc(called, a.onTheDayOf) {
		return nil
	}
	refused := wrongDate("%s is on %s in the calendar of the cycle, and the outcome is of %s: if it took place on another day than planned, say so", called[0].Title, called[0].On, a.Date)
	refused.Field = "other_day"
	return refused
}
