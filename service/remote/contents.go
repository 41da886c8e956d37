package remote

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
)

// FindContent implements service.Contents.
func (s *Service) FindContent(ctx context.Context, subject policy.Subject, version int) (*service.Document, error) {
	return call(ctx, s, wire.FindContent, wire.Version{Subject: wire.NameSubject(subject), Version: version})
}

// CompareVersions implements service.Contents.
func (s *Service) CompareVersions(ctx context.Context, subject policy.Subject, was, is int) (*service.Comparison, error) {
	return call(ctx, s, wire.Compare, wire.Versions{Subject: wire.NameSubject(subject), Was: was, Is: is})
}

// RollOver implements service.Contents.
func (s *Service) RollOver(ctx context.Context, oap policy.Subject) (*policy.RolledOver, error) {
	return call(ctx, s, wire.RollOver, wire.NameSubject(oap))
}

// FindRound implements service.Contents.
func (s *Service) FindRound(ctx context.Context, report policy.Subject) (*policy.RoundStatus, error) {
	return call(ctx, s, wire.FindRound, wire.NameSubject(report))
}

// ListRows implements service.Registers.
func (s *Service) ListRows(ctx context.Context, f service.RowFilter) ([]policy.Row, error) {
	return pages(ctx, s, wire.ListRows, func(p wire.Paging) wire.RowFilter {
		return wire.RowFilter{Cycle: wire.Cycle{Cycle: f.Cycle}, Paging: p, Register: string(f.Register), Prefix: f.Prefix, History: f.History}
	})
}

// Findings implements service.Checks.
func (s *Service) Findings(ctx context.Context, cycle, rule string) ([]policy.Finding, error) {
	return pages(ctx, s, wire.Findings, func(p wire.Paging) wire.FindingsFilter {
		return wire.FindingsFilter{Cycle: wire.Cycle{Cycle: cycle}, Paging: p, Rule: rule}
	})
}

// FindMeeting implements service.Checks.
func (s *Service) FindMeeting(ctx context.Context, cycle, key string) (*policy.MeetingView, error) {
	return call(ctx, s, wire.FindMeeting, wire.Meeting{Cycle: wire.Cycle{Cycle: cycle}, Meeting: key})
}

// NationalSheet implements service.Checks.
func (s *Service) NationalSheet(ctx context.Context, cycle string, state policy.Body) (*policy.NationalSheet, error) {
	return call(ctx, s, wire.National, wire.State{Cycle: wire.Cycle{Cycle: cycle}, State: string(state)})
}

// Handover implements service.Checks.
func (s *Service) Handover(ctx context.Context, cycle string, on policy.Date) (*service.Handover, error) {
	return call(ctx, s, wire.Handover, wire.On{Cycle: wire.Cycle{Cycle: cycle}, On: on})
}

// Money implements service.Checks.
func (s *Service) Money(ctx context.Context, cycle string) (*service.Money, error) {
	return call(ctx, s, wire.Money, wire.Cycle{Cycle: cycle})
}

// Objectives implements service.Checks.
func (s *Service) Objectives(ctx context.Context, cycle string) (*service.Objectives, error) {
	return call(ctx, s, wire.Objectives, wire.Cycle{Cycle: cycle})
}

// Summary implements service.Checks.
func (s *Service) Summary(ctx context.Context, cycle string, f policy.SummaryFilter) (*policy.Summary, error) {
	return call(ctx, s, wire.Summary, wire.Sum{Cycle: wire.Cycle{Cycle: cycle}, Year: f.Year, Period: f.Period, State: string(f.State)})
}

// Obligations implements service.Checks.
func (s *Service) Obligations(ctx context.Context, cycle string) ([]policy.Owed, error) {
	return given(call(ctx, s, wire.Obligations, wire.Cycle{Cycle: cycle}))
}

// Series implements service.Checks.
func (s *Service) Series(ctx context.Context, cycle, indicator string) ([]policy.SeriesPoint, error) {
	return given(call(ctx, s, wire.Series, wire.Indicator{Cycle: wire.Cycle{Cycle: cycle}, Indicator: indicator}))
}

// Export implements service.Transfer.
func (s *Service) Export(ctx context.Context, cycle string) (*service.Whole, error) {
	return call(ctx, s, wire.Export, wire.Cycle{Cycle: cycle})
}

// Import implements service.Transfer.
func (s *Service) Import(ctx context.Context, whole service.Whole) (*service.Cycle, error) {
	return call(ctx, s, wire.Import, wire.Keyed[service.Whole]{Body: whole})
}
