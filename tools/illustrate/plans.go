package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// masps makes the strategic plans: one general, or one for each priority.
func (c *cast) masps() {
	goals := c.goals
	if len(c.d.StrategicGoals) > 0 {
		goals = slices.Clone(goals)
		for i := range goals { // the titles are those of the definition
			goals[i].Title = c.d.StrategicGoals[i].Title
		}
	}
	for _, e := range c.d.Agenda() {
		if e.Subject.Kind == policy.KindMASP {
			c.hands(e.Subject.Path(), &policy.StrategicPlan{Cover: illustrative, Goals: goals})
		}
	}
}

// plan makes the OAPs of every period, and who consents to take part.
func (c *cast) plan() error {
	entries := map[string]policy.Entry{}
	for _, e := range c.d.Agenda() {
		entries[e.Subject.Path()] = e
	}
	for at, period := range c.d.Periods {
		number := 0
		for _, priority := range c.d.Priorities {
			for i, oap := range priority.OAPs {
				p := planned{Entry: entries["oap/"+period.Key+"/"+oap.Key], period: period, priority: priority, oap: oap, crime: crimeOf(oap.Key)}
				if p.crime.networks == "" {
					return fmt.Errorf("no words for the crime of the OAP %s", oap.Key)
				}
				area := priority.Areas[0]
				if len(priority.Areas) == len(priority.OAPs) {
					area = priority.Areas[i]
				}
				p.slots = c.slots(period.Key, oap.Key)
				c.fill(&p, area, number, at)
				number++
			}
		}
	}
	c.link()
	return nil
}

// fill makes the actions of an OAP, its number among all and its period given,
// and what belongs to them.
func (c *cast) fill(p *planned, area string, number, at int) {
	p.content = &policy.OperationalPlan{Cover: illustrative}
	turn := map[string]int{}             // of the actions of a theme
	alike := map[policy.ActionKind]int{} // of the actions of a kind
	for _, s := range p.slots {
		which := turn[s.goal+string(s.theme.kind)]
		turn[s.goal+string(s.theme.kind)]++
		a := c.action(p, s, area, c.choice(p, s, number, at, which), which)
		a.Area = p.crime.part(area, alike[s.theme.kind])
		alike[s.theme.kind]++
		if at > 0 && outlives(number, at-1, s.code) {
			a.CarriedOverFrom = c.d.Periods[at-1].Key + "/" + p.oap.Key + "/" + a.Code
		}
		if at < len(c.d.Periods)-1 && outlives(number, at, s.code) {
			a.To = p.period.To.AddMonths(3)
		}
		c.cast(p, &a, s.theme)
		c.fund(p, &a)
		p.content.Actions = append(p.content.Actions, a)
	}
	c.assessPlan(p)
	c.hands(p.Subject.Path(), p.content)
	c.plans = append(c.plans, *p)
	for i := range p.content.Actions {
		c.consent(p, &p.content.Actions[i])
	}
}

// choice picks an action of a theme: other ones in each period, but for those
// that are carried over.
func (c *cast) choice(p *planned, s slot, number, at, which int) action {
	for at > 0 && outlives(number, at-1, s.code) {
		at--
	}
	same := 0
	for _, other := range p.slots {
		if other.goal == s.goal && other.theme.kind == s.theme.kind {
			same++
		}
	}
	return s.theme.actions[(number+at*same+which)%len(s.theme.actions)]
}

// outlives says whether an action goes on in the period after its own.
func outlives(number, at int, code string) bool {
	return (number+at)%2 == 0 && code == "2.2" || (number+at)%3 == 1 && code == "1.1"
}

