package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
)

// cycles serves the operations on whole cycles.
func (s *server) cycles(api huma.API) {
	register(s, api, wire.ListCycles, listCycles)
	register(s, api, wire.StartCycle, func(ctx context.Context, c call, in *wire.Keyed[service.StartCycle]) (*service.Cycle, error) {
		return c.StartCycle(ctx, in.Body)
	})
	onCycle(s, api, wire.FindCycle, service.Service.FindCycle)
	onCycle(s, api, wire.FindScript, service.Service.FindScript)
	register(s, api, wire.FindRows, func(ctx context.Context, c call, in *wire.Cycle) (*[]policy.Row, error) {
		return list(c.FindScriptedRows(ctx, in.Cycle))
	})
	register(s, api, wire.Scripts, func(ctx context.Context, c call, _ *wire.Nothing) (*[]string, error) { return list(c.ListScripts(ctx)) })
	onCycle(s, api, wire.Export, service.Service.Export)
	register(s, api, wire.Import, func(ctx context.Context, c call, in *wire.Keyed[service.Import]) (*service.Cycle, error) {
		return c.Import(ctx, in.Body.Whole)
	})
}

func listCycles(ctx context.Context, c call, in *wire.CycleFilter) (*wire.Page[service.CycleLine], error) {
	filter := service.CycleFilter{Text: in.Text, Rehearsal: in.Only()}
	filter.Past, filter.Most = in.Cursor, in.Limit+1
	lines, err := c.ListCycles(ctx, filter)
	if err != nil {
		return nil, err
	}
	return first(lines, in.Limit, func(c service.CycleLine) string { return c.ID }), nil
}

// list gives a list that is never null.
func list[T any](items []T, err error) (*[]T, error) {
	if items == nil {
		items = []T{}
	}
	return &items, err
}

// acts serves what is recorded.
func (s *server) acts(api huma.API) {
	register(s, api, wire.Decide, func(ctx context.Context, c call, in *wire.Act[service.Decide]) (*service.Receipt, error) {
		d, err := decision(c, in)
		if err != nil {
			return nil, err
		}
		return c.Decide(ctx, d)
	})
	register(s, api, wire.SealDecision, func(ctx context.Context, c call, in *wire.Act[service.Decide]) (*evidence.Envelope, error) {
		d, err := decision(c, in)
		if err != nil {
			return nil, err
		}
		return c.SealDecision(ctx, d)
	})
	act(s, api, wire.Confirm, service.Service.Confirm)
	act(s, api, wire.SetAside, service.Service.SetAside)
	act(s, api, wire.Launch, service.Service.Launch)
	act(s, api, wire.TakePosition, service.Service.TakePosition)
	act(s, api, wire.Correct, service.Service.Correct)
	act(s, api, wire.Submit, service.Service.Submit)
	act(s, api, wire.OpenItem, service.Service.OpenItem)
	act(s, api, wire.AmendCycle, service.Service.AmendCycle)
	act(s, api, wire.CloseRound, service.Service.CloseRound)
	act(s, api, wire.MoveMeeting, service.Service.MoveMeeting)
	register(s, api, wire.Enter, s.enter)
}

// act serves an act, which has its key as its ID.
func act[B any, P interface {
	*B
	SetID(id string)
}](s *server, api huma.API, op wire.Operation[wire.Act[B], service.Receipt], do func(service.Service, context.Context, B) (*service.Receipt, error)) {
	register(s, api, op, func(ctx context.Context, c call, in *wire.Act[B]) (*service.Receipt, error) {
		P(&in.Body).SetID(in.Key)
		return do(c.Service, ctx, in.Body)
	})
}

// change serves a deed with a body of which nothing comes back.
func change[B any](s *server, api huma.API, op wire.Operation[wire.Keyed[B], wire.Nothing], do func(service.Service, context.Context, B) error) {
	registerDone(s, api, op, func(ctx context.Context, c call, in *wire.Keyed[B]) error { return do(c.Service, ctx, in.Body) })
}

