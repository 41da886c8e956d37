package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/httpapi"
	"github.com/policycycle/policycycle/telemetry"
)

// operation describes an operation.
func operation[I, O any](s *server, op httpapi.Operation[I, O]) huma.Operation {
	codes := append(slices.Clone(httpapi.Common), op.Codes...)
	if op.Method != http.MethodGet {
		codes = append(codes, policy.CodeTooMany)
	}
	most := cmp.Or(op.MaxBody, httpapi.MaxSmall)
	described := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, MaxBodyBytes: most, BodyReadTimeout: within(most),
		Security: []map[string][]string{{"token": {}}, {"name": {}}},
	}
	if !op.Acts {
		described.Security = append(described.Security, map[string][]string{})
	}
	words := policy.Texts(codes)
	slices.Sort(words)
	described.Description = "May be refused with: " + strings.Join(slices.Compact(words), ", ") + "."
	described.Errors = []int{http.StatusBadRequest}
	if op.Method == http.MethodPost || op.Method == http.MethodPut {
		described.Errors = append(described.Errors, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
		described.Middlewares = huma.Middlewares{s.takesIn(most)}
	}
	for _, code := range codes {
		if status := httpapi.StatusOf(code); !slices.Contains(described.Errors, status) {
			described.Errors = append(described.Errors, status)
		}
	}
	slices.Sort(described.Errors)
	return described
}

// patience is how long a request may take, and its answer.
const patience = 30 * time.Second

// within is how long a request of so many bytes may take on a slow line.
func within(most int64) time.Duration {
	const perSecond = 1 << 20
	return patience + time.Duration(most/perSecond)*time.Second
}

// mostWhole is how many whole cycles are taken in at once: each stands in memory.
const mostWhole = 2

// takesIn refuses a request that says that it is too large before any of it is
// read, and a whole cycle while as many as fit are being taken in.
func (s *server) takesIn(most int64) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		large := most > httpapi.MaxDocument && (r.ContentLength < 0 || r.ContentLength > httpapi.MaxDocument)
		switch {
		case r.ContentLength >= most:
			s.write(w, r, tooLarge(most))
			return
		case large:
			select {
			case s.whole <- struct{}{}:
				defer func() { <-s.whole }()
			default:
				s.refuse(w, r, policy.Refuse(policy.CodeUnavailable, "other whole cycles are being taken in; nothing was changed: try again in some minutes"))
				return
			}
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(within(most) + patience))
		next(ctx)
	}
}

// asking is what is known of a request.
type asking struct {
	request *http.Request
	writer  http.ResponseWriter
	who     func() (policy.Principal, error) // found out once
}

type askingKey struct{}

// correlate gives every request a name, by which the log and the workflows know it.
func (s *server) correlate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := telemetry.CorrelationOr(r.Header.Get(httpapi.HeaderCorrelation))
		w.Header().Set(httpapi.HeaderCorrelation, id)
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r.WithContext(telemetry.Correlate(r.Context(), id)))
	})
}

// admit finds out who sends something before anything of it is read, and that it is
// not too much at once. The public asks, and sends nothing.
func (s *server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := sync.OnceValues(func() (policy.Principal, error) { return s.identify(r) })
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			known, err := who()
			if err == nil && known.Body == "" {
				err = policy.Refuse(policy.CodeNotIdentified, "say who you are: with a token, or with Policycycle-As where names are believed")
			}
			end := func() {}
			if err == nil {
				end, err = s.Acts.Begin(known.Actor)
			}
			if err != nil {
				s.refuse(w, r, err)
				return
			}
			defer end()
		}
		w = steady{w}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), askingKey{}, asking{r, w, who})))
	})
}

// identify says who asks. Who names nobody is the public; a name or token that is
// not good is not.
func (s *server) identify(r *http.Request) (policy.Principal, error) {
	who, err := s.Identify(r)
	shown := r.Header.Get("Authorization") != "" || r.Header.Get("Policycycle-As") != ""
	if policy.CodeOf(err) == policy.CodeNotIdentified && !shown {
		return policy.Principal{}, nil
	}
	return who, err
}

// who says who asks.
func (s *server) who(ctx context.Context) (policy.Principal, error) {
	of, known := ctx.Value(askingKey{}).(asking)
	if !known {
		return policy.Principal{}, nil
	}
	return of.who()
}

// decides refuses who has not logged in as freshly as a decision wants.
func (s *server) decides(ctx context.Context) error {
	of, known := ctx.Value(askingKey{}).(asking)
	if !known || s.Decides == nil {
		return nil
	}
	return s.Decides(of.request)
}

// ready says whether the service can do its work.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if s.Ready != nil {
		if err := s.Ready(ctx); err != nil {
			if r.Context().Err() == nil {
				s.Log.Warn().Err(err).Msg("not ready")
			}
			why := "what it needs does not answer"
			if known, is := errors.AsType[*policy.Error](err); is {
				why = known.Message
			}
			s.refuse(w, r, policy.Refuse(policy.CodeUnavailable, "not ready: %s", why))
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
