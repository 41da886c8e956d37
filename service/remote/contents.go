package remote

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
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
func (s *Service) RollOver(ctx context.Context, oap policy.Subject) (*rules.RolledOver, error) {
	return call(ctx, s, wire.RollOver, wire.NameSubject(oap))
}

// FindRound implements service.Contents.
func (s *Service) FindRound(ctx context.Context, report policy.Subject) (*rules.RoundStatus, error) {
	return call(ctx, s, wire.FindRound, wire.NameSubject(report))
}

// ListRows implements service.Registers.
func (s *Service) ListRows(ctx context.Context, f service.RowFilter) ([]policy.Row, error) {
	in, past := wire.RowFilter{Cycle: wire.Cycle{Cycle: f.Cycle}, Register: string(f.Register), Prefix: f.Prefix, History: f.History}, ""
	if f.History {
		f.Most = 0
	} else if f.Past != (policy.RowPlace{}) {
		past = wire.Cursor(string(f.Past.Register), f.Past.Key)
	}
	return some(ctx, s, wire.ListRows, past, f.Most, func(p wire.Paging) wire.RowFilter { in.Paging = p; return in })
}

// Findings implements service.Checks.
func (s *Service) Findings(ctx context.Context, cycle string, f service.FindingFilter) ([]policy.Finding, error) {
	in := wire.FindingsFilter{Cycle: wire.Cycle{Cycle: cycle}, Rule: f.Rule, Path: f.Subject}
	return some(ctx, s, wire.Findings, "", 0, func(p wire.Paging) wire.FindingsFilter { in.Paging = p; return in })
}

// FindMeeting implements service.Checks.
func (s *Service) FindMeeting(ctx context.Context, cycle, key string) (*rules.MeetingView, error) {
	return call(ctx, s, wire.FindMeeting, wire.Meeting{Cycle: wire.Cycle{Cycle: cycle}, Meeting: key})
}

// NationalSheet implements service.Checks.
func (s *Service) NationalSheet(ctx context.Context, cycle string, state policy.Body) (*rules.NationalSheet, error) {
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
func (s *Service) Summary(ctx context.Context, cycle string, f rules.SummaryFilter) (*rules.Summary, error) {
	return call(ctx, s, wire.Summary, wire.Sum{Cycle: wire.Cycle{Cycle: cycle}, Year: f.Year, Period: f.Period, State: string(f.State)})
}

// Obligations implements service.Checks.
func (s *Service) Obligations(ctx context.Context, cycle string) ([]rules.Owed, error) {
	return given(call(ctx, s, wire.Obligations, wire.Cycle{Cycle: cycle}))
}

// Series implements service.Checks.
func (s *Service) Series(ctx context.Context, cycle, indicator string) ([]rules.SeriesPoint, error) {
	return given(call(ctx, s, wire.Series, wire.Indicator{Cycle: wire.Cycle{Cycle: cycle}, Indicator: indicator}))
}

// Export implements service.Transfer.
func (s *Service) Export(ctx context.Context, cycle string) (*service.Whole, error) {
	return call(ctx, s, wire.Export, wire.Cycle{Cycle: cycle})
}

// Import implements service.Transfer.
func (s *Service) Import(ctx context.Context, whole service.Whole) (*service.Cycle, error) {
	return call(ctx, s, wire.Import, wire.Keyed[service.Import]{Body: service.Import{Whole: whole}})
}
