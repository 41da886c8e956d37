package identity

import (
	"context"
	"crypto/rand"
	"encoding/gob"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/policycycle/policycycle/policy"
)

// The paths of the log-in in a browser.
const (
	PathLogin    = "/login"    // ?next= a path of this service
	PathCallback = "/callback" // where the provider sends the browser back to
	PathLogout   = "/logout"   // POST
)

// The keys of a session.
const (
	sessionState    = "state"
	sessionNonce    = "nonce"
	sessionVerifier = "verifier"
	sessionNext     = "next"
	sessionWho      = "who"
)

// Sessions are the log-ins of browsers.
type Sessions struct {
	manager  *scs.SessionManager
	provider *Provider
}

// NewSessions keeps log-ins of a provider in a store, nil for memory, for a time.
// secure is false on this machine alone, where nothing is encrypted.
func NewSessions(p *Provider, store scs.Store, lasts time.Duration, secure bool) *Sessions {
	gob.Register(Identified{})
	m := scs.New()
	if store != nil {
		m.Store = store
	}
	m.Lifetime = lasts
	m.Cookie.Name = "policycycle"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = secure
	m.Cookie.SameSite = http.SameSiteLaxMode // the provider sends the browser back with it
	return &Sessions{manager: m, provider: p}
}

// Handler gives the paths of the log-in.
func (s *Sessions) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathLogin, s.login)
	mux.HandleFunc("GET "+PathCallback, s.callback)
	mux.HandleFunc("POST "+PathLogout, s.logout)
	return s.manager.LoadAndSave(mux)
}

// Load has the handlers behind it know the session of a browser.
func (s *Sessions) Load(next http.Handler) http.Handler { return s.manager.LoadAndSave(next) }

// Who says who is logged in; the refusal has policy.CodeNotIdentified.
func (s *Sessions) Who(ctx context.Context) (*Identified, error) {
	who, is := s.manager.Get(ctx, sessionWho).(Identified)
	if !is {
		return nil, policy.Refuse(policy.CodeNotIdentified, "nobody is logged in")
	}
	return &who, nil
}

// login sends the browser to the provider, with a challenge that this session
// alone can answer (PKCE).
func (s *Sessions) login(w http.ResponseWriter, r *http.Request) {
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	for key, value := range map[string]string{
		sessionState: state, sessionNonce: nonce, sessionVerifier: verifier, sessionNext: ownPath(r.URL.Query().Get("next")),
	} {
		s.manager.Put(r.Context(), key, value)
	}
	http.Redirect(w, r, s.provider.oauth.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusFound)
}

// ownPath gives a path of this service, and "/" for anything else: nobody is sent
// elsewhere after a log-in.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// callback takes the browser back, once for each log-in.
func (s *Sessions) callback(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	state, nonce := s.manager.PopString(ctx, sessionState), s.manager.PopString(ctx, sessionNonce)
	verifier, next := s.manager.PopString(ctx, sessionVerifier), s.manager.PopString(ctx, sessionNext)
	query := r.URL.Query()
	if state == "" || query.Get("state") != state || query.Get("code") == "" {
		http.Error(w, "This log-in was not begun here, or was ended before. Log in again.", http.StatusBadRequest)
		return
	}
	who, err := s.provider.exchange(ctx, query.Get("code"), verifier, nonce)
	if err != nil {
		status := http.StatusForbidden
		if policy.CodeOf(err) == policy.CodeUnavailable {
			status = http.StatusBadGateway
		}
		http.Error(w, "The provider's answer is not believed. Log in again.", status)
		return
	}
	// A session that somebody else could know of before is worth nothing after.
	if err := s.manager.RenewToken(ctx); err != nil {
		http.Error(w, "The log-in could not be kept. Log in again.", http.StatusServiceUnavailable)
		return
	}
	s.manager.Put(ctx, sessionWho, *who)
	http.Redirect(w, r, next, http.StatusFound)
}

// exchange turns the code that the provider gave the browser into who it is.
func (p *Provider) exchange(ctx context.Context, code, verifier, nonce string) (*Identified, error) {
	token, err := p.oauth.Exchange(oidc.ClientContext(ctx, p.options.HTTP), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, errors.Join(policy.Refuse(policy.CodeNotIdentified, "the provider does not know this log-in"), err)
	}
	raw, _ := token.Extra("id_token").(string)
	return p.verify(ctx, p.login, raw, nonce)
}

// logout ends the session here, and at the provider where that is offered.
func (s *Sessions) logout(w http.ResponseWriter, r *http.Request) {
	if err := s.manager.Destroy(r.Context()); err != nil {
		http.Error(w, "The log-out could not be kept. Try again.", http.StatusServiceUnavailable)
		return
	}
	to := "/"
	if end := s.provider.endpoint.EndSession; end != "" {
		to = end + "?" + url.Values{"client_id": {s.provider.options.ClientID}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
