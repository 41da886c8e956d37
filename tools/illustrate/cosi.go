package main

import (
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// meet puts items on the agenda of each meeting of COSI, and has the States
// attend.
func (c *cast) meet() {
	meetings := slices.DeleteFunc(slices.Clone(c.d.Meetings), func(m policy.PlannedMeeting) bool { return m.Body != policy.COSI })
	after := policy.Date{} // the meeting before
	for n, m := range meetings {
		c.enters(policy.Presidency, policy.RegAgenda, m.Key+"/monitoring", m.On.AddDays(-21), &policy.AgendaItem{
			Title: "The strategy and the priorities: where they stand", Monitoring: true,
		})
		c.table(m, after)
		for _, state := range policy.MembersOn(m.On) {
			level := policy.Level("director")
			switch {
			case c.absent == m.Key+"/"+string(state):
				level = "head-of-unit"
			case draw(4, "attends", m.Key, state) == 0 || n == 0 || state == policy.PresidencyOn(m.On):
				level = "director-general"
			}
			c.enters(policy.GeneralSecretariat, policy.RegAttendance, m.Key+"/"+string(state), m.On, &policy.Attendance{Level: level})
		}
		after = m.On
	}
}

// table puts on the agenda of a meeting what COSI concludes on since the
// meeting before; reports of a round together, as one item.
func (c *cast) table(m policy.PlannedMeeting, after policy.Date) {
	rounds := map[string]bool{}
	for _, e := range c.course.entries {
		concludes := c.concludes(e.Subject, policy.COSI)
		if !concludes.After(after) || concludes.After(m.On) {
			continue
		}
		item, title, on := e.Subject.Path(), e.Title, policy.Latest(m.On.AddDays(-21), c.handedIn(e.Subject))
		switch e.Subject.Kind {
		case policy.KindItem:
			on = e.Opens.AddDays(7)
		case policy.KindReport:
			item = "reports-" + e.Subject.Period + "-" + e.Subject.Round
			title = fmt.Sprintf("Reports on the OAPs %s, round %s", e.Subject.Period, e.Subject.Round)
			on = m.On.AddDays(-21)
		default:
		}
		if !rounds[item] {
			rounds[item] = true
			c.enters(policy.Presidency, policy.RegAgenda, m.Key+"/"+item, policy.Earliest(on, concludes), &policy.AgendaItem{Title: title})
		}
	}
}

// owe has every report that is owed written and delivered.
func (c *cast) owe() {
	for _, o := range c.d.Obligations {
		before, covered := c.d.PolicyWindow.From, policy.NewDate(o.Due[0].Year(), 1, 1)
		for _, due := range o.Due {
			subject := owed(&c.d, o, due)
			given := c.course.standings[subject]
			if !given.Positive() {
				continue
			}
			delivery := &policy.Delivery{Cover: illustrative, Covers: policy.Window{From: before, To: given.ClosedOn.AddDays(-15)}}
			delivery.Text = "What was done since the last update, by priority."
			if o.Kind == policy.AnnualReport {
				delivery.Covers = policy.Window{From: covered, To: policy.Earliest(policy.NewDate(due.Year(), 12, 31), given.ClosedOn.AddDays(-15))}
				delivery.Text = "How the strategy was carried out, by its objectives. It rests on the reports of the cycle."
				delivery.Reports = c.accountedFor(delivery.Covers, given.ClosedOn)
				covered = delivery.Covers.To.AddDays(1)
			}
			before = given.ClosedOn
			c.hands(subject.Path(), delivery)
			c.deliver(o, due, given.ClosedOn)
		}
	}
}

// deliver shows that a report reached each of those to whom it is owed.
func (c *cast) deliver(o policy.Obligation, due, given policy.Date) {
	by := o.OwedBy
	if by.Collective() {
		by = policy.GeneralSecretariat
	}
	subject := owed(&c.d, o, due)
	document := c.course.acts[subject][0].Document
	if document == "" {
		document = invented(given.Year(), subject.Path())
	}
	for i, to := range o.To {
		on := given.AddDays(1 + i)
		c.enters(by, policy.RegDeliveries, o.Key+"/"+due.String()+"/"+string(to), on.AddDays(3), &policy.DeliveryProof{On: on, Document: document})
	}
}

// accountedFor lists the progress reports of the cycle of which an annual report takes
// account that is given on a day: those that tell of the year or are settled in it, and those
// of a round that falls due in it.
func (c *cast) accountedFor(year policy.Window, given policy.Date) []string {
	r := policy.Records{Definition: &c.d}
	var paths []string
	for _, e := range c.course.entries {
		s := c.course.standings[e.Subject]
		tells := year.Holds(r.CoverOf(e.Subject).To) && !s.ClosedOn.After(given)
		if e.Subject.Kind == policy.KindReport && s.Positive() && (tells || year.Holds(s.ClosedOn) || year.Holds(e.Due)) {
			paths = append(paths, e.Subject.Path())
		}
	}
	return paths
}
