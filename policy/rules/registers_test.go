package rules_test

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// actions holds S12, S17, S20, S21, S28 and S30.
var actions = map[string]plant{
	"S12 a State acts alone": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.1").Participants = nil },
		finds: one("S12", warns, "2023/drugs/2.1", "has a single participant, Sweden"),
	},
	"S12 a State acts with Interpol": {
		wrong: func(s *story) {
			s.Action(onDrugs+"/2.1").Participants, s.Action(onDrugs+"/2.1").Partners = nil, []string{"Interpol"}
		},
	},
	"S12 two actions do the same": {
		wrong: func(s *story) {
			p := s.Plan(onDrugs)
			p.Actions = append(p.Actions, acting("2.3", "operational", "Drugs", "drugs-2", "2023-12-31", "2024-03-31"))
			s.Consent(onDrugs)
		},
		finds: one("S12", informs, "2023/drugs/2.3", "is much like 2.1 Action 2.1, OAP 2023 Drugs: the same kind, area and time, and two of leaders, participants and goals"),
	},
	"S12 two actions do the same one after the other": {
		wrong: func(s *story) {
			p := s.Plan(onDrugs)
			p.Actions = append(p.Actions, acting("2.3", "operational", "Drugs", "drugs-2", "2024-01-01", "2024-03-31"))
			s.Consent(onDrugs)
		},
	},
	"S12 two OAPs do the same": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.1").CarriedOverFrom = "" },
		finds: one("S12", warns, "2023/firearms/1.1", "overlaps with 1.1 Action 1.1, OAP 2022 Firearms"),
	},
	"S12 something is counted in another way": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.1").KPIs[0].Indicator = "seizures" },
		finds: one("S12", warns, "2023/drugs/2.1", `is measured by "seizures", which is not in the register of indicators`),
	},
	"S17 nobody knows who pays": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.1").Funding.State = "" },
		finds: one("S17", warns, "2023/drugs/2.1", "does not say how far its funding is"),
	},
	"S17 the money is refused": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.2").Funding.State = policy.FundingRefused },
		finds: one("S17", warns, "2023/firearms/1.2", "was refused the money it asked for, 20000 euro"),
	},
	"S20 nobody asks the EEAS": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.3").External.EEAS = "" },
		finds: one("S20", blocks, "2023/firearms/1.3", "the EEAS was neither consulted nor takes part"), keeps: onFirearms,
	},
	"S20 the EEAS is there": {
		wrong: func(s *story) {
			a := s.Action(onFirearms + "/1.3")
			a.External.EEAS, a.Participants = "", append(a.Participants, policy.EEAS)
		},
	},
	"S21 nobody benefits": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.3").External.Beneficiaries = nil },
		finds: one("S21", warns, "2023/firearms/1.3", "does not say which countries benefit"),
	},
	"S21 nobody can do more afterwards": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.3").External.Capacity = "" },
		finds: one("S21", warns, "2023/firearms/1.3", "does not say which countries benefit and what they can do afterwards"),
	},
	"S28 nothing is prevented": {
		wrong: func(s *story) { s.Action(onDrugs + "/2.2").Kind = "operational" },
		finds: one("S28", warns, onDrugs, "has no action of prevention among 2"),
	},
	"S30 a State consented and has left": {
		wrong: func(s *story) {
			s.Today = date("2023-03-01")
			a := s.Action(onDrugs + "/2.1")
			a.Participants = append(a.Participants, "uk")
			s.Enter(policy.RegConsents, "2023/drugs/2.1/uk", "2023-01-01", &policy.Consent{State: policy.Confirmed})
		},
		finds: one("S30", warns, "2023/drugs/2.1/uk", "United Kingdom consented to 2.1 Action 2.1, OAP 2023 Drugs as a Member State and is none on 2023-03-01"),
	},
	"S30 a State is silent": {
		wrong: func(s *story) { s.Strike(policy.RegConsents, "2022/drugs/2.1/fr") },
		finds: one("S30", warns, "2022/drugs/2.1/fr", "France is listed in 2.1 Action 2.1, OAP 2022 Drugs, which began on 2022-01-01, and has not consented: silence is not consent"),
	},
	"S30 a State is silent on what has not begun": {
		wrong: func(s *story) {
			s.Today = date("2021-12-30")
			s.Strike(policy.RegConsents, "2022/drugs/2.1/fr")
		},
		finds: one("S30", informs, "2022/drugs/2.1/fr", "which begins on 2022-01-01, and has not consented: 2 days are left"),
	},
	"S30 a State is only invited": {
		wrong: func(s *story) {
			row[*policy.Consent](s, policy.RegConsents, "2022/drugs/2.1/fr").State = policy.Invited
		},
		finds: one("S30", warns, "2022/drugs/2.1/fr", "silence is not consent"),
	},
	"S30 a State withdraws and stays listed": {
		wrong: func(s *story) {
			s.Enter(policy.RegConsents, "2022/drugs/2.1/se", "2022-07-01", &policy.Consent{State: policy.Withdrawn})
		},
		finds: one("S30", warns, "2022/drugs/2.1/se", "Sweden is listed in 2.1 Action 2.1, OAP 2022 Drugs and has withdrawn"),
	},
}

