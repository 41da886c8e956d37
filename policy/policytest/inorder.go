package policytest

import (
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// InOrder is a cycle in which nothing is wrong, half a year after its end.
func InOrder() *Story {
	s := &Story{
		Definition: KeepsAll(), Today: Date("2024-06-30"),
		Acts: map[policy.Subject][]policy.Recorded{}, Contents: map[policy.Subject]policy.Content{}, Lapsed: map[policy.Subject]policy.Date{},
	}
	s.sets()
	s.plans()
	s.reports()
	s.ends()
	s.meets()
	s.pays()
	s.strategy()
	return s
}

// KeepsAll is the cycle of the stories with everything that rules look at.
func KeepsAll() policy.Definition {
	d := Sound()
	d.MASP = policy.MASP{PerPriority: true, Drafting: Date("2021-06-01"), Due: Date("2021-10-15")}
	for i := range d.Periods {
		y := d.Periods[i].Key
		d.Periods[i].Reports = append(d.Periods[i].Reports, policy.Round{Key: "october", Opens: Date(y + "-09-01"), Due: Date(y + "-10-20")})
	}
	d.Priorities[0].Objectives = []policy.Objective{"criminal-networks"}
	d.Priorities[0].Threats = []policy.MainThreat{"serious-and-organised-crime", "cross-border-crime", "violence"}
	d.Priorities[1].Objectives, d.Priorities[1].Threats = []policy.Objective{"criminal-networks", "borders"}, []policy.MainThreat{"drugs"}
	d.AttendanceLevel = "head-of-unit"
	meeting := func(body policy.Body, day string, settles ...string) policy.PlannedMeeting {
		return policy.PlannedMeeting{Key: string(body) + "-" + day[:7], Title: body.Title(), Body: body, On: Date(day), Settles: settles}
	}
	d.Meetings = []policy.PlannedMeeting{
		meeting(policy.COSI, "2021-04-28", "advisory-document"), meeting(policy.Council, "2021-05-26", "priorities"),
		meeting(policy.COSI, "2021-10-14", "masp/*"), meeting(policy.COSI, "2021-12-08", "oap/2022/*"),
		meeting(policy.COSI, "2022-06-14", "report/2022/*/may"), meeting(policy.COSI, "2022-10-19", "report/2022/*/october"),
		meeting(policy.COSI, "2022-12-07", "oap/2023/*", "review"), meeting(policy.COSI, "2023-06-14", "report/2023/*/may"),
		meeting(policy.COSI, "2023-10-18", "report/2023/*/october", "evaluation"), meeting(policy.COSI, "2024-06-26"),
	}
	owes := func(key string, kind policy.ObligationKind, by policy.Body, to []policy.Body, due ...string) policy.Obligation {
		o := policy.Obligation{Key: key, Title: "The " + key, Kind: kind, OwedBy: by, To: to}
		for _, day := range due {
			o.Due = append(o.Due, Date(day))
		}
		return o
	}
	d.Obligations = []policy.Obligation{
		owes("annual-report", policy.AnnualReport, policy.Commission, []policy.Body{policy.EuropeanParliament, policy.Council}, "2021-12-31", "2022-12-31", "2023-12-31"),
		owes("commission-update", policy.RegularUpdate, policy.Commission, []policy.Body{policy.Council}, "2022-09-30", "2023-09-30"),
		owes("cosi-update", policy.RegularUpdate, policy.COSI, []policy.Body{policy.Council}, "2022-06-30", "2023-06-30"),
		owes("to-parliaments", policy.ParliamentReport, policy.Council, []policy.Body{policy.EuropeanParliament, policy.NationalParliament}, "2022-11-30", "2024-05-31"),
	}
	d.Stores = policy.Register("").Words()
	for _, kind := range policy.ContentKinds() {
		d.Stores = append(d.Stores, string(kind))
	}
	return d
}

// sets leads from the assessment to the priorities.
func (s *Story) sets() {
	threat := func(key, area string) policy.Threat {
		return policy.Threat{Key: key, Title: area, Area: area, Level: "high", Trend: "rising"}
	}
	recommends := func(key, threat string) policy.Recommendation {
		return policy.Recommendation{Key: key, Title: "Act on " + threat, Threats: []string{threat}, Provenance: []string{"data of 27 Member States"}}
	}
	assesses := func(kind policy.AssessmentKind) *policy.ThreatAssessment {
		return &policy.ThreatAssessment{
			Kind:         kind,
			Methodology:  policy.Validated{Document: "RH 1/21", On: Date("2021-01-20"), Item: "item/assessment-method"},
			Requirements: policy.Validated{Document: "RH 1/21", On: Date("2021-01-20"), Item: "item/assessment-method"},
			Threats:      []policy.Threat{threat("guns", "firearms"), threat("cocaine", "drugs"), threat("cars", "stolen cars")},
			Recommendations: []policy.Recommendation{
				recommends("r1", "guns"), recommends("r2", "cocaine"), recommends("r3", "cars"),
			},
		}
	}
	s.Agree("item/assessment-method", "How the assessment is made", "2021-01-05", "2021-01-20")
	s.Settle("assessment", "2021-04-12", assesses(policy.SOCTA))
	s.Settle("advisory-document", "2021-04-28", &policy.AdvisoryDocument{Advice: []policy.Advice{
		{Recommendations: []string{"r1"}, Does: policy.Takes, Priorities: []string{"firearms"}, Reason: "as recommended"},
		{Recommendations: []string{"r2"}, Does: policy.Takes, Priorities: []string{"drugs"}, Reason: "as recommended"},
		{Recommendations: []string{"r3"}, Does: policy.Leaves, Reason: "the States deal with it"},
	}})
	s.Settle("priorities", "2021-05-26", s.conclusions(map[string]string{"firearms": "r1", "drugs": "r2"}))
	s.Settle("review", "2022-12-07", assesses(policy.InterimSOCTA))
}

// conclusions sets the priorities as they are proposed, each on its recommendation.
func (s *Story) conclusions(recommended map[string]string) *policy.Conclusions {
	c := s.Definition.ProposedConclusions()
	for i, p := range c.Priorities {
		c.Priorities[i].Recommendations = []string{recommended[p.Key]}
	}
	return c
}

// Impact is an impact assessment in which nothing is missing.
func Impact(day string) policy.ImpactAssessment {
	holds := policy.Judgement{Holds: policy.Yes, Reason: "no State can do it alone"}
	return policy.ImpactAssessment{
		On: Date(day), Reviewer: "Rita@fr", Document: "RH 2/21", Financial: "20 000 euro", Administrative: "two officers",
		Burden:     policy.Burden{Union: "one meeting", National: "two officers", Regional: "none", Operators: "none", Citizens: "none"},
		AddedValue: holds, Subsidiarity: holds, Proportionality: holds,
		Rights: policy.Rights{Inside: "data protection", Outside: "death penalty"},
	}
}

// Acting is an action of three: a State that leads, another and Europol.
func Acting(code string, kind policy.ActionKind, area, goal, from, to string) policy.OperationalAction {
	return policy.OperationalAction{
		Code: code, Title: "Action " + code, Goals: []string{goal}, Area: area, Kind: kind, From: Date(from), To: Date(to),
		Leader: "se", Participants: []policy.Body{"fr", policy.Europol},
		KPIs: []policy.KPI{{Indicator: "arrests", Target: policy.Whole(10)}}, Funding: policy.Funding{State: policy.FundingNone},
	}
}

func (s *Story) plans() {
	for _, p := range []string{"firearms", "drugs"} {
		s.Settle("masp/"+p, "2021-10-14", &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: p + "-1", Title: "Know more"}, {Key: p + "-2", Title: "Do more"}}})
	}
	s.Settle("oap/2022/firearms", "2021-12-08", Firearms("2022", "2021"))
	s.Settle("oap/2022/drugs", "2021-12-08", Drugs("2022", "2021"))
	s.Settle("oap/2023/firearms", "2022-12-07", Firearms("2023", "2022"))
	s.Settle("oap/2023/drugs", "2022-12-07", Drugs("2023", "2022"))
	carried := s.Action("oap/2023/firearms/1.1")
	carried.CarriedOverFrom = "2022/firearms/1.1"
	s.Action("oap/2022/firearms/1.1").To = Date("2023-02-28")

	// A war breaks out: the OAP changes, and is assessed anew.
	change := On("change/2022/firearms/1")
	s.Items = append(s.Items, s.Definition.Opened(policy.Opening{Title: "Weapons from the war", Due: Date("2022-04-20")}, change, Date("2022-03-10")))
	changed := Firearms("2022", "2021")
	s.Contents[change] = changed
	again := Impact("2022-03-20")
	changed.Impact = &again
	changed.Actions[0].To = Date("2023-02-28")
	war := Acting("1.4", "operational", "firearms", "firearms-2", "2022-05-01", "2022-12-31")
	war.Partners = []string{"Moldova"}
	changed.Actions = append(changed.Actions, war)
	changed.OwnImpacts[1].ImpactAssessment = Impact("2022-03-21")
	s.Settle("change/2022/firearms/1", "2022-04-20", changed)

	for _, path := range []string{"oap/2022/firearms", "oap/2022/drugs", "oap/2023/firearms", "oap/2023/drugs", "change/2022/firearms/1"} {
		s.Consent(path)
	}
	s.Enter(policy.RegPosts, "driver/drugs", "2021-07-01", &policy.Holding{Holder: "fr", Person: "an-officer"})
	s.Enter(policy.RegPosts, "leader/2022-drugs-2.2", "2021-11-01", &policy.Holding{Acting: policy.SupportTeam})
	s.Enter(policy.RegPosts, "leader/2023-drugs-2.2", "2022-10-01", &policy.Holding{Holder: "nl"})
	s.Enter(policy.RegIndicators, "arrests", "2021-10-01", &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "on the day of the arrest", Version: 1})
}

