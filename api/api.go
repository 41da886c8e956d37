// Package api is the door for commands and programs: HTTP, described by OpenAPI.
// It serves the operations of service/httpapi; each does one thing with the service
// as it is seen by who asks.
package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
)

// Options are what the API needs.
type Options struct {
	Service service.Service
	// Identify says who asks, with the roles that the person has now; nobody is
	// policy.CodeNotIdentified.
	Identify func(*http.Request) (policy.Principal, error)
	// Decides refuses whoever has not logged in as freshly as a decision wants; nil
	// where any log-in will do.
	Decides func(*http.Request) error
	Office  *Office // nil where nothing is sealed
	Codec   *Codec  // nil where nothing is decrypted for others
	// Press makes papers; nil where none are made.
	Press *papers.Press
	// Ready says whether what it needs can be reached.
	Ready func(context.Context) error
	// Ending is closed when the service ends, and open streams with it.
	Ending <-chan struct{}
	// Streams are those of this process; nil for some of its own.
	Streams *httpapi.Streams
	// Acts bound what one person sends; nil for bounds of its own.
	Acts *httpapi.Acts
	// ProgressEvery is how often who asks for it is told of the progress of a
	// request; 0 is httpapi.ProgressEvery.
	ProgressEvery time.Duration
	Log           zerolog.Logger
}

// Version is that of the API. It changes when programs have to.
const Version = "1.0.0"

// The paths beside those of the operations.
const (
	PathHealth = httpapi.PathHealth
	PathReady  = httpapi.PathReady
)

// New gives the API as an HTTP handler.
func New(o Options) http.Handler {
	o.Streams, o.Acts = cmp.Or(o.Streams, httpapi.NewStreams()), cmp.Or(o.Acts, httpapi.NewActs())
	s := &server{Options: o, whole: make(chan struct{}, mostWhole)}
	mux := http.NewServeMux()
	s.describe(mux)
	mux.HandleFunc("GET "+PathHealth, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET "+PathReady, s.ready)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, policy.Refuse(policy.CodeUnknown, "there is nothing at %s %s: /v1/openapi.yaml lists what there is", r.Method, r.URL.Path))
	})
	doors := http.NewServeMux()
	doors.Handle("/", s.admit(mux))
	if s.Codec != nil { // which is asked by pages of elsewhere before anybody is named
		doors.HandleFunc(PathCodec, s.codec)
	}
	return s.correlate(doors)
}

// OpenAPI gives the description of the API, in YAML.
func OpenAPI() ([]byte, error) {
	return (&server{}).describe(http.NewServeMux()).OpenAPI().YAML()
}

type server struct {
	Options
	whole chan struct{} // one for each whole cycle that is being taken in
}

// strictJSON reads JSON in which no key is given twice.
var strictJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(text []byte, into any) error {
	if _, first := into.(*any); first { // huma reads a body twice: to look at it, and to have it
		if err := policy.UniqueKeys(text); err != nil {
			return err
		}
	}
	return json.Unmarshal(text, into)
}}

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
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[policy.Amount](), reflect.TypeFor[float64]()) // written as a number
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.FieldsOptionalByDefault = true
	config.NoFormatFallback = false
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token of the provider."},
		"name":  {Type: "apiKey", In: "header", Name: "Policycycle-As", Description: "NAME@BODY where names are believed; else @BODY, for which somebody acts."},
	}
	api := humago.New(mux, config)
	s.cycles(api)
	s.acts(api)
	s.worklist(api)
	s.contents(api)
	s.sheets(api)
	s.pasted(api)
	s.papers(api)
	s.trust(api)
	s.office(api)
	return api
}

// named gives the name of a type in the description: those of the rules and those
// that are shown may have one name here.
func named(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case strings.HasSuffix(t.PkgPath(), "/policy") || strings.HasSuffix(t.PkgPath(), "/policy/rules"):
		return "Policy" + name
	case strings.HasSuffix(t.PkgPath(), "/papers"):
		return "Papers" + name
	}
	return name
}

// call is who asks, and the service as that one sees it.
type call struct {
	service.Service
	Who policy.Principal // zero for the public
}

// answer is what comes back.
type answer[O any] struct {
	ETag string `header:"ETag"`
	Body O
}

// register serves an operation.
func register[I, O any](s *server, api huma.API, op httpapi.Operation[I, O], do func(context.Context, call, *I) (*O, error)) {
	huma.Register(api, operation(s, op), func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := ask(ctx, s, op, in, do)
		if err != nil {
			return nil, err
		}
		return &answer[O]{Body: *out, ETag: tagOf(out)}, nil
	})
}

// registerDone serves an operation of which nothing comes back but that it is done.
func registerDone[I any](s *server, api huma.API, op httpapi.Operation[I, httpapi.Nothing], do func(context.Context, call, *I) error) {
	huma.Register(api, operation(s, op), func(ctx context.Context, in *I) (*struct{}, error) {
		_, err := ask(ctx, s, op, in, func(ctx context.Context, c call, in *I) (*httpapi.Nothing, error) {
			return &httpapi.Nothing{}, do(ctx, c, in)
		})
		return nil, err
	})
}

// raw is bytes that are no JSON.
type raw struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// rawly describes an operation of which something else than JSON comes back.
func rawly(described huma.Operation, mediaType string) huma.Operation {
	described.Responses = map[string]*huma.Response{"200": {
		Description: "OK", Content: map[string]*huma.MediaType{mediaType: {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}}
	return described
}

// registerRaw serves an operation of which something else than JSON comes back.
func registerRaw[I any](
	s *server, api huma.API, op httpapi.Operation[I, httpapi.Raw], mediaType string, do func(context.Context, call, *I) (*httpapi.Raw, error),
) {
	huma.Register(api, rawly(operation(s, op), mediaType), func(ctx context.Context, in *I) (*raw, error) {
		out, err := ask(ctx, s, op, in, do)
		if err != nil {
			return nil, err
		}
		return &raw{ContentType: mediaType, Body: *out}, nil
	})
}

// ask does an operation as whoever asks.
func ask[I, O any](ctx context.Context, s *server, op httpapi.Operation[I, O], in *I, do func(context.Context, call, *I) (*O, error)) (*O, error) {
	who, err := s.who(ctx)
	if err == nil && op.Deed.WantsFreshLogin() {
		err = s.decides(ctx)
	}
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	ctx, end := s.works(ctx)
	out, err := do(ctx, call{s.Service.As(who), who}, in)
	end()
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return out, nil
}