// strategic holds S4, S5, S10, S15 and S29.
var strategic = map[string]plant{
	"S4 nothing serves an objective": {
		wrong: func(s *story) { s.Strategy("floods").Objective = "terrorism" },
		finds: one("S4", warns, "objectives/crises-and-disasters", "no priority and no action serves the strategic objective increase Europe's resilience to crises and disasters"),
	},
	"S4 a priority serves no objective": {
		wrong: func(s *story) { s.Definition.Priorities[1].Objectives = nil },
		finds: one("S4", warns, "priorities/drugs", "serves none of the strategic objectives"),
	},
	"S5 an action has no objective": {
		wrong: func(s *story) { s.Strategy("directive").Objective = "" },
		finds: one("S5", warns, "strategy/directive", `"Action directive" serves none of the strategic objectives`),
	},
	"S5 what is withdrawn needs no objective": {
		wrong: func(s *story) {
			a := s.Strategy("directive")
			a.Objective, a.Status, a.Owner, a.ConsideredBy = "", policy.StrategyWithdrawn, "", ""
		},
	},
	"S10 an action was never considered": {
		wrong: func(s *story) { s.Strategy("hackers").ConsideredBy = "" },
		finds: one("S10", warns, "strategy/hackers", "is under way without having been considered on its own"),
	},
	"S10 an action was considered on no day": {
		wrong: func(s *story) { s.Strategy("hackers").ConsideredOn = policy.Date{} },
		finds: one("S10", warns, "strategy/hackers", "is under way without having been considered on its own"),
	},
	"S10 an action was considered without a document": {
		wrong: func(s *story) { s.Strategy("hackers").Document = "" },
		finds: one("S10", warns, "strategy/hackers", "body, date and document"),
	},
	"S15 an action of the strategy has no owner": {
		wrong: func(s *story) { s.Strategy("hackers").Owner = "" },
		finds: one("S15", warns, "strategy/hackers", `"Action hackers" has no owner`),
	},
	"S15 nobody drives an OAP": {
		wrong: func(s *story) { s.Strike(policy.RegPosts, "driver/drugs") },
		finds: []found{{"S15", warns, "oap/2022/drugs", "has no driver, and nobody acts as one"}, {"S15", warns, onDrugs, "has no driver, and nobody acts as one"}},
	},
	"S15 somebody acts as driver": {
		wrong: func(s *story) {
			s.Enter(policy.RegPosts, "driver/drugs", "2023-01-01", &policy.Holding{Acting: policy.SupportTeam})
		},
	},
	"S15 nobody leads an action": {
		wrong: func(s *story) { s.Strike(policy.RegPosts, "leader/2023-drugs-2.2") },
		finds: one("S15", warns, "2023/drugs/2.2", "2.2 Action 2.2, OAP 2023 Drugs has no leader"),
	},
	"S15 a State that has left drives an OAP": {
		wrong: func(s *story) {
			s.Today = date("2023-03-01")
			s.Enter(policy.RegPosts, "driver/drugs", "2023-01-01", &policy.Holding{Holder: "uk"})
		},
		finds: one("S15", warns, "posts/driver/drugs", "United Kingdom holds the post driver of Drugs and is no member of the Union on 2023-03-01"),
	},
	"S15 the cycle names a driver that has left": {
		wrong: func(s *story) {
			s.Today = date("2023-03-01")
			s.Strike(policy.RegPosts, "driver/firearms")
			s.Definition.Priorities[0].OAPs[0].Driver = "uk"
		},
		finds: one("S15", warns, "oaps/firearms", "United Kingdom holds the post driver of Firearms and is no member"),
	},
	"S15 a State that has left leads an action": {
		wrong: func(s *story) {
			s.Today = date("2023-03-01")
			s.Action(onDrugs + "/2.1").Leader = "uk"
		},
		finds: one("S15", warns, "2023/drugs/2.1", "United Kingdom holds the post leader of 2.1 Action 2.1, OAP 2023 Drugs and is no member"),
	},
	"S15 a State that has left led an action that is over": {
		wrong: func(s *story) {
			s.Today = date("2023-03-01")
			s.Enter(policy.RegPosts, "leader/2022-drugs-2.1", "2022-06-01", &policy.Holding{Holder: "uk"})
		},
	},
	"S15 a post falls vacant": {
		wrong: func(s *story) { s.Enter(policy.RegPosts, "nec/fr", "2022-02-02", &policy.Holding{}) },
		finds: one("S15", warns, "posts/nec/fr", "the post nec of France is vacant since 2022-02-02, and nobody acts"),
	},
	"S29 nobody answers a threat": {
		wrong: func(s *story) { s.Strike(policy.RegElsewhere, "road-accidents") },
		finds: one("S29", warns, "threats/road-accidents", "the threat road traffic accidents has no priority, no action, and is not recorded as handled elsewhere"),
	},
	"S29 what answered a threat is withdrawn": {
		wrong: func(s *story) {
			s.Strategy("hackers").Status = policy.StrategyWithdrawn
			s.Strategy("radicals").Objective = "cyberspace"
			s.Strategy("floods").Objective = "terrorism"
			s.Definition.Priorities[0].Objectives = append(s.Definition.Priorities[0].Objectives, "crises-and-disasters")
		},
		finds: []found{
			{"S16", warns, "objectives/crises-and-disasters", "no money is set aside"},
			{"S29", warns, "threats/cybercrime", "has no priority, no action"},
		},
	},
}

