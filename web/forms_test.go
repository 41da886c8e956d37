package web_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/policycycle/policycycle/web"
)

// shownIn lists a page of every kind in the small cycle.
func shownIn() []string {
	const c = "/cycles/small"
	return []string{
		"/", "/inbox", "/start", "/search?q=firearms", "/glossary", "/accessibility", "/people", "/calendar", "/mail", "/webhooks", "/webhooks/3", "/national", "/login",
		c, c + "/plans", c + "/meetings", c + "/meetings/cosi-2021-12", c + "/meetings/cosi-2022-03", c + "/findings", c + "/compliance", c + "/obligations",
		c + "/results", c + "/report", c + "/report?year=2022", c + "/evaluation", c + "/trail", c + "/states/fr", c + "/open", c + "/open?of=oap/2021/firearms", c + "/open?of=report/2021/firearms/final", c + "/amend",
		c + "/registers", c + "/registers/posts", c + "/registers/strategy?row=a1", c + "/registers/consents",
		c + "/upload/registers/posts", c + "/upload/oap/2022", c + "/upload/oap/2022/firearms",
		c + "/on/priorities", c + "/on/oap/2022/firearms", c + "/on/oap/2022/drugs", c + "/on/oap/2021/firearms", c + "/on/masp/general",
		c + "/on/report/2022/firearms/may", c + "/on/report/2022/drugs/may",
		c + "/content/oap/2022/firearms", c + "/content/oap/2022/firearms?version=1", c + "/content/oap/2022/firearms?version=2&was=1", c + "/content/masp/general",
		c + "/draft/oap/2022/firearms", c + "/draft/oap/2022/firearms?action=1.1", c + "/draft/oap/2022/firearms?action=1.2", c + "/draft/oap/2022/firearms?action=new", c + "/draft/masp/general",
	}
}

// formOf is a form as a browser sees it.
type formOf struct {
	page, action string
	node         *html.Node
}

// names lists the fields of a form and its buttons that have a name.
func (f formOf) names() (list []string) {
	for n := range f.node.Descendants() {
		if attrOf(n, "name") != "" {
			list = append(list, attrOf(n, "name"))
		}
	}
	return list
}

// state is what stands in the fields of a form, as the browser would send it with
// the button that is pressed.
func (f formOf) state() url.Values {
	state := url.Values{}
	for n := range f.node.Descendants() {
		name := attrOf(n, "name")
		kind := attrOf(n, "type")
		switch {
		case name == "" || n.DataAtom == atom.Button || kind == "file":
		case n.DataAtom == atom.Textarea:
			state.Add(name, textOf(n))
		case n.DataAtom == atom.Select:
			state.Add(name, selected(n))
		case kind == "checkbox" || kind == "radio":
			if hasAttr(n, "checked") {
				state.Add(name, attrOf(n, "value"))
			}
		default:
			state.Add(name, attrOf(n, "value"))
		}
	}
	return state
}

func selected(list *html.Node) string {
	first, chosen := "", ""
	for o := range list.Descendants() {
		if o.DataAtom != atom.Option {
			continue
		}
		if first == "" {
			first = "x" + attrOf(o, "value")
		}
		if hasAttr(o, "selected") {
			chosen = "x" + attrOf(o, "value")
		}
	}
	if chosen == "" {
		chosen = first
	}
	return strings.TrimPrefix(chosen, "x")
}

// filled fills every field in with something else than stands there at first.
func (f formOf) filled() url.Values {
	sent, radios := url.Values{}, map[string]bool{}
	at := 0
	for n := range f.node.Descendants() {
		name, kind := attrOf(n, "name"), attrOf(n, "type")
		at++
		text := fmt.Sprintf("typed “%d” <b>&", at)
		switch {
		case name == "" || n.DataAtom == atom.Button || kind == "file":
		case n.DataAtom == atom.Textarea:
			sent.Add(name, "\nfirst line\n"+text)
		case n.DataAtom == atom.Select:
			last := ""
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option {
					last = attrOf(o, "value")
				}
			}
			sent.Add(name, last)
		case kind == "checkbox":
			if !hasAttr(n, "checked") {
				sent.Add(name, attrOf(n, "value"))
			}
		case kind == "radio":
			sent.Set(name, attrOf(n, "value"))
			radios[name] = true
		case kind == "hidden":
			sent.Add(name, attrOf(n, "value"))
		case kind == "date":
			sent.Add(name, fmt.Sprintf("2021-11-%02d", at%28+1))
		case kind == "number":
			sent.Add(name, fmt.Sprint(at))
		default:
			sent.Add(name, text)
		}
	}
	return sent
}