// action makes one action without those who take part, the which-th of its theme.
func (c *cast) action(p *planned, s slot, area string, as action, which int) policy.OperationalAction {
	crime := p.crime
	if s.theme.external && which > 0 && len(c.partners) > 0 {
		crime.partners = []string{c.partners[2*c.abroad%len(c.partners)], c.partners[(2*c.abroad+1)%len(c.partners)]}
		c.abroad++
	}
	first, last := p.period.From, p.period.To
	a := policy.OperationalAction{
		Code: s.code, Goals: []string{s.goal}, Kind: s.theme.kind, From: first, To: last,
		Title:       sentence(crime.about(as.title, area)),
		Description: crime.about(as.text, area), Results: crime.about(as.results, area),
	}
	late := draw(4, "begins", p.Subject.Path(), s.code)
	if s.theme.kind != "intelligence" && s.code != "2.2" { // some begin later or end sooner
		a.From = first.AddDays(14 * late)
		a.To = last.AddDays(-15 * draw(3, "ends", p.Subject.Path(), s.code))
	}
	if late == 2 && s.theme.kind == "operational" {
		at := slices.IndexFunc(p.slots, func(other slot) bool { return other.theme.kind == "financial" })
		a.Goals = append(a.Goals, p.slots[at].goal) // what it finds is followed to the money
	}
	measured := func(indicator string, usual int64) policy.KPI {
		share := int64(80 + draw(60, "target", a.Path(p.Subject), indicator)) // per cent
		return policy.KPI{Indicator: indicator, Baseline: policy.Whole(usual / 2), Target: policy.Whole(usual * share / 100)}
	}
	a.KPIs = []policy.KPI{measured(s.theme.indicator, s.theme.target)}
	if s.theme.kind == "operational" {
		a.KPIs = append(a.KPIs, measured("arrests", 30), measured(p.crime.indicator, p.crime.target))
	}
	a.BurdensOthers = s.theme.kind == policy.Prevention && strings.Contains(a.Title, p.crime.sector)
	if s.theme.external {
		a.External = policy.External{
			Does: true, EEAS: "consulted", EEASDocument: invented(first.Year()-1, "eeas", a.Path(p.Subject)), EEASOn: c.handedIn(p.Subject).AddDays(-20),
			Beneficiaries: crime.partners,
			Capacity:      fmt.Sprintf("A unit of 10 officers in each country that masters %s and opens cases itself.", p.crime.skill),
		}
		a.Partners = slices.Clone(crime.partners)
	}
	if s.theme.kind == "operational" && late == 3 {
		a.Partners = append(a.Partners, "Interpol")
	}
	return a
}

// cast gives an action its leader and participants.
func (c *cast) cast(p *planned, a *policy.OperationalAction, t theme) {
	path := a.Path(p.Subject)
	var agencies []policy.Body
	for _, agency := range append(slices.Clone(t.agencies), p.crime.agency) {
		if !slices.Contains(c.without, agency) && !slices.Contains(agencies, agency) {
			agencies = append(agencies, agency)
		}
	}
	if t.kind != "operational" || draw(2, "agency", path) == 0 {
		agencies = agencies[:min(2, len(agencies))]
	}
	chosen := c.statesFor(p, a.From, fmt.Sprint("states", path, 0))
	a.Leader = chosen[0]
	if driver := c.driverOf(p); a.Code == "2.1" && driver != "" {
		chosen = slices.DeleteFunc(chosen, func(b policy.Body) bool { return b == driver })
		a.Leader, chosen = driver, append(states(driver), chosen...)
	}
	a.CoLeaders, a.Participants = nil, nil
	rest := append(slices.Clone(chosen[1:]), agencies...)
	if t.led && draw(3, "led", path) > 0 {
		a.Leader, rest = agencies[0], append(slices.Clone(chosen), agencies[1:]...)
	}
	if a.Kind == "operational" && len(rest) > 4 {
		a.CoLeaders, rest = rest[:1], rest[1:]
	}
	if slices.Contains(agencies, policy.EEAS) {
		a.External.EEAS = "participates"
	}
	a.Participants = rest
}

// driverOf gives who drives a plan when work on it begins.
func (c *cast) driverOf(p *planned) policy.Body {
	driver := p.oap.Driver
	for _, change := range c.changes {
		if change.oap == p.oap.Key && !day(change.on).After(p.period.Drafting) {
			driver = change.holding.Holder
		}
	}
	return driver
}

// statesFor picks three to six Member States, those that the crime touches most
// more often than others.
func (c *cast) statesFor(p *planned, on policy.Date, seed string) []policy.Body {
	members := policy.MembersOn(on)
	rank := func(b policy.Body) int {
		if slices.Contains(p.crime.core, b) {
			return draw(1000, seed, b) / 4
		}
		return draw(1000, seed, b)
	}
	slices.SortFunc(members, func(x, y policy.Body) int { return rank(x) - rank(y) })
	return members[:3+draw(4, seed, "how many")]
}

// link names plans that work with each other.
func (c *cast) link() {
	pairs := [][2]string{
		{"firearms", "high-risk-criminal-networks"}, {"migrant-smuggling", "trafficking-in-human-beings"}, {"cannabis-cocaine-heroin", "criminal-finances"},
		{"online-fraud", "cyber-attacks"}, {"mtic-fraud", "criminal-finances"}, {"synthetic-drugs", "environmental-crime"},
		{"west-african-groups", "illicit-goods"}, {"western-balkans", "illegal-immigration"}, {"human-beings", "migrant-smuggling"}, {"vat-fraud",
			"criminal-finances"},
		{"firearms-and-explosives", "criminal-networks"},
	}
	for _, p := range c.plans {
		for _, pair := range pairs {
			from, to := pair[0], pair[1]
			linked := slices.ContainsFunc(c.plans, func(q planned) bool { return q.period.Key == p.period.Key && q.oap.Key == to })
			if p.oap.Key == from && linked {
				a := &p.content.Actions[1]
				a.Links = append(a.Links, p.period.Key+"/"+to)
			}
		}
	}
}
