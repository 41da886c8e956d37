package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// planningRules hold the order from the assessment to the plans: S1 to S3, S14,
// S31, S32.
func planningRules() []Rule {
	return []Rule{{
		ID: "S1", Place: Place{Paragraph: 14}, Title: "Actions stay consistent with the plans", Severity: policy.Blocks, Stops: []policy.Kind{policy.KindOAP, policy.KindChange},
		Checks: "every operational action serves a strategic goal of an adopted MASP of its priority; every action of the strategy register on organised crime names goals and OAPs that exist",
		Source: "the actions … in the area of serious and organised crime remain consistent with the Multi-Annual Strategic Plans and annual Operational Action Plans",
		Bites:  "tabling of an OAP or its change",
		parts: []part{
			{looks: []source{everyAction, documents(policy.KindMASP)}, fields: []policy.PlanField{policy.FieldGoals}, check: checkGoals},
			{looks: []source{rowsThat(policy.RegStrategy, noStrategy, ofCrime), documents(policy.KindMASP)}, check: checkStrategyLinks},
		},
	}, {
		ID: "S2", Place: Place{Paragraph: 14}, Title: "COSI adopts plans on the basis of the Council's priorities", Severity: policy.Blocks, Stops: []policy.Kind{policy.KindMASP, policy.KindOAP, policy.KindChange},
		Checks: "no MASP is adopted before its priorities, no OAP before its MASP, no action begins before it is adopted, and COSI adopts both; no part of the implementation window that has begun, or begins within a year, is without a period",
		Source: "Multi-Annual Strategic Plans and annual Operational Action Plans that COSI is due to adopt on the basis of the Council priorities",
		Bites:  "tabling of a MASP, OAP or change",
		parts: []part{
			{looks: []source{settled(policy.KindMASP, policy.KindOAP, policy.KindChange)}, check: checkOrder},
			{looks: []source{everyAction}, fields: []policy.PlanField{policy.FieldFrom, policy.FieldCarriedOver}, check: checkBegun},
		},
	}, {
		ID: "S3", Place: Place{15, 2}, Title: "Priorities rest on the threat assessment", Severity: policy.Blocks, Stops: []policy.Kind{policy.KindPriorities},
		Checks: "OCTA until 2012 and SOCTA from 2013; methodology and requirements validated by COSI beforehand, by its decision on an item; every recommendation has a provenance and is dealt with; every divergence of the Council from the advice has a reason; each priority of its text names the recommendation that it comes from, or says why there is none",
		Source: "priorities to be defined by the Council on the basis of the Organised Crime Threat Assessment report in 2011 and the Serious and Organised Crime Threat Assessment reports from 2013 onwards",
		Bites:  "tabling of the conclusions on the priorities",
		parts: []part{
			{looks: []source{settled(policy.KindPriorities)}, check: checkRests},
			{looks: []source{documents(policy.KindAssessment)}, check: checkProvenance},
			{looks: []source{documents(policy.KindAssessment), documents(policy.KindAdvisory)}, check: checkTreated},
			{looks: []source{documents(policy.KindAdvisory), documents(policy.KindPriorities)}, check: checkDivergence},
			{looks: []source{documents(policy.KindPriorities), documents(policy.KindAssessment)}, check: checkOrigin},
		},
	}, {
		ID: "S14", Place: Place{Paragraph: 15}, Title: "The Commission cooperates with COSI, within COSI's mandate", Severity: policy.Warns,
		Checks: "COSI settles no legislative proposal; that COSI and nobody else settles MASPs and OAPs is never waived: a cycle file or a decision that says otherwise is refused",
		Source: "INVITES the Commission to cooperate with COSI, within its mandate",
		Bites:  "cycle file; decisions; strategy register",
		parts: []part{{
			looks: []source{rowsThat(policy.RegStrategy, policy.Say("the register of the strategy has no legislative proposal"), legislative)}, check: checkMandate,
		}},
	}, {
		ID: "S31", Place: Place{Paragraph: 8}, Title: "The cycle evaluates its priorities", Severity: policy.Warns,
		Checks: "the independent evaluation is there in time, speaks to every criterion, and is by somebody who holds no post in the cycle; each of its recommendations is accepted, rejected with a reason, or done, those accepted by a roadmap on which COSI agreed as an item of its own, and by its date; without it the cycle does not close; of each priority of the cycle before, where that is kept here, it is said what became of it, and none comes from one that it does not have",
		Source: "a clear methodology for setting, implementing and evaluating priorities",
		Bites:  "closure of the cycle",
		parts: []part{
			{looks: []source{before}, check: checkLineage},
			{looks: []source{evaluationDue}, check: checkEvaluated},
			{looks: []source{documents(policy.KindEvaluation)}, check: checkCriteria},
			{looks: []source{documents(policy.KindEvaluation)}, check: checkIndependent},
			{looks: []source{documents(policy.KindEvaluation), documents(policy.KindOAP)}, fields: bodiesIn, check: checkTakesNoPart},
			{looks: []source{documents(policy.KindEvaluation), rowsIn[*policy.FollowUp](policy.RegRecommendations)}, check: checkAnswers},
		},
	}, {
		ID: "S32", Place: Place{Paragraph: 12}, Title: "All parties act", Severity: policy.Warns,
		Checks: "the OAPs of every priority list a Member State and a body of the Union",
		Source: "CALLS UPON all parties concerned to address the threats and challenges",
		Bites:  "findings", parts: []part{{looks: []source{everyAction}, fields: with(bodiesIn, policy.FieldFrom), check: checkParties}},
	}}
}

