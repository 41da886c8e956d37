package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// registry is a house that takes what is handed in: as data, where it keeps that.
type registry struct {
	house
	kept      bool
	who       atomic.Pointer[policy.Principal]
	submitted atomic.Pointer[service.Submit]
	drafted   atomic.Pointer[service.SaveDraft]
}

func (r *registry) As(who policy.Principal) service.Service {
	r.who.Store(&who)
	return r
}

func (r *registry) FindCycle(ctx context.Context, id string) (*service.Cycle, error) {
	c, err := r.house.FindCycle(ctx, id)
	return offered(c, *r.who.Load()), err
}

func (r *registry) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	found := subject(s.Path(), "What is handed in", policy.StateDrafting)
	found.Stored = r.kept
	return &found, nil
}

func (r *registry) Submit(_ context.Context, in service.Submit) (*service.Receipt, error) {
	r.submitted.Store(&in)
	return &service.Receipt{ID: "1", Subject: in.Subject, Version: 1}, nil
}

func (r *registry) FindDraft(_ context.Context, s policy.Subject) (*service.Draft, error) {
	return &service.Draft{Subject: s, Content: policy.NewContent(s.Kind)}, nil
}

func (r *registry) SaveDraft(_ context.Context, d service.SaveDraft) (*service.Draft, error) {
	r.drafted.Store(&d)
	return &service.Draft{Subject: d.Subject, Revision: 1, Content: d.Content}, nil
}

// Enter judges rows as a cycle does that has no OAPs yet.
func (r *registry) Enter(_ context.Context, in service.Enter) (*service.Entered, error) {
	for i := range in.Rows {
		in.Rows[i].Date = today
	}
	records := policy.Records{Definition: &policy.Definition{Key: "small", Stores: policy.Texts(policy.Registers())}, Today: today}
	return nil, policy.JudgeRows(records, *r.who.Load(), in.Rows, nil)
}

// AmendCycle judges an amendment of the cycle 2022-2025.
func (r *registry) AmendCycle(_ context.Context, in service.AmendCycle) (*service.Receipt, error) {
	text, err := examples.Files.ReadFile("empact-2022-2025/cycle.yaml")
	if err != nil {
		return nil, err
	}
	cycle, err := files.ReadCycle("cycle.yaml", bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	amended := cycle.Amend(in.Amendment, today)
	return nil, policy.Unsound(amended.Validate(), "the definition of the cycle is not sound: %s")
}

// uploads sends a form that is a file alone.
func (w *window) uploads(path, name string, content []byte) (status int, page string) {
	w.tb.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		w.tb.Fatal(err)
	}
	status, page, _ = w.asks(http.MethodPost, path, form.FormDataContentType(), &body)
	return status, page
}

// sends sends a form that is typed.
func (w *window) sends(path string, form url.Values) (status int, page string) {
	w.tb.Helper()
	status, page, _ = w.asks(http.MethodPost, path, typed, strings.NewReader(form.Encode()))
	return status, page
}

// lists says which of some lines a page does not list.
func lists(t *testing.T, page string, lines ...string) {
	t.Helper()
	text := textOf(parsed(t, page))
	for _, line := range lines {
		if !strings.Contains(text, line) {
			t.Errorf("the page does not list %q", line)
		}
	}
}

func sameContent(t *testing.T, name string, want, got policy.Content) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// The files of the project, and what content show writes, are taken by the pages: as
// a file, and as the text of a draft.
func TestSubmit_ReadsDocumentsAsTheCommandDoes(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"initial-2011-2013", "empact-2022-2025", "empact-2026-2029"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			inside, err := fs.Sub(examples.Files, example)
			if err != nil {
				t.Fatal(err)
			}
			folder, err := files.ReadFolderFS(example, inside)
			if err != nil {
				t.Fatal(err)
			}
			r := &registry{kept: true}
			w := opensOn(t, r, nil)
			w.logsIn()
			for key, content := range folder.Documents {
				text, err := fs.ReadFile(inside, "documents/"+key+".yaml")
				if err != nil {
					t.Fatal(err)
				}
				r.reads(t, w, key, text, content)
			}
		})
	}
}

