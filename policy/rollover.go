package policy

import (
	"fmt"
	"slices"
)

// RolledOver is an OAP made from the one of the period before.
type RolledOver struct {
	Plan *OperationalPlan `json:"plan"`
	// From is the OAP of the period before.
	From Subject `json:"from"`
	// Changes says in words what differs from the plan before.
	Changes []string `json:"changes"`
}

// RollOver makes the draft of an OAP from the one of the period before: actions
// that have ended are left out, the others are carried over with their lineage
// and the dates of the new period. The error is CodeUnknown where there is no
// period before, CodeNotReady where its OAP is not kept here.
func (d *Dossier) RollOver(oap Subject) (*RolledOver, error) {
	at := slices.IndexFunc(d.Definition.Periods, func(p Period) bool { return p.Key == oap.Period })
	if at < 1 {
		return nil, Refuse(CodeUnknown, "there is no period before %s from which to roll over", oap.Period)
	}
	period := d.Definition.Periods[at]
	before := Subject{Cycle: oap.Cycle, Kind: KindOAP, Period: d.Definition.Periods[at-1].Key, Key: oap.Key}
	old := d.PlanInForce(before)
	if old == nil {
		return nil, Refuse(CodeNotReady, "the content of %s is not kept here", before)
	}
	out := &RolledOver{From: before, Plan: &OperationalPlan{Cover: old.Cover, Impact: unsigned(old.Impact)}}
	if old.Impact != nil {
		out.Changes = append(out.Changes, "impact assessment: taken over without its signature; read it again, and sign it")
	}
	last, impacts := d.lastStatuses(before), old.ownImpacts()
	for _, a := range old.Actions {
		if status := last[a.Code]; status.Ended() {
			out.Changes = append(out.Changes, fmt.Sprintf("%s %s: left out, %s", a.Code, a.Title, status))
			continue
		}
		was := Window{a.From, a.To}
		a.CarriedOverFrom = a.Path(before)
		a.From = Latest(a.From, period.From)
		if a.To.Before(period.To) {
			a.To = period.To
		}
		out.Plan.Actions = append(out.Plan.Actions, a)
		out.Changes = append(out.Changes, fmt.Sprintf("%s %s: carried over, %s to %s instead of %s to %s", a.Code, a.Title, a.From, a.To, was.From, was.To))
		if own := impacts[a.Code]; own != nil {
			out.Plan.OwnImpacts = append(out.Plan.OwnImpacts, OwnImpact{a.Code, *unsigned(own)})
		}
	}
	return out, nil
}

// unsigned gives an impact assessment that somebody has to sign anew.
func unsigned(i *ImpactAssessment) *ImpactAssessment {
	if i == nil {
		return nil
	}
	again := *i
	again.On, again.Reviewer = Date{}, ""
	return &again
}

// lastStatuses gives the status that each action of an OAP reported last.
func (d *Dossier) lastStatuses(oap Subject) map[string]ActionStatus {
	last := map[string]ActionStatus{}
	for _, p := range d.Definition.Periods {
		for _, r := range p.Reports {
			prefix := oap.Period + "/" + oap.Key + "/" + r.Key + "/"
			for _, row := range d.Rows(RegProgress, prefix) {
				if progress, is := row.Body.(*Progress); is && p.Key == oap.Period {
					last[row.Key[len(prefix):]] = progress.Status
				}
			}
		}
	}
	return last
}