// Firearms is an OAP that has an action that asks for Union money and one that is external.
func Firearms(y, before string) *policy.OperationalPlan {
	paid := Acting("1.2", policy.Prevention, "firearms", "firearms-2", y+"-02-01", y+"-12-31")
	paid.Funding = policy.Funding{State: policy.FundingGranted, Source: "isf", Need: 20000, Granted: 20000, Contract: Date(y + "-03-01")}
	external := Acting("1.3", "cooperation", "firearms", "firearms-2", y+"-01-01", y+"-12-31")
	external.External = policy.External{
		Does: true, Beneficiaries: []string{"Albania"}, Capacity: "traces weapons itself",
		EEAS: "consulted", EEASDocument: "RH 3/21", EEASOn: Date(before + "-10-01"),
	}
	whole := Impact(before + "-10-01")
	return &policy.OperationalPlan{
		Impact:  &whole,
		Actions: []policy.OperationalAction{Acting("1.1", "intelligence", "firearms", "firearms-1", y+"-01-01", y+"-12-31"), paid, external},
		OwnImpacts: []policy.OwnImpact{
			{Action: "1.2", ImpactAssessment: Impact(before + "-10-02")}, {Action: "1.3", ImpactAssessment: Impact(before + "-10-02")},
		},
	}
}

