package local

import (
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// addActs adds the decisions and amendments, and how far the record lagged.
func addActs(view *service.Cycle, cycle *store.Cycle) {
	for _, act := range cycle.Acts {
		if cycle.Rehearsal {
			view.GreatestLagDays = max(view.GreatestLagDays, act.Date.DaysUntil(act.ArrivedOn))
		}
		switch act.Kind {
		case policy.ActDecide:
			view.Decisions = append(view.Decisions, decisionView(act, cycle.Definition))
		case policy.ActAmend:
			view.Amendments = append(view.Amendments, service.AmendmentLine{
				ID: act.ID, Version: act.AmendsTo, Date: act.Date, Reason: act.Comment, Language: act.Language, Decision: act.Amendment.Decision,
			})
		default: // told by the subjects themselves
		}
	}
	markSeconds(view.Decisions, cycle)
	markRectified(view.Decisions)
	for i, p := range view.Priorities {
		view.Priorities[i].Decision = decisionOn(view.Decisions, p.Key)
	}
	byDate(view.Decisions)
}

// byDate puts decisions in the order in which they were taken: some are recorded later than
// others that came after them.
func byDate(decisions []service.Decision) {
	slices.SortStableFunc(decisions, func(a, b service.Decision) int { return a.Date.Compare(b.Date) })
}

// secondOf gives the body of which a second person is awaited, given the ID of the outcome
// that waits; "" for none.
func secondOf(acts []store.Act, pending string) policy.Body {
	for _, act := range acts {
		if pending != "" && act.ID == pending {
			return act.By.Body
		}
	}
	return ""
}

// addSeconds says of each subject of a cycle of which body a second person is awaited.
func addSeconds(view *service.Cycle, cycle *store.Cycle) {
	for _, list := range subjectLists(view) {
		for i := range list {
			list[i].Second = secondOf(cycle.Acts, cycle.Subjects[list[i].Subject].Pending)
		}
	}
}

func decisionView(act store.Act, d *policy.Definition) service.Decision {
	return service.Decision{
		ID: act.ID, Subject: act.Subject, Version: act.Version, Body: act.Body, Outcome: act.Outcome, Date: act.Date, Words: d.Wording(act.Subject.Kind, act.Body),
		Due: act.Due, DaysLate: act.DaysLate(), Procedure: act.Procedure, Meeting: act.Meeting, OtherDay: act.OtherDay, Reference: act.Document,
		Items: act.Items, RecordedBy: act.By.String(), Recorded: act.RecordedAt, Comment: act.Comment, Language: act.Language,
		SkipReason: act.SkipReason, Rectifies: act.Rectifies, Irregular: act.Irregular, Digest: act.Digest, Stated: act.Stated,
		OnBehalfOf: onBehalf(act.For),
	}
}

func onBehalf(of *policy.Actor) string {
	if of == nil {
		return ""
	}
	return of.String()
}

// markSeconds says of each decision who confirmed it or set it aside, and which
// ones still await that.
func markSeconds(decisions []service.Decision, cycle *store.Cycle) {
	seconds := map[string]store.Act{}
	awaits := map[string]bool{}
	for _, act := range cycle.Acts {
		if act.Confirms != "" {
			seconds[act.Confirms] = act
		}
		awaits[act.ID] = act.Confirmed()
	}
	for i := range decisions {
		d := &decisions[i]
		switch second := seconds[d.ID]; {
		case second.Kind == policy.ActConfirm:
			d.ConfirmedBy = second.By.String()
		case second.Kind == policy.ActSetAside:
			d.SetAsideBy = second.By.String()
		case awaits[d.ID]:
			d.Awaits = "confirmation"
		case d.Procedure == policy.SilenceProcedure:
			d.Undone = policy.Undone(cycle.ActsOn(d.Subject), d.ID)
		}
	}
}

// inEffect says whether a decision counts.
func inEffect(d service.Decision) bool { return d.Awaits == "" && d.SetAsideBy == "" && !d.Undone }

func markRectified(decisions []service.Decision) {
	for _, d := range decisions {
		for i := range decisions {
			if decisions[i].ID == d.Rectifies && inEffect(d) {
				decisions[i].RectifiedBy = d.ID
			}
		}
	}
}

// decisionOn gives the ID of the decision that settled a priority.
func decisionOn(decisions []service.Decision, priority string) string {
	id := ""
	for _, d := range decisions {
		for _, item := range d.Items {
			if item.Item == priority && inEffect(d) {
				id = d.ID
			}
		}
	}
	return id
}
