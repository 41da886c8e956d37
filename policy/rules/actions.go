package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// actionRules look at operational actions side by side: S12, S17, S28, S30.
func actionRules() []Rule {
	return []Rule{{
		ID: "S12", Place: Place{Paragraph: 14}, Title: "Operational actions are consistent", Severity: policy.Warns,
		Checks: "no action has a single participant; no two of one kind do the same in one area at one time, over all OAPs and periods, by leaders, participants and goals; no two agencies lead such without naming each other; every KPI is in the register of indicators",
		Source: "COSI must ensure consistency in the implementation of operational actions …, including effective cooperation between the relevant national authorities as well as between the agencies",
		Bites:  "findings",
		parts: []part{
			{looks: []source{everyAction}, fields: with(bodiesIn, policy.FieldPartners), check: checkAlone},
			{looks: []source{everyAction}, fields: with(bodiesIn, policy.FieldKind, policy.FieldArea, policy.FieldFrom, policy.FieldTo, policy.FieldGoals,
				policy.FieldCarriedOver, policy.FieldLinks), check: checkConsistency},
			{looks: []source{everyAction, rowsIn[*policy.Indicator](policy.RegIndicators)}, fields: []policy.PlanField{policy.FieldKPIs}, check: checkMeasured},
		},
	}, {
		ID: "S17", Place: Place{15, 3}, Title: "Funding helps to carry out the actions", Severity: policy.Warns,
		Checks: "every action says how far its funding is; those that were refused money, or began before anybody answered, are listed",
		Source: "facilitates the best possible implementation of the prioritised actions by the relevant national authorities and agencies",
		Bites:  "findings; list of unfunded actions", parts: []part{
			{looks: []source{everyAction}, fields: []policy.PlanField{policy.FieldFundingState, policy.FieldNeed}, check: checkFunded},
			{
				looks:  []source{everyAction, rowsIn[*policy.Allocation](policy.RegAllocations)},
				fields: []policy.PlanField{policy.FieldFundingState, policy.FieldNeed, policy.FieldFrom}, check: checkAnswered,
			},
		},
	}, {
		ID: "S28", Place: Place{Paragraph: 10}, Title: "Prevention and tackling consequences are balanced", Severity: policy.Warns,
		Checks: "every OAP has an action of prevention; the share of prevention in each priority is shown, and is no less than the floor of the cycle, where it sets one",
		Source: "an appropriate balance between prevention and tackling the consequences of threats to security",
		Bites:  "findings", parts: []part{{looks: []source{everyAction}, fields: prevents, check: checkBalance}}, ratios: (*Snapshot).Balance,
	}, {
		ID: "S30", Place: Place{Paragraph: 4}, Title: "Member States take part by their own consent", Severity: policy.Warns,
		Checks: "from the adoption of an OAP on: every Member State listed in an action has consented before it begins; who declined or withdrew is listed no more; no consent is to an action that there is not, or of a State that has left the Union since",
		Source: "Article 72 of the Treaty … stipulates that Member States are responsible for maintaining law and order and safeguarding internal security",
		Bites:  "findings", parts: []part{
			{looks: []source{everyAction, rowsIn[*policy.Consent](policy.RegConsents)}, fields: with(bodiesIn, policy.FieldFrom, policy.FieldTo), check: checkConsents},
			{looks: []source{everyPlan, rowsIn[*policy.Consent](policy.RegConsents)}, check: checkConsentsToNothing},
		},
	}}
}