// buttonsAlone says that there is nothing to type or to choose.
func (f formOf) buttonsAlone() bool {
	for n := range f.node.Descendants() {
		if attrOf(n, "name") != "" && attrOf(n, "type") != "hidden" && n.DataAtom != atom.Button {
			return false
		}
	}
	return true
}

func attrOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return text.String()
}

func parsed(tb testing.TB, page string) *html.Node {
	tb.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		tb.Fatal(err)
	}
	return root
}

// formsOn lists the forms of a page by which something is sent, but for those of its
// head and foot.
func formsOn(tb testing.TB, page, body string) []formOf {
	tb.Helper()
	var forms []formOf
	for n := range parsed(tb, body).Descendants() {
		if action := attrOf(n, "action"); n.DataAtom == atom.Form && attrOf(n, "method") == "post" && action != "/preferences" && action != "/logout" {
			forms = append(forms, formOf{page, action, n})
		}
	}
	return forms
}

// formIn gives the form of a page that leads to an address.
func formIn(tb testing.TB, page, body, action string) formOf {
	tb.Helper()
	for _, form := range formsOn(tb, page, body) {
		if strings.HasSuffix(form.action, action) {
			return form
		}
	}
	tb.Fatalf("%s has no form %s", page, action)
	return formOf{}
}

// enters opens a window of somebody of a body on the small cycle.
func enters(t *testing.T, h *house, body string) *window {
	t.Helper()
	w := opensOn(t, h, nil)
	w.logsInFor(body)
	return w
}

// everyForm gives every form there is: on the pages of those who may use it.
func everyForm(t *testing.T, h *house) map[*window][]formOf {
	t.Helper()
	mux := http.NewServeMux()
	missing := map[string]bool{}
	for _, pattern := range web.Patterns() {
		if strings.HasPrefix(pattern, "POST ") && pattern != "POST /preferences" && pattern != "POST /login" {
			mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
			missing[pattern] = true
		}
	}
	forms, seen := map[*window][]formOf{}, map[string]bool{}
	for _, body := range []string{"general-secretariat", "fr", "operator", "commission", "support-team"} {
		w := enters(t, h, body)
		for _, path := range shownIn() {
			_, page, _ := w.asks(http.MethodGet, path, "", http.NoBody)
			for _, form := range formsOn(t, path, page) {
				of := path + " " + form.action + " " + form.state().Encode()
				if strings.HasPrefix(form.action, "/login") || seen[of] {
					continue
				}
				seen[of] = true
				forms[w] = append(forms[w], form)
				_, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), http.MethodPost, form.action, http.NoBody))
				delete(missing, pattern)
			}
		}
	}
	for pattern := range missing {
		t.Errorf("no page has a form for %s", pattern)
	}
	return forms
}

// again finds on a page the form that was sent.
func again(t *testing.T, body string, of formOf) (formOf, bool) {
	t.Helper()
	for _, form := range formsOn(t, of.page, body) {
		if form.action != of.action || !slices.Equal(form.names(), of.names()) {
			continue
		}
		same := true
		for n := range of.node.Descendants() { // what it is about, where there are several
			if attrOf(n, "type") == "hidden" && of.state().Get(attrOf(n, "name")) != form.state().Get(attrOf(n, "name")) {
				same = false
			}
		}
		if same {
			return form, true
		}
	}
	return formOf{}, false
}

// differs says in which field a form differs from what was sent.
func differs(form formOf, sent url.Values) string {
	state := form.state()
	for name, values := range sent {
		got := slices.Clone(state[name])
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], "\r\n", "\n")
		}
		if !slices.Equal(got, values) {
			return fmt.Sprintf("%s is %q, was sent as %q", name, got, values)
		}
	}
	for name, values := range state {
		if !sent.Has(name) {
			return fmt.Sprintf("%s is %q, was not sent", name, values)
		}
	}
	return ""
}

