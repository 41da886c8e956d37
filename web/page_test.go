package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/web"
)

// fake is a service of which these tests need next to nothing.
type fake struct {
	service.Service
	changes chan service.Change
	asked   atomic.Value // the number of the request for a cycle
}

func (f *fake) As(policy.Principal) service.Service { return f }

func (f *fake) May(context.Context) ([]policy.Deed, error) { return nil, nil }

func (f *fake) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	return nil, nil
}

// ListBodies gives an agency and a working party that a cycle has of its own.
func (f *fake) ListBodies(context.Context) (policy.BodyTable, error) {
	return policy.BodyTable{
		{Body: "arms-agency", Title: "Arms Tracing Agency", Kind: policy.KindAgency},
		{Body: "wp-arms", Title: "Working Party on Arms", Kind: policy.KindCouncil, Collective: true},
	}, nil
}

func (f *fake) ListCycles(context.Context, service.CycleFilter) ([]service.CycleLine, error) {
	return nil, nil
}

func (f *fake) FindCycle(ctx context.Context, _ string) (*service.Cycle, error) {
	f.asked.Store(telemetry.Correlation(ctx))
	return nil, errors.New("a password is hunter2")
}

func (f *fake) Watch(ctx context.Context, _ string, each func(service.Change)) error {
	for {
		select {
		case c := <-f.changes:
			each(c)
		case <-ctx.Done():
			return nil
		}
	}
}

// window is the pages, and a browser before them.
type window struct {
	tb       testing.TB
	handler  http.Handler
	url      string
	browser  *http.Client
	fake     *fake
	log      *bytes.Buffer
	stranger atomic.Bool // whoever is logged in has no role any more
	body     string      // for which somebody is logged in
}

func opens(t *testing.T, streams *httpapi.Streams, with ...func(*web.Options)) *window {
	t.Helper()
	f := &fake{changes: make(chan service.Change)}
	w := opensOn(t, f, streams, with...)
	w.fake = f
	return w
}

// opensOn opens the pages of a service, in which names are believed.
func opensOn(t *testing.T, svc service.Service, streams *httpapi.Streams, with ...func(*web.Options)) *window {
	t.Helper()
	return opensWith(t, svc, streams, believing, with...)
}

// believing is a log-in that believes names.
func believing(string) identity.SessionOptions { return identity.SessionOptions{Lasts: time.Hour} }

// opensWith opens the pages of a service with log-ins of a sort.
func opensWith(t *testing.T, svc service.Service, streams *httpapi.Streams, logIns func(address string) identity.SessionOptions, with ...func(*web.Options)) *window {
	t.Helper()
	w := &window{tb: t, log: &bytes.Buffer{}}
	server := httptest.NewUnstartedServer(nil)
	o := web.Options{
		Stopped: func() []web.Stopped {
			return []web.Stopped{{What: "oap/2026/firearms", Since: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)}}
		},
		Service: svc, Sessions: identity.NewSessions(logIns("http://" + server.Listener.Addr().String())), Streams: streams, Log: zerolog.New(zerolog.SyncWriter(w.log)),
		Principal: func(_ context.Context, who *identity.Identified, body policy.Body) (policy.Principal, error) {
			if w.stranger.Load() {
				return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "%s has no role here: an administrator gives roles", who.Name)
			}
			return policy.Asserted(policy.Actor{Name: who.Name, Body: body}), nil
		},
	}
	for _, set := range with {
		set(&o)
	}
	handler, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.handler = handler
	server.Config.Handler, server.Config.ErrorLog = handler, telemetry.Lines(o.Log)
	if streams != nil { // they outlive what the server lets others take
		server.Config.WriteTimeout = short
	}
	server.Start()
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.url, w.browser = server.URL, &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w
}

