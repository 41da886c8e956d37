package rules_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// Nothing is drafted, nor offered, that the body cannot conclude now: as long as a silence
// procedure runs, it adopts by itself.
func TestSnapshotMeetingView_OffersNoAdoptionDuringASilenceProcedure(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Table("oap/2022/firearms")
	item := func() rules.MeetingItem {
		view, err := snapshot(s).MeetingView("cosi-2021-12")
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(view.Items, func(i rules.MeetingItem) bool { return i.Subject == "oap/2022/firearms" })
		return view.Items[at]
	}
	if i := item(); i.DraftOutcome != policy.Adopted || !slices.Contains(i.Outcomes, policy.Adopted) || slices.Contains(i.Outcomes, policy.TookNote) || i.Digest == "" {
		t.Errorf("ripe: %+v", i)
	}
	s.Record(s.Entry("oap/2022/firearms"), launches(s.Today.String(), s.Today.AddDays(3).String()))
	if i := item(); i.DraftOutcome != "" || i.Draft != "" || slices.Contains(i.Outcomes, policy.Adopted) || !slices.Contains(i.Outcomes, policy.ReferredBack) {
		t.Errorf("while it runs: %+v", i)
	}
}

func TestSnapshotMeetingView_KnowsWhatIsRipe(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Table("oap/2022/firearms")
	s.Enter(policy.RegAgenda, "cosi-2021-12/oap/2022/drugs", "2021-11-30", &policy.AgendaItem{Title: "OAP"})
	s.Enter(policy.RegAgenda, "cosi-2021-12/lunch", "2021-11-30", &policy.AgendaItem{Title: "Lunch"})
	content[*policy.OperationalPlan](s, "oap/2022/firearms").Impact = nil
	view, err := snapshot(s).MeetingView("cosi-2021-12")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]rules.Ripeness{}
	for _, item := range view.Items {
		got[item.Subject] = item.Ripeness
	}
	if diff := cmp.Diff(map[string]rules.Ripeness{"oap/2022/firearms": rules.RipeBlocked, "oap/2022/drugs": rules.RipeSettled}, got); diff != "" {
		t.Error(diff)
	}
	if !view.Monitoring || !slices.Contains(view.Others, "Lunch") {
		t.Errorf("the agenda has %q, monitoring: %v", view.Others, view.Monitoring)
	}
	if _, err := snapshot(s).MeetingView("cosi-1999-12"); policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("a meeting that there is not: %v", err)
	}
}

// The page of a meeting is its record: what it concluded stays on it, whatever became
// of that, and what waits for a second person is no longer ripe.
func TestSnapshotMeetingView_KeepsWhatTheMeetingConcluded(t *testing.T) {
	t.Parallel()
	const meeting = "cosi-2021-12"
	s := inOrder()
	s.Definition.Meetings = append(s.Definition.Meetings, policy.PlannedMeeting{Key: "cosi-2021-11", Title: "COSI, November 2021", Body: policy.COSI, On: date("2021-11-10")})
	m := s.Definition.Meeting(meeting)
	concluded := func(path, id string, change func(*policy.Act)) policy.Recorded {
		act := policy.Act{
			Kind: policy.ActDecide, Subject: on(path), Body: policy.COSI, Outcome: policy.Adopted, Date: m.On, Document: "ST 1/21 INIT",
			Procedure: policy.Meeting, Meeting: m.Title, Version: 1, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		}
		change(&act)
		return policy.Recorded{ID: id, Act: act}
	}
	second := func(of policy.Recorded, kind policy.ActKind) policy.Recorded {
		return policy.Recorded{ID: string(kind) + of.ID, Act: policy.Act{Kind: kind, Subject: of.Subject, Confirms: of.ID, Date: m.On, By: policy.Actor{Name: "Bert", Body: policy.GeneralSecretariat}}}
	}
	byTitle := concluded("oap/2022/drugs", "named", func(*policy.Act) {})
	byKey := concluded("oap/2022/drugs", "by-key", func(a *policy.Act) { a.Meeting, a.Date, a.OtherDay = meeting, m.On.AddDays(1), true })
	byDay := concluded("oap/2022/firearms", "by-day", func(a *policy.Act) { a.Meeting = "" })
	elsewhere := concluded("oap/2022/firearms", "elsewhere", func(a *policy.Act) { a.Meeting = "COSI, November 2021" })
	written := concluded("oap/2022/firearms", "written", func(a *policy.Act) { a.Procedure, a.Meeting = policy.WrittenProcedure, "" })
	waits := concluded("oap/2022/firearms", "waits", func(*policy.Act) {})
	d := snapshot(s)
	d.Acts = map[policy.Subject][]policy.Recorded{
		on("oap/2022/drugs"):    {byTitle, second(byTitle, policy.ActSetAside), byKey, second(byKey, policy.ActConfirm)},
		on("oap/2022/firearms"): {byDay, second(byDay, policy.ActConfirm), elsewhere, second(elsewhere, policy.ActConfirm), written, second(written, policy.ActConfirm), waits},
	}
	view, err := d.MeetingView(meeting)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]rules.OutcomeState{}
	for _, o := range view.Outcomes {
		got[o.ID] = o.State
		if o.Title == "" || o.Outcome != policy.Adopted || o.Document == "" || o.Date.IsZero() {
			t.Errorf("%+v", o)
		}
	}
	want := map[string]rules.OutcomeState{"named": rules.OutcomeSetAside, "by-key": rules.OutcomeInEffect, "by-day": rules.OutcomeInEffect, "waits": rules.OutcomeWaiting}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An outcome bears the day of the meeting that it names: another day is asked about,
