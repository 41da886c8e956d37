package main

import (
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// evaluate makes the evaluation, and what becomes of its recommendations by COSI's roadmap.
func (c *cast) evaluate() {
	texts := map[policy.Criterion]string{
		"relevance":      "The priorities fit the threats that the assessment describes; new ones on the way found their place late.",
		"effectiveness":  "Actions reach most of their targets. Where results are not counted alike, their effect cannot be judged.",
		"efficiency":     "Money comes a quarter later than the plans; small grants cost most time.",
		"coherence":      "Plans work together in pairs; customs and prosecutors are still asked late.",
		"eu-added-value": "Without the cycle there would be fewer cases with several States, and no common picture.",
	}
	report := &policy.EvaluationReport{Cover: illustrative, Evaluator: "An independent evaluator contracted by the Commission"}
	for _, criterion := range policy.Criteria {
		report.Findings = append(report.Findings, policy.Evaluated{Criterion: criterion, Text: texts[criterion]})
	}
	roadmap := policy.Subject{Cycle: c.d.Key, Kind: policy.KindItem, Key: "roadmap"}
	agreed := c.course.standings[roadmap].ClosedOn
	recommended := []struct {
		key, text string
		to        policy.Body
		policy.FollowUp
		months int // until it is done; 0 is not yet
	}{
		{"indicators", "Count results by one catalogue of indicators.", policy.SupportTeam, policy.FollowUp{State: policy.FollowAccepted, Owner: policy.SupportTeam}, 1},
		{"templates", "Make reports simpler, and ask for nothing twice.", policy.SupportTeam, policy.FollowUp{State: policy.FollowAccepted, Owner: policy.SupportTeam}, 1},
		{"fewer-actions", "Plan fewer actions, with clearer results.", policy.COSI, policy.FollowUp{State: policy.FollowAccepted, Owner: policy.COSI}, 0},
		{"prosecutors", "Ask customs and prosecutors from the first draft on.", policy.COSI, policy.FollowUp{State: policy.FollowAccepted, Owner: policy.Eurojust}, 0},
		{"coordinators", "Give each national coordinator a budget of the Union.", policy.Commission, policy.FollowUp{
			State: policy.FollowRejected, Owner: policy.Commission, Reason: "Coordinators are part of national administrations, which pay for them.",
		}, 0},
	}
	for i, r := range recommended {
		report.Recommendations = append(report.Recommendations, policy.Recommended{Key: r.key, Text: r.text, To: []policy.Body{r.to}})
		if r.State == policy.FollowAccepted {
			r.Roadmap, r.By = roadmap.Path(), agreed.AddMonths(6+3*i)
		}
		c.enters(policy.Commission, policy.RegRecommendations, r.key, agreed, &r.FollowUp)
		if r.months > 0 && agreed.AddMonths(r.months).Before(c.d.ImplementationWindow.To) {
			done := policy.FollowUp{State: policy.FollowDone, Owner: r.Owner, Roadmap: r.Roadmap}
			c.enters(policy.Commission, policy.RegRecommendations, r.key, agreed.AddMonths(r.months), &done)
			c.because(fmt.Sprintf("The %s that take its place were agreed.", r.key))
		}
	}
	c.hands("evaluation", report)
}
