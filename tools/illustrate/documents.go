package main

import (
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// assess makes the threat assessment, what the advisory document makes of it,
// and the reasons of the Council.
func (c *cast) assess() {
	assessment := &policy.ThreatAssessment{
		Cover: illustrative, Kind: c.d.Assessment.Kind,
		Methodology:  policy.Validated{Document: "RH 1/10", On: c.d.PolicyWindow.From.AddMonths(-6)},
		Requirements: policy.Validated{Document: "RH 2/10", On: c.d.PolicyWindow.From.AddMonths(-5)},
	}
	advice, conclusions := &policy.AdvisoryDocument{Cover: illustrative}, &policy.Conclusions{Cover: illustrative}
	levels, trends := []policy.ThreatLevel{"high", "very-high", "moderate"}, []policy.Trend{"rising", "stable", "rising"}
	for i, p := range c.d.Priorities {
		if !p.AddedOn.IsZero() {
			continue
		}
		recommendation := policy.Recommendation{
			Key: "r-" + p.Key, Title: p.Title, Provenance: []string{"contributions of Member States", "Europol's databases", "open sources"},
		}
		for j, area := range p.Areas {
			key := fmt.Sprintf("t%d.%d", i+1, j+1)
			assessment.Threats = append(assessment.Threats, policy.Threat{
				Key: key, Title: area, Area: area, Region: p.Region, Level: levels[(i+j)%len(levels)], Trend: trends[(i+j)%len(trends)],
				Indicators: []string{"cases known to Europol", "networks involved", "violence used"},
			})
			recommendation.Threats = append(recommendation.Threats, key)
		}
		last := i == len(c.d.Priorities)-1
		if last { // the Council set it although nobody advised it
			conclusions.Divergences = append(conclusions.Divergences, policy.Divergence{
				Priority: p.Key, Reason: "The Council holds that it needs an answer of its own.",
			})
			advice.Advice = append(advice.Advice, policy.Advice{
				Recommendations: []string{recommendation.Key}, Does: policy.Leaves, Reason: "It can be dealt with under the other priorities.",
			})
		} else {
			advice.Advice = append(advice.Advice, policy.Advice{
				Recommendations: []string{recommendation.Key}, Does: policy.Takes, Priorities: []string{p.Key},
				Reason: "The threat is high and an answer at Union level adds to what States do.",
			})
		}
		assessment.Recommendations = append(assessment.Recommendations, recommendation)
	}
	c.hands("assessment", assessment)
	c.hands("priorities", conclusions)
	if c.d.AdvisoryDocument != nil {
		c.hands("advisory-document", advice)
	}
	if c.d.Review != nil {
		interim := *assessment
		interim.Kind, interim.Recommendations = policy.InterimSOCTA, nil
		interim.Methodology.On, interim.Requirements.On = c.d.Review.Opens.AddMonths(-6), c.d.Review.Opens.AddMonths(-6)
		c.hands("review", &interim)
	}
	c.evaluate()
}

// evaluate makes the evaluation, and what became of its recommendations.
func (c *cast) evaluate() {
	report := &policy.EvaluationReport{Cover: illustrative, Evaluator: "an independent contractor of the Commission"}
	for _, criterion := range policy.Criteria {
		report.Findings = append(report.Findings, policy.Evaluated{Criterion: criterion, Text: "Good on the whole, with room to grow."})
	}
	e := c.entry("evaluation")
	noted := policy.Latest(c.played(e.Subject, policy.COSI, e.Due), c.played(e.Subject, "", e.SubmitBy))
	states := []policy.FollowUp{
		{State: policy.FollowDone, Owner: policy.SupportTeam}, {State: policy.FollowAccepted, Owner: policy.COSI},
		{State: policy.FollowRejected, Reason: "The Member States see to it themselves."},
	}
	for i, text := range []string{"Simpler templates for reports.", "Fewer actions, with clearer results.", "One budget for all national coordinators."} {
		key := fmt.Sprintf("r%d", i+1)
		report.Recommendations = append(report.Recommendations, policy.Recommended{Key: key, Text: text, To: []policy.Body{policy.COSI, policy.Commission}})
		c.enters(policy.Commission, policy.RegRecommendations, key, noted.AddDays(30), &states[i])
	}
	report.Roadmap = []policy.RoadmapPoint{{Recommendation: "r2", By: noted.AddMonths(12)}}
	c.hands("evaluation", report)
}

// goals gives the strategic goals of the cycle, in whichever MASP they stand.
func (c *cast) goals() []policy.StrategicGoal {
	var goals []policy.StrategicGoal
	for _, g := range c.d.StrategicGoals {
		goals = append(goals, policy.StrategicGoal{Key: g.Key, Title: g.Title, Indicators: []string{"share of actions completed"}})
	}
	if len(goals) > 0 {
		return goals
	}
	for i, title := range []string{"Know the threat", "Investigate and prosecute", "Control together", "Take the gains away", "Prevent"} {
		goals = append(goals, policy.StrategicGoal{Key: fmt.Sprint(i + 1), Title: title, Indicators: []string{"share of actions completed"}})
	}
	return goals
}

// plan makes the MASPs, the OAPs of every period, and who consents.
func (c *cast) plan() {
	for _, e := range c.d.Agenda() {
		if e.Subject.Kind == policy.KindMASP {
			c.hands(e.Subject.Path(), &policy.StrategicPlan{Cover: illustrative, Goals: c.goals()})
		}
	}
	for at, period := range c.d.Periods {
		number := 0
		for _, priority := range c.d.Priorities {
			for _, oap := range priority.OAPs {
				c.planOne(period, c.actionsOf(oap, priority, number, at), c.entry("oap/"+period.Key+"/"+oap.Key))
				number++
			}
		}
	}
}

func (c *cast) planOne(period policy.Period, actions []policy.OperationalAction, e policy.Entry) {
	signed := c.played(e.Subject, "", e.SubmitBy).AddDays(-10)
	plan := &policy.OperationalPlan{Cover: illustrative, Impact: impact(signed, ""), Actions: actions}
	for i := range plan.Actions {
		a := &plan.Actions[i]
		if c.refused == a.Path(e.Subject) {
			a.Funding = policy.Funding{State: policy.FundingRefused, Source: policy.SourceEuropol, Need: 60000}
		}
		if a.NeedsOwnImpact() {
			outside := ""
			if a.External.Does {
				outside = "Partners are bound to the same safeguards; no data go where they are not kept."
			}
			plan.OwnImpacts = append(plan.OwnImpacts, policy.OwnImpact{Action: a.Code, ImpactAssessment: *impact(signed, outside)})
		}
		c.consent(e, a, period)
	}
	c.hands(e.Subject.Path(), plan)
}

func impact(signed policy.Date, outside string) *policy.ImpactAssessment {
	yes := func(reason string) policy.Judgement { return policy.Judgement{Holds: policy.Yes, Reason: reason} }
	return &policy.ImpactAssessment{
		On: signed, Reviewer: "reviewer of the EMPACT Support Team",
		Financial: "Borne by those who take part, beside the grants named.", Administrative: "Within the posts that there are.",
		Burden: policy.Burden{
			Union: "time of the agencies", National: "some officers for some weeks", Regional: "none", Operators: "none beyond what law asks for", Citizens: "none",
		},
		AddedValue:      yes("The crime crosses borders; no State sees the whole of it."),
		Subsidiarity:    yes("States act; the Union brings them together."),
		Proportionality: yes("Nothing is done that a lighter means would reach."),
		Rights:          policy.Rights{Inside: "Data protection and the rights of the defence are respected.", Outside: outside},
	}
}

// consent has every Member State in an action say that it takes part, before
// the action begins.
func (c *cast) consent(e policy.Entry, a *policy.OperationalAction, period policy.Period) {
	answered := period.From.AddDays(-12)
	for i, state := range a.Everybody() {
		if !state.MemberState() {
			continue
		}
		consent := &policy.Consent{State: policy.Confirmed}
		switch {
		case a.Leader == state:
			consent.Contribution = "leads"
		case i%4 == 3:
			consent.State, consent.Condition = policy.Conditional, "as long as the officers are not needed at home"
		}
		c.enters(state, policy.RegConsents, a.Path(e.Subject)+"/"+string(state), answered, consent)
	}
}
