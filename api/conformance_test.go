package api_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/api/apitest"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/service/remote"
)

// house is the API before a fake service, and a client of it.
type house struct {
	fake   *fake
	remote *remote.Service
	url    string
	mu     sync.Mutex
	asked  string // METHOD /path of the last request
	status int
	refuse error // by which who asks is refused
	stale  error // by which an old log-in is refused

	handler http.Handler
}

func opens(t *testing.T) *house {
	t.Helper()
	return opensOn(t, nil)
}

// opensOn opens it before another service, where there is one.
func opensOn(t *testing.T, of service.Service) *house {
	t.Helper()
	h := &house{fake: &fake{}}
	if of == nil {
		of = h.fake
	}
	private, _, err := evidence.NewKey(rand.Reader, "office.example.eu")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := evidence.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	handler := api.New(api.Options{
		Service: of, Log: zerolog.Nop(), Office: &api.Office{Signer: signer, Keys: &evidence.Keyring{}},
		Identify: func(r *http.Request) (policy.Principal, error) {
			if h.refuse != nil {
				return policy.Principal{}, h.refuse
			}
			return identify(r)
		},
		Decides: func(*http.Request) error { return h.stale },
	})
	h.handler = handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		handler.ServeHTTP(seen, r)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.asked, h.status = r.Method+" "+r.URL.Path, seen.status
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	h.remote = &remote.Service{URL: server.URL, Client: new(http.Client), Name: "anna@general-secretariat"}
	return h
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// methods are those of the contract but As, PrincipalOf and Watch, which are no requests.
func methods() []reflect.Method {
	var all []reflect.Method
	for m := range reflect.TypeFor[service.Service]().Methods() {
		if !slices.Contains([]string{"As", "PrincipalOf", "Watch"}, m.Name) {
			all = append(all, m)
		}
	}
	return all
}

// calls calls a method of the client with something in every argument.
func (h *house) calls(t *testing.T, m reflect.Method) (in, out []reflect.Value) {
	t.Helper()
	in = []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < m.Type.NumIn(); i++ {
		arg := whole(filled(t, m.Type.In(i)))
		if filter, is := reflect.TypeAssert[service.RowFilter](arg); is {
			filter.History = false // of it, no part is asked for
			arg = reflect.ValueOf(filter)
		}
		if arg.Type() == reflect.TypeFor[policy.Body]() {
			arg = reflect.ValueOf(policy.Body("fr"))
		}
		in = append(in, arg)
	}
	return in, reflect.ValueOf(h.remote).MethodByName(m.Name).Call(in)
}

// whole gives a filter that asks for a whole list: it is asked part by part.
func whole(arg reflect.Value) reflect.Value {
	if arg.Kind() != reflect.Struct || !arg.FieldByName("Most").IsValid() {
		return arg
	}
	all := reflect.New(arg.Type()).Elem()
	all.Set(arg)
	all.FieldByName("Most").SetInt(0)
	return all
}

func written(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOperations_CarryTheSameToTheOtherSide(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			h := opens(t)
			in, out := h.calls(t, m)
			if err, _ := reflect.TypeAssert[error](out[len(out)-1]); err != nil {
				t.Fatal(err)
			}
			if h.fake.method != m.Name {
				t.Fatalf("it asks for %s", h.fake.method)
			}
			for i, arg := range h.fake.in {
				sent := in[i+1].Interface()
				arg = whole(reflect.ValueOf(arg)).Interface()
				if drop, is := sent.(service.SaveDraft); is && m.Name == "DropDraft" {
					drop.Content = nil
					sent = drop
				}
				if got, want := written(t, arg), written(t, unsaid(sent)); got != want {
					t.Errorf("argument %d arrives as\n%s, was sent as\n%s", i, got, want)
				}
				if id := reflect.ValueOf(arg); id.Kind() == reflect.Struct && id.FieldByName("ID").IsValid() && id.FieldByName("ID").String() != "text" {
					t.Errorf("the ID of the act arrives as %q", id.FieldByName("ID").String())
				}
			}
			if h.fake.who != asker {
				t.Errorf("who asks is %v", h.fake.who)
			}
			if len(out) == 2 && m.Name != "Dossier" {
				if got, want := written(t, out[0].Interface()), written(t, h.fake.out); got != want {
					t.Errorf("the answer arrives as\n%s, was given as\n%s", got, want)
				}
			}
		})
	}
}

