package policy

import "slices"

// InMotion lists the runs that must be in motion now: whoever finds that one of them
// is not starts it. They are the cycle's own, those that it must have started, each
// until it has ended, and the run of every subject that is open, which alone
// can end it.
func (r Records) InMotion() []Run {
	cycle := Run{Kind: RunCycle, Cycle: r.Definition.Key}
	r = r.WithAgenda()
	whole, agenda := r.desiredCycle(), r.Agenda()
	var runs []Run
	if !whole.Stage.Ended() {
		runs = append(runs, cycle)
	}
	started := whole.Start
	if len(r.Definition.Obligations) > 0 && whole.Stage.Ended() { // they are owed beyond the end of the cycle
		started = append(started, Run{Kind: RunObligations, Cycle: r.Definition.Key})
	}
	for _, run := range started {
		if !r.ended(run, agenda) {
			runs = append(runs, run)
		}
	}
	return append(runs, r.stillOpen(runs)...)
}

func (r Records) ended(run Run, agenda []Entry) bool {
	if run.Kind == RunPlan {
		return r.seeThrough(run, r.desiredPlan(run.Plan, agenda)).Stage.Ended()
	}
	return DesiredStateOf(run, r).Stage.Ended()
}

// stillOpen lists the runs of open subjects that are not among those known, such as
// that of a plan which an amendment took away.
func (r Records) stillOpen(known []Run) []Run {
	var runs []Run
	for subject, s := range r.Standings {
		run := subject.Run()
		if s.Open() && run.Kind != RunCycle && !slices.Contains(known, run) && !slices.Contains(runs, run) {
			runs = append(runs, run)
		}
	}
	slices.SortFunc(runs, CompareRuns)
	return runs
}

// NotOpenYet says why no work on a subject of the agenda has begun.
func (r Records) NotOpenYet(e Entry) error {
	if r.Today.Before(e.Opens) {
		return Refuse(CodeNotOpen, "%s is not open yet: work on it starts on %s", e.Subject, e.Opens)
	}
	beside := kinds[e.Subject.Kind].beside
	for _, required := range e.Requires {
		s := r.Standings[required]
		switch {
		case required.Kind == beside:
		case s.State == StateClosed && !s.Positive():
			return Refuse(CodeNotOpen, "%s is not open: %s was settled on %s: %s", e.Subject, required, s.ClosedOn, s.Outcome.Title())
		case !s.Positive():
			return Refuse(CodeNotOpen, "%s is not open yet: %s is to be settled first", e.Subject, required)
		}
	}
	return Refuse(CodeNotOpen, "%s is not open yet: work on it is just being taken up; repeat the same command in a moment", e.Subject)
}
