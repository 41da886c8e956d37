package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/api/apitest"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/service/remote"
)

// blanks is a body without an end, which counts how much of it was read.
type blanks struct{ read atomic.Int64 }

func (b *blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	b.read.Add(int64(len(p)))
	return len(p), nil
}

// asks sends a request straight to the API.
func asks(t *testing.T, handler http.Handler, as, method, path string, body io.Reader, length int64) (*httptest.ResponseRecorder, api.Problem) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, body)
	request.ContentLength = length
	request.Header.Set("Content-Type", "application/json")
	if as != "" {
		request.Header.Set("Policycycle-As", as)
	}
	answer := serves(handler, request)
	var problem api.Problem
	if answer.Code >= http.StatusBadRequest {
		if err := json.Unmarshal(answer.Body.Bytes(), &problem); err != nil {
			t.Fatalf("%s %s: %d %s: %v", method, path, answer.Code, answer.Body, err)
		}
	}
	return answer, problem
}

func serves(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	return answer
}

func TestServer_ReadsNothingOfNobodyAndNothingTooLarge(t *testing.T) {
	t.Parallel()
	var identified atomic.Int64
	handler := api.New(api.Options{Service: &fake{}, Log: zerolog.Nop(), Identify: func(r *http.Request) (policy.Principal, error) {
		identified.Add(1)
		return identify(r)
	}})
	bodies := 0
	for _, d := range apitest.Operations(t, description(t)) {
		path := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(d.Path, "7") + "?path=masp/general"
		if d.Method != http.MethodGet {
			body := &blanks{}
			answer, problem := asks(t, handler, "", d.Method, path, body, -1)
			if answer.Code != http.StatusUnauthorized || problem.Code != policy.CodeNotIdentified || body.read.Load() > 0 {
				t.Errorf("%s by nobody: %d %+v after %d bytes", d.ID, answer.Code, problem, body.read.Load())
			}
		}
		if d.RequestBody == nil {
			continue
		}
		bodies++
		body := &blanks{} // it says that it is too large
		answer, problem := asks(t, handler, "anna@general-secretariat", d.Method, path, body, 1<<40)
		if answer.Code != http.StatusRequestEntityTooLarge || problem.Code != policy.CodeInvalid || problem.Correlation == "" || body.read.Load() > 0 {
			t.Errorf("%s of 1 TiB: %d %+v after %d bytes", d.ID, answer.Code, problem, body.read.Load())
		}
		if slices.Contains([]string{"start-cycle", "import-cycle", "add-forgotten"}, d.ID) { // a quarter of a gigabyte
			continue
		}
		identified.Store(0)
		answer, problem = asks(t, handler, "anna@general-secretariat", d.Method, path, body, -1) // it does not say so
		if most := body.read.Load(); answer.Code != http.StatusRequestEntityTooLarge || problem.Code != policy.CodeInvalid || most > 2*httpapi.MaxDocument {
			t.Errorf("%s without an end: %d %+v after %d bytes", d.ID, answer.Code, problem, most)
		}
		if n := identified.Load(); n != 1 {
			t.Errorf("%s: who asks was found out %d times", d.ID, n)
		}
	}
	if bodies < 20 {
		t.Errorf("only %d operations take something in", bodies)
	}
}

func TestServer_TakesInFewWholeCyclesAtOnce(t *testing.T) {
	t.Parallel()
	h := opens(t)
	const most = 2
	begun := make(chan struct{}, most)
	var lines []*io.PipeWriter
	for range most {
		out, in := io.Pipe()
		lines = append(lines, in)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+httpapi.Import.Path, out)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Policycycle-As", "anna@general-secretariat")
		go func() {
			answer, err := new(http.Client).Do(request)
			if err == nil {
				answer.Body.Close()
			}
			begun <- struct{}{}
		}()
		if _, err := in.Write([]byte(" ")); err != nil { // somebody reads
			t.Fatal(err)
		}
	}
	tooMany := func() bool {
		status, problem := sends(t, http.MethodPost, h.url+httpapi.Import.Path, "application/json", io.MultiReader(strings.NewReader(" "), iotest.ErrReader(io.EOF)))
		return status == http.StatusServiceUnavailable && problem.Code == policy.CodeUnavailable
	}
	for !tooMany() { // once somebody reads each of them
		runtime.Gosched()
	}
	if status, _ := sends(t, http.MethodPost, h.url+httpapi.Import.Path, "application/json", strings.NewReader("{}")); status == http.StatusServiceUnavailable {
		t.Error("a small cycle is refused, too")
	}
	for _, line := range lines {
		line.CloseWithError(errors.New("enough"))
		<-begun
	}
	for tooMany() { // until their readers have ended, too
		runtime.Gosched()
	}
}

