package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// part is what one actor does on one turn.
type part struct {
	item   service.InboxItem
	body   policy.Body // whose outcome; empty for the handing-in
	scene  policy.Scene
	date   policy.Date
	people bool           // whether people do it, and no actor
	usual  policy.Outcome // what the body concludes where the scene says nothing
	bodies policy.BodyTable
}

// partFor finds what the script says about the turn of an item, or about the outcome
// on it that waits for a second person.
func (c *company) partFor(ctx context.Context, item service.InboxItem) (part, error) {
	script := &c.script.Script
	p := part{item: item, bodies: c.script.Definition.Bodies}
	since, version := item.Since, item.Version
	switch {
	case item.Pending != "":
		act, err := c.pending(ctx, item)
		if err != nil {
			return p, err
		}
		p.body, since = act.Body, policy.Latest(since, act.Date)
		p.scene = script.SceneFor(item.Subject, p.body, version)
	case item.Awaits == "decision":
		p.body = cmp.Or(item.Turn...) // none where any Member State may hand in
		p.scene = script.SceneFor(item.Subject, p.body, version)
		if skipping, found := script.Skipping(item.Subject, version); found {
			p.body, p.scene = skipping.Body, skipping
		}
	default:
		p.scene = script.SceneFor(item.Subject, "", version+1)
	}
	p.people = p.scene.ByHand
	p.usual = c.script.Definition.UsualOutcome(item.Subject.Kind, p.body, item.Settles)
	p.date = policy.Latest(script.When(p.scene, item.Due), since)
	return p, nil
}

// pending gives the outcome that waits for a second person. Whose it is the record says,
// not the turn: what a body concluded may be corrected when others have the turn. What
// is no outcome, a silence procedure, is launched on a turn.
func (c *company) pending(ctx context.Context, item service.InboxItem) (service.Decision, error) {
	found, err := c.theatre.FindSubject(ctx, item.Subject)
	if err != nil {
		return service.Decision{}, err
	}
	for _, d := range found.Decisions {
		if d.ID == item.Pending {
			return d, nil
		}
	}
	return service.Decision{Body: cmp.Or(item.Turn...), Date: item.Since}, nil
}

// turn tells the turn of a part from all others.
func (p part) turn() string {
	key := p.item.Subject.String() + " " + p.item.Awaits + " " + p.item.Since.String()
	for _, body := range p.item.Turn {
		key += " " + string(body)
	}
	return key
}

// playPart does a part, unless what it rests on is still to come, and says whether
// anything was recorded.
func (c *company) playPart(ctx context.Context, p part) (bool, error) {
	settled, err := c.rests(ctx, &p)
	if err != nil || !settled {
		return false, err
	}
	err = p.play(ctx, c)
	return err == nil, err
}

// rests says whether everything is settled on which the adoption of a subject rests.
// The part is then played on that day at the earliest: the day is that of the
// calendar.
func (c *company) rests(ctx context.Context, p *part) (bool, error) {
	if !p.item.Settles && p.scene.SkipReason == "" || !p.outcome().Positive() {
		return true, nil
	}
	for _, e := range c.script.Definition.Agenda() {
		if e.Subject != p.item.Subject {
			continue
		}
		for _, required := range e.Requires {
			found, err := c.theatre.FindSubject(ctx, required)
			if err != nil {
				return false, err
			}
			if !found.Outcome.Positive() {
				return false, nil
			}
			p.date = policy.Latest(p.date, found.ClosedOn)
		}
	}
	return true, nil
}

// play does the part through the service. A report of which the cycle keeps the
// content is made by closing its round.
func (p part) play(ctx context.Context, c *company) error {
	document := p.scene.Document
	if document == "" {
		document = invented(c.series(), p.item.Subject, p.body, p.item.Version, p.date)
	}
	if p.item.Pending != "" { // recorded before a restart, or by people
		return p.confirm(ctx, c.theatre, p.item.Pending)
	}
	if p.body == "" {
		return p.handIn(ctx, c, document)
	}
	comment, language := p.scene.Comment, c.script.Definition.Language
	if comment == "" && p.outcome().WantsReason() {
		comment, language = "As scripted.", "en"
	}
	receipt, err := as(ctx, c.theatre, p.decider(), service.Service.Decide, service.Decide{Act: policy.Act{
		Subject: p.item.Subject, Date: p.date, Document: document, Comment: comment, Language: language,
		Version: p.item.Version, Body: p.body, Outcome: p.outcome(), Procedure: p.scene.Procedure, Meeting: p.scene.Meeting,
		Items: p.scene.Items, SkipReason: p.scene.SkipReason, Irregular: p.scene.Irregular,
	}})
	if err != nil || receipt.Standing.Pending == "" {
		return err
	}
	return p.confirm(ctx, c.theatre, receipt.ID)
}

