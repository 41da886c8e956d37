package identity

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/policycycle/policycycle/policy"
)

// believed are the algorithms that tokens may be signed with: none with a shared
// secret, and never none at all.
var believed = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// mostToken is the most bytes that a token may have.
const mostToken = 16 << 10

// mostSubject is the most bytes of the name of an account, as OpenID Connect has it.
const mostSubject = 255

// skew is how far the clock of the provider may be from ours.
const skew = time.Minute

// Reason is why a token is not believed, in a word: for the log and for figures.
type Reason string

// The reasons why a token is not believed.
const (
	ReasonForm      Reason = "form"      // it is none, or says nothing that can be read
	ReasonSignature Reason = "signature" // it is not signed by the provider
	ReasonIssuer    Reason = "issuer"    // it is of another provider
	ReasonAudience  Reason = "audience"  // it was made for, or asked for by, somebody else
	ReasonExpired   Reason = "expired"
	ReasonTime      Reason = "time"    // it is of an instant that is still to come
	ReasonBrowser   Reason = "browser" // it is that of a log-in in a browser
	ReasonSubject   Reason = "subject" // it does not say whose it is
	ReasonAway      Reason = "away"    // the provider cannot be asked
)

// TokenError is that a token is not believed. It never repeats the token.
type TokenError struct {
	Refusal *policy.Error // for people
	Reason  Reason
	Cause   error // nil where the refusal tells all
}

func (e *TokenError) Error() string { return e.Refusal.Error() }

// Unwrap gives the refusal, and what was found.
func (e *TokenError) Unwrap() []error { return []error{e.Refusal, e.Cause} }

// Cause says in a word for the log why somebody was not believed, or a provider did not
// answer: without a token, a secret or a name in it.
func Cause(err error) string {
	if token, is := errors.AsType[*TokenError](err); is && token.Reason != ReasonAway {
		return string(token.Reason)
	}
	if said, is := errors.AsType[*oauth2.RetrieveError](err); is {
		if said.ErrorCode == "" && said.Response != nil {
			return said.Response.Status
		}
		const most = 100
		return policy.Legible(said.ErrorCode, most)
	}
	if line, is := errors.AsType[*url.Error](err); is {
		return line.Err.Error()
	}
	return string(policy.CodeOf(err))
}

// Verify says whose a bearer token is. The refusal has policy.CodeNotIdentified,
// and never repeats the token; policy.CodeUnavailable where the keys of the
// provider cannot be had. The token of a log-in in a browser is none: it stands in
// the address of the log-out, and so in logs and histories.
func (p *Provider) Verify(ctx context.Context, token string) (*Identified, error) {
	who, err := p.verify(ctx, token, false)
	if err == nil && who.nonce != "" {
		return nil, &TokenError{policy.Refuse(policy.CodeNotIdentified, "the token is that of a log-in in a browser, and opens nothing else: log in at the command line with policycycle login"), ReasonBrowser, nil}
	}
	return who, err
}

