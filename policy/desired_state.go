package policy

import (
	"cmp"
	"slices"
)

// Records is all that a desired state rests on: the definition in force, the
// extraordinary items opened, where each subject stands, and today's date on
// the calendar of the cycle.
type Records struct {
	Definition *Definition
	// Planned is Definition.Agenda(), where that is known: it is long, and asked for
	// again and again. Left out, it is made.
	Planned []Entry
	// Former are the definitions that were in force before, the first one first; none
	// where the cycle was never amended.
	Former []Former
	Items  []Entry
	// Drivers gives, by the key of an OAP, who may hand it in, where the register of
	// posts says so: its driver and co-drivers, or who acts. Held is the day of which
	// they are: a State that is no member then drives nothing. Without a day it is not
	// asked, for what was taken once.
	Drivers   map[string][]Body
	Held      Date
	Standings map[Subject]Standing // subjects that were opened; others are upcoming
	Today     Date
	// agenda is what Agenda gives, where it was made once for many questions; nil for not.
	agenda []Entry
}

// DesiredState is the state that a run must have, given the records. A run asks
// for it when it wakes and makes it so; whatever is there already stays.
type DesiredState struct {
	Stage Stage `json:"stage"`
	Since Date  `json:"since,omitzero"`
	// Open lists the subjects that must be open.
	Open []Entry `json:"open,omitempty"`
	// Gone lists the subjects still open that an amendment took away.
	Gone []Subject `json:"gone,omitempty"`
	// Lapsed lists the occurrences of an obligation that were never met and now
	// have a later one in their place, with the date of that one.
	Lapsed []Lapse `json:"lapsed,omitempty"`
	// Start lists the runs that must have been started.
	Start []Run `json:"start,omitempty"`
	// Wake is the next date on which the desired state changes by time alone; zero
	// for none.
	Wake Date `json:"wake,omitzero"`
}

// Lapse is an occurrence of an obligation that was never met.
type Lapse struct {
	Subject Subject `json:"subject"`
	On      Date    `json:"on"` // when a later one was
}

// DesiredStateOf says where a run must stand. It is pure: the same records give
// the same state, so a run can be rebuilt from them at any time.
func DesiredStateOf(run Run, r Records) DesiredState {
	r = r.WithAgenda()
	switch run.Kind {
	case RunCycle:
		return r.desiredCycle()
	case RunPlan:
		return r.seeThrough(run, r.desiredPlan(run.Plan, r.Agenda()))
	default:
		return r.seeThrough(run, r.desiredList(run))
	}
}

// seeThrough keeps a run in motion that is at its end while a final text is awaited in it, as
// long as the cycle goes on: that ends without it, and is not opened again by it.
func (r Records) seeThrough(run Run, p DesiredState) DesiredState {
	if !p.Stage.Ended() {
		return p
	}
	var awaiting []Entry
	for _, e := range r.Agenda() {
		if e.Subject.Run() == run && r.Standing(e).AwaitsFinal() {
			awaiting = append(awaiting, e)
		}
	}
	whole := r.desiredCycle()
	if len(awaiting) == 0 || whole.Stage.Ended() {
		return p
	}
	p.Stage, p.Open, p.Wake = StageInForce, awaiting, Earliest(p.Wake, whole.Wake)
	if run.Kind != RunPlan {
		p.Stage = StageRunning
	}
	return p
}

// Standing gives where a subject stands; one not opened is upcoming.
func (r Records) Standing(e Entry) Standing {
	if s, opened := r.Standings[e.Subject]; opened {
		return s
	}
	return Upcoming(e)
}

// StandingOfKind gives where the subject of a kind stands of which a cycle has one; upcoming
// where it was not opened.
func (r Records) StandingOfKind(kind Kind) Standing {
	s := r.Standings[r.Definition.SubjectOf(kind)]
	if s.State == "" {
		s.State = StateUpcoming
	}
	return s
}

// Adopted says whether a priority is among those the Council adopted. A
// priority that an amendment added rests on that amendment's own decision.
func (r Records) Adopted(p Priority) bool {
	return r.StandingOfKind(KindPriorities).Positive() && r.PriorityOutcome(p).Positive()
}