// asks asks for a page, or sends a form.
func (w *window) asks(method, path, mediaType string, body io.Reader) (int, string, http.Header) {
	w.tb.Helper()
	request, err := http.NewRequestWithContext(w.tb.Context(), method, w.url+path, body)
	if err != nil {
		w.tb.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaType)
	answer, err := w.browser.Do(request)
	if err != nil {
		w.tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.tb.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// reads asks for a page in a language.
func (w *window) reads(path, lang string) string {
	w.tb.Helper()
	request, err := http.NewRequestWithContext(w.tb.Context(), http.MethodGet, w.url+path, http.NoBody)
	if err != nil {
		w.tb.Fatal(err)
	}
	request.Header.Set("Accept-Language", lang)
	answer, err := w.browser.Do(request)
	if err != nil {
		w.tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.tb.Fatal(err)
	}
	return string(text)
}

const typed = "application/x-www-form-urlencoded"

func (w *window) logsIn() { w.logsInFor("general-secretariat") }

func (w *window) logsInFor(body string) {
	w.tb.Helper()
	w.body = body
	form := url.Values{"name": {"Anna"}, "body": {body}}
	if status, page, _ := w.asks(http.MethodPost, "/login", typed, strings.NewReader(form.Encode())); status != http.StatusSeeOther {
		w.tb.Fatalf("the log-in: %d %s", status, page)
	}
}

// read is a body that counts how much of it was read.
type read struct {
	io.Reader
	bytes int64
}

func (r *read) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.bytes += int64(n)
	return n, err
}

func TestLogin_OffersTheBodiesOfCyclesOnRecordByTheirTitles(t *testing.T) {
	t.Parallel()
	page := opens(t, nil).reads("/login", "de")
	if !strings.Contains(page, `<option value="arms-agency">Arms Tracing Agency</option>`) || strings.Contains(page, "wp-arms") {
		t.Errorf("one can act for the agency, and not for who meets:\n%s", page)
	}
}

func TestBody_ListensToNobodyForLong(t *testing.T) {
	t.Parallel()
	w := opens(t, nil)
	const long = 9 << 20
	for name, test := range map[string]struct {
		path, mediaType string
		status          int
		most            int64
	}{
		"a cycle file of nobody":       {"/start", "multipart/form-data; boundary=x", http.StatusUnauthorized, 2 << 20},
		"a decision of nobody":         {"/cycles/x/decide/priorities", typed, http.StatusUnauthorized, 2 << 20},
		"a long preference":            {"/preferences", typed, http.StatusUnprocessableEntity, 64 << 10},
		"a preference with a file":     {"/preferences", "multipart/form-data; boundary=x", http.StatusSeeOther, 64 << 10},
		"somebody with a long name":    {"/login", typed, http.StatusUnprocessableEntity, 64 << 10},
		"somebody who brings a file":   {"/login", "multipart/form-data; boundary=x", http.StatusUnprocessableEntity, 64 << 10},
		"somebody who logs out loudly": {"/logout", "multipart/form-data; boundary=x", http.StatusSeeOther, 0},
	} {
		begin := "name="
		if strings.HasPrefix(test.mediaType, "multipart") {
			begin = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
		}
		body := &read{Reader: io.MultiReader(strings.NewReader(begin), io.LimitReader(zeros{}, long))}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, test.path, body)
		request.Header.Set("Content-Type", test.mediaType)
		answer := httptest.NewRecorder()
		if w.handler.ServeHTTP(answer, request); answer.Code != test.status || body.bytes > test.most {
			t.Errorf("%s: %d after %d bytes, want %d after at most %d", name, answer.Code, body.bytes, test.status, test.most)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// Not parallel: it gives the process a folder for its temporary files.
func TestBody_LeavesNoFileOfAFormBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	w := opens(t, nil)
	w.logsIn()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "cycle.yaml")
	if err == nil {
		_, err = io.CopyN(part, zeros{}, 3<<20)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		t.Fatal(err)
	}
	if status, page, _ := w.asks(http.MethodPost, "/start", form.FormDataContentType(), &body); status != http.StatusUnprocessableEntity {
		t.Errorf("a cycle file that is none: %d %s", status, page)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// listens opens a stream, and gives what comes until it ends.
func (w *window) listens() (heard io.Reader, status int) {
	w.tb.Helper()
	request, err := http.NewRequestWithContext(w.tb.Context(), http.MethodGet, w.url+"/events", http.NoBody)
	if err != nil {
		w.tb.Fatal(err)
	}
	answer, err := w.browser.Do(request)
	if err != nil {
		w.tb.Fatal(err)
	}
	w.tb.Cleanup(func() { answer.Body.Close() })
	return answer.Body, answer.StatusCode
}

// hears waits until a stream has told something so many times.
func hears(t *testing.T, stream io.Reader, what string, times int) {
	t.Helper()
	var heard strings.Builder
	for piece := make([]byte, 512); strings.Count(heard.String(), what) < times; {
		n, err := stream.Read(piece)
		heard.Write(piece[:n])
		if err != nil {
			t.Fatalf("it ended with %v after %q", err, heard.String())
		}
	}
}

// A stream beats a few times within the time that the server lets a request take,
// and both are long for a machine that does much else.
const often, short = time.Second, 3 * time.Second

func TestStream_EndsForWhoLogsOutOrLosesTheirRole(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*window){
		"log-out": func(w *window) { w.asks(http.MethodPost, "/logout", typed, http.NoBody) },
		"no role": func(w *window) { w.stranger.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := opens(t, &httpapi.Streams{Most: 10, Beat: often, Lasts: time.Hour})
			w.logsIn()
			mine, _ := w.listens()
			hears(t, mine, "still here", 2*int(short/often)) // longer than the server lets a request last
			w.fake.changes <- service.Change{Cycle: "empact-2022-2025"}
			hears(t, mine, "data: empact-2022-2025", 1)
			end(w)
			if _, err := io.Copy(io.Discard, mine); err != nil {
				t.Errorf("it does not end in order: %v", err)
			}
		})
	}
}

func TestStreams_AreSoManyAndLastSoLong(t *testing.T) {
	t.Parallel()
	w := opens(t, &httpapi.Streams{Most: 2, Beat: often, Lasts: time.Hour})
	for _, want := range []int{http.StatusOK, http.StatusOK, http.StatusServiceUnavailable} {
		if _, status := w.listens(); status != want {
			t.Errorf("of two streams at once: %d, want %d", status, want)
		}
	}
	w = opens(t, &httpapi.Streams{Most: 1, Beat: often, Lasts: time.Millisecond})
	for range 3 { // the next one comes once the last has ended
		stream, status := w.listens()
		if _, err := io.Copy(io.Discard, stream); err != nil || status != http.StatusOK {
			t.Errorf("one that is to end: %d, %v", status, err)
		}
	}
}

func TestStreams_AreLeftForOthersByOneClient(t *testing.T) {
	t.Parallel()
	w := opens(t, &httpapi.Streams{Most: 10, MostEach: 1, MostPublic: 2, Beat: often, Lasts: time.Hour})
	statuses := func(n int) (got []int) {
		for range n {
			_, status := w.listens()
			got = append(got, status)
		}
		return got
	}
	if got := statuses(3); !slices.Equal(got, []int{200, 200, 429}) {
		t.Errorf("the public at one address: %v", got)
	}
	w.logsIn()
	if got := statuses(2); !slices.Equal(got, []int{200, 429}) {
		t.Errorf("one person: %v", got)
	}
}

func TestActs_RefuseAFormTooMany(t *testing.T) {
	t.Parallel()
	w := opens(t, nil, func(o *web.Options) { o.Acts = &httpapi.Acts{AtOnce: 1, PerSecond: 1.0 / 3600, Burst: 1} })
	w.logsIn()
	w.asks(http.MethodPost, "/start", typed, strings.NewReader("text=x"))
	status, page, header := w.asks(http.MethodPost, "/start", typed, strings.NewReader("text=x"))
	if status != http.StatusTooManyRequests || header.Get("Retry-After") == "" || !strings.Contains(page, "nothing was changed") {
		t.Errorf("%d %v %s", status, header, page)
	}
	if status, _, _ := w.asks(http.MethodGet, "/glossary", "", http.NoBody); status != http.StatusOK {
		t.Errorf("a page is not a form: %d", status)
	}
}

func TestReader_WithoutARoleSeesWhatThePublicSees(t *testing.T) {
	t.Parallel()
	w := opens(t, nil)
	w.logsIn()
	w.stranger.Store(true)
	for path, want := range map[string]int{"/glossary": http.StatusOK, "/people": http.StatusUnauthorized} {
		status, page, _ := w.asks(http.MethodGet, path, "", http.NoBody)
		if status != want || !strings.Contains(page, "have no role here") || !strings.Contains(page, `action="/logout"`) {
			t.Errorf("%s: %d %s", path, status, page)
		}
	}
	if status, _, _ := w.asks(http.MethodPost, "/start", typed, strings.NewReader("text=x")); status != http.StatusUnauthorized {
		t.Errorf("they start a cycle: %d", status)
	}
	w.asks(http.MethodPost, "/logout", typed, http.NoBody)
	if _, page, _ := w.asks(http.MethodGet, "/glossary", "", http.NoBody); strings.Contains(page, "have no role here") {
		t.Error("they are not logged out")
	}
}

func TestPages_TellTheNumberThatTheLogKnows(t *testing.T) {
	t.Parallel()
	w := opens(t, nil)
	status, page, header := w.asks(http.MethodGet, "/cycles/x", "", http.NoBody)
	number := header.Get(httpapi.HeaderCorrelation)
	if status != http.StatusInternalServerError || number == "" || !strings.Contains(page, "<code>"+number+"</code>") || strings.Contains(page, "hunter2") {
		t.Errorf("%d, number %q: %s", status, number, page)
	}
	if line := w.log.String(); !strings.Contains(line, `"correlation":"`+number+`"`) || !strings.Contains(line, "hunter2") {
		t.Errorf("the log tells %s", line)
	}
	if w.fake.asked.Load() != number {
		t.Errorf("the service is asked as %v", w.fake.asked.Load())
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/glossary", http.NoBody)
	request.Header.Set(httpapi.HeaderCorrelation, "of-the-proxy")
	answer := httptest.NewRecorder()
	if w.handler.ServeHTTP(answer, request); answer.Header().Get(httpapi.HeaderCorrelation) != "of-the-proxy" {
		t.Errorf("a number that came along becomes %q", answer.Header().Get(httpapi.HeaderCorrelation))
	}
}

func TestOverviewPage_TellsWhoOperatesWhatStandsStill(t *testing.T) {
	t.Parallel()
	w := opens(t, nil)
	const says = "oap/2026/firearms: no work gets done since 28 Nov 2026"
	if _, page, _ := w.asks(http.MethodGet, "/", "", http.NoBody); strings.Contains(page, "stopped") {
		t.Error("the public is told")
	}
	w.logsIn() // on one machine, whoever is logged in operates it
	if status, page, _ := w.asks(http.MethodGet, "/", "", http.NoBody); status != http.StatusOK || !strings.Contains(page, says) {
		t.Errorf("%d: %s", status, page)
	}
}
