package main

import (
	"fmt"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// report has every action report in every round of its plan.
func (c *cast) report() {
	c.count()
	for _, e := range c.d.Agenda() {
		plan, is := c.documents[e.Subject.Plan().Path()+"/v1"].(*policy.OperationalPlan)
		if !is || e.Subject.Kind != policy.KindReport {
			continue
		}
		handedIn := policy.Latest(c.played(e.Subject, "", e.SubmitBy), e.Opens)
		round, of := c.roundOf(e.Subject)
		for i := range plan.Actions {
			a := &plan.Actions[i]
			status := policy.Ongoing
			switch {
			case round == of && !a.To.After(c.periodOf(e.Subject).To):
				status = []policy.ActionStatus{policy.Completed, policy.Completed, policy.Completed, policy.NotCompleted}[i%4]
			case round == of && i%9 == 8:
				status = policy.Cancelled
			}
			leader := a.Leader
			if !leader.Known() {
				leader = policy.SupportTeam
			}
			key := strings.Join([]string{e.Subject.Period, e.Subject.Key, e.Subject.Round, a.Code}, "/")
			reached := policy.Figure{Indicator: a.KPIs[0].Indicator, Value: a.KPIs[0].Target * int64(round) / int64(of+1)}
			c.enters(leader, policy.RegProgress, key, handedIn.AddDays(-4), &policy.Progress{Status: status, Figures: []policy.Figure{reached}})
		}
	}
	c.days()
	c.posts()
}

func (c *cast) periodOf(report policy.Subject) policy.Period {
	for _, p := range c.d.Periods {
		if p.Key == report.Period {
			return p
		}
	}
	panic("no period " + report.Period) // a mistake in this program: its test meets it
}

// roundOf gives the number of a round among those of its period.
func (c *cast) roundOf(report policy.Subject) (round, of int) {
	rounds := c.periodOf(report).Reports
	for i, r := range rounds {
		if r.Key == report.Round {
			return i + 1, len(rounds)
		}
	}
	panic("no round " + report.Round) // a mistake in this program: its test meets it
}

// count says how everything is counted; in the middle of the cycle one counting
// rule changes.
func (c *cast) count() {
	catalogue := []struct{ key, title, unit, rule string }{
		{"arrests", "Arrests", "persons", "Each person once, on the day of the arrest, if the action led to it."},
		{"investigations", "Investigations initiated", "cases", "Each case once, in the State that opened it."},
		{"checks", "Persons, vehicles and goods checked", "checks", "Each check once."},
		{"assets", "Assets seized or frozen", "euro", "Value on the day of the seizure."},
		{"trained", "Officers trained", "persons", "Each person once in each course completed."},
		{"reached", "People reached by campaigns", "thousand persons", "As the medium reports it."},
		{"reports", "Intelligence reports shared", "reports", "Each report once, when it is shared with all participants."},
	}
	start := c.d.ImplementationWindow.From.AddMonths(-1)
	for _, i := range catalogue {
		c.enters(policy.SupportTeam, policy.RegIndicators, i.key, start, &policy.Indicator{Title: i.title, Unit: i.unit, Rule: i.rule, Version: 1})
	}
	c.enters(policy.SupportTeam, policy.RegIndicators, "arrests", c.d.ImplementationWindow.From.AddMonths(13), &policy.Indicator{
		Title: "Arrests", Unit: "persons", Rule: "Each person once, also where a partner outside the Union made the arrest.", Version: 2,
	})
}

// days has a joint action day in every period, whose figures count once.
func (c *cast) days() {
	for _, p := range c.d.Periods {
		var plans []string
		for _, priority := range c.d.Priorities[:3] {
			plans = append(plans, p.Key+"/"+priority.OAPs[0].Key)
		}
		from := p.From.AddMonths(3)
		c.enters(policy.SupportTeam, policy.RegDays, "jad-"+p.Key, from.AddDays(10), &policy.JointActionDay{
			Title: "Joint action days " + p.Key, From: from, To: from.AddDays(3), Plans: plans,
			Figures: []policy.Figure{{Indicator: "arrests", Value: 120}, {Indicator: "checks", Value: 9400}},
		})
	}
}

// posts says who holds which post; one driver is replaced, another post is
// vacant for a while.
func (c *cast) posts() {
	start := c.d.Conclusions.Due.AddMonths(1)
	holds := func(post, of string, on policy.Date, h policy.Holding) {
		c.enters(policy.GeneralSecretariat, policy.RegPosts, post+"/"+of, on, &h)
	}
	number := 0
	for _, p := range c.d.Priorities {
		for _, oap := range p.OAPs {
			holder := oap.Driver
			if holder == "" {
				holder = "se"
			}
			holds("driver", oap.Key, start, policy.Holding{Holder: holder, Person: fmt.Sprintf("officer-%d", 100+number)})
			switch number {
			case 1:
				holds("driver", oap.Key, start.AddMonths(20), policy.Holding{Holder: holder, Person: "officer-201"})
			case 2:
				holds("driver", oap.Key, start.AddMonths(22), policy.Holding{Acting: policy.SupportTeam})
				holds("driver", oap.Key, start.AddMonths(25), policy.Holding{Holder: holder, Person: "officer-202"})
			}
			number++
		}
	}
	for i, state := range policy.MembersOn(start) {
		holds("nec", string(state), start, policy.Holding{Holder: state, Person: fmt.Sprintf("coordinator-%d", i+1)})
	}
}

// owe has every report that is owed written and delivered.
func (c *cast) owe() {
	for _, o := range c.d.Obligations {
		for _, due := range o.Due {
			subject := policy.Subject{Cycle: c.d.Key, Kind: policy.KindObligation, Key: o.Key, Round: due.String()}
			scene := c.cycle.Script.SceneFor(subject, "", 1)
			if scene.Skip {
				continue
			}
			given := c.cycle.Script.When(scene, due)
			year := policy.Window{From: policy.NewDate(due.Year()-1, 1, 1), To: policy.NewDate(due.Year()-1, 12, 31)}
			delivery := &policy.Delivery{Cover: illustrative, Covers: year, Text: o.Title}
			if o.Kind == policy.AnnualReport {
				delivery.Reports = c.settledIn(year)
			}
			c.hands(subject.Path(), delivery)
			by := o.OwedBy
			if by.Collective() {
				by = policy.GeneralSecretariat
			}
			document := scene.Document
			if document == "" {
				document = policy.Document(fmt.Sprintf("%s %d/%02d", policy.RehearsalSeries, 100+int(due.Time(policy.Brussels).Month()), due.Year()%100))
			}
			for _, to := range o.To {
				key := o.Key + "/" + due.String() + "/" + string(to)
				c.enters(by, policy.RegDeliveries, key, given.AddDays(2), &policy.DeliveryProof{On: given, Document: document})
			}
		}
	}
}

// settledIn lists the progress reports that COSI deals with in a year, with
// some days to spare at both ends.
func (c *cast) settledIn(year policy.Window) []string {
	const spare = 40
	var paths []string
	for _, e := range c.d.Agenda() {
		if e.Subject.Kind != policy.KindReport {
			continue
		}
		if due := e.Due.AddDays(-c.cycle.Script.LeadDays); !due.AddDays(spare).Before(year.From) && !due.AddDays(-spare).After(year.To) {
			paths = append(paths, e.Subject.Path())
		}
	}
	return paths
}

// meet has COSI monitor in every meeting, and the States attend.
func (c *cast) meet() {
	for n, m := range c.d.Meetings {
		if m.Body != policy.COSI {
			continue
		}
		monitoring := &policy.AgendaItem{Title: "State of play of the priorities", Monitoring: true}
		c.enters(policy.Presidency, policy.RegAgenda, m.Key+"/monitoring", m.On.AddDays(-10), monitoring)
		for i, state := range policy.MembersOn(m.On) {
			level := policy.Levels[2+(i+n)%3]
			if c.expert == m.Key+"/"+string(state) {
				level = "expert"
			}
			c.enters(policy.GeneralSecretariat, policy.RegAttendance, m.Key+"/"+string(state), m.On.AddDays(3), &policy.Attendance{Level: level})
		}
	}
}

// pay sets money aside for the priorities, and keeps a reserve.
func (c *cast) pay() {
	impl := c.d.ImplementationWindow
	start := impl.From.AddDays(-20)
	ends := policy.Earliest(impl.To, date(c.frameworkEnds))
	c.enters(policy.Commission, policy.RegEnvelopes, "fund", start, &policy.Envelope{Source: c.source, From: impl.From, To: ends, Amount: 28_000_000})
	c.enters(policy.Commission, policy.RegEnvelopes, "reserve", start, &policy.Envelope{
		Source: policy.SourceEuropol, From: impl.From, To: impl.To, Amount: 4_000_000, Reserve: true,
	})
	for i, p := range c.d.Priorities {
		c.enters(policy.Commission, policy.RegAllocations, p.Key, impl.From.AddDays(40), &policy.Allocation{
			Envelope: "fund", Amount: int64(1_500_000 + 100_000*i), Objective: p.Objectives[0], Priority: p.Key,
		})
	}
	if !c.warning {
		return
	}
	on := date("2022-03-10")
	c.enters(policy.Europol, policy.RegWarnings, "war-in-ukraine", on, &policy.Warning{
		Title: "Crime that the war in Ukraine brings", Area: "firearms trafficking", Item: "war-in-ukraine", Envelope: "reserve",
	})
	c.enters(policy.Commission, policy.RegAllocations, "war-in-ukraine", on.AddDays(30), &policy.Allocation{
		Envelope: "reserve", Amount: 900_000, Objective: policy.ObjectiveNetworks, Priority: "firearms-trafficking", Warning: "war-in-ukraine", Decision: "RH 28/22",
	})
}

// strategy fills the register of the internal security strategy.
func (c *cast) strategy() {
	start := c.d.PolicyWindow.From.AddMonths(2)
	answered := map[policy.MainThreat]bool{}
	for _, p := range c.d.Priorities {
		for _, t := range p.Threats {
			answered[t] = true
		}
	}
	actions := []policy.StrategyAction{
		{Title: "Rules on the use of passenger name records", Legislative: true, Objective: policy.ObjectiveTerrorism, Threat: "terrorism"},
		{Title: "A network against radicalisation", Objective: policy.ObjectiveTerrorism, Threat: "terrorism"},
		{Title: "A centre against cybercrime at Europol", Objective: policy.ObjectiveCyberspace, Threat: "cybercrime"},
		{Title: "Exchange of information at the external borders", Objective: policy.ObjectiveBorders, Threat: "illegal-immigration"},
		{Title: "A common view of risks of disasters", Objective: policy.ObjectiveResilience, Threat: "disasters"},
		{Title: "Rules on the confiscation of criminal assets", Legislative: true, Objective: policy.ObjectiveNetworks, Threat: "cross-border-crime"},
		{Title: "Joint investigation teams as a habit", Objective: policy.ObjectiveNetworks, OrganisedCrime: true},
		{Title: "Support for victims of violence", Objective: policy.ObjectiveNetworks, Threat: "violence"},
	}
	for i, a := range actions {
		a.Proposer, a.Owner, a.Status = policy.Commission, policy.Commission, policy.StrategyUnderWay
		a.AssessedOn, a.ConsideredOn = start.AddMonths(-3), start.AddDays(-20)
		a.ConsideredBy, a.Document = policy.Council, policy.Document(fmt.Sprintf("RH %d/%02d", 40+i, start.Year()%100))
		if a.OrganisedCrime {
			first := c.d.Priorities[0].OAPs[0].Key
			a.Plans = []string{c.d.Periods[0].Key + "/" + first}
		}
		if a.Threat != "" {
			answered[a.Threat] = true
		}
		c.enters(policy.Commission, policy.RegStrategy, strings.ToLower(fmt.Sprintf("iss-%d", i+1)), start, &a)
	}
	for _, t := range policy.MainThreats {
		if !answered[t] {
			where := "In the Union's policy on " + strings.ReplaceAll(string(t), "-", " ") + "."
			c.enters(policy.Commission, policy.RegElsewhere, string(t), start, &policy.Elsewhere{Where: where})
		}
	}
}
