package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func actor(name string, body policy.Body) policy.Actor { return policy.Actor{Name: name, Body: body} }

func TestADraftIsForThoseWhoHandItInAndNobodyWritesOverAnother(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "drafts"
	f.starts(kept(cycle))
	f.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	f.awaits(oap, policy.StateDrafting)
	ctx, dagny, sven := t.Context(), actor("Dagny", "se"), actor("Sven", "se")
	_, err := as(t, f, actor("Nina", "fr")).FindDraft(ctx, oap)
	refused(t, err, policy.CodeNotCompetent, "may not hand in")
	_, err = as(t, f, dagny).FindDraft(ctx, at(cycle, "obligation/none/2022-01-01"))
	if err == nil {
		t.Error("something that has no content has a draft")
	}
	empty, err := as(t, f, dagny).FindDraft(ctx, oap)
	if err != nil || empty.Revision != 0 {
		t.Fatalf("%+v %v", empty, err)
	}
	unfinished := twoActions()
	unfinished.Actions[1].Title = ""
	saved, err := as(t, f, dagny).SaveDraft(ctx, service.SaveDraft{Subject: oap, Content: unfinished})
	if err != nil || saved.Revision != 1 || len(saved.Problems) == 0 {
		t.Fatalf("an unfinished draft: %+v %v", saved, err)
	}
	_, err = as(t, f, sven).SaveDraft(ctx, service.SaveDraft{Subject: oap, Content: twoActions()})
	refused(t, err, policy.CodeWrongVersion, "somebody else has changed the draft")
	again, err := as(t, f, sven).SaveDraft(ctx, service.SaveDraft{Subject: oap, Revision: 1, Content: assessed(twoActions())})
	if err != nil || again.Revision != 2 || !strings.Contains(again.By, "Sven") {
		t.Fatalf("%+v %v", again, err)
	}
	refused(t, as(t, f, dagny).DropDraft(ctx, service.SaveDraft{Subject: oap, Revision: 1}), policy.CodeWrongVersion, "somebody else")
	secret := twoActions()
	secret.Marking = policy.Secret
	_, err = as(t, f, dagny).SaveDraft(ctx, service.SaveDraft{Subject: oap, Revision: 2, Content: secret})
	refused(t, err, policy.CodeMarking, "above")
	if err := as(t, f, dagny).DropDraft(ctx, service.SaveDraft{Subject: oap, Revision: 2}); err != nil {
		t.Error(err)
	}
}

func TestASearchFindsWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "searched"
	f.starts(kept(cycle))
	f.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	f.awaits(oap, policy.StateDrafting)
	f.hands("se", oap, cleanPlanDate, assessed(twoActions()))
	whats := func(by policy.Actor, text string) []string {
		found, err := as(t, f, by).Search(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		var whats []string
		for _, one := range found {
			whats = append(whats, one.What)
		}
		slices.Sort(whats)
		return slices.Compact(whats)
	}
	nina := actor("Nina", "fr")
	for text, want := range map[string][]string{
		"firearms": {"action", "subject"}, "searched": {"cycle"}, "8665/21": {"decision"}, "Trace": {"action"}, "100%": nil, "nothing of the kind": nil,
	} {
		if got := whats(nina, text); !slices.Equal(got, want) {
			t.Errorf("a delegation finds %v for %q, want %v", got, text, want)
		}
	}
	for _, text := range []string{"firearms", "8665/21", "Trace"} {
		if got := whats(policy.Actor{}, text); len(got) > 0 {
			t.Errorf("the public finds %v for %q", got, text)
		}
	}
	_, err := f.Search(t.Context(), "x")
	refused(t, err, policy.CodeInvalid, "at least 3 letters")
}

