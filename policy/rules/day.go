package rules

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// On gives the snapshot as it was on a day that has passed: by what had happened until then,
// whenever it was recorded. On a day to come it is what it is today.
func (d *Snapshot) On(day policy.Date) *Snapshot {
	if !day.Before(d.Today) {
		return d
	}
	r := policy.Records{Definition: d.Definition, Planned: d.Planned, Today: day, Standings: map[policy.Subject]policy.Standing{}}
	for _, f := range d.Former {
		if f.Until.After(day) {
			r.Definition, r.Planned = f.Definition, f.Planned
			break
		}
		r.Former = append(r.Former, f)
	}
	r.Items = slices.DeleteFunc(slices.Clone(d.Items), func(e policy.Entry) bool { return e.Opens.After(day) })
	var rows []policy.Row
	for _, history := range d.history {
		rows = append(rows, history...)
	}
	rows = policy.RowsUntil(day, rows)
	r = r.HeldOn(day, rows)
	acts, contents := map[policy.Subject][]policy.Recorded{}, map[policy.Subject]policy.Content{}
	for _, e := range r.EverPlanned() {
		e = r.Driven(e)
		acts[e.Subject] = slices.DeleteFunc(slices.Clone(d.Acts[e.Subject]), func(a policy.Recorded) bool { return a.Date.After(day) })
		if s, opened := d.standingOn(e, acts[e.Subject], r); opened {
			r.Standings[e.Subject] = s
		}
	}
	adopted := r.Adopting()
	for subject := range acts {
		if content := d.textOn(subject, acts[subject], adopted); content != nil {
			contents[subject] = content
		}
	}
	then := NewSnapshot(r, acts, contents, rows)
	then.Before, then.Texts = d.Before, d.Texts
	return then
}

// textOn gives what stood in the text of a subject that was in force, by what was done on it
// until then; nil where that is not kept here. What stood in a version before the last one is
// told by that one.
func (d *Snapshot) textOn(subject policy.Subject, acts []policy.Recorded, adopted map[string]policy.Standing) policy.Content {
	text := policy.TextInForce(acts, adopted)
	if text == nil {
		return nil
	}
	all := policy.TextsOn(d.Acts[subject])
	if !slices.ContainsFunc(all, func(r policy.Recorded) bool { return r.ID == text.ID }) {
		text = &all[0]
	}
	if content, kept := d.Texts[text.Content]; kept || len(all) > 1 {
		return content
	}
	return d.handed[subject]
}

// standingOn gives where a subject stood on the day of earlier records, by what was done on it
// until then, and whether it was open or settled by then.
func (d *Snapshot) standingOn(e policy.Entry, acts []policy.Recorded, r policy.Records) (policy.Standing, bool) {
	now, opened := d.Standings[e.Subject]
	since := e.Opens
	if len(d.Acts[e.Subject]) == 0 && now.State == policy.StateDrafting {
		since = now.Since // it may have waited for what it rests on
	}
	for _, required := range e.Requires {
		if s := r.Standings[required]; required.Kind == policy.KindPriorities {
			opened = opened && s.Positive()
		}
	}
	if len(acts) == 0 && (!opened || since.After(r.Today)) {
		return policy.Standing{}, false
	}
	s := policy.StandingOf(e, since, acts)
	switch ended := s.Open() && now.State == policy.StateClosed && !now.ClosedOn.After(r.Today); {
	case ended && now.Outcome == policy.Discontinued:
		return s.Discontinue(now.ClosedOn), true
	case ended && now.Outcome == policy.Lapsed:
		return s.Lapse(now.ClosedOn), true
	}
	return s, true
}
