package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// LoginOnLoopback logs in somebody who sits at this machine: it tells the address to
// open in a browser, takes the browser back on a port of this machine (RFC 8252),
// and gives the token by which a service knows the person. It waits until the
// context ends. With again the provider is to ask anew who it is.
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
	p, err := Dial(ctx, o)
	if err != nil {
		return "", err
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	type result struct {
		token string
		err   error
	}
	came := make(chan result, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathCallback, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("state") != state || r.URL.Query().Get("code") == "" {
			http.Error(w, "This log-in was not begun here. Log in again.", http.StatusBadRequest)
			return
		}
		_, token, err := p.exchange(r.Context(), r.URL.Query().Get("code"), verifier, nonce)
		if err != nil {
			http.Error(w, "The provider's answer is not believed. Log in again.", http.StatusForbidden)
		} else {
			_, _ = fmt.Fprintln(w, "You are logged in. You can close this window.")
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
	how := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if again {
		how = append(how, anew()...)
	}
	tell(p.oauth.AuthCodeURL(state, how...))
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-came:
		return r.token, r.err
	}
}