// Whatever is refused comes back as it was sent: what was typed, what was chosen, and
// what was ticked or not.
func TestPages_ReturnEveryRefusedFormAsItWasSent(t *testing.T) {
	t.Parallel()
	h := &house{}
	tried := 0
	for w, forms := range everyForm(t, h) {
		for _, form := range forms {
			sent := form.filled()
			if form.buttonsAlone() {
				continue
			}
			status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
			if status < 400 {
				t.Errorf("%s on %s: status %d", form.action, form.page, status)
				continue
			}
			tried++
			back, is := again(t, page, form)
			if !is {
				t.Errorf("%s on %s: the form is not there again (%d)", form.action, form.page, status)
			} else if wrong := differs(back, sent); wrong != "" {
				t.Errorf("%s on %s: %s", form.action, form.page, wrong)
			}
		}
	}
	const fewest = 60
	if tried < fewest {
		t.Errorf("only %d forms were tried", tried)
	}
	t.Logf("%d forms were refused and came back", tried)
}

// signsOut ends the session as it ends by itself: the browser has a cookie that is
// worth nothing any more.
func (w *window) signsOut() {
	w.tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.tb.Fatal(err)
	}
	w.browser.Jar = jar
}

// Whoever sends a form after their log-in has ended logs in, and is before the form
// again, with all that they sent. Nothing is done before they send it anew.
func TestLogIn_LosesNothingTypedWhenASessionEnds(t *testing.T) {
	t.Parallel()
	h := &house{}
	tried := 0
	for w, forms := range everyForm(t, h) {
		body := w.body
		for _, form := range forms {
			sent := form.filled()
			if len(sent) == 0 || !strings.Contains(sent.Encode(), "typed") {
				continue // nothing is typed there
			}
			w.signsOut()
			before := h.acts.Load()
			status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
			if status != http.StatusUnauthorized || !strings.Contains(page, "typed “") {
				t.Errorf("%s on %s: status %d, or what was typed does not show", form.action, form.page, status)
			}
			logIn := formsOn(t, form.page, page)
			if len(logIn) != 1 || !strings.HasPrefix(logIn[0].action, "/login") {
				t.Errorf("%s on %s: the page has no log-in", form.action, form.page)
				continue
			}
			who := url.Values{"name": {"Anna"}, "body": {body}}
			_, _, header := w.asks(http.MethodPost, logIn[0].action, typed, strings.NewReader(who.Encode()))
			next := header.Get("Location")
			status, page, _ = w.asks(http.MethodGet, next, "", http.NoBody)
			back, is := again(t, page, form)
			tried++
			switch {
			case status != http.StatusOK || !is:
				t.Errorf("%s on %s: after the log-in at %s, status %d, the form is there: %v", form.action, form.page, next, status, is)
			case differs(back, sent) != "":
				t.Errorf("%s on %s: %s", form.action, form.page, differs(back, sent))
			}
			if h.acts.Load() != before {
				t.Errorf("%s on %s: something was done unasked", form.action, form.page)
			}
			status, page, _ = w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
			if _, is := again(t, page, form); !is || status < 400 {
				t.Errorf("%s on %s: sent anew, status %d, the form is there: %v", form.action, form.page, status, is)
			}
		}
	}
	const fewest = 30
	if tried < fewest {
		t.Errorf("only %d forms were tried", tried)
	}
	t.Logf("%d forms came back after a log-in", tried)
}

