package policy

import (
	"cmp"
	"iter"
	"slices"
)

// A cycle is amended while it runs. The definition in force says what is to come; what
// was handed in, adopted and reported before stays as it was then.

// Former is a definition that was in force, until an amendment put another in its place.
type Former struct {
	Definition *Definition
	Planned    []Entry // its agenda, where that is known: see Records.Planned
	Until      Date    // the day of the amendment
}

func (f Former) agenda() []Entry {
	if f.Planned != nil {
		return f.Planned
	}
	return f.Definition.Agenda()
}

// Definitions goes through the definition in force and those before it, the last one first.
func (r Records) Definitions() iter.Seq[*Definition] {
	return func(yield func(*Definition) bool) {
		if !yield(r.Definition) {
			return
		}
		for _, f := range slices.Backward(r.Former) {
			if !yield(f.Definition) {
				return
			}
		}
	}
}

// ever says whether something holds of the definition in force or of one before it.
func (r Records) ever(holds func(d *Definition) bool) bool {
	for d := range r.Definitions() {
		if holds(d) {
			return true
		}
	}
	return false
}

// CoverOf gives the time that a report covers, by the last definition that had its round;
// zero where none did.
func (r Records) CoverOf(report Subject) Window {
	for d := range r.Definitions() {
		if cover := d.CoverOf(report); cover != (Window{}) {
			return cover
		}
	}
	return Window{}
}

// subjectsOf gives the subjects of entries.
func subjectsOf(entries []Entry) map[Subject]bool {
	subjects := make(map[Subject]bool, len(entries))
	for _, e := range entries {
		subjects[e.Subject] = true
	}
	return subjects
}

// EverPlanned lists the entries of the agenda, and those that definitions before had and it
// no longer has.
func (r Records) EverPlanned() []Entry {
	all := r.Agenda()
	known := subjectsOf(all)
	for _, f := range slices.Backward(r.Former) {
		for _, e := range f.agenda() {
			if !known[e.Subject] {
				known[e.Subject], all = true, append(all, e)
			}
		}
	}
	return all
}

// Past lists the entries of subjects that were opened and that the agenda no longer has,
// as they were when it had them last.
func (r Records) Past() []Entry { return r.past(r.Agenda()) }

func (r Records) past(agenda []Entry) []Entry {
	if len(r.Former) == 0 {
		return nil
	}
	planned := subjectsOf(agenda)
	var past []Entry
	for _, f := range slices.Backward(r.Former) {
		for _, e := range f.agenda() {
			if _, opened := r.Standings[e.Subject]; opened && !planned[e.Subject] {
				planned[e.Subject] = true
				past = append(past, e)
			}
		}
	}
	for _, e := range r.Items { // of a plan that is gone
		if !planned[e.Subject] {
			past = append(past, e)
		}
	}
	SortEntries(past)
	return past
}

// WholeAgenda lists the entries of the agenda and those of the past: all that anything was
// recorded on, and all that is to come.
func (r Records) WholeAgenda() []Entry {
	agenda := r.Agenda()
	return append(agenda, r.past(agenda)...)
}

// Known gives the entry of a subject that is on the agenda, or was and was opened; and
// whether there is one.
func (r Records) Known(subject Subject) (Entry, bool) {
	agenda := r.Agenda()
	if e, planned := entryOf(agenda, subject); planned {
		return e, true
	}
	return entryOf(r.past(agenda), subject)
}

// GoneOn gives the day of the amendment that took a subject off the agenda; zero where it
// is on it, or never was.
func (r Records) GoneOn(subject Subject) Date {
	if _, planned := r.Entry(subject); planned {
		return Date{}
	}
	for _, f := range slices.Backward(r.Former) {
		if _, planned := entryOf(f.agenda(), subject); planned {
			return f.Until
		}
	}
	return Date{}
}

// Withdrawal is a priority that an amendment took away. It may have come back since: then
// it began anew.
type Withdrawal struct {
	Priority Priority
	On       Date
}

// Withdrawn lists the priorities of the Council that amendments took away, in their order.
func (r Records) Withdrawn() []Withdrawal {
	var all []Withdrawal
	for i, f := range r.Former {
		next := r.Definition
		if i+1 < len(r.Former) {
			next = r.Former[i+1].Definition
		}
		for _, p := range f.Definition.Priorities {
			if next.Priority(p.Key) == nil && r.Adopted(p) {
				all = append(all, Withdrawal{p, f.Until})
			}
		}
	}
	return all
}

// HadPriority says whether the cycle had a priority on a day, as far as amendments tell.
func (r Records) HadPriority(key string, on Date) bool {
	return r.Definition.Priority(key) != nil || slices.ContainsFunc(r.Withdrawn(), func(w Withdrawal) bool {
		return w.Priority.Key == key && !on.After(w.On)
	})
}

// Returned lists the entries that an amendment brought back, given the agenda before it: a
// plan begins anew, whatever became of it, and so does a report that was discontinued. A
// report that was settled stays settled.
func (r Records) Returned(before []Entry) []Entry {
	was := subjectsOf(before)
	return slices.DeleteFunc(slices.Clone(r.Agenda()), func(e Entry) bool {
		s := r.Standings[e.Subject]
		plan := e.Subject.Kind == KindMASP || e.Subject.Kind == KindOAP
		return was[e.Subject] || s.State != StateClosed || e.Subject.Kind.ByHand() || !plan && s.Outcome != Discontinued
	})
}

