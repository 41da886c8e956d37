package local

import (
	"cmp"
	"context"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// Findings implements service.Checks.
func (s *Service) Findings(ctx context.Context, cycle string, filter service.FindingFilter) ([]policy.Finding, error) {
	visibility, err := s.mayRead(ctx, cycle, policy.MatterFindings, "what stands in the documents of "+cycle)
	if err != nil {
		return nil, err
	}
	mark, calendar, err := s.store.FindMark(ctx, cycle)
	if err != nil {
		return nil, err
	}
	by := foundBy{cycle, filter.Subject, filter.Rule, mark, calendar.Today(s.now())}
	all, err := s.found.of(by, func() ([]policy.Finding, error) {
		d, err := s.snapshotFor(ctx, cycle, filter.Subject)
		switch {
		case err != nil:
			return nil, err
		case filter.Rule != "":
			return d.FindingsOf(filter.Rule)
		default:
			return d.Findings(), nil
		}
	})
	if filter.Subject != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(f policy.Finding) bool { return f.Subject != filter.Subject })
	}
	return visibility.Findings(all), err
}

// Compliance implements service.Checks.
func (s *Service) Compliance(ctx context.Context, cycle string) ([]rules.Compliance, error) {
	d, err := s.snapshot(ctx, cycle, policy.MatterFindings)
	if err != nil {
		return nil, err
	}
	visibility, err := s.visibility(ctx, cycle)
	if err != nil {
		return nil, err
	}
	lines := d.Compliance()
	for i := range lines { // what it found stands; whose it is not everybody may see
		lines[i].Findings = visibility.Findings(lines[i].Findings)
	}
	return lines, nil
}

// FindMeeting implements service.Checks.
func (s *Service) FindMeeting(ctx context.Context, cycle, key string) (*rules.MeetingView, error) {
	d, err := s.snapshot(ctx, cycle, policy.MatterProgress)
	if err != nil {
		return nil, err
	}
	view, err := d.MeetingView(key)
	if err != nil {
		return nil, err
	}
	visibility, err := s.visibility(ctx, cycle)
	if err != nil {
		return nil, err
	}
	for i := range view.Items {
		view.Items[i].Findings = visibility.Findings(view.Items[i].Findings)
	}
	if s.reader != nil {
		offerAt(view, d, *s.reader)
	}
	return view, nil
}

// offerAt says what somebody may do about a meeting, about its items, and about its
// outcomes that wait for a second person.
func offerAt(m *rules.MeetingView, d *rules.Snapshot, who policy.Principal) {
	m.May = d.MayAt(who, m.Key)
	may := map[string][]policy.Deed{}
	for _, e := range d.Agenda() {
		path := e.Subject.Path()
		listed := func(i rules.MeetingItem) bool { return i.Subject == path }
		waits := func(o rules.MeetingOutcome) bool { return o.Subject == path && o.State == rules.OutcomeWaiting }
		if slices.ContainsFunc(m.Items, listed) || slices.ContainsFunc(m.Outcomes, waits) {
			may[path] = d.MayDo(who, e, d.Acts[e.Subject])
		}
	}
	for i := range m.Items {
		m.Items[i].May = may[m.Items[i].Subject]
	}
	for i := range m.Outcomes {
		if m.Outcomes[i].State == rules.OutcomeWaiting {
			m.Outcomes[i].May = slices.DeleteFunc(slices.Clone(may[m.Outcomes[i].Subject]), func(deed policy.Deed) bool {
				return deed != policy.Deed(policy.ActConfirm) && deed != policy.Deed(policy.ActSetAside)
			})
		}
	}
}