// PriorityOutcome gives what became of a priority, or "" while it is open.
func (r Records) PriorityOutcome(p Priority) Outcome {
	set := r.StandingOfKind(KindPriorities)
	if set.Positive() && !p.AddedOn.IsZero() {
		return Adopted
	}
	for _, item := range set.Items {
		if item.Item == p.Key {
			return item.Outcome
		}
	}
	return ""
}

// Agenda lists the entries that apply: those of the definition without the
// plans of priorities that were not adopted, OAPs that go on under the key that they had,
// and the extraordinary items. Nobody changes what it lists.
func (r Records) Agenda() []Entry {
	if r.agenda != nil {
		return slices.Clip(r.agenda)
	}
	return r.makeAgenda()
}

// WithAgenda gives the records with their agenda made once: it is long, and each question
// about a run goes through it. Of what it is made only Put and HeldOn may change anything then.
func (r Records) WithAgenda() Records {
	if r.agenda == nil {
		r.agenda = r.makeAgenda()
	}
	return r
}

// Put puts where a subject stands.
func (r *Records) Put(s Standing) {
	r.Standings[s.Subject], r.agenda = s, nil
}

func (r Records) makeAgenda() []Entry {
	decided := r.StandingOfKind(KindPriorities).State == StateClosed
	planned := slices.Clone(r.Planned)
	if planned == nil {
		planned = r.Definition.Agenda()
	}
	planned = r.keepYears(planned)
	entries := slices.DeleteFunc(planned, func(e Entry) bool {
		p := r.Definition.Priority(e.Priority)
		return decided && p != nil && !r.Adopted(*p)
	})
	entries = append(entries, r.items(entries)...)
	for i, e := range entries {
		entries[i] = r.Driven(e)
	}
	return entries
}

// items gives the entries of what somebody opened, given those that are planned: a change
// falls with its OAP. What was reported on it counts, and may still be corrected.
func (r Records) items(planned []Entry) []Entry {
	changes := func(e Entry) bool { return e.Subject.Kind == KindChange }
	if !slices.ContainsFunc(r.Items, changes) {
		return r.Items
	}
	plans := subjectsOf(planned)
	return slices.DeleteFunc(slices.Clone(r.Items), func(e Entry) bool { return changes(e) && !plans[e.Subject.Plan()] })
}

// Entry gives the entry of a subject, and whether it applies.
func (r Records) Entry(subject Subject) (Entry, bool) { return entryOf(r.Agenda(), subject) }

func entryOf(agenda []Entry, subject Subject) (Entry, bool) {
	at := slices.IndexFunc(agenda, func(e Entry) bool { return e.Subject == subject })
	if at < 0 {
		return Entry{}, false
	}
	return agenda[at], true
}

// HeldOn gives the records with those who hold the posts on a day, by rows of their register.
func (r Records) HeldOn(on Date, posts []Row) Records {
	r.Drivers, r.Held, r.agenda = DriversOn(on, posts), on, nil
	return r
}

// Driven gives what is handed in by those who drive a plan to those who do now, by the bodies
// of the cycle.
func (r Records) Driven(e Entry) Entry {
	bodies := r.Definition.Bodies
	e.Bodies = bodies
	if e.Subject.Kind != KindOAP && !kinds[e.Subject.Kind].ofPlan {
		return e
	}
	if drivers, known := r.Drivers[e.Subject.Key]; known {
		e.Submitters = drivers
	}
	if !r.Held.IsZero() && slices.ContainsFunc(e.Submitters, func(b Body) bool { return bodies.Foreign(b, r.Held) }) {
		e.Submitters = bodies.Serving(e.Submitters, r.Held)
	}
	return e
}

// Opened gives the agenda entry of an item, a change of an OAP or a correction of a report
// that is opened as subject on a date.
func (r Records) Opened(o Opening, subject Subject, on Date) Entry {
	e := r.Definition.Opened(o, subject, on)
	if e.Priority == "" && kinds[subject.Kind].ofPlan {
		known := r.Kept()
		if subject.Kind == KindCorrection { // also of an OAP that is gone
			known = r.WholeAgenda()
		}
		if plan, kept := entryOf(known, subject.Plan()); kept {
			e.Priority, e.Submitters = plan.Priority, plan.Submitters
		}
	}
	return r.Driven(e)
}

