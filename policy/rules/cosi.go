package rules

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// cosiRules hold what COSI has to do as a priority task: S11, S13, S22, S25.
func cosiRules() []Rule {
	return []Rule{{
		ID: "S11", Title: "COSI monitors the strategy as a priority task", Severity: policy.Warns,
		Checks: "every meeting of COSI has a monitoring item; the figures of every report and register reconcile and are of indicators that are counted; another unit is another counting rule; joint action days are counted once; no report is overdue",
		Source: "INSTRUCTS COSI … to coordinate, support and monitor the development and implementation of the Internal Security Strategy as one of its priority tasks",
		Bites:  "findings", check: checkMonitoring,
	}, {
		ID: "S13", Title: "COSI gives regular updates", Severity: policy.Warns, Bites: "reporting obligations",
		Checks: "every update and every report to the parliaments that COSI owes was given, with evidence of delivery; none is overdue",
		Source: "and provide regular updates regarding these actions",
		check:  onOwed(policy.COSI, policy.RegularUpdate, policy.ParliamentReport),
	}, {
		ID: "S22", Title: "Member States take part in COSI at an adequate level", Severity: policy.Warns, Bites: "findings",
		Checks: "every Member State attended every meeting of COSI at the agreed level or above",
		Source: "INVITES Member States to ensure a level of participation at COSI that reflects COSI's mandate",
		Needs:  []string{string(policy.RegAttendance)}, check: checkAttendance,
	}, {
		ID: "S25", Title: "The Commission gives regular updates", Severity: policy.Warns, Bites: "reporting obligations",
		Checks: "every update that the Commission owes was given; none is overdue",
		Source: "to provide regular updates on actions taken to strengthen internal security within the Union",
		check:  onOwed(policy.Commission, policy.RegularUpdate),
	}}
}

// onOwed makes a check of the obligations of some kinds that a body owes.
func onOwed(by policy.Body, kinds ...policy.ObligationKind) func(*Snapshot, reporter) {
	return func(d *Snapshot, report reporter) {
		for _, o := range d.Definition.Obligations {
			if o.OwedBy == by && slices.Contains(kinds, o.Kind) {
				d.checkObligation(o, report)
			}
		}
	}
}

// pastMeetings lists the meetings of COSI that have taken place.
func (d *Snapshot) pastMeetings() []policy.PlannedMeeting {
	return slices.DeleteFunc(slices.Clone(d.Definition.Meetings), func(m policy.PlannedMeeting) bool {
		return m.Body != policy.COSI || !m.On.Before(d.Today) || !m.Cancelled.IsZero()
	})
}

func checkMonitoring(d *Snapshot, report reporter) {
	if policy.Stores(d.Definition, policy.RegAgenda) {
		for _, m := range d.pastMeetings() {
			monitors := slices.ContainsFunc(d.Rows(policy.RegAgenda, m.Key+"/"), func(r policy.Row) bool {
				item, is := r.Body.(*policy.AgendaItem)
				return is && item.Monitoring && !item.Removed
			})
			if !monitors {
				report(policy.Finding{Record: "meetings/" + m.Key, Mend: []policy.Body{policy.Presidency, policy.GeneralSecretariat}},
					"COSI met on %s without an item on monitoring", m.On)
			}
		}
	}
	d.checkDays(report)
	d.checkRows(report)
	d.checkUnits(report)
	for _, e := range d.WholeAgenda() {
		if e.Subject.Kind != policy.KindReport {
			continue
		}
		f := policy.Finding{Subject: e.Subject.Path(), Record: e.Subject.Path(), Mend: mendOf(e)}
		if s := d.Standings[e.Subject]; s.State == policy.StateDrafting && s.MissedOn(d.Today) {
			report(f, "%s was to be handed in by %s", e.Subject.Path(), s.Due)
		}
		if content, kept := contentOf[*policy.Report](d, e.Subject); kept {
			d.checkCounted(e.Subject, content, f, report)
			for _, discrepancy := range d.discrepancies(e.Subject, content) {
				report(f, "%s does not reconcile: %s", e.Subject.Path(), discrepancy)
			}
			for _, difference := range d.differences(e.Subject, content) {
				report(f, "%s is not what the registers say: %s", e.Subject.Path(), difference)
			}
		}
	}
}

func checkAttendance(d *Snapshot, report reporter) {
	agreed := slices.Index(policy.Levels, d.Definition.AttendanceLevel)
	if agreed < 0 {
		return
	}
	for _, m := range d.pastMeetings() {
		for _, state := range policy.MembersOn(m.On) {
			key := m.Key + "/" + string(state)
			f := policy.Finding{Record: "attendance/" + key, Mend: []policy.Body{state}}
			row, there := rowOf[*policy.Attendance](d, policy.RegAttendance, key)
			switch {
			case !there:
				report(f, "nothing is recorded on the attendance of %s at COSI on %s", state.Title(), m.On)
			case slices.Index(policy.Levels, row.Level) < agreed:
				report(f, "%s was at COSI on %s at the level %s: %s or above was agreed", state.Title(), m.On, row.Level, d.Definition.AttendanceLevel)
			}
		}
	}
}