// unsaid gives what is sent without who does it, which the request says once.
func unsaid(sent any) any {
	switch sent := sent.(type) {
	case service.Decide:
		sent.By = policy.Actor{}
		return sent
	case service.Enter:
		sent.Rows = slices.Clone(sent.Rows)
		for i := range sent.Rows {
			sent.Rows[i].By = policy.Actor{}
		}
		return sent
	default:
		return sent
	}
}

func description(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// describes finds the operation of a request.
func describes(t *testing.T, all []apitest.Operation, asked string) apitest.Operation {
	t.Helper()
	for _, d := range all {
		pattern := "^" + d.Method + " " + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(d.Path), "[^/]+") + "$"
		if regexp.MustCompile(pattern).MatchString(asked) {
			return d
		}
	}
	t.Fatalf("%s is not described", asked)
	return apitest.Operation{}
}

// beside are the operations that are no method of the service.
var beside = map[string]func(context.Context, *house) error{
	"WhoAmI": func(ctx context.Context, h *house) error { _, err := h.office().WhoAmI(ctx); return err },
	"Keys":   func(ctx context.Context, h *house) error { _, err := h.office().Keys(ctx); return err },
	"Seal": func(ctx context.Context, h *house) error {
		act := policy.Act{
			Kind: policy.ActSubmit, Subject: policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}, By: asker, Version: 1, Date: policy.NewDate(2021, 5, 26),
		}
		e, err := evidence.Enclose("", "cycle/empact", act, time.Now())
		if err == nil {
			_, err = h.office().Seal(ctx, e)
		}
		return err
	},
	"Sheet out": func(ctx context.Context, h *house) error {
		_, err := h.sheet(ctx, url.Values{"what": {"registers/posts"}}, nil)
		return err
	},
	"Sheet in": func(ctx context.Context, h *house) error {
		workbook, err := workbookOf(ctx, h.fake, "registers/posts", "")
		if err == nil {
			_, err = h.sheet(ctx, url.Values{"what": {"registers/posts"}}, map[string]any{"workbook": workbook})
		}
		return err
	},
	"Watch": func(ctx context.Context, h *house) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		return h.remote.Watch(ctx, "empact-2022-2025", func(service.Change) { cancel() })
	},
}

func (h *house) office() *remote.Office {
	return &remote.Office{URL: h.url, Client: h.remote.Client, As: h.remote.Name}
}

// last waits until the last request has ended, and gives it.
func (h *house) last() string {
	for {
		h.mu.Lock()
		asked := h.asked
		h.mu.Unlock()
		if asked != "" {
			return asked
		}
		runtime.Gosched()
	}
}

func TestOperations_GiveEveryRefusalAsDocumented(t *testing.T) {
	t.Parallel()
	all := apitest.Operations(t, description(t))
	seen := sync.Map{}
	t.Cleanup(func() {
		for _, d := range all {
			// Commands make papers, and read what is pasted, themselves, of what they are shown.
			themselves := []string{"make-paper", "read-minutes", "hold-release"}
			if _, is := seen.Load(d.ID); !is && !slices.Contains(themselves, d.ID) {
				t.Errorf("%s is an operation that no method of the client asks for", d.ID)
			}
		}
	})
	for name, ask := range beside {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := opens(t)
			if err := ask(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			d := describes(t, all, h.last())
			seen.Store(d.ID, true)
			for _, code := range d.Codes() {
				h.refuse = policy.Refuse(code, "because")
				if err := ask(t.Context(), h); policy.CodeOf(err) != code || !slices.Contains(d.Statuses(), h.status) || h.status != httpapi.StatusOf(code) {
					t.Errorf("%s: status %d, %v", code, h.status, err)
				}
			}
		})
	}
	for _, m := range methods() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			h := opens(t)
			h.calls(t, m)
			d := describes(t, all, h.asked)
			seen.Store(d.ID, true)
			for _, code := range d.Codes() {
				h.fake.err, h.refuse = policy.Refuse(code, "because"), nil
				if code == policy.CodeInternal {
					h.fake.err = errors.New("a password is hunter2")
				}
				if code == policy.CodeNotIdentified {
					h.refuse = h.fake.err
				}
				_, out := h.calls(t, m)
				err, _ := reflect.TypeAssert[error](out[len(out)-1])
				if policy.CodeOf(err) != code || !slices.Contains(d.Statuses(), h.status) || h.status != httpapi.StatusOf(code) {
					t.Errorf("%s: status %d, %v", code, h.status, err)
				}
				if err != nil && strings.Contains(err.Error(), "hunter2") {
					t.Error("what went wrong inside is told outside")
				}
			}
		})
	}
}

