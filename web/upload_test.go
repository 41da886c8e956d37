package web_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// shelf is a house that keeps the rows of one register, and one draft.
type shelf struct {
	house
	rows    []policy.Row // oldest first
	draft   *service.Draft
	refuses error // why nothing is entered or handed in
	handed  []service.Submit
}

func keepsIndicators() *shelf {
	row := policy.Row{Register: policy.RegIndicators, Key: "assets-confiscated", Date: december, Body: &policy.Indicator{Title: "Assets confiscated", Unit: "euro", Rule: "r", Version: 1}}
	return &shelf{rows: []policy.Row{row}, draft: &service.Draft{Subject: at("oap/2022/firearms"), Content: plan()}}
}

func (s *shelf) As(who policy.Principal) service.Service {
	return &shelfReader{&reader{&s.house, who}, s}
}

// now gives the row of the key that counts.
func (s *shelf) now(key string) *policy.Indicator {
	for _, row := range slices.Backward(s.rows) {
		if body, is := row.Body.(*policy.Indicator); is && row.Key == key {
			return body
		}
	}
	return nil
}

// shelfReader is the shelf as somebody sees it.
type shelfReader struct {
	*reader
	shelf *shelf
}

func (s *shelfReader) As(who policy.Principal) service.Service { return s.shelf.As(who) }

func (s *shelfReader) ListRows(_ context.Context, f service.RowFilter) ([]policy.Row, error) {
	var rows []policy.Row
	for i, row := range s.shelf.rows {
		later := slices.ContainsFunc(s.shelf.rows[i+1:], func(r policy.Row) bool { return r.Key == row.Key })
		if row.Register == f.Register && (f.History || !later) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (s *shelfReader) Enter(_ context.Context, in service.Enter) (*service.Entered, error) {
	if s.shelf.refuses != nil {
		return nil, s.shelf.refuses
	}
	s.shelf.rows = append(s.shelf.rows, in.Rows...)
	return &service.Entered{Rows: len(in.Rows)}, nil
}

func (s *shelfReader) FindDraft(context.Context, policy.Subject) (*service.Draft, error) {
	return s.shelf.draft, nil
}

func (s *shelfReader) SaveDraft(_ context.Context, d service.SaveDraft) (*service.Draft, error) {
	s.shelf.draft = &service.Draft{Subject: d.Subject, Revision: d.Revision + 1, Content: d.Content, By: "Dagny@se"}
	return s.shelf.draft, nil
}

// workbook gives what is downloaded, with the first cell of a column changed.
func (s *shelf) workbook(t *testing.T, what, column, is string) []byte {
	t.Helper()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	book, err := papers.Sheets{Service: s.As(policy.Asserted(policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat})), Words: texts.In("en")}.Of(t.Context(), "small", what, "")
	if err != nil {
		t.Fatal(err)
	}
	sheet := book.Sheets[0]
	sheet.Lines[0].Cells[sheet.Column(column)] = is
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// looks sends a workbook, and gives the form by which it is taken.
func (w *window) looks(t *testing.T, what string, content []byte) (form formOf, page string) {
	t.Helper()
	status, page := w.uploads("/cycles/small/upload/"+what, "table.xlsx", content)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, page)
	}
	for _, form := range formsOn(t, "", page) {
		if !form.takesFile() {
			return form, page
		}
	}
	t.Fatalf("nothing can be taken: %s", textOf(parsed(t, page)))
	return formOf{}, ""
}

// takes presses the button by which a workbook is taken.
func (w *window) takes(t *testing.T, form formOf) (status int, page string) {
	t.Helper()
	sent := form.state()
	for n := range form.node.Descendants() {
		if n.DataAtom == atom.Button {
			sent.Set(attrOf(n, "name"), attrOf(n, "value"))
		}
	}
	status, page, _ = w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
	return status, page
}

const indicators = "registers/indicators"

func TestTakeSheet_ShowsWhatAWorkbookChangesBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	w.logsInFor("support-team")
	form, page := w.looks(t, indicators, s.workbook(t, indicators, "title", "Assets frozen"))
	lists(t, page, "One change.", "assets-confiscated", "Assets confiscated", "Assets frozen")
	if len(s.rows) > 1 {
		t.Fatal("what was shown is taken already")
	}
	if status, page := w.takes(t, form); status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", status, page)
	}
	if got := s.now("assets-confiscated").Title; got != "Assets frozen" {
		t.Errorf("it is %s", got)
	}
	status, page := w.uploads("/cycles/small/upload/"+indicators, "table.xlsx", s.workbook(t, indicators, "title", "Assets frozen"))
	if lists(t, page, "there is nothing to take"); status != http.StatusOK || strings.Contains(page, `name="take"`) {
		t.Errorf("taken again: %d", status)
	}
	if _, page, _ = w.asks(http.MethodGet, "/cycles/small/registers/indicators", "", http.NoBody); !strings.Contains(page, "/cycles/small/upload/registers/indicators") {
		t.Error("beside the table no workbook is taken in")
	}
}

