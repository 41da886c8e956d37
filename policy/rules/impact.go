package rules

import "github.com/policycycle/policycycle/policy"

// impactRules hold the prior impact assessment: S6 to S9 and S27.
func impactRules() []Rule {
	stops := []policy.Kind{policy.KindOAP, policy.KindChange}
	const bites = "tabling of an OAP or its change"
	return []Rule{{
		ID: "S6", Place: Place{Paragraph: 13}, Title: "Impact is assessed beforehand", Severity: policy.Blocks, Stops: stops, Bites: bites,
		Checks: "every OAP has a signed impact assessment from before its adoption, with the financial and the administrative part; actions that take money beyond the national one, burden operators or citizens, or are external have one of their own; so has every action of the strategy register under way",
		Source: "Action should only be taken on the basis of a prior assessment of its expected financial and administrative impact",
		parts: []part{
			{looks: []source{everyPlan, assessments}, fields: assessed, check: checkImpact, declared: unevidenced},
			{looks: []source{everyPlan}, fields: with(assessed, policy.FieldNeed, policy.FieldGranted, policy.FieldFundingSource, policy.FieldFundingState,
				policy.FieldBurdens, policy.FieldExternal), check: checkOwnImpact},
			{looks: []source{assessments}, fields: []policy.PlanField{policy.FieldImpactText}, check: eachAssessment(checkExpected)},
			{looks: []source{rowsThat(policy.RegStrategy, policy.Say("no action of the strategy is under way"), underWay)}, check: checkAssessed},
		},
	}, {
		ID: "S7", Place: Place{Paragraph: 13}, Title: "Added value at Union level is demonstrated", Severity: policy.Blocks, Stops: stops, Bites: bites,
		Checks: "every impact assessment demonstrates the added value of action at Union level, with reasons",
		Source: "where such an assessment has demonstrated the added value of action at Union level",
		parts: onImpacts(func(i *policy.ImpactAssessment, _ bool, say func(string, ...any)) {
			switch {
			case i.AddedValue.Holds != policy.Yes:
				say("does not demonstrate added value at Union level")
			case i.AddedValue.Reason == "":
				say("claims added value at Union level without reasons")
			}
		}),
	}, {
		ID: "S8", Place: Place{Paragraph: 13}, Title: "No unnecessary burden", Severity: policy.Blocks, Stops: stops, Bites: bites,
		Checks: "every impact assessment estimates the burden on the Union, national and regional authorities, economic operators and citizens",
		Source: "without creating an unnecessary financial or administrative burden falling upon the Union, national and regional authorities, economic operators and citizens",
		parts:  onImpacts(checkBurden),
	}, {
		ID: "S9", Place: Place{Paragraph: 13}, Title: "Subsidiarity and proportionality", Severity: policy.Blocks, Stops: stops, Bites: bites,
		Checks: "a reviewer who is named and is not the author found both, each with reasons",
		Source: "in line with the Protocol on the application of the principles of subsidiarity and proportionality",
		parts:  onImpacts(checkPrinciples),
	}, {
		ID: "S27", Place: Place{Paragraph: 3}, Title: "Fundamental rights are respected", Severity: policy.Blocks, Stops: stops, Bites: bites,
		Checks: "every impact assessment speaks to fundamental rights within the Union, that of an external action also outside it",
		Source: "including the protection and promotion of fundamental rights within the Union and in its relations with the wider world",
		parts: onImpacts(func(i *policy.ImpactAssessment, external bool, say func(string, ...any)) {
			if i.Rights.Inside == "" {
				say("says nothing on fundamental rights within the Union")
			}
			if external && i.Rights.Outside == "" {
				say("says nothing on fundamental rights outside the Union, though the action is external")
			}
		}, policy.FieldExternal),
	}}
}

func checkImpact(d *Snapshot, report reporter) {
	for _, p := range d.plans {
		f := policy.Finding{Subject: p.Subject.Path(), Record: p.Subject.Path(), Mend: mendOf(p.Entry)}
		if p.content.Impact == nil {
			report(f, "%s has no impact assessment", p.Title)
		}
	}
	eachAssessment(func(i *policy.ImpactAssessment, _ bool, say func(string, ...any)) {
		if i.On.IsZero() || i.On.After(d.Today) || i.Reviewer == "" {
			say("is not signed")
		}
	})(d, report)
	d.checkAssessedInTime(report)
}

// assessed is what a plan holds for it to be seen that its impact was assessed.
var assessed = []policy.PlanField{policy.FieldImpact}

// checkOwnImpact finds actions that need an assessment of their own.
func checkOwnImpact(d *Snapshot, report reporter) {
	for _, p := range d.plans {
		own := p.content.ImpactsByAction()
		for a := range p.actions() {
			if d.Definition.NeedsOwnImpact(a) && own[a.Code] == nil {
				report(p.finding(a, mendOf(p.Entry)...), "%s takes money beyond the national one or does not say whose, burdens operators or citizens, or is external: it needs an impact assessment of its own", p.called(a))
			}
		}
	}
}

// checkExpected finds assessments that do not say what is expected.
func checkExpected(i *policy.ImpactAssessment, _ bool, say func(string, ...any)) {
	if i.Financial == "" {
		say("says nothing on the financial impact")
	}
	if i.Administrative == "" {
		say("says nothing on the administrative impact")
	}
}