// and who answers that it was another day is believed.
func TestJudge_AsksAboutAnotherDayThanTheMeeting(t *testing.T) {
	t.Parallel()
	m := policy.PlannedMeeting{Key: "cosi-2021-12", Title: "COSI, December 2021", Body: policy.COSI, On: date("2021-12-08")}
	twin := policy.PlannedMeeting{Key: "cosi-2021-12-b", Title: "COSI, December 2021", Body: policy.COSI, On: date("2021-12-10")}
	for name, test := range map[string]struct {
		act  func(*policy.Act)
		past bool
		asks bool
	}{
		"on the day":                     {act: func(*policy.Act) {}},
		"before the day":                 {act: func(a *policy.Act) { a.Date = date("2021-11-28") }, asks: true},
		"after the day":                  {act: func(a *policy.Act) { a.Date = date("2021-12-09") }, asks: true},
		"by its key":                     {act: func(a *policy.Act) { a.Date, a.Meeting = date("2021-12-09"), " COSI-2021-12 " }, asks: true},
		"another day, as is said":        {act: func(a *policy.Act) { a.Date, a.OtherDay = date("2021-12-09"), true }},
		"a meeting that nobody planned":  {act: func(a *policy.Act) { a.Date, a.Meeting = date("2021-12-09"), "COSI, in Porto" }},
		"the other meeting of the name":  {act: func(a *policy.Act) { a.Date = date("2021-12-10") }},
		"what was recorded long ago":     {act: func(a *policy.Act) { a.Date = date("2021-12-09") }, past: true},
		"a meeting of that name, of two": {act: func(a *policy.Act) { a.Date = date("2021-12-11") }, asks: true},
	} {
		f := open("oap/2022/firearms")
		f.Entry.Turns = f.Entry.Turns[len(f.Entry.Turns)-1:] // COSI alone
		f.Facts.Past = test.past
		f.Facts.Meetings = []policy.PlannedMeeting{m, twin}
		if err := f.Takes(policy.Act{Kind: policy.ActSubmit, Date: date("2021-11-01"), By: policy.Actor{Name: "Dagny", Body: "se"}, Digest: "sha256:d"}); err != nil {
			t.Fatal(err)
		}
		act := policy.Act{
			Kind: policy.ActDecide, Body: policy.COSI, Outcome: policy.Adopted, Date: m.On, Document: "ST 1/21 INIT", Procedure: policy.Meeting,
			Meeting: m.Title, Version: 1, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		}
		test.act(&act)
		err := f.Takes(act)
		asked := policy.CodeOf(err) == policy.CodeWrongDate && err.(*policy.Error).Field == "other_day" //nolint:errorlint // it is what is looked at
		if asked != test.asks || !test.asks && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The COSI Support Group prepares what COSI adopts; nothing is drafted that a rule
// does not let pass.
func TestSnapshotMeetingView_DraftsWhatTheBodyConcludes(t *testing.T) {
	t.Parallel()
	const oap = "oap/2022/firearms"
	s := inOrder()
	s.Definition.Meetings = append(s.Definition.Meetings, policy.PlannedMeeting{Key: "support-2021-12", Title: "COSI Support Group", Body: policy.COSISupportGroup, On: date("2021-12-01")})
	drafted := func(meeting string) rules.MeetingItem {
		t.Helper()
		view, err := snapshot(s).MeetingView(meeting)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range view.Items {
			if item.Subject == oap {
				return item
			}
		}
		t.Fatalf("%s is not on the agenda of %s", oap, meeting)
		return rules.MeetingItem{}
	}
	s.Table(oap)
	adopts := drafted("cosi-2021-12")
	if adopts.DraftOutcome != policy.Adopted || adopts.Draft != "COSI on "+adopts.Title+", version 1: adopted." {
		t.Errorf("COSI is drafted as %q: %q", adopts.DraftOutcome, adopts.Draft)
	}
	s.Unsettle(oap)
	notes := drafted("support-2021-12")
	if notes.DraftOutcome != policy.TookNote || notes.Draft != "COSI Support Group on "+notes.Title+", version 1: took note." {
		t.Errorf("the COSI Support Group is drafted as %q: %q", notes.DraftOutcome, notes.Draft)
	}
	s.Table("oap/2022/drugs")
	content[*policy.OperationalPlan](s, "oap/2022/drugs").Impact = nil
	view, err := snapshot(s).MeetingView("cosi-2021-12")
	if err != nil {
		t.Fatal(err)
	}
	blocked := slices.IndexFunc(view.Items, func(i rules.MeetingItem) bool { return i.Ripeness == rules.RipeBlocked })
	if blocked < 0 || view.Items[blocked].Draft != "" || view.Items[blocked].DraftOutcome != "" {
		t.Errorf("of what is blocked, something is drafted: %+v", view.Items)
	}
}