func TestTakeSheet_PutsThePlanIntoItsDraft(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	w.logsInFor("se")
	form, page := w.looks(t, "oap/2022/firearms", s.workbook(t, "oap/2022/firearms", "title", "Trace all firearms"))
	lists(t, page, "Trace firearms", "Trace all firearms")
	if status, page := w.takes(t, form); status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", status, page)
	}
	if got, is := s.draft.Content.(*policy.OperationalPlan); !is || got.Actions[0].Title != "Trace all firearms" || s.draft.Revision != 1 {
		t.Errorf("the draft is %+v", s.draft)
	}
	for _, at := range []string{"/cycles/small/draft/oap/2022/firearms", "/cycles/small/content/oap/2022/firearms"} {
		if _, page, _ = w.asks(http.MethodGet, at, "", http.NoBody); !strings.Contains(page, "/cycles/small/upload/oap/2022/firearms") {
			t.Errorf("on %s no workbook is taken in", at)
		}
	}
}

func (s *shelfReader) Submit(_ context.Context, in service.Submit) (*service.Receipt, error) {
	if s.shelf.refuses != nil {
		return nil, s.shelf.refuses
	}
	s.shelf.handed = append(s.shelf.handed, in)
	return &service.Receipt{Subject: in.Subject, Version: 3, Standing: policy.Standing{State: policy.StateDeciding, Turn: []policy.Body{policy.COSI}, Due: march}}, nil
}

func (s *shelfReader) DropDraft(context.Context, service.SaveDraft) error {
	s.shelf.draft = &service.Draft{Subject: s.shelf.draft.Subject, Content: plan()}
	return nil
}

// sound gives a plan that may be handed in.
func sound() *policy.OperationalPlan {
	p := plan()
	for i := range p.Actions {
		p.Actions[i].Kind, p.Actions[i].Funding.State = "intelligence", policy.FundingNone
	}
	return p
}

// A plan may be handed in with the look at its workbook: who does so sees whose place it takes. What is refused stays a draft.
func TestTakeSheet_HandsAPlanInAtOnce(t *testing.T) {
	t.Parallel()
	const oap = "oap/2022/firearms"
	s := keepsIndicators()
	s.draft.Content = sound()
	w := opensOn(t, s, nil)
	w.logsInFor("se")
	form, page := w.looks(t, oap, s.workbook(t, oap, "title", "Trace all firearms"))
	lists(t, page, "It takes the place of version 2", "Take all of it and hand it in")
	hands := func(form formOf) (int, string) {
		sent := form.state()
		for n := range form.node.Descendants() {
			if attrOf(n, "name") == "hand_in" {
				sent.Set("hand_in", attrOf(n, "value"))
			}
		}
		sent.Set("document", "EX 1501/21 REV 1")
		sent.Set("comment", "as agreed in March")
		status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
		return status, page
	}
	s.refuses = policy.Refuse(policy.CodeNotOpen, "the cycle ended on %s", today)
	status, page := hands(form)
	if lists(t, page, "0 plans are handed in. What is refused stays a draft", "the cycle ended on 9 Dec 2021"); status != http.StatusConflict || s.draft.Revision != 1 || strings.Contains(page, `name="take"`) {
		t.Errorf("status %d, %+v", status, s.draft)
	}
	s.refuses, s.draft = nil, &service.Draft{Subject: s.draft.Subject, Content: sound()}
	form, _ = w.looks(t, oap, s.workbook(t, oap, "title", "Trace all firearms"))
	if status, page := hands(form); status != http.StatusSeeOther || len(s.handed) != 1 || s.draft.Revision != 0 {
		t.Fatalf("status %d, %d versions: %s", status, len(s.handed), textOf(parsed(t, page)))
	}
	if got := s.handed[0]; got.Document != "EX 1501/21 REV 1" || got.Comment != "as agreed in March" || got.Revises != 2 || !bytes.Contains(got.Content, []byte("Trace all firearms")) {
		t.Errorf("it is handed in as %+v", got)
	}
}

// Between a look at a workbook and its taking somebody else may record something: what was not seen is not taken.
func TestTakeSheet_TakesNothingThatWasNotSeen(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	w.logsInFor("support-team")
	form, _ := w.looks(t, indicators, s.workbook(t, indicators, "title", "Assets frozen"))
	theirs := s.rows[0]
	theirs.Body = &policy.Indicator{Title: "Assets confiscated", Unit: "million euro", Rule: "r", Version: 1}
	s.rows = append(s.rows, theirs)
	status, page := w.takes(t, form)
	if lists(t, page, "is not as it was when it was shown"); status != http.StatusConflict {
		t.Errorf("status %d", status)
	}
	s.refuses = policy.Refuse(policy.CodeNotReady, "not on %s", today)
	form, _ = w.looks(t, indicators, s.workbook(t, indicators, "title", "Assets frozen"))
	status, page = w.takes(t, form)
	lists(t, page, "Assets frozen", "not on 9 Dec 2021")
	if back, is := again(t, page, form); status != http.StatusConflict || !is || back.state().Get("workbook") != form.state().Get("workbook") || strings.Contains(page, "has to be chosen again") {
		t.Errorf("status %d, the workbook is there again: %v", status, is)
	}
	s.refuses = nil
	back, _ := again(t, page, form)
	if status, page := w.takes(t, back); status != http.StatusSeeOther {
		t.Errorf("taken at last: %d %s", status, page)
	}
}

