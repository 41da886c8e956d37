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
	"github.com/policycycle/policycycle/service/httpapi"
)

// cycles serves the operations on whole cycles.
func (s *server) cycles(api huma.API) {
	register(s, api, httpapi.ListCycles, listCycles)
	register(s, api, httpapi.StartCycle, func(ctx context.Context, c call, in *httpapi.Keyed[service.StartCycle]) (*service.Cycle, error) {
		return c.StartCycle(ctx, in.Body)
	})
	onCycle(s, api, httpapi.FindCycle, service.Service.FindCycle)
	onCycle(s, api, httpapi.FindScript, service.Service.FindScript)
	listOf(s, api, httpapi.FindRows, service.Service.FindScriptedRows)
	register(s, api, httpapi.Scripts, func(ctx context.Context, c call, _ *httpapi.Nothing) (*[]string, error) {
		return list(c.ListScripts(ctx))
	})
	register(s, api, httpapi.Bodies, func(ctx context.Context, c call, _ *httpapi.Nothing) (*[]policy.KnownBody, error) {
		bodies, err := c.ListBodies(ctx)
		return list[policy.KnownBody](bodies, err)
	})
	onCycle(s, api, httpapi.Export, service.Service.Export)
	register(s, api, httpapi.Import, func(ctx context.Context, c call, in *httpapi.Keyed[service.Import]) (*service.Cycle, error) {
		return c.Import(ctx, in.Body.Whole)
	})
	register(s, api, httpapi.AddForgotten, func(ctx context.Context, c call, in *httpapi.Keyed[service.Import]) (*service.Added, error) {
		return c.AddForgotten(ctx, in.Body.Whole)
	})
}

func listCycles(ctx context.Context, c call, in *httpapi.CycleFilter) (*httpapi.Page[service.CycleLine], error) {
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
	register(s, api, httpapi.Decide, onDecision(service.Service.Decide))
	register(s, api, httpapi.Enclose, func(ctx context.Context, c call, in *httpapi.Act[service.Enclose]) (*evidence.Envelope, error) {
		in.Body.SetID(in.Key)
		return c.Enclose(ctx, in.Body)
	})
	act(s, api, httpapi.Confirm, service.Service.Confirm)
	act(s, api, httpapi.SetAside, service.Service.SetAside)
	act(s, api, httpapi.Launch, service.Service.Launch)
	act(s, api, httpapi.TakePosition, service.Service.TakePosition)
	act(s, api, httpapi.Correct, service.Service.Correct)
	act(s, api, httpapi.Submit, service.Service.Submit)
	act(s, api, httpapi.Finalise, service.Service.Finalise)
	act(s, api, httpapi.OpenItem, service.Service.OpenItem)
	act(s, api, httpapi.AmendCycle, service.Service.AmendCycle)
	act(s, api, httpapi.CloseRound, service.Service.CloseRound)
	act(s, api, httpapi.MoveMeeting, service.Service.MoveMeeting)
	act(s, api, httpapi.CancelMeeting, service.Service.CancelMeeting)
	register(s, api, httpapi.Enter, s.enter)
}

// act serves an act, which has its key as its ID.
func act[B any, P interface {
	*B
	SetID(id string)
}](s *server, api huma.API, op httpapi.Operation[httpapi.Act[B], service.Receipt], do func(service.Service, context.Context, B) (*service.Receipt, error)) {
	register(s, api, op, func(ctx context.Context, c call, in *httpapi.Act[B]) (*service.Receipt, error) {
		P(&in.Body).SetID(in.Key)
		return do(c.Service, ctx, in.Body)
	})
}

// change serves a deed with a body of which nothing comes back.
func change[B any](s *server, api huma.API, op httpapi.Operation[httpapi.Keyed[B], httpapi.Nothing], do func(service.Service, context.Context, B) error) {
	registerDone(s, api, op, func(ctx context.Context, c call, in *httpapi.Keyed[B]) error { return do(c.Service, ctx, in.Body) })
}

// onCycle serves a question about a cycle.
func onCycle[O any](s *server, api huma.API, op httpapi.Operation[httpapi.Cycle, O], do func(service.Service, context.Context, string) (*O, error)) {
	register(s, api, op, func(ctx context.Context, c call, in *httpapi.Cycle) (*O, error) { return do(c.Service, ctx, in.Cycle) })
}

// listOf serves a question about a cycle that is answered with a list.
func listOf[T any](s *server, api huma.API, op httpapi.Operation[httpapi.Cycle, []T], do func(service.Service, context.Context, string) ([]T, error)) {
	register(s, api, op, func(ctx context.Context, c call, in *httpapi.Cycle) (*[]T, error) {
		return list(do(c.Service, ctx, in.Cycle))
	})
}

