package local

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// As implements service.Service.
func (s *Service) As(who policy.Capacity) service.Service {
	other := *s
	other.reader = &who
	return &other
}

// CapacityOf implements service.Service.
func (s *Service) CapacityOf(ctx context.Context, by policy.Actor) (policy.Capacity, error) {
	return s.store.CapacityOf(ctx, by)
}

// me gives as what somebody acts. Whoever operates the machine acts under a name, too, and
// the public not at all: the records refuse nobody, as they refuse who is not known.
func (s *Service) me(ctx context.Context) (policy.Capacity, error) {
	if s.reader == nil || s.reader.Body == "" {
		return s.store.CapacityOf(ctx, policy.Actor{})
	}
	return *s.reader, nil
}

// May implements service.Service.
func (s *Service) May(context.Context) ([]policy.Deed, error) {
	if s.reader == nil {
		return nil, nil
	}
	return policy.MayHere(*s.reader), nil
}

// sight gives what the reader may see in a cycle; "" is in all of them.
func (s *Service) sight(ctx context.Context, cycle string) (policy.Sight, error) {
	if s.reader == nil {
		return policy.Everything(), nil
	}
	if cycle == "" {
		return policy.SightOf(*s.reader, nil), nil
	}
	return service.Remember(ctx, sightOf{s.reader, cycle}, func() (policy.Sight, error) { return s.findSight(ctx, cycle) })
}

func (s *Service) findSight(ctx context.Context, cycle string) (policy.Sight, error) {
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
		open := map[policy.Subject]bool{}
		unsettled := func(v service.Subject) bool {
			open[v.Subject] = unsettledItem(v)
			return open[v.Subject]
		}
		c.Items, c.Policy = slices.DeleteFunc(c.Items, unsettled), slices.DeleteFunc(c.Policy, unsettled)
		c.Decisions = slices.DeleteFunc(public(c.Decisions), func(d service.Decision) bool { return open[d.Subject] })
		for i := range c.Amendments {
			c.Amendments[i].Reason, c.Amendments[i].Language = "", ""
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
	v.Silence = sight.Silence(v.Silence)
	if sight.Limite() {
		return
	}
	v.Turn, v.Since, v.TurnDue, v.Version, v.Versions = nil, policy.Date{}, policy.Date{}, 0, nil
	v.Awaits, v.Pending, v.ClaimedBy, v.May, v.Outcomes = "", "", "", nil, nil
	v.Corrigenda, v.Stale = nil, false
	v.Decisions = public(v.Decisions)
}

// unsettledItem says of an extraordinary item or a change, which stand in no
// published calendar, that nothing is settled of it.
func unsettledItem(v service.Subject) bool {
	byHand := v.Subject.Kind.ByHand()
	return byHand && (v.State != policy.StateClosed || v.Outcome == policy.Discontinued)
}

// public gives of decisions what the public may see: those in effect, and nothing
// of who recorded them, or of what was written about them.
func public(decisions []service.Decision) []service.Decision {
	decisions = slices.DeleteFunc(decisions, func(d service.Decision) bool { return !inEffect(d) })
	for i := range decisions {
		d := &decisions[i]
		d.RecordedBy, d.ConfirmedBy, d.OnBehalfOf, d.DaysLate = "", "", "", 0
		d.Comment, d.SkipReason, d.Irregular, d.Language, d.Stale = "", "", "", "", false
	}
	return decisions
}

// markingOf gives the marking of a version: that of the handing-in or that on the
// content itself, whichever is higher, and LIMITE where neither says anything.
func markingOf(v store.VersionHeld) policy.Marking {
	var cover policy.Marking
	if v.Content != nil {
		cover = policy.CoverOf(v.Content).Marking
	}
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
	return s.noteReads(ctx, store.VersionHeld{Subject: d.Subject, Version: d.Version, Content: d.Content, Marking: d.Marking})
}

// noteReads takes note that the reader reads versions of a cycle that are not public,
// where that is wanted and the reader is somebody known. A draft is version 0.
func (s *Service) noteReads(ctx context.Context, versions ...store.VersionHeld) error {
	if !s.reads || s.reader == nil || s.reader.Person == 0 {
		return nil
	}
	var reads []store.Read
	for _, v := range versions {
		first := false
		_, err := service.Remember(ctx, readOf{v.Subject, v.Version}, func() (bool, error) { first = true; return true, nil })
		if err == nil && first && markingOf(v) != policy.Public {
			reads = append(reads, store.Read{At: s.now(), By: s.reader.Actor, Subject: v.Subject, Version: v.Version})
		}
	}
	return s.store.RecordReads(ctx, reads...)
}
