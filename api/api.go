// Package api is the door for commands and programs: HTTP, described by OpenAPI.
// It serves the operations of service/wire; each does one thing with the service
// as it is seen by who asks.
package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/wire"
	"github.com/policycycle/policycycle/telemetry"
)

// Options are what the API needs.
type Options struct {
	Service service.Service
	// Identify says who asks, with the roles that the person has now; nobody is
	// policy.CodeNotIdentified.
	Identify func(*http.Request) (policy.Capacity, error)
	Office   *Office // nil where nothing is sealed
	// Ready says whether what it needs can be reached.
	Ready func(context.Context) error
	// Metrics serves the figures of this process; nil for none.
	Metrics http.Handler
	// Ending is closed when the service ends, and open streams with it.
	Ending <-chan struct{}
	Log    zerolog.Logger
}

// Version is that of the API. It changes when programs have to.
const Version = "1.0.0"

// The paths beside those of the operations.
const (
	PathHealth  = "/healthz"
	PathReady   = "/readyz"
	PathMetrics = "/metrics"
)

// New gives the API as an HTTP handler.
func New(o Options) http.Handler {
	s := &server{Options: o}
	mux := http.NewServeMux()
	s.describe(mux)
	if o.Office != nil {
		mux.Handle("/v1/seal", o.Office.Handler())
		mux.Handle("/v1/keys", o.Office.Handler())
		mux.Handle("/v1/whoami", o.Office.Handler())
	}
	mux.HandleFunc("GET "+wire.PathEvents, s.events)
	mux.HandleFunc("GET "+PathHealth, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET "+PathReady, s.ready)
	if o.Metrics != nil {
		mux.Handle("GET "+PathMetrics, o.Metrics)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, policy.Refuse(policy.CodeUnknown, "there is nothing at %s %s: /v1/openapi.yaml lists what there is", r.Method, r.URL.Path))
	})
	return s.correlate(mux)
}

// OpenAPI gives the description of the API, in YAML.
func OpenAPI() ([]byte, error) {
	return (&server{}).describe(http.NewServeMux()).OpenAPI().YAML()
}

type server struct{ Options }

// once sets how huma writes refusals, which it keeps for the whole program.
var once sync.Once

// describe registers every operation.
func (s *server) describe(mux *http.ServeMux) huma.API {
	once.Do(func() { huma.NewError = newProblem }) // it is how huma is told
	config := huma.DefaultConfig("policycycle", Version)
	config.Info.Description = "The EU policy cycle against serious and organised crime (EMPACT). What is refused is answered with a problem (RFC 9457) whose code says why. Who asks without naming themselves is the public."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/v1/openapi", "", ""
	config.CreateHooks = nil
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", named)
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.FieldsOptionalByDefault = true
	config.NoFormatFallback = false
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token of the provider."},
		"name":  {Type: "apiKey", In: "header", Name: "Policycycle-As", Description: "NAME@BODY where names are believed; else @BODY, for which somebody acts."},
	}
	api := humago.New(mux, config)
	s.cycles(api)
	s.acts(api)
	s.desk(api)
	s.contents(api)
	s.trust(api)
	return api
}

// named gives the name of a type in the description: those of the rules and those
// that are shown may have one name here.
func named(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/policy") {
		return "Policy" + name
	}
	return name
}

// call is who asks, and the service as that one sees it.
type call struct {
	service.Service
	By policy.Actor // zero for the public
}

// answer is what comes back.
type answer[O any] struct {
	ETag string `header:"ETag"`
	Body O
}

// register serves an operation.
func register[I, O any](s *server, api huma.API, op wire.Operation[I, O], do func(context.Context, call, *I) (*O, error)) {
	huma.Register(api, operation(op), func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := ask(ctx, s, op, in, do)
		if err != nil {
			return nil, err
		}
		return &answer[O]{Body: *out, ETag: tagOf(out)}, nil
	})
}

// registerDone serves an operation of which nothing comes back but that it is done.
func registerDone[I any](s *server, api huma.API, op wire.Operation[I, wire.Nothing], do func(context.Context, call, *I) error) {
	huma.Register(api, operation(op), func(ctx context.Context, in *I) (*struct{}, error) {
		_, err := ask(ctx, s, op, in, func(ctx context.Context, c call, in *I) (*wire.Nothing, error) {
			return &wire.Nothing{}, do(ctx, c, in)
		})
		return nil, err
	})
}