// Drugs is an OAP that has an action without a leader in the plan: see the register of posts.
func Drugs(y, before string) *policy.OperationalPlan {
	vacant := Acting("2.2", policy.Prevention, "drugs", "drugs-2", y+"-01-01", y+"-12-31")
	vacant.Leader = ""
	whole := Impact(before + "-10-01")
	return &policy.OperationalPlan{
		Impact:  &whole,
		Actions: []policy.OperationalAction{Acting("2.1", "operational", "drugs", "drugs-1", y+"-01-01", y+"-12-31"), vacant},
	}
}

// Consent lets every State listed in a plan consent before the action begins.
func (s *Story) Consent(path string) {
	plan, adopted := Content[*policy.OperationalPlan](s, path), s.Last(path).Date
	for i := range plan.Actions {
		a := &plan.Actions[i]
		for _, b := range a.Everybody() {
			key := a.Path(On(path)) + "/" + string(b)
			known := slices.ContainsFunc(s.Rows, func(r policy.Row) bool { return r.Key == key })
			if !b.MemberState() || known {
				continue
			}
			says := &policy.Consent{State: policy.Confirmed}
			if b == "fr" {
				says = &policy.Consent{State: policy.Conditional, Condition: "from the second month on"}
			}
			s.Enter(policy.RegConsents, key, policy.Earliest(a.From.AddDays(-5), adopted).String(), says)
		}
	}
}

