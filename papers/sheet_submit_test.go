package papers_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// submitting is a desk at which plans are handed in.
type submitting struct {
	*desk
	deciding string // the path of the OAP whose version is before a body
	refuses  string // and of the one that is not taken
	handed   []service.Submit
}

func (s *submitting) FindSubject(ctx context.Context, subject policy.Subject) (*service.Subject, error) {
	found, err := s.desk.FindSubject(ctx, subject)
	if err == nil && subject.Path() == s.deciding {
		found.State, found.Version = policy.StateDeciding, 3
	}
	return found, err
}

func (s *submitting) Submit(_ context.Context, in service.Submit) (*service.Receipt, error) {
	if in.Subject.Path() == s.refuses {
		return nil, policy.Refuse(policy.CodeNotOpen, "it is settled")
	}
	s.handed = append(s.handed, in)
	return &service.Receipt{ID: in.Subject.Path(), Subject: in.Subject, Version: 4}, nil
}

// twoChanged gives a preview of the OAPs of 2022, of which two have changed.
func twoChanged(t *testing.T, s papers.Sheets) *papers.Incoming {
	t.Helper()
	book, err := s.PeriodActions(t.Context(), cycle, "2022")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		book.Sheets[i].Lines[0].Cells[book.Sheets[i].Column("title")] = "Changed"
	}
	in, err := s.Preview(t.Context(), "book.xlsx", bytesOf(t, book, nil), papers.Meant{Cycle: cycle, Subject: "oap/2022"})
	if err != nil || len(in.Plans()) != 2 {
		t.Fatalf("%v: %+v", err, in)
	}
	return in
}

func TestHandIn_HandsEachPlanInAsAVersion(t *testing.T) {
	t.Parallel()
	d := &submitting{desk: newDesk(t)}
	s := sheetsOf(t, d.desk)
	s.Service = d
	d.deciding = twoChanged(t, s).Plans()[1].Subject
	in := twoChanged(t, s)
	taken, err := s.Take(t.Context(), in)
	if err == nil {
		err = s.HandIn(t.Context(), in, taken, papers.Submission{Statement: service.Statement{Comment: "as agreed"}})
	}
	if err != nil || len(d.handed) != 2 || len(d.drafts) != 0 {
		t.Fatalf("%v: %d versions, %d drafts", err, len(d.handed), len(d.drafts))
	}
	for i, handed := range d.handed {
		var plan policy.OperationalPlan
		if err := json.Unmarshal(handed.Content, &plan); err != nil || plan.Actions[0].Title != "Changed" || handed.Comment != "as agreed" {
			t.Errorf("%s: %v, %+v", handed.Subject, err, plan.Actions[0])
		}
		if handed.Revises != 3*i || taken.HandedIn[i].Receipt.Version != 4 {
			t.Errorf("%s takes the place of version %d", handed.Subject, handed.Revises)
		}
	}
}

func TestHandIn_LeavesWhatIsRefusedADraft(t *testing.T) {
	t.Parallel()
	d := &submitting{desk: newDesk(t)}
	s := sheetsOf(t, d.desk)
	s.Service = d
	in := twoChanged(t, s)
	d.refuses = in.Plans()[0].Subject
	taken, err := s.Take(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	err = s.HandIn(t.Context(), in, taken, papers.Submission{})
	if policy.CodeOf(err) != policy.CodeNotOpen || !strings.Contains(err.Error(), "1 of 2 plans are handed in") || !strings.Contains(err.Error(), d.refuses+": it is settled") {
		t.Errorf("it says %v", err)
	}
	if len(d.handed) != 1 || len(d.drafts) != 1 || d.drafts[d.refuses] == nil || taken.HandedIn[0].Refusal() == nil || taken.HandedIn[1].Refusal() != nil {
		t.Errorf("%d versions, drafts %v", len(d.handed), d.drafts)
	}
}

func TestJudge_RefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := sheetsOf(t, d)
	in := twoChanged(t, s)
	if in.Judge(papers.Submission{}) != nil {
		t.Error("two plans are not handed in together")
	}
	for _, say := range []papers.Submission{{Document: "EX 1/22 INIT"}, {Statement: service.Statement{ID: "x"}}} {
		if err := in.Judge(say); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%+v: %v", say, err)
		}
	}
	if err := (&papers.Incoming{}).Judge(papers.Submission{}); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("rows: %v", err)
	}
}