func TestTakeSheet_TellsMistakesAtTheirCells(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	w.logsInFor("support-team")
	status, page := w.uploads("/cycles/small/upload/"+indicators, "table.xlsx", s.workbook(t, indicators, "title", ""))
	if status != http.StatusUnprocessableEntity || !regexp.MustCompile(`!E3: title is missing`).MatchString(page) {
		t.Errorf("status %d: %s", status, textOf(parsed(t, page)))
	}
	for name, content := range map[string][]byte{"is no workbook": []byte("PK, not"), "about something else": s.workbook(t, "oap/2022/firearms", "title", "x")} {
		if status, page := w.uploads("/cycles/small/upload/"+indicators, "table.xlsx", content); status < 400 || !strings.Contains(page, name) {
			t.Errorf("%s: %d %s", name, status, textOf(parsed(t, page)))
		}
	}
}

// What two have changed in the same cell is told there, in the language of who reads it.
func TestTakeSheet_TellsOfACellThatTwoHaveChanged(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	w.logsInFor("support-team")
	content := s.workbook(t, indicators, "title", "Assets frozen")
	theirs := s.rows[0]
	theirs.Body = &policy.Indicator{Title: "Assets seized", Unit: "euro", Rule: "r", Version: 1}
	s.rows = append(s.rows, theirs)
	for language, says := range map[string]string{
		"en": `!E3: title was “Assets confiscated” when the sheet was made, is “Assets seized” now, and says “Assets frozen” here`,
		"de": `!E3: „title“ war „Assets confiscated“, als das Blatt entstand, ist jetzt „Assets seized“ und lautet hier „Assets frozen“`,
		"fr": `!E3: « title » était « Assets confiscated » quand la feuille a été faite, est maintenant « Assets seized », et dit ici « Assets frozen »`,
	} {
		w.sends("/preferences", url.Values{"language": {language}})
		status, page := w.uploads("/cycles/small/upload/"+indicators, "table.xlsx", content)
		text := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(textOf(parsed(t, page)))
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, says) {
			t.Errorf("%s: status %d: %s", language, status, text)
		}
	}
}

// Who may not change a table is offered no way to, and has none.
func TestTakeSheet_IsForWhoMayChangeTheTable(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	content := s.workbook(t, indicators, "title", "Assets frozen")
	for _, body := range []string{"fr", "operator"} {
		w.logsInFor(body)
		_, page, _ := w.asks(http.MethodGet, "/cycles/small/registers/indicators", "", http.NoBody)
		status, refusal := w.uploads("/cycles/small/upload/"+indicators, "table.xlsx", content)
		if strings.Contains(page, "/upload/") || status != http.StatusForbidden || !strings.Contains(refusal, "those who may change the table") {
			t.Errorf("%s: %d %s", body, status, textOf(parsed(t, refusal)))
		}
	}
	_, page, _ := w.asks(http.MethodGet, "/cycles/small/states/de", "", http.NoBody)
	if status, _, _ := w.asks(http.MethodGet, "/cycles/small/upload/states/de", "", http.NoBody); strings.Contains(page, "/upload/") || status != http.StatusForbidden {
		t.Errorf("the sheet of another State: %d", status)
	}
	w.logsInFor("fr")
	_, page, _ = w.asks(http.MethodGet, "/cycles/small/states/fr", "", http.NoBody)
	if status, form, _ := w.asks(http.MethodGet, "/cycles/small/upload/states/fr", "", http.NoBody); !strings.Contains(page, "/upload/states/fr") || status != http.StatusOK || !strings.Contains(form, "Excel: France") {
		t.Errorf("the sheet of one's own State: %d", status)
	}
	w.signsOut()
	if status, _, _ := w.asks(http.MethodPost, "/cycles/small/upload/"+indicators, typed, strings.NewReader(url.Values{"take": {"x"}}.Encode())); status != http.StatusUnauthorized {
		t.Errorf("nobody: %d", status)
	}
}

// A page lists what can be read, and says of the rest that it is there.
func TestTakeSheet_ListsNoMoreThanCanBeRead(t *testing.T) {
	t.Parallel()
	s := keepsIndicators()
	w := opensOn(t, s, nil)
	w.logsInFor("support-team")
	first := s.rows[0]
	for i := range 600 {
		row := first
		row.Key = fmt.Sprintf("indicator-%d", i)
		s.rows = append(s.rows, row)
	}
	content := s.workbook(t, indicators, "title", "Assets frozen")
	s.rows = s.rows[:1]
	_, page := w.looks(t, indicators, content)
	lists(t, page, "601 changes.", "101 more changes are not listed")
}