func (s *Story) reports() {
	for _, p := range s.Definition.Periods {
		for i, round := range p.Reports {
			for _, oap := range []string{"firearms", "drugs"} {
				report := &policy.Report{}
				for _, a := range Content[*policy.OperationalPlan](s, "oap/"+p.Key+"/"+oap).Actions {
					status := []policy.ActionStatus{policy.Ongoing, policy.Completed}[i]
					arrests := []policy.Figure{{Indicator: "arrests", Value: policy.Whole(3)}}
					report.Actions = append(report.Actions, policy.ActionReport{Action: a.Code, Status: status, Figures: arrests})
				}
				totals := report.Totals()
				report.Published = &totals
				path := "report/" + p.Key + "/" + oap + "/" + round.Key
				s.Settle(path, s.Entry(path).Due.String(), report)
			}
		}
	}
	for _, o := range s.Definition.Obligations {
		for _, due := range o.Due {
			y := fmt.Sprint(due.Year())
			delivers := &policy.Delivery{Covers: policy.Window{From: Date(y + "-01-01"), To: due}}
			for _, round := range []string{"drugs/may", "drugs/october", "firearms/may", "firearms/october"} {
				if y == "2022" || y == "2023" {
					delivers.Reports = append(delivers.Reports, "report/"+y+"/"+round)
				}
			}
			given := due.AddDays(-10)
			s.Settle("obligation/"+o.Key+"/"+due.String(), given.String(), delivers)
			for _, to := range o.To {
				s.Enter(policy.RegDeliveries, o.Key+"/"+due.String()+"/"+string(to), given.AddDays(2).String(), &policy.DeliveryProof{On: given, Document: "COM(2021) 1"})
			}
		}
	}
}

// ends evaluates the cycle and answers the evaluator.
func (s *Story) ends() {
	e := &policy.EvaluationReport{Evaluator: "A consultancy"}
	for _, c := range policy.Criteria {
		e.Findings = append(e.Findings, policy.Evaluated{Criterion: c, Text: "good"})
	}
	for _, key := range []string{"fewer", "money", "templates"} {
		e.Recommendations = append(e.Recommendations, policy.Recommended{Key: key, Text: "Better " + key, To: []policy.Body{policy.COSI}})
	}
	s.Settle("evaluation", "2023-10-18", e)
	s.Agree("item/roadmap", "What becomes of the recommendations", "2023-10-25", "2023-11-15")
	s.Enter(policy.RegRecommendations, "fewer", "2023-12-01", &policy.FollowUp{State: policy.FollowAccepted, Owner: policy.COSI, Roadmap: "item/roadmap", By: Date("2049-01-01")})
	s.Enter(policy.RegRecommendations, "money", "2023-12-01", &policy.FollowUp{State: policy.FollowRejected, Reason: "there is none"})
	s.Enter(policy.RegRecommendations, "templates", "2023-12-01", &policy.FollowUp{State: policy.FollowDone, Roadmap: "item/roadmap"})
}

