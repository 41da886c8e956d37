package main

import (
	"cmp"
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// course is what the rehearsal of a cycle will record, and where that leads: so
// that what is made up has dates that fit.
type course struct {
	d         *policy.Definition
	entries   []policy.Entry
	items     []policy.Entry // of these, the extraordinary ones
	acts      map[policy.Subject][]policy.Recorded
	standings map[policy.Subject]policy.Standing
}

// played plays the script as the actors of a rehearsal do.
func played(d *policy.Definition, script *policy.Script) course {
	c := course{d: d, acts: map[policy.Subject][]policy.Recorded{}, standings: map[policy.Subject]policy.Standing{}}
	for _, item := range script.Items {
		subject := policy.Subject{Cycle: d.Key, Kind: policy.KindItem, Key: item.Key}
		c.items = append(c.items, d.Opened(item.Opening, subject, item.Opens))
	}
	c.entries = append(d.Agenda(), c.items...)
	var keys []string
	for _, p := range d.Priorities {
		keys = append(keys, p.Key)
	}
	for _, e := range c.entries {
		c.play(e, script, keys)
	}
	c.lapse(d)
	return c
}

// play records the acts on one subject until it is settled, or the script leaves
// it open.
func (c *course) play(e policy.Entry, script *policy.Script, priorities []string) {
	const most = 20
	for range most {
		s := policy.StandingOf(e, e.Opens, c.acts[e.Subject])
		c.standings[e.Subject] = s
		if s.State == policy.StateClosed {
			return
		}
		act := policy.Act{Subject: e.Subject, Kind: policy.ActSubmit, Version: s.Version + 1}
		scene := script.SceneFor(e.Subject, "", act.Version)
		if s.State == policy.StateDeciding {
			act.Kind, act.Body, act.Version = policy.ActDecide, s.Turn[0], s.Version
			scene = script.SceneFor(e.Subject, act.Body, act.Version)
			if skipping, found := script.Skipping(e.Subject, act.Version); found {
				act.Body, scene = skipping.Body, skipping
			}
		}
		if scene.Skip {
			return
		}
		act.Document, act.Date = scene.Document, policy.Latest(script.When(scene, s.Due), s.Since)
		if act.Kind == policy.ActDecide {
			act.Outcome, act.Items = cmp.Or(scene.Outcome, c.d.UsualOutcome(e.Subject.Kind, act.Body, e.Settles(s))), scene.Items
			act.Date = policy.Latest(act.Date, c.restsOn(e, act))
		}
		if e.Subject.Kind == policy.KindPriorities {
			act = policy.Expand(e, act, priorities)
		}
		id := fmt.Sprintf("%s-%d", e.Subject.Path(), len(c.acts[e.Subject])+1)
		c.acts[e.Subject] = append(c.acts[e.Subject], policy.Recorded{Act: act, ID: id})
		if act.Confirmed() { // by a second person, the same day
			c.acts[e.Subject] = append(c.acts[e.Subject], policy.Recorded{ID: id + "-confirmed", Act: policy.Act{
				Kind: policy.ActConfirm, Subject: e.Subject, Date: act.Date, Confirms: id,
			}})
		}
	}
}

// restsOn gives the last day on which something was settled on which the
// outcome of the last body rests.
func (c *course) restsOn(e policy.Entry, act policy.Act) policy.Date {
	var last policy.Date
	if act.Body != e.Turns[len(e.Turns)-1].Body {
		return last
	}
	for _, required := range e.Requires {
		last = policy.Latest(last, c.standings[required].ClosedOn)
	}
	return last
}

// lapse closes each occurrence of an obligation that was not met before the
// next one was.
func (c *course) lapse(d *policy.Definition) {
	for _, o := range d.Obligations {
		for i, due := range o.Due[:max(len(o.Due)-1, 0)] {
			missed := owed(d, o, due)
			next := c.standings[owed(d, o, o.Due[i+1])]
			if s := c.standings[missed]; s.Open() && next.Positive() {
				c.standings[missed] = s.Lapse(next.ClosedOn)
			}
		}
	}
}

func owed(d *policy.Definition, o policy.Obligation, due policy.Date) policy.Subject {
	return policy.Subject{Cycle: d.Key, Kind: policy.KindObligation, Key: o.Key, Round: due.String()}
}

// settled gives the day on which a subject of the cycle was settled.
func (c *cast) settled(kind policy.Kind) policy.Date {
	return c.course.standings[policy.Subject{Cycle: c.d.Key, Kind: kind}].ClosedOn
}

// handedIn gives the day on which the first version of a subject is handed in.
func (c *cast) handedIn(subject policy.Subject) policy.Date {
	acts := c.course.acts[subject]
	if len(acts) == 0 {
		return policy.Date{}
	}
	return acts[0].Date
}

// concludes gives the day on which a body first concludes on a subject, zero
// where it never does.
func (c *cast) concludes(subject policy.Subject, body policy.Body) policy.Date {
	for _, act := range c.course.acts[subject] {
		if act.Kind == policy.ActDecide && act.Body == body {
			return act.Date
		}
	}
	return policy.Date{}
}