// onDecision makes an operation of what is done with a decision, which whoever asks records.
func onDecision[O any](
	do func(service.Service, context.Context, service.Decide) (*O, error),
) func(context.Context, call, *httpapi.Act[service.Decide]) (*O, error) {
	return func(ctx context.Context, c call, in *httpapi.Act[service.Decide]) (*O, error) {
		if err := c.said(in.Body.By, "by"); err != nil {
			return nil, err
		}
		in.Body.ID = in.Key
		return do(c.Service, ctx, in.Body)
	}
}

func (s *server) enter(ctx context.Context, c call, in *httpapi.Act[service.Enter]) (*service.Entered, error) {
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

// worklist serves what waits for whom, and what is being written.
func (s *server) worklist(api huma.API) {
	register(s, api, httpapi.Inbox, inbox)
	register(s, api, httpapi.FindSubject, onSubject(service.Service.FindSubject))
	register(s, api, httpapi.Trail, trail)
	change(s, api, httpapi.Claim, service.Service.Claim)
	change(s, api, httpapi.Remind, service.Service.Remind)
	register(s, api, httpapi.Search, func(ctx context.Context, c call, in *httpapi.Text) (*[]service.Found, error) {
		return list(c.Search(ctx, in.Text))
	})
	register(s, api, httpapi.FindDraft, onSubject(service.Service.FindDraft))
	register(s, api, httpapi.SaveDraft, saveDraft)
	registerDone(s, api, httpapi.ThrowDraft, func(ctx context.Context, c call, in *httpapi.DropDraft) error {
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
func onSubject[O any](do func(service.Service, context.Context, policy.Subject) (*O, error)) func(context.Context, call, *httpapi.Subject) (*O, error) {
	return func(ctx context.Context, c call, in *httpapi.Subject) (*O, error) {
		subject, err := in.Subject()
		if err != nil {
			return nil, err
		}
		return do(c.Service, ctx, subject)
	}
}

func saveDraft(ctx context.Context, c call, in *httpapi.Draft) (*service.Draft, error) {
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
	register(s, api, httpapi.FindContent, func(ctx context.Context, c call, in *httpapi.Version) (*service.Document, error) {
		subject, err := in.Subject.Subject()
		if err != nil {
			return nil, err
		}
		return c.FindContent(ctx, subject, in.Version)
	})
	register(s, api, httpapi.FindFile, func(ctx context.Context, c call, in *httpapi.FileOf) (*service.File, error) {
		subject, err := in.Subject.Subject()
		if err != nil {
			return nil, err
		}
		return c.FindFile(ctx, subject, in.Record)
	})
	register(s, api, httpapi.Compare, func(ctx context.Context, c call, in *httpapi.Versions) (*service.Comparison, error) {
		subject, err := in.Subject.Subject()
		if err != nil {
			return nil, err
		}
		return c.CompareVersions(ctx, subject, in.Was, in.Is)
	})
	register(s, api, httpapi.RollOver, onSubject(service.Service.RollOver))
	register(s, api, httpapi.FindRound, onSubject(service.Service.FindRound))
	register(s, api, httpapi.ListRows, rows)
	register(s, api, httpapi.Findings, func(ctx context.Context, c call, in *httpapi.FindingsFilter) (*httpapi.Page[policy.Finding], error) {
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
	register(s, api, httpapi.FindMeeting, func(ctx context.Context, c call, in *httpapi.Meeting) (*rules.MeetingView, error) {
		return c.FindMeeting(ctx, in.Cycle.Cycle, in.Meeting)
	})
	register(s, api, httpapi.National, func(ctx context.Context, c call, in *httpapi.State) (*rules.NationalSheet, error) {
		state, err := policy.ParseBody(in.State)
		if err != nil {
			return nil, err
		}
		return c.NationalSheet(ctx, in.Cycle.Cycle, state)
	})
	register(s, api, httpapi.Handover, func(ctx context.Context, c call, in *httpapi.On) (*service.Handover, error) {
		return c.Handover(ctx, in.Cycle.Cycle, in.On)
	})
	onCycle(s, api, httpapi.Money, service.Service.Money)
	onCycle(s, api, httpapi.Objectives, service.Service.Objectives)
	register(s, api, httpapi.Summary, func(ctx context.Context, c call, in *httpapi.Sum) (*rules.Summary, error) {
		return c.Summary(ctx, in.Cycle.Cycle, rules.SummaryFilter{Year: in.Year, Period: in.Period, State: policy.Body(in.State), Priority: in.Priority})
	})
	listOf(s, api, httpapi.Obligations, service.Service.Obligations)
	listOf(s, api, httpapi.Compliance, service.Service.Compliance)
	register(s, api, httpapi.Series, func(ctx context.Context, c call, in *httpapi.Indicator) (*[]rules.SeriesPoint, error) {
		return list(c.Series(ctx, in.Cycle.Cycle, in.Indicator))
	})
}

// trust serves what auditors and administrators do.
func (s *server) trust(api huma.API) {
	registerRaw(s, api, httpapi.Dossier, "application/zip", func(ctx context.Context, c call, in *httpapi.Cycle) (*httpapi.Raw, error) {
		dossier, err := c.Dossier(ctx, in.Cycle)
		if err != nil {
			return nil, err
		}
		var archive bytes.Buffer
		err = evidence.WriteDossier(&archive, dossier)
		whole := httpapi.Raw(archive.Bytes())
		return &whole, err
	})
	listOf(s, api, httpapi.ListReads, service.Service.ListReads)
	register(s, api, httpapi.ListPeople, func(ctx context.Context, c call, _ *httpapi.Nothing) (*[]service.Person, error) {
		return list(c.ListPeople(ctx))
	})
	change(s, api, httpapi.ChangeRole, service.Service.ChangeRole)
	change(s, api, httpapi.LinkAccount, service.Service.LinkAccount)
	registerDone(s, api, httpapi.ErasePerson, func(ctx context.Context, c call, in *httpapi.Person) error { return c.ErasePerson(ctx, in.Person) })
	register(s, api, httpapi.MakeCalendar, func(ctx context.Context, c call, in *httpapi.Keyed[service.CalendarScope]) (*service.MadeCalendar, error) {
		return c.MakeCalendar(ctx, in.Body)
	})
	register(s, api, httpapi.ListCalendars, func(ctx context.Context, c call, _ *httpapi.Nothing) (*[]service.KnownCalendar, error) {
		return list(c.ListCalendars(ctx))
	})
	register(s, api, httpapi.FindMailChoice, func(ctx context.Context, c call, _ *httpapi.Nothing) (*service.MailChoice, error) {
		return c.FindMailChoice(ctx)
	})
	register(s, api, httpapi.ChooseMail, func(ctx context.Context, c call, in *httpapi.Keyed[service.MailChoice]) (*service.MailChoice, error) {
		return c.ChooseMail(ctx, in.Body)
	})
	register(s, api, httpapi.ListMails, mails)
	change(s, api, httpapi.BounceMail, service.Service.BounceMail)
	webhooks(s, api)
	registerDone(s, api, httpapi.RevokeCalendar, func(ctx context.Context, c call, in *httpapi.Calendar) error {
		return c.RevokeCalendar(ctx, in.Calendar)
	})
}

// webhooks are programs that are told of what is recorded.
func webhooks(s *server, api huma.API) {
	register(s, api, httpapi.MakeWebhook, func(ctx context.Context, c call, in *httpapi.Keyed[service.Webhook]) (*service.MadeWebhook, error) {
		return c.MakeWebhook(ctx, in.Body)
	})
	register(s, api, httpapi.ListWebhooks, func(ctx context.Context, c call, _ *httpapi.Nothing) (*[]service.KnownWebhook, error) {
		return list(c.ListWebhooks(ctx))
	})
	registerDone(s, api, httpapi.RemoveWebhook, func(ctx context.Context, c call, in *httpapi.Webhook) error { return c.RemoveWebhook(ctx, in.Webhook) })
	registerDone(s, api, httpapi.PauseWebhook, func(ctx context.Context, c call, in *httpapi.Webhook) error { return c.PauseWebhook(ctx, in.Webhook) })
	registerDone(s, api, httpapi.ResumeWebhook, func(ctx context.Context, c call, in *httpapi.Webhook) error { return c.ResumeWebhook(ctx, in.Webhook) })
	register(s, api, httpapi.RotateWebhook, func(ctx context.Context, c call, in *httpapi.Webhook) (*service.MadeWebhook, error) {
		return c.RotateWebhook(ctx, in.Webhook)
	})
	register(s, api, httpapi.TryWebhook, func(ctx context.Context, c call, in *httpapi.Webhook) (*service.Replayed, error) {
		return c.TryWebhook(ctx, in.Webhook)
	})
	register(s, api, httpapi.ReplayWebhook, func(ctx context.Context, c call, in *httpapi.Keyed[service.Replay]) (*service.Replayed, error) {
		return c.ReplayWebhook(ctx, in.Body)
	})
	register(s, api, httpapi.ListDeliveries, deliveries)
}
