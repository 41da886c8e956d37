package remote

import (
	"context"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// FindContent implements service.Contents.
func (s *Service) FindContent(ctx context.Context, subject policy.Subject, version int) (*service.Document, error) {
	return call(ctx, s, httpapi.FindContent, httpapi.Version{Subject: httpapi.NameSubject(subject), Version: version})
}

// FindFile implements service.Contents.
func (s *Service) FindFile(ctx context.Context, subject policy.Subject, record string) (*service.File, error) {
	return call(ctx, s, httpapi.FindFile, httpapi.FileOf{Subject: httpapi.NameSubject(subject), Record: record})
}

// CompareVersions implements service.Contents.
func (s *Service) CompareVersions(ctx context.Context, subject policy.Subject, was, is int) (*service.Comparison, error) {
	return call(ctx, s, httpapi.Compare, httpapi.Versions{Subject: httpapi.NameSubject(subject), Was: was, Is: is})
}

// RollOver implements service.Contents.
func (s *Service) RollOver(ctx context.Context, oap policy.Subject) (*rules.RolledOver, error) {
	return call(ctx, s, httpapi.RollOver, httpapi.NameSubject(oap))
}

// FindRound implements service.Contents.
func (s *Service) FindRound(ctx context.Context, report policy.Subject) (*rules.RoundStatus, error) {
	return call(ctx, s, httpapi.FindRound, httpapi.NameSubject(report))
}

// ListRows implements service.Registers.
func (s *Service) ListRows(ctx context.Context, f service.RowFilter) ([]policy.Row, error) {
	in, past := httpapi.RowFilter{Cycle: httpapi.Cycle{Cycle: f.Cycle}, Register: string(f.Register), Prefix: f.Prefix, History: f.History}, ""
	if f.History {
		f.Most = 0
	} else if f.Past != (policy.RowPlace{}) {
		past = httpapi.Cursor(string(f.Past.Register), f.Past.Key)
	}
	return some(ctx, s, httpapi.ListRows, past, f.Most, func(p httpapi.Paging) httpapi.RowFilter { in.Paging = p; return in })
}

// Findings implements service.Checks.
func (s *Service) Findings(ctx context.Context, cycle string, f service.FindingFilter) ([]policy.Finding, error) {
	in := httpapi.FindingsFilter{Cycle: httpapi.Cycle{Cycle: cycle}, Rule: f.Rule, Path: f.Subject}
	return some(ctx, s, httpapi.Findings, "", 0, func(p httpapi.Paging) httpapi.FindingsFilter { in.Paging = p; return in })
}

// FindMeeting implements service.Checks.
func (s *Service) FindMeeting(ctx context.Context, cycle, key string) (*rules.MeetingView, error) {
	return call(ctx, s, httpapi.FindMeeting, httpapi.Meeting{Cycle: httpapi.Cycle{Cycle: cycle}, Meeting: key})
}

// NationalSheet implements service.Checks.
func (s *Service) NationalSheet(ctx context.Context, cycle string, state policy.Body) (*rules.NationalSheet, error) {
	return call(ctx, s, httpapi.National, httpapi.State{Cycle: httpapi.Cycle{Cycle: cycle}, State: string(state)})
}

// Handover implements service.Checks.
func (s *Service) Handover(ctx context.Context, cycle string, on policy.Date) (*service.Handover, error) {
	return call(ctx, s, httpapi.Handover, httpapi.On{Cycle: httpapi.Cycle{Cycle: cycle}, On: on})
}

// Money implements service.Checks.
func (s *Service) Money(ctx context.Context, cycle string) (*service.Money, error) {
	return call(ctx, s, httpapi.Money, httpapi.Cycle{Cycle: cycle})
}

// Objectives implements service.Checks.
func (s *Service) Objectives(ctx context.Context, cycle string) (*service.Objectives, error) {
	return call(ctx, s, httpapi.Objectives, httpapi.Cycle{Cycle: cycle})
}

// Summary implements service.Checks.
func (s *Service) Summary(ctx context.Context, cycle string, f rules.SummaryFilter) (*rules.Summary, error) {
	in := httpapi.Sum{Cycle: httpapi.Cycle{Cycle: cycle}, Year: f.Year, Period: f.Period, State: string(f.State), Priority: f.Priority}
	return call(ctx, s, httpapi.Summary, in)
}

// Compliance implements service.Checks.
func (s *Service) Compliance(ctx context.Context, cycle string) ([]rules.Compliance, error) {
	return given(call(ctx, s, httpapi.Compliance, httpapi.Cycle{Cycle: cycle}))
}

// Obligations implements service.Checks.
func (s *Service) Obligations(ctx context.Context, cycle string) ([]rules.Owed, error) {
	return given(call(ctx, s, httpapi.Obligations, httpapi.Cycle{Cycle: cycle}))
}

// Series implements service.Checks.
func (s *Service) Series(ctx context.Context, cycle, indicator string) ([]rules.SeriesPoint, error) {
	return given(call(ctx, s, httpapi.Series, httpapi.Indicator{Cycle: httpapi.Cycle{Cycle: cycle}, Indicator: indicator}))
}

// Export implements service.Transfer.
func (s *Service) Export(ctx context.Context, cycle string) (*service.Whole, error) {
	return call(ctx, s, httpapi.Export, httpapi.Cycle{Cycle: cycle})
}

// Import implements service.Transfer.
func (s *Service) Import(ctx context.Context, whole service.Whole) (*service.Cycle, error) {
	return call(ctx, s, httpapi.Import, httpapi.Keyed[service.Import]{Body: service.Import{Whole: whole}})
}

// AddForgotten implements service.Transfer.
func (s *Service) AddForgotten(ctx context.Context, whole service.Whole) (*service.Added, error) {
	return call(ctx, s, httpapi.AddForgotten, httpapi.Keyed[service.Import]{Body: service.Import{Whole: whole}})
}
