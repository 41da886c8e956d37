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
	sessionBody     = "body"
	sessionSince    = "since"
)

// Sessions are the log-ins of browsers.
type Sessions struct {
	manager *scs.SessionManager
	options SessionOptions
}

// SessionOptions says how browsers log in.
type SessionOptions struct {
	// Provider is asked who somebody is; nil where names are believed.
	Provider *Provider
	Store    scs.Store // nil for memory
	Lasts    time.Duration
	// Fresh is how old a log-in may be by which somebody decides; 0 is any age.
	Fresh time.Duration
	// Secure is false on this machine alone, where nothing is encrypted.
	Secure bool
}

// NewSessions keeps log-ins.
func NewSessions(o SessionOptions) *Sessions {
	gob.Register(Identified{})
	m := scs.New()
	if o.Store != nil {
		m.Store = o.Store
	}
	m.HashTokenInStore = true
	m.Lifetime = o.Lasts
	m.Cookie.Name = "policycycle"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = o.Secure
	m.Cookie.SameSite = http.SameSiteLaxMode // the provider sends the browser back with it
	return &Sessions{manager: m, options: o}
}

// Believes says whether names are believed: then nobody is asked, and SignIn takes
// them.
func (s *Sessions) Believes() bool { return s.options.Provider == nil }

// SignIn logs somebody in who acts for a body. A session that somebody else could
// know of before is worth nothing after.
func (s *Sessions) SignIn(ctx context.Context, who Identified, body policy.Body) error {
	if err := s.manager.RenewToken(ctx); err != nil {
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-in could not be kept: try again"), err)
	}
	s.manager.Put(ctx, sessionWho, who)
	s.manager.Put(ctx, sessionBody, string(body))
	s.manager.Put(ctx, sessionSince, time.Now().Unix())
	return nil
}

// Secure says whether browsers come encrypted, so that cookies are sent so alone.
func (s *Sessions) Secure() bool { return s.options.Secure }

// Body gives the body for which the browser acts; "" where none was chosen.
func (s *Sessions) Body(ctx context.Context) policy.Body {
	return policy.Body(s.manager.GetString(ctx, sessionBody))
}

// ActFor has the browser act for a body.
func (s *Sessions) ActFor(ctx context.Context, body policy.Body) {
	s.manager.Put(ctx, sessionBody, string(body))
}

// Fresh says whether somebody logged in a short while ago, where a decision wants
// that.
func (s *Sessions) Fresh(ctx context.Context) bool {
	since := time.Unix(s.manager.GetInt64(ctx, sessionSince), 0)
	return s.options.Fresh == 0 || time.Since(since) <= s.options.Fresh
}

// Handler gives the paths of the log-in.
func (s *Sessions) Handler() http.Handler {
	mux := http.NewServeMux()
	if !s.Believes() {
		mux.HandleFunc("GET "+PathLogin, s.login)
		mux.HandleFunc("GET "+PathCallback, s.callback)
	}
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
// alone can answer (PKCE). With ?again the provider is to ask anew who it is.
func (s *Sessions) login(w http.ResponseWriter, r *http.Request) {
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	for key, value := range map[string]string{
		sessionState: state, sessionNonce: nonce, sessionVerifier: verifier, sessionNext: OwnPath(r.URL.Query().Get("next")),
	} {
		s.manager.Put(r.Context(), key, value)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if r.URL.Query().Has("again") {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	http.Redirect(w, r, s.options.Provider.oauth.AuthCodeURL(state, options...), http.StatusFound)
}

// OwnPath gives a path of this service, and "/" for anything else: nobody is sent
// elsewhere after a log-in.
func OwnPath(next string) string {
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
	who, err := s.options.Provider.exchange(ctx, query.Get("code"), verifier, nonce)
	if err != nil {
		status := http.StatusForbidden
		if policy.CodeOf(err) == policy.CodeUnavailable {
			status = http.StatusBadGateway
		}
		http.Error(w, "The provider's answer is not believed. Log in again.", status)
		return
	}
	if err := s.SignIn(ctx, *who, s.Body(ctx)); err != nil {
		http.Error(w, "The log-in could not be kept. Log in again.", http.StatusServiceUnavailable)
		return
	}
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

// logout ends every session of whoever asks, in any browser, and the one at the
// provider where that is offered.
func (s *Sessions) logout(w http.ResponseWriter, r *http.Request) {
	if err := s.endAll(r.Context()); err != nil {
		http.Error(w, "The log-out could not be kept. Try again.", http.StatusServiceUnavailable)
		return
	}
	to := "/"
	if p := s.options.Provider; p != nil && p.endpoint.EndSession != "" {
		to = p.endpoint.EndSession + "?" + url.Values{"client_id": {p.options.ClientID}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (s *Sessions) endAll(ctx context.Context) error {
	who, err := s.Who(ctx)
	if err != nil {
		return nil //nolint:nilerr // nobody is logged in, so nothing is to end
	}
	err = s.manager.Iterate(ctx, func(other context.Context) error {
		if known, err := s.Who(other); err == nil && known.Issuer == who.Issuer && known.Subject == who.Subject {
			return s.manager.Store.Delete(s.manager.Token(other)) // as the store has it: hashed
		}
		return nil
	})
	return errors.Join(err, s.manager.Destroy(ctx))
}
