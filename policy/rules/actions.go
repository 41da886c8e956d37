package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// actionRules look at operational actions side by side: S12, S17, S20, S21,
// S28, S30.
func actionRules() []Rule {
	stops := []policy.Kind{policy.KindOAP, policy.KindChange}
	return []Rule{{
		ID: "S12", Place: Place{Paragraph: 14}, Title: "Operational actions are consistent", Severity: policy.Warns,
		Checks: "no action has a single participant; no two of one kind do the same in one area at one time with the same participants; every KPI is in the register of indicators",
		Source: "COSI must ensure consistency in the implementation of operational actions …, including effective cooperation between the relevant national authorities as well as between the agencies",
		Bites:  "findings",
		parts: []part{
			{looks: []source{everyAction}, check: checkConsistency},
			{looks: []source{everyAction, rowsIn[*policy.Indicator](policy.RegIndicators)}, check: checkMeasured},
		},
	}, {
		ID: "S17", Place: Place{15, 3}, Title: "Funding helps to carry out the actions", Severity: policy.Warns,
		Checks: "every action says how far its funding is; those that were refused money are listed",
		Source: "facilitates the best possible implementation of the prioritised actions by the relevant national authorities and agencies",
		Bites:  "findings; list of unfunded actions", parts: []part{{looks: []source{everyAction}, check: checkFunded}},
	}, {
		ID: "S20", Place: Place{Paragraph: 16}, Title: "External and internal actors work together", Severity: policy.Blocks, Stops: stops,
		Checks: "the European External Action Service was consulted on every external action, or takes part in it",
		Source: "the urgency of fostering closer cooperation between actors engaged in the external and internal dimensions of EU security, notably with the newly established European External Action Service",
		Bites:  "tabling of an OAP or its change",
		parts: []part{{looks: []source{external}, check: onActions(func(a *policy.OperationalAction, say func(string, ...any)) {
			if a.External.Does && a.External.EEAS == "" && !slices.Contains(a.Everybody(), policy.EEAS) {
				say("is external, and the EEAS was neither consulted nor takes part")
			}
		})}},
	}, {
		ID: "S21", Place: Place{Paragraph: 10}, Title: "The capacity of third countries grows", Severity: policy.Warns,
		Checks: "every external action names the countries that benefit and what they can do afterwards",
		Source: "initiatives designed to strengthen the capacity for action of third countries",
		Bites:  "findings",
		parts: []part{{looks: []source{external}, check: onActions(func(a *policy.OperationalAction, say func(string, ...any)) {
			if a.External.Does && (len(a.External.Beneficiaries) == 0 || a.External.Capacity == "") {
				say("is external and does not say which countries benefit and what they can do afterwards")
			}
		})}},
	}, {
		ID: "S28", Place: Place{Paragraph: 10}, Title: "Prevention and tackling consequences are balanced", Severity: policy.Warns,
		Checks: "every OAP has an action of prevention",
		Source: "an appropriate balance between prevention and tackling the consequences of threats to security",
		Bites:  "findings", parts: []part{{looks: []source{everyAction}, check: checkBalance}},
	}, {
		ID: "S30", Place: Place{Paragraph: 4}, Title: "Member States take part by their own consent", Severity: policy.Warns,
		Checks: "every Member State listed in an action that has begun has consented; who declined or withdrew is listed no more; no consent is to an action that there is not, or of a State that has left the Union since",
		Source: "Article 72 of the Treaty … stipulates that Member States are responsible for maintaining law and order and safeguarding internal security",
		Bites:  "findings", parts: []part{{looks: []source{everyAction, rowsIn[*policy.Consent](policy.RegConsents)}, check: checkConsents}},
	}}
}

// external is each action that is external.
var external = actions(policy.Say("no action is external"), func(a *policy.OperationalAction) bool { return a.External.Does })

// onActions makes a check of every action of every plan.
func onActions(check func(a *policy.OperationalAction, say func(format string, args ...any))) func(*Snapshot, reporter) {
	return func(d *Snapshot, report reporter) {
		for p, a := range d.actions() {
			check(a, func(format string, args ...any) {
				report(p.finding(a, mendOf(p.Entry)...), "%s "+format, append([]any{a.Path(p.Subject)}, args...)...)
			})
		}
	}
}

func checkConsistency(d *Snapshot, report reporter) {
	type done struct {
		path   string
		window policy.Window
	}
	same := map[string]done{} // the last action of a kind, area and set of participants
	for p, a := range d.actions() {
		path, f := a.Path(p.Subject), p.finding(a, mendOf(p.Entry)...)
		everybody := a.Everybody()
		if len(everybody) == 1 && len(a.Partners) == 0 {
			report(f, "%s has a single participant, %s", path, everybody[0].Title())
		}
		key := fmt.Sprintln(a.Kind, strings.ToLower(a.Area), everybody)
		window := policy.Window{From: a.From, To: a.To}
		if before, met := same[key]; met && before.window.Overlaps(window) && a.CarriedOverFrom != before.path {
			report(f, "%s overlaps with %s: the same kind, area, time and participants", path, before.path)
		}
		same[key] = done{path, window}
	}
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

func checkBalance(d *Snapshot, report reporter) {
	for _, p := range d.plans {
		if !slices.ContainsFunc(p.content.Actions, func(a policy.OperationalAction) bool { return a.Kind == policy.Prevention }) {
			report(policy.Finding{Subject: p.Subject.Path(), Record: p.Subject.Path(), Mend: mendOf(p.Entry)},
				"%s has no action of prevention among %d", p.Subject.Path(), len(p.content.Actions))
		}
	}
}

func checkConsents(d *Snapshot, report reporter) {
	over := d.overBy(d.Today)
	for _, p := range d.plans {
		if !p.standing.Positive() {
			continue
		}
		d.checkConsentsToNothing(p, report)
		for a := range p.actions() {
			if a.From.After(d.Today) {
				continue
			}
			for _, state := range a.Everybody() {
				switch {
				case state.Foreign(d.Today) && !over[postOf("leader", a.Path(p.Subject))]:
					d.checkForeignConsent(p, a, state, report)
				case state.MemberOn(a.From):
					d.checkConsent(p, a, state, report)
				}
			}
		}
	}
}

// checkConsentsToNothing tells of what was said, early, of an action that the plan never had.
func (d *Snapshot) checkConsentsToNothing(p *plan, report reporter) {
	if d.changing(p.Subject, d.Today) {
		return // it may be of the change
	}
	for _, row := range d.Rows(policy.RegConsents, p.Subject.Period+"/"+p.Subject.Key+"/") {
		parts := strings.Split(row.Key, "/")
		if !d.ever(p.Subject, parts[2]) {
			report(policy.Finding{Subject: p.Subject.Path(), Record: row.Key, Mend: []policy.Body{policy.Body(parts[3]), policy.SupportTeam}},
				"%s is of an action that %s never had", row.Key, p.Subject.Path())
		}
	}
}

func (d *Snapshot) checkConsent(p *plan, a *policy.OperationalAction, state policy.Body, report reporter) {
	path := a.Path(p.Subject)
	f := p.finding(a, state)
	f.Record = path + "/" + string(state)
	consent, said := rowOf[*policy.Consent](d, policy.RegConsents, f.Record)
	switch {
	case !said || consent.State == policy.Invited:
		report(f, "%s is listed in %s, which began on %s, and has not consented: silence is not consent", state.Title(), path, a.From)
	case !consent.State.Given():
		f.Mend = mendOf(p.Entry)
		report(f, "%s is listed in %s and has %s", state.Title(), path, consent.State)
	}
}
