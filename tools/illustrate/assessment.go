package main

import (
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// advice is what the advisory document makes of recommendations. Those are
// named by the OAPs whose threats they answer, or by threats of their own.
type advice struct {
	recommends []recommends
	does       policy.Treatment
	priorities []string
	reason     string
}

// recommends is one recommendation: its key, its title, and the keys of its
// threats.
type recommends struct {
	key, title string
	threats    []string
}

var provenances = [][]string{
	{"contributions of Member States", "Europol's databases"},
	{"contributions of Member States", "Europol's databases", "data of other agencies"},
	{"contributions of Member States", "open sources", "private partners"},
	{"Europol's databases", "contributions of third countries"},
}

// assess makes the threat assessment, what the advisory document makes of it,
// and the reasons of the Council where it did not follow.
func (c *cast) assess() {
	method := policy.Subject{Cycle: c.d.Key, Kind: policy.KindItem, Key: "assessment-method"}
	agreed := c.course.standings[method].ClosedOn
	validated := policy.Validated{Document: invented(agreed.Year(), "method"), On: agreed, Item: method.Path()}
	assessment := &policy.ThreatAssessment{
		Cover: illustrative, Kind: c.d.Assessment.Kind,
		Methodology: validated, Requirements: validated, Threats: c.threats(),
	}
	pad := &policy.AdvisoryDocument{Cover: illustrative}
	for n, advice := range c.advice {
		made := policy.Advice{Does: advice.does, Priorities: advice.priorities, Reason: advice.reason}
		for i, r := range advice.recommends {
			made.Recommendations = append(made.Recommendations, r.key)
			assessment.Recommendations = append(assessment.Recommendations, policy.Recommendation{
				Key: r.key, Title: r.title, Threats: r.threats, Provenance: provenances[(n+i)%len(provenances)],
			})
		}
		pad.Advice = append(pad.Advice, made)
	}
	if c.d.AdvisoryDocument == nil { // the Council set them on the assessment itself
		c.recommend(assessment)
	}
	c.hands("assessment", assessment)
	c.hands("priorities", c.conclusions(assessment, pad))
	if c.d.AdvisoryDocument != nil {
		c.hands("advisory-document", pad)
	}
	if c.d.Review != nil {
		interim := *assessment
		interim.Kind, interim.Recommendations = policy.InterimSOCTA, nil
		interim.Threats = slices.Clone(interim.Threats)
		for i := range interim.Threats {
			interim.Threats[i].Trend = trends[draw(len(trends), "interim", interim.Threats[i].Key)]
		}
		c.hands("review", &interim)
	}
}

// recommend makes one recommendation for each priority.
func (c *cast) recommend(assessment *policy.ThreatAssessment) {
	for i, p := range c.d.Priorities {
		r := policy.Recommendation{Key: p.Key, Title: "Act on " + p.Title, Provenance: provenances[i%len(provenances)]}
		for _, oap := range p.OAPs {
			r.Threats = append(r.Threats, oap.Key)
		}
		assessment.Recommendations = append(assessment.Recommendations, r)
	}
}

// conclusions makes the Council's text: the priorities as the cycle proposes them, each with the
// recommendations that led to it by the advice, or with the reason why the Council diverged.
func (c *cast) conclusions(assessment *policy.ThreatAssessment, pad *policy.AdvisoryDocument) *policy.Conclusions {
	text := c.d.ProposedConclusions()
	text.Cover = illustrative
	for i := range text.Priorities {
		set := &text.Priorities[i]
		for _, advice := range pad.Advice {
			if slices.Contains(advice.Priorities, set.Key) {
				set.Recommendations = append(set.Recommendations, advice.Recommendations...)
			}
		}
		own := func(r policy.Recommendation) bool { return r.Key == set.Key }
		if c.d.AdvisoryDocument == nil && slices.ContainsFunc(assessment.Recommendations, own) {
			set.Recommendations = []string{set.Key}
		}
	}
	for _, d := range c.divergences {
		at := slices.IndexFunc(text.Priorities, func(set policy.SetPriority) bool { return set.Key == d.Priority })
		if at < 0 {
			text.Divergences = append(text.Divergences, d)
		} else {
			text.Priorities[at].Divergence = d.Reason
		}
	}
	return text
}

var trends = []policy.Trend{"rising", "stable", "rising", "falling"}

// threats describes one threat for each OAP of the cycle, and those from which
// no priority came.
func (c *cast) threats() []policy.Threat {
	levels := []policy.ThreatLevel{"very-high", "high", "high", "moderate"}
	var threats []policy.Threat
	for _, p := range c.d.Priorities {
		for i, oap := range p.OAPs {
			area := p.Areas[0]
			if len(p.Areas) == len(p.OAPs) {
				area = p.Areas[i]
			}
			crime, level := crimeOf(oap.Key), levels[draw(len(levels), "level", c.d.Key, oap.Key)]
			if len(threats) == 0 {
				level = levels[0] // what the assessment begins with
			}
			threats = append(threats, policy.Threat{
				Key: oap.Key, Title: sentence(crime.about("{networks}: {goods}", area)), Area: area, Region: p.Region,
				Level: level, Trend: trends[draw(len(trends), "trend", c.d.Key, oap.Key)],
				Indicators: []string{
					crime.about("cases of {area} known to Europol", area), crime.about("use of {hub}", area), crime.about("offers on {online}", area),
				},
			})
		}
	}
	for _, advice := range c.advice {
		for _, r := range advice.recommends {
			for _, key := range r.threats {
				if !slices.ContainsFunc(threats, func(t policy.Threat) bool { return t.Key == key }) {
					threats = append(threats, policy.Threat{
						Key: key, Title: r.title, Area: r.title, Level: "moderate", Trend: "stable",
						Indicators: []string{fmt.Sprintf("cases of %s known to Europol", r.title)},
					})
				}
			}
		}
	}
	return threats
}