// goalsOf gives the keys of the goals that OAPs of a priority may serve, of
// MASPs that are adopted, and whether all of these are kept here.
func (d *Snapshot) goalsOf(priority string) map[string]bool {
	goals := map[string]bool{}
	for _, subject := range d.Definition.MASPsOf(priority) {
		masp, kept := contentOf[*policy.StrategicPlan](d, subject)
		if !kept || !d.Standings[subject].Positive() {
			continue
		}
		for _, g := range masp.Goals {
			goals[g.Key] = true
		}
	}
	return goals
}

func checkGoals(d *Snapshot, report reporter) {
	known := map[string]map[string]bool{}
	for _, p := range d.plans {
		if known[p.Priority] == nil {
			known[p.Priority] = d.goalsOf(p.Priority)
		}
		settling := p.standing.Positive() || p.standing.Open() && p.Settles(p.standing) && p.standing.State == policy.StateDeciding
		if len(known[p.Priority]) == 0 && !settling && d.tabled != p.Subject {
			continue // its MASP is on the way
		}
		for a := range p.actions() {
			f := p.finding(a, mendOf(p.Entry)...)
			if len(a.Goals) == 0 {
				report(f, "%s serves no strategic goal", p.called(a))
			}
			for _, goal := range a.Goals {
				if !known[p.Priority][goal] {
					report(f, "%s serves the goal %q, which stands in no adopted MASP of its priority", p.called(a), goal)
				}
			}
		}
	}
}

var noStrategy = policy.Say("the register of the strategy has no action in the area of organised crime")

// ofCrime says whether an action of the strategy lies in the area of organised crime.
func ofCrime(a *policy.StrategyAction) bool {
	return a.OrganisedCrime && a.Status != policy.StrategyWithdrawn
}

func checkStrategyLinks(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.StrategyAction](d, policy.RegStrategy) {
		if ofCrime(row.body) {
			d.checkLinks(row, report)
		}
	}
}

func (d *Snapshot) checkLinks(row entry[*policy.StrategyAction], report reporter) {
	f := policy.Finding{Severity: policy.Warns, Record: "strategy/" + row.Key, Mend: []policy.Body{row.body.Owner, policy.Commission}}
	if len(row.body.Goals) == 0 && len(row.body.Plans) == 0 {
		report(f, "%q lies in the area of organised crime and names neither a goal of a MASP nor an OAP", row.body.Title)
	}
	for _, name := range row.body.Goals {
		key, goal, _ := strings.Cut(name, "/")
		masp, kept := contentOf[*policy.StrategicPlan](d, policy.Subject{Cycle: d.Definition.Key, Kind: policy.KindMASP, Key: key})
		if !kept || !slices.ContainsFunc(masp.Goals, func(g policy.StrategicGoal) bool { return g.Key == goal }) {
			report(f, "%q names the goal %s, which stands in no MASP", row.body.Title, name)
		}
	}
	for _, name := range row.body.Plans {
		period, key, _ := strings.Cut(name, "/")
		if _, known := d.Known(policy.Subject{Cycle: d.Definition.Key, Kind: policy.KindOAP, Period: period, Key: key}); !known {
			report(f, "%q names the OAP %s, which the cycle does not have", row.body.Title, name)
		}
	}
}

