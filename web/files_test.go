package web_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/web"
)

// takesFile says whether a file is chosen in a form.
func (f formOf) takesFile() bool {
	for n := range f.node.Descendants() {
		if attrOf(n, "type") == "file" {
			return true
		}
	}
	return false
}

// withFile writes what is sent with a form as a browser does, field by field, with a file
// where the form takes it.
func (f formOf) withFile(t *testing.T, sent url.Values, name string, file []byte) (mediaType string, body io.Reader) {
	t.Helper()
	var text bytes.Buffer
	form, at := multipart.NewWriter(&text), map[string]int{}
	var err error
	for n := range f.node.Descendants() {
		field := attrOf(n, "name")
		switch {
		case field == "" || n.DataAtom == atom.Button:
		case attrOf(n, "type") == "file":
			part, wrong := form.CreateFormFile(field, name)
			if err = errors.Join(err, wrong); err == nil {
				_, err = part.Write(file)
			}
		case at[field] < len(sent[field]):
			err = errors.Join(err, form.WriteField(field, sent[field][at[field]]))
			at[field]++
		}
	}
	if err = errors.Join(err, form.Close()); err != nil {
		t.Fatal(err)
	}
	return form.FormDataContentType(), &text
}

// brings sends a form without waiting until all of it is read, as the browser that is
// logged in.
func (w *window) brings(t *testing.T, form formOf, sent url.Values, name string, file []byte) (status int, page string) {
	t.Helper()
	mediaType, body := form.withFile(t, sent, name, file)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, form.action, body)
	request.Header.Set("Content-Type", mediaType)
	here, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range w.browser.Jar.Cookies(here) {
		request.AddCookie(cookie)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, request)
	return answer.Code, answer.Body.String()
}

// logsInOn logs in on a page that asks for it, and gives the page that follows.
func (w *window) logsInOn(t *testing.T, page string) (back string) {
	t.Helper()
	for _, form := range formsOn(t, "", page) {
		if strings.HasPrefix(form.action, "/login") {
			who := url.Values{"name": {"Anna"}, "body": {w.body}}
			_, _, header := w.asks(http.MethodPost, form.action, typed, strings.NewReader(who.Encode()))
			_, back, _ = w.asks(http.MethodGet, header.Get("Location"), "", http.NoBody)
			return back
		}
	}
	t.Fatalf("the page has no log-in:\n%s", page)
	return ""
}

// A file that is too large takes nothing with it that was typed: neither from somebody who is
// logged in, nor from somebody who is no longer, of whom less is read.
func TestSent_KeepsWhatIsTypedBesideALargeFile(t *testing.T) {
	t.Parallel()
	h := &house{}
	tried := map[string]bool{}
	for w, forms := range everyForm(t, h) {
		for _, form := range forms {
			kind := strings.Join(form.names(), " ")
			if !form.takesFile() || tried[kind] {
				continue
			}
			tried[kind] = true
			sent := form.filled()
			long := service.MaxContent + 1
			if len(tried) == 1 {
				long *= 3 // far too long
			}
			status, page := w.brings(t, form, sent, "long.pdf", make([]byte, long))
			if back, is := again(t, page, form); status != http.StatusUnprocessableEntity || !strings.Contains(page, "larger than 8 MiB") || !is || differs(back, sent) != "" {
				t.Errorf("%s: status %d, the form is there: %v %s", form.action, status, is, differs(back, sent))
			}
			w.signsOut()
			status, page = w.brings(t, form, sent, "long.pdf", make([]byte, 2<<20))
			back, is := again(t, w.logsInOn(t, page), form)
			if status != http.StatusUnauthorized || !is || differs(back, sent) != "" {
				t.Errorf("%s, logged in anew: status %d, the form is there: %v %s", form.action, status, is, differs(back, sent))
			}
		}
	}
	const fewest = 5
	if len(tried) < fewest {
		t.Errorf("only %d sorts of forms were tried", len(tried))
	}
}

// A browser chooses no file again, so after a log-in too it is said which one has to be.
func TestLogIn_SaysWhichFileToChooseAgain(t *testing.T) {
	t.Parallel()
	const says = "The file cor1.pdf has to be chosen again."
	for at, action := range map[string]string{
		"/cycles/small/on/oap/2022/firearms": "/correct/", "/cycles/small/registers/posts": "/registers/posts",
	} {
		w := enters(t, &house{}, "general-secretariat")
		_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
		for _, form := range formsOn(t, at, page) {
			if !strings.Contains(form.action, action) || !form.takesFile() {
				continue
			}
			w.signsOut()
			_, page = w.brings(t, form, form.state(), "cor1.pdf", []byte("%PDF"))
			if back := w.logsInOn(t, page); !strings.Contains(page, says) || !strings.Contains(back, says) {
				t.Errorf("%s does not say which file was chosen, before the log-in or after:\n%s\n%s", form.action, page, back)
			}
		}
	}
}

// A file that stands for a text is in the place of that text when it is refused, whatever it is
// refused for.
func TestSent_ReturnsARefusedFileInPlaceOfText(t *testing.T) {
	t.Parallel()
	const file = "key: small\ntitle: A cycle that took long to write\n"
	stale := func(address string) identity.SessionOptions {
		o := believing(address)
		o.Fresh = time.Nanosecond
		return o
	}
	oneOnly := func(o *web.Options) { o.Acts = &httpapi.Acts{AtOnce: 1, PerSecond: 1.0 / 3600, Burst: 1} }
	for name, test := range map[string]struct {
		window *window
		sends  int
		status int
	}{
		"a log-in that is stale": {opensWith(t, &house{}, nil, stale), 1, http.StatusUnauthorized},
		"too many":               {opensWith(t, &house{}, nil, believing, oneOnly), 2, http.StatusTooManyRequests},
	} {
		w := test.window
		w.logsIn()
		for _, at := range []string{"/start", "/cycles/small/amend"} {
			_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
			form := formsOn(t, at, page)[0]
			status := 0
			for range test.sends {
				status, page = w.brings(t, form, form.state(), "cycle.yaml", []byte(file))
			}
			if back, is := again(t, page, form); status != test.status || !is || back.state().Get("source") != file {
				t.Errorf("%s, %s: status %d, the form is there: %v\n%s", name, at, status, is, page)
			}
		}
	}
}

// Some browsers listen only once they have sent all: a line that breaks before is all that
// their users see.
func TestSent_AnswersABrowserThatSendsAllFirst(t *testing.T) {
	t.Parallel()
	w := enters(t, &house{}, "general-secretariat")
	const at = "/cycles/small/on/oap/2022/firearms"
	_, page, _ := w.asks(http.MethodGet, at, "", http.NoBody)
	for _, form := range formsOn(t, at, page) {
		if !form.takesFile() {
			continue
		}
		mediaType, body := form.withFile(t, form.state(), "scan.pdf", make([]byte, 4*service.MaxContent))
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+form.action, body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", mediaType)
		for _, cookie := range w.browser.Jar.Cookies(request.URL) {
			request.AddCookie(cookie)
		}
		line, err := new(net.Dialer).DialContext(t.Context(), "tcp", request.URL.Host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = line.Close() })
		if err := request.Write(line); err != nil {
			t.Fatalf("%s: the line broke while the form was sent: %v", form.action, err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(line), request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		if answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", form.action, answer.StatusCode)
		}
	}
}
