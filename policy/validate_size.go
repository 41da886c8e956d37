package policy

// The most that a cycle may have. A run looks at the whole of it each time it wakes, and
// has seconds for that; Temporal has no more than 2000 runs under another that have not
// ended, and half a MiB for what a run hands on.
const (
	// MaxPlans counts the MASPs, and the OAPs of each period.
	MaxPlans = 500
	// MaxReports counts the reports on the OAPs, round by round.
	MaxReports = 5000
	// MaxDue counts the due dates of all reporting obligations.
	MaxDue = 500
	// MaxSettles counts the paths that all meetings settle.
	MaxSettles = 1000
	// MaxReminders counts the reminders before a due date.
	MaxReminders = 10
	// MaxItems counts the extraordinary items and changes of OAPs that are open at once.
	MaxItems = 500
)

// Fits says whether the cycle has no more than it may: of one that does, its agenda can be
// made, wherever the definition comes from.
func (d *Definition) Fits() bool {
	var ps problems
	d.checkSize(&ps)
	return len(ps) == 0
}

// checkSize makes sure that the runs of the cycle can do in their time what it asks of
// them.
func (d *Definition) checkSize(ps *problems) {
	oaps, rounds, due, settles := 0, 0, 0, 0
	for _, p := range d.Priorities {
		oaps += len(p.OAPs)
	}
	for _, p := range d.Periods {
		rounds += len(p.Reports)
	}
	for _, o := range d.Obligations {
		due += len(o.Due)
	}
	for _, m := range d.Meetings {
		settles += len(m.Settles)
	}
	plans := len(d.masps()) + oaps*len(d.Periods)
	if plans > MaxPlans {
		ps.add("priorities", "come to %d plans, MASPs and the OAPs of each period together: a cycle has at most %d", plans, MaxPlans)
	}
	if oaps*rounds > MaxReports {
		ps.add("periods", "come to %d reports on OAPs: a cycle has at most %d", oaps*rounds, MaxReports)
	}
	if due > MaxDue {
		ps.add("obligations", "come to %d due dates: a cycle has at most %d", due, MaxDue)
	}
	if settles > MaxSettles {
		ps.add("meetings", "settle %d paths: those of a cycle settle at most %d", settles, MaxSettles)
	}
	if d.Reminders != nil {
		ps.entries("reminders.before_days", len(d.Reminders.BeforeDays), MaxReminders)
	}
}
