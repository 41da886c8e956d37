package main

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// consent has every Member State that is asked into an action say whether it
// takes part, well before the action begins. Who declines is not listed.
func (c *cast) consent(p *planned, a *policy.OperationalAction) {
	path := a.Path(p.Subject)
	invited := p.period.Drafting.AddDays(9)
	says := func(state policy.Body, days int, consent policy.Consent) {
		key := path + "/" + string(state)
		c.enters(policy.SupportTeam, policy.RegConsents, key, invited, &policy.Consent{State: policy.Invited})
		c.enters(state, policy.RegConsents, key, invited.AddDays(days), &consent)
	}
	listed := a.Everybody()
	for _, state := range listed {
		if !state.MemberState() {
			continue
		}
		consent := policy.Consent{State: policy.Confirmed, Contribution: contributions[draw(len(contributions), "gives", path, state)]}
		days := 12 + draw(3, "answers", p.period.Key, state)*3
		switch {
		case state == a.Leader:
			consent.Contribution = "leads the action"
		case draw(7, "condition", path, state) == 0:
			consent.State, consent.Condition = policy.Conditional, conditions[draw(len(conditions), "if", path, state)]
			days = 24
		}
		says(state, days, consent)
	}
	if draw(6, "declines", path) == 0 {
		members := slices.DeleteFunc(policy.MembersOn(p.period.Drafting), func(b policy.Body) bool { return slices.Contains(listed, b) })
		says(members[draw(len(members), "who", path)], 15, policy.Consent{State: policy.Declined})
		c.because("The officers are needed for other actions of the plan.")
	}
}

var contributions = []string{"two investigators", "an analyst for half of the time", "officers on the joint days",
	"a prosecutor and two investigators", "an expert for training"}

var conditions = []string{
	"if a prosecutor opens a case at home", "from the second half of the year on", "as long as no more than three officers are needed",
	"subject to the budget of the year",
}
