package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// kind is a kind of action as every OAP has one, with AREA for its crime area.
type kind struct {
	goal         int // of the common horizontal strategic goals
	title, what  string
	results      string
	kind         policy.ActionKind
	agency       policy.Body
	indicator    string
	external     bool
	burdens      bool
	granted      bool
	outlives     bool // it goes on three months into the next period, which carries it over
	agencyLeads  bool
	participants int
}

// kinds lists them in the order in which shorter plans take them.
var kinds = []kind{
	{
		goal: 1, title: "Common intelligence picture on AREA",
		what:    "Collect and compare what is known of AREA, and share it twice a year.",
		results: "A picture that all participants use.",
		kind:    "intelligence", agency: policy.Europol, indicator: "reports", participants: 5,
	},
	{
		goal: 2, title: "Joint investigations into those who run AREA",
		what:    "Open and coordinate investigations into high-value targets.",
		results: "Targets arrested and networks disrupted.",
		kind:    "operational", agency: policy.Eurojust, indicator: "arrests", outlives: true, participants: 5,
	},
	{
		goal: 3, title: "Coordinated controls against AREA",
		what:    "Controls on the same days on routes and in places where AREA shows.",
		results: "Seizures and new investigations.",
		kind:    "operational", agency: policy.Frontex, indicator: "checks", participants: 6,
	},
	{
		goal: 4, title: "Financial investigations beside cases of AREA",
		what:    "A financial investigation beside every large case.",
		results: "Assets traced and frozen.",
		kind:    "financial", agency: policy.Europol, indicator: "assets", granted: true, participants: 4,
	},
	{
		goal: 6, title: "Train investigators of AREA",
		what:    "Courses on methods, evidence and cooperation.",
		results: "Investigators who know each other and the methods.",
		kind:    "training", agency: policy.CEPOL, indicator: "trained", agencyLeads: true, participants: 6,
	},
	{
		goal: 7, title: "Tell the public how AREA is noticed and reported",
		what:    "Campaigns with national partners, in their languages.",
		results: "More reports by citizens.",
		kind:    policy.Prevention, agency: policy.Europol, indicator: "reached", participants: 5,
	},
	{
		goal: 8, title: "Build capacity against AREA beyond the Union",
		what:    "Work with neighbours so that they can act themselves.",
		results: "Partners that investigate on their own.",
		kind:    "cooperation", agency: policy.Frontex, indicator: "trained", external: true, participants: 3,
	},
	{
		goal: 2, title: "Judicial coordination of parallel cases of AREA",
		what:    "Coordination meetings and joint investigation teams.",
		results: "Cases that do not stand in each other's way.",
		kind:    "operational", agency: policy.Eurojust, indicator: "investigations", agencyLeads: true, participants: 4,
	},
	{
		goal: 3, title: "Find what serves AREA online",
		what:    "Watch markets and channels online, and take them down.",
		results: "Offers removed, sellers identified.",
		kind:    "operational", agency: policy.Europol, indicator: "investigations", participants: 4,
	},
	{
		goal: 5, title: "Documents that make AREA possible",
		what:    "Detect forged and abused documents, and those who sell them.",
		results: "Workshops found, patterns shared.",
		kind:    "intelligence", agency: policy.Frontex, indicator: "reports", participants: 3,
	},
	{
		goal: 7, title: "Close loopholes for AREA with those who trade",
		what:    "Ask operators to report and to check, and show them how.",
		results: "Operators that notice in time.",
		kind:    policy.Prevention, agency: policy.Europol, indicator: "reached", burdens: true, participants: 3,
	},
	{
		goal: 1, title: "Facilitators of AREA",
		what:    "Map those who lend their trade, papers or servers.",
		results: "Leads for investigations.",
		kind:    "intelligence", agency: policy.Europol, indicator: "reports", participants: 4,
	},
	{
		goal: 4, title: "Assets gained from AREA",
		what:    "Trace assets across borders with the asset recovery offices.",
		results: "Assets confiscated.",
		kind:    "financial", agency: policy.Eurojust, indicator: "assets", participants: 3,
	},
	{
		goal: 6, title: "Experts on AREA work side by side",
		what:    "Exchange officers for some weeks.",
		results: "Methods that travel.",
		kind:    "training", agency: policy.CEPOL, indicator: "trained", participants: 4,
	},
}

