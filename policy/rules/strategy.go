package rules

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
)

// strategyRules hold the register of the internal security strategy and what it
// has to do with the priorities: S4, S5, S10, S15, S29.
func strategyRules() []Rule {
	return []Rule{{
		ID: "S4", Place: Place{15, 2}, Title: "Objectives and priorities fit each other", Severity: policy.Warns,
		Checks: "every priority serves a strategic objective; every objective has a priority or an action of the strategy register",
		Source: "the strategic objectives … regarding the fight against serious and organised crime remain consistent with the priorities to be defined by the Council",
		Bites:  "findings; the map of objectives and priorities", parts: []part{{looks: []source{priorities, live}, check: checkObjectives}},
	}, {
		ID: "S5", Place: Place{Paragraph: 11}, Title: "Each action has one main objective", Severity: policy.Warns,
		Checks: "every action of the strategy register carries exactly one objective of the strategy that the cycle serves",
		Source: "the five strategic objectives for internal security developed by the Commission",
		Bites:  "strategy register",
		parts:  []part{{looks: []source{live}, check: checkObjective}},
	}, {
		ID: "S10", Place: Place{Paragraph: 12}, Title: "The Council considers each item as it is brought forward", Severity: policy.Warns,
		Checks: "every legislative proposal and action that is under way was considered by the Council, on its own, with a date and a document; what nobody but another body considered is open",
		Source: "The Council will consider each legislative proposal and action necessary to strengthen internal security within the Union as it is brought forward",
		Bites:  "strategy register", parts: []part{{looks: []source{live}, check: checkConsidered}},
	}, {
		ID: "S15", Place: Place{15, 1}, Title: "A shared agenda for action", Severity: policy.Warns,
		Checks: "every action of the strategy register has an owner, every operational action a leader, every OAP a driver or somebody who acts; no State that has left the Union drives a plan, leads an action or holds a post",
		Source: "the implementation of the Internal Security Strategy reflects a shared agenda for action",
		Bites:  "findings",
		parts: []part{
			{looks: []source{live}, check: checkOwners},
			{looks: []source{everyPlan}, check: checkDrivers},
			{looks: []source{everyAction}, fields: []policy.PlanField{policy.FieldLeader}, check: checkLeaders},
			{looks: []source{rowsIn[*policy.Holding](policy.RegPosts)}, check: checkVacant},
			{fields: []policy.PlanField{policy.FieldLeader, policy.FieldCoLeaders, policy.FieldTo}, check: checkForeign},
		},
	}, {
		ID: "S29", Place: Place{Paragraph: 3}, Title: "All main threats have a response", Severity: policy.Warns,
		Checks: "every main threat that the strategy of the cycle names is answered by an adopted priority or a live action of the strategy register, or is recorded as handled elsewhere",
		Source: "all the main threats and challenges to EU internal security … require an effective response",
		Bites:  "findings", parts: []part{{looks: []source{priorities, live, rowsIn[*policy.Elsewhere](policy.RegElsewhere)}, check: checkThreats}},
	}}
}

// live is each action of the register of the strategy that is not withdrawn.
var live = rowsThat(policy.RegStrategy, policy.Say("the register %s has no rows yet", policy.RegStrategy), func(a *policy.StrategyAction) bool {
	return a.Status != policy.StrategyWithdrawn
})

// priorities is each priority that is proposed or adopted.
var priorities = source{"", func(d *Snapshot, c *Coverage) policy.Remark {
	for _, p := range d.Definition.Priorities {
		if d.PriorityOutcome(p) != policy.NotAgreed {
			c.Looked++
		}
	}
	c.Changed = policy.Latest(c.Changed, d.StandingOfKind(policy.KindPriorities).LastAct)
	return policy.Remark{}
}}

// onStrategy makes a check of every action of the strategy register that is not
// withdrawn.
func onStrategy(check func(a *policy.StrategyAction, say func(format string, args ...any))) func(*Snapshot, reporter) {
	return func(d *Snapshot, report reporter) {
		for _, row := range rowsOf[*policy.StrategyAction](d, policy.RegStrategy) {
			if row.body.Status == policy.StrategyWithdrawn {
				continue
			}
			f := policy.Finding{Record: "strategy/" + row.Key, Mend: []policy.Body{policy.Commission}}
			check(row.body, func(format string, args ...any) {
				report(f, "%q "+format, append([]any{row.body.Title}, args...)...)
			})
		}
	}
}

// ObjectiveLine is one line of the map of objectives and what serves them.
type ObjectiveLine struct {
	Objective  policy.Objective `json:"objective"`
	Priorities []string         `json:"priorities"` // keys
	Actions    []string         `json:"actions"`    // keys in the strategy register
}

