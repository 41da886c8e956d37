package policy

import (
	"fmt"
	"slices"
)

func (d *Definition) checkPeriods(ps *problems) {
	if len(d.Periods) == 0 {
		ps.add("periods", "is empty: expected at least one period with its OAPs")
	}
	taken := map[string]string{}
	for i, p := range d.Periods {
		field := fmt.Sprintf("periods[%d]", i)
		ps.key(field+".key", p.Key, taken)
		if ps.window(field, Window{p.From, p.To}) {
			d.checkPeriodWindow(ps, field, i)
		}
		if ps.inOrder(field+".drafting", p.Drafting, field+".due", p.Due, "drafting starts") {
			ps.order(field+".to", p.To, "its OAPs are due", p.Due)
		}
		rounds := map[string]string{}
		for j, r := range p.Reports {
			at := fmt.Sprintf("%s.reports[%d]", field, j)
			ps.key(at+".key", r.Key, rounds)
			if ps.inOrder(at+".opens", r.Opens, at+".due", r.Due, "the round opens") {
				ps.order(at+".due", r.Due, "the period begins", p.From)
			}
			ps.cover(at+".covers", p, j)
		}
	}
}

// Uncovered lists the times of the implementation window in which no period lies: nothing is
// planned for them. They are sound, for an amendment may add periods.
func (d *Definition) Uncovered() []Window {
	var open []Window
	next := d.ImplementationWindow.From
	for _, p := range slices.SortedFunc(slices.Values(d.Periods), func(a, b Period) int { return a.From.Compare(b.From) }) {
		if p.From.After(next) {
			open = append(open, Window{next, p.From.AddDays(-1)})
		}
		next = Latest(next, p.To.AddDays(1))
	}
	if end := d.ImplementationWindow.To; !next.After(end) {
		open = append(open, Window{next, end})
	}
	return open
}

// cover notes a round that covers a time which another covers, or which is still to come when
// it is due.
func (ps *problems) cover(field string, p Period, round int) {
	r := p.Reports[round]
	if r.Covers == nil || !ps.window(field, *r.Covers) {
		return
	}
	ps.order(field+".from", r.Covers.From, "the period begins", p.From)
	if r.Covers.To.After(r.Due) {
		ps.add(field+".to", "is %s: the round is due on %s", r.Covers.To, r.Due)
	}
	for _, before := range p.Reports[:round] {
		if before.Covers != nil && before.Covers.Overlaps(*r.Covers) {
			ps.add(field, "overlaps with what the round %s covers", before.Key)
		}
	}
}

func (d *Definition) checkPeriodWindow(ps *problems, field string, i int) {
	p, impl := d.Periods[i], d.ImplementationWindow
	if p.From.Before(impl.From) || p.To.After(impl.To) {
		ps.add(field, "runs from %s to %s: expected it inside the implementation window, %s to %s", p.From, p.To, impl.From, impl.To)
	}
	if end := p.To.AddDays(1); end != p.From.AddMonths(12) && end != p.From.AddMonths(24) {
		ps.add(field, "runs from %s to %s: expected 12 or 24 months", p.From, p.To)
	}
	if i > 0 && !p.From.After(d.Periods[i-1].To) {
		ps.add(field+".from", "is %s: expected a date after %s, when the period before it ends", p.From, d.Periods[i-1].To)
	}
}

func (d *Definition) checkPriorities(ps *problems) {
	if len(d.Priorities) == 0 {
		ps.add("priorities", "is empty: expected at least one priority")
	}
	priorities, oaps := map[string]string{}, map[string]string{}
	for i, p := range d.Priorities {
		field := fmt.Sprintf("priorities[%d]", i)
		ps.key(field+".key", p.Key, priorities)
		ps.expected(field+".title", p.Title, "the name of the priority")
		if !slices.Contains(PriorityKinds, p.Kind) {
			ps.add(field+".kind", "is %q: expected crime, regional or cross-cutting", p.Kind)
		}
		if p.Kind == PriorityRegional && p.Region == "" {
			ps.add(field+".region", "is missing: expected the region of a regional priority")
		}
		subs := map[string]string{}
		for j, s := range p.SubPriorities {
			ps.key(fmt.Sprintf("%s.sub_priorities[%d].key", field, j), s.Key, subs)
		}
		if len(p.OAPs) == 0 {
			ps.add(field+".oaps", "is empty: expected at least one OAP under the priority")
		}
		for j, oap := range p.OAPs {
			d.checkOAP(ps, fmt.Sprintf("%s.oaps[%d]", field, j), oap, oaps, subs)
		}
	}
}

func (d *Definition) checkOAP(ps *problems, field string, oap OAP, taken, subs map[string]string) {
	ps.key(field+".key", oap.Key, taken)
	ps.expected(field+".title", oap.Title, "the name of the OAP")
	if oap.SubPriority != "" && subs[oap.SubPriority] == "" {
		ps.add(field+".sub_priority", "is %q: expected one of the sub-priorities of its priority", oap.SubPriority)
	}
	switch cycle := d.whole(); {
	case oap.Driver == "":
	case !d.Bodies.MemberState(oap.Driver):
		ps.add(field+".driver", "is %q: expected the code of a Member State, such as fr", oap.Driver)
	case cycle.From.IsZero() || cycle.To.IsZero(): // is told already
	case !d.Bodies.MemberWithin(oap.Driver, cycle):
		ps.add(field+".driver", "is %s, no member of the Union in the time of the cycle, %s to %s: %s", d.Bodies.Title(oap.Driver), cycle.From, cycle.To, d.Bodies.membership(oap.Driver))
	}
}

func (d *Definition) checkObligations(ps *problems) {
	taken := map[string]string{}
	for i, o := range d.Obligations {
		field := fmt.Sprintf("obligations[%d]", i)
		ps.key(field+".key", o.Key, taken)
		if d.Bodies.noPart(o.OwedBy) || d.Bodies.Collective(o.OwedBy) && o.OwedBy != COSI && o.OwedBy != Council {
			ps.add(field+".owed_by", "is %q: expected the body that reports", o.OwedBy)
		}
		ps.expected(field+".title", o.Title, "the name of the report")
		if len(o.Due) == 0 {
			ps.add(field+".due", "is empty: expected at least one date")
		}
		for j, to := range o.To {
			if d.Bodies.noPart(to) {
				ps.add(fmt.Sprintf("%s.to[%d]", field, j), "is %q: expected a body such as council", to)
			}
		}
		if len(o.To) == 0 {
			ps.add(field+".to", "is empty: expected at least one body that receives the report")
		}
		met := map[Date]bool{}
		for j, due := range o.Due {
			at := fmt.Sprintf("%s.due[%d]", field, j)
			if ps.date(at, due) && met[due] {
				ps.add(at, "repeats %s", due)
			}
			met[due] = true
		}
	}
}

// longestLead is the longest distance from a due date that makes sense, in
// days.
const longestLead = 1000

func (d *Definition) checkReminders(ps *problems) {
	if d.Reminders == nil {
		return
	}
	for i, days := range d.Reminders.BeforeDays {
		if days < 1 || days > longestLead {
			ps.add(fmt.Sprintf("reminders.before_days[%d]", i), "is %d: expected 1 to %d days before the due date", days, longestLead)
		}
	}
	if e := d.Reminders.EscalateDays; e != 0 && (e < 2 || e > longestLead) {
		ps.add("reminders.escalate_days", "is %d: expected 2 to %d days after the due date, or 0 for none", e, longestLead)
	}
}