func underWay(a *policy.StrategyAction) bool {
	return a.Status == policy.StrategyUnderWay || a.Status == policy.StrategyDone
}

// checkAssessed holds that an action of the strategy is under way on a prior assessment.
func checkAssessed(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.StrategyAction](d, policy.RegStrategy) {
		if underWay(row.body) && (row.body.AssessedOn.IsZero() || row.body.AssessedOn.After(row.Date)) {
			report(policy.Finding{Severity: policy.Warns, Record: "strategy/" + row.Key, Mend: []policy.Body{row.body.Owner, policy.Commission}},
				"%q is under way without a prior impact assessment", row.body.Title)
		}
	}
}

// checkAssessedInTime finds plans that were adopted before they were assessed.
func (d *Snapshot) checkAssessedInTime(report reporter) {
	for _, p := range d.plans {
		if !p.standing.Positive() {
			continue
		}
		eachImpact(p, func(i *policy.ImpactAssessment, record, code string, _ bool) {
			if adopted, late := p.late[code]; late {
				report(policy.Finding{Subject: p.Subject.Path(), Record: record, Mend: mendOf(p.Entry)},
					"the impact assessment of %s is of %s, after the adoption on %s", p.assessed(record), i.On, adopted)
			}
		})
	}
}

// eachImpact goes through the impact assessments of a plan: its own first, with
// no code, then those of single actions.
func eachImpact(p *plan, do func(i *policy.ImpactAssessment, record, code string, external bool)) {
	if p.content.Impact != nil {
		do(p.content.Impact, p.Subject.Path(), "", false)
	}
	external := map[string]bool{}
	for _, a := range p.content.Actions {
		external[a.Code] = a.External.Does
	}
	for i := range p.content.OwnImpacts {
		own := &p.content.OwnImpacts[i]
		record := p.Subject.Period + "/" + p.Subject.Key + "/" + own.Action
		do(&own.ImpactAssessment, record, own.Action, external[own.Action])
	}
}

// everyPlan is each OAP.
var everyPlan = documents(policy.KindOAP)

// assessments is each impact assessment of each OAP.
var assessments = source{string(policy.KindOAP), func(d *Snapshot, c *Coverage) policy.Remark {
	d.countDocuments(policy.KindOAP, c)
	for _, p := range d.plans {
		eachImpact(p, func(*policy.ImpactAssessment, string, string, bool) { c.Looked++ })
	}
	return policy.Say("no OAP has an impact assessment yet")
}}

type onImpact func(i *policy.ImpactAssessment, external bool, say func(format string, args ...any))

// onImpacts makes a rule of a check of every impact assessment.
func onImpacts(check onImpact, more ...policy.PlanField) []part {
	fields := append([]policy.PlanField{policy.FieldImpactText}, more...)
	return []part{{looks: []source{assessments}, fields: fields, check: eachAssessment(check), declared: unevidenced}}
}

// unevidenced counts the assessments behind which nothing stands but somebody's word.
func unevidenced(d *Snapshot) (n int) {
	for _, p := range d.plans {
		var author policy.Actor
		if handed := policy.Submission(d.Acts[p.Subject]); handed != nil {
			author = handed.By
		}
		eachImpact(p, func(i *policy.ImpactAssessment, _, _ string, _ bool) {
			if !i.Evidenced(author) {
				n++
			}
		})
	}
	return n
}

// eachAssessment makes a check of every impact assessment of every plan.
func eachAssessment(check onImpact) func(*Snapshot, reporter) {
	return func(d *Snapshot, report reporter) {
		for _, p := range d.plans {
			eachImpact(p, func(i *policy.ImpactAssessment, record, _ string, external bool) {
				f := policy.Finding{Subject: p.Subject.Path(), Record: record, Mend: mendOf(p.Entry)}
				check(i, external, func(format string, args ...any) {
					report(f, "the impact assessment of %s "+format, append([]any{p.assessed(record)}, args...)...)
				})
			})
		}
	}
}

func checkBurden(i *policy.ImpactAssessment, _ bool, say func(string, ...any)) {
	groups := []struct{ name, estimate string }{
		{"the Union", i.Burden.Union},
		{"national authorities", i.Burden.National},
		{"regional authorities", i.Burden.Regional},
		{"economic operators", i.Burden.Operators},
		{"citizens", i.Burden.Citizens},
	}
	for _, g := range groups {
		if g.estimate == "" {
			say("does not estimate the burden on %s", g.name)
		}
	}
}

func checkPrinciples(i *policy.ImpactAssessment, _ bool, say func(string, ...any)) {
	principles := []struct {
		name  string
		found policy.Judgement
	}{{"subsidiarity", i.Subsidiarity}, {"proportionality", i.Proportionality}}
	for _, p := range principles {
		switch {
		case p.found.Holds == "":
			say("has no finding on %s", p.name)
		case p.found.Holds == policy.No:
			say("finds that %s is not respected", p.name)
		case p.found.Reason == "" || i.Reviewer == "":
			say("finds %s respected without a reason or a named reviewer", p.name)
		}
	}
}