// What somebody typed is for nobody who is not logged in, and there is little room.
func TestLogIn_KeepsWhatWasTypedWithinBounds(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	form := "/cycles/small/draft/oap/2022/firearms?action=1.1"
	w.signsOut()
	sent := url.Values{"code": {"1.1"}, "title": {"A secret title"}, "revision": {"1"}}
	_, page, _ := w.asks(http.MethodPost, form, typed, strings.NewReader(sent.Encode()))
	next, err := url.Parse(formsOn(t, "", page)[0].action)
	if err != nil {
		t.Fatal(err)
	}
	back := next.Query().Get("next")
	if !strings.HasPrefix(back, form) {
		t.Errorf("the log-in leads to %q", back)
	}
	if status, page, _ := w.asks(http.MethodGet, back, "", http.NoBody); status != http.StatusUnauthorized || strings.Contains(page, "A secret title") {
		t.Errorf("nobody reads what was typed: status %d", status)
	}
	sent.Set("description", strings.Repeat("a", 900<<10))
	const most = 100 // there is room again for one in a minute
	kept, full := 0, false
	for !full && kept < most {
		status, page, _ := w.asks(http.MethodPost, form, typed, strings.NewReader(sent.Encode()))
		if status != http.StatusUnauthorized || !strings.Contains(page, "A secret title") {
			t.Fatalf("status %d: what was typed does not show", status)
		}
		if full = !strings.Contains(formsOn(t, "", page)[0].action, "kept"); !full {
			kept++
		}
	}
	if kept == 0 || !full {
		t.Errorf("%d long forms of nobody are kept", kept)
	}
	w.logsInFor("general-secretariat")
	if _, page, _ := w.asks(http.MethodGet, form+"&kept=NOTHING", "", http.NoBody); !strings.Contains(page, "no longer kept") {
		t.Error("that nothing is kept any more is not said")
	}
}

// All rows are set at once by a button that records nothing, and only rows with an
// answer count; at first there is none.
func TestSetAll_SetsRowsAtOnceWithoutScripts(t *testing.T) {
	t.Parallel()
	h := &house{}
	for _, test := range []struct{ body, page, action, choice, value, none, all string }{
		{"fr", "/cycles/small/states/fr", "/consents", "answer", "confirmed", "Record the answers", "Confirm 3 actions"},
		{"general-secretariat", "/cycles/small/meetings/cosi-2021-12", "/confirm", "second", "confirm", "Record the answers", "1 outcome"},
		{"general-secretariat", "/cycles/small/meetings/cosi-2021-12", "/outcomes", "outcome", "took-note", "Record the outcomes", "Record 1 outcome"},
	} {
		w := enters(t, h, test.body)
		_, page, _ := w.asks(http.MethodGet, test.page, "", http.NoBody)
		form := formIn(t, test.page, page, test.action)
		for n := range form.node.Descendants() {
			if hasAttr(n, "checked") {
				t.Errorf("%s: something is ticked at first", test.page)
			}
		}
		for name, values := range form.state() {
			if strings.HasPrefix(name, test.choice+"-") && values[0] != "" {
				t.Errorf("%s: %s is %q at first", test.page, name, values)
			}
		}
		if !strings.Contains(textOf(form.node), test.none) {
			t.Errorf("%s: the button does not say %q", test.page, test.none)
		}
		sent := form.state()
		sent.Set("set-"+test.choice, test.value)
		sent.Set("set", "yes")
		before := h.acts.Load()
		status, page, _ := w.asks(http.MethodPost, form.action, typed, strings.NewReader(sent.Encode()))
		form = formIn(t, test.page, page, test.action)
		if status != http.StatusOK || h.acts.Load() != before {
			t.Errorf("%s: status %d, something done: %v", test.page, status, h.acts.Load() != before)
		}
		for name, values := range form.state() {
			if strings.HasPrefix(name, test.choice+"-") && values[0] != test.value || name == "set-"+test.choice && values[0] != "" {
				t.Errorf("%s: %s is %q", test.page, name, values)
			}
		}
		if !strings.Contains(textOf(form.node), test.all) {
			t.Errorf("%s: the button does not say %q: %s", test.page, test.all, textOf(form.node))
		}
	}
}

// Nobody is offered to record what a meeting concluded before its day.
func TestMeetingPage_OffersNoOutcomeBeforeItsDay(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	_, page, _ := w.asks(http.MethodGet, "/cycles/small/meetings/cosi-2022-03", "", http.NoBody)
	if strings.Contains(page, `/meetings/cosi-2022-03/outcomes"`) || !strings.Contains(page, "from that day on") {
		t.Error("an outcome is offered before the meeting")
	}
	_, page, _ = w.asks(http.MethodGet, "/cycles/small/meetings/cosi-2021-12", "", http.NoBody)
	for _, want := range []string{"set aside", "awaits a second person", "ST 3/21 INIT"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the meeting does not show %q", want)
		}
	}
}
