package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// An OAP that is classified may be kept as a skeleton, with some of the fields of its actions.
// Each part of a rule names the fields that it needs. What lacks one it does not see: nothing is
// found for want of a field, and what could not be looked at is told.

// bodiesIn are the fields that say who is in an action.
var bodiesIn = []policy.PlanField{policy.FieldLeader, policy.FieldCoLeaders, policy.FieldParticipants}

// with gives a list of fields with more of them.
func with(fields []policy.PlanField, more ...policy.PlanField) []policy.PlanField {
	return slices.Concat(fields, more)
}

// lacks gives of fields those that a plan did not hold as it was handed in or changed.
func (p *plan) lacks(fields []policy.PlanField) []policy.PlanField {
	return slices.DeleteFunc(slices.Clone(fields), func(f policy.PlanField) bool {
		return !slices.ContainsFunc(p.stood, func(content *policy.OperationalPlan) bool { return !content.Holds(f) })
	})
}

// seeing gives the snapshot as it is seen by what needs some fields: without the plans that lack
// one of them.
func (d *Snapshot) seeing(fields []policy.PlanField) *Snapshot {
	unseen := func(p *plan) bool { return len(p.lacks(fields)) > 0 }
	if !slices.ContainsFunc(d.plans, unseen) {
		return d
	}
	seen := *d
	seen.plans, seen.unseen = nil, slices.Clone(d.unseen)
	for _, p := range d.plans {
		if unseen(p) {
			seen.unseen = append(seen.unseen, p)
		} else {
			seen.plans = append(seen.plans, p)
		}
	}
	return &seen
}

// allPlans lists the plans that are seen, and those that are not: what is known of all of them
// are the codes of their actions, and when those were adopted.
func (d *Snapshot) allPlans() []*plan { return slices.Concat(d.plans, d.unseen) }

// hides says whether what stands in a subject is of a plan that is not seen.
func (d *Snapshot) hides(subject policy.Subject) bool {
	return slices.ContainsFunc(d.unseen, func(p *plan) bool { return p.Subject == subject || p.Subject == subject.Changed() })
}

// hidesSome says whether a plan of a priority is not seen; in one period, or in any for "".
func (d *Snapshot) hidesSome(priority, period string) bool {
	return slices.ContainsFunc(d.unseen, func(p *plan) bool {
		return p.Priority == priority && (period == "" || p.Subject.Period == period)
	})
}

// skeletons notes the actions that are not seen, and the fields that they lack.
func (d *Snapshot) skeletons(fields []policy.PlanField, c *Coverage) {
	actions, lacking := 0, []policy.PlanField{}
	for _, p := range d.unseen {
		actions += len(p.content.Actions)
		for _, f := range p.lacks(fields) {
			if !slices.Contains(lacking, f) {
				lacking = append(lacking, f)
			}
		}
		c.Changed = policy.Latest(c.Changed, p.standing.LastAct)
	}
	what := strings.Join(policy.Texts(lacking), ", ")
	c.gap(what, Skeleton, actions, policy.Say("%d actions are kept as a skeleton, without %s", actions, what))
}
