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
	for _, m := range called {
		if !m.Cancelled.IsZero() && m.On == a.Date && !facts.Past {
			return missing("meeting", "%s of %s was cancelled on %s: it concluded nothing", m.Title, m.On, m.Cancelled)
		}
	}
	if a.Procedure != Meeting || a.OtherDay || facts.Past || len(called) == 0 || slices.ContainsFunc(called, a.onTheDayOf) {
		return nil
	}
	refused := wrongDate("%s is on %s in the calendar of the cycle, and the outcome is of %s: if it took place on another day than planned, say so", called[0].Title, called[0].On, a.Date)
	refused.Field = "other_day"
	return refused
}

// JudgeMeetings holds that the calendar tells what took place and what was planned: a meeting
// whose day has passed stays as it was, unless its wrong day is rectified on a decision; one
// to come is moved or cancelled, and neither is struck out.
func JudgeMeetings(before, amended *Definition, amendment Act, today Date) error {
	for _, m := range before.Meetings {
		next := amended.Meeting(m.Key)
		over := m.On.Before(today)
		switch {
		case next == nil && over:
			return JudgeHeld(m, today)
		case next == nil:
			return missing("meetings", "the meeting %s of %s is missing: one that will not take place is cancelled, and stays in the calendar (policycycle meeting cancel)", m.Key, m.On)
		case over:
			if err := judgePastMeeting(m, *next, amendment, today); err != nil {
				return err
			}
		case next.Rectified != m.Rectified:
			return missing("meetings", "the meeting %s is still to come, on %s: it is moved, not rectified", m.Key, m.On)
		case next.On != m.On && next.On.After(amended.latest(m.On)):
			return missing("meetings", "the meeting %s cannot be moved to %s, past the end of the cycle: %s at the latest", m.Key, next.On, amended.latest(m.On))
		}
	}
	return nil
}

// JudgeHeld holds that a meeting whose day has passed is neither struck out nor cancelled.
func JudgeHeld(m PlannedMeeting, today Date) error {
	if m.On.Before(today) {
		return missing("meetings", "the meeting %s was on %s: it stays in the calendar", m.Key, m.On)
	}
	return nil
}

// judgePastMeeting holds a meeting whose day has passed against what an amendment makes of it.
func judgePastMeeting(m, next PlannedMeeting, amendment Act, today Date) error {
	rectified := next.Rectified == amendment.Date && next.Rectified != m.Rectified
	switch {
	case next.Body != m.Body || next.Cancelled != m.Cancelled || !slices.Equal(next.Settles, m.Settles):
		return missing("meetings", "the meeting %s was on %s: it stays in the calendar as it was", m.Key, m.On)
	case next.On == m.On && next.Rectified == m.Rectified:
		return nil
	case !rectified || amendment.Amendment == nil || amendment.Amendment.Decision == "":
		return missing("decision",
			"the meeting %s was on %s: a wrong day is rectified with the reason, on a decision for which two people stand (policycycle meeting move with --decision)", m.Key, m.On)
	case next.On.After(today):
		return missing("meetings", "the meeting %s was on %s: it cannot be rectified to %s, which has not come yet", m.Key, m.On, next.On)
	default:
		return nil
	}
}

// latest gives the last day to which a meeting of a day may move: what is settled while the
// plans are carried out is so within that time; the last reports may follow for a year.
func (d *Definition) latest(from Date) Date {
	const later = 365
	if end := d.ImplementationWindow.To; !from.After(end) {
		return end
	}
	return d.lastDue().AddDays(later)
}
