package rehearsal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// stage is the cycle 2026-2029 with its OAPs adopted, in which acts are judged by the
// rules and kept in memory.
type stage struct {
	rehearsal.Theatre
	folder *files.Folder
	today  policy.Date
	ended  bool // the cycle is over: nothing can be opened

	mu       sync.Mutex
	openings map[policy.Subject]policy.Entry
	acts     map[policy.Subject][]policy.Recorded
	order    []string // the IDs of the acts, as they came
	drafts   map[policy.Subject]*service.Draft
	rows     []policy.Row
	follow   func(service.Change)
	after    func(recorded int) // what happens once so many acts are recorded
}

// sets sets the stage on a day in the first period.
func sets(t *testing.T) *stage {
	t.Helper()
	folder, err := fs.Sub(examples.Files, "empact-2026-2029")
	if err != nil {
		t.Fatal(err)
	}
	read, err := files.ReadFolderFS("empact-2026-2029", folder)
	if err != nil {
		t.Fatal(err)
	}
	told := slices.DeleteFunc(slices.Clone(read.Rows), func(r policy.Row) bool {
		return r.Register != policy.RegPosts || r.Date.After(policy.NewDate(2026, 11, 24))
	})
	return &stage{
		folder: read, rows: told, today: policy.NewDate(2026, 11, 24), openings: map[policy.Subject]policy.Entry{},
		acts: map[policy.Subject][]policy.Recorded{}, drafts: map[policy.Subject]*service.Draft{}, after: func(int) {},
	}
}

// onStage is somebody on the stage.
type onStage struct {
	*stage
	who policy.Principal
}

func (s *stage) As(who policy.Principal) service.Service { return &onStage{s, who} }

func (s *stage) PrincipalOf(_ context.Context, by policy.Actor) (policy.Principal, error) {
	return policy.Asserted(by), nil
}

func (s *stage) FindScript(context.Context, string) (*service.Script, error) {
	calendar, err := policy.NewRehearsalCalendar(s.today, time.Minute)
	return &service.Script{Definition: s.folder.Definition, Calendar: calendar}, err
}

func (s *stage) Page(context.Context, string) (policy.Page, error) {
	return policy.Page{Day: s.today}, nil
}

func (s *stage) Trail(context.Context, string, service.TrailFilter) ([]service.TrailEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []service.TrailEntry
	for _, id := range s.order {
		lines = append(lines, service.TrailEntry{ActID: id, Accepted: true})
	}
	return lines, nil
}

func (s *stage) Watch(ctx context.Context, _ string, each func(service.Change)) error {
	s.mu.Lock()
	s.follow = each
	s.mu.Unlock()
	<-ctx.Done()
	return ctx.Err()
}

// standing says where something stands: what the calendar had for the first period is
// adopted, the rest is to come.
func (s *stage) standing(subject policy.Subject) policy.Standing {
	if entry, opened := s.openings[subject]; opened {
		return policy.StandingOf(entry, entry.Opens, s.acts[subject])
	}
	if subject.Kind == policy.KindAssessment || subject.Period == "2026-2027" {
		return policy.Standing{Subject: subject, State: policy.StateClosed, ClosedOn: policy.NewDate(2025, 12, 10), Outcome: policy.Adopted}
	}
	return policy.Standing{Subject: subject, State: policy.StateUpcoming}
}

func (s *stage) FindSubject(_ context.Context, subject policy.Subject) (*service.Subject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stands := s.standing(subject)
	return &service.Subject{
		Subject: subject, State: stands.State, Outcome: stands.Outcome, ClosedOn: stands.ClosedOn, Silence: stands.Silence, Version: stands.Version,
	}, nil
}

func (s *stage) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var items []service.InboxItem
	for _, subject := range slices.SortedFunc(maps.Keys(s.openings), func(a, b policy.Subject) int { return strings.Compare(a.Path(), b.Path()) }) {
		stands := s.standing(subject)
		if !stands.Open() {
			continue
		}
		item := service.InboxItem{Subject: subject, Awaits: "submission", Pending: stands.Pending, Turn: stands.Turn, Version: stands.Version}
		switch {
		case stands.Pending != "":
			item.Awaits = "confirmation"
		case stands.State == policy.StateDeciding:
			item.Awaits = "decision"
		}
		items = append(items, item)
	}
	return items, nil
}

// records judges and records an act, and tells those who watch.
func (s *stage) records(id string, act policy.Act) (*service.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.order, id) {
		return &service.Receipt{ID: id}, nil
	}
	id = max(id, fmt.Sprintf("act-%d", len(s.order)))
	entry := s.openings[act.Subject]
	if act.Kind == policy.ActOpen {
		if err := s.opens(act); err != nil {
			return nil, err
		}
	} else {
		stands := s.standing(act.Subject)
		if act.Kind != policy.ActSubmit {
			act.Version, act.Digest = stands.Version, stands.Digest
		}
		if pending := policy.PendingIn(s.acts[act.Subject]); act.Kind == policy.ActConfirm && pending != nil {
			act.Digest = pending.Stated
		}
		if err := policy.Judge(entry, entry.Opens, s.acts[act.Subject], act, policy.Facts{Today: s.today}); err != nil {
			return nil, err
		}
		s.acts[act.Subject] = append(s.acts[act.Subject], policy.Recorded{Act: act, ID: id, Stated: "stated"})
	}
	s.tells(id)
	return &service.Receipt{ID: id}, nil
}