var partners = []string{"albania", "moldova", "serbia", "north-macedonia", "bosnia-and-herzegovina", "montenegro"}

// actionsOf makes the actions of the OAP with a number among all, in a period
// with a number.
func (c *cast) actionsOf(oap policy.OAP, priority policy.Priority, number, at int) []policy.OperationalAction {
	period := c.d.Periods[at]
	states := policy.MembersOn(period.From)
	area := areaOf(oap, priority)
	goals := c.goalsFor(priority)
	sequence := map[string]int{}
	var actions []policy.OperationalAction
	for j, k := range kinds[:c.actions] {
		goal := goals[(k.goal-1)%len(goals)]
		sequence[goal]++
		a := policy.OperationalAction{
			Code: fmt.Sprintf("%s.%d", goal, sequence[goal]), Title: about(k.title, area), Description: about(k.what, area),
			Goals: []string{goal}, Area: area, Kind: k.kind, From: period.From, To: period.To, Results: k.results,
			KPIs:    []policy.KPI{{Indicator: k.indicator, Baseline: int64(2 * (number + 1)), Target: int64(10 + 5*j + 3*number)}},
			Funding: policy.Funding{State: policy.FundingNone, Source: policy.SourceOwn},
		}
		c.people(&a, k, states, oap.Driver, number*7+j*3+at)
		c.money(&a, k, period)
		if k.external {
			a.External = policy.External{
				Does: true, EEAS: "consulted", Capacity: "An investigation unit that works by itself.",
				Beneficiaries: []string{partners[number%len(partners)], partners[(number+2)%len(partners)]},
			}
			a.Partners = a.External.Beneficiaries
		}
		a.BurdensOthers = k.burdens
		if k.outlives {
			a.To = period.To.AddMonths(3)
			if at > 0 {
				a.CarriedOverFrom = c.d.Periods[at-1].Key + "/" + oap.Key + "/" + a.Code
			}
		}
		actions = append(actions, a)
	}
	return actions
}

// people gives an action its leader and participants.
func (c *cast) people(a *policy.OperationalAction, k kind, states []policy.Body, driver policy.Body, seed int) {
	pick := func(i int) policy.Body { return states[(seed+i*5)%len(states)] }
	a.Leader = pick(0)
	if a.Kind == "operational" && driver.MemberState() && slices.Contains(states, driver) {
		a.Leader = driver
	}
	if k.agencyLeads {
		a.Leader = k.agency
	}
	for i := 1; len(a.Participants) < k.participants; i++ {
		if state := pick(i); state != a.Leader && !slices.Contains(a.Participants, state) {
			a.Participants = append(a.Participants, state)
		}
	}
	if k.agency != a.Leader {
		a.Participants = append(a.Participants, k.agency)
	}
	if k.outlives {
		a.CoLeaders, a.Participants = a.Participants[:1], a.Participants[1:]
	}
}

// money funds an action: most from the own resources of those who take part.
func (c *cast) money(a *policy.OperationalAction, k kind, period policy.Period) {
	if !k.granted {
		return
	}
	need := int64(40000 + 1000*len(a.Title))
	a.Funding = policy.Funding{
		State: policy.FundingGranted, Source: policy.SourceEuropol, Need: need, Granted: need,
		Contract: period.From.AddDays(75), BeforeContract: true,
	}
}

func areaOf(oap policy.OAP, priority policy.Priority) string {
	if len(priority.OAPs) == 1 && len(priority.Areas) > 0 {
		return priority.Areas[0]
	}
	return strings.ToLower(oap.Title[:1]) + oap.Title[1:]
}

func about(text, area string) string { return strings.ReplaceAll(text, "AREA", area) }

// goalsFor gives the keys of the goals that the OAPs of a priority serve.
func (c *cast) goalsFor(policy.Priority) []string {
	var keys []string
	for _, g := range c.goals() {
		keys = append(keys, g.Key)
	}
	return keys
}
