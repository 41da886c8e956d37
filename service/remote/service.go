package remote

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// Service is the service of another machine, asked over HTTP. Who acts is whom the
// token shows, or Name where names are believed, and is said once in each request.
type Service struct {
	URL    string
	Client *http.Client
	Token  string
	// Name is NAME@BODY where names are believed; else @BODY, for which somebody
	// acts. Empty is whoever the token shows.
	Name string
}

var _ service.Service = (*Service)(nil)

// As implements service.Service. Who a token shows, stays who it shows.
func (s *Service) As(who policy.Principal) service.Service {
	other, by := *s, who.Actor
	switch {
	case by == (policy.Actor{}):
		other.Name, other.Token = "", ""
	case s.Token != "":
		other.Name = "@" + string(by.Body)
	case by.Name == "" && by.Person != 0:
		other.Name = by.String()
	default:
		other.Name = by.Name + "@" + string(by.Body)
	}
	return &other
}

// PrincipalOf implements service.Service: which roles somebody has, the service there knows.
func (s *Service) PrincipalOf(_ context.Context, by policy.Actor) (policy.Principal, error) {
	return policy.Principal{Actor: by}, nil
}

// May implements service.Service.
func (s *Service) May(ctx context.Context) ([]policy.Deed, error) {
	who, err := call(ctx, s, httpapi.WhoAmI, httpapi.Nothing{})
	if err != nil {
		return nil, err
	}
	return who.May, nil
}

// StartCycle implements service.Cycles.
func (s *Service) StartCycle(ctx context.Context, start service.StartCycle) (*service.Cycle, error) {
	return call(ctx, s, httpapi.StartCycle, httpapi.Keyed[service.StartCycle]{Body: start})
}

// ListCycles implements service.Cycles.
func (s *Service) ListCycles(ctx context.Context, f service.CycleFilter) ([]service.CycleLine, error) {
	in := httpapi.CycleFilter{Text: f.Text, Rehearsals: httpapi.OnlyRehearsals(f.Rehearsal)}
	return some(ctx, s, httpapi.ListCycles, f.Past, f.Most, func(p httpapi.Paging) httpapi.CycleFilter { in.Paging = p; return in })
}

// FindCycle implements service.Cycles.
func (s *Service) FindCycle(ctx context.Context, id string) (*service.Cycle, error) {
	return call(ctx, s, httpapi.FindCycle, httpapi.Cycle{Cycle: id})
}

// FindScript implements service.Cycles.
func (s *Service) FindScript(ctx context.Context, id string) (*service.Script, error) {
	return call(ctx, s, httpapi.FindScript, httpapi.Cycle{Cycle: id})
}

// FindScriptedRows implements service.Cycles.
func (s *Service) FindScriptedRows(ctx context.Context, id string) ([]policy.Row, error) {
	return given(call(ctx, s, httpapi.FindRows, httpapi.Cycle{Cycle: id}))
}

// ListScripts implements service.Cycles.
func (s *Service) ListScripts(ctx context.Context) ([]string, error) {
	return given(call(ctx, s, httpapi.Scripts, httpapi.Nothing{}))
}

// ListBodies implements service.Cycles.
func (s *Service) ListBodies(ctx context.Context) (policy.BodyTable, error) {
	return given(call(ctx, s, httpapi.Bodies, httpapi.Nothing{}))
}

// given gives a list that came back.
func given[T any](list *[]T, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return *list, nil
}

// done tells only of what went wrong.
func done(_ *httpapi.Nothing, err error) error { return err }

// acted is an act with its key.
func acted[B any](id string, body B) httpapi.Act[B] { return httpapi.Act[B]{Key: id, Body: body} }

// decision is a decision with its key. Who records it is whom the token shows.
func decision(d service.Decide) httpapi.Act[service.Decide] {
	d.By = policy.Actor{}
	return acted(d.ID, d)
}