// finding begins a finding on an action of a plan.
func (p *plan) finding(a *policy.OperationalAction, mend ...policy.Body) policy.Finding {
	return policy.Finding{Subject: p.Subject.Path(), Record: a.Path(p.Subject), Mend: mend}
}

// mendOf says who can hand it in better: the EMPACT Support Team where any Member
// State may.
func mendOf(e policy.Entry) []policy.Body {
	if len(e.Submitters) > 0 {
		return e.Submitters
	}
	return []policy.Body{policy.SupportTeam}
}

func checkOrder(d *Snapshot, report reporter) {
	for _, e := range d.Agenda() {
		kind := e.Subject.Kind
		s := d.Standing(e)
		settling := s.State == policy.StateDeciding && e.Settles(s) || d.tabled == e.Subject
		if kind != policy.KindMASP && kind != policy.KindOAP && kind != policy.KindChange || !s.Positive() && !settling {
			continue
		}
		f := policy.Finding{Subject: e.Subject.Path(), Record: e.Subject.Path(), Mend: []policy.Body{policy.COSI}}
		for _, required := range e.Requires {
			before := d.Standings[required]
			switch {
			case !before.Positive():
				report(f, "%s rests on %s, which is not settled yet", e.Title, d.titled(required))
			case s.Positive() && s.ClosedOn.Before(before.ClosedOn):
				report(f, "%s was adopted on %s, before %s on %s", e.Title, s.ClosedOn, d.titled(required), before.ClosedOn)
			}
		}
	}
	if d.tabled == (policy.Subject{}) {
		d.checkUncovered(report)
	}
}

// checkUncovered finds time for which nothing is planned.
func (d *Snapshot) checkUncovered(report reporter) {
	const ahead = 365 // days; drafting begins within the year before
	for _, open := range d.Definition.Uncovered() {
		if d.Today.DaysUntil(open.From) <= ahead {
			report(policy.Finding{Severity: policy.Warns, Record: "periods/" + open.From.String(), Mend: []policy.Body{policy.COSI, policy.Presidency}},
				"no period lies in the time from %s to %s: no OAP is planned for it", open.From, open.To)
		}
	}
}

// checkBegun finds actions that began before they were adopted.
func checkBegun(d *Snapshot, report reporter) {
	plans := map[string]*plan{}
	for _, p := range d.allPlans() {
		plans[p.Subject.Period+"/"+p.Subject.Key] = p
	}
	for _, p := range d.plans {
		if !p.standing.Positive() {
			continue
		}
		for a := range p.actions() {
			if on, known := adoptedOn(plans, p, a); known && a.From.Before(on) && !d.irregular("S2", a.Path(p.Subject)) {
				f := p.finding(a, policy.GeneralSecretariat)
				f.Severity = policy.Warns
				report(f, "%s began on %s, before it was adopted on %s: record it as irregular, with the reason", p.called(a), a.From, on)
			}
		}
	}
}

// adoptedOn gives the day on which an action was adopted first: with its OAP, a
// change of it, or the OAP from which it was carried over; known is false where a skeleton does
// not say from which. plans gives each OAP by the first parts of the path of its actions.
func adoptedOn(plans map[string]*plan, p *plan, a *policy.OperationalAction) (on policy.Date, known bool) {
	on, known = p.adopted[a.Code], p.content.Holds(policy.FieldCarriedOver)
	oap, code := path.Split(a.CarriedOverFrom)
	from := plans[strings.TrimSuffix(oap, "/")]
	if from == nil || !from.standing.Positive() || !from.standing.ClosedOn.Before(p.standing.ClosedOn) {
		return on, known
	}
	at := slices.IndexFunc(from.content.Actions, func(origin policy.OperationalAction) bool { return origin.Code == code })
	if at < 0 {
		return on, known
	}
	before, known := adoptedOn(plans, from, &from.content.Actions[at])
	return policy.Earliest(on, before), known
}

