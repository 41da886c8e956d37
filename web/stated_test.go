package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"
)

// begun lists the choices that stand in a form at first, for they say nothing that
// somebody concluded, holds or may do.
var begun = map[string]string{
	"language":  "somebody writes in the language of the page",
	"marking":   "a document is LIMITE unless somebody says otherwise",
	"procedure": "the form names the meeting beside it",
	"body":      "the body before which the subject is, as the heading of the form says",
}

// What a body concluded, what a delegation says and what somebody may do is chosen by
// a person: a button that is pressed at once states nothing.
func TestPages_HaveNoFormThatStatesWhatNobodyChose(t *testing.T) {
	t.Parallel()
	h := &house{}
	for _, forms := range everyForm(t, h) {
		for _, form := range forms {
			if strings.Contains(form.action, "/draft/") { // it shows what is written already
				continue
			}
			for n := range form.node.Descendants() {
				name := attrOf(n, "name")
				_, may := begun[name]
				may = may && !strings.HasPrefix(form.action, "/people/")
				if n.DataAtom == atom.Select && selected(n) != "" && !may {
					t.Errorf("%s on %s: %s is %q at first", form.action, form.page, name, selected(n))
				}
				if attrOf(n, "type") == "radio" && hasAttr(n, "checked") {
					t.Errorf("%s on %s: %s is %q at first", form.action, form.page, name, attrOf(n, "value"))
				}
				stated := slices.Contains([]string{"delegation", "stance", "role", "outcome"}, name) || name == "body" && !may
				if stated && attrOf(n, "type") != "hidden" && !hasAttr(n, "required") {
					t.Errorf("%s on %s: %s may be left out", form.action, form.page, name)
				}
			}
		}
	}
	w := enters(t, h, "operator")
	sent := url.Values{"person": {"1"}, "role": {""}, "body": {"fr"}}
	if status, page, _ := w.asks(http.MethodPost, "/people/roles", typed, strings.NewReader(sent.Encode())); status != http.StatusUnprocessableEntity || !strings.Contains(page, "choose the role") || h.acts.Load() != 0 {
		t.Errorf("a role that nobody chose: status %d, %d acts", status, h.acts.Load())
	}
}

// Somebody opens the page, another version is handed in meanwhile, and then the form is
// sent: it is about the version that was on the page, and nothing is stated of one that
// nobody has seen.
func TestStatement_IsOfTheVersionOnThePage(t *testing.T) {
	t.Parallel()
	h := &house{}
	const subject, meeting = "/cycles/small/on/oap/2022/firearms", "/cycles/small/meetings/cosi-2021-12"
	for _, test := range []struct{ page, action, row string }{
		{subject, "/decide/oap/2022/firearms", ""},
		{subject, "/position/oap/2022/firearms", ""},
		{subject, "/silence/oap/2022/firearms", ""},
		{meeting, "/outcomes", "-oap/2022/firearms"},
	} {
		w := enters(t, h, "general-secretariat")
		_, page, _ := w.asks(http.MethodGet, test.page, "", http.NoBody)
		form := formIn(t, test.page, page, test.action)
		now := form.state()
		if now.Get("version"+test.row) != "2" || now.Get("digest"+test.row) != "sha256:2" {
			t.Errorf("%s on %s is about version %q, %q", test.action, test.page, now["version"+test.row], now["digest"+test.row])
		}
		sent := url.Values{
			"body": {"cosi"}, "stance": {"agrees"}, "delegation": {"fr"}, "deadline": {"2021-12-20"}, "document": {"CM 1/21"}, "outcome" + test.row: {"adopted"},
			"version" + test.row: {"1"}, "digest" + test.row: {"sha256:1"}, // the page is of the day on which the first stood
		}
		w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
		if asked := h.asked.Load(); asked == nil || asked.Version != 1 || asked.Digest != "sha256:1" || asked.Subject != at("oap/2022/firearms") {
			t.Errorf("%s was done on %+v", test.action, asked)
		}
	}
}
