package identity

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/policycycle/policycycle/policy"
)

// Identified is who somebody is, as a provider says. Issuer and Subject name the
// account; the name may change.
type Identified struct {
	Issuer, Subject string
	Name            string
	Service         bool
	Grants          []policy.Grant
	// Ignored lists roles that were meant but do not exist here.
	Ignored []string
	Expires time.Time
	// Since is when the person showed the provider who they are; zero where it does
	// not say. Issued is when it said so to us.
	Since, Issued time.Time
}

// Fresh says whether the person behind a token showed who they are within so long
// before now. A service does so with each token; so does a person, as far as one
// can tell, where the provider does not say when.
func (i *Identified) Fresh(within time.Duration, now time.Time) bool {
	since := i.Since
	if i.Service || since.IsZero() {
		since = i.Issued
	}
	return within == 0 || now.Sub(since) <= within
}

// Options says which provider is believed.
type Options struct {
	Issuer       string
	ClientID     string
	ClientSecret string // empty for a public client
	Audience     string // empty: the client ID
	Claims       *Claims
	// RedirectURL is where the provider sends browsers back to.
	RedirectURL string
	Now         func() time.Time // nil: the clock of the machine
	HTTP        *http.Client     // nil: http.DefaultClient
}

// Provider is an OpenID Connect provider whose tokens are believed.
type Provider struct {
	options  Options
	oidc     *oidc.Provider
	bearer   *oidc.IDTokenVerifier // of tokens that commands show
	login    *oidc.IDTokenVerifier // of tokens that a log-in gives
	oauth    oauth2.Config
	endpoint struct {
		EndSession string `json:"end_session_endpoint"`
	}
}

// Dial asks the provider for what it says about itself. One that does not answer
// is policy.CodeUnavailable.
func Dial(ctx context.Context, o Options) (*Provider, error) {
	if o.Audience == "" {
		o.Audience = o.ClientID
	}
	if o.HTTP == nil {
		const patience = 10 * time.Second
		o.HTTP = &http.Client{Timeout: patience}
	}
	// The keys of the provider are fetched again and again: for as long as we live.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), o.HTTP)
	known, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return nil, errors.Join(policy.Refuse(policy.CodeUnavailable, "the provider at %s does not answer as one", o.Issuer), err)
	}
	p := &Provider{options: o, oidc: known}
	if err := known.Claims(&p.endpoint); err != nil {
		return nil, errors.Join(policy.Refuse(policy.CodeUnavailable, "the provider at %s does not answer as one", o.Issuer), err)
	}
	verifier := func(audience string) *oidc.IDTokenVerifier {
		return known.VerifierContext(ctx, &oidc.Config{ClientID: audience, Now: o.Now, SupportedSigningAlgs: believed})
	}
	p.bearer, p.login = verifier(o.Audience), verifier(o.ClientID)
	p.oauth = oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: known.Endpoint(), RedirectURL: o.RedirectURL,
		Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
	return p, nil
}

// believed are the algorithms that tokens may be signed with: none with a shared
// secret, and never none at all.
var believed = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// mostToken is the most bytes that a token may have.
const mostToken = 16 << 10

// Verify says whose a bearer token is. The refusal has policy.CodeNotIdentified,
// and never repeats the token; policy.CodeUnavailable where the keys of the
// provider cannot be had.
func (p *Provider) Verify(ctx context.Context, token string) (*Identified, error) {
	return p.verify(ctx, p.bearer, token, "")
}

func (p *Provider) verify(ctx context.Context, verifier *oidc.IDTokenVerifier, token, nonce string) (*Identified, error) {
	switch {
	case token == "":
		return nil, policy.Refuse(policy.CodeNotIdentified, "no token was shown: log in with the provider")
	case len(token) > mostToken:
		return nil, policy.Refuse(policy.CodeNotIdentified, "the token is larger than %d KiB", mostToken>>10)
	}
	known, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, errors.Join(why(err), err)
	}
	if nonce != "" && known.Nonce != nonce {
		return nil, policy.Refuse(policy.CodeNotIdentified, "the token belongs to another log-in")
	}
	claims := map[string]any{}
	if err := known.Claims(&claims); err != nil || known.Subject == "" {
		return nil, policy.Refuse(policy.CodeNotIdentified, "the token does not say whose it is")
	}
	if from, is := claims["nbf"].(float64); is && p.now().Add(time.Minute).Before(time.Unix(int64(from), 0)) {
		return nil, policy.Refuse(policy.CodeNotIdentified, "the token is not good yet")
	}
	grants, ignored := p.options.Claims.Grants(claims)
	var since time.Time
	if at, is := claims["auth_time"].(float64); is {
		since = time.Unix(int64(at), 0)
	}
	return &Identified{
		Issuer: known.Issuer, Subject: known.Subject, Name: p.options.Claims.name(claims),
		Service: p.options.Claims.Service != nil && len(p.options.Claims.Service.match(claims)) > 0,
		Grants:  grants, Ignored: ignored, Expires: known.Expiry, Since: since, Issued: known.IssuedAt,
	}, nil
}

func (p *Provider) now() time.Time {
	if p.options.Now != nil {
		return p.options.Now()
	}
	return time.Now()
}

// why puts into words why a token is not believed. The library tells most of its
// reasons in text alone.
func why(err error) *policy.Error {
	refuse := func(sentence string) *policy.Error {
		return &policy.Error{Code: policy.CodeNotIdentified, Message: sentence}
	}
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return refuse("the token has expired: log in again")
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "different provider"):
		return refuse("the token is of another provider than the one believed here")
	case strings.Contains(text, "audience"):
		return refuse("the token was made for somebody else")
	case strings.Contains(text, "fetching keys"):
		return policy.Refuse(policy.CodeUnavailable, "the keys of the provider cannot be had; repeat the same once it is back")
	case strings.Contains(text, "failed to verify signature"):
		return refuse("the signature of the token is not that of the provider")
	default:
		return refuse("the token is none that is believed here")
	}
}