// Decide implements service.Acts.
func (s *Service) Decide(ctx context.Context, d service.Decide) (*service.Receipt, error) {
	return call(ctx, s, httpapi.Decide, decision(d))
}

// Enclose implements service.Acts. Who does it is whom the token shows.
func (s *Service) Enclose(ctx context.Context, e service.Enclose) (*evidence.Envelope, error) {
	return call(ctx, s, httpapi.Enclose, acted(e.ID, e))
}

// Confirm implements service.Acts.
func (s *Service) Confirm(ctx context.Context, c service.Second) (*service.Receipt, error) {
	return call(ctx, s, httpapi.Confirm, acted(c.ID, c))
}

// SetAside implements service.Acts.
func (s *Service) SetAside(ctx context.Context, c service.Second) (*service.Receipt, error) {
	return call(ctx, s, httpapi.SetAside, acted(c.ID, c))
}

// Launch implements service.Acts.
func (s *Service) Launch(ctx context.Context, l service.Launch) (*service.Receipt, error) {
	return call(ctx, s, httpapi.Launch, acted(l.ID, l))
}

// TakePosition implements service.Acts.
func (s *Service) TakePosition(ctx context.Context, p service.Position) (*service.Receipt, error) {
	return call(ctx, s, httpapi.TakePosition, acted(p.ID, p))
}

// Correct implements service.Acts.
func (s *Service) Correct(ctx context.Context, c service.Correct) (*service.Receipt, error) {
	return call(ctx, s, httpapi.Correct, acted(c.ID, c))
}

// Finalise implements service.Acts.
func (s *Service) Finalise(ctx context.Context, in service.Submit) (*service.Receipt, error) {
	return call(ctx, s, httpapi.Finalise, acted(in.ID, in))
}

// Submit implements service.Acts.
func (s *Service) Submit(ctx context.Context, in service.Submit) (*service.Receipt, error) {
	return call(ctx, s, httpapi.Submit, acted(in.ID, in))
}

// OpenItem implements service.Acts.
func (s *Service) OpenItem(ctx context.Context, o service.OpenItem) (*service.Receipt, error) {
	return call(ctx, s, httpapi.OpenItem, acted(o.ID, o))
}

// AmendCycle implements service.Acts.
func (s *Service) AmendCycle(ctx context.Context, a service.AmendCycle) (*service.Receipt, error) {
	return call(ctx, s, httpapi.AmendCycle, acted(a.ID, a))
}

// CloseRound implements service.Contents.
func (s *Service) CloseRound(ctx context.Context, c service.CloseRound) (*service.Receipt, error) {
	return call(ctx, s, httpapi.CloseRound, acted(c.ID, c))
}

// Enter implements service.Registers.
func (s *Service) Enter(ctx context.Context, e service.Enter) (*service.Entered, error) {
	e.Rows = slices.Clone(e.Rows)
	for i := range e.Rows { // who enters them is whom the token shows
		e.Rows[i].By = policy.Actor{}
	}
	return call(ctx, s, httpapi.Enter, acted(e.ID, e))
}

// MoveMeeting implements service.Registers.
func (s *Service) MoveMeeting(ctx context.Context, m service.MoveMeeting) (*service.Receipt, error) {
	return call(ctx, s, httpapi.MoveMeeting, acted(m.ID, m))
}

// CancelMeeting implements service.Registers.
func (s *Service) CancelMeeting(ctx context.Context, m service.CancelMeeting) (*service.Receipt, error) {
	return call(ctx, s, httpapi.CancelMeeting, acted(m.ID, m))
}

// Inbox implements service.Worklist.
func (s *Service) Inbox(ctx context.Context, f service.InboxFilter) ([]service.InboxItem, error) {
	in := httpapi.InboxFilter{Of: string(f.Body), Cycle: f.Cycle, Overdue: f.Overdue, Mine: f.Mine, Rehearsals: httpapi.OnlyRehearsals(f.Rehearsal)}
	past := ""
	if f.Past != (policy.Subject{}) {
		past = httpapi.Cursor(f.PastDue.String(), f.Past.String())
	}
	return some(ctx, s, httpapi.Inbox, past, f.Most, func(p httpapi.Paging) httpapi.InboxFilter { in.Paging = p; return in })
}