// onCycle serves a question about a cycle.
func onCycle[O any](s *server, api huma.API, op wire.Operation[wire.Cycle, O], do func(service.Service, context.Context, string) (*O, error)) {
	register(s, api, op, func(ctx context.Context, c call, in *wire.Cycle) (*O, error) { return do(c.Service, ctx, in.Cycle) })
}

// decision gives a decision, which whoever asks records.
func decision(c call, in *wire.Act[service.Decide]) (service.Decide, error) {
	in.Body.ID = in.Key
	return in.Body, c.said(in.Body.By, "by")
}

func (s *server) enter(ctx context.Context, c call, in *wire.Act[service.Enter]) (*service.Entered, error) {
	in.Body.ID = in.Key
	effect := false
	for i, row := range in.Body.Rows {
		if err := c.said(row.By, fmt.Sprintf("rows[%d].by", i)); err != nil {
			return nil, err
		}
		effect = effect || row.Register.WantsFreshLogin()
	}
	if effect {
		if err := s.decides(ctx); err != nil {
			return nil, err
		}
	}
	return c.Enter(ctx, in.Body)
}

// said refuses a body that says that somebody else records it than who asks.
func (c call) said(by policy.Actor, field string) error {
	if by == (policy.Actor{}) || by == c.Who.Actor {
		return nil
	}
	return &policy.Error{Code: policy.CodeInvalid, Field: field, Message: field + " is not said here: who records something is who asks, by token or by Policycycle-As"}
}

// desk serves what waits for whom, and what is being written.
func (s *server) desk(api huma.API) {
	register(s, api, wire.Inbox, inbox)
	register(s, api, wire.FindSubject, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*service.Subject, error) {
		return c.FindSubject(ctx, subject)
	}))
	register(s, api, wire.Trail, trail)
	change(s, api, wire.Claim, service.Service.Claim)
	change(s, api, wire.Remind, service.Service.Remind)
	register(s, api, wire.Search, func(ctx context.Context, c call, in *wire.Text) (*[]service.Found, error) {
		return list(c.Search(ctx, in.Text))
	})
	register(s, api, wire.FindDraft, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*service.Draft, error) {
		return c.FindDraft(ctx, subject)
	}))
	register(s, api, wire.SaveDraft, saveDraft)
	registerDone(s, api, wire.ThrowDraft, func(ctx context.Context, c call, in *wire.DropDraft) error {
		var d service.SaveDraft
		var err error
		if d.Subject, err = in.Subject.Subject(); err != nil {
			return err
		}
		if d.Revision, err = revision(in.Match); err != nil {
			return err
		}
		return c.DropDraft(ctx, d)
	})
}

// onSubject makes an operation of a question about a subject.
func onSubject[O any](do func(context.Context, call, policy.Subject) (*O, error)) func(context.Context, call, *wire.Subject) (*O, error) {
	return func(ctx context.Context, c call, in *wire.Subject) (*O, error) {
		subject, err := in.Subject()
		if err != nil {
			return nil, err
		}
		return do(ctx, c, subject)
	}
}

func saveDraft(ctx context.Context, c call, in *wire.Draft) (*service.Draft, error) {
	var d service.SaveDraft
	var err error
	if d.Subject, err = in.Subject.Subject(); err != nil {
		return nil, err
	}
	if d.Revision, err = revision(in.Match); err != nil {
		return nil, err
	}
	content := policy.NewContent(d.Subject.Kind)
	if content == nil {
		return nil, policy.Refuse(policy.CodeInvalid, "what stands in %s is not kept as data: it has no draft here", d.Subject)
	}
	text, err := json.Marshal(in.Body.Content)
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(content)
	}
	if err != nil {
		return nil, &policy.Error{Code: policy.CodeInvalid, Field: "content", Message: "the content does not have the shape of a " + d.Subject.Kind.Title()}
	}
	d.Content = content
	return c.SaveDraft(ctx, d)
}