func (s *stage) opens(act policy.Act) error {
	if _, taken := s.openings[act.Subject]; taken {
		return policy.Refuse(policy.CodeConflict, "%s was opened before", act.Subject)
	}
	if s.ended {
		return policy.Refuse(policy.CodeNotOpen, "the cycle has ended")
	}
	r := policy.Records{Definition: &s.folder.Definition, Drivers: policy.DriversOn(s.today, s.rows)}
	s.openings[act.Subject] = r.Opened(*act.Opening, act.Subject, act.Date)
	return nil
}

func (s *stage) tells(id string) {
	s.order = append(s.order, id)
	s.after(len(s.order))
	if s.follow != nil {
		s.follow(service.Change{})
	}
}

func (s *onStage) OpenItem(_ context.Context, in service.OpenItem) (*service.Receipt, error) {
	return s.records(in.ID, policy.Act{Kind: policy.ActOpen, Subject: in.Subject, Date: in.Date, By: s.who.Actor, Opening: &in.Opening})
}

func (s *onStage) Submit(_ context.Context, in service.Submit) (*service.Receipt, error) {
	return s.records(in.ID, policy.Act{Kind: policy.ActSubmit, Subject: in.Subject, Date: in.Date, By: s.who.Actor, Document: in.Document, Digest: string(in.Document)})
}

func (s *onStage) Decide(_ context.Context, in service.Decide) (*service.Receipt, error) {
	in.Kind, in.By = policy.ActDecide, s.who.Actor
	return s.records(in.ID, in.Act)
}

func (s *onStage) Confirm(_ context.Context, in service.Second) (*service.Receipt, error) {
	s.mu.Lock()
	var subject policy.Subject
	for of, acts := range s.acts {
		if slices.ContainsFunc(acts, func(r policy.Recorded) bool { return r.ID == in.Record }) {
			subject = of
		}
	}
	s.mu.Unlock()
	return s.records(in.ID, policy.Act{Kind: policy.ActConfirm, Subject: subject, Date: in.Date, By: s.who.Actor, Confirms: in.Record})
}

func (s *onStage) Launch(_ context.Context, in service.Launch) (*service.Receipt, error) {
	return s.records(in.ID, policy.Act{
		Kind: policy.ActLaunch, Subject: in.Subject, Date: in.Date, By: s.who.Actor, Body: in.Body, Deadline: in.Deadline, Document: in.Document,
		Procedure: policy.SilenceProcedure,
	})
}

func (s *onStage) TakePosition(_ context.Context, in service.Position) (*service.Receipt, error) {
	return s.records(in.ID, policy.Act{
		Kind: policy.ActPosition, Subject: in.Subject, Date: in.Date, By: s.who.Actor, Body: in.Body, Delegation: in.Delegation, Stance: in.Stance,
	})
}

func (s *stage) FindDraft(_ context.Context, subject policy.Subject) (*service.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if draft := s.drafts[subject]; draft != nil {
		return draft, nil
	}
	return &service.Draft{Subject: subject}, nil
}

func (s *onStage) SaveDraft(_ context.Context, in service.SaveDraft) (*service.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drafts[in.Subject] = &service.Draft{Subject: in.Subject, Revision: in.Revision + 1, Content: in.Content, By: s.who.String()}
	return s.drafts[in.Subject], nil
}

// drops takes the draft on a subject away. No trail tells of it.
func (s *stage) drops(subject policy.Subject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.drafts, subject)
}

func (s *stage) FindContent(_ context.Context, subject policy.Subject, _ int) (*service.Document, error) {
	text, err := json.Marshal(s.folder.Documents[subject.Path()+"/v1"])
	if err != nil {
		return nil, err
	}
	content, err := policy.AdmitContent(policy.KindOAP, text)
	return &service.Document{Subject: subject, Version: 1, Content: content}, err
}

func (s *stage) ListRows(_ context.Context, filter service.RowFilter) ([]policy.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.rows), func(r policy.Row) bool { return r.Register != filter.Register }), nil
}

func (s *onStage) Enter(_ context.Context, in service.Enter) (*service.Entered, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.ID != "" && slices.Contains(s.order, in.ID) {
		return &service.Entered{}, nil
	}
	for _, row := range in.Rows {
		row.By, row.Date = s.who.Actor, s.today
		if err := new(policy.Definition).AuthoriseRow(s.who.Actor, row); err != nil {
			return nil, err
		}
		s.rows = append(s.rows, row)
	}
	s.tells(in.ID)
	return &service.Entered{}, nil
}
