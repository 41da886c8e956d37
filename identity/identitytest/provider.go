// Package identitytest is an OpenID Connect provider for tests: the outside world.
package identitytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Audience is for whom the access tokens are.
const Audience = "api.policycycle"

// LoggedOut is what a logout token says to have happened.
const LoggedOut = "http://schemas.openid.net/event/backchannel-logout"

// Provider is an OpenID Connect provider of a test.
type Provider struct {
	*httptest.Server
	tb     testing.TB
	mu     sync.Mutex
	key    *ecdsa.PrivateKey
	keyID  string
	logins map[string]login // by code, or by refresh token
	now    time.Time
	// Claims are those of who logs in next, beside the good ones.
	Claims map[string]any
	// Since is when who comes logged in with the provider; zero is now. Stubborn has
	// it answer so even where it is told to ask anew.
	Since    time.Time
	Stubborn bool
	// Refreshes has it give refresh tokens, each good for once, and Mute say nothing of
	// who it is when one is used. Ended ends what was begun.
	Refreshes, Mute, Ended bool
	// Declines has it send who logs in back with an error of OAuth.
	Declines string
	// Away has it answer nothing but that it is away. KeysLast is the Cache-Control of
	// its keys, for which it was Asked so often; what it is, it was asked as often as it was
	// Discovered.
	Away              bool
	KeysLast          string
	Asked, Discovered int
}

type login struct {
	challenge, nonce string
	since            time.Time
}

// New starts a provider that ends with the test. Its tokens are of the instant now.
func New(tb testing.TB, now time.Time) *Provider {
	tb.Helper()
	p := &Provider{tb: tb, now: now, logins: map[string]login{}}
	p.Rotate("first")
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		away := p.Away
		switch r.URL.Path {
		case "/keys":
			p.Asked++
		case "/.well-known/openid-configuration":
			p.Discovered++
		}
		p.mu.Unlock()
		if away {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	tb.Cleanup(p.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"end_session_endpoint": p.URL + "/end", "id_token_signing_alg_values_supported": []string{"ES256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.KeysLast != "" {
			w.Header().Set("Cache-Control", p.KeysLast)
		}
		p.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: p.keyID, Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	return p
}

func (p *Provider) answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		p.tb.Error(err)
	}
}

// Rotate gives the provider another key.
func (p *Provider) Rotate(id string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.tb.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key, p.keyID = key, id
}

// authorize lets whoever comes log in at once.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" {
		http.Error(w, "no PKCE", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	begun := login{q.Get("code_challenge"), q.Get("nonce"), p.now}
	within, err := strconv.Atoi(q.Get("max_age"))
	tooOld := err == nil && p.now.Sub(p.Since) > time.Duration(within)*time.Second
	if !p.Since.IsZero() && (p.Stubborn || !tooOld && q.Get("prompt") != "login") {
		begun.since = p.Since
	}
	p.logins[code] = begun
	back := url.Values{"code": {code}, "state": {q.Get("state")}}
	if p.Declines != "" {
		back = url.Values{"error": {p.Declines}, "state": {q.Get("state")}}
	}
	p.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token gives the tokens for a code, once, to who began the log-in; or for a refresh
// token.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	again := r.FormValue("grant_type") == "refresh_token"
	code := r.FormValue("code") + r.FormValue("refresh_token")
	p.mu.Lock()
	begun, there := p.logins[code]
	delete(p.logins, code)
	claims := p.Good()
	claims["auth_time"] = begun.since.Unix()
	maps.Copy(claims, p.Claims)
	refresh := ""
	if p.Refreshes {
		refresh = rand.Text()
		p.logins[refresh] = begun
	}
	mute, ended := again && p.Mute, again && p.Ended
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !there || ended || !again && base64.RawURLEncoding.EncodeToString(sum[:]) != begun.challenge {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	if claims["nonce"] == nil && begun.nonce != "" && !again {
		claims["nonce"] = begun.nonce
	}
	access := p.Good() // for whom tokens of the API are made
	access["aud"] = Audience
	tokens := map[string]any{"access_token": p.Signs(access), "token_type": "Bearer", "id_token": p.Signs(claims)}
	if refresh != "" {
		tokens["refresh_token"] = refresh
	}
	if mute {
		delete(tokens, "id_token")
	}
	p.answer(w, tokens)
}

// At has the provider take another instant for now.
func (p *Provider) At(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
}

// Good are the claims of a token in order.
func (p *Provider) Good() map[string]any {
	return map[string]any{
		"iss": p.URL, "sub": "anna", "aud": "policycycle", "exp": p.now.Add(time.Hour).Unix(), "iat": p.now.Unix(), "name": "Anna Berg",
		"groups": []string{"empact-gs", "empact-nec-fr", "empact-nec-narnia", "canteen"},
	}
}

// LogsOut are the claims of a logout token in order, without whose log-in ends.
func (p *Provider) LogsOut() map[string]any {
	return map[string]any{
		"iss": p.URL, "aud": "policycycle", "iat": p.now.Unix(), "exp": p.now.Add(2 * time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{LoggedOut: struct{}{}},
	}
}

// Signs makes a token with the key of the provider.
func (p *Provider) Signs(claims map[string]any) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Sign(p.tb, jose.ES256, jose.JSONWebKey{Key: p.key, KeyID: p.keyID}, claims)
}

// Sign makes a token with any key.
func Sign(tb testing.TB, algorithm jose.SignatureAlgorithm, key any, claims map[string]any) string {
	tb.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		tb.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		tb.Fatal(err)
	}
	signed, err := signer.Sign(text)
	if err != nil {
		tb.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		tb.Fatal(err)
	}
	return token
}
