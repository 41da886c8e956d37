package identity_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/go-jose/go-jose/v4"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const claimsFile = `
roles:
  - {claim: groups, value: empact-gs, give: [official@general-secretariat]}
  - {claim: groups, value: empact-nec-*, give: [nec@$1]}
service: {claim: client, value: "svc-*"}
`

func readClaims(tb testing.TB) *identity.Claims {
	tb.Helper()
	c, err := identity.ReadClaims(strings.NewReader(claimsFile))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func dials(tb testing.TB, p *identitytest.Provider, redirect string) *identity.Provider {
	tb.Helper()
	known, err := identity.Dial(tb.Context(), identity.Options{
		Issuer: p.URL, ClientID: "policycycle", Claims: readClaims(tb), RedirectURL: redirect, Now: func() time.Time { return now },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return known
}

func TestProviderVerify_SaysWhoSomebodyIsAndTheirRoles(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	who, err := dials(t, p, "").Verify(t.Context(), p.Signs(p.Good()))
	if err != nil {
		t.Fatal(err)
	}
	if who.Issuer != p.URL || who.Subject != "anna" || who.Name != "Anna Berg" || who.Service || len(who.Grants) != 2 ||
		who.Grants[0] != (policy.Grant{Role: policy.RoleNEC, Body: "fr"}) || who.Grants[1] != (policy.Grant{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat}) ||
		len(who.Ignored) != 1 || who.Ignored[0] != "nec@narnia" {
		t.Errorf("%+v", who)
	}
	service := p.Good()
	service["client"] = "svc-archive"
	if who, err = dials(t, p, "").Verify(t.Context(), p.Signs(service)); err != nil || !who.Service {
		t.Errorf("a service: %+v, %v", who, err)
	}
}

func TestProviderVerify_RefusesABadTokenAndNeverRepeatsIt(t *testing.T) {
	t.Parallel()
	p, stranger := identitytest.New(t, now), identitytest.New(t, now)
	known := dials(t, p, "")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	claims := func(change func(map[string]any)) string {
		c := p.Good()
		change(c)
		return p.Signs(c)
	}
	good := p.Signs(p.Good())
	parts := strings.Split(good, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	bad := map[string]string{
		"none": "", "a word": "hello", "two parts": parts[0] + "." + parts[1], "four parts": good + ".x", "an empty signature": parts[0] + "." + parts[1] + ".",
		"no header": "." + parts[1] + "." + parts[2], "no claims": parts[0] + ".." + parts[2], "not base64": "*." + parts[1] + "." + parts[2],
		"header no JSON":         b64([]byte("x")) + "." + parts[1] + "." + parts[2],
		"claims no JSON":         parts[0] + "." + b64([]byte("x")) + "." + parts[2],
		"claims a list":          parts[0] + "." + b64([]byte("[]")) + "." + parts[2],
		"signature cut":          good[:len(good)-4],
		"signature of another":   parts[0] + "." + parts[1] + "." + strings.Split(claims(func(c map[string]any) { c["sub"] = "eva" }), ".")[2],
		"claims changed":         parts[0] + "." + b64([]byte(`{"iss":"`+p.URL+`","sub":"root","aud":"policycycle","exp":9999999999}`)) + "." + parts[2],
		"algorithm none":         b64([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".",
		"algorithm none, signed": b64([]byte(`{"alg":"none"}`)) + "." + parts[1] + "." + parts[2],
		"algorithm None":         b64([]byte(`{"alg":"None"}`)) + "." + parts[1] + "." + parts[2],
		"a shared secret":        identitytest.Sign(t, jose.HS256, []byte(strings.Repeat("k", 64)), p.Good()),
		"a key of its own":       identitytest.Sign(t, jose.RS256, rsaKey, p.Good()),
		"a key in the header":    embedded(t, p.Good()),
		"another provider's":     stranger.Signs(stranger.Good()),
		"by another provider":    stranger.Signs(p.Good()),
		"too large":              good + strings.Repeat("x", 16<<10),
		"with a line break":      good + "\n" + good, "with Bearer": "Bearer " + good, "in quotes": `"` + good + `"`,
	}
	for name, change := range map[string]func(map[string]any){
		"expired":           func(c map[string]any) { c["exp"] = now.Add(-time.Second).Unix() },
		"expired long ago":  func(c map[string]any) { c["exp"] = 1 },
		"no expiry":         func(c map[string]any) { delete(c, "exp") },
		"an expiry in text": func(c map[string]any) { c["exp"] = "tomorrow" },
		"not good yet":      func(c map[string]any) { c["nbf"] = now.Add(time.Hour).Unix() },
		"no issuer":         func(c map[string]any) { delete(c, "iss") },
		"issuer with slash": func(c map[string]any) { c["iss"] = p.URL + "/" },
		"another issuer":    func(c map[string]any) { c["iss"] = "https://login.example.eu" },
		"issuer a list":     func(c map[string]any) { c["iss"] = []string{p.URL} },
		"no audience":       func(c map[string]any) { delete(c, "aud") },
		"another audience":  func(c map[string]any) { c["aud"] = "canteen" },
		"audiences, not us": func(c map[string]any) { c["aud"] = []string{"canteen", "Policycycle"} },
		"an empty audience": func(c map[string]any) { c["aud"] = "" },
		"no subject":        func(c map[string]any) { delete(c, "sub") },
		"an empty subject":  func(c map[string]any) { c["sub"] = "" },
		"subject a number":  func(c map[string]any) { c["sub"] = 7 },

		"a subject too long":        func(c map[string]any) { c["sub"] = strings.Repeat("a", 256) },
		"a subject with a line":     func(c map[string]any) { c["sub"] = "anna\nINFO eve" },
		"a subject that is escaped": func(c map[string]any) { c["sub"] = "anna\x1b[31m" },
		"a subject not seen":        func(c map[string]any) { c["sub"] = " \u200b" },

		"from a clock ahead":           func(c map[string]any) { c["iat"] = now.Add(2 * time.Minute).Unix() },
		"issued on no day":             func(c map[string]any) { c["iat"] = 1e300 },
		"asked in the future":          func(c map[string]any) { c["auth_time"] = now.Add(time.Hour).Unix() },
		"asked in the future, in text": func(c map[string]any) { c["auth_time"] = strconv.FormatInt(now.Add(time.Hour).Unix(), 10) },
		"asked at a word":              func(c map[string]any) { c["auth_time"] = "just now" },
		"asked at no number":           func(c map[string]any) { c["auth_time"] = "NaN" },
		"asked at a list":              func(c map[string]any) { c["auth_time"] = []int64{now.Unix()} },
		"asked at true":                func(c map[string]any) { c["auth_time"] = true },
		"not good yet, in text":        func(c map[string]any) { c["nbf"] = strconv.FormatInt(now.Add(2*time.Minute).Unix(), 10) },
		"given to another client":      func(c map[string]any) { c["azp"] = "canteen" },
		"given to a list of clients":   func(c map[string]any) { c["azp"] = []string{"policycycle"} },
		"a logout token":               func(c map[string]any) { c["events"] = map[string]any{identitytest.LoggedOut: struct{}{}} },
		"of a log-in in a browser":     func(c map[string]any) { c["nonce"] = "n" },
	} {
		bad[name] = claims(change)
	}
	if len(bad) < 40 {
		t.Errorf("%d bad tokens: forty are wanted", len(bad))
	}
	for name, token := range bad {
		who, err := known.Verify(t.Context(), token)
		if _, says := errors.AsType[*identity.TokenError](err); !says {
			t.Errorf("%s: nobody can tell why: %v", name, err)
		}
		refusal, is := err.(interface{ Unwrap() []error })
		said := ""
		switch {
		case is:
			said = refusal.Unwrap()[0].Error()
		case err != nil:
			said = err.Error()
		}
		if who != nil || policy.CodeOf(err) != policy.CodeNotIdentified || len(token) > 20 && strings.Contains(said, token[:20]) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

func TestProviderVerify_ReadsWhenThePersonWasAskedHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	asked := now.Add(-30 * time.Minute)
	for name, value := range map[string]any{
		"a number": asked.Unix(), "a fraction": float64(asked.Unix()) + 0.5, "text": strconv.FormatInt(asked.Unix(), 10),
		"a fraction in text": strconv.FormatInt(asked.Unix(), 10) + ".5", "a power": json.RawMessage(strconv.FormatFloat(float64(asked.Unix()), 'e', -1, 64)),
	} {
		claims := p.Good()
		claims["auth_time"], claims["iat"] = value, now.Add(30*time.Second).Unix() // within what clocks differ
		who, err := dials(t, p, "").Verify(t.Context(), p.Signs(claims))
		if err != nil || !who.Since.Equal(asked) || who.Fresh(time.Minute, now) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

// An audience of its own is for tokens that the provider gives to programs; those of
// log-ins in browsers are never for it.
func TestProviderVerify_TakesTheTokensOfProgramsForAnAudienceOfItsOwn(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	known, err := identity.Dial(t.Context(), identity.Options{
		Issuer: p.URL, ClientID: "policycycle", Audience: identitytest.Audience, Claims: readClaims(t), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	claims := p.Good()
	claims["azp"] = "archive"
	if _, err := known.Verify(t.Context(), p.Signs(claims)); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("made for log-ins: %v", err)
	}
	claims["aud"] = []string{identitytest.Audience, "canteen"}
	if _, err := known.Verify(t.Context(), p.Signs(claims)); err != nil {
		t.Errorf("given to a program: %v", err)
	}
}

// embedded is a token that brings its own key.
func embedded(tb testing.TB, claims map[string]any) string {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		tb.Fatal(err)
	}
	text, _ := json.Marshal(claims)
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

func TestProviderVerify_FollowsAChangeOfKeys(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	known := dials(t, p, "")
	if _, err := known.Verify(t.Context(), p.Signs(p.Good())); err != nil {
		t.Fatal(err)
	}
	p.Rotate("second")
	if _, err := known.Verify(t.Context(), p.Signs(p.Good())); err != nil {
		t.Errorf("with its new key: %v", err)
	}
	p.Rotate("third")
	fresh := p.Signs(p.Good())
	p.Close()
	if _, err := known.Verify(t.Context(), fresh); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("while its keys cannot be had: %v", err)
	}
	if _, err := identity.Dial(t.Context(), identity.Options{Issuer: p.URL, ClientID: "x", Claims: readClaims(t)}); policy.CodeOf(err) != policy.CodeUnavailable {
		t.Errorf("a provider that is away: %v", err)
	}
}

// office is a service with a log-in, and a browser.
func office(t *testing.T, p *identitytest.Provider) (base string, browser *http.Client) {
	t.Helper()
	return officeOf(t, p, identity.SessionOptions{})
}

// kept is a store that counts what is put into it, and for how long.
type kept struct {
	*memstore.MemStore
	mu      sync.Mutex
	longest time.Duration
	rows    int
	data    []byte
}

func (k *kept) Commit(token string, data []byte, expiry time.Time) error {
	k.mu.Lock()
	k.rows++
	k.longest, k.data = max(k.longest, time.Until(expiry)), append(k.data, data...)
	k.mu.Unlock()
	return k.MemStore.Commit(token, data, expiry)
}

func officeOf(t *testing.T, p *identitytest.Provider, o identity.SessionOptions) (base string, browser *http.Client) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o.Lasts = time.Hour
	if o.Provider == nil {
		o.Provider = dials(t, p, server.URL+identity.PathCallback)
	}
	sessions := identity.NewSessions(o)
	mux.Handle("/", sessions.Load(sessions.Handler(func(w http.ResponseWriter, _ *http.Request, f identity.Failure) {
		http.Error(w, string(f.Result)+" "+f.Next, f.Status)
	})))
	mux.Handle("GET /me", sessions.Load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := sessions.Who(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, who.Subject)
	})))
	mux.Handle("GET /decides", sessions.Load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strconv.FormatBool(sessions.Fresh(r.Context())))
	})))
	mux.Handle("GET /prefers", sessions.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sessions.ActFor(r.Context(), policy.Europol)
	})))
	return server.URL, opensBrowser(t)
}

func opensBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func get(t *testing.T, browser *http.Client, address string) (int, string, *url.URL) {
	t.Helper()
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Request.URL
}

func TestSessions_LogSomebodyInAndOutAgain(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	base, browser := office(t, p)
	if status, _, _ := get(t, browser, base+"/me"); status != http.StatusUnauthorized {
		t.Errorf("before: %d", status)
	}
	status, body, at := get(t, browser, base+"/login?next=/me")
	if status != http.StatusOK || body != "anna" || at.Path != "/me" {
		t.Errorf("after the log-in: %d %q at %s", status, body, at)
	}
	u, _ := url.Parse(base)
	for _, cookie := range browser.Jar.Cookies(u) {
		if strings.Contains(cookie.Value, "anna") {
			t.Errorf("the cookie tells who it is: %s", cookie)
		}
	}
	elsewhere := opensBrowser(t)
	get(t, elsewhere, base+"/login")
	stranger := opensBrowser(t)
	p.Claims = map[string]any{"sub": "bert"}
	get(t, stranger, base+"/login")
	answer, err := browser.Post(base+"/logout", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	ended := answer.Request.URL
	if ended.Path != "/end" || ended.Query().Get("post_logout_redirect_uri") != base+"/" || ended.Query().Get("client_id") != "policycycle" {
		t.Errorf("the log-out ends at %s", ended)
	}
	hint := ended.Query().Get("id_token_hint")
	if claims, err := base64.RawURLEncoding.DecodeString(strings.Split(hint+"..", ".")[1]); err != nil || !bytes.Contains(claims, []byte(`"sub":"anna"`)) {
		t.Errorf("the provider is not told whose log-in ends: %s %v", claims, err)
	}
	if _, err := dials(t, p, "").Verify(t.Context(), hint); policy.CodeOf(err) != policy.CodeNotIdentified {
		t.Errorf("what stands in the address of the log-out opens the API: %v", err)
	}
	for name, browser := range map[string]*http.Client{"here": browser, "in another browser": elsewhere} {
		if status, _, _ := get(t, browser, base+"/me"); status != http.StatusUnauthorized {
			t.Errorf("after the log-out, %s: %d", name, status)
		}
	}
	if _, body, _ := get(t, stranger, base+"/me"); body != "bert" {
		t.Errorf("the log-out of one ended that of another: %s", body)
	}
	p.Claims = nil
	if _, body, _ := get(t, browser, base+"/login?next=/me"); body != "anna" {
		t.Errorf("logged in once more: %s", body)
	}
}

func TestSessions_SoonForgetALogInOnlyBegun(t *testing.T) {
	t.Parallel()
	p, store := identitytest.New(t, now), &kept{MemStore: memstore.New()}
	base, browser := officeOf(t, p, identity.SessionOptions{Store: store})
	get(t, browser, base+"/prefers")
	if store.rows != 0 {
		t.Errorf("nobody left %d sessions by choosing a body", store.rows)
	}
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	get(t, browser, base+"/login")
	if store.rows != 1 || store.longest > 10*time.Minute {
		t.Errorf("%d sessions, kept for %s", store.rows, store.longest)
	}
	browser.CheckRedirect = nil
	if _, body, _ := get(t, browser, base+"/login?next=/me"); body != "anna" || store.longest < 59*time.Minute {
		t.Errorf("once logged in it is kept for %s: %s", store.longest, body)
	}
	if bytes.Contains(store.data, []byte("eyJ")) {
		t.Error("the token of the provider stands in the store for all to read")
	}
}

func TestSessions_AreAsFreshAsTheProviderLastAsked(t *testing.T) {
	t.Parallel()
	const fresh = 15 * time.Minute
	for name, test := range map[string]struct {
		since    time.Duration // how long ago the provider asked
		stubborn bool
		claims   map[string]any
		path     string
		status   int
		decides  string
	}{
		"just now":                        {0, false, nil, "/login", 200, "true"},
		"ten minutes ago":                 {10 * time.Minute, false, nil, "/login", 200, "true"},
		"an hour ago, and so once more":   {time.Hour, false, nil, "/login", 200, "true"},
		"an hour ago, and it does not":    {time.Hour, true, nil, "/login", 200, "false"},
		"it does not say when":            {0, false, map[string]any{"auth_time": nil}, "/login", 200, "false"},
		"again":                           {10 * time.Minute, false, nil, "/login?again", 200, "true"},
		"again, and it does not ask":      {10 * time.Minute, true, nil, "/login?again", 403, "false"},
		"again, and it does not say when": {0, false, map[string]any{"auth_time": nil}, "/login?again", 403, "false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := identitytest.New(t, now)
			p.Claims, p.Stubborn = test.claims, test.stubborn
			if test.since > 0 {
				p.Since = now.Add(-test.since)
			}
			base, browser := officeOf(t, p, identity.SessionOptions{Fresh: fresh})
			path := test.path + map[bool]string{true: "&", false: "?"}[strings.Contains(test.path, "?")] + "next=/me"
			if status, body, _ := get(t, browser, base+path); status != test.status {
				t.Errorf("the log-in: %d %s", status, body)
			}
			if _, decides, _ := get(t, browser, base+"/decides"); decides != test.decides {
				t.Errorf("fresh: %s, want %s", decides, test.decides)
			}
		})
	}
}

func TestSessions_TakeALogInOnceFromWhoBeganIt(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	base, browser := office(t, p)
	var callback string
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == identity.PathCallback {
			callback = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	get(t, browser, base+"/login")
	thief := &http.Client{}
	if status, _, _ := get(t, thief, callback); status != http.StatusBadRequest {
		t.Errorf("another browser: %d", status)
	}
	wrong := strings.Replace(callback, "state=", "state=x", 1)
	if status, _, _ := get(t, browser, wrong); status != http.StatusBadRequest {
		t.Errorf("another state: %d", status)
	}
	get(t, browser, base+"/login")
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if status, _, _ := get(t, browser, callback); status != http.StatusFound {
		t.Errorf("in order: %d", status)
	}
	if status, _, _ := get(t, browser, callback); status != http.StatusBadRequest {
		t.Errorf("replayed: %d", status)
	}
	browser.CheckRedirect = nil
	for name, claims := range map[string]map[string]any{
		"with the nonce of another log-in": {"nonce": "that of another log-in"},
		"for several, and nobody says who": {"aud": []string{"policycycle", "canteen"}},
		"for several, given to another":    {"aud": []string{"policycycle", "canteen"}, "azp": "canteen"},
	} {
		p.Claims = claims
		if status, _, _ := get(t, browser, base+"/login"); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	p.Claims = map[string]any{"aud": []string{"policycycle", "canteen"}, "azp": "policycycle"}
	if status, body, _ := get(t, browser, base+"/login?next=/me"); status != http.StatusOK || body != "anna" {
		t.Errorf("for several, given to us: %d %s", status, body)
	}
}

func TestSessions_SendNobodyElsewhereAfterALogIn(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "me", "", "/%0d%0a", "http:evil"} {
		base, browser := office(t, p)
		_, _, at := get(t, browser, base+"/login?next="+url.QueryEscape(next))
		if u, _ := url.Parse(base); at.Host != u.Host {
			t.Errorf("%q leads to %s", next, at)
		}
	}
}