// checkRests holds that the Council set its priorities on the assessment.
func checkRests(d *Snapshot, report reporter) {
	priorities := d.Definition.SubjectOf(policy.KindPriorities)
	f := policy.Finding{Subject: priorities.Path(), Record: string(policy.KindAssessment), Mend: []policy.Body{policy.Europol}}
	on, set := d.StandingOfKind(policy.KindAssessment), d.StandingOfKind(policy.KindPriorities)
	switch {
	case set.Positive() && (!on.Positive() || set.ClosedOn.Before(on.ClosedOn)):
		report(f, "the priorities were set on %s, before the assessment was there", set.ClosedOn)
	case d.tabled == priorities && !on.Positive():
		report(f, "the priorities rest on the assessment, which is not there yet")
	}
}

func checkProvenance(d *Snapshot, report reporter) {
	const subject = string(policy.KindAssessment)
	a, kept := contentOf[*policy.ThreatAssessment](d, d.Definition.SubjectOf(policy.KindAssessment))
	if !kept {
		return
	}
	if due := d.Definition.Assessment.Due.Year(); a.Kind != policy.AssessmentIn(due) {
		report(policy.Finding{Subject: string(policy.KindPriorities), Record: subject, Mend: []policy.Body{policy.Europol}},
			"the priorities rest on the %s: in %d it is the %s", a.Kind, due, policy.AssessmentIn(due))
	}
	f := policy.Finding{Severity: policy.Warns, Subject: subject, Record: subject, Mend: []policy.Body{policy.Europol, policy.COSI}}
	delivered := d.StandingOfKind(policy.KindAssessment).ClosedOn
	validated := []struct {
		what string
		policy.Validated
	}{{"methodology", a.Methodology}, {"customer requirements", a.Requirements}}
	for _, v := range validated {
		switch agreed := d.agreedOn(v.Item); {
		case v.On.IsZero() || v.On.After(delivered) && !delivered.IsZero():
			report(f, "COSI had not validated the %s before the assessment", v.what)
		case agreed.IsZero() || agreed.After(delivered) && !delivered.IsZero():
			report(f, "the assessment says that COSI validated the %s, and no item before COSI shows its decision", v.what)
		}
	}
	for _, r := range a.Recommendations {
		f.Record = "assessment/" + r.Key
		if len(r.Provenance) == 0 {
			report(f, "the recommendation %q says nothing of what it rests on", r.Title)
		}
	}
}

// checkTreated holds that the advisory document deals with each recommendation.
func checkTreated(d *Snapshot, report reporter) {
	a, assessed := contentOf[*policy.ThreatAssessment](d, d.Definition.SubjectOf(policy.KindAssessment))
	pad, advised := contentOf[*policy.AdvisoryDocument](d, d.Definition.SubjectOf(policy.KindAdvisory))
	if !assessed || !advised {
		return
	}
	treated := map[string]bool{}
	for _, advice := range pad.Advice {
		for _, r := range advice.Recommendations {
			treated[r] = true
		}
	}
	for _, r := range a.Recommendations {
		if !treated[r.Key] {
			report(policy.Finding{Severity: policy.Warns, Subject: string(policy.KindAdvisory), Record: "assessment/" + r.Key, Mend: []policy.Body{policy.Presidency, policy.Commission}},
				"the advisory document does not say what becomes of the recommendation %q", r.Title)
		}
	}
}

