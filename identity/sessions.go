package identity

import (
	"context"
	"crypto/cipher"
	"encoding/gob"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/time/rate"

	"github.com/policycycle/policycycle/policy"
)

// The paths of the log-in in a browser.
const (
	PathLogin    = "/login"    // ?next= a path of this service
	PathCallback = "/callback" // where the provider sends the browser back to
	PathLogout   = "/logout"   // POST
	// PathBackChannel is where the provider says that somebody is logged out there, POST.
	PathBackChannel = "/logout/backchannel"
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
	sessionRefresh  = "refresh" // by which the provider is asked again; absent where it gave none
	sessionVouched  = "vouched" // when the provider vouched for the log-in last
)

// Sessions are the log-ins of browsers.
type Sessions struct {
	manager *scs.SessionManager
	options SessionOptions
	kept    *rate.Limiter // how much may be kept for those who are not logged in
	turns   sync.Mutex
	failed  func(http.ResponseWriter, *http.Request, error)
}

// SessionOptions says how browsers log in.
type SessionOptions struct {
	// Provider is asked who somebody is; nil where names are believed.
	Provider *Provider
	Store    scs.Store // nil for memory
	// Locks are what LocksOf gives, under which the store has the log-ins; nil believes whatever
	// it has, and is for tests.
	Locks []cipher.AEAD
	Lasts time.Duration
	// Fresh is how old a log-in may be by which somebody decides; 0 is any age.
	Fresh time.Duration
	// Secure is false on this machine alone, where nothing is encrypted.
	Secure bool
	// Turn says whether it is the turn of who asks, and nobody else's until then, over all
	// services that share the Store; nil where there is one alone.
	Turn func(ctx context.Context, word string, until time.Time) (bool, error)
	// SignedOut takes note that an account is logged out, so that no token from before
	// opens anything; nil where none do.
	SignedOut func(ctx context.Context, issuer, subject string, at time.Time) error
	// Told is told what became of each log-in; nil for nobody.
	Told func(context.Context, Outcome)
}

// NewSessions keeps log-ins.
func NewSessions(o SessionOptions) *Sessions {
	gob.Register(Identified{})
	m := scs.New()
	if o.Store != nil {
		m.Store = o.Store
	}
	if len(o.Locks) > 0 {
		m.Store = &lockedStore{m.Store, o.Locks}
	}
	m.HashTokenInStore = true
	m.Lifetime = o.Lasts
	m.Cookie.Name = "policycycle"
	if o.Secure { // then no other host, and nobody unencrypted, can set it
		m.Cookie.Name = "__Host-policycycle"
	}
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = o.Secure
	m.Cookie.SameSite = http.SameSiteLaxMode // the provider sends the browser back with it
	s := &Sessions{manager: m, options: o, kept: newKept(), failed: plainly}
	m.ErrorFunc = s.fail
	return s
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

// Handler gives the paths of the log-in, which belong behind Load. What does not come
// to its end is shown as a page.
func (s *Sessions) Handler(page func(http.ResponseWriter, *http.Request, Failure)) http.Handler {
	mux := http.NewServeMux()
	door := func(pattern string, do func(http.ResponseWriter, *http.Request) *Failure) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if failed := do(w, r); failed != nil {
				s.tell(r.Context(), Outcome{Result: failed.Result, Err: failed.Err})
				page(w, r, *failed)
			}
		})
	}
	if !s.Believes() {
		door("GET "+PathLogin, s.login)
		door("GET "+PathCallback, s.callback)
		mux.HandleFunc("POST "+PathBackChannel, s.backChannel)
	}
	door("POST "+PathLogout, s.logout)
	return mux
}

// Look gives what the session of a browser is now, for whoever looks again and
// again at one that was not loaded.
func (s *Sessions) Look(r *http.Request) (context.Context, error) {
	token := ""
	if cookie, err := r.Cookie(s.manager.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := s.manager.Load(r.Context(), token)
	if err == nil {
		s.recheck(ctx)
	}
	return ctx, err
}

// Who says who is logged in; the refusal has policy.CodeNotIdentified for nobody.
func (s *Sessions) Who(ctx context.Context) (*Identified, error) {
	who, is := s.manager.Get(ctx, sessionWho).(Identified)
	if is {
		var err error
		if is, err = s.joined(ctx, who); err != nil {
			return nil, errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-in could not be looked up: try again"), err)
		}
		is = is && s.vouched(ctx)
	}
	if !is {
		return nil, policy.Refuse(policy.CodeNotIdentified, "nobody is logged in")
	}
	return &who, nil
}