// reads has the pages read a file: its content lacks the actions of a plan, which
// stand in a table.
func (r *registry) reads(t *testing.T, w *window, key string, text []byte, content policy.Content) {
	t.Helper()
	on := at(key[:strings.LastIndex(key, "/")])
	want, err := files.ReadDraft(key, on.Kind, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if status, page := w.sends("/cycles/small/draft/"+on.Path(), url.Values{"revision": {"0"}, "source": {string(text)}}); status != http.StatusSeeOther {
		t.Fatalf("%s as a draft: %d %s", key, status, page)
	}
	sameContent(t, key, want, r.drafted.Load().Content)
	if _, isPlan := content.(*policy.OperationalPlan); isPlan {
		var shown bytes.Buffer
		if err := files.WriteContent(&shown, content); err != nil {
			t.Fatal(err)
		}
		text = shown.Bytes()
	}
	if status, page := w.uploads("/cycles/small/submit/"+on.Path(), "v1.yaml", text); status != http.StatusSeeOther {
		t.Fatalf("%s as a file: %d %s", key, status, page)
	}
	got, err := policy.AdmitContent(on.Kind, r.submitted.Load().Content)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	sameContent(t, key, content, got)
}

// brokenPlan is an OAP with three mistakes.
const brokenPlan = `actions:
  - code: "1.1"
    title: Trace firearms
    from: 2022-13-01
    led_by: se
  - code: "1.1"
`

func TestSubmit_ListsEveryMistakeAtItsPlace(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &registry{kept: true}, nil)
	w.logsIn()
	places := []string{"line 4, column 11: actions[0].from", "line 5, column 5: actions[0].led_by", `line 6, column 11: actions[1].code repeats the code`}
	status, page := w.uploads("/cycles/small/submit/oap/2022/firearms", "plan.yaml", []byte(brokenPlan))
	if lists(t, page, places...); status != http.StatusUnprocessableEntity {
		t.Errorf("as a file: %d", status)
	}
	status, page = w.sends("/cycles/small/draft/oap/2022/firearms", url.Values{"revision": {"0"}, "source": {brokenPlan}})
	if lists(t, page, places[:2]...); status != http.StatusUnprocessableEntity || !strings.Contains(page, "led_by: se") {
		t.Errorf("as a draft: %d", status)
	}
	status, page = w.uploads("/cycles/small/submit/oap/2022/firearms", "plan.pdf", []byte("%PDF-1.7\x00"))
	if lists(t, page, "line 1, column 1: is not text: expected a YAML file in UTF-8"); status != http.StatusUnprocessableEntity {
		t.Errorf("a PDF where data are kept: %d", status)
	}
}

// A row that is typed has no lines: what is wrong with it is told field by field.
func TestEnterRows_ListsEveryMistakeInATypedRow(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	status, page := w.sends("/cycles/small/registers/warnings", url.Values{"row": {"war"}, "date": {"2021-12-01"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	lists(t, page, "There are 2 mistakes:", "title is missing", "area is missing")
}

// What the record has against an amendment stands in its text, and in the language of
// who reads it.
func TestAmendCycle_ListsEveryMistakeAtItsPlace(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &registry{}, nil)
	w.logsIn()
	const amendment = "reason: A year less\nimplementation_window: { from: 2022-01-01, to: 2021-12-31 }\npolicy_window:\n  from: 1921-01-01\n  to: 2021-12-31\n"
	status, page := w.sends("/cycles/small/amend", url.Values{"source": {amendment}})
	lists(t, page, "line 2, column 48: implementation_window.to is 31 Dec 2021, before the beginning", "line 4, column 9: policy_window.from is 1 Jan 1921: expected a year")
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "reason: A year less") {
		t.Errorf("status %d", status)
	}
	w.sends("/preferences", url.Values{"language": {"fr"}})
	_, page = w.sends("/cycles/small/amend", url.Values{"source": {amendment}})
	lists(t, page, "ligne 4, colonne 9")
	if strings.Contains(page, "expected a year") {
		t.Error("the mistakes are told in English")
	}
}

func TestEnterRows_ListsEveryMistakeAtItsPlace(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &registry{}, nil)
	w.logsInFor("fr")
	const table = "key,date,state\n2022/cars/1.1/fr,2021-12-01,confirmed\n2022/drugs/1.1/fr,2021-12-01,declined\n"
	status, page := w.uploads("/cycles/small/registers/consents", "consents.csv", []byte(table))
	lists(t, page, "There are 2 mistakes:", `line 2, column 1: 2022/cars/1.1/fr: the cycle has no OAP`, `line 3, column 1: 2022/drugs/1.1/fr: the cycle has no OAP`)
	if status != http.StatusNotFound {
		t.Errorf("a table: %d", status)
	}
	status, page = w.sends("/cycles/small/states/fr/consents", url.Values{
		"answer-2022/firearms/1.1": {"conditional"}, "answer-2022/firearms/1.2": {"conditional"}, "condition-2022/firearms/1.1": {""}, "condition-2022/firearms/1.2": {""},
	})
	lists(t, page, "There are 2 mistakes:", "2022/firearms/1.1/fr: condition is missing", "2022/firearms/1.2/fr: condition is missing")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("the national sheet: %d", status)
	}
}