// checkDivergence holds that the Council gives a reason where it does not follow the advice.
func checkDivergence(d *Snapshot, report reporter) {
	def := d.Definition
	pad, advises := contentOf[*policy.AdvisoryDocument](d, def.SubjectOf(policy.KindAdvisory))
	conclusions, kept := contentOf[*policy.Conclusions](d, def.SubjectOf(policy.KindPriorities))
	if !advises || !kept {
		return
	}
	advised, reasons, set := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, advice := range pad.Advice {
		for _, p := range advice.Priorities {
			advised[p] = true
		}
	}
	for _, divergence := range conclusions.Divergences {
		reasons[divergence.Priority] = true
	}
	for _, p := range conclusions.Priorities {
		reasons[p.Key] = reasons[p.Key] || p.Divergence != ""
	}
	for _, w := range d.Withdrawn() { // the Council had set them
		set[w.Priority.Key] = true
	}
	f := policy.Finding{Subject: string(policy.KindPriorities), Mend: []policy.Body{policy.Presidency}}
	for _, p := range def.Priorities {
		set[p.Key] = set[p.Key] || d.PriorityOutcome(p) != policy.NotAgreed
		if f.Record = "priorities/" + p.Key; p.AddedOn.IsZero() && set[p.Key] && !advised[p.Key] && !reasons[p.Key] {
			report(f, "the priority %q was not advised and no reason is given for it", p.Title)
		}
	}
	for _, advice := range pad.Advice {
		for _, key := range advice.Priorities {
			if f.Record = "priorities/" + key; !set[key] && !reasons[key] {
				report(f, "the priority %q was advised and is left out, without a reason", key)
			}
		}
	}
}

// checkOrigin holds that the Council's text says from which recommendation each priority comes,
// or why it sets one that was not recommended.
func checkOrigin(d *Snapshot, report reporter) {
	assessment, assessed := contentOf[*policy.ThreatAssessment](d, d.Definition.SubjectOf(policy.KindAssessment))
	conclusions, kept := contentOf[*policy.Conclusions](d, d.Definition.SubjectOf(policy.KindPriorities))
	if !assessed || !kept {
		return
	}
	recommended := map[string]bool{}
	for _, r := range assessment.Recommendations {
		recommended[r.Key] = true
	}
	f := policy.Finding{Severity: policy.Warns, Subject: string(policy.KindPriorities), Mend: []policy.Body{policy.Presidency}}
	if f.Record = f.Subject; len(conclusions.Priorities) == 0 {
		report(f, "the conclusions set no priorities: what the Council adopted is not in its text")
	}
	for _, p := range conclusions.Priorities {
		f.Record = "priorities/" + p.Key
		if len(p.Recommendations) == 0 && p.Divergence == "" {
			report(f, "the priority %q comes from no recommendation, and the conclusions give no reason", p.Title)
		}
		for _, key := range p.Recommendations {
			if !recommended[key] {
				report(f, "the priority %q is said to come from the recommendation %q, which the assessment does not make", p.Title, key)
			}
		}
	}
}

func legislative(a *policy.StrategyAction) bool { return a.Legislative }

func checkMandate(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.StrategyAction](d, policy.RegStrategy) {
		if row.body.Legislative && row.body.ConsideredBy == policy.COSI {
			report(policy.Finding{Record: "strategy/" + row.Key, Mend: []policy.Body{policy.Council}},
				"%q is a legislative proposal and was considered by COSI, which has no mandate for it", row.body.Title)
		}
	}
}

func (d *Snapshot) ended() bool {
	stages := d.Stages()
	last := stages[len(stages)-1]
	return last.Stage.Ended() && !last.Since.IsZero()
}

func checkParties(d *Snapshot, report reporter) {
	for _, period := range d.Definition.Periods {
		for _, priority := range d.Definition.Priorities {
			parties, states, bodies := d.partiesOf(period.Key, priority.Key)
			if parties == 0 || d.hidesSome(priority.Key, period.Key) {
				continue
			}
			f := policy.Finding{Record: period.Key + "/" + priority.Key, Mend: []policy.Body{policy.SupportTeam, policy.COSI}}
			if states == 0 {
				report(f, "no Member State takes part in the actions of the priority %q in %s", priority.Title, period.Key)
			}
			if bodies == 0 {
				report(f, "no body of the Union takes part in the actions of the priority %q in %s", priority.Title, period.Key)
			}
		}
	}
}

// partiesOf counts who takes part in the actions of a priority in a period: all of them, the
// Member States, as of the day on which an action begins, and the bodies of the Union.
func (d *Snapshot) partiesOf(period, priority string) (all, states, bodies int) {
	for _, p := range d.plans {
		if p.Priority != priority || p.Subject.Period != period {
			continue
		}
		for a := range p.actions() {
			for _, b := range a.Everybody() {
				switch all++; {
				case d.Definition.Bodies.MemberOn(b, a.From):
					states++
				case d.Definition.Bodies.OfUnion(b):
					bodies++
				}
			}
		}
	}
	return all, states, bodies
}