// FindSubject implements service.Worklist.
func (s *Service) FindSubject(ctx context.Context, subject policy.Subject) (*service.Subject, error) {
	return call(ctx, s, httpapi.FindSubject, httpapi.NameSubject(subject))
}

// Trail implements service.Worklist.
func (s *Service) Trail(ctx context.Context, cycle string, f service.TrailFilter) ([]service.TrailEntry, error) {
	in, past := httpapi.TrailFilter{Cycle: httpapi.Cycle{Cycle: cycle}, Refused: f.Refused, Act: f.Act, Prefix: f.Prefix, Since: f.Since}, ""
	if f.Past > 0 {
		past = httpapi.Cursor(strconv.FormatInt(f.Past, 10))
	}
	return some(ctx, s, httpapi.Trail, past, f.Most, func(p httpapi.Paging) httpapi.TrailFilter { in.Paging = p; return in })
}

// Claim implements service.Worklist.
func (s *Service) Claim(ctx context.Context, c service.Claim) error {
	return done(call(ctx, s, httpapi.Claim, httpapi.Keyed[service.Claim]{Body: c}))
}

// Remind implements service.Worklist.
func (s *Service) Remind(ctx context.Context, r service.Remind) error {
	return done(call(ctx, s, httpapi.Remind, httpapi.Keyed[service.Remind]{Body: r}))
}

// Search implements service.Worklist.
func (s *Service) Search(ctx context.Context, text string) ([]service.Found, error) {
	return given(call(ctx, s, httpapi.Search, httpapi.Text{Text: text}))
}

// Watch implements service.Worklist. The service lets a stream last for some minutes;
// then it is asked for another one.
func (s *Service) Watch(ctx context.Context, cycle string, each func(service.Change)) error {
	const tooShort = time.Second // for the end of a stream that was in order
	for {
		began := time.Now()
		err := s.listen(ctx, cycle, each)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // nobody listens any more
		case err != nil:
			return err
		case time.Since(began) < tooShort:
			return s.lost(false, io.ErrUnexpectedEOF)
		}
	}
}

// listen tells of changes until a stream ends.
func (s *Service) listen(ctx context.Context, cycle string, each func(service.Change)) error {
	request, err := requestOf(ctx, s.URL, httpapi.WhatChanges.Method, httpapi.WhatChanges.Path, reflect.ValueOf(httpapi.Events{Cycle: cycle}))
	if err != nil {
		return err
	}
	streaming := *s.Client
	streaming.Timeout = 0 // it lasts as long as somebody listens
	answer, err := streaming.Do(s.named(request))
	if err != nil {
		return s.lost(false, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		const mostReason = 64 << 10
		reason, _ := io.ReadAll(io.LimitReader(answer.Body, mostReason))
		return s.refused(false, answer.StatusCode, reason)
	}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		data, is := strings.CutPrefix(lines.Text(), "data: ")
		var change service.Change
		if is && policy.Read([]byte(data), &change) == nil {
			each(change)
		}
	}
	if lines.Err() != nil {
		return s.lost(false, lines.Err())
	}
	return nil
}

// FindDraft implements service.Drafts.
func (s *Service) FindDraft(ctx context.Context, subject policy.Subject) (*service.Draft, error) {
	return call(ctx, s, httpapi.FindDraft, httpapi.NameSubject(subject))
}

// SaveDraft implements service.Drafts.
func (s *Service) SaveDraft(ctx context.Context, d service.SaveDraft) (*service.Draft, error) {
	return call(ctx, s, httpapi.SaveDraft, httpapi.Draft{
		Subject: httpapi.NameSubject(d.Subject), Revision: httpapi.Match(d.Revision), Body: httpapi.DraftBody{Content: d.Content},
	})
}