// verify says whose a token is: that of a log-in, or one that commands show.
func (p *Provider) verify(ctx context.Context, token string, login bool) (*Identified, error) {
	refuse := func(reason Reason, refusal *policy.Error, cause error) (*Identified, error) {
		return nil, &TokenError{refusal, reason, cause}
	}
	switch {
	case token == "":
		return refuse(ReasonForm, policy.Refuse(policy.CodeNotIdentified, "no token was shown: log in with the provider"), nil)
	case len(token) > mostToken:
		return refuse(ReasonForm, policy.Refuse(policy.CodeNotIdentified, "the token is larger than %d KiB", mostToken>>10), nil)
	}
	provider, err := p.ask(ctx)
	if err != nil {
		return nil, &TokenError{p.isAway(), ReasonAway, err}
	}
	verifier := provider.bearer
	if login {
		verifier = provider.login
	}
	known, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, why(err)
	}
	claims := map[string]any{}
	if err := known.Claims(&claims); err != nil || known.Subject == "" {
		return refuse(ReasonSubject, policy.Refuse(policy.CodeNotIdentified, "the token does not say whose it is"), err)
	}
	if _, event := claims["events"]; event {
		return refuse(ReasonForm, policy.Refuse(policy.CodeNotIdentified, "the token tells of something that happened, and shows nobody"), nil)
	}
	if len(known.Subject) > mostSubject || !policy.OneLine(known.Subject) {
		return refuse(ReasonSubject, policy.Refuse(policy.CodeNotIdentified, "the account in the token (sub) is no text of one line with at most %d bytes", mostSubject), nil)
	}
	if !p.askedByUs(claims, known.Audience, login) {
		return refuse(ReasonAudience, policy.Refuse(policy.CodeNotIdentified, "the token was given to another client of the provider"), nil)
	}
	since, issued, err := p.times(claims)
	if err != nil {
		return nil, err
	}
	grants, ignored := p.options.Claims.Grants(claims)
	session, _ := claims["sid"].(string)
	return &Identified{
		Issuer: known.Issuer, Subject: known.Subject, Name: p.options.Claims.name(claims),
		Service: p.options.Claims.Service != nil && len(p.options.Claims.Service.match(claims)) > 0,
		Grants:  grants, Ignored: ignored, Expires: known.Expiry, Since: since, Issued: issued, nonce: known.Nonce, session: session,
	}, nil
}

// askedByUs says whether a token was given to us and to nobody else. The one of a
// log-in that is for several says so. Where bearer tokens are for an audience of its
// own, they are given to the programs that show them.
func (p *Provider) askedByUs(claims map[string]any, audience []string, login bool) bool {
	if !login && p.options.Audience != p.options.ClientID {
		return true
	}
	party, there := claims["azp"]
	if !there {
		return !login || len(audience) == 1
	}
	return party == p.options.ClientID
}

// times gives when the person showed the provider who they are, and when it said so
// to us; zero where it does not tell. What cannot be read, or is still to come, is no
// time at all.
func (p *Provider) times(claims map[string]any) (since, issued time.Time, err error) {
	latest := p.now().Add(skew)
	for name, into := range map[string]*time.Time{"iat": &issued, "auth_time": &since, "nbf": new(time.Time)} {
		if *into, err = instant(claims[name]); err != nil {
			return since, issued, &TokenError{policy.Refuse(policy.CodeNotIdentified, "the time %s of the token cannot be read", name), ReasonForm, err}
		}
		if into.After(latest) {
			return since, issued, &TokenError{policy.Refuse(policy.CodeNotIdentified, "the token is not good yet: the clock of the provider may run ahead of ours"), ReasonTime, nil}
		}
	}
	return since, issued, nil
}

// instant reads seconds since 1970, whichever way a provider writes them; nothing is
// the zero time.
func instant(claim any) (time.Time, error) {
	var seconds float64
	var err error
	switch value := claim.(type) {
	case nil:
		return time.Time{}, nil
	case float64:
		seconds = value
	case string:
		seconds, err = strconv.ParseFloat(value, 64)
	default:
		err = errors.New("is no number")
	}
	const end = 253402300799 // of the year 9999
	if err == nil && !(seconds >= 0 && seconds <= end) {
		err = errors.New("is no time")
	}
	return time.Unix(int64(seconds), 0), err
}

// why puts into words why a token is not believed. The library tells most of its
// reasons in text alone.
func why(err error) *TokenError {
	refuse := func(reason Reason, sentence string) *TokenError {
		return &TokenError{&policy.Error{Code: policy.CodeNotIdentified, Message: sentence}, reason, err}
	}
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return refuse(ReasonExpired, "the token has expired: log in again")
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "different provider"):
		return refuse(ReasonIssuer, "the token is of another provider than the one believed here")
	case strings.Contains(text, "audience"):
		return refuse(ReasonAudience, "the token was made for somebody else")
	case unfetched(err):
		return &TokenError{policy.Refuse(policy.CodeUnavailable, "the keys of the provider cannot be had; repeat the same once it is back"), ReasonAway, err}
	case strings.Contains(text, "failed to verify signature"):
		return refuse(ReasonSignature, "the signature of the token is not that of the provider")
	default:
		return refuse(ReasonForm, "the token is none that is believed here")
	}
}
