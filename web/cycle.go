package web

import (
	"cmp"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// find gives the cycle of the page.
func (v *page) find() (*service.Cycle, error) {
	c, err := v.service.FindCycle(v.ctx(), v.path("cycle"))
	if err == nil {
		v.Title, v.named = c.Title, c.Title
		v.know(c)
	}
	return c, err
}

// ofCycle gives the page about the cycle that the address names.
func ofCycle(show func(v *page, c *service.Cycle) (body, error)) view {
	return func(v *page) (body, error) {
		c, err := v.find()
		if err != nil {
			return nil, err
		}
		return show(v, c)
	}
}

// titleIn titles a page about a cycle, so that no two of them bear the same.
func (v *page) titleIn(key string, pairs ...any) {
	v.Title = v.T(key, pairs...) + " – " + v.about.Title
}

// cycleView is what the page of a cycle shows.
type cycleView struct {
	Cycle *service.Cycle
	Owed  []service.Subject // reports that are overdue, or fall due next
	Found []foundCount
}

// foundCount counts the findings of a weight.
type foundCount struct {
	Severity policy.Severity
	Count    int
}

func cyclePage(v *page, c *service.Cycle) (body, error) {
	y := &cycleView{Cycle: c, Owed: owedNow(c.Obligations)}
	if v.Who == nil {
		return cycle(v, y), nil
	}
	found, err := v.service.Findings(v.ctx(), c.ID, service.FindingFilter{})
	if err != nil && policy.CodeOf(err) != policy.CodeMarking {
		return nil, err
	}
	for _, severity := range []policy.Severity{policy.Blocks, policy.Warns, policy.Informs} {
		n := foundCount{Severity: severity}
		for _, f := range found {
			if f.Severity == severity {
				n.Count++
			}
		}
		y.Found = append(y.Found, n)
	}
	return cycle(v, y), nil
}

// owedNow keeps the reports that are overdue, and the first ones that are still to be
// delivered.
func owedNow(obligations []service.Subject) []service.Subject {
	const ahead = 4
	var owed []service.Subject
	toCome := 0
	for _, o := range obligations {
		if o.State != policy.StateClosed && !o.Overdue {
			toCome++
		}
		if o.Overdue || o.State != policy.StateClosed && toCome <= ahead {
			owed = append(owed, o)
		}
	}
	return owed
}

func plansPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("plans.title")
	return plans(v, c), nil
}

// subjectsOf lists all subjects of a cycle, as they fall due.
func (v *page) subjectsOf(c *service.Cycle) []service.Subject {
	all := slices.Concat(c.Policy, c.MASPs)
	for _, p := range c.Periods {
		all = slices.Concat(all, p.OAPs, p.Reports)
	}
	return slices.Concat(all, c.Items, c.Obligations)
}

// plansOf lists the OAPs of a priority, all periods; of one that was withdrawn those that
// went with it.
func plansOf(c *service.Cycle, p service.Priority) []service.Subject {
	if !p.Withdrawn.IsZero() {
		return slices.DeleteFunc(slices.Clone(c.Discontinued), func(s service.Subject) bool { return !slices.Contains(p.OAPs, s.Path) })
	}
	var list []service.Subject
	for _, period := range c.Periods {
		list = append(list, ofPriority(period.OAPs, p.Key)...)
	}
	return list
}

func ofPriority(plans []service.Subject, priority string) []service.Subject {
	return slices.DeleteFunc(slices.Clone(plans), func(s service.Subject) bool { return s.Priority != priority })
}

// plansNow lists the OAPs of a priority that the page of the cycle shows, and says how many
// there are: where they are many, those of the running period, or of the one before it or
// the first one.
func plansNow(c *service.Cycle, priority service.Priority) (shown []service.Subject, all int) {
	const few = 8
	every := plansOf(c, priority)
	if len(every) <= few {
		return every, len(every)
	}
	now := 0
	for i, p := range c.Periods {
		if !p.From.After(c.Today) {
			now = i
		}
	}
	return ofPriority(c.Periods[now].OAPs, priority.Key), len(every)
}

// foundWrong is what the page of findings shows.
type foundWrong struct {
	Rule, Severity string
	Findings       []policy.Finding
	Rules          []rules.Rule
	CouldNot       []string // rules that could not look at all that they are about
}

func findingsPage(v *page, c *service.Cycle) (body, error) {
	f := foundWrong{Rule: v.query("rule"), Severity: v.query("severity"), Rules: rules.Rules()}
	all, err := v.service.Findings(v.ctx(), c.ID, service.FindingFilter{Rule: f.Rule})
	if err != nil {
		return nil, err
	}
	f.Findings = slices.DeleteFunc(all, func(one policy.Finding) bool { return f.Severity != "" && f.Severity != string(one.Severity) })
	lines, err := v.service.Compliance(v.ctx(), c.ID)
	if err != nil {
		return nil, err
	}
	f.CouldNot = rules.CouldNot(lines)
	v.titleIn("tab.findings")
	return findingsOf(v, c, f), nil
}

func compliancePage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("tab.compliance")
	lines, err := v.service.Compliance(v.ctx(), c.ID)
	return complianceOf(v, c, lines), err
}

func obligationsPage(v *page, c *service.Cycle) (body, error) {
	v.titleIn("tab.obligations")
	owed, err := v.service.Obligations(v.ctx(), c.ID)
	return obligations(v, c, owed), err
}

// owedState gives the word for what became of an obligation.
func (v *page) owedState(o rules.Owed) string { return v.T("owed." + cmp.Or(o.State, "to-come")) }

// mostFindings is how many findings a page lists; the API gives all.
const mostFindings = 150

func firstFindings(all []policy.Finding) []policy.Finding { return all[:min(len(all), mostFindings)] }

func firstItems(all []service.InboxItem) []service.InboxItem { return all[:min(len(all), itemsShown)] }
