package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// finalises enters a final text of the OAP on firearms on a day.
func finalises(on string) policy.Act {
	return policy.Act{
		Kind: policy.ActFinalise, By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Date: date(on),
		Document: "ST 1/1/21 REV 1", Digest: "sha256:final", Content: "sha256:final",
	}
}

// amended is the file of an OAP that COSI adopted with an outcome on 8 December.
func amended(t *testing.T, outcome policy.Outcome) *file {
	t.Helper()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"),
		decides(policy.COSI, outcome, "2021-12-08"))
	return f
}

func TestJudge_TakesAFinalTextOnceOfWhatWasAdoptedWithAmendments(t *testing.T) {
	t.Parallel()
	f := amended(t, policy.AdoptedWithAmendments)
	s := f.Standing()
	if !s.Positive() || s.Open() || !s.AwaitsFinal() || s.Due != date("2022-01-07") || !slices.Equal(s.Turn, []policy.Body{policy.GeneralSecretariat}) {
		t.Errorf("adopted with amendments it stands at %+v", s)
	}
	if s.MissedOn(date("2022-01-07")) || !s.MissedOn(date("2022-01-08")) {
		t.Error("it is overdue on the wrong day")
	}
	f.Refuses(t, finalises("2021-12-07"), policy.CodeWrongDate)
	f.Refuses(t, of(finalises("2021-12-20"), func(a *policy.Act) { a.By.Body = policy.Presidency }), policy.CodeNotCompetent)
	f.Refuses(t, of(finalises("2021-12-20"), func(a *policy.Act) { a.Document = "" }), policy.CodeInvalid)
	f.Refuses(t, of(finalises("2021-12-20"), func(a *policy.Act) { a.Digest = s.Digest }), policy.CodeInvalid)
	f.Facts.Stored = true
	f.Refuses(t, of(finalises("2021-12-20"), func(a *policy.Act) { a.Content = "" }), policy.CodeInvalid)

	waiting := policy.Recorded{Act: of(finalises("2021-12-20"), func(a *policy.Act) { a.Subject = f.Entry.Subject }), ID: "final", Stated: "stated"}
	pending := append(seconded(f.Records), waiting)
	if now := policy.StandingOf(f.Entry, f.Opened, pending); now.Pending != "final" || !now.AwaitsFinal() || policy.FinalTextIn(pending) == nil || !policy.FinalTextIn(pending).Pending {
		t.Errorf("before it is confirmed it stands at %+v", now)
	}
	again := confirms(waiting)
	again.By = waiting.By
	if err := policy.Judge(f.Entry, f.Opened, pending, again, f.Facts); policy.CodeOf(err) != policy.CodeFourEyes {
		t.Errorf("who entered it confirms it: %v", err)
	}

	f.Must(t, finalises("2021-12-20"))
	if now := f.Standing(); now.AwaitsFinal() || len(now.Turn) > 0 || !now.Due.IsZero() || now.ClosedOn != s.ClosedOn || now.Version != s.Version {
		t.Errorf("with its final text it stands at %+v", now)
	}
	f.Refuses(t, finalises("2021-12-21"), policy.CodeAlreadyDecided)
	f.Must(t, of(finalises("2021-12-21"), func(a *policy.Act) { a.Rectifies, a.Digest, a.Content = "act-5", "sha256:right", "sha256:right" }))
	if text := policy.TextInForce(seconded(f.Records), nil); text.Content != "sha256:right" || text.ID != "act-5" {
		t.Errorf("the text in force is %+v", text)
	}
	f.Refuses(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), func(a *policy.Act) { a.Rectifies = "act-4" }), policy.CodeAlreadyDecided)
	f.Must(t, of(decides(policy.COSI, policy.AdoptedWithAmendments, "2021-12-08"), func(a *policy.Act) { a.Rectifies, a.Document = "act-4", "ST 2/21 INIT" }))
}

func TestJudge_TakesNoFinalTextOfAnythingElse(t *testing.T) {
	t.Parallel()
	open(oap).Refuses(t, finalises("2021-12-20"), policy.CodeNotOpen)
	amended(t, policy.Adopted).Refuses(t, finalises("2021-12-20"), policy.CodeNotOpen)
	amended(t, policy.NotAgreed).Refuses(t, finalises("2021-12-20"), policy.CodeNotOpen)

	f := amended(t, policy.AdoptedWithAmendments)
	f.Must(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), func(a *policy.Act) { a.Rectifies = "act-4" }))
	if s := f.Standing(); s.AwaitsFinal() {
		t.Errorf("adopted as it was handed in it waits for a final text: %+v", s)
	}
}

func TestNextNotice_RemindsOfAFinalText(t *testing.T) {
	t.Parallel()
	f := amended(t, policy.AdoptedWithAmendments)
	ladder := policy.Reminders{BeforeDays: []int{14}, EscalateDays: 30}
	var given []policy.Notice
	for _, want := range []policy.Notice{
		{Kind: policy.NoticeAhead, On: date("2021-12-24")}, {Kind: policy.NoticeDue, On: date("2022-01-07")},
		{Kind: policy.NoticeOverdue, On: date("2022-01-08")}, {Kind: policy.NoticeEscalation, On: date("2022-02-06")},
	} {
		next, more := policy.NextNotice(f.Standing(), ladder, given, want.On)
		if !more || next != want {
			t.Errorf("the next reminder is %+v, %v instead of %+v", next, more, want)
		}
		given = append(given, next)
	}
	f.Must(t, finalises("2021-12-20"))
	if next, more := policy.NextNotice(f.Standing(), ladder, nil, date("2022-01-08")); more {
		t.Errorf("it is told of once it is there: %+v", next)
	}
}