// NationalSheet implements service.Checks.
func (s *Service) NationalSheet(ctx context.Context, cycle string, state policy.Body) (*rules.NationalSheet, error) {
	d, err := s.snapshot(ctx, cycle, policy.MatterProgress)
	if err != nil {
		return nil, err
	}
	bodies := d.Definition.Bodies
	if !bodies.MemberState(state) {
		return nil, policy.Refuse(policy.CodeInvalid, "%q is not a Member State: use a code such as fr", state)
	}
	if visibility, err := s.visibility(ctx, cycle); err != nil || !visibility.Conduct(state) {
		return nil, cmp.Or(err, error(policy.Refuse(policy.CodeMarking, "the sheet of %s is for that delegation, the Presidency, the General Secretariat and the EMPACT Support Team", bodies.Title(state))))
	}
	sheet := d.NationalSheet(state)
	sheet.MayConsent = s.reader != nil && d.MayConsent(*s.reader, state)
	return sheet, nil
}

// Handover implements service.Checks.
func (s *Service) Handover(ctx context.Context, cycle string, on policy.Date) (*service.Handover, error) {
	d, err := s.snapshot(ctx, cycle, policy.MatterProgress)
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		on = policy.NextPresidency(d.Today)
	}
	h := &service.Handover{Handover: *d.Handover(on)}
	if d.Definition.Predecessor == "" {
		return h, nil
	}
	before, err := s.snapshot(ctx, d.Definition.Predecessor, policy.MatterProgress)
	if code := policy.CodeOf(err); code == policy.CodeUnknown || code == policy.CodeMarking {
		return h, nil // the cycle before was never kept here, or is not theirs to read
	}
	if err != nil {
		return nil, err
	}
	h.Inherited = before.Handover(d.Definition.ImplementationWindow.From)
	return h, nil
}

// askOf asks the snapshot of a cycle for what follows from it.
func askOf[T any](ctx context.Context, s *Service, cycle string, what func(*rules.Snapshot) T) (answer T, err error) {
	d, err := s.snapshot(ctx, cycle, policy.MatterSums)
	if err == nil {
		answer = what(d)
	}
	return answer, err
}

// Summary implements service.Checks.
func (s *Service) Summary(ctx context.Context, cycle string, filter rules.SummaryFilter) (*rules.Summary, error) {
	d, err := s.snapshot(ctx, cycle, policy.MatterSums)
	if err != nil {
		return nil, err
	}
	if filter.State != "" && !d.Definition.Bodies.MemberState(filter.State) {
		unknown := policy.Refuse(policy.CodeInvalid, "%q is not a Member State: use a code such as fr", filter.State)
		unknown.Field = "state"
		return nil, unknown
	}
	ofIt := func(e policy.Entry) bool { return e.Priority == filter.Priority }
	if filter.Priority != "" && !slices.ContainsFunc(d.WholeAgenda(), ofIt) {
		unknown := policy.Refuse(policy.CodeInvalid, "%s is %q: the cycle %s has no such priority", "priority", filter.Priority, cycle)
		unknown.Field = "priority"
		return nil, unknown
	}
	return d.Summarise(filter), nil
}

// Obligations implements service.Checks.
func (s *Service) Obligations(ctx context.Context, cycle string) ([]rules.Owed, error) {
	return askOf(ctx, s, cycle, (*rules.Snapshot).Obligations)
}

// Money implements service.Checks.
func (s *Service) Money(ctx context.Context, cycle string) (*service.Money, error) {
	return askOf(ctx, s, cycle, func(d *rules.Snapshot) *service.Money {
		return &service.Money{Money: d.Money(), Unfunded: append([]string{}, d.Unfunded()...)}
	})
}

// Objectives implements service.Checks.
func (s *Service) Objectives(ctx context.Context, cycle string) (*service.Objectives, error) {
	return askOf(ctx, s, cycle, func(d *rules.Snapshot) *service.Objectives {
		lines, orphans := d.ObjectiveMap()
		return &service.Objectives{Objectives: lines, Orphans: append([]string{}, orphans...)}
	})
}

// Series implements service.Checks.
func (s *Service) Series(ctx context.Context, cycle, indicator string) ([]rules.SeriesPoint, error) {
	return askOf(ctx, s, cycle, func(d *rules.Snapshot) []rules.SeriesPoint {
		return append([]rules.SeriesPoint{}, d.Series(indicator)...)
	})
}
