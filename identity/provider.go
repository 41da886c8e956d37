package identity

import (
	"context"
	"errors"
	"net/http"
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
	nonce         string // of the log-in for which the token was asked
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
		Keys       string `json:"jwks_uri"`
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
	known, err := oidc.NewProvider(oidc.ClientContext(ctx, o.HTTP), o.Issuer)
	if err != nil {
		return nil, errors.Join(policy.Refuse(policy.CodeUnavailable, "the provider at %s does not answer as one", o.Issuer), err)
	}
	p := &Provider{options: o, oidc: known}
	if err := known.Claims(&p.endpoint); err != nil || p.endpoint.Keys == "" {
		return nil, errors.Join(policy.Refuse(policy.CodeUnavailable, "the provider at %s does not answer as one", o.Issuer), err)
	}
	keys := newKeySet(ctx, o.HTTP, p.endpoint.Keys, p.now)
	verifier := func(audience string) *oidc.IDTokenVerifier {
		return oidc.NewVerifier(o.Issuer, keys, &oidc.Config{ClientID: audience, Now: o.Now, SupportedSigningAlgs: believed})
	}
	p.bearer, p.login = verifier(o.Audience), verifier(o.ClientID)
	p.oauth = oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: known.Endpoint(), RedirectURL: o.RedirectURL,
		Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
	return p, nil
}

func (p *Provider) now() time.Time {
	if p.options.Now != nil {
		return p.options.Now()
	}
	return time.Now()
}
