package rules

import (
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// RolledOver is an OAP made from the one of the period before.
type RolledOver struct {
	Plan *policy.OperationalPlan `json:"plan"`
	// From is the OAP of the period before.
	From policy.Subject `json:"from"`
	// Changes says in words what differs from the plan before.
	Changes []string `json:"changes"`
}

// RollOver makes the draft of an OAP from the one of the period before: actions
// that have ended are left out, the others are carried over with their lineage
// and the dates of the new period. The error is CodeUnknown where there is no
// period before, CodeNotReady where its OAP is not kept here.
func (d *Snapshot) RollOver(oap policy.Subject) (*RolledOver, error) {
	at := slices.IndexFunc(d.Definition.Periods, func(p policy.Period) bool { return p.Key == oap.Period })
	if at < 1 {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no period before %s from which to roll over", oap.Period)
	}
	period := d.Definition.Periods[at]
	before := policy.Subject{Cycle: oap.Cycle, Kind: policy.KindOAP, Period: d.Definition.Periods[at-1].Key, Key: oap.Key}
	old := d.PlanInForce(before)
	if old == nil {
		return nil, policy.Refuse(policy.CodeNotReady, "the content of %s is not kept here", before)
	}
	out := &RolledOver{From: before, Plan: &policy.OperationalPlan{Cover: old.Cover, Impact: unsigned(old.Impact)}}
	if old.Impact != nil {
		out.Changes = append(out.Changes, "impact assessment: taken over without its signature; read it again, and sign it")
	}
	last, impacts := d.lastStatuses(before), old.ImpactsByAction()
	for _, a := range old.Actions {
		if status := last[a.Code]; status.Ended() {
			out.Changes = append(out.Changes, fmt.Sprintf("%s: left out, %s", a.Heading(), status))
			continue
		}
		was := policy.Window{From: a.From, To: a.To}
		a.CarriedOverFrom = a.Path(before)
		a.From = policy.Latest(a.From, period.From)
		if a.To.Before(period.To) {
			a.To = period.To
		}
		granted := a.Funding
		a.Funding = askedAnew(granted)
		out.Plan.Actions = append(out.Plan.Actions, a)
		if old.Holds(policy.FieldFrom) && old.Holds(policy.FieldTo) {
			out.Changes = append(out.Changes, fmt.Sprintf("%s: carried over, %s to %s instead of %s to %s", a.Heading(), a.From, a.To, was.From, was.To))
		} else {
			out.Changes = append(out.Changes, fmt.Sprintf("%s: carried over", a.Heading()))
		}
		if a.Funding != granted {
			out.Changes = append(out.Changes, fmt.Sprintf("%s: its money was %s for the period before; it is requested anew", a.Heading(), granted.State))
		}
		if own := impacts[a.Code]; own != nil {
			out.Plan.OwnImpacts = append(out.Plan.OwnImpacts, policy.OwnImpact{Action: a.Code, ImpactAssessment: *unsigned(own)})
		}
	}
	if old.IsSkeleton() {
		out.Plan = policy.SkeletonOf(out.Plan, old.Skeleton)
	}
	return out, nil
}

// askedAnew gives the funding of an action in the next period: what was granted, refused
// or put on a list was so for the period before.
func askedAnew(f policy.Funding) policy.Funding {
	if f.State == "" || f.State == policy.FundingNone {
		return f
	}
	return policy.Funding{State: policy.FundingAsked, Source: f.Source, Need: f.Need}
}

// unsigned gives an impact assessment that somebody has to sign anew.
func unsigned(i *policy.ImpactAssessment) *policy.ImpactAssessment {
	if i == nil {
		return nil
	}
	again := *i
	again.On, again.Reviewer = policy.Date{}, ""
	return &again
}

// lastStatuses gives the status that each action of an OAP reported last.
func (d *Snapshot) lastStatuses(oap policy.Subject) map[string]policy.ActionStatus {
	last := map[string]policy.ActionStatus{}
	for _, p := range d.Definition.Periods {
		for _, r := range p.Reports {
			prefix := policy.Subject{Period: oap.Period, Key: oap.Key, Round: r.Key}.Progress()
			for _, row := range d.Rows(policy.RegProgress, prefix) {
				if progress, is := row.Body.(*policy.Progress); is && p.Key == oap.Period {
					last[row.Key[len(prefix):]] = progress.Status
				}
			}
		}
	}
	return last
}
