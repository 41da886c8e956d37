package local

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// Enter implements service.Registers.
func (s *Service) Enter(ctx context.Context, in service.Enter) (*service.Entered, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	rows := slices.Clone(in.Rows)
	tidy(rows)
	brief, err := s.store.FindBrief(ctx, policy.Subject{Cycle: in.Cycle})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].By = who.Actor
		rows[i].Date = s.dateOr(rows[i].Date, brief)
	}
	id := in.ID
	if id == "" {
		if id, err = entryID(in.Cycle, rows); err != nil {
			return nil, err
		}
	}
	entered, err := s.store.Enter(ctx, store.Entering{ID: id, Cycle: in.Cycle, By: who.Actor, Rows: rows, Now: s.now()})
	if err != nil {
		return nil, err
	}
	answer := &service.Entered{ID: entered.ID, Rows: entered.Rows, Recorded: entered.Recorded}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.Key
	}
	if all, err := s.store.ListRowsUnder(ctx, in.Cycle, rows[0].Register, keys); err == nil { // recorded they are
		answer.Remarks = policy.Overtaken(rows, all, brief.Calendar.Today(s.now()))
	}
	for _, remark := range answer.Remarks {
		answer.Overtaken = append(answer.Overtaken, remark.Message)
	}
	return answer, nil
}

// entryID makes an ID of rows, so that entering the same again is the same.
func entryID(cycle string, rows []policy.Row) (string, error) {
	content, err := evidence.Canonical(struct {
		Cycle string       `json:"cycle"`
		Rows  []policy.Row `json:"rows"`
	}{cycle, rows})
	if err != nil {
		return "", err
	}
	return evidence.ShortID(content), nil
}

// ListRows implements service.Registers.
func (s *Service) ListRows(ctx context.Context, filter service.RowFilter) ([]policy.Row, error) {
	var registers []policy.Register
	if filter.Register != "" {
		registers = []policy.Register{filter.Register}
	}
	brief, err := s.store.FindBrief(ctx, policy.Subject{Cycle: filter.Cycle})
	if err != nil {
		return nil, err
	}
	visibility, err := s.mayRead(ctx, filter.Cycle, policy.MatterRegisters, "the registers of "+filter.Cycle)
	if err != nil {
		return nil, err
	}
	seen := func(rows []policy.Row) []policy.Row {
		rows = slices.DeleteFunc(rows, func(r policy.Row) bool { return !visibility.Row(r) })
		if !visibility.Some(policy.MatterTrail) {
			for i := range rows {
				rows[i].By = policy.Actor{Body: rows[i].By.Body}
			}
		}
		if filter.History {
			return rows
		}
		return policy.RowsOn(brief.Calendar.Today(s.now()), rows)
	}
	if filter.Most == 0 || filter.History {
		rows, err := s.store.ListRows(ctx, filter.Cycle, registers, filter.Prefix)
		return append([]policy.Row{}, seen(rows)...), err
	}
	part := &store.RowPart{Registers: registers, Prefix: filter.Prefix, Past: filter.Past, Most: filter.Most}
	return fill(filter.Most, func() ([]policy.Row, bool, error) {
		rows, next, err := s.store.ListRowsOf(ctx, filter.Cycle, *part)
		part = next
		return seen(rows), next == nil, err
	})
}

// MoveMeeting implements service.Registers.
func (s *Service) MoveMeeting(ctx context.Context, m service.MoveMeeting) (*service.Receipt, error) {
	cycle, err := s.store.FindScript(ctx, m.Cycle)
	if err != nil {
		return nil, err
	}
	d, today := *cycle.Definition, cycle.Calendar.Today(s.now())
	d.Meetings = slices.Clone(d.Meetings)
	if m.Date.IsZero() {
		m.Date = today
	}
	switch planned := d.Meeting(m.Key); {
	case m.On.IsZero():
		return nil, &policy.Error{Code: policy.CodeInvalid, Field: "on", Message: "say to which day the meeting moves"}
	case planned != nil && planned.On.Before(today) && m.Decision != "":
		planned.On, planned.Rectified = m.On, m.Date
	case planned != nil:
		planned.On, planned.Cancelled = m.On, policy.Date{}
	case m.Title == "" || m.Body == "":
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle %s has no meeting %q; a new one needs a title and a body", m.Cycle, m.Key)
	default:
		d.Meetings = append(d.Meetings, policy.PlannedMeeting{Key: m.Key, Title: m.Title, Body: m.Body, On: m.On})
	}
	return s.AmendCycle(ctx, service.AmendCycle{
		ID: m.ID, Cycle: m.Cycle, Date: m.Date, Decision: m.Decision,
		Amendment: policy.Amendment{Reason: m.Reason, Meetings: d.Meetings},
	})
}

// CancelMeeting implements service.Registers.
func (s *Service) CancelMeeting(ctx context.Context, m service.CancelMeeting) (*service.Receipt, error) {
	cycle, err := s.store.FindScript(ctx, m.Cycle)
	if err != nil {
		return nil, err
	}
	d := *cycle.Definition
	d.Meetings = slices.Clone(d.Meetings)
	planned := d.Meeting(m.Key)
	if planned == nil {
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle has no meeting %q", m.Key)
	}
	today := cycle.Calendar.Today(s.now())
	if err := policy.JudgeHeld(*planned, today); err != nil {
		return nil, err
	}
	if m.Date.IsZero() {
		m.Date = today
	}
	if planned.Cancelled.IsZero() { // else it is as it was
		planned.Cancelled = m.Date
	}
	return s.AmendCycle(ctx, service.AmendCycle{
		ID: m.ID, Cycle: m.Cycle, Date: m.Date, Amendment: policy.Amendment{Reason: m.Reason, Meetings: d.Meetings},
	})
}
