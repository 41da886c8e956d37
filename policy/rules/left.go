package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Who is no member of the Union drives no plan, leads no action and holds no post. What a
// State was given while it was a member stands in the record, and somebody else has to be
// found.

// foreignPost is a post that a State holds which is no member.
type foreignPost struct {
	PostLine
	subject, record string        // as findings name it
	mend            []policy.Body // who can
}

// foreignPosts lists the posts that States hold on a day on which they are no members: by the
// register of posts or, where it is silent, by the cycle and its plans. What is over by then
// passes to nobody.
func (d *Snapshot) foreignPosts(on policy.Date) []foreignPost {
	if d.ended() {
		return nil
	}
	steer := []policy.Body{policy.SupportTeam, policy.Presidency}
	over, posts := d.overBy(on), []foreignPost{}
	add := func(p foreignPost) {
		if d.Definition.Bodies.Foreign(p.Holder, on) && !over[p.Post] {
			posts = append(posts, p)
		}
	}
	held := map[string]bool{}
	for _, row := range policy.RowsOn(on, d.history[policy.RegPosts]) {
		if body, is := row.Body.(*policy.Holding); is {
			held[row.Key] = true
			add(foreignPost{PostLine{Post: row.Key, Holder: cmp.Or(body.Holder, body.Acting), Person: body.Person, Since: row.Date}, "", "posts/" + row.Key, steer})
		}
	}
	for _, priority := range d.Definition.Priorities {
		for _, oap := range priority.OAPs {
			if post := "driver/" + oap.Key; !held[post] {
				since := policy.Latest(d.Definition.Periods[0].Drafting, priority.AddedOn, oap.AddedOn)
				add(foreignPost{PostLine{Post: post, Holder: oap.Driver, Since: since}, "", "oaps/" + oap.Key, steer})
			}
		}
	}
	for p, a := range d.actions() {
		for post, leaders := range map[string][]policy.Body{"leader": {a.Leader}, "co-leader": a.CoLeaders} {
			post = postOf(post, a.Path(p.Subject))
			for _, leader := range leaders {
				if !held[post] {
					add(foreignPost{PostLine{Post: post, Holder: leader, Since: a.From}, p.Subject.Path(), a.Path(p.Subject), mendOf(p.Entry)})
				}
			}
		}
	}
	slices.SortStableFunc(posts, func(a, b foreignPost) int {
		return cmp.Or(cmp.Compare(a.Post, b.Post), cmp.Compare(a.Holder, b.Holder))
	})
	return posts
}

// postOf gives the key of a post of an action, PERIOD/OAP/CODE.
func postOf(post, action string) string { return post + "/" + strings.ReplaceAll(action, "/", "-") }

// overBy gives the posts of the actions that are over by a day, as their plans and their
// reports have it.
func (d *Snapshot) overBy(on policy.Date) map[string]bool {
	over := map[string]bool{}
	for _, p := range slices.Concat(d.allPlans(), d.past) {
		last := d.lastStatuses(p.Subject)
		for a := range p.actions() {
			if a.To.Before(on) || last[a.Code].Ended() {
				over[postOf("leader", a.Path(p.Subject))], over[postOf("co-leader", a.Path(p.Subject))] = true, true
			}
		}
	}
	return over
}

func checkForeign(d *Snapshot, report reporter) {
	for _, p := range d.foreignPosts(d.Today) {
		report(policy.Finding{Subject: p.subject, Record: p.record, Mend: p.mend},
			"%s holds the post %s and is no member of the Union on %s: somebody else is to be found", d.Definition.Bodies.Title(p.Holder), d.postCalled(p.Post), d.Today)
	}
}

// checkForeignConsent tells of a State that consented, or was listed, as a member and is none
// any more while the action goes on.
func (d *Snapshot) checkForeignConsent(p *plan, a *policy.OperationalAction, state policy.Body, report reporter) {
	f := p.finding(a, mendOf(p.Entry)...)
	f.Record = a.Path(p.Subject) + "/" + string(state)
	consent, said := rowOf[*policy.Consent](d, policy.RegConsents, f.Record)
	switch {
	case said && consent.State.Given():
		report(f, "%s consented to %s as a Member State and is none on %s: it goes on as a partner from outside the Union, or not at all", d.Definition.Bodies.Title(state), p.called(a), d.Today)
	case d.Definition.Bodies.MemberOn(state, a.From):
		report(f, "%s is listed in %s as a Member State and is none on %s: it goes on as a partner from outside the Union, or not at all", d.Definition.Bodies.Title(state), p.called(a), d.Today)
	}
}