// externalRules look at external actions: S20, S21.
func externalRules() []Rule {
	stops := []policy.Kind{policy.KindOAP, policy.KindChange}
	return []Rule{{
		ID: "S20", Place: Place{Paragraph: 16}, Title: "External and internal actors work together", Severity: policy.Blocks, Stops: stops,
		Checks: "the European External Action Service was consulted on every external action, or takes part in it",
		Source: "the urgency of fostering closer cooperation between actors engaged in the external and internal dimensions of EU security, notably with the newly established European External Action Service",
		Bites:  "tabling of an OAP or its change",
		parts: []part{{
			looks: []source{external}, fields: with(bodiesIn, policy.FieldExternal, policy.FieldEEAS), declared: unshown,
			check: onActions(func(a *policy.OperationalAction, say func(string, ...any)) {
				if a.External.Does && a.External.EEAS == "" && !slices.Contains(a.Everybody(), policy.EEAS) {
					say("is external, and the EEAS was neither consulted nor takes part")
				}
			}),
		}},
	}, {
		ID: "S21", Place: Place{Paragraph: 10}, Title: "The capacity of third countries grows", Severity: policy.Warns,
		Checks: "every external action names the countries that benefit and what they can do afterwards",
		Source: "initiatives designed to strengthen the capacity for action of third countries",
		Bites:  "findings",
		parts: []part{{
			looks: []source{external}, fields: []policy.PlanField{policy.FieldExternal, policy.FieldBeneficiaries, policy.FieldCapacity},
			check: onActions(checkCapacity),
		}},
	}}
}

// checkCapacity holds that an external action says whose capacity grows, and to what.
func checkCapacity(a *policy.OperationalAction, say func(format string, args ...any)) {
	if a.External.Does && (len(a.External.Beneficiaries) == 0 || a.External.Capacity == "") {
		say("is external and does not say which countries benefit and what they can do afterwards")
	}
}

// external is each action that is external.
var external = actions(policy.Say("no action is external"), func(a *policy.OperationalAction) bool { return a.External.Does })

// unshown counts the external actions of which nothing shows that the EEAS was consulted.
func unshown(d *Snapshot) (n int) {
	for _, a := range d.actions() {
		if a.External.Does && !slices.Contains(a.Everybody(), policy.EEAS) && (a.External.EEASDocument == "" || a.External.EEASOn.IsZero()) {
			n++
		}
	}
	return n
}

// onActions makes a check of every action of every plan.
func onActions(check func(a *policy.OperationalAction, say func(format string, args ...any))) func(*Snapshot, reporter) {
	return func(d *Snapshot, report reporter) {
		for p, a := range d.actions() {
			check(a, func(format string, args ...any) {
				report(p.finding(a, mendOf(p.Entry)...), "%s "+format, append([]any{p.called(a)}, args...)...)
			})
		}
	}
}

// checkAlone tells of actions in which somebody is alone.
func checkAlone(d *Snapshot, report reporter) {
	for p, a := range d.actions() {
		if everybody := a.Everybody(); len(everybody) == 1 && len(a.Partners) == 0 {
			report(p.finding(a, mendOf(p.Entry)...), "%s has a single participant, %s", p.called(a), d.Definition.Bodies.Title(everybody[0]))
		}
	}
}

func checkConsistency(d *Snapshot, report reporter) {
	alike := map[string][]planned{} // the actions so far, by kind and area
	for p, a := range d.actions() {
		this := planned{p, a}
		key := string(a.Kind) + "/" + strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(a.Area, "-", " "))), " ")
		for _, other := range alike[key] {
			this.compare(other, report)
		}
		alike[key] = append(alike[key], this)
	}
}

// planned is an action and the plan that it is in.
type planned struct {
	*plan
	action *policy.OperationalAction
}

func (a planned) path() string { return a.action.Path(a.Subject) }

