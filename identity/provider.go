package identity

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

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
	session       string // at the provider (sid)
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
	// Told is told why the provider is away, and nil once it is back; nil for nobody.
	Told func(away error)
}

// Provider is an OpenID Connect provider whose tokens are believed. It is asked for
// what it says about itself once that is needed, and again until it answers.
type Provider struct {
	options Options
	asking  singleflight.Group

	mu    sync.Mutex
	said  *said         // nil until it has answered
	away  error         // why it has not
	again time.Time     // when it is asked next
	pause time.Duration // before that
}

// said is what a provider says about itself, and what follows from that.
type said struct {
	bearer     *oidc.IDTokenVerifier // of tokens that commands show
	login      *oidc.IDTokenVerifier // of tokens that a log-in gives
	oauth      oauth2.Config
	endSession string // where a log-out leads; "" for nowhere
}

// NewProvider gives a provider that need not be there yet.
func NewProvider(o Options) *Provider {
	if o.Audience == "" {
		o.Audience = o.ClientID
	}
	if o.HTTP == nil {
		const patience = 10 * time.Second
		o.HTTP = &http.Client{Timeout: patience}
	}
	return &Provider{options: o}
}

// Dial gives a provider that answers. One that does not is policy.CodeUnavailable.
func Dial(ctx context.Context, o Options) (*Provider, error) {
	p := NewProvider(o)
	if err := p.Ask(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// Ask asks the provider for what it says about itself, unless it has said so or was
// asked a moment ago. The error has policy.CodeUnavailable.
func (p *Provider) Ask(ctx context.Context) error {
	_, err := p.ask(ctx)
	return err
}

func (p *Provider) ask(ctx context.Context) (*said, error) {
	p.mu.Lock()
	known, away, early := p.said, p.away, p.now().Before(p.again)
	p.mu.Unlock()
	switch {
	case known != nil:
		return known, nil
	case away != nil && early:
		return nil, away
	}
	answer := p.asking.DoChan("", func() (any, error) { return p.heard(p.discover(context.WithoutCancel(ctx))) })
	select {
	case <-ctx.Done():
		return nil, errors.Join(p.isAway(), ctx.Err())
	case got := <-answer:
		known, _ = got.Val.(*said)
		return known, got.Err
	}
}

// How long a provider that is away is left alone: twice as long each time.
const (
	pauseLeast = time.Second
	pauseMost  = time.Minute
)

// heard keeps what the provider has said, or that it is away. That it went away or came
// back is told once.
func (p *Provider) heard(known *said, err error) (*said, error) {
	p.mu.Lock()
	changed := (err == nil) != (p.away == nil) // who is there at first tells nothing
	p.said, p.away = known, err
	p.pause = min(max(2*p.pause, pauseLeast), pauseMost)
	p.again = p.now().Add(p.pause)
	p.mu.Unlock()
	if changed && p.options.Told != nil {
		p.options.Told(err)
	}
	return known, err
}

func (p *Provider) isAway() *policy.Error {
	return policy.Refuse(policy.CodeUnavailable, "the provider at %s does not answer as one", p.options.Issuer)
}

// discover asks the provider.
func (p *Provider) discover(ctx context.Context) (*said, error) {
	o := p.options
	known, err := oidc.NewProvider(oidc.ClientContext(ctx, o.HTTP), o.Issuer)
	if err != nil {
		return nil, errors.Join(p.isAway(), err)
	}
	var endpoint struct {
		EndSession string `json:"end_session_endpoint"`
		Keys       string `json:"jwks_uri"`
	}
	if err := known.Claims(&endpoint); err != nil || endpoint.Keys == "" {
		return nil, errors.Join(p.isAway(), err)
	}
	keys := newKeySet(ctx, o.HTTP, endpoint.Keys, p.now)
	verifier := func(audience string) *oidc.IDTokenVerifier {
		return oidc.NewVerifier(o.Issuer, keys, &oidc.Config{ClientID: audience, Now: o.Now, SupportedSigningAlgs: believed})
	}
	return &said{
		bearer: verifier(o.Audience), login: verifier(o.ClientID), endSession: endpoint.EndSession,
		oauth: oauth2.Config{
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: known.Endpoint(), RedirectURL: o.RedirectURL,
			Scopes: []string{oidc.ScopeOpenID, "profile"},
		},
	}, nil
}

func (p *Provider) now() time.Time {
	if p.options.Now != nil {
		return p.options.Now()
	}
	return time.Now()
}