// ObjectiveMap gives the map from objectives to priorities and actions, and the
// keys of the priorities that serve no objective. Priorities that the Council
// did not agree on do not count.
func (d *Snapshot) ObjectiveMap() (lines []ObjectiveLine, orphans []string) {
	for _, o := range d.Definition.Objectives() {
		line := ObjectiveLine{Objective: o, Priorities: []string{}, Actions: []string{}}
		for _, p := range d.Definition.Priorities {
			if slices.Contains(p.Objectives, o) && d.PriorityOutcome(p) != policy.NotAgreed {
				line.Priorities = append(line.Priorities, p.Key)
			}
		}
		for _, row := range rowsOf[*policy.StrategyAction](d, policy.RegStrategy) {
			if row.body.Objective == o && row.body.Status != policy.StrategyWithdrawn {
				line.Actions = append(line.Actions, row.Key)
			}
		}
		lines = append(lines, line)
	}
	for _, p := range d.Definition.Priorities {
		if len(p.Objectives) == 0 && d.PriorityOutcome(p) != policy.NotAgreed {
			orphans = append(orphans, p.Key)
		}
	}
	return lines, orphans
}

func checkObjective(d *Snapshot, report reporter) {
	known := d.Definition.Objectives()
	onStrategy(func(a *policy.StrategyAction, say func(string, ...any)) {
		switch {
		case a.Objective == "":
			say("serves none of the strategic objectives")
		case !slices.Contains(known, a.Objective):
			say("serves the objective %s, which the strategy of the cycle does not have", a.Objective)
		}
	})(d, report)
}

func checkObjectives(d *Snapshot, report reporter) {
	lines, orphans := d.ObjectiveMap()
	for _, line := range lines {
		if len(line.Priorities)+len(line.Actions) == 0 {
			report(policy.Finding{Record: "objectives/" + string(line.Objective), Mend: []policy.Body{policy.Commission, policy.COSI}},
				"no priority and no action serves the strategic objective %s", d.Definition.ObjectiveTitle(line.Objective))
		}
	}
	for _, key := range orphans {
		report(policy.Finding{Record: "priorities/" + key, Mend: []policy.Body{policy.Commission, policy.COSI}},
			"the priority %s serves none of the strategic objectives", d.Definition.Priority(key).Title)
	}
}

func checkConsidered(d *Snapshot, report reporter) {
	onStrategy(func(a *policy.StrategyAction, say func(string, ...any)) {
		switch {
		case a.Status == policy.StrategyProposed: // it is open
		case a.ConsideredBy == "" || a.ConsideredOn.IsZero() || a.Document == "":
			say("is under way without having been considered on its own: body, date and document")
		case a.ConsideredBy != policy.Council:
			say("is under way and was considered by %s: the Council alone considers it, and until then it is open", d.Definition.Bodies.Title(a.ConsideredBy))
		case a.ConsideredOn.After(d.Today):
			say("is under way, and the Council considers it only on %s", a.ConsideredOn)
		}
	})(d, report)
}

func checkOwners(d *Snapshot, report reporter) {
	onStrategy(func(a *policy.StrategyAction, say func(string, ...any)) {
		if a.Owner == "" {
			say("has no owner")
		}
	})(d, report)
}

func checkDrivers(d *Snapshot, report reporter) {
	for _, p := range d.plans {
		f := policy.Finding{Subject: p.Subject.Path(), Record: p.Subject.Path(), Mend: []policy.Body{policy.SupportTeam, policy.Presidency}}
		if len(p.Submitters) == 0 && !d.held("driver/"+p.Subject.Key) {
			report(f, "%s has no driver, and nobody acts as one", p.Title)
		}
	}
}

func checkLeaders(d *Snapshot, report reporter) {
	for p, a := range d.actions() {
		if a.Leader == "" && !d.held(postOf("leader", a.Path(p.Subject))) {
			report(p.finding(a, mendOf(p.Entry)...), "%s has no leader", p.called(a))
		}
	}
}

func checkVacant(d *Snapshot, report reporter) {
	for _, row := range rowsOf[*policy.Holding](d, policy.RegPosts) {
		if row.body.Holder == "" && row.body.Acting == "" {
			report(policy.Finding{Record: "posts/" + row.Key, Mend: []policy.Body{policy.SupportTeam, policy.Presidency}},
				"the post %s is vacant since %s, and nobody acts", d.postCalled(row.Key), row.Date)
		}
	}
}

// held says whether somebody holds a post today, or acts while it is vacant.
func (d *Snapshot) held(post string) bool {
	row, there := rowOf[*policy.Holding](d, policy.RegPosts, post)
	return there && (row.Holder != "" || row.Acting != "")
}

func checkThreats(d *Snapshot, report reporter) {
	answered := map[policy.MainThreat]bool{}
	for _, p := range d.Definition.Priorities {
		for _, t := range p.Threats {
			answered[t] = answered[t] || d.PriorityOutcome(p) != policy.NotAgreed
		}
	}
	for _, row := range rowsOf[*policy.StrategyAction](d, policy.RegStrategy) {
		if row.body.Status != policy.StrategyWithdrawn {
			answered[row.body.Threat] = true
		}
	}
	for _, t := range d.Definition.MainThreats() {
		if _, elsewhere := rowOf[*policy.Elsewhere](d, policy.RegElsewhere, string(t)); !answered[t] && !elsewhere {
			report(policy.Finding{Record: "threats/" + string(t), Mend: []policy.Body{policy.Commission, policy.COSI}},
				"the threat %s has no priority, no action, and is not recorded as handled elsewhere", d.Definition.ThreatTitle(t))
		}
	}
}
