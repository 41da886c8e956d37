package local

import (
	"cmp"
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

// visibility gives what the reader may see in a cycle; "" is what is of none.
func (s *Service) visibility(ctx context.Context, cycle string) (policy.Visibility, error) {
	if s.reader == nil {
		return policy.Everything(), nil
	}
	if cycle == "" {
		return s.nowhere(*s.reader), nil
	}
	return service.Remember(ctx, visibilityOf{s.reader, cycle}, func() (policy.Visibility, error) { return s.findVisibility(ctx, cycle) })
}

// nowhere gives what somebody may see of what is of no cycle.
func (s *Service) nowhere(who policy.Principal) policy.Visibility {
	return policy.VisibilityOf(who, policy.Circle{Today: policy.Calendar{}.Today(s.now())})
}

// findVisibility looks up what was sent or released to the reader where they do not read
// the cycle by what they are.
func (s *Service) findVisibility(ctx context.Context, cycle string) (policy.Visibility, error) {
	found, err := s.store.FindCircle(ctx, cycle)
	if err != nil {
		return policy.Visibility{}, err
	}
	in := s.circleOf(found)
	seen := policy.VisibilityOf(*s.reader, in)
	if seen.Some(policy.MatterProgress) || len(s.reader.Grants) == 0 {
		return seen, nil
	}
	rows, err := s.store.ListRows(ctx, cycle, []policy.Register{policy.RegReleases}, "")
	if err != nil {
		return policy.Visibility{}, err
	}
	in.Releases = policy.RowsOn(in.Today, rows)
	if s.reader.Body.Parliament() {
		whole, err := s.cycle(ctx, cycle)
		if err != nil {
			return policy.Visibility{}, err
		}
		in.Sent = whole.Records(in.Today).SentTo(s.reader.Body)
	}
	return policy.VisibilityOf(*s.reader, in), nil
}

func (s *Service) circleOf(c store.Circle) policy.Circle {
	return policy.Circle{Cycle: c.Cycle, Today: c.Calendar.Today(s.now()), Readers: c.Readers, Bodies: c.Bodies}
}

// sights are what the reader may see in each cycle by what they are; what was sent or
// released to them is not looked up. So it is the same in most, and only those apart are read.
type sights struct {
	everything bool
	who        policy.Principal
	today      policy.Date
	apart      map[string]policy.Visibility
}

func (all sights) in(cycle string) policy.Visibility {
	if all.everything {
		return policy.Everything()
	}
	if seen, apart := all.apart[cycle]; apart {
		return seen
	}
	return policy.VisibilityOf(all.who, policy.Circle{Cycle: cycle, Today: all.today})
}

// reach gives the cycles of which the reader reads some of a matter.
func (all sights) reach(m policy.Matter) store.Reach {
	r := store.Reach{All: all.in("").Some(m)}
	for cycle, seen := range all.apart {
		switch reads := seen.Some(m); {
		case r.All && !reads:
			r.Without = append(r.Without, cycle)
		case !r.All && reads:
			r.Among = append(r.Among, cycle)
		}
	}
	return r
}

// sightsOf is by what the sights of a reader are remembered.
type sightsOf struct{ reader *policy.Principal }

func (s *Service) everywhere(ctx context.Context) (sights, error) {
	if s.reader == nil {
		return sights{everything: true}, nil
	}
	return service.Remember(ctx, sightsOf{s.reader}, func() (sights, error) { return s.findSights(ctx, *s.reader) })
}

func (s *Service) findSights(ctx context.Context, who policy.Principal) (sights, error) {
	all := sights{who: who, today: policy.Calendar{}.Today(s.now()), apart: map[string]policy.Visibility{}}
	if len(who.Grants) == 0 {
		return all, nil
	}
	var named []string
	for _, g := range who.Grants {
		if cycle := g.Cycle(); cycle != "" {
			named = append(named, cycle)
		}
	}
	from, to := who.Body.Steady(all.today)
	circles, err := s.store.ListCirclesApart(ctx, who.Body, named, from, to)
	for _, c := range circles {
		all.apart[c.Cycle] = policy.VisibilityOf(who, s.circleOf(c))
	}
	return all, err
}

// somewhere gives what the reader may see in each cycle, and refuses who reads nowhere how
// things stand.
func (s *Service) somewhere(ctx context.Context, what string) (sights, error) {
	all, err := s.everywhere(ctx)
	if err != nil || all.everything {
		return all, err
	}
	reads := s.nowhere(*s.reader).Usually(policy.MatterProgress)
	for _, visibility := range all.apart {
		reads = reads || visibility.Some(policy.MatterProgress)
	}
	if !reads {
		return all, s.nowhere(*s.reader).Refuse(what)
	}
	return all, nil
}

// mayRead gives what the reader may see in a cycle, and refuses who may read nothing of a
// matter there.
func (s *Service) mayRead(ctx context.Context, cycle string, m policy.Matter, what string) (policy.Visibility, error) {
	visibility, err := s.visibility(ctx, cycle)
	if err == nil && !visibility.Some(m) {
		err = visibility.Refuse(what)
	}
	return visibility, err
}

// whole refuses who does not read everything of a cycle.
func (s *Service) whole(ctx context.Context, cycle string) error {
	visibility, err := s.visibility(ctx, cycle)
	if err == nil && !visibility.Whole() {
		err = visibility.Refuse(cycle)
	}
	return err
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
	if !visibility.Some(policy.MatterTrail) {
		c.StartedBy = ""
		unnamed(c.Decisions)
	}
	if !visibility.Some(policy.MatterProgress) {
		c.Waiting, c.Next, c.Open, c.Overdue = nil, nil, nil, nil
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
// delegation is, who else was reminded, and to who does not read where things stand
// everything but what was settled. Who may do something about a subject sees where it
// stands: they act on that.
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
	v.EarlierPositions = slices.DeleteFunc(v.EarlierPositions, func(h policy.EarlierStand) bool { return !visibility.Conduct(h.Delegation) })
	v.Silence = visibility.Silence(v.Silence)
	if !visibility.Some(policy.MatterTrail) {
		v.ClaimedBy = ""
		for i := range v.Versions {
			v.Versions[i].By = ""
		}
		unnamed(v.Decisions)
		if v.Final != nil {
			v.Final.By = ""
		}
	}
	if visibility.Some(policy.MatterProgress) || len(v.May) > 0 {
		return
	}
	v.Turn, v.Since, v.TurnDue, v.Version = nil, policy.Date{}, policy.Date{}, 0
	v.Awaits, v.Pending, v.Second, v.Outcomes = "", "", "", nil
	v.Corrigenda, v.Stale, v.Concluded = nil, false, nil
	if f := v.Final; f != nil && (f.Pending || !visibility.Document(v.Subject, f.Version, cmp.Or(f.Marking, policy.Limite), f.On)) {
		v.Final = nil
	}
	v.Decisions = public(v.Decisions)
	v.Versions = readable(visibility, v)
	if last := len(v.Versions); last > 0 {
		v.Version = v.Versions[last-1].Version
	}
}

// readable gives of versions those that the reader may read all the same, without what was
// written about them.
func readable(visibility policy.Visibility, v *service.Subject) []service.Version {
	var seen []service.Version
	for _, n := range v.Versions {
		if visibility.Document(v.Subject, n.Version, n.Marking, n.Date) {
			n.Comment, n.Language, n.DaysLate = "", "", 0
			seen = append(seen, n)
		}
	}
	return seen
}

// unnamed takes the people out of decisions.
func unnamed(decisions []service.Decision) {
	for i := range decisions {
		d := &decisions[i]
		d.RecordedBy, d.ConfirmedBy, d.OnBehalfOf = "", "", ""
	}
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
	unnamed(decisions)
	for i := range decisions {
		d := &decisions[i]
		d.DaysLate = 0
		d.Comment, d.SkipReason, d.Irregular, d.Language, d.Stale = "", "", "", "", false
	}
	return decisions
}

// markingOf gives the marking of a version: that of the handing-in or that on the
// content itself, whichever is higher, and LIMITE where neither says anything. A skeleton has
// a marking of its own: what it was handed in with is that of the text that is held elsewhere.
func markingOf(v store.VersionHeld) policy.Marking {
	var cover policy.Marking
	if v.Content != nil {
		cover = policy.CoverOf(v.Content).Marking
	}
	switch {
	case policy.SkeletonIn(v.Content) != nil:
		return cmp.Or(cover, policy.Limite)
	case cover == "" && v.Marking == "":
		return policy.Limite
	case cover.Above(v.Marking):
		return cover
	default:
		return v.Marking
	}
}

// redactContent gives a document that was handed in on a day to the reader, and takes note
// of it first, where that is wanted.
func (s *Service) redactContent(ctx context.Context, d *service.Document, handedIn policy.Date) error {
	visibility, err := s.visibility(ctx, d.Subject.Cycle)
	if err != nil {
		return err
	}
	if !visibility.Document(d.Subject, d.Version, d.Marking, handedIn) {
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
