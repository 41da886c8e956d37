package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
)

// cycles serves the operations on whole cycles.
func (s *server) cycles(api huma.API) {
	register(s, api, wire.ListCycles, listCycles)
	register(s, api, wire.StartCycle, func(ctx context.Context, c call, in *wire.Keyed[service.StartCycle]) (*service.Cycle, error) {
		in.Body.By = c.By
		return c.StartCycle(ctx, in.Body)
	})
	register(s, api, wire.FindCycle, func(ctx context.Context, c call, in *wire.Cycle) (*service.Cycle, error) {
		return c.FindCycle(ctx, in.Cycle)
	})
	register(s, api, wire.FindScript, func(ctx context.Context, c call, in *wire.Cycle) (*service.Script, error) {
		return c.FindScript(ctx, in.Cycle)
	})
	register(s, api, wire.FindRows, func(ctx context.Context, c call, in *wire.Cycle) (*[]policy.Row, error) {
		return list(c.FindScriptedRows(ctx, in.Cycle))
	})
	register(s, api, wire.Scripts, func(ctx context.Context, c call, _ *wire.Nothing) (*[]string, error) { return list(c.ListScripts(ctx)) })
	register(s, api, wire.Export, func(ctx context.Context, c call, in *wire.Cycle) (*service.Whole, error) {
		return c.Export(ctx, in.Cycle)
	})
	register(s, api, wire.Import, func(ctx context.Context, c call, in *wire.Keyed[service.Import]) (*service.Cycle, error) {
		in.Body.By = c.By
		return c.Import(ctx, in.Body)
	})
}

func listCycles(ctx context.Context, c call, in *wire.CycleFilter) (*wire.Page[service.CycleLine], error) {
	filter := service.CycleFilter{Text: in.Text, Rehearsal: in.Only()}
	if in.Sort != "" { // the records know their own order alone
		lines, err := c.ListCycles(ctx, filter)
		if err != nil {
			return nil, err
		}
		return part(sorted(lines, in.Sort, cycleOrders), in.Paging, keyOfCycle)
	}
	filter.Past, filter.Most = in.Cursor, in.Limit+1
	lines, err := c.ListCycles(ctx, filter)
	if err != nil {
		return nil, err
	}
	page := &wire.Page[service.CycleLine]{Items: append([]service.CycleLine{}, lines[:min(len(lines), in.Limit)]...)}
	if len(lines) > in.Limit {
		page.Next = lines[in.Limit-1].ID
	}
	return page, nil
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
	register(s, api, wire.Confirm, func(ctx context.Context, c call, in *wire.Act[service.Second]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.Confirm(ctx, in.Body)
	})
	register(s, api, wire.SetAside, func(ctx context.Context, c call, in *wire.Act[service.Second]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.SetAside(ctx, in.Body)
	})
	register(s, api, wire.Launch, func(ctx context.Context, c call, in *wire.Act[service.Launch]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.Launch(ctx, in.Body)
	})
	register(s, api, wire.TakePosition, func(ctx context.Context, c call, in *wire.Act[service.Position]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.TakePosition(ctx, in.Body)
	})
	register(s, api, wire.Correct, func(ctx context.Context, c call, in *wire.Act[service.Correct]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.Correct(ctx, in.Body)
	})
	register(s, api, wire.Submit, func(ctx context.Context, c call, in *wire.Act[service.Submit]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.Submit(ctx, in.Body)
	})
	register(s, api, wire.OpenItem, func(ctx context.Context, c call, in *wire.Act[service.OpenItem]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.OpenItem(ctx, in.Body)
	})
	register(s, api, wire.AmendCycle, func(ctx context.Context, c call, in *wire.Act[service.AmendCycle]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.AmendCycle(ctx, in.Body)
	})
	register(s, api, wire.CloseRound, func(ctx context.Context, c call, in *wire.Act[service.CloseRound]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.CloseRound(ctx, in.Body)
	})
	register(s, api, wire.Enter, s.enter)
	register(s, api, wire.MoveMeeting, func(ctx context.Context, c call, in *wire.Act[service.MoveMeeting]) (*service.Receipt, error) {
		in.Body.ID, in.Body.By = in.Key, c.By
		return c.MoveMeeting(ctx, in.Body)
	})
}