// A body that comes too slowly is not waited for, though the server itself would.
func TestServer_WaitsForNobodyWhoSendsTooSlowly(t *testing.T) {
	t.Parallel()
	h := opens(t)
	slow := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, httpapi.Import.Path, strings.NewReader("{}"))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Policycycle-As", "anna@general-secretariat")
	before := time.Now()
	h.handler.ServeHTTP(slow, request)
	if slow.read.Before(before.Add(time.Minute)) || slow.read.After(time.Now().Add(10*time.Minute)) {
		t.Errorf("a whole cycle may take %s", slow.read.Sub(before))
	}
	if slow.write.Before(slow.read) {
		t.Errorf("it may take until %s, and its answer until %s", slow.read, slow.write)
	}
	slow = &deadlines{ResponseRecorder: httptest.NewRecorder()}
	request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, httpapi.Decide.Path, strings.NewReader("{}"))
	request.Header = http.Header{"Content-Type": {"application/json"}, "Policycycle-As": {"anna@general-secretariat"}}
	before = time.Now()
	h.handler.ServeHTTP(slow, request)
	if slow.read.Before(before.Add(10*time.Second)) || slow.read.After(time.Now().Add(time.Minute)) {
		t.Errorf("a decision may take %s", slow.read.Sub(before))
	}
}

// deadlines takes note of until when a request may be read, and of the latest time
// until when it may be answered.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.read = at; return nil }

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	if at.After(d.write) {
		d.write = at
	}
	return nil
}

func TestServer_WantsAFreshLogInForADecision(t *testing.T) {
	t.Parallel()
	h := opens(t)
	h.stale = policy.Refuse(policy.CodeNotIdentified, "log in again")
	deciding := map[string]bool{}
	for _, name := range []string{
		"StartCycle", "Import", "AddForgotten", "Decide", "Enclose", "Confirm", "SetAside", "Launch", "TakePosition", "Correct", "Finalise", "OpenItem", "AmendCycle", "Enter",
		"ChangeRole", "LinkAccount", "ErasePerson",
	} {
		deciding[name] = true
	}
	for _, m := range methods() {
		_, out := h.calls(t, m)
		err, _ := reflect.TypeAssert[error](out[len(out)-1])
		if stale := policy.CodeOf(err) == policy.CodeNotIdentified; stale != deciding[m.Name] || !stale && err != nil {
			t.Errorf("%s with an old log-in: %v", m.Name, err)
		}
	}
	progress := service.Enter{Cycle: "empact", Rows: []policy.Row{{Register: policy.RegProgress, Key: "x", Body: &policy.Progress{}}}}
	if _, err := h.remote.Enter(t.Context(), progress); err != nil {
		t.Errorf("progress, which decides nothing: %v", err)
	}
	if err := beside["Seal"](t.Context(), h); err != nil {
		t.Errorf("the seal of what is handed in: %v", err)
	}
}

func TestServer_SaysThatItIsThereAndCanWork(t *testing.T) {
	t.Parallel()
	var away error
	handler := api.New(api.Options{Service: &fake{}, Identify: identify, Log: zerolog.Nop(), Ready: func(context.Context) error { return away }})
	for name, test := range map[string]struct {
		path   string
		err    error
		status int
	}{
		"there": {"/healthz", nil, 204}, "there, though it cannot work": {"/healthz", io.EOF, 204},
		"ready": {"/readyz", nil, 204}, "not ready": {"/readyz", io.EOF, 503},
		"its figures are for elsewhere": {"/metrics", nil, 404},
	} {
		away = test.err
		if answer, problem := asks(t, handler, "", http.MethodGet, test.path, http.NoBody, 0); answer.Code != test.status || strings.Contains(problem.Detail, "EOF") {
			t.Errorf("%s: %d %+v", name, answer.Code, problem)
		}
	}
}

func TestActs_RefuseWhoSendsTooMuchAtOnce(t *testing.T) {
	t.Parallel()
	handler := api.New(api.Options{
		Service: &fake{}, Identify: identify, Log: zerolog.Nop(), Acts: &httpapi.Acts{AtOnce: 1, PerSecond: 1.0 / 3600, Burst: 1},
	})
	const path = "/v1/reminders"
	send := func(as string) (*httptest.ResponseRecorder, api.Problem) {
		return asks(t, handler, as, http.MethodPost, path, strings.NewReader("{}"), 2)
	}
	if answer, _ := send("anna@general-secretariat"); answer.Code == http.StatusTooManyRequests {
		t.Errorf("the first: %d", answer.Code)
	}
	answer, problem := send("anna@general-secretariat")
	if answer.Code != http.StatusTooManyRequests || problem.Code != policy.CodeTooMany || answer.Header().Get("Retry-After") == "" {
		t.Errorf("the second of one: %d %+v %v", answer.Code, problem, answer.Header())
	}
	if answer, _ := asks(t, handler, "anna@general-secretariat", http.MethodGet, "/v1/cycles", http.NoBody, 0); answer.Code != http.StatusOK {
		t.Errorf("a question: %d", answer.Code)
	}
}

