package rules

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// cosiRules hold what COSI has to do as a priority task: S11, S13, S22, S25.
func cosiRules() []Rule {
	return []Rule{{
		ID: "S11", Place: Place{Paragraph: 14}, Title: "COSI monitors the strategy as a priority task", Severity: policy.Warns,
		Checks: "every meeting of COSI had an item on monitoring, entered before it or marked as entered late; the figures of every report and register reconcile and are of indicators that are counted; another unit is another counting rule; joint action days are counted once; no report is overdue",
		Source: "INSTRUCTS COSI … to coordinate, support and monitor the development and implementation of the Internal Security Strategy as one of its priority tasks",
		Bites:  "findings",
		parts: []part{
			{looks: []source{meetings, rowsIn[*policy.AgendaItem](policy.RegAgenda)}, check: checkMonitoring},
			{looks: []source{rowsIn[*policy.JointActionDay](policy.RegDays), documents(policy.KindReport)}, check: (*Snapshot).checkDays},
			{looks: []source{rowsIn[*policy.JointActionDay](policy.RegDays)}, check: (*Snapshot).checkDayRows},
			{looks: []source{rowsIn[*policy.Progress](policy.RegProgress)}, check: (*Snapshot).checkProgressRows},
			{looks: []source{rowsIn[*policy.Indicator](policy.RegIndicators)}, check: (*Snapshot).checkUnits},
			{looks: []source{reportsDue}, check: checkOverdue},
			{looks: []source{documents(policy.KindReport)}, check: checkReports},
			{looks: []source{documents(policy.KindReport), rowsIn[*policy.Indicator](policy.RegIndicators)}, check: checkCounted},
		},
	}, {
		ID: "S13", Place: Place{Paragraph: 14}, Title: "COSI gives regular updates", Severity: policy.Warns, Bites: "reporting obligations",
		Checks: "every update that COSI owes the Council was given, and every report by which the Council then informs the European Parliament and the national parliaments (Decision 2010/131/EU, Article 6), with evidence of delivery; none is overdue",
		Source: "and provide regular updates regarding these actions",
		parts: append(append(onOwed([]policy.Body{policy.COSI}, policy.RegularUpdate), onOwed(council, policy.ParliamentReport)...),
			part{looks: []source{owed(council, policy.ParliamentReport)}, check: checkDebtor}),
	}, {
		ID: "S22", Place: Place{Paragraph: 17}, Title: "Member States take part in COSI at an adequate level", Severity: policy.Warns, Bites: "findings",
		Checks: "every Member State attended every meeting of COSI at the agreed level or above",
		Source: "INVITES Member States to ensure a level of participation at COSI that reflects COSI's mandate",
		parts:  []part{{looks: []source{meetings, level, rowsIn[*policy.Attendance](policy.RegAttendance)}, check: checkAttendance}},
	}, {
		ID: "S25", Place: Place{Paragraph: 18}, Title: "The Commission gives regular updates", Severity: policy.Warns, Bites: "reporting obligations",
		Checks: "every update that the Commission owes was given; none is overdue",
		Source: "to provide regular updates on actions taken to strengthen internal security within the Union",
		parts:  onOwed(commission, policy.RegularUpdate),
	}}
}

// onOwed makes the parts of a rule on the obligations of some kinds that some bodies owe.
func onOwed(by []policy.Body, kinds ...policy.ObligationKind) []part {
	each := func(check func(*Snapshot, policy.Obligation, reporter)) func(*Snapshot, reporter) {
		return func(d *Snapshot, report reporter) {
			for _, o := range d.obligations(by, kinds...) {
				check(d, o, report)
			}
		}
	}
	due := owed(by, kinds...)
	return []part{
		{looks: []source{due}, check: each((*Snapshot).checkObligation)},
		{looks: []source{due, rowsIn[*policy.DeliveryProof](policy.RegDeliveries)}, check: each((*Snapshot).checkDelivered)},
	}
}

// checkDebtor holds that the Council informs the parliaments, and nobody in its place.
func checkDebtor(d *Snapshot, report reporter) {
	for _, o := range d.Definition.Obligations {
		if o.Kind == policy.ParliamentReport && o.OwedBy != policy.Council {
			report(policy.Finding{Record: "obligation/" + o.Key, Mend: []policy.Body{policy.GeneralSecretariat}},
				"%s is owed by %s: COSI reports to the Council, and the Council informs the parliaments", o.Title, d.Definition.Bodies.Title(o.OwedBy))
		}
	}
}