// raw is bytes that are no JSON.
type raw struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// registerRaw serves an operation of which an archive comes back.
func registerRaw[I any](s *server, api huma.API, op wire.Operation[I, wire.Raw], mediaType string, do func(context.Context, call, *I) (*wire.Raw, error)) {
	described := operation(op)
	described.Responses = map[string]*huma.Response{"200": {
		Description: "OK", Content: map[string]*huma.MediaType{mediaType: {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}}
	huma.Register(api, described, func(ctx context.Context, in *I) (*raw, error) {
		out, err := ask(ctx, s, op, in, do)
		if err != nil {
			return nil, err
		}
		return &raw{ContentType: mediaType, Body: *out}, nil
	})
}

// ask does an operation as whoever asks.
func ask[I, O any](ctx context.Context, s *server, op wire.Operation[I, O], in *I, do func(context.Context, call, *I) (*O, error)) (*O, error) {
	who, err := s.who(ctx)
	if err == nil && op.Acts && who.Body == "" {
		err = policy.Refuse(policy.CodeNotIdentified, "say who you are: with a token, or with Policycycle-As where names are believed")
	}
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	seen, err := s.Service.As(ctx, who)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	out, err := do(ctx, call{seen, who}, in)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return out, nil
}

// operation describes an operation.
func operation[I, O any](op wire.Operation[I, O]) huma.Operation {
	codes := append(slices.Clone(wire.Common), op.Codes...)
	described := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, MaxBodyBytes: max(op.MaxBody, wire.MaxSmall),
		Security: []map[string][]string{{"token": {}}, {"name": {}}}, BodyReadTimeout: -1, // the server's own holds
	}
	if !op.Acts {
		described.Security = append(described.Security, map[string][]string{})
	}
	words := policy.Texts(codes)
	slices.Sort(words)
	described.Description = "May be refused with: " + strings.Join(slices.Compact(words), ", ") + "."
	described.Errors = []int{http.StatusBadRequest}
	if op.Method == http.MethodPost || op.Method == http.MethodPut {
		described.Errors = append(described.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, code := range codes {
		if status := wire.StatusOf(code); !slices.Contains(described.Errors, status) {
			described.Errors = append(described.Errors, status)
		}
	}
	slices.Sort(described.Errors)
	return described
}

// asking is what is known of a request.
type asking struct {
	request     *http.Request
	correlation string
}

type askingKey struct{}

// correlate gives every request a name, by which the log and the workflows know it.
func (s *server) correlate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := telemetry.CorrelationOr(r.Header.Get(wire.HeaderCorrelation))
		w.Header().Set(wire.HeaderCorrelation, id)
		ctx := telemetry.Correlate(r.Context(), id)
		r = r.WithContext(ctx)
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, askingKey{}, asking{request: r, correlation: id})))
	})
}

// who says who asks. Who names nobody is the public; a name or token that is not
// good is not.
func (s *server) who(ctx context.Context) (policy.Actor, error) {
	of, known := ctx.Value(askingKey{}).(asking)
	if !known {
		return policy.Actor{}, nil
	}
	capacity, err := s.Identify(of.request)
	shown := of.request.Header.Get("Authorization") != "" || of.request.Header.Get("Policycycle-As") != ""
	if policy.CodeOf(err) == policy.CodeNotIdentified && !shown {
		return policy.Actor{}, nil
	}
	return capacity.Actor, err
}

// ready says whether the service can do its work.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if s.Ready != nil {
		if err := s.Ready(ctx); err != nil {
			s.refuse(w, r, policy.Refuse(policy.CodeUnavailable, "not ready: what it needs does not answer"))
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// beat is how often a stream says that it is still there.
const beat = 20 * time.Second

// events tells what changes, as server-sent events: event "change", data the JSON
// of a service.Change. ?cycle= narrows them.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	by, err := s.who(r.Context())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	seen, err := s.Service.As(r.Context(), by)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // it lasts as long as somebody listens
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprint(w, ": listening\n\n")
	_ = control.Flush()
	const behind = 64
	changed, ended := make(chan service.Change, behind), make(chan error, 1)
	go func() {
		ended <- seen.Watch(r.Context(), r.URL.Query().Get("cycle"), func(c service.Change) {
			select {
			case changed <- c:
			default: // the listener lags; the trail has the line
			}
		})
	}()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		message := ": still here\n\n"
		select {
		case err := <-ended:
			if err != nil {
				s.Log.Warn().Err(err).Msg("a stream of changes broke off")
			}
			return
		case <-s.Ending:
			return
		case c := <-changed:
			message = fmt.Sprintf("event: change\nid: %d\ndata: %s\n\n", c.Sequence, jsonOf(c))
		case <-tick.C:
		}
		if _, err := fmt.Fprint(w, message); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
	}
}