// monitoring holds what COSI and the Commission owe: S11, S13, S22 to S26.
var monitoring = map[string]plant{
	"S11 COSI meets without monitoring": {
		wrong: func(s *story) { s.Strike(policy.RegAgenda, "cosi-2022-10/monitoring") },
		finds: one("S11", warns, "meetings/cosi-2022-10", "COSI met on 2022-10-19 without an item on monitoring"),
	},
	"S11 monitoring is taken off the agenda": {
		wrong: func(s *story) {
			s.Enter(policy.RegAgenda, "cosi-2022-10/monitoring", "2022-10-18", &policy.AgendaItem{Title: "Where the strategy stands", Monitoring: true, Removed: true})
		},
		finds: one("S11", warns, "meetings/cosi-2022-10", "without an item on monitoring"),
	},
	"S11 COSI talks of something else": {
		wrong: func(s *story) {
			row[*policy.AgendaItem](s, policy.RegAgenda, "cosi-2022-10/monitoring").Monitoring = false
		},
		finds: one("S11", warns, "meetings/cosi-2022-10", "without an item on monitoring"),
	},
	"S11 a report does not come": {
		wrong: func(s *story) { s.Miss("report/2023/drugs/october") },
		finds: one("S11", warns, "report/2023/drugs/october", "was to be handed in by 2023-09-27"),
	},
	"S11 a report that is referred back may take until COSI meets": {
		wrong: func(s *story) { s.ReferBack("report/2023/drugs/october", "2023-10-18") },
	},
	"S11 a report that is referred back does not come again": {
		wrong: func(s *story) {
			s.ReferBack("report/2023/drugs/october", "2023-10-19")
		},
		finds: one("S11", warns, "report/2023/drugs/october", "was to be handed in by 2023-10-18"),
	},
	"S11 a report does not reconcile": {
		wrong: func(s *story) { content[*policy.Report](s, "report/2023/drugs/may").Published.Actions = 5 },
		finds: []found{
			{"S11", warns, "report/2023/drugs/may", "does not reconcile: the published statuses add up to 2, the plan has 5 actions"},
			{"S11", warns, "report/2023/drugs/may", "does not reconcile: 5 actions are published, 2 reported"},
		},
	},
	"S13 COSI gives no update": {
		wrong: func(s *story) { s.Miss("obligation/cosi-update/2023-06-30") },
		finds: one("S13", warns, "obligation/cosi-update/2023-06-30", "was due on 2023-06-30 and is not there"),
	},
	"S13 COSI leaves an update out": {
		wrong: func(s *story) {
			s.Miss("obligation/cosi-update/2022-06-30")
			s.Lapsed[on("obligation/cosi-update/2022-06-30")] = date("2023-06-20")
		},
		finds: one("S13", warns, "obligation/cosi-update/2022-06-30", "no report was given for 2022: The cosi-update, due on 2022-06-30, was followed only by the next one on 2023-06-20"),
	},
	"S13 a report never reaches the parliaments": {
		wrong: func(s *story) { s.Strike(policy.RegDeliveries, "to-parliaments/2022-11-30/national-parliaments") },
		finds: one("S13", warns, "deliveries/to-parliaments/2022-11-30/national-parliaments", "there is no evidence that The to-parliaments of 2022-11-20 reached the national parliaments"),
	},
	"S13 COSI is late": {
		wrong: func(s *story) { s.Last("obligation/cosi-update/2022-06-30").Date = date("2022-07-01") },
		finds: one("S13", informs, "obligation/cosi-update/2022-06-30", "was due on 2022-06-30 and came on 2022-07-01"),
	},
	"S13 evidence may take a month": {
		wrong: func(s *story) {
			s.Today = date("2022-12-20")
			s.Strike(policy.RegDeliveries, "to-parliaments/2022-11-30")
		},
	},
	"S22 nobody noted who was there": {
		wrong: func(s *story) { s.Strike(policy.RegAttendance, "cosi-2022-10/fr") },
		finds: one("S22", warns, "attendance/cosi-2022-10/fr", "nothing is recorded on the attendance of France at COSI on 2022-10-19"),
	},
	"S22 a State sends an expert": {
		wrong: func(s *story) { row[*policy.Attendance](s, policy.RegAttendance, "cosi-2022-10/fr").Level = "expert" },
		finds: one("S22", warns, "attendance/cosi-2022-10/fr", "France was at COSI on 2022-10-19 at the level expert: head-of-unit or above was agreed"),
	},
	"S22 no level was agreed": {
		wrong: func(s *story) {
			s.Definition.AttendanceLevel = ""
			s.Strike(policy.RegAttendance, "")
		},
	},
	"S23 the first annual report does not come": {
		wrong: func(s *story) {
			inThoseDays(s)
			s.Miss("obligation/annual-report/2011-12-31")
		},
		finds: one("S23", warns, "obligation/annual-report/2011-12-31", "was due on 2011-12-31 and is not there"),
	},
	"S23 the first annual report is late": {
		wrong: func(s *story) {
			inThoseDays(s)
			s.Last("obligation/annual-report/2011-12-31").Date = date("2012-01-01")
			slices.Reverse(s.Definition.Obligations[0].Due)
		},
		finds: one("S23", informs, "obligation/annual-report/2011-12-31", "was due on 2011-12-31 and came on 2012-01-01"),
	},
	"S23 the first annual report never reaches Parliament": {
		wrong: func(s *story) {
			inThoseDays(s)
			s.Strike(policy.RegDeliveries, "annual-report/2011-12-31/european-parliament")
		},
		finds: one("S23", warns, "deliveries/annual-report/2011-12-31/european-parliament", "of 2011-12-21 reached the European Parliament"),
	},
	"S23 nobody owes the Council a report": {
		wrong: func(s *story) {
			inThoseDays(s)
			s.Definition.Obligations[0].To = []policy.Body{policy.EuropeanParliament}
		},
		finds: []found{{"S23", warns, "obligation/annual-report", "is not owed to the Council"}, {"S24", warns, "obligation/annual-report", "is not owed to the Council"}},
	},
	"S24 nobody owes the Council a later report": {
		wrong: func(s *story) { s.Definition.Obligations[0].To = []policy.Body{policy.EuropeanParliament} },
		finds: one("S24", warns, "obligation/annual-report", "is not owed to the Council"),
	},
	"S24 a year passes without a report": {
		wrong: func(s *story) {
			s.Miss("obligation/annual-report/2022-12-31")
			s.Lapsed[on("obligation/annual-report/2022-12-31")] = date("2023-12-21")
		},
		finds: one("S24", warns, "obligation/annual-report/2022-12-31", "no report was given for 2022"),
	},
	"S24 a later report never reaches the Council": {
		wrong: func(s *story) { s.Strike(policy.RegDeliveries, "annual-report/2022-12-31/council") },
		finds: one("S24", warns, "deliveries/annual-report/2022-12-31/council", "reached the Council"),
	},
	"S25 the Commission gives no update": {
		wrong: func(s *story) { s.Miss("obligation/commission-update/2022-09-30") },
		finds: one("S25", warns, "obligation/commission-update/2022-09-30", "was due on 2022-09-30 and is not there"),
	},
	"S26 the annual report leaves a report out": {
		wrong: func(s *story) {
			delivery := content[*policy.Delivery](s, "obligation/annual-report/2022-12-31")
			delivery.Reports = delivery.Reports[1:]
		},
		finds: one("S26", warns, "report/2022/drugs/may", "The annual-report of 2022-12-31 does not take account of May report on OAP 2022 Drugs"),
	},
}

