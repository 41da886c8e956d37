package policy

import "slices"

// Stages gives the stages of a cycle with the dates on which they began and
// ended. The dates follow from what happened on the calendar, never from when
// it was typed.
func (r Records) Stages() []StageSpan {
	d := r.Definition
	assessment, set := r.StandingOfKind(KindAssessment), r.StandingOfKind(KindPriorities)
	advised := assessment.ClosedOn
	if d.AdvisoryDocument != nil {
		advised = r.StandingOfKind(KindAdvisory).ClosedOn
	}
	begun := func(conditions ...Date) Date { // the latest of dates that must all be there
		if slices.Contains(conditions, Date{}) {
			return Date{}
		}
		return Latest(conditions...)
	}
	spans := []StageSpan{{Stage: StageAssessment, Since: r.passed(d.PolicyWindow.From), Planned: d.Assessment.Due}}
	if d.AdvisoryDocument != nil {
		spans = append(spans, StageSpan{Stage: StageAdvice, Since: assessment.ClosedOn, Planned: d.AdvisoryDocument.Due})
	}
	spans = append(spans, StageSpan{Stage: StagePriorities, Since: begun(assessment.ClosedOn, advised), Planned: d.Conclusions.Due})
	if set.State == StateClosed && !r.anyAdopted() {
		return chain(append(spans, StageSpan{Stage: StageNoPriorities, Since: set.ClosedOn}))
	}
	impl := d.ImplementationWindow
	spans = append(spans,
		StageSpan{Stage: StagePlanning, Since: set.ClosedOn, Planned: impl.From.AddDays(-1)},
		StageSpan{Stage: StageImplementation, Since: r.passed(begun(set.ClosedOn, impl.From)), Planned: impl.To},
		StageSpan{Stage: StageEvaluation, Since: r.passed(begun(set.ClosedOn, impl.To.AddDays(1))), Planned: d.lastDue()},
		StageSpan{Stage: StageClosed, Since: r.closedOn()},
	)
	return chain(spans)
}

// chain ends each stage where the next one that has begun begins. No end is planned of a stage
// before it begins, or before the one that comes first ends.
func chain(spans []StageSpan) []StageSpan {
	var planned Date
	for i := range spans {
		if p := spans[i].Planned; p.Before(Latest(planned, spans[i].Since)) {
			spans[i].Planned = Date{}
		}
		planned = Latest(planned, spans[i].Planned)
		for _, next := range spans[i+1:] {
			if !next.Since.IsZero() {
				spans[i].Until = next.Since
				break
			}
		}
	}
	return spans
}

// passed drops a date that the calendar has not reached.
func (r Records) passed(d Date) Date {
	if d.After(r.Today) {
		return Date{}
	}
	return d
}

func (r Records) anyAdopted() bool {
	return slices.ContainsFunc(r.Definition.Priorities, r.Adopted)
}

// lastDue is when the last subject of the cycle falls due.
func (d *Definition) lastDue() Date {
	last := d.Evaluation.Due
	for _, period := range d.Periods {
		for _, round := range period.Reports {
			last = Latest(last, round.Due)
		}
	}
	return last
}

// closedOn is the date on which the cycle closed, or zero: every plan has
// ended, the evaluation is there (S31 of the 2011 conclusions) and the
// implementation window is over. Obligations that are still owed stay visible
// and hold nothing back.
func (r Records) closedOn() Date {
	end := r.Definition.ImplementationWindow.To
	evaluation := r.StandingOfKind(KindEvaluation)
	if !r.StandingOfKind(KindPriorities).Positive() || !r.Today.After(end) || !evaluation.Positive() {
		return Date{}
	}
	closed := end.AddDays(1)
	agenda := r.Agenda()
	for _, e := range agenda {
		row := kinds[e.Subject.Kind]
		if !row.holds {
			continue
		}
		ended := r.Standing(e).ClosedOn
		open := r.Standing(e).Open()
		if row.run == RunPlan { // with the reports on it
			p := r.desiredPlan(e.Subject, agenda)
			ended, open = p.Since, !p.Stage.Ended()
		}
		if open {
			return Date{}
		}
		closed = Latest(closed, ended)
	}
	return closed
}