// handIn hands the version in as whoever may: the first of the turn may hold a post
// today that was another's on the day of the act.
func (p part) handIn(ctx context.Context, c *company, document policy.DocumentRef) error {
	in := service.Submit{
		Statement: service.Statement{Date: p.date, Comment: p.scene.Comment, Language: c.script.Definition.Language},
		Subject:   p.item.Subject, Document: document,
	}
	err := c.contentOf(&in, p.item.Version+1)
	if err != nil {
		return err
	}
	round := in.Subject.Kind == policy.KindReport && in.Held == "" && in.Content == nil && policy.Stores(&c.script.Definition, policy.KindReport)
	for _, body := range p.submitters() {
		if round {
			closes := service.CloseRound{Statement: in.Statement, Report: in.Subject, Document: in.Document}
			_, err = as(ctx, c.theatre, actor(body), service.Service.CloseRound, closes)
		} else {
			_, err = as(ctx, c.theatre, actor(body), service.Service.Submit, in)
		}
		if policy.CodeOf(err) != policy.CodeNotCompetent {
			break
		}
	}
	return err
}

// confirm confirms, as a second person, what the first recorded.
func (p part) confirm(ctx context.Context, s service.Service, record string) error {
	second := policy.Actor{Name: "Rehearsal, second person", Body: p.bodies.Recorder(p.body)}
	_, err := as(ctx, s, second, service.Service.Confirm, service.Second{Statement: service.Statement{Date: p.date}, Record: record})
	return err
}

// submitters are those who may hand in, in the order in which they do.
func (p part) submitters() []policy.Body {
	if len(p.item.Turn) > 0 {
		return p.item.Turn
	}
	return []policy.Body{policy.SupportTeam} // for a plan that has no driver
}

// decider is who types the outcome of the body: another person than who hands in for
// it.
func (p part) decider() policy.Actor {
	if p.bodies.Collective(p.body) {
		return actor(p.bodies.Recorder(p.body))
	}
	return policy.Actor{Name: "Rehearsal, head of " + p.bodies.Title(p.body), Body: p.body}
}

// outcome is what the scene says, or what lets the cycle go on.
func (p part) outcome() policy.Outcome {
	switch {
	case p.scene.Outcome != "":
		return p.scene.Outcome
	case p.scene.SkipReason != "":
		return policy.Adopted
	default:
		return p.usual
	}
}

func actor(body policy.Body) policy.Actor {
	return policy.Actor{Name: "Rehearsal, " + body.Title(), Body: body}
}

// invented makes up a register number that is the same however often the part
// is played.
func invented(series string, subject policy.Subject, body policy.Body, version int, date policy.Date) policy.DocumentRef {
	hash := fnv.New32a()
	_, _ = fmt.Fprint(hash, subject.Path(), body, version) // a hash takes everything
	return policy.DocumentRef(fmt.Sprintf("%s %d/%02d INIT", series, hash.Sum32()%policy.MostInvented+1, date.Year()%100))
}

func (c *company) itemSubject(item policy.ScriptedItem) policy.Subject {
	return policy.Subject{Cycle: c.cycle, Kind: policy.KindItem, Key: item.Key}
}

// playItem does the next thing on a scripted item: it opens it and, once it is
// adopted, amends the cycle. It says whether anything was recorded.
func (c *company) playItem(ctx context.Context, item policy.ScriptedItem) (bool, error) {
	subject := c.itemSubject(item)
	found, err := c.theatre.FindSubject(ctx, subject)
	switch {
	case policy.CodeOf(err) == policy.CodeUnknown:
		_, err := as(ctx, c.theatre, actor(policy.Presidency), service.Service.OpenItem, service.OpenItem{
			Statement: service.Statement{Date: item.Opens}, Subject: subject, Opening: item.Opening,
		})
		return err == nil, err
	case err != nil:
		return false, err
	case found.State != policy.StateClosed:
		return false, nil
	case item.Amendment != nil && found.Outcome.Adopts():
		if recorded, err := c.amend(ctx, item, found); recorded || err != nil {
			return recorded, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[item.Key] = true
	return false, nil
}

// amend amends the cycle as an item says, unless that was done before a restart.
func (c *company) amend(ctx context.Context, item policy.ScriptedItem, found *service.Subject) (bool, error) {
	decision := found.Decisions[len(found.Decisions)-1].ID
	cycle, err := c.theatre.FindCycle(ctx, c.cycle)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(cycle.Amendments, func(a service.AmendmentLine) bool { return a.Decision == decision }) {
		return false, nil
	}
	_, err = as(ctx, c.theatre, actor(policy.GeneralSecretariat), service.Service.AmendCycle, service.AmendCycle{
		Cycle: c.cycle, Date: found.ClosedOn, Decision: decision, Amendment: *item.Amendment,
	})
	return err == nil, err
}
