package local

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/store"
)

// MakeCalendar implements service.Calendars.
func (s *Service) MakeCalendar(ctx context.Context, of service.CalendarScope) (*service.MadeCalendar, error) {
	who, err := s.me(ctx)
	if err == nil {
		err = of.Check()
	}
	if err == nil {
		err = s.knowsScope(ctx, of)
	}
	if err != nil {
		return nil, err
	}
	made, token, err := s.store.MakeCalendar(ctx, who, of, s.now())
	if err != nil {
		return nil, err
	}
	return &service.MadeCalendar{KnownCalendar: calendarView(made), Path: service.CalendarPath(token)}, nil
}

// knowsScope refuses a body or a cycle that is not here.
func (s *Service) knowsScope(ctx context.Context, of service.CalendarScope) error {
	if of.Cycle != "" {
		_, err := s.store.FindCircle(ctx, of.Cycle)
		return err
	}
	if of.Body == "" || of.Body.Known() {
		return nil
	}
	bodies, err := s.store.Bodies(ctx)
	if err != nil {
		return err
	}
	return bodies.JudgeKnown(of.Body)
}

// ListCalendars implements service.Calendars.
func (s *Service) ListCalendars(ctx context.Context) ([]service.KnownCalendar, error) {
	who, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	manages := policy.AuthoriseDeed(who, policy.DeedPeople, "") == nil
	rows, err := s.store.ListCalendars(ctx, who.Person, manages)
	if err != nil {
		return nil, err
	}
	known := make([]service.KnownCalendar, len(rows))
	for i, row := range rows {
		known[i] = calendarView(row)
	}
	return known, nil
}

// RevokeCalendar implements service.Calendars.
func (s *Service) RevokeCalendar(ctx context.Context, calendar int64) error {
	who, err := s.me(ctx)
	if err != nil {
		return err
	}
	return s.store.RevokeCalendar(ctx, who, calendar, s.now())
}

func calendarView(c store.Calendar) service.KnownCalendar {
	return service.KnownCalendar{Calendar: c.ID, Person: c.Person, Name: c.Name, CalendarScope: c.Scope, Made: c.Made, Read: c.Read}
}