// compare tells of an action that does what another one of its kind and area does at the same
// time: with the same leaders, participants or goals. Two of the three are much alike, all
// three are the same.
func (a planned) compare(b planned, report reporter) {
	window := func(p planned) policy.Window { return policy.Window{From: p.action.From, To: p.action.To} }
	goesOn := a.action.CarriedOverFrom == b.path() || b.action.CarriedOverFrom == a.path() ||
		a.action.CarriedOverFrom != "" && a.action.CarriedOverFrom == b.action.CarriedOverFrom
	if goesOn || !window(a).Overlaps(window(b)) {
		return
	}
	f := a.finding(a.action, mendOf(a.Entry)...)
	const mostly = 60 // percent
	likeness := 0
	for _, same := range []bool{
		overlap(leadersOf(a.action), leadersOf(b.action), 0), overlap(a.action.Everybody(), b.action.Everybody(), mostly), overlap(a.action.Goals, b.action.Goals, 0),
	} {
		if same {
			likeness++
		}
	}
	switch likeness {
	case 3:
		report(f, "%s overlaps with %s: the same kind, area and time, and the same leaders, participants and goals", a.called(a.action), b.called(b.action))
	case 2:
		f.Severity = policy.Informs
		report(f, "%s is much like %s: the same kind, area and time, and two of leaders, participants and goals", a.called(a.action), b.called(b.action))
	}
	if one, other := agencyOf(a), agencyOf(b); one != "" && other != "" && one != other && !a.names(other, b) && !b.names(one, a) {
		report(f, "%s of %s and %s of %s do much the same, and neither names the other", a.called(a.action), a.Bodies.Title(one), b.called(b.action), a.Bodies.Title(other))
	}
}

// agencyOf gives the agency or body of the Union that leads an action; empty for none.
func agencyOf(p planned) policy.Body {
	if p.Bodies.OfUnion(p.action.Leader) {
		return p.action.Leader
	}
	return ""
}

// names says whether an action lists a body, or its plan is linked to the one of another.
func (a planned) names(who policy.Body, other planned) bool {
	return slices.Contains(a.action.Everybody(), who) || slices.Contains(a.action.Links, other.Subject.Period+"/"+other.Subject.Key)
}

func leadersOf(a *policy.OperationalAction) []policy.Body {
	return slices.DeleteFunc(slices.Concat([]policy.Body{a.Leader}, a.CoLeaders), func(b policy.Body) bool { return b == "" })
}

// overlap says whether two lists share more than some percent of the longer one; with 0,
// anything.
func overlap[T comparable](a, b []T, percent int) bool {
	shared := 0
	for _, one := range a {
		if slices.Contains(b, one) {
			shared++
		}
	}
	return shared > 0 && shared*100 >= percent*max(len(a), len(b))
}

// checkMeasured holds that what actions are measured by is counted.
func checkMeasured(d *Snapshot, report reporter) {
	onActions(func(a *policy.OperationalAction, say func(string, ...any)) {
		for _, k := range a.KPIs {
			if _, counted := rowOf[*policy.Indicator](d, policy.RegIndicators, k.Indicator); !counted {
				say("is measured by %q, which is not in the register of indicators", k.Indicator)
			}
		}
	})(d, report)
}

func checkFunded(d *Snapshot, report reporter) {
	onActions(func(a *policy.OperationalAction, say func(string, ...any)) {
		switch a.Funding.State {
		case "":
			say("does not say how far its funding is")
		case policy.FundingRefused:
			say("was refused the money it asked for, %d euro", a.Funding.Need)
		default:
		}
	})(d, report)
}

// checkAnswered tells of what was asked for and not answered when an action began: no money
// is set aside for it either.
func checkAnswered(d *Snapshot, report reporter) {
	answered := map[string]bool{}
	for _, row := range rowsOf[*policy.Allocation](d, policy.RegAllocations) {
		answered[row.body.Action] = true
	}
	for p, a := range d.actions() {
		if path := a.Path(p.Subject); a.Funding.State == policy.FundingAsked && !answered[path] && d.Today.After(a.From) {
			report(p.finding(a, mendOf(p.Entry)...), "%s began on %s, and nobody has answered what it asked for, %d euro", p.called(a), a.From, a.Funding.Need)
		}
	}
}

// prevents is what a plan holds for the balance to be seen.
var prevents = []policy.PlanField{policy.FieldKind}

// Balance gives of each priority how many of its actions prevent, of those that are seen.
func (d *Snapshot) Balance() []Ratio {
	d = d.seeing(prevents)
	var ratios []Ratio
	for _, p := range d.Definition.Priorities {
		r := Ratio{Of: "priorities/" + p.Key, Title: p.Title}
		for plan, a := range d.actions() {
			if plan.Priority != p.Key {
				continue
			}
			if r.Whole++; a.Kind == policy.Prevention {
				r.Part++
			}
		}
		if r.Whole > 0 {
			ratios = append(ratios, r)
		}
	}
	return ratios
}

