package notify

import (
	"fmt"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// told is an occasion, and what waits at it.
type told struct {
	policy.MailOccasion
	item service.InboxItem
}

// occasions gives all of which somebody is to get mail at this moment, but the daily one: that it is
// their turn, and the last reminder of each turn that was given to their body. Of a reminder that
// comes after another nothing is said twice: nobody wants four mails at once.
func (w writer) occasions(waiting []service.InboxItem, reminders map[policy.Subject][]service.Reminder) []told {
	var all []told
	to := w.to
	for _, item := range waiting {
		turn := fmt.Sprintf("%d %s %s %s", item.Version, item.Awaits, item.Pending, item.Due)
		if w.concerns(item) && to.Wants(policy.MailInvitation) {
			all = append(all, told{policy.MailOccasion{Kind: policy.MailInvitation, Subject: item.Subject, On: item.Since, Turn: turn}, item})
		}
		var last *service.Reminder
		for _, r := range reminders[item.Subject] {
			if slices.Contains(r.To, to.Body) && to.Wants(policy.MailOf(r.Kind)) {
				last = &r
			}
		}
		if last != nil {
			all = append(all, told{policy.MailOccasion{
				Kind: policy.MailOf(last.Kind), Notice: last.Kind, Subject: item.Subject, On: last.On, Turn: turn,
			}, item})
		}
	}
	return all
}

// concerns says whether it is the turn of somebody's body.
func (w writer) concerns(item service.InboxItem) bool {
	switch {
	case item.Awaits == "confirmation":
		return w.to.Body == item.Second
	case len(item.Turn) == 0: // of any Member State
		return w.bodies.MemberState(w.to.Body)
	default:
		return slices.Contains(item.Turn, w.to.Body)
	}
}

// reaches says whether a role of somebody, for the body as which they read, covers what waits.
func (w writer) reaches(item service.InboxItem) bool {
	return slices.ContainsFunc(w.to.Grants, func(g policy.Grant) bool { return g.Body == w.to.Body && g.Covers(item.Subject.Place()) })
}