// Changes gives where the changes of OAPs and the corrections of reports stand that were
// settled, by what they change, the last one last: it stands in the place of those before.
func (r Records) Changes() map[Subject][]Standing {
	changes := map[Subject][]Standing{}
	for _, e := range r.Items {
		of := e.Subject.Changed()
		if s := r.Standing(e); of != e.Subject && s.Positive() {
			changes[of] = append(changes[of], s)
		}
	}
	for _, all := range changes {
		slices.SortFunc(all, func(a, b Standing) int {
			x, y := a.Subject.Number, b.Subject.Number // 10 comes after 9
			return cmp.Or(a.ClosedOn.Compare(b.ClosedOn), cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
		})
	}
	return changes
}

// oap finds an OAP by its key, with its priority; nil where there is none.
func (d *Definition) oap(key string) (*Priority, *OAP) {
	for i := range d.Priorities {
		p := &d.Priorities[i]
		for j := range p.OAPs {
			if p.OAPs[j].Key == key {
				return p, &p.OAPs[j]
			}
		}
	}
	return nil, nil
}

// formerOAP finds an OAP that the definition in force no longer has, as it was last, with
// its priority and the definition that had it.
func (r Records) formerOAP(key string) (f Former, p *Priority, o *OAP) {
	if _, planned := r.Definition.oap(key); planned != nil {
		return f, nil, nil
	}
	for _, f := range slices.Backward(r.Former) {
		if p, o := f.Definition.oap(key); o != nil {
			return f, p, o
		}
	}
	return f, nil, nil
}

// origins adds to keys those of the OAPs from which an OAP came in this cycle and that the
// definition in force no longer has.
func (r Records) origins(o *OAP, keys []string) []string {
	for _, key := range o.From {
		if slices.Contains(keys, key) {
			continue
		}
		if _, _, former := r.formerOAP(key); former != nil {
			keys = r.origins(former, append(keys, key))
		}
	}
	return keys
}

// Kept lists the entries of OAPs that go on under a key that the definition in force no
// longer has: see keepYears.
func (r Records) Kept() []Entry { return r.keepYears(nil) }

// keepYears puts OAPs that were renamed, split or merged while they were in force in the
// place of those that came from them: each keeps the period for which it was adopted, with
// its reports, and its successor begins with the next one.
func (r Records) keepYears(planned []Entry) []Entry {
	if len(r.Former) == 0 {
		return planned
	}
	var kept []Entry
	instead := map[Subject]bool{}
	for i := range r.Definition.Priorities {
		p := &r.Definition.Priorities[i]
		for j := range p.OAPs {
			kept = r.keepYearsOf(p, &p.OAPs[j], kept, instead)
		}
	}
	if len(kept) == 0 {
		return planned
	}
	planned = slices.DeleteFunc(planned, func(e Entry) bool {
		return (e.Subject.Kind == KindOAP || kinds[e.Subject.Kind].ofPlan) && instead[e.Subject.Plan()]
	})
	return append(planned, kept...)
}

// DriverOf gives the driver of an OAP as the definitions have it, where no post says so:
// of one that goes on under the key that it had, the driver of what came of it.
func (r Records) DriverOf(key string) Body {
	if _, o := r.Definition.oap(key); o != nil {
		return o.Driver
	}
	for i := range r.Definition.Priorities {
		for j := range r.Definition.Priorities[i].OAPs {
			o := &r.Definition.Priorities[i].OAPs[j]
			if o.Driver != "" && slices.Contains(r.origins(o, nil), key) {
				return o.Driver
			}
		}
	}
	if _, _, o := r.formerOAP(key); o != nil {
		return o.Driver
	}
	return ""
}

// keepYearsOf adds to kept the entries of the OAPs from which an OAP came, in the periods
// for which they were adopted, and notes in instead in whose place they stand.
func (r Records) keepYearsOf(p *Priority, o *OAP, kept []Entry, instead map[Subject]bool) []Entry {
	origins := r.origins(o, nil)
	for _, period := range r.Definition.Periods {
		own := Subject{Cycle: r.Definition.Key, Kind: KindOAP, Period: period.Key, Key: o.Key}
		if s := r.Standings[own]; s.Version > 0 && s.Outcome != Discontinued {
			continue // it was handed in for this period already
		}
		for _, key := range origins {
			old := own
			old.Key = key
			if !r.Standings[old].Positive() {
				continue
			}
			instead[own] = true
			if !slices.ContainsFunc(kept, func(e Entry) bool { return e.Subject == old }) {
				kept = append(kept, r.entriesOfFormer(period, p, o, key)...)
			}
		}
	}
	return kept
}

// entriesOfFormer gives the entries of an OAP of an earlier definition, and of the reports
// on it, by the calendar in force. successor, under p, is what came of it.
func (r Records) entriesOfFormer(period Period, p *Priority, successor *OAP, key string) []Entry {
	f, under, o := r.formerOAP(key)
	priority, oap := *p, *o
	priority.AddedOn = under.AddedOn
	oap.Driver = cmp.Or(successor.Driver, oap.Driver)
	entries := r.Definition.oapEntries(period, priority, oap)
	for i, e := range entries {
		then := e
		then.Priority = under.Key
		e.Requires = f.Definition.required(then)
		entries[i] = r.Definition.movedToMeeting(e)
	}
	return entries
}
