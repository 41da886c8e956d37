package identity

import (
	"maps"
	"net/http"
)

// Fails has answer say it where log-ins cannot be read or kept, with the cause for the log.
func (s *Sessions) Fails(answer func(http.ResponseWriter, *http.Request, error)) { s.failed = answer }

func plainly(w http.ResponseWriter, _ *http.Request, _ error) {
	http.Error(w, "Log-ins cannot be read or kept now. Try again.", http.StatusServiceUnavailable)
}

// once loads the session of a browser for the handlers behind it, and keeps it after.
func (s *Sessions) once(next http.Handler) http.Handler {
	load := s.manager.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		load.ServeHTTP(&answer{ResponseWriter: w, before: maps.Clone(w.Header())}, r)
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
