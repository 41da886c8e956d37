package main

import (
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// shapes holds the examples. The advice is made up throughout; what became of
// the priorities is not.
var shapes = []shape{initial, empact2022, empact2026}

var initial = shape{
	name:  "initial-2011-2013",
	slots: func(string, string) []slot { return slots2011 },
	goals: []policy.StrategicGoal{
		{Key: "1", Title: "Know the threat", Objective: "criminal-networks", Indicators: []string{"intelligence-packages"}},
		{Key: "2", Title: "Investigate and control together", Objective: "criminal-networks", Indicators: []string{"investigations", "arrests", "checks"}},
		{Key: "3", Title: "Take the gains away", Objective: "criminal-networks", Indicators: []string{"assets-seized"}},
		{Key: "4", Title: "Train and prevent", Objective: "criminal-networks", Indicators: []string{"officers-trained", "people-reached"}},
		{Key: "5", Title: "Work with partners outside the Union", Objective: "borders", Indicators: []string{"partner-officers-trained"}},
	},
	union: "isec",
	envelopes: []envelope{
		{"isec-2012", whole("isec", "2012-01-01", "2012-12-31", 3_000_000, false)},
		{"isec-2013", whole("isec", "2013-01-01", "2013-12-31", 3_000_000, false)},
		{"reserve", whole("isec", "2012-01-01", "2013-12-31", 600_000, true)},
	},
	advice: []advice{
		{recommends: []recommends{{"west-africa", "Act on West African networks", []string{"west-african-groups"}}}},
		{recommends: []recommends{{"balkans", "Act on the Western Balkans as a hub", []string{"western-balkans"}}}},
		{recommends: []recommends{{"immigration", "Act on those who facilitate illegal immigration", []string{"illegal-immigration"}}}},
		{recommends: []recommends{{"synthetic", "Act on synthetic drugs and new substances", []string{"synthetic-drugs"}}}},
		{recommends: []recommends{{"containers", "Act on goods trafficked in containers", []string{"illicit-goods"}}}},
		{recommends: []recommends{{"trafficking", "Act on trafficking in human beings", []string{"human-beings"}}}},
		{recommends: []recommends{{"itinerant", "Act on mobile groups", []string{"mobile-groups"}}}},
		{recommends: []recommends{{"internet", "Act on cybercrime and misuse of the internet", []string{"cybercrime"}}}},
	},
	strategy: strategy2011,
	days: []policy.JointActionDay{
		jad("Joint action days on the routes through the Western Balkans", "2012-10-09", "2012-10-12", []string{"2012/western-balkans",
			"2012/illegal-immigration"}, "2.3",
			counted("arrests", 74), counted("investigations", 21), counted("checks", 18_300)),
		jad("Joint action days in container ports", "2013-05-14", "2013-05-17", []string{"2013/illicit-goods", "2013/west-african-groups"}, "2.3",
			counted("arrests", 38), counted("investigations", 17), counted("checks", 2_450)),
	},
	changes: []change{
		{"human-beings", "2012-09-03", policy.Holding{Holder: "uk", Person: "driver-21"}, "The driver before took another post."},
		{"cybercrime", "2013-03-04", policy.Holding{Acting: "nl"}, "The driver left; the co-driver acts."},
		{"cybercrime", "2013-04-22", policy.Holding{Holder: "ro", Person: "driver-22"}, "A new driver was named."},
	},
	without: []policy.Body{policy.EPPO, policy.EULISA, policy.EUIPO},
}

var slots2011 = []slot{
	{"1.1", "1", picture},
	{"2.1", "2", cases},
	{"2.2", "2", cases},
	{"2.3", "2", controls},
	{"3.1", "3", money},
	{"4.1", "4", skills},
	{"4.2", "4", prevention},
	{"5.1", "5", abroad},
}

// horizontal are the common horizontal strategic goals; their titles stand in
// the definitions.
var horizontal = []policy.StrategicGoal{
	{Key: "1", Objective: "criminal-networks", Indicators: []string{"intelligence-packages"}},
	{Key: "2", Objective: "criminal-networks", Indicators: []string{"investigations", "arrests", "networks-disrupted"}},
	{Key: "3", Objective: "borders", Indicators: []string{"checks", "goods-seized"}},
	{Key: "4", Objective: "criminal-networks", Indicators: []string{"assets-seized", "assets-confiscated"}},
	{Key: "5", Objective: "borders", Indicators: []string{"documents-detected"}},
	{Key: "6", Objective: "criminal-networks", Indicators: []string{"officers-trained"}},
	{Key: "7", Objective: "criminal-networks", Indicators: []string{"people-reached"}},
	{Key: "8", Objective: "borders", Indicators: []string{"partner-officers-trained"}},
}

// horizontally gives an OAP so many actions under each of the horizontal goals.
func horizontally(actions ...int) []slot {
	var slots []slot
	for i, t := range []theme{picture, cases, controls, money, papers, skills, prevention, abroad} {
		for n := range actions[i] {
			slots = append(slots, slot{fmt.Sprintf("%d.%d", i+1, n+1), horizontal[i].Key, t})
		}
	}
	return slots
}

var empact2022 = shape{
	name:  "empact-2022-2025",
	slots: func(string, string) []slot { return horizontally(2, 3, 2, 2, 1, 2, 1, 1) },
	goals: horizontal, union: "isf", grants: "europol-grant",
	envelopes: []envelope{
		{"isf-2022-2025", whole("isf", "2022-01-01", "2025-12-31", 12_000_000, false)},
		{"europol-grants-2022", whole("europol-grant", "2022-01-01", "2022-12-31", 4_000_000, false)},
		{"europol-grants-2023", whole("europol-grant", "2023-01-01", "2023-12-31", 4_000_000, false)},
		{"europol-grants-2024-2025", whole("europol-grant", "2024-01-01", "2025-12-31", 8_000_000, false)},
		{"reserve", whole("europol-grant", "2022-01-01", "2025-12-31", 2_500_000, true)},
	},
	advice: advice2022,
	divergences: []policy.Divergence{
		{Priority: "document-fraud",
			Reason: "Document fraud serves all other crime: it becomes a horizontal goal that every OAP serves, and no priority of its own."},
		{Priority: "organised-property-crime", Reason: "Citizens meet it more than any other crime."},
	},
	strategy: strategy2022,
	// The days in South-East Europe and what they brought are published; the others are
	// made up.
	days: []policy.JointActionDay{
		jad("Joint action days against trafficking in human beings", "2022-06-07", "2022-06-10", []string{"2022/trafficking-in-human-beings",
			"2022/migrant-smuggling"}, "3.1",
			counted("arrests", 96), counted("investigations", 31), counted("checks", 21_400)),
		jad("Joint action days in South-East Europe, October 2022", "2022-10-26", "2022-10-29", []string{"2022/firearms", "2022/migrant-smuggling",
			"2022/high-risk-criminal-networks"}, "3.1",
			counted("arrests", 382), counted("investigations", 130), counted("persons-checked", 74_924)),
		jad("Joint action days in South-East Europe, November 2023", "2023-11-13", "2023-11-18", []string{"2023/firearms", "2023/migrant-smuggling",
			"2023/high-risk-criminal-networks"}, "3.1",
			counted("arrests", 566), counted("investigations", 121),
			published("investigations", 163),
			counted("checks", 288_774), counted("persons-checked", 215_273), counted("vehicles-checked", 67_277), counted("parcels-checked", 5_225),
			counted("premises-checked", 999)),
		jad("Joint action days in ports", "2024-05-14", "2024-05-17", []string{"2024-2025/cannabis-cocaine-heroin",
			"2024-2025/high-risk-criminal-networks"}, "3.1",
			counted("arrests", 61), counted("investigations", 24), counted("checks", 5_200)),
		jad("Joint action days against organised property crime", "2025-05-20", "2025-05-23", []string{"2024-2025/organised-property-crime",
			"2024-2025/firearms"}, "3.2",
			counted("arrests", 143), counted("investigations", 58), counted("checks", 32_800)),
	},
	changes: []change{
		{"migrant-smuggling", "2022-06-20", policy.Holding{Acting: "it"}, "The driver left; the co-driver acts."},
		{"migrant-smuggling", "2022-09-12", policy.Holding{Holder: "at", Person: "driver-41"}, "A new driver was named."},
		{"organised-property-crime", "2023-07-03", policy.Holding{Holder: "be", Person: "driver-42"}, "The driver before took another post."},
	},
	war:     true,
	refused: "2022/firearms/4.1", absent: "cosi-2023-05/mt",
}

// slots2026 gives the OAPs of 2026-2027 the 285 actions that they have in all, of which 26
// are under the first priority and 37 against cannabis, cocaine and heroin. How the others are
// spread is made up, and so are the fewer ones of the period after.
func slots2026(period, oap string) []slot {
	switch {
	case period != "2026-2027":
		return horizontally(1, 2, 2, 1, 1, 1, 1, 1)
	case oap == "criminal-networks":
		return horizontally(4, 6, 4, 3, 1, 3, 3, 2)
	case oap == "cannabis-cocaine-heroin":
		return horizontally(6, 7, 6, 5, 2, 5, 3, 3)
	case oap == "cyber-attacks", oap == "firearms-and-explosives":
		return horizontally(3, 4, 4, 2, 1, 3, 2, 2)
	default:
		return horizontally(3, 4, 3, 2, 1, 3, 2, 2)
	}
}

var empact2026 = shape{
	name:  "empact-2026-2029",
	slots: slots2026,
	goals: horizontal, union: "isf", grants: "europol-grant",
	envelopes: []envelope{
		// The money of 2026-2027 is 14 million euro; how it is divided is made up.
		{"isf-2026-2027", whole("isf", "2026-01-01", "2027-12-31", 6_000_000, false)},
		{"europol-grants-2026-2027", whole("europol-grant", "2026-01-01", "2027-12-31", 8_000_000, false)},
		{"europol-grants-2028-2029", whole("europol-grant", "2028-01-01", "2029-12-31", 8_000_000, false)},
		{"reserve", whole("europol-grant", "2026-01-01", "2029-12-31", 3_000_000, true)},
	},
	advice: advice2026,
	divergences: []policy.Divergence{
		{Priority: "organised-property-crime", Reason: "The number of priorities is to stay small; the networks behind it fall under the first priority."},
		{Priority: "environmental-crime", Reason: "Its gains and its harm grow, and few States can act on it alone."},
	},
	strategy: strategy2026,
	days: []policy.JointActionDay{
		jad("Joint action days on weapons and drugs", "2026-10-06", "2026-10-09", []string{"2026-2027/firearms-and-explosives",
			"2026-2027/cannabis-cocaine-heroin"}, "3.1",
			counted("arrests", 214), counted("investigations", 77), counted("checks", 41_300)),
		jad("Joint action days against trafficking in human beings", "2027-05-11", "2027-05-14", []string{"2026-2027/human-beings",
			"2026-2027/migrant-smuggling"}, "3.1",
			counted("arrests", 131), counted("investigations", 46), counted("checks", 23_900)),
		jad("Joint action days on waste shipments", "2028-10-10", "2028-10-13", []string{"2028-2029/environmental-crime", "2028-2029/criminal-networks"},
			"3.2",
			counted("arrests", 47), counted("investigations", 39), counted("checks", 8_150)),
		jad("Joint action days in ports and parcel centres", "2029-05-15", "2029-05-18", []string{"2028-2029/synthetic-drugs", "2028-2029/ip-crime"}, "3.1",
			counted("arrests", 88), counted("investigations", 52), counted("checks", 15_600)),
	},
	changes: []change{
		{"firearms-and-explosives", "2025-07-10", policy.Holding{Acting: "nl"}, "No Member State has offered to drive the plan yet; the co-driver acts."},
		{"firearms-and-explosives", "2026-05-04", policy.Holding{Holder: "es", Person: "driver-51"}, "A driver was named."},
		{"criminal-finances", "2028-02-01", policy.Holding{Holder: "be", Person: "driver-52"}, "The driver before took another post."},
	},
	// Both posts are known for 2026-2027.
	coDrivers: map[string]policy.Body{"criminal-networks": "it", "cannabis-cocaine-heroin": "it"},
	partners:  partners2026,
}

// jad makes a joint action day of OAPs, the first of which reports it, under one
// of their actions.
func jad(title, from, to string, plans []string, code string, tells ...func(*policy.JointActionDay)) policy.JointActionDay {
	d := policy.JointActionDay{Title: title, From: day(from), To: day(to), Plans: plans}
	for _, tell := range tells {
		tell(&d)
	}
	for _, plan := range plans {
		d.Actions = append(d.Actions, plan+"/"+code)
	}
	return d
}

// counted gives joint action days a figure.
func counted(indicator string, value int64) func(*policy.JointActionDay) {
	return func(d *policy.JointActionDay) {
		d.Figures = append(d.Figures, policy.Figure{Indicator: indicator, Value: policy.Whole(value)})
	}
}

// published gives joint action days a total that was printed elsewhere.
func published(indicator string, value int64) func(*policy.JointActionDay) {
	return func(d *policy.JointActionDay) {
		d.Published = append(d.Published, policy.Figure{Indicator: indicator, Value: policy.Whole(value)})
	}
}
