package rehearsal_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// shows demonstrates the cycle until ctx ends, and gives what was announced.
func (s *stage) shows(ctx context.Context) (announced []rehearsal.Waiting) {
	rehearsal.Demonstrate(ctx, s, s.folder.Key, rehearsal.Told{}, zerolog.Nop(), func(all []rehearsal.Waiting) { announced = all })
	return announced
}

// showsFor demonstrates it for an hour with visitors beside.
func (s *stage) showsFor(t *testing.T, visitors func()) (announced []rehearsal.Waiting) {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), time.Hour)
	defer end()
	go func() {
		<-time.After(time.Minute)
		if visitors != nil {
			visitors()
		}
	}()
	return s.shows(ctx)
}

func (s *stage) at(path string) policy.Subject {
	subject, err := policy.ParseSubject(s.folder.Key + "/" + path)
	if err != nil {
		panic(err)
	}
	return subject
}

// open lists what waits, and in which state.
func (s *stage) open(t *testing.T) []string {
	t.Helper()
	items, err := s.Inbox(t.Context(), service.InboxFilter{})
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(items))
	for i, item := range items {
		lines[i] = fmt.Sprintf("%s: %s, %s, version %d", item.Subject.Path(), item.Awaits, item.Turn, item.Version)
	}
	return lines
}

// invitedTo lists the actions of which a State has not said anything.
func (s *stage) invitedTo(state policy.Body) (actions []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range policy.RowsOn(s.today, s.rows) {
		action, is := strings.CutSuffix(row.Key, "/"+string(state))
		if consent, said := row.Body.(*policy.Consent); said && is && consent.State == policy.Invited {
			actions = append(actions, action)
		}
	}
	return actions
}

func TestDemonstrate_HasSomethingForEachRole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sets(t)
		announced := s.showsFor(t, nil)
		var roles []string
		for _, w := range announced {
			roles = append(roles, w.For)
		}
		want := []string{
			"Commission", "Delegations", "Driver: France", "Driver: Poland", "EMPACT Support Team", "Europol",
			"General Secretariat", "General Secretariat", "General Secretariat", "National coordinators", "Presidency",
		}
		if diff := cmp.Diff(want, roles); diff != "" {
			t.Errorf("it is for (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]string{
			"change/2026-2027/criminal-finances/1: decision, [cosi-support-group], version 2",
			"change/2026-2027/environmental-crime/1: submission, [fr es support-team], version 0",
			"change/2026-2027/ip-crime/1: decision, [support-team], version 1",
			"change/2026-2027/online-fraud/1: submission, [ie europol support-team], version 0",
			"change/2026-2027/synthetic-drugs/1: submission, [pl nl support-team], version 0",
			"item/contact-points: decision, [cosi], version 1",
			"item/drones: submission, [presidency commission general-secretariat], version 0",
			"item/firearms-from-the-war: decision, [cosi], version 1",
			"item/funding: submission, [presidency commission general-secretariat], version 0",
			"item/ports: confirmation, [cosi], version 1",
		}, s.open(t)); diff != "" {
			t.Errorf("what waits (-want +got)\n%s", diff)
		}
		found, err := s.FindSubject(t.Context(), s.at("item/contact-points"))
		if err != nil || !found.Silence.Open(s.today.AddDays(14)) {
			t.Errorf("in two weeks the silence procedure is %+v (%v)", found.Silence, err)
		}
		for _, plan := range []string{"environmental-crime", "online-fraud", "synthetic-drugs"} {
			draft, err := s.FindDraft(t.Context(), s.at("change/2026-2027/"+plan+"/1"))
			if err != nil || draft.Revision != 1 || len(draft.Content.Problems()) != 2 {
				t.Errorf("the draft on %s is not half written: %+v, %v", plan, draft, err)
			}
		}
		for _, state := range policy.MembersOn(s.today) {
			if len(s.invitedTo(state)) < 5 {
				t.Errorf("%s is invited to %v alone", state.Title(), s.invitedTo(state))
			}
		}
	})
}

