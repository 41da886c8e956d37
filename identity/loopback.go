package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/policycycle/policycycle/policy"
)

// LoginOnLoopback logs in somebody who sits at this machine: it tells the address to
// open in a browser, takes the browser back on a port of this machine (RFC 8252),
// and gives the token by which a service knows the person: the one for the audience,
// where tokens are for one of its own. It waits until the context ends. With again the
// provider is to ask anew who it is. No nonce is asked for, by which a service would
// take the token for that of a browser; the log-in is tied to this program by PKCE.
func LoginOnLoopback(ctx context.Context, o Options, again bool, tell func(address string)) (token string, err error) {
	if o.Claims == nil {
		o.Claims = &Claims{}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("no port for the browser to come back to: %w", err)
	}
	defer func() { _ = listener.Close() }()
	o.RedirectURL = "http://" + listener.Addr().String() + PathCallback
	p := NewProvider(o)
	provider, err := p.ask(ctx)
	if err != nil {
		return "", err
	}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	type result struct {
		token string
		err   error
	}
	came := make(chan result, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathCallback, func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		var token string
		var err error
		switch {
		case query.Get("state") != state || !query.Has("error") && query.Get("code") == "":
			http.Error(w, "This log-in was not begun here. Log in again.", http.StatusBadRequest)
			return
		case query.Has("error"):
			err = policy.Refuse(policy.CodeNotIdentified, "nobody was logged in: it was declined at the provider")
			http.Error(w, "Nobody was logged in. You can close this window.", http.StatusForbidden)
		default:
			if token, err = p.bearerFor(r.Context(), query.Get("code"), verifier); err == nil {
				_, _ = fmt.Fprintln(w, "You are logged in. You can close this window.")
			} else {
				http.Error(w, "The provider's answer is not believed. Log in again.", http.StatusForbidden)
			}
		}
		select {
		case came <- result{token, err}:
		default: // it came twice
		}
	})
	const patience = 10 * time.Second
	server := &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	defer func() { _ = server.Shutdown(context.WithoutCancel(ctx)) }()
	go func() { _ = server.Serve(listener) }()
	how := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if again {
		how = append(how, anew()...)
	}
	tell(provider.oauth.AuthCodeURL(state, how...))
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-came:
		return r.token, r.err
	}
}

// bearerFor gives the token that commands show, for the code that the provider gave
// the browser.
func (p *Provider) bearerFor(ctx context.Context, code, verifier string) (string, error) {
	given, err := p.exchange(ctx, code, verifier, "")
	switch {
	case err != nil:
		return "", err
	case p.options.Audience == p.options.ClientID:
		return given.id, nil
	}
	_, err = p.Verify(ctx, given.access)
	return given.access, err
}