// desiredCycle walks the steps of the policy cycle in their order.
func (r Records) desiredCycle() DesiredState {
	d := r.Definition
	spans := r.Stages()
	now := spans[0] // where it begins, if it has not
	for _, span := range spans {
		if !span.Since.IsZero() && span.Until.IsZero() {
			now = span
			break
		}
	}
	p := DesiredState{Stage: now.Stage, Since: now.Since}
	if p.Since.IsZero() {
		p.Since = d.PolicyWindow.From
	}
	if p.Stage.Ended() {
		return p
	}
	agenda := r.Agenda()
	own := Run{Kind: RunCycle, Cycle: d.Key}
	p.Gone = r.gone(agenda, own)
	for _, e := range agenda {
		from, awaited := r.opens(e)
		switch run := e.Subject.Run(); {
		case !awaited:
		case run == own:
			p.open(r, e, from)
		case run.Kind == RunObligations: // it watches over what is owed from the beginning
			p.start(r, run, d.PolicyWindow.From)
		default:
			p.start(r, run, from)
		}
	}
	p.wakeOn(r, d.ImplementationWindow.From, d.ImplementationWindow.To.AddDays(1))
	return p
}

// opens gives from when on work on a subject goes on by the cycle itself; a zero
// date is now. awaited says whether what has to be there before is.
func (r Records) opens(e Entry) (from Date, awaited bool) {
	switch kinds[e.Subject.Kind].opens {
	case opensOnItsDay:
		return e.Opens, true
	case opensWhenReady:
		return Date{}, r.met(e.Requires)
	case opensOnceDecided:
		return e.Opens, r.StandingOfKind(KindPriorities).Positive()
	case opensWithItsPlan, opensNever:
	}
	return Date{}, false
}

// desiredPlan follows one MASP or OAP from drafting to its end.
func (r Records) desiredPlan(plan Subject, whole []Entry) DesiredState {
	run := plan.Run()
	var agenda []Entry // of this plan: itself first, then its reports
	for _, e := range whole {
		if e.Subject.Run() == run {
			agenda = append(agenda, e)
		}
	}
	gone := r.gone(agenda, run)
	if len(agenda) == 0 {
		return DesiredState{Stage: StageDiscontinued, Since: Latest(r.Standings[plan].ClosedOn, r.GoneOn(plan)), Gone: gone}
	}
	s := r.Standing(agenda[0])
	p := DesiredState{Since: s.Since, Gone: gone}
	switch {
	case s.State == StateUpcoming && (!r.StandingOfKind(KindPriorities).Positive() || r.Today.Before(agenda[0].Opens)):
		// It is in motion before its time: records that are gone had started it.
		p.Stage = StageDrafting
		p.wakeOn(r, agenda[0].Opens)
		return p
	case s.State == StateUpcoming, s.State == StateDrafting:
		p.Stage = StageDrafting
	case s.State == StateDeciding:
		p.Stage = StageDeciding
	case s.Outcome == Discontinued:
		p.Stage = StageDiscontinued
	case !s.Outcome.Positive():
		p.Stage = StageNotAgreed
	default:
		return r.inForce(p, plan, agenda)
	}
	if !p.Stage.Ended() {
		p.open(r, agenda[0], Date{})
	}
	return p
}

// inForce is an adopted plan: it stays in force to the end of its period and
// until the last report on it is settled, whichever is later.
func (r Records) inForce(p DesiredState, plan Subject, agenda []Entry) DesiredState {
	p.Stage = StageInForce
	end := r.endOf(plan)
	last := Latest(end.AddDays(1), p.Since) // it may be adopted after its period
	reported := true
	p.open(r, agenda[0], Date{}) // its final text may be awaited
	for _, e := range agenda[1:] {
		p.open(r, e, e.Opens)
		s := r.Standing(e)
		reported = reported && s.State == StateClosed
		last = Latest(last, s.ClosedOn)
	}
	p.wakeOn(r, end.AddDays(1))
	if reported && r.Today.After(end) {
		return DesiredState{Stage: StageCompleted, Since: last, Gone: p.Gone}
	}
	return p
}

func (r Records) endOf(plan Subject) Date {
	for _, period := range r.Definition.Periods {
		if period.Key == plan.Period {
			return period.To
		}
	}
	return r.Definition.ImplementationWindow.To
}