// visitor is somebody who tries the pages.
func visitor(body policy.Body) policy.Principal {
	return policy.Asserted(policy.Actor{Name: "Visitor, " + string(body), Body: body})
}

// deals has visitors deal with everything that waits as it is staged first.
func (s *stage) deals(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must := func(_ *service.Receipt, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	decides := func(path string, body policy.Body, by policy.Body, outcome policy.Outcome) {
		t.Helper()
		must(s.As(visitor(by)).Decide(ctx, service.Decide{Act: policy.Act{
			Subject: s.at(path), Date: s.today, Body: body, Outcome: outcome, Procedure: policy.Meeting, Document: "EX 1/26 INIT",
		}}))
	}
	submits := func(path string, by policy.Body) {
		t.Helper()
		must(s.As(visitor(by)).Submit(ctx, service.Submit{Statement: service.Statement{Date: s.today}, Subject: s.at(path), Document: "EX 2/26 INIT"}))
	}
	decides("item/firearms-from-the-war", policy.COSI, policy.GeneralSecretariat, policy.Adopted)
	decides("change/2026-2027/criminal-finances/1", policy.COSISupportGroup, policy.GeneralSecretariat, policy.TookNote)
	decides("change/2026-2027/ip-crime/1", policy.SupportTeam, policy.SupportTeam, policy.TookNote)
	pending := policy.PendingIn(s.acts[s.at("item/ports")])
	must(s.As(visitor(policy.GeneralSecretariat)).Confirm(ctx, service.Second{Statement: service.Statement{Date: s.today}, Record: pending.ID}))
	must(s.As(visitor("fr")).TakePosition(ctx, service.Position{
		Statement: service.Statement{Date: s.today}, Subject: s.at("item/contact-points"), Body: policy.COSI, Delegation: "fr", Stance: policy.Objects,
	}))
	submits("item/drones", policy.Presidency)
	submits("item/funding", policy.Commission)
	submits("change/2026-2027/synthetic-drugs/1", "pl")
	submits("change/2026-2027/environmental-crime/1", "fr")
	submits("change/2026-2027/online-fraud/1", policy.Europol)
	var answers []policy.Row
	for _, action := range s.invitedTo("fr") {
		answers = append(answers, policy.Row{Register: policy.RegConsents, Key: action + "/fr", Body: &policy.Consent{State: policy.Confirmed}})
	}
	if _, err := s.As(visitor("fr")).Enter(ctx, service.Enter{ID: "answers", Rows: answers}); err != nil {
		t.Error(err)
	}
}

func TestDemonstrate_BringsBackWhatVisitorsDealWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sets(t)
		s.showsFor(t, func() { s.deals(t) })
		open := s.open(t)
		for _, want := range []string{
			"change/2026-2027/criminal-finances/2: decision, [cosi-support-group], version 2",
			"change/2026-2027/environmental-crime/2: submission, [fr es support-team], version 0",
			"change/2026-2027/ip-crime/2: decision, [support-team], version 1",
			"change/2026-2027/online-fraud/2: submission, [ie europol support-team], version 0",
			"change/2026-2027/synthetic-drugs/2: submission, [pl nl support-team], version 0",
			"item/contact-points-2: decision, [cosi], version 1",
			"item/drones-2: submission, [presidency commission general-secretariat], version 0",
			"item/firearms-from-the-war-2: decision, [cosi], version 1",
			"item/funding-2: submission, [presidency commission general-secretariat], version 0",
			"item/ports-2: confirmation, [cosi], version 1",
		} {
			if !slices.Contains(open, want) {
				t.Errorf("there is no %s", want)
			}
		}
		// What visitors have begun is theirs.
		for _, want := range []string{
			"item/firearms-from-the-war: confirmation, [cosi], version 1",
			"change/2026-2027/synthetic-drugs/1: decision, [support-team], version 1",
			"item/contact-points: decision, [cosi], version 1",
		} {
			if !slices.Contains(open, want) {
				t.Errorf("it does not stand where visitors left it: %s", want)
			}
		}
		if got := s.invitedTo("fr"); len(got) != 5 {
			t.Errorf("France is invited to %v", got)
		}
		if got := s.invitedTo("pl"); len(got) != 5 {
			t.Errorf("Poland, which has said nothing yet, is invited to %v", got)
		}
		if t.Failed() {
			t.Log(strings.Join(open, "\n"))
		}
	})
}