// funding holds S16, S18 and S19.
var funding = map[string]plant{
	"S16 money serves no objective": {
		wrong: func(s *story) { s.Allocation("a2").Objective = "" },
		finds: noMoneyForDrugs("30000 euro in a2 name no objective or no priority", true),
	},
	"S16 money serves no priority": {
		wrong: func(s *story) { s.Allocation("a2").Priority = "" },
		finds: noMoneyForDrugs("name no objective or no priority", true),
	},
	"S16 money serves a priority that there is not": {
		wrong: func(s *story) { s.Allocation("a2").Priority = "cars" },
		finds: noMoneyForDrugs(`names the priority "cars", which the cycle does not have`, false),
	},
	"S16 money comes from nowhere": {
		wrong: func(s *story) { s.Allocation("a2").Envelope = "purse" },
		finds: one("S16", warns, "allocations/a2", `draws on the envelope "purse", which there is not`),
	},
	"S16 an envelope is overdrawn": {
		wrong: func(s *story) { s.Allocation("a2").Amount = 80001 },
		finds: one("S16", warns, "envelopes/fund", "the envelope fund holds 100000 euro, 100001 are allocated"),
	},
	"S18 nothing is left for new threats": {
		wrong: func(s *story) {
			s.Today = date("2023-06-30")
			s.Allocation("a3").Amount = 50000
		},
		finds: one("S18", warns, "periods/2023", "no reserve is left for new threats in 2023"),
	},
	"S18 nothing is left once the periods are over": {wrong: func(s *story) { s.Allocation("a3").Amount = 50000 }},
	"S18 money moves for a threat of which nobody warned": {
		wrong: func(s *story) { s.Allocation("a3").Warning = "peace" },
		finds: one("S18", warns, "allocations/a3", `names the warning "peace", which there is not`),
	},
	"S18 money moves and nobody decided": {
		wrong: func(s *story) { s.Allocation("a3").Decision = "" },
		finds: one("S18", warns, "allocations/a3", "moves 10000 euro for an emerging threat without a decision"),
	},
	"S18 the reserve is used for everyday things": {
		wrong: func(s *story) { s.Allocation("a3").Warning = "" },
		finds: one("S18", warns, "allocations/a3", "draws on the reserve without an emerging threat"),
	},
	"S19 an envelope is of a fund that is closed": {
		wrong: func(s *story) { row[*policy.Envelope](s, policy.RegEnvelopes, "fund").Source = "isf-police" },
		finds: one("S19", warns, "envelopes/fund", "the source isf-police does not exist from 2022-01-01 to 2023-12-31"),
	},
	"S19 money is set aside before there is any": {
		wrong: func(s *story) { s.Move(policy.RegAllocations, "a2", "2021-12-15") },
		finds: one("S19", warns, "allocations/a2", "a2 is of 2021-12-15, outside its envelope fund"),
	},
	"S19 an action is funded from a fund that is closed": {
		wrong: func(s *story) { s.Action(onFirearms + "/1.2").Funding.Source = "isec" },
		finds: one("S19", warns, "2023/firearms/1.2", "is to be funded from isec, which does not exist from 2023-02-01 to 2023-12-31"),
	},
}

