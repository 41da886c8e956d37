package papers_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

const cycle = "empact-2022-2025"

// desk is a service with the OAPs and registers of a cycle, and what may be done with a sheet of them.
type desk struct {
	service.Service
	plans  map[string][]*policy.OperationalPlan // the versions of each OAP, by its path
	drafts map[string]*service.Draft
	rows   []policy.Row // as they were entered
	refuse string       // the path of the OAP whose draft is refused
}

// newDesk has the OAPs of 2022 of the example.
func newDesk(tb testing.TB) *desk {
	tb.Helper()
	dir, err := fs.Sub(examples.Files, cycle)
	if err != nil {
		tb.Fatal(err)
	}
	folder, err := files.ReadFolderFS(cycle, dir)
	if err != nil {
		tb.Fatal(err)
	}
	d := &desk{plans: map[string][]*policy.OperationalPlan{}, drafts: map[string]*service.Draft{}}
	for key, content := range folder.Documents {
		path, _, _ := strings.Cut(key, "/v")
		if plan, is := content.(*policy.OperationalPlan); is && strings.HasPrefix(path, "oap/") && strings.HasSuffix(key, "/v1") {
			d.plans[path] = []*policy.OperationalPlan{plan}
		}
	}
	return d
}

func (d *desk) FindCycle(context.Context, string) (*service.Cycle, error) {
	c := &service.Cycle{}
	for _, path := range slices.Sorted(maps.Keys(d.plans)) {
		period := strings.Split(path, "/")[1]
		at := slices.IndexFunc(c.Periods, func(p service.Period) bool { return p.Key == period })
		if at < 0 {
			c.Periods, at = append(c.Periods, service.Period{Key: period}), len(c.Periods)
		}
		subject, _ := policy.ParseSubject(cycle + "/" + path)
		c.Periods[at].OAPs = append(c.Periods[at].OAPs, service.Subject{Subject: subject, Path: path, Title: "OAP " + path})
	}
	return c, nil
}

func (d *desk) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	return &service.Subject{Subject: s, Path: s.Path(), Title: "OAP " + s.Path()}, nil
}

func (d *desk) FindContent(_ context.Context, s policy.Subject, version int) (*service.Document, error) {
	versions := d.plans[s.Path()]
	if len(versions) == 0 {
		return nil, policy.Refuse(policy.CodeUnknown, "none is kept")
	}
	if version == 0 {
		version = len(versions)
	}
	return &service.Document{Subject: s, Version: version, Content: versions[version-1], Marking: policy.Limite}, nil
}

func (d *desk) FindDraft(_ context.Context, s policy.Subject) (*service.Draft, error) {
	if draft := d.drafts[s.Path()]; draft != nil {
		return draft, nil
	}
	versions := d.plans[s.Path()]
	return &service.Draft{Subject: s, Content: versions[len(versions)-1]}, nil
}

func (d *desk) SaveDraft(ctx context.Context, in service.SaveDraft) (*service.Draft, error) {
	was, err := d.FindDraft(ctx, in.Subject)
	if err != nil || was.Revision != in.Revision || in.Subject.Path() == d.refuse {
		return nil, errors.Join(err, policy.Refuse(policy.CodeWrongVersion, "somebody else has changed the draft"))
	}
	d.drafts[in.Subject.Path()] = &service.Draft{Subject: in.Subject, Revision: in.Revision + 1, Content: in.Content}
	return d.drafts[in.Subject.Path()], nil
}

func (d *desk) DropDraft(_ context.Context, in service.SaveDraft) error {
	delete(d.drafts, in.Subject.Path())
	return nil
}

