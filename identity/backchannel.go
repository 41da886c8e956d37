package identity

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// The provider tells of a log-out there by a token that it sends itself (OpenID Connect
// Back-Channel Logout 1.0). All log-ins of the account end, as with a log-out here.

// How old such a token may be. So long each is remembered: none is taken twice.
const (
	logoutLasts = 10 * time.Minute
	logoutKept  = logoutLasts + 2*skew
)

// sessionOf is under which the store keeps whose a session at the provider is.
func sessionOf(issuer, session string) string { return under("sid", issuer+"\x00"+session) }

// backChannel takes what the provider says.
func (s *Sessions) backChannel(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, 2*mostToken)
	err := s.takeLogout(r.Context(), r.PostFormValue("logout_token"))
	if err == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	s.tell(r.Context(), Outcome{Result: ResultNotOut, Err: err})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	if text, err := json.Marshal(refused{"invalid_request", sentenceOf(err)}); err == nil {
		_, _ = w.Write(text)
	}
}

// refused is how a provider is told that its log-out is not believed.
type refused struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// sentenceOf gives what may be told to everybody.
func sentenceOf(err error) string {
	if refusal, is := errors.AsType[*policy.Error](err); is {
		return refusal.Message
	}
	return "the log-out could not be kept"
}

// takeLogout ends the log-ins that a token says to have ended at the provider.
func (s *Sessions) takeLogout(ctx context.Context, token string) error {
	out, err := s.options.Provider.verifyLogout(ctx, token)
	if err != nil {
		return err
	}
	once := under("jti", out.issuer+"\x00"+out.id)
	if _, taken, err := s.manager.Store.Find(once); err != nil || taken {
		return errors.Join(policy.Refuse(policy.CodeNotIdentified, "the logout token was taken before"), err)
	}
	subject := out.subject
	if subject == "" {
		whose, there, err := s.manager.Store.Find(sessionOf(out.issuer, out.session))
		if err != nil {
			return err
		}
		if !there { // it has ended here before
			return nil
		}
		subject = string(whose)
	}
	if err := s.end(ctx, out.issuer, subject); err != nil {
		return err
	}
	return s.manager.Store.Commit(once, []byte{}, time.Now().Add(logoutKept))
}

// loggedOut is what a logout token says.
type loggedOut struct{ issuer, subject, session, id string }

// verifyLogout says who is logged out by a token. The library looks at its signature,
// issuer, audience and expiry, at what happened (events), that it has a jti and no nonce,
// and that it says whose log-in ends (sub, sid).
func (p *Provider) verifyLogout(ctx context.Context, token string) (*loggedOut, error) {
	if token == "" || len(token) > mostToken {
		return nil, &TokenError{policy.Refuse(policy.CodeNotIdentified, "there is no logout_token, or it is larger than %d KiB", mostToken>>10), ReasonForm, nil}
	}
	provider, err := p.ask(ctx)
	if err != nil {
		return nil, &TokenError{p.isAway(), ReasonAway, err}
	}
	known, err := provider.login.VerifyLogout(ctx, token)
	if err != nil {
		return nil, why(err)
	}
	claims := map[string]any{}
	if err := known.Claims(&claims); err != nil {
		return nil, why(err)
	}
	_, issued, err := p.times(claims)
	if err == nil && p.now().Sub(issued) > logoutLasts {
		err = &TokenError{policy.Refuse(policy.CodeNotIdentified, "the logout token is older than %s", logoutLasts), ReasonExpired, nil}
	}
	return &loggedOut{known.Issuer, known.Subject, known.SessionID, known.TokenID}, err
}
