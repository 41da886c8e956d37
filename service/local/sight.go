package local

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// As implements service.Service.
func (s *Service) As(ctx context.Context, by policy.Actor) (service.Service, error) {
	other := *s
	other.reader = new(policy.Capacity)
	if by == (policy.Actor{}) {
		return &other, nil
	}
	who, err := s.store.CapacityOf(ctx, by)
	if err != nil {
		return nil, err
	}
	other.reader = &who
	return &other, nil
}

// sight gives what the reader may see in a cycle; "" is in all of them.
func (s *Service) sight(ctx context.Context, cycle string) (policy.Sight, error) {
	if s.reader == nil {
		return policy.Everything(), nil
	}
	if cycle == "" {
		return policy.SightOf(*s.reader, nil), nil
	}
	rows, err := s.store.ListRows(ctx, cycle, []policy.Register{policy.RegReleases}, "")
	if err != nil {
		return policy.Sight{}, err
	}
	brief, err := s.store.FindBrief(ctx, policy.Subject{Cycle: cycle})
	if err != nil {
		return policy.Sight{}, err
	}
	return policy.SightOf(*s.reader, policy.RowsOn(brief.Calendar.Today(s.now()), rows)), nil
}

// limite gives what the reader may see in a cycle, and refuses who may not read
// what is marked LIMITE.
func (s *Service) limite(ctx context.Context, cycle, what string) (policy.Sight, error) {
	sight, err := s.sight(ctx, cycle)
	if err == nil && !sight.Limite() {
		err = sight.Refuse(what)
	}
	return sight, err
}

// seenItem takes from an item how late somebody is, where the reader may not see
// that.
func seenItem(sight policy.Sight, item service.InboxItem) service.InboxItem {
	if !sight.ConductOf(item.Turn) {
		item.Overdue, item.DaysOverdue = false, 0
	}
	return item
}

// seenCycle takes from a cycle what the reader may not see.
func seenCycle(sight policy.Sight, c *service.Cycle) {
	c.Overdue = 0
	for i := range c.Waiting {
		c.Waiting[i] = seenItem(sight, c.Waiting[i])
		if c.Waiting[i].Overdue {
			c.Overdue++
		}
	}
	if !sight.Limite() {
		c.Waiting, c.Next, c.Open, c.Overdue, c.StartedBy = []service.InboxItem{}, nil, 0, 0, ""
		c.Decisions = slices.DeleteFunc(c.Decisions, func(d service.Decision) bool { return !inEffect(d) })
		for i := range c.Decisions {
			d := &c.Decisions[i]
			d.RecordedBy, d.ConfirmedBy, d.OnBehalfOf, d.Comment, d.DaysLate = "", "", "", "", 0
		}
	}
	for _, list := range subjectLists(c) {
		for i := range list {
			seenSubject(sight, &list[i])
		}
	}
}

func subjectLists(c *service.Cycle) [][]service.Subject {
	lists := [][]service.Subject{c.Policy, c.MASPs, c.Items, c.Obligations, c.Discontinued}
	for _, p := range c.Periods {
		lists = append(lists, p.OAPs, p.Reports)
	}
	return lists
}

// seenSubject takes from a subject what the reader may not see: how late a
// delegation is, who else was reminded, and to the public everything but what was
// settled.
func seenSubject(sight policy.Sight, v *service.Subject) {
	if !sight.ConductOf(v.Turn) {
		v.Overdue = false
	}
	v.Notices = slices.DeleteFunc(v.Notices, func(n service.Notice) bool { return !sight.ConductOf(n.To) })
	for i := range v.Versions {
		if by, err := policy.ParseActor(v.Versions[i].By); err != nil || !sight.Conduct(by.Body) {
			v.Versions[i].DaysLate = 0
		}
	}
	v.Positions = slices.DeleteFunc(v.Positions, func(h policy.Held) bool { return !sight.Conduct(h.Delegation) })
	if sight.Limite() {
		return
	}
	v.Turn, v.Versions, v.Outcomes = nil, nil, nil
	v.Decisions = slices.DeleteFunc(v.Decisions, func(d service.Decision) bool { return !inEffect(d) })
	for i := range v.Decisions {
		d := &v.Decisions[i]
		d.RecordedBy, d.ConfirmedBy, d.OnBehalfOf, d.Comment, d.DaysLate = "", "", "", "", 0
	}
}

// markingOf gives the marking of a version: that of the handing-in or that on the
// content itself, whichever is higher, and LIMITE where neither says anything.
func markingOf(v store.VersionHeld) policy.Marking {
	cover := policy.CoverOf(v.Content).Marking
	switch {
	case cover == "" && v.Marking == "":
		return policy.Limite
	case cover.Above(v.Marking):
		return cover
	default:
		return v.Marking
	}
}

// seenContent gives a document to the reader, and takes note of it first, where
// that is wanted.
func (s *Service) seenContent(ctx context.Context, d *service.Document) error {
	sight, err := s.sight(ctx, d.Subject.Cycle)
	if err != nil {
		return err
	}
	if !sight.Document(d.Subject, d.Version, d.Marking) {
		return sight.Refuse(d.Subject.String())
	}
	if !s.reads || d.Marking == policy.Public || s.reader == nil || s.reader.Person == 0 {
		return nil
	}
	return s.store.RecordRead(ctx, store.Read{At: s.now(), By: s.reader.Actor, Subject: d.Subject, Version: d.Version})
}
