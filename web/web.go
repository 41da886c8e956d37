// Package web is the door for people: pages rendered here, which work without
// JavaScript and are better with it. Whatever somebody does goes through the
// service, and what they may do, the service says.
package web

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/CAFxX/httpcompression"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/web/text"
)

//go:embed static
var static embed.FS

// Options are what pages need.
type Options struct {
	Service  service.Service
	Sessions *identity.Sessions
	// Principal gives as what somebody acts who is logged in: for the body, or for
	// one of theirs where none is named.
	Principal func(ctx context.Context, who *identity.Identified, body policy.Body) (policy.Principal, error)
	// Stopped lists what stands still here, for whoever operates this; nil where that is
	// not known.
	Stopped func() []Stopped
	// Keys are those by which a trail is verified.
	Keys *evidence.Keyring
	// Provider is the origin of the provider, to which a form may lead.
	Provider string
	Demo     bool
	// URL is the address by which the world knows the pages.
	URL string
	// Calendar gives as what the person of a calendar reads now, and of what it is, by its
	// token; nil where no calendars are read.
	Calendar func(ctx context.Context, token string) (policy.Principal, service.CalendarScope, error)
	// CalendarMarking is the highest marking of what the words of a calendar tell; empty is PUBLIC.
	CalendarMarking policy.Marking
	// Template is that on which papers are written; nil is the one of the house.
	Template *papers.Template
	// Ending is closed when the service ends, and open streams with it.
	Ending <-chan struct{}
	// Streams are those of this process; nil for some of its own.
	Streams *httpapi.Streams
	// Acts bound what one person sends; nil for bounds of its own.
	Acts *httpapi.Acts
	Log  zerolog.Logger
}

// Stopped is a cycle or a plan on which no work gets done, and since when.
type Stopped struct {
	What  string
	Since time.Time
}

// site is the pages.
type site struct {
	Options
	texts  *text.Texts
	assets map[string]string // name → path with its digest
	feeds  *httpapi.Acts     // bound how often the calendars of a person are read
}

// New gives the pages as an HTTP handler.
func New(o Options) (http.Handler, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	if o.Streams == nil {
		o.Streams = httpapi.NewStreams()
	}
	if o.Acts == nil {
		o.Acts = httpapi.NewActs()
	}
	s := &site{Options: o, texts: texts, assets: map[string]string{}, feeds: newFeeds()}
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	if err := s.serveAssets(mux, files); err != nil {
		return nil, err
	}
	for _, route := range s.routes() {
		mux.Handle(route.Pattern, route.handler)
	}
	mux.Handle("/", s.get(func(*page) (body, error) {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no such page")
	}))
	compress, err := httpcompression.DefaultAdapter()
	if err != nil {
		return nil, err
	}
	logIns := o.Sessions.Handler(s.logInFailed)
	if !o.Sessions.Believes() { // the provider's side of the log-in
		mux.Handle("GET "+identity.PathLogin, logIns)
		mux.Handle("GET "+identity.PathCallback, logIns)
		mux.Handle("POST "+identity.PathBackChannel, logIns)
	}
	mux.Handle("POST "+identity.PathLogout, logIns)
	o.Sessions.Fails(s.failed)
	doors := http.NewServeMux()
	doors.HandleFunc("GET /events", s.events)        // a stream is not compressed: it would be held back
	doors.HandleFunc("GET /calendar/{file}", s.feed) // of a program that has no log-in
	doors.Handle("/", compress(o.Sessions.Load(mux)))
	return s.guard(doors), nil
}

// Route is one page or form, for those who want to try them all.
type Route struct {
	Pattern string // as http.ServeMux has it
	handler http.Handler
}

// Patterns lists the patterns of all pages and forms.
func Patterns() []string {
	var patterns []string
	for _, route := range (&site{}).routes() {
		patterns = append(patterns, route.Pattern)
	}
	return patterns
}

// guard lets a browser load nothing but what is here, takes forms from these pages
// alone, and gives each request a number by which the log knows it.
func (s *site) guard(next http.Handler) http.Handler {
	policies := []string{
		"default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
		strings.TrimSpace("form-action 'self' " + s.Provider), "frame-ancestors 'none'", "base-uri 'none'",
	}
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, policy.Refuse(policy.CodeNotCompetent, "this form came from elsewhere: open the page here and try again"))
	}))
	protected := own.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := telemetry.CorrelationOr(r.Header.Get(httpapi.HeaderCorrelation))
		h := w.Header()
		h.Set(httpapi.HeaderCorrelation, id)
		h.Set("Content-Security-Policy", strings.Join(policies, "; "))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		protected.ServeHTTP(w, r.WithContext(telemetry.Correlate(r.Context(), id)))
	})
}
