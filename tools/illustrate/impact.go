package main

import (
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// assessPlan makes the impact assessment of a plan, and those of the actions
// that need one of their own.
func (c *cast) assessPlan(p *planned) {
	signed := c.handedIn(p.Subject).AddDays(-12)
	var need int64
	for _, a := range p.content.Actions {
		need += a.Funding.Need
	}
	n := len(p.content.Actions)
	plan := c.impact(p, signed)
	plan.Financial = fmt.Sprintf("%d actions; %d euro of Union money are asked for, the rest is borne by those who take part.", n, need)
	plan.Administrative = fmt.Sprintf("About %d days of officers in all, and %d meetings at Europol.", 60*n, 2+n/4)
	p.content.Impact = &plan
	for i := range p.content.Actions {
		a := &p.content.Actions[i]
		if !c.d.NeedsOwnImpact(a) {
			continue
		}
		own := c.impact(p, signed.AddDays(2))
		own.Financial = "Borne by those who take part."
		if a.Funding.Need > 0 {
			own.Financial = fmt.Sprintf("%d euro for travel, equipment and interpreters.", a.Funding.Need)
		}
		own.Administrative = fmt.Sprintf("About %d days of officers in each participating State.", 10+draw(30, "days", a.Path(p.Subject)))
		if a.BurdensOthers {
			own.Burden.Operators = fmt.Sprintf("A contact point and some reports a year from %s.", p.crime.sector)
		}
		if a.External.Does {
			own.Rights.Outside = "Data go only where safeguards are agreed; training covers the rights of suspects; no support where the death penalty may follow."
		}
		p.content.OwnImpacts = append(p.content.OwnImpacts, policy.OwnImpact{Action: a.Code, ImpactAssessment: own})
	}
}

// impact makes the part of an assessment that is alike for all actions of a
// plan.
func (c *cast) impact(p *planned, signed policy.Date) policy.ImpactAssessment {
	reason := func(text string) policy.Judgement {
		return policy.Judgement{Holds: policy.Yes, Reason: p.crime.about(text, "")}
	}
	return policy.ImpactAssessment{
		On: signed, Reviewer: "Impact reviewer 1@support-team", Document: invented(signed.Year(), "impact", p.Subject.Path(), signed),
		Burden: policy.Burden{
			Union: "meetings and analysis at the agencies", National: "officers of the units that take part", Regional: "none", Operators: "none", Citizens: "none",
		},
		AddedValue:      reason("No State sees the whole of {networks}; only together do they cover {hub}."),
		Subsidiarity:    reason("States investigate and control; the Union helps them to compare {data}."),
		Proportionality: reason("Actions aim at {networks} and not at everybody who uses {hub}."),
		Rights:          policy.Rights{Inside: p.crime.about("Rights of the defence hold; {data} are kept under the rules of data protection; controls follow profiles free of discrimination.", "")},
	}
}
