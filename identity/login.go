package identity

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/gob"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

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
	sessionAsked    = "asked"   // when the provider was told to ask anew who it is
	sessionAccount  = "account" // what all log-ins of the account share
	sessionToken    = "token"   // of the provider, for the log-out there
)

// Sessions are the log-ins of browsers.
type Sessions struct {
	manager *scs.SessionManager
	options SessionOptions
	kept    *rate.Limiter // how much may be kept for those who are not logged in
}

// SessionOptions says how browsers log in.
type SessionOptions struct {
	// Provider is asked who somebody is; nil where names are believed.
	Provider *Provider
	Store    scs.Store // nil for memory
	// Lock is what LockOf gives, under which the store has the log-ins; nil believes whatever
	// it has, and is for tests.
	Lock  cipher.AEAD
	Lasts time.Duration
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
	if o.Lock != nil {
		m.Store = &lockedStore{m.Store, o.Lock}
	}
	m.HashTokenInStore = true
	m.Lifetime = o.Lasts
	m.Cookie.Name = "policycycle"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = o.Secure
	m.Cookie.SameSite = http.SameSiteLaxMode // the provider sends the browser back with it
	return &Sessions{manager: m, options: o, kept: newKept()}
}

// Believes says whether names are believed: then nobody is asked, and SignIn takes
// them.
func (s *Sessions) Believes() bool { return s.options.Provider == nil }

// SignIn logs somebody in who acts for a body. A session that somebody else could
// know of before is worth nothing after.
func (s *Sessions) SignIn(ctx context.Context, who Identified, body policy.Body) error {
	err := s.manager.RenewToken(ctx)
	if err == nil {
		err = s.join(ctx, who)
	}
	if err != nil {
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-in could not be kept: try again"), err)
	}
	since := who.Since
	if s.Believes() {
		since = s.now()
	}
	s.manager.Put(ctx, sessionWho, who)
	s.manager.Put(ctx, sessionBody, string(body))
	s.manager.Put(ctx, sessionSince, since.Unix())
	return nil
}

// now is the clock of the provider, where there is one.
func (s *Sessions) now() time.Time {
	if s.Believes() {
		return time.Now()
	}
	return s.options.Provider.now()
}

// Secure says whether browsers come encrypted, so that cookies are sent so alone.
func (s *Sessions) Secure() bool { return s.options.Secure }

// Body gives the body for which the browser acts; "" where none was chosen.
func (s *Sessions) Body(ctx context.Context) policy.Body {
	return policy.Body(s.manager.GetString(ctx, sessionBody))
}

// ActFor has the browser act for a body, where somebody is logged in.
func (s *Sessions) ActFor(ctx context.Context, body policy.Body) {
	if _, err := s.Who(ctx); err == nil {
		s.manager.Put(ctx, sessionBody, string(body))
	}
}

// Fresh says whether somebody showed a short while ago who they are, where a
// decision wants that. A provider may have answered for them without asking: what
// counts is when it asked, and where it does not say, nothing does.
func (s *Sessions) Fresh(ctx context.Context) bool {
	since := time.Unix(s.manager.GetInt64(ctx, sessionSince), 0)
	return s.options.Fresh == 0 || s.now().Sub(since) <= s.options.Fresh
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

// Look gives what the session of a browser is now, for whoever looks again and
// again at one that was not loaded.
func (s *Sessions) Look(r *http.Request) (context.Context, error) {
	token := ""
	if cookie, err := r.Cookie(s.manager.Cookie.Name); err == nil {
		token = cookie.Value
	}
	return s.manager.Load(r.Context(), token)
}

// Who says who is logged in; the refusal has policy.CodeNotIdentified for nobody.
func (s *Sessions) Who(ctx context.Context) (*Identified, error) {
	who, is := s.manager.Get(ctx, sessionWho).(Identified)
	if is {
		var err error
		if is, err = s.joined(ctx, who); err != nil {
			return nil, errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-in could not be looked up: try again"), err)
		}
	}
	if !is {
		return nil, policy.Refuse(policy.CodeNotIdentified, "nobody is logged in")
	}
	return &who, nil
}

// loginWithin is how long somebody may take to log in with the provider. Whoever
// does not come back leaves nothing behind for longer.
const loginWithin = 10 * time.Minute

// anew asks the provider to ask who it is, even where it knows.
func anew() []oauth2.AuthCodeOption {
	return []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0")}
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
	s.manager.Remove(r.Context(), sessionAsked)
	if r.URL.Query().Has("again") {
		options = append(options, anew()...)
		s.manager.Put(r.Context(), sessionAsked, s.now().Unix())
	} else if fresh := s.options.Fresh; fresh > 0 { // then it has to say when it asked
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(fresh.Seconds()))))
	}
	if _, err := s.Who(r.Context()); err != nil {
		s.manager.SetDeadline(r.Context(), time.Now().Add(loginWithin))
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
	asked, again := s.manager.Pop(ctx, sessionAsked).(int64)
	query := r.URL.Query()
	if state == "" || query.Get("state") != state || query.Get("code") == "" {
		http.Error(w, "This log-in was not begun here, or was ended before. Log in again.", http.StatusBadRequest)
		return
	}
	given, err := s.options.Provider.exchange(ctx, query.Get("code"), verifier, nonce)
	if err != nil {
		status := http.StatusForbidden
		if policy.CodeOf(err) == policy.CodeUnavailable {
			status = http.StatusBadGateway
		}
		http.Error(w, "The provider's answer is not believed. Log in again.", status)
		return
	}
	if again && given.who.Since.Before(time.Unix(asked, 0).Add(-skew)) {
		http.Error(w, "The provider did not ask again who you are, or does not say that it did. Log out there, and log in again.", http.StatusForbidden)
		return
	}
	err = s.SignIn(ctx, *given.who, s.Body(ctx))
	if err == nil {
		err = s.keepToken(ctx, given.id)
	}
	if err != nil {
		http.Error(w, "The log-in could not be kept. Log in again.", http.StatusServiceUnavailable)
		return
	}
	http.Redirect(w, r, next, http.StatusFound)
}

// given is what the provider gives for a log-in: who it is, and the tokens that show it.
type given struct {
	who        *Identified
	id, access string
}

// exchange turns the code that the provider gave the browser into who it is.
func (p *Provider) exchange(ctx context.Context, code, verifier, nonce string) (*given, error) {
	tokens, err := p.oauth.Exchange(oidc.ClientContext(ctx, p.options.HTTP), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, errors.Join(policy.Refuse(policy.CodeNotIdentified, "the provider does not know this log-in"), err)
	}
	g := &given{access: tokens.AccessToken}
	g.id, _ = tokens.Extra("id_token").(string)
	g.who, err = p.verify(ctx, p.login, g.id)
	if err == nil && g.who.nonce != nonce {
		err = &TokenError{policy.Refuse(policy.CodeNotIdentified, "the token belongs to another log-in"), ReasonBrowser, nil}
	}
	return g, err
}
