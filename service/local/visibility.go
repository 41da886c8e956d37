package local

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// As implements service.Service.
func (s *Service) As(who policy.Principal) service.Service {
	other := *s
	other.reader = &who
	return &other
}

// PrincipalOf implements service.Service.
func (s *Service) PrincipalOf(ctx context.Context, by policy.Actor) (policy.Principal, error) {
	return s.store.PrincipalOf(ctx, by)
}

// me gives as what somebody acts. Whoever operates the machine acts under a name, too, and
// the public not at all: the records refuse nobody, as they refuse who is not known.
func (s *Service) me(ctx context.Context) (policy.Principal, error) {
	if s.reader == nil || s.reader.Body == "" {
		return s.store.PrincipalOf(ctx, policy.Actor{})
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

// visibility gives what the reader may see in a cycle; "" is in all of them.
func (s *Service) visibility(ctx context.Context, cycle string) (policy.Visibility, error) {
	if s.reader == nil {
		return policy.Everything(), nil
	}
	if cycle == "" {
		return policy.VisibilityOf(*s.reader, nil), nil
	}
	return service.Remember(ctx, visibilityOf{s.reader, cycle}, func() (policy.Visibility, error) { return s.findVisibility(ctx, cycle) })
}

func (s *Service) findVisibility(ctx context.Context, cycle string) (policy.Visibility, error) {
	rows, err := s.store.ListRows(ctx, cycle, []policy.Register{policy.RegReleases}, "")
	if err != nil {
		return policy.Visibility{}, err
	}
	brief, err := s.store.FindBrief(ctx, policy.Subject{Cycle: cycle})
	if err != nil {
		return policy.Visibility{}, err
	}
	return policy.VisibilityOf(*s.reader, policy.RowsOn(brief.Calendar.Today(s.now()), rows)), nil
}

// limite gives what the reader may see in a cycle, and refuses who may not read
// what is marked LIMITE.
func (s *Service) limite(ctx context.Context, cycle, what string) (policy.Visibility, error) {
	visibility, err := s.visibility(ctx, cycle)
	if err == nil && !visibility.Limite() {
		err = visibility.Refuse(what)
	}
	return visibility, err
}

// redactItem takes from an item how late somebody is, where the reader may not see
// that.
func redactItem(visibility policy.Visibility, item service.InboxItem) service.InboxItem {
	if !visibility.ConductOf(item.Turn) {
		item.Overdue, item.DaysOverdue = false, 0
	}
	return item
}

// redactCycle takes from a cycle what the reader may not see.
func redactCycle(visibility policy.Visibility, c *service.Cycle) {
	overdue := 0
	for i := range c.Waiting {
		c.Waiting[i] = redactItem(visibility, c.Waiting[i])
		if c.Waiting[i].Overdue {
			overdue++
		}
	}
	c.Overdue = &overdue
	if !visibility.Limite() {
		c.Waiting, c.Next, c.Open, c.Overdue, c.StartedBy = nil, nil, nil, nil, ""
		open := map[policy.Subject]bool{}
		unsettled := func(v service.Subject) bool {
			open[v.Subject] = unsettledItem(v)
			return open[v.Subject]
		}
		c.Items = slices.DeleteFunc(c.Items, unsettled)
		c.Decisions = slices.DeleteFunc(public(c.Decisions), func(d service.Decision) bool { return open[d.Subject] })
		for i := range c.Amendments {
			c.Amendments[i].Reason, c.Amendments[i].Language = "", ""
		}
	}
	for _, list := range subjectLists(c) {
		for i := range list {
			redactSubject(visibility, &list[i])
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

// redactSubject takes from a subject what the reader may not see: how late a
// delegation is, who else was reminded, and to the public everything but what was
// settled.
func redactSubject(visibility policy.Visibility, v *service.Subject) {
	if !visibility.ConductOf(v.Turn) {
		v.Overdue = false
	}
	v.Notices = slices.DeleteFunc(v.Notices, func(n service.Notice) bool { return !visibility.ConductOf(n.To) })
	for i := range v.Versions {
		if by, err := policy.ParseActor(v.Versions[i].By); err != nil || !visibility.Conduct(by.Body) {
			v.Versions[i].DaysLate = 0
		}
	}
	v.Positions = slices.DeleteFunc(v.Positions, func(h policy.Stand) bool { return !visibility.Conduct(h.Delegation) })
	v.Silence = visibility.Silence(v.Silence)
	if visibility.Limite() {
		return
	}
	v.Turn, v.Since, v.TurnDue, v.Version, v.Versions = nil, policy.Date{}, policy.Date{}, 0, nil
	v.Awaits, v.Pending, v.Second, v.ClaimedBy, v.May, v.Outcomes = "", "", "", "", nil, nil
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

// redactContent gives a document to the reader, and takes note of it first, where
// that is wanted.
func (s *Service) redactContent(ctx context.Context, d *service.Document) error {
	visibility, err := s.visibility(ctx, d.Subject.Cycle)
	if err != nil {
		return err
	}
	if !visibility.Document(d.Subject, d.Version, d.Marking) {
		return visibility.Refuse(d.Subject.String())
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