// DropDraft implements service.Drafts.
func (s *Service) DropDraft(ctx context.Context, d service.SaveDraft) error {
	return done(call(ctx, s, httpapi.ThrowDraft, httpapi.DropDraft{Subject: httpapi.NameSubject(d.Subject), Revision: httpapi.Match(d.Revision)}))
}

// Dossier implements service.Audits.
func (s *Service) Dossier(ctx context.Context, cycle string) (*evidence.Dossier, error) {
	archive, err := call(ctx, s, httpapi.Dossier, httpapi.Cycle{Cycle: cycle})
	if err != nil {
		return nil, err
	}
	return evidence.ReadDossier(bytes.NewReader(*archive), int64(len(*archive)))
}

// ListReads implements service.Audits.
func (s *Service) ListReads(ctx context.Context, cycle string) ([]service.Read, error) {
	return given(call(ctx, s, httpapi.ListReads, httpapi.Cycle{Cycle: cycle}))
}

// ListPeople implements service.People.
func (s *Service) ListPeople(ctx context.Context) ([]service.Person, error) {
	return given(call(ctx, s, httpapi.ListPeople, httpapi.Nothing{}))
}

// ChangeRole implements service.People.
func (s *Service) ChangeRole(ctx context.Context, r service.ChangeRole) error {
	return done(call(ctx, s, httpapi.ChangeRole, httpapi.Keyed[service.ChangeRole]{Body: r}))
}

// LinkAccount implements service.People.
func (s *Service) LinkAccount(ctx context.Context, l service.LinkAccount) error {
	return done(call(ctx, s, httpapi.LinkAccount, httpapi.Keyed[service.LinkAccount]{Body: l}))
}

// ErasePerson implements service.People.
func (s *Service) ErasePerson(ctx context.Context, person int64) error {
	return done(call(ctx, s, httpapi.ErasePerson, httpapi.Person{Person: person}))
}

// MakeCalendar implements service.Calendars.
func (s *Service) MakeCalendar(ctx context.Context, of service.CalendarScope) (*service.MadeCalendar, error) {
	return call(ctx, s, httpapi.MakeCalendar, httpapi.Keyed[service.CalendarScope]{Body: of})
}

// ListCalendars implements service.Calendars.
func (s *Service) ListCalendars(ctx context.Context) ([]service.KnownCalendar, error) {
	return given(call(ctx, s, httpapi.ListCalendars, httpapi.Nothing{}))
}

// FindMailChoice implements service.Mails.
func (s *Service) FindMailChoice(ctx context.Context) (*service.MailChoice, error) {
	return call(ctx, s, httpapi.FindMailChoice, httpapi.Nothing{})
}

// ChooseMail implements service.Mails.
func (s *Service) ChooseMail(ctx context.Context, c service.MailChoice) (*service.MailChoice, error) {
	return call(ctx, s, httpapi.ChooseMail, httpapi.Keyed[service.MailChoice]{Body: c})
}

// ListMails implements service.Mails.
func (s *Service) ListMails(ctx context.Context, f service.MailFilter) ([]service.Mail, error) {
	in, past := httpapi.MailFilter{Failed: f.Failed, Mine: f.Mine}, ""
	if f.Past > 0 {
		past = httpapi.Cursor(strconv.FormatInt(f.Past, 10))
	}
	return some(ctx, s, httpapi.ListMails, past, f.Most, func(p httpapi.Paging) httpapi.MailFilter { in.Paging = p; return in })
}

// BounceMail implements service.Mails.
func (s *Service) BounceMail(ctx context.Context, b service.Bounce) error {
	return done(call(ctx, s, httpapi.BounceMail, httpapi.Keyed[service.Bounce]{Body: b}))
}

// RevokeCalendar implements service.Calendars.
func (s *Service) RevokeCalendar(ctx context.Context, calendar int64) error {
	return done(call(ctx, s, httpapi.RevokeCalendar, httpapi.Calendar{Calendar: calendar}))
}