// decision gives a decision as whoever asks records it.
func decision(c call, in *wire.Act[service.Decide]) (service.Decide, error) {
	d := in.Body
	err := c.said(d.By, "by")
	d.ID, d.By = in.Key, c.By
	return d, err
}

func (s *server) enter(ctx context.Context, c call, in *wire.Act[service.Enter]) (*service.Entered, error) {
	in.Body.ID, in.Body.By = in.Key, c.By
	effect := false
	for i, row := range in.Body.Rows {
		if err := c.said(row.By, fmt.Sprintf("rows[%d].by", i)); err != nil {
			return nil, err
		}
		in.Body.Rows[i].By = c.By
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
	if by == (policy.Actor{}) || by == c.By {
		return nil
	}
	return &policy.Error{Code: policy.CodeInvalid, Field: field, Message: field + " is not said here: who records something is who asks, by token or by Policycycle-As"}
}

// desk serves what waits for whom, and what is being written.
func (s *server) desk(api huma.API) {
	register(s, api, wire.Inbox, func(ctx context.Context, c call, in *wire.InboxFilter) (*wire.Page[service.InboxItem], error) {
		filter := service.InboxFilter{Cycle: in.Cycle, Overdue: in.Overdue, Mine: in.Mine, Rehearsal: in.Only()}
		if err := filter.Body.UnmarshalText([]byte(in.Of)); err != nil {
			return nil, err
		}
		items, err := c.Inbox(ctx, filter)
		if err != nil {
			return nil, err
		}
		return part(sorted(items, in.Sort, inboxOrders), in.Paging, keyOfItem)
	})
	register(s, api, wire.FindSubject, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*service.Subject, error) {
		return c.FindSubject(ctx, subject)
	}))
	register(s, api, wire.Trail, func(ctx context.Context, c call, in *wire.TrailFilter) (*wire.Page[service.TrailEntry], error) {
		lines, err := c.Trail(ctx, in.Cycle.Cycle)
		if err != nil {
			return nil, err
		}
		return part(sorted(linesOf(lines, in), in.Sort, trailOrders), in.Paging, keyOfLine)
	})
	registerDone(s, api, wire.Claim, func(ctx context.Context, c call, in *wire.Keyed[service.Claim]) error {
		in.Body.By = c.By
		return c.Claim(ctx, in.Body)
	})
	registerDone(s, api, wire.Remind, func(ctx context.Context, c call, in *wire.Keyed[service.Remind]) error {
		in.Body.By = c.By
		return c.Remind(ctx, in.Body)
	})
	register(s, api, wire.Search, func(ctx context.Context, c call, in *wire.Text) (*[]service.Found, error) {
		return list(c.Search(ctx, in.Text))
	})
	register(s, api, wire.FindDraft, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*service.Draft, error) {
		return c.FindDraft(ctx, subject, c.By)
	}))
	register(s, api, wire.SaveDraft, saveDraft)
	registerDone(s, api, wire.ThrowDraft, func(ctx context.Context, c call, in *wire.DropDraft) error {
		d := service.SaveDraft{By: c.By}
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

// linesOf gives the lines of a trail that are asked for.
func linesOf(lines []service.TrailEntry, in *wire.TrailFilter) []service.TrailEntry {
	return slices.DeleteFunc(lines, func(line service.TrailEntry) bool {
		return in.Refused && line.Accepted || in.Act != "" && line.Act != in.Act ||
			in.Prefix != "" && !strings.HasPrefix(strings.TrimPrefix(line.Subject, in.Cycle.Cycle+"/"), in.Prefix)
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
	d := service.SaveDraft{By: c.By}
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
	register(s, api, wire.RollOver, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*policy.RolledOver, error) {
		return c.RollOver(ctx, subject)
	}))
	register(s, api, wire.FindRound, onSubject(func(ctx context.Context, c call, subject policy.Subject) (*policy.RoundStatus, error) {
		return c.FindRound(ctx, subject)
	}))
	register(s, api, wire.ListRows, func(ctx context.Context, c call, in *wire.RowFilter) (*wire.Page[policy.Row], error) {
		rows, err := c.ListRows(ctx, service.RowFilter{Cycle: in.Cycle.Cycle, Register: policy.Register(in.Register), Prefix: in.Prefix, History: in.History})
		if err != nil {
			return nil, err
		}
		return part(sorted(rows, in.Sort, rowOrders), in.Paging, keyOfRow)
	})
	register(s, api, wire.Findings, func(ctx context.Context, c call, in *wire.FindingsFilter) (*wire.Page[policy.Finding], error) {
		found, err := c.Findings(ctx, in.Cycle.Cycle, in.Rule)
		if err != nil {
			return nil, err
		}
		if in.Severity != "" {
			found = slices.DeleteFunc(found, func(f policy.Finding) bool { return string(f.Severity) != in.Severity })
		}
		return part(sorted(found, in.Sort, findingOrders), in.Paging, keyOfFinding)
	})
	s.checks(api)
}

// checks serves how a cycle stands, and what belongs together.
func (s *server) checks(api huma.API) {
	register(s, api, wire.FindMeeting, func(ctx context.Context, c call, in *wire.Meeting) (*policy.MeetingView, error) {
		return c.FindMeeting(ctx, in.Cycle.Cycle, in.Meeting)
	})
	register(s, api, wire.National, func(ctx context.Context, c call, in *wire.State) (*policy.NationalSheet, error) {
		state, err := policy.ParseBody(in.State)
		if err != nil {
			return nil, err
		}
		return c.NationalSheet(ctx, in.Cycle.Cycle, state)
	})
	register(s, api, wire.Handover, func(ctx context.Context, c call, in *wire.On) (*service.Handover, error) {
		return c.Handover(ctx, in.Cycle.Cycle, in.On)
	})
	register(s, api, wire.Money, func(ctx context.Context, c call, in *wire.Cycle) (*service.Money, error) {
		return c.Money(ctx, in.Cycle)
	})
	register(s, api, wire.Objectives, func(ctx context.Context, c call, in *wire.Cycle) (*service.Objectives, error) {
		return c.Objectives(ctx, in.Cycle)
	})
	register(s, api, wire.Summary, func(ctx context.Context, c call, in *wire.Sum) (*policy.Summary, error) {
		return c.Summary(ctx, in.Cycle.Cycle, policy.SummaryFilter{Year: in.Year, Period: in.Period, State: policy.Body(in.State)})
	})
	register(s, api, wire.Obligations, func(ctx context.Context, c call, in *wire.Cycle) (*[]policy.Owed, error) {
		return list(c.Obligations(ctx, in.Cycle))
	})
	register(s, api, wire.Series, func(ctx context.Context, c call, in *wire.Indicator) (*[]policy.SeriesPoint, error) {
		return list(c.Series(ctx, in.Cycle.Cycle, in.Indicator))
	})
}

// trust serves what auditors and administrators do.
func (s *server) trust(api huma.API) {
	registerRaw(s, api, wire.Dossier, "application/zip", func(ctx context.Context, c call, in *wire.Cycle) (*wire.Raw, error) {
		dossier, err := c.Dossier(ctx, in.Cycle, c.By)
		if err != nil {
			return nil, err
		}
		var archive bytes.Buffer
		err = evidence.WriteDossier(&archive, dossier)
		whole := wire.Raw(archive.Bytes())
		return &whole, err
	})
	register(s, api, wire.ListReads, func(ctx context.Context, c call, in *wire.Cycle) (*[]service.Read, error) {
		return list(c.ListReads(ctx, in.Cycle, c.By))
	})
	register(s, api, wire.ListPeople, func(ctx context.Context, c call, _ *wire.Nothing) (*[]service.Person, error) {
		return list(c.ListPeople(ctx, c.By))
	})
	registerDone(s, api, wire.ChangeRole, func(ctx context.Context, c call, in *wire.Keyed[service.ChangeRole]) error {
		in.Body.By = c.By
		return c.ChangeRole(ctx, in.Body)
	})
	registerDone(s, api, wire.LinkAccount, func(ctx context.Context, c call, in *wire.Keyed[service.LinkAccount]) error {
		in.Body.By = c.By
		return c.LinkAccount(ctx, in.Body)
	})
	registerDone(s, api, wire.ErasePerson, func(ctx context.Context, c call, in *wire.Person) error { return c.ErasePerson(ctx, in.Person, c.By) })
}
