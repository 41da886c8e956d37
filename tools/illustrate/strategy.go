package main

import "github.com/policycycle/policycycle/policy"

// strategyAction is an action or proposal under the internal security strategy,
// and when the Council considered it. Proposals and their numbers are real; the
// days on which they were considered and assessed are made up.
type strategyAction struct {
	key, on string
	policy.StrategyAction
}

// act fills the register of the internal security strategy.
func (c *cast) act() {
	for _, a := range c.strategy {
		action, on := a.StrategyAction, day(a.on)
		action.Proposer = policy.Commission
		if action.Owner == "" {
			action.Owner = policy.Commission
		}
		if action.Document == "" {
			action.Document = invented(on.Year(), "strategy", a.key)
		}
		action.OrganisedCrime = len(action.Goals)+len(action.Plans) > 0
		action.AssessedOn = on.AddMonths(-2)
		first := action
		first.Status = policy.StrategyProposed
		c.enters(policy.Commission, policy.RegStrategy, a.key, action.AssessedOn.AddDays(10), &first)
		action.Status = policy.StrategyUnderWay
		action.ConsideredBy, action.ConsideredOn = policy.Council, on
		c.enters(policy.GeneralSecretariat, policy.RegStrategy, a.key, on.AddDays(2), &action)
		c.because("The Council considered it.")
	}
	c.enters(policy.Commission, policy.RegElsewhere, "road-accidents", c.d.PolicyWindow.From.AddDays(9), &policy.Elsewhere{
		Where: "In the Union's policy on road safety, before the Council for transport.",
	})
}

// law and does make the two kinds of strategyAction.
func law(key, on, title string, document policy.DocumentRef, objective policy.Objective, threat policy.MainThreat) strategyAction {
	a := does(key, on, title, objective, threat)
	a.Legislative, a.Document = true, document
	return a
}

func does(key, on, title string, objective policy.Objective, threat policy.MainThreat) strategyAction {
	return strategyAction{key, on, policy.StrategyAction{Title: title, Objective: objective, Threat: threat}}
}

func (a strategyAction) serves(goals ...string) strategyAction {
	a.Goals = goals
	return a
}

func (a strategyAction) with(plans ...string) strategyAction {
	a.Plans = plans
	return a
}

func (a strategyAction) of(owner policy.Body) strategyAction {
	a.Owner = owner
	return a
}

const (
	networks, terrorism  = "criminal-networks", "terrorism"
	cyberspace, borders  = "cyberspace", "borders"
	resilience, violence = "crises-and-disasters", policy.MainThreat("violence")
)

var strategy2011 = []strategyAction{
	law("passenger-records", "2011-04-11", "Passenger name records: proposal for a directive", "COM(2011) 32", terrorism, "terrorism"),
	law("information-systems", "2011-06-10", "Attacks against information systems: proposal for a directive", "COM(2010) 517", cyberspace,
		"cybercrime").with("2012/cybercrime"),
	does("radicalisation-network", "2011-09-22", "Radicalisation Awareness Network", terrorism, "terrorism"),
	law("eurosur", "2012-03-08", "European border surveillance system: proposal for a regulation", "COM(2011) 873", borders,
		"illegal-immigration").of(policy.Frontex),
	law("confiscation", "2012-06-08", "Freezing and confiscation of proceeds of crime: proposal for a directive", "COM(2012) 85", networks,
		"cross-border-crime").serves("mobile-groups/3"),
	does("cybercrime-centre", "2012-06-07", "European Cybercrime Centre at Europol", cyberspace, "cybercrime").serves("cybercrime/2").of(policy.Europol),
	does("human-beings-strategy", "2012-10-25", "Strategy towards the eradication of trafficking in human beings", networks,
		"trafficking-in-human-beings").with("2012/human-beings"),
	does("risk-of-disasters", "2011-04-12", "A common view of the risks of disasters", resilience, "disasters"),
	does("supply-chain", "2013-03-07", "Risk management of customs and the security of the supply chain", borders,
		"cross-border-crime").with("2013/illicit-goods"),
}

var strategy2022 = []strategyAction{
	law("critical-entities", "2021-03-12", "Resilience of critical entities: proposal for a directive", "COM(2020) 829", resilience, "disasters"),
	does("radicalisation-network", "2021-03-12", "Work of practitioners against radicalisation goes on", terrorism, "terrorism"),
	law("police-data", "2022-03-03", "Automated data exchange for police cooperation: proposal for a regulation", "COM(2021) 784", networks,
		"cross-border-crime").serves("general/2"),
	law("environment", "2022-03-04", "Protection of the environment through criminal law: proposal for a directive", "COM(2021) 851", networks,
		"cross-border-crime").with("2022/environmental-crime"),
	law("abuse-online", "2022-10-14", "Preventing and combating child sexual abuse: proposal for a regulation", "COM(2022) 209", cyberspace,
		"cybercrime").with("2022/child-sexual-exploitation"),
	law("assets", "2022-10-13", "Asset recovery and confiscation: proposal for a directive", "COM(2022) 245", networks,
		"cross-border-crime").serves("general/4"),
	law("firearms-trade", "2023-03-09", "Import, export and transit of firearms: proposal for a regulation", "COM(2022) 480", borders,
		violence).with("2023/firearms").serves("general/3"),
	law("passenger-information", "2023-06-08", "Advance passenger information at the external borders: proposal for a regulation", "COM(2022) 729",
		borders, "illegal-immigration"),
	does("exercise", "2023-10-19", "Exercise on attacks against hospitals", cyberspace, "cybercrime").with("2023/cyber-attacks"),
	law("facilitation", "2024-03-04", "Facilitation of unauthorised entry: proposal for a directive", "COM(2023) 755", borders,
		"illegal-immigration").with("2024-2025/migrant-smuggling"),
	does("stockpiles", "2024-06-13", "Stockpiles for chemical and nuclear accidents", resilience, "disasters"),
}

var strategy2026 = []strategyAction{
	does("threat-picture", "2025-10-14", "A regular picture of threats to internal security", networks,
		"cross-border-crime").serves("general/1").of(policy.Europol),
	does("vulnerable-youth", "2025-03-06", "Against the recruitment of minors by networks and extremists", terrorism, "terrorism"),
	does("lawful-access", "2026-06-04", "A roadmap on lawful access to data", cyberspace, "cybercrime").serves("general/2"),
	does("ports", "2026-10-15", "Alliance of European ports", borders, "drugs").with("2026-2027/cannabis-cocaine-heroin"),
	does("preparedness", "2025-03-06", "Exercises on hybrid attacks and disasters", resilience, "disasters"),
	does("money-mules", "2027-06-10", "Banks and police stop payments to mules", cyberspace, "cybercrime").with("2026-2027/online-fraud"),
	does("weapons-data", "2028-03-09", "Seizures of weapons in one statistic", networks, violence).with("2028-2029/firearms-and-explosives").serves("general/3"),
	does("border-data", "2028-10-12", "Border and police systems used together", borders, "illegal-immigration").of(policy.EULISA),
	does("explosives", "2029-03-08", "Precursors of explosives are reported in all States", terrorism, "terrorism").serves("general/7"),
}
