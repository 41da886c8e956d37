package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/policycycle/policycycle/policy"
)

// Result is what became of a log-in in a browser, in a word: for the log and for
// figures.
type Result string

// What may become of a log-in.
const (
	ResultIn        Result = "in"
	ResultOut       Result = "out"       // here, or at the provider
	ResultNotOut    Result = "not-out"   // what the provider says of a log-out is not believed
	ResultUnknown   Result = "unknown"   // it was not begun here, or has expired
	ResultDeclined  Result = "declined"  // by the person, or by the provider
	ResultAway      Result = "away"      // the provider does not answer
	ResultDisbelief Result = "disbelief" // its answer is not believed
	ResultNotAsked  Result = "not-asked" // it did not ask anew who it is
	ResultLapsed    Result = "lapsed"    // the provider vouches for it no more
	ResultNotKept   Result = "not-kept"  // the log-in, or the log-out, could not be kept
)

// Outcome is what became of a log-in.
type Outcome struct {
	Result Result
	Who    *Identified // nil where nobody was logged in
	Err    error       // why not
}

func (s *Sessions) tell(ctx context.Context, o Outcome) {
	if s.options.Told != nil {
		s.options.Told(ctx, o)
	}
}

// Failure is a log-in or a log-out that did not come to its end.
type Failure struct {
	Result Result
	Status int
	Next   string // where the log-in was to lead
	Again  bool   // whether the provider was to ask anew who it is
	Err    error  // begins with the sentence for people
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
func (s *Sessions) login(w http.ResponseWriter, r *http.Request) *Failure {
	next, again := OwnPath(r.URL.Query().Get("next")), r.URL.Query().Has("again")
	provider, err := s.options.Provider.ask(r.Context())
	if err != nil {
		return &Failure{ResultAway, http.StatusServiceUnavailable, next, again, s.providerAway(err)}
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	for key, value := range map[string]string{sessionState: state, sessionNonce: nonce, sessionVerifier: verifier, sessionNext: next} {
		s.manager.Put(r.Context(), key, value)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	s.manager.Remove(r.Context(), sessionAsked)
	if again {
		options = append(options, anew()...)
		s.manager.Put(r.Context(), sessionAsked, s.now().Unix())
	} else if fresh := s.options.Fresh; fresh > 0 && !r.URL.Query().Has("quietly") { // then it has to say when it asked
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(fresh.Seconds()))))
	}
	if _, err := s.Who(r.Context()); err != nil {
		s.manager.SetDeadline(r.Context(), time.Now().Add(loginWithin))
	}
	http.Redirect(w, r, provider.oauth.AuthCodeURL(state, options...), http.StatusFound)
	return nil
}

// providerAway says that nobody can log in for now.
func (s *Sessions) providerAway(err error) error {
	return errors.Join(policy.Refuse(policy.CodeUnavailable, "the provider with which you log in does not answer: try again in a moment; what everybody may see is here meanwhile"), err)
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

// begun is a log-in that somebody began, and is back from the provider with.
type begun struct {
	state, nonce, verifier, next string
	asked                        time.Time // when the provider was to ask anew
	again                        bool
}

// takeBegun gives the log-in that a browser began, once.
func (s *Sessions) takeBegun(ctx context.Context) begun {
	asked, again := s.manager.Pop(ctx, sessionAsked).(int64)
	return begun{
		s.manager.PopString(ctx, sessionState), s.manager.PopString(ctx, sessionNonce), s.manager.PopString(ctx, sessionVerifier),
		OwnPath(s.manager.PopString(ctx, sessionNext)), time.Unix(asked, 0), again,
	}
}

// callback takes the browser back, once for each log-in.
func (s *Sessions) callback(w http.ResponseWriter, r *http.Request) *Failure {
	ctx, query := r.Context(), r.URL.Query()
	b := s.takeBegun(ctx)
	fails := func(result Result, status int, err error) *Failure {
		return &Failure{result, status, b.next, b.again, err}
	}
	switch {
	case b.state == "" || query.Get("state") != b.state || !query.Has("error") && query.Get("code") == "":
		return fails(ResultUnknown, http.StatusBadRequest, policy.Refuse(policy.CodeNotIdentified, "this log-in was not begun here, has expired or has come to its end already: log in again"))
	case query.Has("error"):
		return declined(fails, query.Get("error"), s.providerAway)
	}
	given, err := s.options.Provider.exchange(ctx, query.Get("code"), b.verifier, b.nonce)
	switch {
	case policy.CodeOf(err) == policy.CodeUnavailable:
		return fails(ResultAway, http.StatusBadGateway, s.providerAway(err))
	case err != nil:
		return fails(ResultDisbelief, http.StatusForbidden, errors.Join(
			policy.Refuse(policy.CodeNotIdentified, "the answer of the provider is not believed: log in again"), err))
	case b.again && given.who.Since.Before(b.asked.Add(-skew)):
		return fails(ResultNotAsked, http.StatusForbidden, policy.Refuse(policy.CodeNotIdentified, "the provider did not ask again who you are, or does not say that it did: log out there, and log in again"))
	}
	err = s.SignIn(ctx, *given.who, s.Body(ctx))
	if err == nil {
		err = errors.Join(s.keepSecret(ctx, sessionToken, given.id), s.vouch(ctx, given.refresh))
	}
	if err != nil {
		return fails(ResultNotKept, http.StatusServiceUnavailable, errors.Join(policy.Refuse(policy.CodeUnavailable, "the log-in could not be kept: try again"), err))
	}
	s.tell(ctx, Outcome{Result: ResultIn, Who: given.who})
	http.Redirect(w, r, b.next, http.StatusFound)
	return nil
}

// declined says why a provider sent a browser back without a code.
func declined(fails func(Result, int, error) *Failure, code string, away func(error) error) *Failure {
	cause := &oauth2.RetrieveError{ErrorCode: code}
	switch code {
	case "server_error", "temporarily_unavailable":
		return fails(ResultAway, http.StatusBadGateway, away(cause))
	default:
		return fails(ResultDeclined, http.StatusForbidden, errors.Join(
			policy.Refuse(policy.CodeNotIdentified, "nobody was logged in: it was declined at the provider"), cause))
	}
}

// given is what the provider gives for a log-in: who it is, and the tokens that show it.
type given struct {
	who        *Identified
	id, access string
	refresh    string // "" where it gave none
}

// exchange turns the code that the provider gave the browser into who it is.
func (p *Provider) exchange(ctx context.Context, code, verifier, nonce string) (*given, error) {
	provider, err := p.ask(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := provider.oauth.Exchange(oidc.ClientContext(ctx, p.options.HTTP), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, p.unexchanged(err)
	}
	g := &given{access: tokens.AccessToken, refresh: tokens.RefreshToken}
	g.id, _ = tokens.Extra("id_token").(string)
	g.who, err = p.verify(ctx, g.id, true)
	if err == nil && g.who.nonce != nonce {
		err = &TokenError{policy.Refuse(policy.CodeNotIdentified, "the token belongs to another log-in"), ReasonBrowser, nil}
	}
	return g, err
}

// unexchanged says why a provider gave no tokens: it knows of no such log-in, or cannot
// be asked.
func (p *Provider) unexchanged(err error) error {
	refused, answered := errors.AsType[*oauth2.RetrieveError](err)
	if answered && refused.Response.StatusCode < http.StatusInternalServerError && refused.Response.StatusCode != http.StatusTooManyRequests {
		return errors.Join(policy.Refuse(policy.CodeNotIdentified, "the provider does not know this log-in"), err)
	}
	return errors.Join(p.isAway(), err)
}