func TestAReminderByHandStandsWithTheOthers(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "reminded"
	f.starts(past(cycle))
	subject := at(cycle, "assessment")
	f.awaits(subject, policy.StateDrafting)
	refused(t, as(t, f, actor("Nina", "fr")).Remind(t.Context(), service.Remind{Subject: subject, To: policy.Europol}), policy.CodeNotCompetent, "remind")
	for range 2 { // once a day is enough
		if err := as(t, f, anna).Remind(t.Context(), service.Remind{Subject: subject, To: policy.Europol}); err != nil {
			t.Fatal(err)
		}
	}
	found, err := f.FindSubject(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, n := range found.Notices {
		if n.Kind == policy.NoticeAsked && slices.Equal(n.To, []policy.Body{policy.Europol}) {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the reminders are %+v", found.Notices)
	}
	f.submits(policy.Europol, subject, "2021-04-10")
	refused(t, as(t, f, anna).Remind(t.Context(), service.Remind{Subject: subject, To: policy.Europol}), policy.CodeNotOpen, "waits for nobody")
}

func TestWhatWasMarkedPublicByMistakeIsFoundAndReadNoMoreOnceThatIsRectified(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "mismarked"
	f.starts(kept(cycle))
	f.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	f.awaits(oap, policy.StateDrafting)
	text, err := json.Marshal(assessed(twoActions()))
	if err != nil {
		t.Fatal(err)
	}
	public := f.As(policy.Principal{})
	finds := func(want int) {
		t.Helper()
		found, err := public.Search(t.Context(), "Trace")
		if err != nil || len(found) != want {
			t.Errorf("the public finds %+v, %v, want %d", found, err, want)
		}
		if _, err := public.FindContent(t.Context(), oap, 1); (err == nil) != (want > 0) {
			t.Errorf("the public reads it: %v", err)
		}
	}
	in := service.Submit{Subject: oap, Statement: service.Statement{Date: date(cleanPlanDate)}, Content: text, Marking: policy.Public}
	dagny := as(t, f, actor("Dagny", "se"))
	receipt, err := dagny.Submit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	finds(1)
	in.Rectifies, in.Marking = receipt.ID, policy.Limite
	if _, err := dagny.Submit(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	finds(0)
	in.Marking, in.Content, in.Holder = policy.Restricted, nil, "registry of the Council"
	if _, err := dagny.Submit(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if _, err := f.FindContent(t.Context(), oap, 1); policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("what is above the ceiling is read all the same: %v", err)
	}
}

func TestASearchSaysThatThereIsMoreThanItLists(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "manifold"
	f.starts(kept(cycle))
	f.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	f.awaits(oap, policy.StateDrafting)
	plan := assessed(twoActions())
	for i := range 60 {
		action := plan.Actions[0]
		action.Code, action.Title = fmt.Sprintf("2.%d", i), fmt.Sprintf("Hyperspectral scan %d", i)
		plan.Actions = append(plan.Actions, action)
	}
	f.hands("se", oap, cleanPlanDate, plan)
	for text, more := range map[string]bool{"Hyperspectral": true, "Tell dealers": false} {
		found, err := f.Search(t.Context(), text)
		if err != nil || len(found) == 0 || found[len(found)-1].More != more || len(found) > 50 {
			t.Errorf("of %s, %d are listed, more: %v, %v", text, len(found), found[len(found)-1].More, err)
		}
	}
}

func TestNothingIsKeptOfWhatTheRecordsRefuse(t *testing.T) {
	t.Parallel()
	f := defends(t, true)
	f.works()
	cycle := "unkept"
	f.starts(kept(cycle))
	f.toPlans(cycle)
	oap, priorities := at(cycle, "oap/2022/firearms"), at(cycle, "priorities")
	f.awaits(oap, policy.StateDrafting)
	plan, err := evidence.Canonical(assessed(twoActions()))
	if err != nil {
		t.Fatal(err)
	}
	nina, letter := actor("Nina", "fr"), []byte("a letter that nobody asked for")
	kept := func(body []byte) bool {
		t.Helper()
		_, err := f.store.FindContent(t.Context(), evidence.Digest(body))
		if err != nil && policy.CodeOf(err) != policy.CodeUnknown {
			t.Fatal(err)
		}
		return err == nil
	}
	_, err = as(t, f, nina).Submit(t.Context(), service.Submit{Subject: oap, Statement: service.Statement{Date: date(cleanPlanDate)}, Content: plan})
	refused(t, err, policy.CodeNotCompetent, "may not hand in")
	dagny := actor("Dagny", "se")
	_, err = as(t, f, nina).Submit(t.Context(), service.Submit{Subject: oap, Statement: service.Statement{Date: date(cleanPlanDate), For: &dagny}, Content: plan})
	refused(t, err, policy.CodeNotCompetent, "cannot stand in")
	_, err = as(t, f, nina).Correct(t.Context(), service.Correct{Subject: priorities, Document: "EX 1/21 COR 1", Statement: service.Statement{Date: date("2021-06-01")}, Content: letter})
	refused(t, err, policy.CodeNotCompetent, "")
	if kept(plan) || kept(letter) {
		t.Error("what was refused is kept")
	}
	lines, err := f.Trail(t.Context(), cycle, service.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	told := slices.ContainsFunc(lines, func(l service.TrailEntry) bool {
		return !l.Accepted && l.Act == "submit" && strings.HasPrefix(l.By, "Nina")
	})
	if !told {
		t.Errorf("the attempt does not stand in the trail: %+v", lines)
	}
	reserves := policy.Amendment{Reason: "nobody asked for it either", Meetings: []policy.PlannedMeeting{{Key: "mine", Title: "Mine", Body: policy.COSI, On: date("2021-12-20")}}}
	_, err = as(t, f, nina).AmendCycle(t.Context(), service.AmendCycle{Cycle: cycle, Amendment: reserves})
	refused(t, err, policy.CodeNotCompetent, "")

	_, err = as(t, f, dagny).Submit(t.Context(), service.Submit{Subject: oap, Statement: service.Statement{Date: date(cleanPlanDate)}, Document: "EX 14001/21 INIT", Marking: policy.Restricted, Holder: "registry of the Council"})
	if err != nil {
		t.Fatal(err)
	}
	f.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	correct := service.Correct{Subject: oap, Document: "EX 14001/21 COR 1", Statement: service.Statement{Date: date("2021-12-20")}, Content: letter}
	_, err = as(t, f, anna).Correct(t.Context(), correct)
	refused(t, err, policy.CodeMarking, "no content is kept here")
	correct.Subject, correct.Document, correct.Date = priorities, "EX 1/21 COR 1", date("2021-06-01")
	if _, err := as(t, f, anna).Correct(t.Context(), correct); err != nil || !kept(letter) {
		t.Errorf("the corrigendum of the General Secretariat is not kept: %v", err)
	}
}