func TestOperations_RefuseUnreadableRequestsAsDocumented(t *testing.T) {
	t.Parallel()
	h := opens(t)
	for _, d := range apitest.Operations(t, description(t)) {
		if d.RequestBody == nil {
			continue
		}
		address := h.url + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(d.Path, "x") + "?path=masp/general"
		for want, request := range map[int][2]string{
			http.StatusBadRequest:           {"application/json", `{"subject": `},
			http.StatusUnprocessableEntity:  {"application/json", `{"nobody-knows": 1}`},
			http.StatusUnsupportedMediaType: {"application/xml", `<subject/>`},
		} {
			status, problem := sends(t, d.Method, address, request[0], strings.NewReader(request[1]))
			if status != want || problem.Code != policy.CodeInvalid || !slices.Contains(d.Statuses(), status) {
				t.Errorf("%s %s: status %d, want %d: %+v", d.Method, d.Path, status, want, problem)
			}
		}
	}
	status, problem := sends(t, http.MethodGet, h.url+"/v1/nowhere", "", http.NoBody)
	if status != http.StatusNotFound || problem.Code != policy.CodeUnknown || problem.Correlation == "" {
		t.Errorf("an address that is not there: %d %+v", status, problem)
	}
}

func sends(t *testing.T, method, address, mediaType string, body io.Reader) (int, api.Problem) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaType)
	request.Header.Set("Policycycle-As", "anna@general-secretariat")
	answer, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var problem api.Problem
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 400 {
		err = json.Unmarshal(text, &problem)
		if got := answer.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s %s is refused as %s", method, address, got)
		}
	}
	if err != nil {
		t.Fatalf("%s %s: %d %s: %v", method, address, answer.StatusCode, text, err)
	}
	return answer.StatusCode, problem
}

func TestServer_LetsThePublicReadAndNotAct(t *testing.T) {
	t.Parallel()
	h := opens(t)
	public := h.remote.As(policy.Principal{})
	if _, err := public.FindCycle(t.Context(), "empact-2022-2025"); err != nil {
		t.Error(err)
	}
	if _, err := public.Decide(t.Context(), service.Decide{}); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("the public records: %v", err)
	}
}

func TestWatch_TellsOfChangesAsTheyHappen(t *testing.T) {
	t.Parallel()
	h := opens(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var told service.Change
	err := h.remote.Watch(ctx, "empact-2022-2025", func(c service.Change) { told = c; cancel() })
	if err != nil || told != (service.Change{Cycle: "empact-2022-2025", Sequence: 3, Path: "priorities"}) {
		t.Errorf("%+v %v", told, err)
	}
}

func TestDecide_MayBeRecordedThoughTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	breaks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	defer breaks.Close()
	s := &remote.Service{URL: breaks.URL, Client: breaks.Client(), Name: "anna@general-secretariat"}
	if _, err := s.Decide(t.Context(), service.Decide{}); policy.CodeOf(err) != policy.CodeOutcomeUnknown {
		t.Errorf("an act: %v", err)
	}
	if _, err := s.FindCycle(t.Context(), "x"); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("a question: %v", err)
	}
	breaks.Close()
	if _, err := s.Decide(t.Context(), service.Decide{}); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("an act that never arrived: %v", err)
	}
}
