package main

import "github.com/policycycle/policycycle/policy"

const together = "One chain from source to street, and the same networks at work."

var advice2022 = []advice{
	{[]recommends{{"networks", "Act on networks that use violence and corruption", []string{"high-risk-criminal-networks"}}}, policy.Takes,
		[]string{"criminal-networks"}, "They stand behind most other threats."},
	{[]recommends{{"cybercrime", "Act on crime against computers and on abuse online", []string{"cyber-attacks", "child-sexual-exploitation"}}},
		policy.Splits, []string{"cyber-attacks", "child-sexual-exploitation"}, "Offenders, victims and services differ: each needs a priority."},
	{[]recommends{{"trafficking", "Act on trafficking in human beings", []string{"trafficking-in-human-beings"}}}, policy.Takes,
		[]string{"trafficking-in-human-beings"}, "The harm to victims is grave, and cases cross borders by nature."},
	{[]recommends{{"smuggling", "Act on the smuggling of migrants", []string{"migrant-smuggling"}}}, policy.Takes, []string{"migrant-smuggling"},
		"Lives are at risk, and routes change faster than one State can follow."},
	{[]recommends{
		{"plants", "Act on cannabis, cocaine and heroin", []string{"cannabis-cocaine-heroin"}},
		{"chemistry", "Act on synthetic drugs", []string{"synthetic-drugs"}},
	}, policy.Merges, []string{"drugs-trafficking"}, together},
	{[]recommends{
		{"online-fraud", "Act on fraud online", []string{"online-fraud"}},
		{"excise", "Act on excise fraud", []string{"excise-fraud"}},
		{"carousels", "Act on VAT carousels", []string{"mtic-fraud"}},
		{"counterfeits", "Act on counterfeits", []string{"ip-crime"}},
		{"launderers", "Act on launderers and recover assets", []string{"criminal-finances"}},
	}, policy.Merges, []string{"fraud"}, "All live on the same launderers, and the same services work on them."},
	{[]recommends{{"environment", "Act on environmental crime", []string{"environmental-crime"}}}, policy.Takes, []string{"environmental-crime"},
		"Profits are high and the risk of being caught is low."},
	{[]recommends{{"weapons", "Act on firearms trafficking", []string{"firearms"}}}, policy.Takes, []string{"firearms-trafficking"},
		"Weapons make all other networks more dangerous."},
	{[]recommends{{"papers", "Document fraud", []string{"document-fraud"}}}, policy.Takes, []string{"document-fraud"},
		"False papers serve nearly every network."},
	{[]recommends{{"property", "Act on organised property crime", []string{"organised-property-crime"}}}, policy.Leaves, nil,
		"States deal with most of it themselves."},
}

var advice2026 = []advice{
	{[]recommends{{"networks", "Act on the most threatening networks and individuals", []string{"criminal-networks"}}}, policy.Takes,
		[]string{"criminal-networks"}, "They stand behind most other threats."},
	{[]recommends{
		{"attacks", "Act on cyber-attacks", []string{"cyber-attacks"}},
		{"abuse", "Act on child sexual exploitation online", []string{"child-sexual-exploitation"}},
		{"scams", "Act on fraud online", []string{"online-fraud"}},
	}, policy.Merges, []string{"online-crime"}, "They grow fastest, and the same services online are abused for all of them."},
	{[]recommends{{"drugs", "Act on drugs", []string{"cannabis-cocaine-heroin", "synthetic-drugs"}}}, policy.Takes, []string{"drug-trafficking"}, together},
	{[]recommends{
		{"smuggling", "Act on the smuggling of migrants", []string{"migrant-smuggling"}},
		{"trafficking", "Act on trafficking in human beings", []string{"human-beings"}},
	}, policy.Merges, []string{"smuggling-and-trafficking"}, "Who is smuggled is often exploited at the end of the journey."},
	{[]recommends{{"weapons", "Act on firearms and explosives", []string{"firearms-and-explosives"}}}, policy.Takes, []string{"firearms-and-explosives"},
		"Both are used in the violence between networks."},
	{[]recommends{{"economy", "Act on economic and financial crime", []string{"vat-fraud", "ip-crime", "criminal-finances"}}}, policy.Takes,
		[]string{"economic-crime"}, "Budgets lose most by it."},
	{[]recommends{{"property", "Organised property crime", []string{"organised-property-crime"}}}, policy.Takes, []string{"organised-property-crime"},
		"Citizens meet it more than any other crime."},
	{[]recommends{{"environment", "Act on environmental crime", []string{"environmental-crime"}}}, policy.Leaves, nil,
		"Rules of 2024 have to be applied first."},
}