// The fingerprint of a version is that of the paper, where nothing is kept as data.
func TestSubmit_TakesAnyFileThatIsNotKept(t *testing.T) {
	t.Parallel()
	r := &registry{}
	w := opensOn(t, r, nil)
	w.logsIn()
	for name, content := range map[string]string{
		"plan.pdf": "%PDF-1.7\n\x00\xff", "minutes.txt": "COSI adopted it.", "plan.yaml": "actions: []\n", "plan.json": "{\t}\r\n",
	} {
		status, page := w.uploads("/cycles/small/submit/oap/2022/firearms", name, []byte(content))
		if status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", name, status, page)
		}
		if got := r.submitted.Load(); string(got.Content) != content {
			t.Errorf("%s is handed in as %q", name, got.Content)
		}
	}
}

// A double click opens what a page gives: with a semicolon where people write decimal commas.
func TestRowsCSV_OpensInTheSpreadsheetProgramOfItsReader(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &house{}, nil)
	w.logsIn()
	for language, want := range map[string]string{"en": "\ufeffkey,date,by,reason,", "fr": "\ufeffkey;date;by;reason;", "de": "\ufeffkey;date;by;reason;"} {
		w.sends("/preferences", url.Values{"language": {language}})
		status, table, header := w.asks(http.MethodGet, "/cycles/empact-2022-2025/registers/consents/rows.csv", "", nil)
		if status != http.StatusOK || !strings.HasPrefix(table, want) || header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%s: %d, %v, %.80q", language, status, header, table)
		}
	}
}

// A table leaves as a workbook, and a meeting as a paper, under names that say what they are.
func TestSheetsAndPapers_AreTakenAwayAsFiles(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &house{}, nil)
	w.logsIn()
	for path, file := range map[string]string{
		"/cycles/empact-2022-2025/sheets/registers/consents":   "empact-2022-2025-consents.xlsx",
		"/cycles/empact-2022-2025/sheets/oap/2022/firearms":    "empact-2022-2025-oap-2022-firearms.xlsx",
		"/cycles/small/papers/agenda/cosi-2021-12":             "agenda-small-cosi-2021-12.docx",
		"/cycles/small/papers/agenda/cosi-2021-12?format=docx": "agenda-small-cosi-2021-12.docx",
	} {
		status, content, header := w.asks(http.MethodGet, path, "", nil)
		if status != http.StatusOK || !strings.HasPrefix(content, "PK") || header.Get("Content-Disposition") != fmt.Sprintf("attachment; filename=%q", file) {
			t.Errorf("%s: %d, %v", path, status, header)
		}
	}
	for path, want := range map[string]int{
		"/cycles/empact-2022-2025/sheets/nothing":                 http.StatusUnprocessableEntity,
		"/cycles/empact-2022-2025/sheets/registers/nothing":       http.StatusUnprocessableEntity,
		"/cycles/small/papers/nothing/cosi-2021-12":               http.StatusUnprocessableEntity,
		"/cycles/small/papers/agenda/cosi-2021-12?format=papyrus": http.StatusUnprocessableEntity,
	} {
		if status, page, _ := w.asks(http.MethodGet, path, "", nil); status != want || !strings.Contains(page, "<html") {
			t.Errorf("%s: %d, want %d with a page that says why", path, status, want)
		}
	}
}

// What somebody else wrote is kept on a reader's own machine, and is never shown as a page
// of this one.
func TestHandedFile_IsGivenToBeKept(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &house{}, nil)
	w.logsIn()
	status, body, header := w.asks(http.MethodGet, "/cycles/empact-2022-2025/file/oap/2022/firearms?record=cor-1", "", nil)
	if status != http.StatusOK || body != "%PDF-1.7" || header.Get("Content-Type") != "application/pdf" ||
		header.Get("Content-Disposition") != `attachment; filename="ST-15421-22-COR-1.pdf"` || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d, %v, %q", status, header, body)
	}
	if status, _, _ := w.asks(http.MethodGet, "/cycles/empact-2022-2025/file/oap/2022/firearms?record=other", "", nil); status != http.StatusNotFound {
		t.Errorf("a record of which nothing is kept: %d", status)
	}
}

// Nobody turns a whole file by hand: the page drafts the next cycle from one that is kept.
func TestStartPage_DraftsTheNextCycle(t *testing.T) {
	t.Parallel()
	w := opensOn(t, &house{}, nil)
	w.logsIn()
	for query, says := range map[string]string{
		"?from=empact-2022-2025&years=8": `key: &#34;empact-2030-2033&#34;`,
		"?from=empact-2022-2025":         `key: &#34;empact-2026-2029&#34;`,
		"":                               `<option value="`,
	} {
		if status, page, _ := w.asks(http.MethodGet, "/start"+query, "", nil); status != http.StatusOK || !strings.Contains(page, says) {
			t.Errorf("%q: %d, no %s in\n%s", query, status, says, page)
		}
	}
	if status, _, _ := w.asks(http.MethodGet, "/start?from=nothing", "", nil); status != http.StatusNotFound {
		t.Errorf("of no cycle: %d", status)
	}
}