// desiredList is a run that only sees its subjects through: the reporting
// obligations, or the evaluation.
func (r Records) desiredList(run Run) DesiredState {
	p := DesiredState{Stage: StageRunning}
	done := true
	var last Date
	agenda := r.Agenda()
	overtaken := r.overtaken(agenda)
	for _, e := range agenda {
		if e.Subject.Run() != run {
			continue
		}
		s := r.Standing(e)
		if on := overtaken[e.Subject]; s.State != StateClosed && !on.IsZero() {
			p.Lapsed = append(p.Lapsed, Lapse{e.Subject, on})
			last = Latest(last, on)
			continue
		}
		if from, awaited := r.opens(e); awaited || s.Awaited() { // else it is in motion before its time
			p.open(r, e, from)
		}
		p.Since = Earliest(p.Since, e.Opens)
		last = Latest(last, s.ClosedOn)
		done = done && s.State == StateClosed
	}
	p.Gone = r.gone(agenda, run)
	if done {
		p.Stage, p.Since, p.Wake = StageCompleted, last, Date{}
	}
	return p
}

// overtaken gives the date on which a later occurrence of the same obligation was met,
// of each occurrence of which there is one.
func (r Records) overtaken(agenda []Entry) map[Subject]Date {
	owed := slices.DeleteFunc(slices.Clone(agenda), func(e Entry) bool { return e.Subject.Kind != KindObligation })
	slices.SortFunc(owed, func(a, b Entry) int { return b.Due.Compare(a.Due) })
	overtaken, met := map[Subject]Date{}, map[string]Date{} // met is when the first of those later was, by key
	for _, e := range owed {
		if on := met[e.Subject.Key]; !on.IsZero() {
			overtaken[e.Subject] = on
		}
		if s := r.Standings[e.Subject]; s.Positive() {
			met[e.Subject.Key] = Earliest(met[e.Subject.Key], s.ClosedOn)
		}
	}
	return overtaken
}

// open notes that e must be open from a date on; a zero date is now.
func (p *DesiredState) open(r Records, e Entry, from Date) {
	s := r.Standing(e)
	if s.State == StateClosed && !s.AwaitsFinal() {
		return
	}
	if !from.IsZero() && r.Today.Before(from) {
		p.Wake = Earliest(p.Wake, from)
		return
	}
	p.Open = append(p.Open, e)
}

// start notes that run must have been started from a date on.
func (p *DesiredState) start(r Records, run Run, from Date) {
	switch {
	case r.Today.Before(from):
		p.Wake = Earliest(p.Wake, from)
	case !slices.Contains(p.Start, run):
		p.Start = append(p.Start, run)
	}
}

func (p *DesiredState) wakeOn(r Records, dates ...Date) {
	for _, d := range dates {
		if d.After(r.Today) {
			p.Wake = Earliest(p.Wake, d)
		}
	}
}

// Gone lists the subjects that are open but no longer on the agenda.
func (r Records) Gone() []Subject { return r.goneFrom(r.Agenda(), func(Subject) bool { return true }) }

// gone lists those of a run.
func (r Records) gone(agenda []Entry, run Run) []Subject {
	return r.goneFrom(agenda, func(s Subject) bool { return s.Run() == run })
}

func (r Records) goneFrom(agenda []Entry, of func(Subject) bool) []Subject {
	var gone []Subject
	for subject, s := range r.Standings {
		if s.Open() && of(subject) && !slices.ContainsFunc(agenda, func(e Entry) bool { return e.Subject == subject }) {
			gone = append(gone, subject)
		}
	}
	slices.SortFunc(gone, func(a, b Subject) int { return cmp.Compare(a.String(), b.String()) })
	return gone
}

func (r Records) met(required []Subject) bool {
	return !slices.ContainsFunc(required, func(s Subject) bool { return !r.Standings[s].Positive() })
}

// OpenedOn gives the date on which a subject that must be open counts as
// opened: its planned day, or the day on which what it rests on was settled,
// if that came later.
func (r Records) OpenedOn(e Entry) Date {
	opened := r.passed(e.Opens)
	for _, required := range e.Requires {
		if s := r.Standings[required]; s.Positive() {
			opened = Latest(opened, s.ClosedOn)
		}
	}
	if opened.IsZero() {
		return r.Today
	}
	return opened
}