func (d *desk) ListRows(_ context.Context, filter service.RowFilter) ([]policy.Row, error) {
	var rows []policy.Row
	for i, row := range d.rows {
		later := slices.ContainsFunc(d.rows[i+1:], func(r policy.Row) bool { return r.Key == row.Key && r.Register == row.Register })
		if row.Register == filter.Register && strings.HasPrefix(row.Key, filter.Prefix) && (filter.History || !later) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (d *desk) Enter(_ context.Context, in service.Enter) (*service.Entered, error) {
	d.rows = append(d.rows, in.Rows...)
	return &service.Entered{Rows: len(in.Rows)}, nil
}

func (d *desk) NationalSheet(_ context.Context, _ string, state policy.Body) (*rules.NationalSheet, error) {
	return &rules.NationalSheet{State: state, Consents: []rules.ConsentLine{
		{Action: "2022/firearms/1.1", Title: "Controls"}, {Action: "2022/firearms/1.2", Title: "Parts"}, {Action: "2022/firearms/1.3", Title: "Training"},
	}}, nil
}

// sheetsOf gives the sheets that a desk shows.
func sheetsOf(tb testing.TB, d *desk) papers.Sheets {
	tb.Helper()
	texts, err := text.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return papers.Sheets{Service: d, Words: texts.In("de")}
}

func bytesOf(tb testing.TB, w *papers.Workbook, err error) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err == nil {
		err = w.Write(&out)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func subject(tb testing.TB, path string) policy.Subject {
	tb.Helper()
	s, err := policy.ParseSubject(cycle + "/" + path)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// edited changes a workbook as a person does: the text was becomes is, in the sheets and in the texts that they share.
func edited(tb testing.TB, workbook []byte, texts map[string]string) []byte {
	tb.Helper()
	return through(tb, workbook, func(flat string) string {
		for was, is := range texts {
			old, fresh := ">"+escaped(was)+"</text:p>", ">"+escaped(is)+"</text:p>"
			if n := strings.Count(flat, old); n != 1 {
				tb.Fatalf("%q stands there %d times", was, n)
			}
			flat = strings.Replace(flat, old, fresh, 1)
		}
		return flat
	})
}

func escaped(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text))
	return strings.NewReplacer("&#39;", "&apos;", "&#34;", "&quot;").Replace(out.String())
}

// through has LibreOffice open a workbook, changes what it has read, and has it save that as a workbook again.
func through(tb testing.TB, workbook []byte, change func(flat string) string) []byte {
	tb.Helper()
	dir := tb.TempDir()
	convert := func(from, to string) {
		c := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", to, "--outdir", dir, filepath.Join(dir, from))
		if said, err := c.CombinedOutput(); err != nil {
			tb.Fatalf("LibreOffice (apt-get install --no-install-recommends libreoffice-calc): %v\n%s", err, said)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "book.xlsx"), workbook, 0o600); err != nil {
		tb.Fatal(err)
	}
	convert("book.xlsx", "fods")
	flat, err := os.ReadFile(filepath.Join(dir, "book.fods"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "book.fods"), []byte(change(string(flat))), 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	convert("book.fods", "xlsx")
	saved, err := os.ReadFile(filepath.Join(dir, "book.xlsx"))
	if err != nil {
		tb.Fatal(err)
	}
	return saved
}

func TestSheets_TakeTheThirtyCellsThatLibreOfficeHasChangedAndNoOther(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := sheetsOf(t, d)
	want := map[string]string{} // what each changed cell says, by the OAP and the code
	book, err := s.PeriodActions(t.Context(), cycle, "2022")
	out := bytesOf(t, book, err)
	untouched, err := s.Preview(t.Context(), "book.xlsx", out, papers.Meant{})
	if err != nil || untouched.Changed() != 0 {
		t.Fatalf("%v: %+v", err, untouched)
	}
	changes, seen := map[string]string{}, map[string]int{}
	for _, path := range slices.Sorted(maps.Keys(d.plans)) {
		for _, a := range d.plans[path][0].Actions {
			seen[a.Title]++
		}
	}
	for _, path := range slices.Sorted(maps.Keys(d.plans)) {
		for _, a := range d.plans[path][0].Actions {
			if strings.HasPrefix(path, "oap/2022/") && seen[a.Title] == 1 && len(changes) < 30 {
				is := fmt.Sprintf("Κοινή δράση – съвместно действие %d", len(changes))
				changes[a.Title], want[path+" "+a.Code] = is, is
			}
		}
	}
	in, err := s.Preview(t.Context(), "book.xlsx", edited(t, out, changes), papers.Meant{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, sheet := range in.Sheets {
		for _, c := range sheet.Changes {
			if got[sheet.Subject+" "+c.Row] = c.Is; c.Column != "title" || changes[c.Was] != c.Is {
				t.Errorf("%+v", c)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 30 {
		t.Errorf("%d cells\n%s", len(got), diff)
	}
	if taken, err := s.Take(t.Context(), in); err != nil || len(taken.Drafts) == 0 {
		t.Fatalf("%+v: %v", taken, err)
	}
	for path, draft := range d.drafts {
		plan, is := draft.Content.(*policy.OperationalPlan)
		if !is {
			t.Fatal(path)
		}
		for i, a := range plan.Actions {
			expected := d.plans[path][0].Actions[i]
			if is := want[path+" "+a.Code]; is != "" {
				expected.Title = is
			}
			if diff := cmp.Diff(expected, a, cmp.AllowUnexported(policy.Date{})); diff != "" {
				t.Errorf("%s %s: %s", path, a.Code, diff)
			}
		}
	}
}

// changed gives the actions of an OAP as they would stand after a change.
func changed(tb testing.TB, d *desk, path string, change func([]policy.OperationalAction) []policy.OperationalAction) *policy.OperationalPlan {
	tb.Helper()
	plan := *d.plans[path][len(d.plans[path])-1]
	plan.Actions = change(slices.Clone(plan.Actions))
	return &plan
}

// bookOf gives the workbook of an OAP as it would stand after a change.
func bookOf(tb testing.TB, d *desk, path string, change func([]policy.OperationalAction) []policy.OperationalAction) []byte {
	tb.Helper()
	s := sheetsOf(tb, d)
	book, err := s.Actions(tb.Context(), subject(tb, path))
	if err != nil {
		tb.Fatal(err)
	}
	grid, err := files.ActionGrid(changed(tb, d, path, change).Actions)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range grid.Lines { // whose codes have changed are known as before
		if i < len(book.Sheets[0].Lines) {
			grid.Lines[i].Row = book.Sheets[0].Lines[i].Row
		} else {
			grid.Lines[i].Row = ""
		}
	}
	book.Sheets[0].Grid = grid
	return bytesOf(tb, book, nil)
}

const firearms = "oap/2022/firearms"

func TestPreview_SaysWhatASheetChanges(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	was := d.plans[firearms][0].Actions
	content := bookOf(t, d, firearms, func(all []policy.OperationalAction) []policy.OperationalAction {
		added := all[0]
		added.Code, added.Title = "9.9", "New"
		all[0].Code = "8.8"
		all[1].Funding.Need += 500
		return append(all, added)
	})
	in, err := sheetsOf(t, d).Preview(t.Context(), "book.xlsx", content, papers.Meant{})
	if err != nil {
		t.Fatal(err)
	}
	want := []papers.Change{
		{Row: was[0].Code, Column: "code", Was: was[0].Code, Is: "8.8"},
		{Row: was[1].Code, Column: "funding.need", Was: number(was[1].Funding.Need), Is: number(was[1].Funding.Need + 500)},
		{Row: "9.9", Is: "9.9"},
	}
	if diff := cmp.Diff(want, in.Sheets[0].Changes); diff != "" {
		t.Error(diff)
	}
	if len(d.drafts) > 0 {
		t.Error("a preview has changed something")
	}
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func TestPreview_MergesASheetOfAnOlderVersionAndRefusesWhatBothHaveChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := sheetsOf(t, d)
	content := bookOf(t, d, firearms, func(all []policy.OperationalAction) []policy.OperationalAction {
		all[0].Title, all[1].Title = "Ours", "Of both"
		return all
	})
	first, second := d.plans[firearms][0].Actions[0], d.plans[firearms][0].Actions[1]
	hand := func(change func([]policy.OperationalAction) []policy.OperationalAction) {
		d.plans[firearms] = append(d.plans[firearms], changed(t, d, firearms, change))
	}
	hand(func(all []policy.OperationalAction) []policy.OperationalAction {
		all[0].Results, all[1].Title = "Theirs", "Of both"
		return all
	})
	in, err := s.Preview(t.Context(), "book.xlsx", content, papers.Meant{})
	if err != nil || len(in.Sheets[0].Changes) != 1 {
		t.Fatalf("%v: %+v", err, in)
	}
	if _, err := s.Take(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	plan, is := d.drafts[firearms].Content.(*policy.OperationalPlan)
	if !is || plan.Actions[0].Title != "Ours" || plan.Actions[0].Results != "Theirs" {
		t.Errorf("%+v", plan)
	}
	delete(d.drafts, firearms)
	hand(func(all []policy.OperationalAction) []policy.OperationalAction {
		all[1].Title = "Another"
		return all
	})
	_, err = s.Preview(t.Context(), "book.xlsx", content, papers.Meant{})
	for _, says := range []string{"!C4: title was \"" + second.Title, `is "Another" now, and says "Of both" here`} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v\nwant %s (%s)", err, says, first.Code)
		}
	}
}

func TestPreview_RefusesASheetOfADraftThatHasChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.drafts[firearms] = &service.Draft{Subject: subject(t, firearms), Revision: 2, Content: d.plans[firearms][0]}
	content := bookOf(t, d, firearms, func(all []policy.OperationalAction) []policy.OperationalAction { return all })
	d.drafts[firearms].Revision = 3
	if _, err := sheetsOf(t, d).Preview(t.Context(), "book.xlsx", content, papers.Meant{}); policy.CodeOf(err) != policy.CodeWrongVersion {
		t.Error(err)
	}
}

func TestTake_PutsBackWhatItHasSavedWhereOneDraftIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := sheetsOf(t, d)
	book, err := s.PeriodActions(t.Context(), cycle, "2022")
	if err != nil {
		t.Fatal(err)
	}
	for i := range book.Sheets {
		book.Sheets[i].Lines[0].Cells[book.Sheets[i].Column("title")] = "Changed"
	}
	in, err := s.Preview(t.Context(), "book.xlsx", bytesOf(t, book, nil), papers.Meant{})
	if err != nil {
		t.Fatal(err)
	}
	d.refuse = in.Sheets[len(in.Sheets)-1].Subject
	if _, err := s.Take(t.Context(), in); policy.CodeOf(err) != policy.CodeWrongVersion || len(d.drafts) != 0 {
		t.Errorf("%v, and %d drafts are changed", err, len(d.drafts))
	}
}

func TestActions_OfASkeletonHasItsFieldsAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.plans[firearms] = []*policy.OperationalPlan{policy.SkeletonOf(d.plans[firearms][0], []policy.PlanField{policy.FieldLeader, policy.FieldFrom})}
	book, err := sheetsOf(t, d).Actions(t.Context(), subject(t, firearms))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"code", "leader", "from"}, book.Sheets[0].Columns); diff != "" {
		t.Error(diff)
	}
}

func TestConsents_AreAnsweredInTheSheet(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := sheetsOf(t, d)
	confirmed := policy.Row{Register: policy.RegConsents, Key: "2022/firearms/1.2/fr", Date: policy.NewDate(2022, 1, 1), Body: &policy.Consent{State: policy.Confirmed}}
	d.rows = []policy.Row{confirmed}
	answer := func(lines map[int]string) []byte {
		book, err := s.Consents(t.Context(), cycle, "fr")
		if err != nil {
			t.Fatal(err)
		}
		for line, state := range lines {
			book.Sheets[0].Lines[line].Cells[book.Sheets[0].Column("state")] = state
		}
		return bytesOf(t, book, nil)
	}
	content := answer(map[int]string{0: "confirmed", 1: "declined"})
	in, err := s.Preview(t.Context(), "book.xlsx", content, papers.Meant{})
	if err != nil || in.Sheets[0].Rows != 2 {
		t.Fatalf("%v: %+v", err, in)
	}
	if _, err := s.Take(t.Context(), in); err != nil || len(d.rows) != 3 || !d.rows[1].Date.IsZero() || d.rows[1].Key != "2022/firearms/1.2/fr" {
		t.Fatalf("%v: %+v", err, d.rows)
	}
	again, err := s.Preview(t.Context(), "book.xlsx", answer(map[int]string{2: "perhaps"}), papers.Meant{})
	if err == nil || !strings.Contains(err.Error(), `"perhaps" is not a state of consent`) {
		t.Errorf("%v: %+v", err, again)
	}
	d.rows = append(d.rows[:2], policy.Row{Register: policy.RegConsents, Key: confirmed.Key, Body: &policy.Consent{State: policy.Confirmed, Contribution: "two officers"}})
	if _, err := s.Preview(t.Context(), "book.xlsx", answer(nil), papers.Meant{}); err != nil {
		t.Error(err)
	}
	d.rows = []policy.Row{confirmed, {Register: policy.RegConsents, Key: confirmed.Key, Date: policy.NewDate(2022, 2, 1), Body: &policy.Consent{State: policy.Withdrawn}}}
	if _, err := s.Preview(t.Context(), "book.xlsx", content, papers.Meant{}); err == nil || !strings.Contains(err.Error(), `was "confirmed" when the sheet was made, is "withdrawn" now, and says "declined" here`) {
		t.Error(err)
	}
}

// away is a service that does not answer one question; others it does.
type away struct {
	*desk
	question string
}

var errAway = policy.Refuse(policy.CodeUnavailable, "the database is away")

func (a away) FindDraft(ctx context.Context, s policy.Subject) (*service.Draft, error) {
	if a.question == "draft" {
		return nil, errAway
	}
	return a.desk.FindDraft(ctx, s)
}

func (a away) FindContent(ctx context.Context, s policy.Subject, version int) (*service.Document, error) {
	if a.question == "content" {
		return nil, errAway
	}
	return a.desk.FindContent(ctx, s, version)
}

// Where the records do not answer, there is no workbook: neither of the version in the place of a
// draft, nor one from which an OAP is left out.
func TestSheets_AreNotMadeWhereTheRecordsDoNotAnswer(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"draft", "content"} {
		s := sheetsOf(t, newDesk(t))
		s.Service = away{newDesk(t), question}
		for _, what := range []string{"oap/2022/firearms", "oap/2022"} {
			if _, err := s.Of(t.Context(), cycle, what, ""); policy.CodeOf(err) != policy.CodeUnavailable {
				t.Errorf("%s without the %s: %v", what, question, err)
			}
		}
	}
}