// noMoneyForDrugs is what follows where the one allocation for drugs does not count: no money
// is left for the priority, nor for the objective if that counts no more either.
func noMoneyForDrugs(says string, borders bool) []found {
	all := []found{{"S16", warns, "allocations/a2", says}, {"S16", warns, "priorities/drugs", `no money is set aside for the priority "Drugs"`}}
	if borders {
		all = append(all, found{"S16", warns, "objectives/borders", "no money is set aside for the strategic objective strengthen security through border management, which priorities serve"})
	}
	return all
}

// inThoseDays makes of the cycle the one in which the first annual report was due.
func inThoseDays(s *story) {
	then, now := "obligation/annual-report/2011-12-31", "obligation/annual-report/2021-12-31"
	s.Definition.PolicyWindow.From = date("2011-01-01")
	s.Definition.Obligations[0].Due[0] = date("2011-12-31")
	for _, act := range s.Acts[on(now)] {
		act.Subject, act.Date = on(then), date("2011-12-21")
		s.Acts[on(then)] = append(s.Acts[on(then)], act)
	}
	s.Contents[on(then)] = s.Contents[on(now)]
	s.Miss(now)
	for i := range s.Rows {
		s.Rows[i].Key = strings.Replace(s.Rows[i].Key, "annual-report/2021", "annual-report/2011", 1)
	}
}