// level is the level of attendance that was agreed.
var level = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	if d.Definition.AttendanceLevel == "" {
		c.gap("attendance_level", NotListed, 1, policy.Say("the cycle file says nothing of the level that was agreed"))
	}
	return policy.Remark{}
}}

// reportsDue is each report whose round is open, or was.
var reportsDue = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	for _, e := range d.agenda {
		if s := d.Standing(e); e.Subject.Kind == policy.KindReport && s.State != policy.StateUpcoming {
			c.Looked, c.Changed = c.Looked+1, policy.Latest(c.Changed, s.LastAct)
		}
	}
	return policy.Say("no reporting round was open yet")
}}

// pastMeetings lists the meetings of COSI that have taken place.
func (d *Snapshot) pastMeetings() []policy.PlannedMeeting {
	return slices.DeleteFunc(slices.Clone(d.Definition.Meetings), func(m policy.PlannedMeeting) bool {
		return m.Body != policy.COSI || !m.On.Before(d.Today) || !m.Cancelled.IsZero()
	})
}

func checkMonitoring(d *Snapshot, report reporter) {
	for _, m := range d.pastMeetings() {
		f := policy.Finding{Record: "meetings/" + m.Key, Mend: []policy.Body{policy.Presidency, policy.GeneralSecretariat}}
		switch monitored, entered := d.monitored(m); {
		case !monitored:
			report(f, "COSI met on %s without an item on monitoring", m.On)
		case !entered:
			report(f, "the item on monitoring of COSI on %s was entered afterwards and is not marked so", m.On)
		}
	}
}

// monitored says whether a meeting had an item on monitoring, and whether that was entered
// before it or is marked as entered late.
func (d *Snapshot) monitored(m policy.PlannedMeeting) (monitored, entered bool) {
	for _, now := range d.Rows(policy.RegAgenda, m.Key+"/") {
		if item, is := now.Body.(*policy.AgendaItem); !is || !item.Monitoring || item.Removed {
			continue
		}
		monitored = true
		for _, row := range d.history[policy.RegAgenda] {
			item, is := row.Body.(*policy.AgendaItem)
			entered = entered || is && row.Key == now.Key && item.Monitoring && (item.EnteredLate || !row.Date.After(m.On))
		}
	}
	return monitored, entered
}

func checkOverdue(d *Snapshot, report reporter) {
	for _, e := range d.WholeAgenda() {
		if s := d.Standings[e.Subject]; e.Subject.Kind == policy.KindReport && s.State == policy.StateDrafting && s.MissedOn(d.Today) {
			report(aboutReport(e), "%s was to be handed in by %s", e.Title, s.Due)
		}
	}
}

func aboutReport(e policy.Entry) policy.Finding {
	return policy.Finding{Subject: e.Subject.Path(), Record: e.Subject.Path(), Mend: mendOf(e)}
}

// checkReports holds the figures of each report against its parts, and against the registers.
func checkReports(d *Snapshot, report reporter) {
	for _, e := range d.WholeAgenda() {
		content, kept := contentOf[*policy.Report](d, e.Subject)
		if !kept || e.Subject.Kind != policy.KindReport {
			continue
		}
		for _, discrepancy := range d.discrepancies(e.Subject, content) {
			report(aboutReport(e), "%s does not reconcile: %s", e.Title, discrepancy)
		}
		for _, difference := range d.differences(e.Subject, content) {
			report(aboutReport(e), "%s is not what the registers say: %s", e.Title, difference)
		}
	}
}

func checkAttendance(d *Snapshot, report reporter) {
	agreed := slices.Index(policy.Levels, d.Definition.AttendanceLevel)
	if agreed < 0 {
		return // nothing was agreed
	}
	for _, m := range d.pastMeetings() {
		for _, state := range d.Definition.Bodies.MembersOn(m.On) {
			key := m.Key + "/" + string(state)
			f := policy.Finding{Record: "attendance/" + key, Mend: []policy.Body{state}}
			row, there := rowOf[*policy.Attendance](d, policy.RegAttendance, key)
			switch {
			case !there:
				report(f, "nothing is recorded on the attendance of %s at COSI on %s", d.Definition.Bodies.Title(state), policy.Same{Part: m.On})
			case slices.Index(policy.Levels, row.Level) < agreed:
				report(f, "%s was at COSI on %s at the level %s: %s or above was agreed", d.Definition.Bodies.Title(state), policy.Same{Part: m.On}, row.Level, policy.Same{Part: d.Definition.AttendanceLevel})
			}
		}
	}
}