// What fails is for the log, but not what failed because nobody waits for it any more.
func TestServer_LogsNothingOfWhoHasGone(t *testing.T) {
	t.Parallel()
	for _, gone := range []bool{true, false} {
		var log bytes.Buffer
		handler := api.New(api.Options{Service: &fake{err: errors.New("withdrawn")}, Identify: identify, Log: zerolog.New(&log)})
		ctx, leave := context.WithCancel(t.Context())
		t.Cleanup(leave)
		if gone {
			leave()
		}
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/cycles", http.NoBody)
		r.Header.Set(identity.HeaderAs, "anna@general-secretariat")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if told := strings.Contains(log.String(), "unforeseen"); told == gone {
			t.Errorf("gone %t: %d, the log says %q", gone, w.Code, log.String())
		}
	}
}

func TestWatch_EndsTheStreamOfWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	var unknown atomic.Bool
	handler := api.New(api.Options{
		Service: &fake{}, Log: zerolog.Nop(), Streams: &httpapi.Streams{Most: 1, Beat: time.Second, Lasts: time.Hour},
		Identify: func(r *http.Request) (policy.Principal, error) {
			if unknown.Load() {
				return policy.Principal{}, policy.Refuse(policy.CodeNotIdentified, "the token has expired")
			}
			return identify(r)
		},
	})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	anna := &remote.Service{URL: server.URL, Client: new(http.Client), Name: "anna@general-secretariat"}
	ended, told := make(chan error, 1), make(chan service.Change, 1)
	go func() {
		ended <- anna.Watch(t.Context(), "empact-2022-2025", func(c service.Change) {
			select {
			case told <- c:
			default:
			}
		})
	}()
	<-told
	if err := anna.Watch(t.Context(), "empact-2022-2025", func(service.Change) {}); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("the second of one stream: %v", err)
	}
	unknown.Store(true)
	if err := <-ended; err == nil {
		t.Error("the stream goes on")
	}
}

// A body that says two things, or something that counts for nothing, is refused with the
// name of the field, and the service is never asked.
func TestServer_TakesABodyThatSaysEverythingOnce(t *testing.T) {
	t.Parallel()
	service := &fake{}
	handler := api.New(api.Options{Service: service, Identify: identify, Log: zerolog.Nop()})
	const row = `{"register":"warnings","key":"w1","date":"2023-01-01","body":{"title":"t","area":"a"}`
	for body, field := range map[string]string{
		`/v1/decisions {"subject":"empact/priorities","outcome":"adopted","outcome":"not-agreed"}`:               "outcome",
		`/v1/decisions {"subject":"empact/priorities","outcome":"adopted","OUTCOME":"not-agreed"}`:               "OUTCOME",
		`/v1/decisions {"subject":"empact/priorities","by":{"name":"bert","body":"general-secretariat"}}`:        "by",
		`/v1/decisions {"subject":"empact/priorities","verdict":"adopted"}`:                                      "verdict",
		`/v1/versions {"subject":"empact/priorities","by":{"name":"bert","body":"presidency"}}`:                  "by",
		`/v1/positions {"subject":"empact/priorities","kind":"decide"}`:                                          "kind",
		`/v1/rows {"cycle":"empact","rows":[` + row + `,"by":{"name":"bert","body":"europol"}}]}`:                "by",
		`/v1/rows {"cycle":"empact","rows":[` + row + `,"because":"x"}]}`:                                        "because",
		`/v1/rows {"cycle":"empact","rows":[` + row + `},` + row + `,"key":"w2"}]}`:                              "key",
		`/v1/seal {"format":1,"id":"x","act":{"kind":"submit","kind":"decide"}}`:                                 "kind",
		`/v1/amendments {"cycle":"empact","amendment":{"reason":"x","meetings":[{"key":"a","key":"b"}]}}`:        "key",
		`/v1/cycles {"definition":{"key":"empact","priorities":[{"key":"a","title":"A","title":"B"}]}}`:          "title",
		`/v1/imports {"definition":{"key":"a"},"documents":{"oap/2022/a/v1":{},"oap/2022/a/v1":{"actions":[]}}}`: "oap/2022/a/v1",
	} {
		path, text, _ := strings.Cut(body, " ")
		answer, problem := asks(t, handler, "anna@general-secretariat", http.MethodPost, path, strings.NewReader(text), int64(len(text)))
		if answer.Code < 400 || answer.Code >= 500 || problem.Code != policy.CodeInvalid || !strings.Contains(problem.Detail+problem.Field, field) {
			t.Errorf("%s: %d %+v", body, answer.Code, problem)
		}
	}
}
