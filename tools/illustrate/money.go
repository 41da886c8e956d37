package main

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// envelope is money of one source.
type envelope struct {
	key string
	policy.Envelope
}

func whole(source policy.FundingSource, from, to string, amount int64, reserve bool) policy.Envelope {
	return policy.Envelope{Source: source, From: day(from), To: day(to), Amount: amount, Reserve: reserve}
}

// fund says what an action needs and got. Plans are drafted before the grants of
// their first year are signed: most of what is asked for stands in them as
// requested, and is allocated later.
func (c *cast) fund(p *planned, a *policy.OperationalAction) {
	path := a.Path(p.Subject)
	source := c.source(a)
	need := int64(20_000 + 5_000*draw(17, "need", path))
	a.Funding = policy.Funding{State: policy.FundingNone, Source: "own-resources"}
	switch which := draw(100, "money", path); {
	case c.refused == path:
		a.Funding = policy.Funding{State: policy.FundingRefused, Source: c.grants, Need: need}
	case source == "" || a.Kind == "intelligence":
	case which < 18:
		a.Funding = policy.Funding{State: policy.FundingAsked, Source: source, Need: need}
	case which < 26: // of a longer project that is under way
		a.Funding = policy.Funding{State: policy.FundingGranted, Source: source, Need: need, Granted: need * 95 / 100, Contract: p.period.Drafting.AddDays(12)}
	case which < 29:
		a.Funding = policy.Funding{State: policy.FundingPartly, Source: source, Need: need, Granted: need / 2, Contract: p.period.Drafting.AddDays(12)}
	case which < 31:
		a.Funding = policy.Funding{State: policy.FundingReserve, Source: source, Need: need}
	}
}

// source picks a source of the Union that exists as long as the action goes on.
func (c *cast) source(a *policy.OperationalAction) policy.FundingSource {
	if c.grants != "" && (a.Kind == "operational" || !c.d.Fund(c.union).Spans(policy.Window{From: a.From, To: a.To})) {
		return c.grants
	}
	return c.union
}

// pay opens the envelopes, and allocates what was asked for once the grants of
// the year are signed.
func (c *cast) pay() {
	for _, e := range c.envelopes {
		c.enters(policy.Commission, policy.RegEnvelopes, e.key, e.From.AddDays(-30), &e.Envelope)
	}
	for _, p := range c.plans {
		for i := range p.content.Actions {
			c.allocate(p, &p.content.Actions[i])
		}
	}
	if c.war {
		c.warn()
	}
}

func (c *cast) allocate(p planned, a *policy.OperationalAction) {
	states := []policy.FundingState{policy.FundingAsked, policy.FundingGranted, policy.FundingPartly}
	if a.Funding.Need == 0 || !slices.Contains(states, a.Funding.State) {
		return
	}
	const signing = 75 // days after the beginning of the year: in March
	on := p.period.From.AddDays(signing)
	amount := a.Funding.Granted
	if amount == 0 {
		amount = a.Funding.Need * 95 / 100 // what the Union pays at most
	}
	for _, e := range c.envelopes {
		if e.Source == a.Funding.Source && !e.Reserve && (policy.Window{From: e.From, To: e.To}).Holds(on) {
			c.enters(policy.Commission, policy.RegAllocations, p.period.Key+"-"+p.oap.Key+"-"+a.Code, on, &policy.Allocation{
				Envelope: e.key, Amount: amount, Objective: p.priority.Objectives[0], Priority: p.priority.Key, Action: a.Path(p.Subject),
			})
			return
		}
	}
}

// warn enters the early warning of 2022 and the money that was moved for it.
// The Council backed mobilising EMPACT on 28 March 2022.
func (c *cast) warn() {
	const key = "war-in-ukraine"
	c.enters(policy.Europol, policy.RegWarnings, key, day("2022-03-07"), &policy.Warning{
		Title: "Crime that follows from the war in Ukraine: trafficking of people who flee, and of weapons", Area: "trafficking in human beings", Envelope: "reserve",
	})
	c.enters(policy.Europol, policy.RegWarnings, key, day("2022-03-28"), &policy.Warning{
		Title: "Crime that follows from the war in Ukraine: trafficking of people who flee, and of weapons", Area: "trafficking in human beings",
		Item: "item/" + key, Envelope: "reserve",
	})
	c.because("The Council dealt with it.")
	moved := []struct {
		priority string
		amount   int64
	}{{"trafficking-in-human-beings", 420_000}, {"firearms-trafficking", 260_000}, {"migrant-smuggling", 180_000}}
	for _, m := range moved {
		c.enters(policy.Commission, policy.RegAllocations, key+"-"+m.priority, day("2022-04-20"), &policy.Allocation{
			Envelope: "reserve", Amount: m.amount, Objective: c.d.Priority(m.priority).Objectives[0], Priority: m.priority,
			Warning: key, Decision: invented(2022, key),
		})
	}
}
