package papers

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"github.com/policycycle/policycycle/policy"
)

// refresh is how often a program is to read the calendar anew.
const refresh = "PT1H"

// write writes days as iCalendar. They are whole days, which are those of Brussels wherever they
// are read.
func (c Calendar) write(w io.Writer, name string, days []*day) error {
	out := ics.NewCalendar()
	out.SetProductId("-//policycycle//policycycle//EN")
	out.SetMethod(ics.MethodPublish)
	out.SetName(plain(name))
	out.SetXWRCalName(plain(name))
	out.SetXWRTimezone(policy.Brussels.String())
	out.SetRefreshInterval(refresh)
	out.SetXPublishedTTL(refresh)
	out.AddVTimezone(brussels())
	for _, d := range days {
		c.put(out.AddEvent(d.uid()), d)
	}
	if err := out.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	return nil
}

// put fills in what stands of a day.
func (c Calendar) put(e *ics.VEvent, d *day) {
	e.SetDtStampTime(d.since.Time(time.UTC))
	e.SetAllDayStartAt(d.from.Time(time.UTC))
	e.SetAllDayEndAt(d.to.AddDays(1).Time(time.UTC)) // the first day after it
	e.SetSequence(d.moved)
	e.SetStatus(ics.ObjectStatusConfirmed)
	if d.off {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	e.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy all day by it
	e.SetSummary(plain(c.summary(d)))
	e.SetDescription(plain(c.description(d)))
	if c.URL != "" {
		e.SetURL(c.URL + c.page(d))
	}
}

// tellsLimite says whether what is marked LIMITE may stand in the calendar.
func (c Calendar) tellsLimite() bool { return !policy.Limite.Above(c.Marking) }

// summary is the line by which a day stands in a calendar.
func (c Calendar) summary(d *day) string {
	title := d.title
	if d.subject != nil && !c.tellsLimite() && d.subject.Subject.Kind.ByHand() { // it stands in no published calendar
		title = c.Word("kind", d.subject.Subject.Kind)
	}
	what := d.what
	if d.subject != nil && !c.tellsLimite() {
		what = dayDue
	}
	said := c.T("calendar.day_"+what, "Title", title, "Body", c.bodies(d))
	if d.in.cycle.Rehearsal {
		said = c.T("rehearsal.mark") + ": " + said
	}
	return said
}

// description says more of a day: in which cycle, and whose turn it is.
func (c Calendar) description(d *day) string {
	lines := []string{c.T("calendar.cycle", "Title", d.in.cycle.Title)}
	if d.in.cycle.Rehearsal {
		lines = append(lines, c.T("calendar.rehearsal", "Key", d.in.cycle.ID))
	}
	if d.what == dayMeeting {
		lines = append(lines, c.bodies(d))
	}
	if d.subject != nil && c.tellsLimite() && d.what != dayDue {
		lines = append([]string{policy.Limite.Title()}, lines...)
		if who := c.bodies(d); who != "" {
			lines = append(lines, c.T("calendar.whose", "Body", who))
		}
	}
	return strings.Join(lines, "\n")
}

// bodies names those whose day it is, in the words of the cycle.
func (c Calendar) bodies(d *day) string {
	in := *c.Printer
	in.BodyTitle = d.in.cycle.Bodies.OwnTitle
	return in.Bodies(d.bodies)
}

// page gives the page on which somebody reads more. Where a key is not to stand, it is that of
// the cycle.
func (c Calendar) page(d *day) string {
	cycle := "/cycles/" + d.in.cycle.ID
	switch {
	case d.meeting != "":
		return cycle + "/meetings/" + d.meeting
	case d.subject != nil && (c.tellsLimite() || !d.subject.Subject.Kind.ByHand()):
		return cycle + "/on/" + d.subject.Path
	default:
		return cycle
	}
}

// plain leaves out of a text what no line of a calendar takes.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// brussels is the zone of the calendar: when its clocks change.
func brussels() *ics.VTimezone {
	zone := ics.NewTimezone(policy.Brussels.String())
	rule := func(start, yearly, from, to, name string) (c ics.ComponentBase) {
		c.SetProperty(ics.ComponentPropertyDtStart, start)
		c.SetProperty(ics.ComponentPropertyRrule, yearly)
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), from)
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), to)
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzname), name)
		return c
	}
	zone.Components = []ics.Component{
		&ics.Daylight{ComponentBase: rule("19960331T020000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "+0100", "+0200", "CEST")},
		&ics.Standard{ComponentBase: rule("19961027T030000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "+0200", "+0100", "CET")},
	}
	return zone
}
