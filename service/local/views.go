package local

import (
	"cmp"
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// ListCycles implements service.Cycles.
func (s *Service) ListCycles(ctx context.Context, f service.CycleFilter) ([]service.CycleLine, error) {
	rows, err := s.store.ListCycles(ctx, store.LineFilter{Text: f.Text, Rehearsal: f.Rehearsal, Past: f.Past, Most: f.Most})
	if err != nil {
		return nil, err
	}
	seen, err := s.everywhere(ctx)
	if err != nil {
		return nil, err
	}
	lines := make([]service.CycleLine, len(rows))
	for i, row := range rows {
		today, visibility := row.Calendar.Today(s.now()), seen.in(row.ID)
		lines[i] = service.CycleLine{
			ID: row.ID, Title: row.Title, Language: row.Language, Rehearsal: row.Rehearsal, Stage: row.Stage,
			Today: today, Open: new(len(row.OpenDues)),
		}
		lines[i].StageSince, lines[i].Begins = begins(row.StageSince, today)
		var overdue int
		overdue, lines[i].Deadlines = falling(row.OpenDues, today)
		if row.Next != nil {
			next := redactItem(visibility, s.inboxItem(*row.Next))
			lines[i].Next = &next
		}
		if visibility.All() { // of whom, the line does not tell
			lines[i].Overdue = &overdue
		}
		if !visibility.Some(policy.MatterProgress) {
			lines[i].Open, lines[i].Next = nil, nil
		}
	}
	return lines, nil
}

// begins gives since when a cycle is at its stage or, of one that is still to begin, when it
// does.
func begins(since, today policy.Date) (begun, first policy.Date) {
	if since.After(today) {
		return policy.Date{}, since
	}
	return since, policy.Date{}
}

// falling counts what is overdue, and gives the days on which the rest falls due,
// as many as people look ahead.
func falling(dues []policy.Date, today policy.Date) (overdue int, next []service.Deadline) {
	const ahead = 3
	for _, due := range slices.SortedFunc(slices.Values(dues), policy.Date.Compare) {
		switch {
		case today.After(due):
			overdue++
		case len(next) > 0 && next[len(next)-1].On == due:
			next[len(next)-1].Count++
		case len(next) < ahead:
			next = append(next, service.Deadline{On: due, Count: 1})
		}
	}
	return overdue, next
}

// Inbox implements service.Worklist.
func (s *Service) Inbox(ctx context.Context, filter service.InboxFilter) ([]service.InboxItem, error) {
	seen, err := s.open(ctx, filter.Cycle)
	if err != nil {
		return nil, err
	}
	open := store.OpenFilter{
		Reach: seen.reach(policy.MatterProgress), Cycle: filter.Cycle, Body: filter.Body, Rehearsal: filter.Rehearsal,
		Past: filter.Past, PastDue: filter.PastDue, Most: filter.Most,
	}
	if filter.Overdue {
		open.Overdue = policy.Calendar{}.Today(s.now())
	}
	if filter.Mine {
		if s.reader == nil || s.reader.Person == 0 {
			return []service.InboxItem{}, nil
		}
		open.Claimed = s.reader.Person
	}
	return fill(filter.Most, func() (items []service.InboxItem, last bool, err error) {
		rows, err := s.store.ListOpen(ctx, open)
		for _, row := range rows {
			open.Past, open.PastDue = row.Subject, row.Due
			if item := redactItem(seen.in(row.Subject.Cycle), s.inboxItem(row)); item.Overdue || !filter.Overdue {
				items = append(items, item)
			}
		}
		return items, len(rows) < open.Most, err
	})
}

// open gives what the reader may see where things wait, in one cycle or in all.
func (s *Service) open(ctx context.Context, cycle string) (sights, error) {
	const what = "what is open"
	if cycle == "" {
		return s.somewhere(ctx, what)
	}
	visibility, err := s.mayRead(ctx, cycle, policy.MatterProgress, what)
	return sights{apart: map[string]policy.Visibility{cycle: visibility}}, err
}

// fill gathers as many of a list as are wanted, 0 for all, from the parts that next
// gives: what the reader may not see leaves gaps in them.
func fill[T any](most int, next func() (part []T, last bool, err error)) ([]T, error) {
	all := []T{}
	for {
		part, last, err := next()
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		if most > 0 && len(all) >= most {
			return all[:most], nil
		}
		if most == 0 || last {
			return all, nil
		}
	}
}

// awaits says for what a subject waits.
func awaits(s policy.Standing, pending string) string {
	switch state := s.State; {
	case pending != "":
		return "confirmation"
	case s.AwaitsFinal():
		return "final-text"
	case state == policy.StateDeciding:
		return "decision"
	case state == policy.StateDrafting:
		return "submission"
	default:
		return ""
	}
}

func (s *Service) inboxItem(o store.OpenSubject) service.InboxItem {
	claimed := ""
	if o.Claimed.Person != 0 {
		claimed = o.Claimed.String()
	}
	late := max(0, o.Due.DaysUntil(o.Calendar.Today(s.now())))
	return service.InboxItem{
		Subject: o.Subject, Title: o.Title, Language: o.Language, Rehearsal: o.Rehearsal,
		Awaits: awaits(policy.Standing{State: o.State, Due: o.Due}, o.Pending), Pending: o.Pending,
		Second: o.Second, Turn: o.Turn, Settles: o.Settles, Version: o.Version,
		Since: o.Since, Due: o.Due, Overdue: late > 0, DaysOverdue: late, ClaimedBy: claimed,
	}
}

// FindCycle implements service.Cycles.
func (s *Service) FindCycle(ctx context.Context, id string) (*service.Cycle, error) {
	cycle, err := s.cycle(ctx, id)
	if err != nil {
		return nil, err
	}
	open, err := s.store.ListOpen(ctx, store.OpenFilter{Reach: store.Reach{All: true}, Cycle: id})
	if err != nil {
		return nil, err
	}
	today := cycle.Calendar.Today(s.now())
	d := cycle.Definition
	view := &service.Cycle{
		CycleLine: service.CycleLine{
			ID: id, Title: d.Title, Language: d.Language, Rehearsal: cycle.Rehearsal, Stage: cycle.Stage, Today: today, Open: new(len(open)),
		},
		Predecessor: d.Predecessor, PolicyWindow: d.PolicyWindow, ImplementationWindow: d.ImplementationWindow,
		DefinitionVersion: cycle.DefinitionVersion, StartedBy: cycle.StartedBy.String(),
		Waiting: []service.InboxItem{}, Policy: []service.Subject{}, MASPs: []service.Subject{}, Decisions: []service.Decision{},
		Illustrative: d.Illustrative, Keeps: d.Stores, Meetings: slices.Clone(d.Meetings), Bodies: d.Bodies,
	}
	slices.SortStableFunc(view.Meetings, func(a, b policy.PlannedMeeting) int { return a.On.Compare(b.On) })
	view.StageSince, view.Begins = begins(cycle.StageSince, today)
	for _, o := range open {
		view.Waiting = append(view.Waiting, s.inboxItem(o))
	}
	if len(view.Waiting) > 0 {
		view.Next = &view.Waiting[0]
	}
	records := cycle.Records(today)
	view.Stages = records.Stages()
	addSubjects(view, cycle, records)
	addPriorities(view, cycle, records)
	addActs(view, cycle)
	markStale(view, cycle)
	addSeconds(view, cycle)
	visibility, err := s.visibility(ctx, id)
	if err != nil {
		return nil, err
	}
	redactCycle(visibility, view)
	if s.reader != nil {
		view.May, view.MayEnter = records.May(*s.reader), records.MayEnter(*s.reader)
	}
	return view, nil
}

// addSubjects lists every subject of the cycle where it belongs, those whose
// time has not come and those that an amendment took away included.
func addSubjects(view *service.Cycle, cycle *store.Cycle, r policy.Records) {
	periods := map[string]int{}
	for i, p := range cycle.Definition.Periods {
		periods[p.Key] = i
		view.Periods = append(view.Periods, service.Period{Key: p.Key, From: p.From, To: p.To, OAPs: []service.Subject{}, Reports: []service.Subject{}})
	}
	for _, e := range r.Agenda() {
		subject := subjectView(e, r)
		switch e.Subject.Kind {
		case policy.KindMASP:
			view.MASPs = append(view.MASPs, subject)
		case policy.KindOAP:
			p := &view.Periods[periods[e.Subject.Period]]
			p.OAPs = append(p.OAPs, subject)
		case policy.KindReport:
			p := &view.Periods[periods[e.Subject.Period]]
			p.Reports = append(p.Reports, subject)
		case policy.KindItem, policy.KindChange, policy.KindCorrection:
			view.Items = append(view.Items, subject)
		case policy.KindObligation:
			view.Obligations = append(view.Obligations, subject)
		default:
			view.Policy = append(view.Policy, subject)
		}
	}
	for _, e := range r.Past() {
		view.Discontinued = append(view.Discontinued, pastView(e, r))
	}
}

// pastView shows a subject that an amendment took off the agenda.
func pastView(e policy.Entry, r policy.Records) service.Subject {
	view := subjectView(e, r)
	view.Withdrawn = r.GoneOn(e.Subject)
	return view
}

func subjectView(e policy.Entry, r policy.Records) service.Subject {
	s := r.Standing(e)
	return service.Subject{
		Subject: e.Subject, Path: e.Subject.Path(), Title: e.Title, Priority: e.Priority,
		State: s.State, Turn: s.Turn, Since: s.Since, TurnDue: s.Due, Due: e.Due, Overdue: s.MissedOn(r.Today),
		Version: s.Version, Outcome: s.Outcome, Words: r.Definition.SettledIn(e), ClosedOn: s.ClosedOn,
	}
}

func addPriorities(view *service.Cycle, cycle *store.Cycle, r policy.Records) {
	view.Priorities = []service.Priority{}
	for _, p := range cycle.Definition.Priorities {
		v := priorityView(p, r)
		for _, oap := range p.OAPs {
			if len(oap.From) > 0 {
				v.PlanLineage = append(v.PlanLineage, service.PlanLineage{OAP: oap.Key, From: oap.From})
			}
		}
		covered := cycle.Definition.MASPsOf(p.Key)
		for _, masp := range view.MASPs {
			if slices.Contains(covered, masp.Subject) {
				v.MASPs = append(v.MASPs, masp.Path)
			}
		}
		for _, period := range view.Periods {
			v.OAPs = append(v.OAPs, oapsOf(p.Key, period.OAPs)...)
		}
		view.Priorities = append(view.Priorities, v)
	}
	for _, w := range r.Withdrawn() {
		v := priorityView(w.Priority, r)
		v.Withdrawn = w.On
		went := slices.DeleteFunc(slices.Clone(view.Discontinued), func(s service.Subject) bool { return s.Withdrawn != w.On })
		v.OAPs = append(v.OAPs, oapsOf(w.Priority.Key, went)...)
		view.Priorities = append(view.Priorities, v)
	}
}

// oapsOf gives the paths of the OAPs of a priority among subjects.
func oapsOf(priority string, subjects []service.Subject) []string {
	var paths []string
	for _, s := range subjects {
		if s.Priority == priority && s.Subject.Kind == policy.KindOAP {
			paths = append(paths, s.Path)
		}
	}
	return paths
}

func priorityView(p policy.Priority, r policy.Records) service.Priority {
	return service.Priority{
		Key: p.Key, Title: p.Title, Kind: p.Kind, Aim: p.Aim, Region: p.Region, SubPriorities: p.SubPriorities,
		Areas: p.Areas, Objectives: p.Objectives, Lineage: p.Lineage, Added: p.AddedOn, Amended: p.AmendedOn,
		Proposed: p.AddedOn.IsZero() && r.StandingOfKind(policy.KindPriorities).State != policy.StateClosed,
		Outcome:  r.PriorityOutcome(p), Words: r.Definition.Wording(policy.KindPriorities, policy.Council), MASPs: []string{}, OAPs: []string{},
	}
}

// FindSubject implements service.Worklist.
func (s *Service) FindSubject(ctx context.Context, subject policy.Subject) (*service.Subject, error) {
	cycle, err := s.cycleOn(ctx, subject)
	if err != nil {
		return nil, err
	}
	r := cycle.Records(cycle.Calendar.Today(s.now()))
	entry, err := findEntry(cycle, r, subject)
	if err != nil {
		return nil, err
	}
	view := pastView(entry, r)
	view.Stored, view.Vocabulary = policy.Stores(cycle.Definition, subject.Kind), cycle.Definition.VocabularyOn(subject.Kind)
	addRecord(&view, cycle, subject)
	notices, err := s.store.ListNotices(ctx, subject)
	if err != nil {
		return nil, err
	}
	view.Corrigenda, view.Stale = corrigendaOn(cycle, subject)
	for i := range view.Decisions {
		view.Decisions[i].Stale = view.Stale
	}
	if err := s.addWork(ctx, cycle, r, entry, &view); err != nil {
		return nil, err
	}
	view.Final = policy.FinalTextIn(cycle.ActsOn(subject))
	if known, opened := cycle.Subjects[subject]; opened && known.Open() && len(known.Turn) == 1 {
		recorded := cycle.ActsOn(subject)
		view.Positions, view.Silence = policy.PositionsOn(recorded, known.Turn[0], known.Version), known.Silence
		view.EarlierPositions = policy.EarlierPositions(recorded, known.Version)
		if known.State == policy.StateDeciding && known.Pending == "" {
			view.Outcomes = entry.OutcomesFor(known.Standing, known.Turn[0], r.Today)
		}
	}
	view.Concluded = policy.ConcludedOn(entry, cycle.ActsOn(subject))
	view.Second = secondOf(cycle.Acts, cycle.Subjects[subject].Pending)
	for _, n := range notices {
		late := n.Kind == policy.NoticeOverdue || n.Kind == policy.NoticeEscalation
		view.Notices = append(view.Notices, service.Notice{
			Kind: n.Kind, On: n.On, Due: n.Due, To: n.To, Met: late && policy.MetInTime(cycle.ActsOn(subject), n.Due),
		})
	}
	visibility, err := s.visibility(ctx, subject.Cycle)
	if err != nil {
		return nil, err
	}
	if !visibility.Some(policy.MatterProgress) && len(view.May) == 0 && unsettledItem(view) {
		return nil, visibility.Refuse(subject.String())
	}
	redactSubject(visibility, &view)
	return &view, nil
}

// addRecord adds the versions that were handed in, and what was decided on them.
func addRecord(view *service.Subject, cycle *store.Cycle, subject policy.Subject) {
	for _, act := range cycle.Acts {
		switch {
		case act.Subject != subject:
		case act.Kind == policy.ActDecide:
			view.Decisions = append(view.Decisions, decisionView(act, cycle.Definition))
		case act.Kind == policy.ActSubmit:
			view.Versions = append(view.Versions, service.Version{
				ID: act.ID, Version: act.Version, Digest: act.Digest, Document: act.Document, Date: act.Date, Due: act.Due, Revises: act.Revises,
				DaysLate: act.DaysLate(), By: act.By.String(), Comment: act.Comment, Language: act.Language, Rectifies: act.Rectifies,
				Marking: cmp.Or(act.Marking, policy.Limite), Holder: act.Holder, TextDigest: act.TextDigest, Content: act.Content,
			})
		}
	}
	markSeconds(view.Decisions, cycle)
	markRectified(view.Decisions)
	byDate(view.Decisions)
}

// corrigendaOn gives the corrigenda of a subject, and whether one makes what was
// decided stale.
func corrigendaOn(cycle *store.Cycle, subject policy.Subject) ([]policy.Corrigendum, bool) {
	corrigenda := policy.CorrigendaOn(cycle.ActsOn(subject), cycle.Records(policy.Date{}).Adopting())
	return corrigenda, slices.ContainsFunc(corrigenda, policy.Corrigendum.Stale)
}

// markStale says of every subject and decision of a cycle whether it is stale.
func markStale(view *service.Cycle, cycle *store.Cycle) {
	stale := map[policy.Subject]bool{}
	for _, act := range cycle.Acts {
		if act.Kind == policy.ActCorrect {
			_, stale[act.Subject] = corrigendaOn(cycle, act.Subject)
		}
	}
	for _, list := range subjectLists(view) {
		for i := range list {
			list[i].Stale = stale[list[i].Subject]
		}
	}
	for i := range view.Decisions {
		view.Decisions[i].Stale = stale[view.Decisions[i].Subject]
	}
}

func findEntry(cycle *store.Cycle, r policy.Records, subject policy.Subject) (policy.Entry, error) {
	if e, had := r.Known(subject); had {
		return e, nil
	}
	if known, opened := cycle.Subjects[subject]; opened { // an amendment took it away
		return policy.Entry{Subject: subject, Title: known.Title, Bodies: cycle.Definition.Bodies}, nil
	}
	return policy.Entry{}, policy.Refuse(policy.CodeUnknown, "the cycle %s has no subject %s", subject.Cycle, subject.Path())
}

// Trail implements service.Worklist.
func (s *Service) Trail(ctx context.Context, cycle string, f service.TrailFilter) ([]service.TrailEntry, error) {
	visibility, err := s.mayRead(ctx, cycle, policy.MatterTrail, "the trail of "+cycle)
	if err != nil {
		return nil, err
	}
	of := store.TrailFilter(f)
	return fill(f.Most, func() ([]service.TrailEntry, bool, error) {
		lines, err := s.store.Trail(ctx, cycle, of)
		if err != nil || len(lines) == 0 {
			return nil, true, err
		}
		of.Past = lines[len(lines)-1].Sequence
		return redactTrail(visibility, cycle, lines), len(lines) < of.Most, nil
	})
}

// redactTrail gives lines of a trail as far as the reader may see them.
func redactTrail(visibility policy.Visibility, cycle string, lines []store.TrailLine) []service.TrailEntry {
	// What somebody tried in vain is for those who steer or audit, and for the
	// body itself.
	lines = slices.DeleteFunc(lines, func(n store.TrailLine) bool {
		return !visibility.Reads(policy.Thing{Matter: policy.MatterTrail, On: n.On}) || !n.Accepted && !visibility.ConductOn(n.By.Body, n.On)
	})
	entries := make([]service.TrailEntry, len(lines))
	for i, n := range lines {
		entries[i] = service.TrailEntry{
			Sequence: n.Sequence, Recorded: n.RecordedAt, On: n.On, Act: n.Act, ActID: n.ActID,
			Claimed: n.Claimed, Accepted: n.Accepted, Code: n.Code, Message: n.Message,
		}
		if n.Path != "" {
			entries[i].Subject = cycle + "/" + n.Path
		}
		if n.By.Person != 0 {
			entries[i].By = n.By.String()
		}
		if n.For != nil {
			entries[i].OnBehalfOf = n.For.String()
		}
	}
	return entries
}