func TestSeen_RefusesWhatWasNotShown(t *testing.T) {
	t.Parallel()
	s := sheetsOf(t, newDesk(t))
	one, again := twoChanged(t, s), twoChanged(t, s)
	one.Sheets = slices.Clone(one.Sheets)
	if one.Digest == "" || one.Seen(again.Digest) == nil && one.Digest != again.Digest {
		t.Errorf("%s, %s", one.Digest, again.Digest)
	}
	if err := one.Seen("another"); policy.CodeOf(err) != policy.CodeWrongVersion {
		t.Error(err)
	}
}

func TestMeantBy_NamesEveryTable(t *testing.T) {
	t.Parallel()
	for about, want := range map[string]papers.Meant{
		"":                    {},
		"c/oap/2022/firearms": {Cycle: "c", Subject: "oap/2022/firearms"},
		"c/oap/2022":          {Cycle: "c", Subject: "oap/2022"},
		"c/registers/posts":   {Cycle: "c", Register: policy.RegPosts},
		"c/states/fr":         {Cycle: "c", Register: policy.RegConsents, State: "fr"},
	} {
		if got, err := papers.MeantBy(about); err != nil || got != want {
			t.Errorf("%s: %+v, %v", about, got, err)
		}
	}
	for _, about := range []string{"c", "c/registers/", "c/registers/none", "c/states/", "c/oap", "c/oap/2022/a/b"} {
		if got, err := papers.MeantBy(about); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%s: %+v, %v", about, got, err)
		}
	}
}

// round is a desk at which one of three actions has reported.
type round struct{ *desk }

func (r round) FindRound(_ context.Context, report policy.Subject) (*rules.RoundStatus, error) {
	status := &rules.RoundStatus{Report: report}
	for _, a := range r.plans[report.Plan().Path()][0].Actions[1:3] {
		status.Late = append(status.Late, rules.LateReporter{Action: a.Code, Title: a.Name()})
	}
	return status, nil
}

func TestRegister_HasALineForEachActionOfARound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	actions := d.plans[firearms][0].Actions
	const prefix = "2022/firearms/may/"
	d.rows = []policy.Row{{Register: policy.RegProgress, Key: prefix + actions[0].Code, Date: policy.NewDate(2022, 5, 1), Body: &policy.Progress{Status: policy.ActionStatuses[0]}}}
	s := sheetsOf(t, d)
	s.Service = round{d}
	book, err := s.Of(t.Context(), cycle, "registers/progress", prefix)
	if err != nil {
		t.Fatal(err)
	}
	sheet := book.Sheets[0]
	keys, titles := []string{}, []string{}
	for i, line := range sheet.Lines {
		keys, titles = append(keys, line.Cells[sheet.Column("key")]), append(titles, sheet.About[i])
	}
	var wantKeys, wantTitles []string
	for _, a := range actions[:3] {
		wantKeys, wantTitles = append(wantKeys, prefix+a.Code), append(wantTitles, a.Name())
	}
	if cmp.Diff(wantKeys, keys)+cmp.Diff(wantTitles, titles) != "" || !slices.Contains(sheet.Locked, "key") {
		t.Errorf("%q %q", keys, titles)
	}
	untouched, err := s.Preview(t.Context(), "may.xlsx", bytesOf(t, book, nil), papers.Meant{})
	if err != nil || untouched.Changed() != 0 {
		t.Errorf("as it went out: %v %+v", err, untouched)
	}
	sheet.Lines[2].Cells[sheet.Column("status")] = string(policy.ActionStatuses[1])
	in, err := s.Preview(t.Context(), "may.xlsx", bytesOf(t, book, nil), papers.Meant{})
	if err != nil || in.Sheets[0].Rows != 1 {
		t.Fatalf("%v: %+v", err, in)
	}
	if _, err := s.Take(t.Context(), in); err != nil || len(d.rows) != 2 || d.rows[1].Key != wantKeys[2] {
		t.Errorf("%v: %+v", err, d.rows)
	}
}
