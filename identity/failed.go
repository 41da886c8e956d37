package identity

import (
	"context"
	"maps"
	"net/http"
)

// Fails has answer say it where log-ins cannot be read or kept, with the cause for the log.
func (s *Sessions) Fails(answer func(http.ResponseWriter, *http.Request, error)) { s.failed = answer }

func plainly(w http.ResponseWriter, _ *http.Request, _ error) {
	http.Error(w, "Log-ins cannot be read or kept now. Try again.", http.StatusServiceUnavailable)
}

// loaded is under which a context says that the sessions of its request are loaded: to
// do so twice would send the cookie twice.
type loaded struct{}

// Load has the handlers behind it know the session of a browser.
func (s *Sessions) Load(next http.Handler) http.Handler {
	load := s.manager.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(loaded{}) == s {
			next.ServeHTTP(w, r)
			return
		}
		once := &answer{ResponseWriter: w, before: maps.Clone(w.Header())}
		load.ServeHTTP(once, r.WithContext(context.WithValue(r.Context(), loaded{}, s)))
	})
}

// answer is what a request is answered, once: where the session cannot be kept, what its
// handler has to say is no longer so.
type answer struct {
	http.ResponseWriter
	before http.Header // what others had put there before the handler
	failed bool
}

// fail answers in the place of the handler.
func (s *Sessions) fail(w http.ResponseWriter, r *http.Request, err error) {
	given, is := w.(*answer)
	if !is {
		s.failed(w, r, err)
		return
	}
	clear(given.Header())
	maps.Copy(given.Header(), given.before)
	given.failed = true
	s.failed(given.ResponseWriter, r, err)
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if !a.failed {
		a.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(body []byte) (int, error) {
	if a.failed {
		return len(body), nil
	}
	return a.ResponseWriter.Write(body)
}

// Unwrap gives what is below, for streams.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