// meets gives each meeting of COSI an item on monitoring, and all States a seat.
func (s *Story) meets() {
	for i, m := range s.Definition.Meetings {
		if m.Body != policy.COSI {
			continue
		}
		s.Enter(policy.RegAgenda, m.Key+"/monitoring", m.On.AddDays(-14).String(), &policy.AgendaItem{Title: "Where the strategy stands", Monitoring: true})
		for j, state := range policy.MembersOn(m.On) {
			level := policy.Levels[2+(i+j)%3] // a head of unit or above
			s.Enter(policy.RegAttendance, m.Key+"/"+string(state), m.On.String(), &policy.Attendance{Level: level})
		}
	}
}

func (s *Story) pays() {
	cycle := s.Definition.ImplementationWindow
	s.Enter(policy.RegEnvelopes, "fund", "2021-12-01", &policy.Envelope{Source: "isf", From: cycle.From, To: cycle.To, Amount: 100000})
	s.Enter(policy.RegEnvelopes, "reserve", "2021-12-01", &policy.Envelope{Source: "europol-grant", From: cycle.From, To: cycle.To, Amount: 50000, Reserve: true})
	s.Enter(policy.RegAllocations, "a1", "2022-02-01", &policy.Allocation{
		Envelope: "fund", Amount: 20000, Objective: "criminal-networks", Priority: "firearms", Action: "2022/firearms/1.2",
	})
	s.Enter(policy.RegAllocations, "a2", "2022-02-01", &policy.Allocation{Envelope: "fund", Amount: 30000, Objective: "borders", Priority: "drugs"})
	s.Enter(policy.RegWarnings, "war", "2022-03-01", &policy.Warning{Title: "Weapons from the war", Area: "firearms", Envelope: "reserve"})
	s.Enter(policy.RegAllocations, "a3", "2022-04-21", &policy.Allocation{
		Envelope: "reserve", Amount: 10000, Objective: "criminal-networks", Priority: "firearms", Warning: "war", Decision: "ST 7000/22 INIT",
	})
}

func (s *Story) strategy() {
	acts := func(key, day string, objective policy.Objective, threat policy.MainThreat, change func(*policy.StrategyAction)) {
		a := &policy.StrategyAction{
			Title: "Action " + key, Proposer: policy.Commission, Owner: policy.Commission, Objective: objective, Threat: threat, Status: policy.StrategyUnderWay,
			ConsideredBy: policy.Council, ConsideredOn: Date("2020-12-01"), Document: "ST 1234/20 INIT", AssessedOn: Date("2020-10-01"),
		}
		if change != nil {
			change(a)
		}
		s.Enter(policy.RegStrategy, key, day, a)
	}
	acts("radicals", "2021-01-01", "terrorism", "terrorism", nil)
	acts("hackers", "2021-01-01", "cyberspace", "cybercrime", nil)
	acts("crossings", "2021-01-01", "borders", "illegal-immigration", func(a *policy.StrategyAction) { a.Owner = policy.Frontex })
	acts("floods", "2021-01-01", "crises-and-disasters", "disasters", func(a *policy.StrategyAction) {
		a.Status, a.ConsideredBy, a.ConsideredOn, a.Document, a.AssessedOn = policy.StrategyProposed, "", policy.Date{}, "", policy.Date{}
	})
	acts("directive", "2022-01-10", "criminal-networks", "", func(a *policy.StrategyAction) {
		a.Legislative, a.OrganisedCrime = true, true
		a.Goals, a.Plans = []string{"firearms/firearms-1"}, []string{"2022/firearms"}
	})
	for _, threat := range []string{"trafficking-in-human-beings", "road-accidents"} {
		s.Enter(policy.RegElsewhere, threat, "2021-01-01", &policy.Elsewhere{Where: "another cycle"})
	}
}