// What a visitor writes on the change of which they dropped the draft is theirs.
func TestDemonstrate_BringsADroppedDraftBackOnAnotherChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sets(t)
		first, second := s.at("change/2026-2027/synthetic-drugs/1"), s.at("change/2026-2027/synthetic-drugs/2")
		s.showsFor(t, func() { s.drops(first) })
		if s.drafts[first] != nil || s.drafts[second] == nil {
			t.Errorf("on the first change stands %v, on the second %v", s.drafts[first], s.drafts[second])
		}
		if s.drafts[s.at("change/2026-2027/environmental-crime/2")] != nil {
			t.Error("a draft that nobody dropped comes again, too")
		}
	})
}

func TestDemonstrate_AddsNothingWhenStartedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sets(t)
		first := s.showsFor(t, nil)
		acts, rows, open := len(s.order), len(s.rows), s.open(t)
		s.today = s.today.AddDays(1)
		if diff := cmp.Diff(first, s.showsFor(t, nil)); diff != "" {
			t.Errorf("it announces other things: %s", diff)
		}
		if diff := cmp.Diff(open, s.open(t)); len(s.order) != acts || len(s.rows) != rows || diff != "" {
			t.Errorf("there were %d acts and %d rows, now there are %d and %d: %v\n%s", acts, rows, len(s.order), len(s.rows), s.order[acts:], diff)
		}
	})
}

// Wherever it is killed, it goes on there, also on another day.
func TestDemonstrate_GoesOnWhereItWasKilled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		whole := sets(t)
		whole.showsFor(t, nil)
		for at := range len(whole.order) {
			s := sets(t)
			ctx, kill := context.WithCancel(t.Context())
			s.after = func(recorded int) {
				if recorded == at+1 {
					kill()
				}
			}
			s.shows(ctx)
			s.after = func(int) {}
			s.today = s.today.AddDays(1)
			s.showsFor(t, nil)
			if diff := cmp.Diff(whole.order, s.order); diff != "" {
				t.Errorf("killed after %d acts (-want +got)\n%s", at+1, diff)
			}
			if diff := cmp.Diff(whole.open(t), s.open(t)); diff != "" {
				t.Errorf("killed after %d acts, what waits is (-want +got)\n%s", at+1, diff)
			}
		}
	})
}

// Visitors open changes and items, too.
func TestDemonstrate_LeavesToVisitorsWhatTheyOpened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sets(t)
		change := s.at("change/2026-2027/synthetic-drugs/1")
		if _, err := s.As(visitor("pl")).OpenItem(t.Context(), service.OpenItem{
			Statement: service.Statement{Date: s.today}, Subject: change, Opening: policy.Opening{Title: "Mine", Due: s.today.AddDays(30)},
		}); err != nil {
			t.Fatal(err)
		}
		s.showsFor(t, nil)
		if s.drafts[change] != nil {
			t.Errorf("it writes into the draft of a visitor")
		}
		if s.drafts[s.at("change/2026-2027/synthetic-drugs/2")] == nil {
			t.Errorf("there is nothing for the driver")
		}
	})
}

// On a day on which nothing can be opened it promises nothing and does not try again
// and again.
func TestDemonstrate_PromisesNothingOfAnEndedCycle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sets(t)
		s.ended = true
		if got := s.showsFor(t, nil); len(got) != 1 || got[0].For != "National coordinators" {
			t.Errorf("it promises %+v", got)
		}
		if len(s.order) != 2 { // the post and the invitations
			t.Errorf("it did %v", s.order)
		}
	})
}
