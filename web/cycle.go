package web

import (
	"cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// find gives the cycle of the page.
func (v *visit) find() (*service.Cycle, error) {
	c, err := v.service.FindCycle(v.ctx(), v.path("cycle"))
	if err == nil {
		v.Title, v.named, v.Titles = c.Title, c.Title, c.Language
	}
	return c, err
}

// cycleView is what the page of a cycle shows. What is owed is what was not delivered
// and falls due next.
type cycleView struct {
	Cycle *service.Cycle
	Owed  []policy.Owed
	Found []foundCount
}

// foundCount counts the findings of a weight.
type foundCount struct {
	Severity policy.Severity
	Count    int
}

func cyclePage(v *visit) (body, error) {
	c, err := v.find()
	if err != nil {
		return nil, err
	}
	y := &cycleView{Cycle: c}
	if v.Who == nil {
		return cycle(v, y), nil
	}
	if err := y.check(v); err != nil && policy.CodeOf(err) != policy.CodeMarking {
		return nil, err
	}
	return cycle(v, y), nil
}

// check looks what is owed and what goes against a rule.
func (y *cycleView) check(v *visit) error {
	owed, err := v.service.Obligations(v.ctx(), y.Cycle.ID)
	if err != nil {
		return err
	}
	toCome := 0
	for _, o := range owed {
		if o.State == "to-come" {
			toCome++
		}
		if o.State == "overdue" || len(o.Missing) > 0 || o.State == "to-come" && toCome <= owedShown {
			y.Owed = append(y.Owed, o)
		}
	}
	found, err := v.service.Findings(v.ctx(), y.Cycle.ID, "")
	if err != nil {
		return err
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
	return nil
}

// owedShown is how many reports to come the page of a cycle shows.
const owedShown = 4

func plansPage(v *visit) (body, error) {
	c, err := v.find()
	if err != nil {
		return nil, err
	}
	v.Title = v.T("plans.title") + " – " + c.Title
	return plans(v, c), nil
}

// subjectsOf lists all subjects of a cycle, as they fall due.
func (v *visit) subjectsOf(c *service.Cycle) []service.Subject {
	all := append([]service.Subject{}, c.Policy...)
	all = append(all, c.MASPs...)
	for _, p := range c.Periods {
		all = append(append(all, p.OAPs...), p.Reports...)
	}
	return append(append(all, c.Items...), c.Obligations...)
}

// plansOf lists the OAPs of a priority, all periods.
func plansOf(c *service.Cycle, priority string) []service.Subject {
	var list []service.Subject
	for _, p := range c.Periods {
		for _, oap := range p.OAPs {
			if oap.Priority == priority {
				list = append(list, oap)
			}
		}
	}
	return list
}

// foundWrong is what the page of findings shows.
type foundWrong struct {
	Rule, Severity string
	Findings       []policy.Finding
	Rules          []policy.Rule
}

func findingsPage(v *visit) (body, error) {
	c, err := v.find()
	if err != nil {
		return nil, err
	}
	f := foundWrong{Rule: v.query("rule"), Severity: v.query("severity"), Rules: policy.Rules()}
	all, err := v.service.Findings(v.ctx(), c.ID, f.Rule)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if f.Severity == "" || f.Severity == string(one.Severity) {
			f.Findings = append(f.Findings, one)
		}
	}
	return findingsOf(v, c, f), nil
}

func obligationsPage(v *visit) (body, error) {
	c, err := v.find()
	if err != nil {
		return nil, err
	}
	owed, err := v.service.Obligations(v.ctx(), c.ID)
	return obligations(v, c, owed), err
}

// owedState gives the word for what became of an obligation.
func (v *visit) owedState(o policy.Owed) string { return v.T("owed." + cmp.Or(o.State, "to-come")) }

// mostFindings is how many findings a page lists; the API gives all.
const mostFindings = 150

func firstFindings(all []policy.Finding) []policy.Finding { return all[:min(len(all), mostFindings)] }

func firstItems(all []service.InboxItem) []service.InboxItem { return all[:min(len(all), itemsShown)] }
