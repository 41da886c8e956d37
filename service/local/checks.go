package local

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Findings implements service.Checks.
func (s *Service) Findings(ctx context.Context, cycle, rule string) ([]policy.Finding, error) {
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	if rule != "" {
		return d.FindingsOf(rule)
	}
	return d.Findings(), nil
}

// FindMeeting implements service.Checks.
func (s *Service) FindMeeting(ctx context.Context, cycle, key string) (*policy.MeetingView, error) {
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	return d.MeetingView(key)
}

// NationalSheet implements service.Checks.
func (s *Service) NationalSheet(ctx context.Context, cycle string, state policy.Body) (*policy.NationalSheet, error) {
	if !state.MemberState() {
		return nil, policy.Refuse(policy.CodeInvalid, "%q is not a Member State: use a code such as fr", state)
	}
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	return d.NationalSheet(state), nil
}

// Handover implements service.Checks.
func (s *Service) Handover(ctx context.Context, cycle string, on policy.Date) (*policy.Handover, error) {
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		on = policy.NextPresidency(d.Today)
	}
	return d.Handover(on), nil
}

// Money implements service.Checks.
func (s *Service) Money(ctx context.Context, cycle string) (*service.Money, error) {
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	return &service.Money{Money: d.Money(), Unfunded: append([]string{}, d.Unfunded()...)}, nil
}

// Objectives implements service.Checks.
func (s *Service) Objectives(ctx context.Context, cycle string) (*service.Objectives, error) {
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	lines, orphans := d.ObjectiveMap()
	return &service.Objectives{Objectives: lines, Orphans: append([]string{}, orphans...)}, nil
}

// Series implements service.Checks.
func (s *Service) Series(ctx context.Context, cycle, indicator string) ([]policy.SeriesPoint, error) {
	d, err := s.dossier(ctx, cycle)
	if err != nil {
		return nil, err
	}
	return append([]policy.SeriesPoint{}, d.Series(indicator)...), nil
}