func checkBalance(d *Snapshot, report reporter) {
	for _, r := range d.Balance() {
		if d.hidesSome(strings.TrimPrefix(r.Of, "priorities/"), "") {
			continue
		}
		if floor := d.Definition.PreventionFloor; r.Part*100 < int64(floor)*r.Whole {
			report(policy.Finding{Record: r.Of, Mend: []policy.Body{policy.SupportTeam, policy.COSI}},
				"%d of %d actions of the priority %q prevent: the cycle wants %d percent", r.Part, r.Whole, r.Title, floor)
		}
	}
	for _, p := range d.plans {
		if !slices.ContainsFunc(p.content.Actions, func(a policy.OperationalAction) bool { return a.Kind == policy.Prevention }) {
			report(policy.Finding{Subject: p.Subject.Path(), Record: p.Subject.Path(), Mend: mendOf(p.Entry)},
				"%s has no action of prevention among %d", p.Title, len(p.content.Actions))
		}
	}
}

func checkConsents(d *Snapshot, report reporter) {
	over := d.overBy(d.Today)
	for _, p := range d.plans {
		if !p.standing.Positive() {
			continue
		}
		for a := range p.actions() {
			for _, who := range a.Everybody() {
				switch {
				case d.Definition.Bodies.Foreign(who, d.Today) && !over[postOf("leader", a.Path(p.Subject))] && !a.From.After(d.Today):
					d.checkForeignConsent(p, a, who, report)
				case d.Definition.Bodies.MemberOn(who, a.From) || !d.Definition.Bodies.MemberState(who):
					d.checkConsent(p, a, who, report)
				}
			}
		}
	}
}

// checkConsentsToNothing tells of what was said, early, of an action that a plan never had.
func checkConsentsToNothing(d *Snapshot, report reporter) {
	for _, p := range d.plans {
		if p.standing.Positive() && !d.changing(p.Subject, d.Today) { // it may be of the change
			d.checkConsentsTo(p, report)
		}
	}
}

func (d *Snapshot) checkConsentsTo(p *plan, report reporter) {
	for _, row := range d.Rows(policy.RegConsents, p.Subject.Period+"/"+p.Subject.Key+"/") {
		parts := strings.Split(row.Key, "/")
		if !d.ever(p.Subject, parts[2]) {
			report(policy.Finding{Subject: p.Subject.Path(), Record: row.Key, Mend: []policy.Body{policy.Body(parts[3]), policy.SupportTeam}},
				"%s is of an action that %s never had", row.Key, p.Title)
		}
	}
}

// checkConsent looks from the adoption on: what is missing can still be given until the action
// begins. That an agency or a partner takes part is its own affair, until it says that it does
// not.
func (d *Snapshot) checkConsent(p *plan, a *policy.OperationalAction, who policy.Body, report reporter) {
	path := a.Path(p.Subject)
	f := p.finding(a, who)
	f.Record = path + "/" + string(who)
	consent, said := rowOf[*policy.Consent](d, policy.RegConsents, f.Record)
	silent := !said || consent.State == policy.Invited
	switch {
	case silent && !d.Definition.Bodies.MemberState(who):
	case silent && a.From.After(d.Today):
		f.Severity = policy.Informs
		report(f, "%s is listed in %s, which begins on %s, and has not consented: %d days are left", d.Definition.Bodies.Title(who), p.called(a), a.From, d.Today.DaysUntil(a.From))
	case silent:
		report(f, "%s is listed in %s, which began on %s, and has not consented: silence is not consent", d.Definition.Bodies.Title(who), p.called(a), a.From)
	case !consent.State.Given():
		f.Mend = mendOf(p.Entry)
		report(f, "%s is listed in %s and has %s", d.Definition.Bodies.Title(who), p.called(a), consent.State)
	}
}