// contents serves what stands in documents and registers, and the checks.
func (s *server) contents(api huma.API) {
	register(s, api, wire.FindContent, func(ctx context.Context, c call, in *wire.Version) (*service.Document, error) {
		subject, err := in.Subject.Subject()
		if err != nil {
			return nil, err
		}
		return c.FindContent(ctx, subject, in.Version)
	})
	register(s, api, wire.Compare, func(ctx context.Context, c call, in *wire.Versions) (*service.Comparison, error) {
		subject, err := in.Subject.Subject()
		if err != nil {
			return nil, err
		}
		return c.CompareVersions(ctx, subject, in.Was, in.Is)
	})
	register(s, api, wire.RollOver, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*rules.RolledOver, error) {
		return c.RollOver(ctx, subject)
	}))
	register(s, api, wire.FindRound, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*rules.RoundStatus, error) {
		return c.FindRound(ctx, subject)
	}))
	register(s, api, wire.ListRows, rows)
	register(s, api, wire.Findings, func(ctx context.Context, c call, in *wire.FindingsFilter) (*wire.Page[policy.Finding], error) {
		found, err := c.Findings(ctx, in.Cycle.Cycle, service.FindingFilter{Rule: in.Rule, Subject: in.Path})
		if err != nil {
			return nil, err
		}
		if in.Severity != "" {
			found = slices.DeleteFunc(found, func(f policy.Finding) bool { return string(f.Severity) != in.Severity })
		}
		return part(found, in.Paging, keyOfFinding)
	})
	s.checks(api)
}

// checks serves how a cycle stands, and what belongs together.
func (s *server) checks(api huma.API) {
	register(s, api, wire.FindMeeting, func(ctx context.Context, c call, in *wire.Meeting) (*rules.MeetingView, error) {
		return c.FindMeeting(ctx, in.Cycle.Cycle, in.Meeting)
	})
	register(s, api, wire.National, func(ctx context.Context, c call, in *wire.State) (*rules.NationalSheet, error) {
		state, err := policy.ParseBody(in.State)
		if err != nil {
			return nil, err
		}
		return c.NationalSheet(ctx, in.Cycle.Cycle, state)
	})
	register(s, api, wire.Handover, func(ctx context.Context, c call, in *wire.On) (*service.Handover, error) {
		return c.Handover(ctx, in.Cycle.Cycle, in.On)
	})
	onCycle(s, api, wire.Money, service.Service.Money)
	onCycle(s, api, wire.Objectives, service.Service.Objectives)
	register(s, api, wire.Summary, func(ctx context.Context, c call, in *wire.Sum) (*rules.Summary, error) {
		return c.Summary(ctx, in.Cycle.Cycle, rules.SummaryFilter{Year: in.Year, Period: in.Period, State: policy.Body(in.State)})
	})
	register(s, api, wire.Obligations, func(ctx context.Context, c call, in *wire.Cycle) (*[]rules.Owed, error) {
		return list(c.Obligations(ctx, in.Cycle))
	})
	register(s, api, wire.Series, func(ctx context.Context, c call, in *wire.Indicator) (*[]rules.SeriesPoint, error) {
		return list(c.Series(ctx, in.Cycle.Cycle, in.Indicator))
	})
}

// trust serves what auditors and administrators do.
func (s *server) trust(api huma.API) {
	registerRaw(s, api, wire.Dossier, "application/zip", func(ctx context.Context, c call, in *wire.Cycle) (*wire.Raw, error) {
		dossier, err := c.Dossier(ctx, in.Cycle)
		if err != nil {
			return nil, err
		}
		var archive bytes.Buffer
		err = evidence.WriteDossier(&archive, dossier)
		whole := wire.Raw(archive.Bytes())
		return &whole, err
	})
	register(s, api, wire.ListReads, func(ctx context.Context, c call, in *wire.Cycle) (*[]service.Read, error) {
		return list(c.ListReads(ctx, in.Cycle))
	})
	register(s, api, wire.ListPeople, func(ctx context.Context, c call, _ *wire.Nothing) (*[]service.Person, error) {
		return list(c.ListPeople(ctx))
	})
	change(s, api, wire.ChangeRole, service.Service.ChangeRole)
	change(s, api, wire.LinkAccount, service.Service.LinkAccount)
	registerDone(s, api, wire.ErasePerson, func(ctx context.Context, c call, in *wire.Person) error { return c.ErasePerson(ctx, in.Person) })
}
