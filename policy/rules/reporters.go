package rules

import (
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Who reports on an action leads it, or drives its plan; the EMPACT Support Team may for all.

// judgeReporter holds that who enters how far an action is may speak for it.
func (e *entering) judgeReporter(row policy.Row, action string) error {
	if e.past {
		return nil
	}
	who, known := e.reporters(action, row.Date)
	if !known || slices.Contains(who, row.By.Body) {
		return nil
	}
	return policy.Refuse(policy.CodeNotCompetent, "%s may not report on %s: %s does", e.Definition.Bodies.Title(row.By.Body), action, e.Definition.Bodies.Titles(who))
}

// MayReport says whether somebody may enter today how far an action is in the round of a
// report.
func (d *Snapshot) MayReport(who policy.Principal, report policy.Subject, action string) bool {
	bodies, known := d.reporters(report.Period+"/"+report.Key+"/"+action, d.Today)
	return d.Records.MayReport(who, report, action) && (!known || slices.Contains(bodies, who.Body))
}

// namesLeaders says whether a plan says who leads its actions: a skeleton may not.
func namesLeaders(p *policy.OperationalPlan) bool {
	return p.Holds(policy.FieldLeader) && p.Holds(policy.FieldCoLeaders)
}

// reporters lists who may report on an action on a day, PERIOD/OAP/CODE: its leaders, and who
// drives its plan. Of a plan that is kept elsewhere, or does not name them, they are not known.
func (d *Snapshot) reporters(action string, on policy.Date) (who []policy.Body, known bool) {
	plan := planNamed(d.Definition.Key, action)
	content := d.planOn(plan, on)
	if content == nil || !namesLeaders(content) {
		return nil, false
	}
	return each(append(append(d.leadersOn(content, action, on), d.driversOn(plan, on)...), policy.SupportTeam)), true
}

// leadersOn lists who leads an action on a day: as the register of posts has it, or else the plan.
func (d *Snapshot) leadersOn(content *policy.OperationalPlan, action string, on policy.Date) []policy.Body {
	of := strings.ReplaceAll(action, "/", "-")
	var leaders []policy.Body
	a := content.Action(action[strings.LastIndex(action, "/")+1:])
	for _, post := range []string{"leader", "co-leader"} {
		held, is := d.holdingOn(post+"/"+of, on)
		switch {
		case is:
			leaders = append(leaders, held.Holder, held.Acting)
		case a == nil:
		case post == "leader":
			leaders = append(leaders, a.Leader)
		default:
			leaders = append(leaders, a.CoLeaders...)
		}
	}
	return slices.DeleteFunc(leaders, func(b policy.Body) bool { return b == "" || d.Definition.Bodies.Foreign(b, on) })
}

// driversOn lists who drives an OAP on a day: as the register of posts has it, or else the
// definitions.
func (d *Snapshot) driversOn(plan policy.Subject, on policy.Date) []policy.Body {
	if drivers, known := policy.DriversOn(on, d.history[policy.RegPosts])[plan.Key]; known {
		return d.Definition.Bodies.Serving(drivers, on)
	}
	if driver := d.DriverOf(plan.Key); driver != "" {
		return d.Definition.Bodies.Serving([]policy.Body{driver}, on)
	}
	return nil
}

func (d *Snapshot) holdingOn(post string, on policy.Date) (holding *policy.Holding, is bool) {
	for _, row := range d.history[policy.RegPosts] {
		if body, held := row.Body.(*policy.Holding); held && row.Key == post && !row.Date.After(on) {
			holding, is = body, true
		}
	}
	return holding, is
}

// judgeOrganiser holds that who enters joint action days takes part in them as leader or
// driver, or is Europol, and that nobody writes over what another entered.
func (e *entering) judgeOrganiser(row policy.Row, body *policy.JointActionDay) error {
	if e.past || row.By.Body == policy.SupportTeam {
		return nil
	}
	for _, before := range slices.Backward(e.history[policy.RegDays]) {
		if before.Key == row.Key && before.By.Body != row.By.Body {
			return policy.Refuse(policy.CodeNotCompetent, "%s was entered by %s: %s or the EMPACT Support Team changes it", row.Key, e.Definition.Bodies.Title(before.By.Body), e.Definition.Bodies.Title(before.By.Body))
		}
	}
	who := []policy.Body{policy.Europol}
	for _, path := range body.Plans {
		who = append(who, e.driversOn(planNamed(e.Definition.Key, path), row.Date)...)
	}
	for _, path := range body.Actions {
		content := e.planOn(planNamed(e.Definition.Key, path), row.Date)
		if content == nil || !namesLeaders(content) {
			return nil // its leaders are not known here
		}
		who = append(who, e.leadersOn(content, path, row.Date)...)
	}
	if who = each(append(who, policy.SupportTeam)); !slices.Contains(who, row.By.Body) {
		return policy.Refuse(policy.CodeNotCompetent, "%s may not enter the joint action days %s: %s does", e.Definition.Bodies.Title(row.By.Body), row.Key, e.Definition.Bodies.Titles(who))
	}
	return nil
}
