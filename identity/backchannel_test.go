package identity_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
)

// tells has a provider say that somebody is logged out there.
func tells(t *testing.T, base, token string) *http.Response {
	t.Helper()
	answer, err := new(http.Client).PostForm(base+identity.PathBackChannel, url.Values{"logout_token": {token}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer
}

func TestSessions_EndWhereTheProviderSaysSo(t *testing.T) {
	t.Parallel()
	for name, whose := range map[string]map[string]any{
		"the account": {"sub": "anna"}, "a session of it": {"sid": "s1"}, "both": {"sub": "anna", "sid": "s1"}, "another session": {"sub": "anna", "sid": "s9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, store := identitytest.New(t, now), memstore.New()
			var out []string
			o := identity.SessionOptions{Store: store, SignedOut: func(_ context.Context, issuer, subject string, at time.Time) error {
				out = append(out, strings.TrimPrefix(issuer, p.URL)+subject+at.Sub(now).String())
				return nil
			}}
			one, here := officeOf(t, p, o)
			two, there := officeOf(t, p, o)
			_, bert := officeOf(t, p, o)
			p.Claims = map[string]any{"sid": "s1"}
			get(t, here, one+"/login")
			p.Claims = map[string]any{"sid": "s2"}
			get(t, there, two+"/login")
			p.Claims = map[string]any{"sub": "bert", "sid": "s3"}
			get(t, bert, one+"/login")
			claims := p.LogsOut()
			maps.Copy(claims, whose)
			token := p.Signs(claims)
			if answer := tells(t, two, token); answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("Set-Cookie") != "" {
				t.Errorf("%d %v", answer.StatusCode, answer.Header)
			}
			for base, browser := range map[string]*http.Client{one: here, two: there} {
				if status, _, _ := get(t, browser, base+"/me"); status != http.StatusUnauthorized {
					t.Errorf("still logged in at %s: %d", base, status)
				}
			}
			if _, who, _ := get(t, bert, one+"/me"); who != "bert" {
				t.Errorf("somebody else is logged out: %s", who)
			}
			if len(out) != 1 || out[0] != "anna0s" {
				t.Errorf("noted are %q", out)
			}
			p.Claims = nil
			get(t, here, one+"/login")
			if answer := tells(t, one, token); answer.StatusCode != http.StatusBadRequest {
				t.Errorf("told twice: %d", answer.StatusCode)
			}
			if _, who, _ := get(t, here, one+"/me"); who != "anna" {
				t.Errorf("a logout token that is told twice ends a log-in of after it: %s", who)
			}
		})
	}
}

func TestSessions_BelieveNoLogOutThatTheProviderDidNotTell(t *testing.T) {
	t.Parallel()
	p, stranger := identitytest.New(t, now), identitytest.New(t, now)
	base, browser := office(t, p)
	get(t, browser, base+"/login")
	claims := func(change func(map[string]any)) map[string]any {
		c := p.LogsOut()
		c["sub"] = "anna"
		change(c)
		return c
	}
	bad := map[string]string{"none": "", "rubbish": "x.y.z", "too large": strings.Repeat("x", 17<<10), "a token of a log-in": p.Signs(p.Good()), "another's": stranger.Signs(claims(func(map[string]any) {}))}
	for name, change := range map[string]func(map[string]any){
		"of another issuer": func(c map[string]any) { c["iss"] = stranger.URL }, "for somebody else": func(c map[string]any) { c["aud"] = "canteen" },
		"expired": func(c map[string]any) { c["exp"] = now.Add(-time.Second).Unix() }, "without an end": func(c map[string]any) { delete(c, "exp") },
		"old":           func(c map[string]any) { c["iat"] = now.Add(-time.Hour).Unix() },
		"of no time":    func(c map[string]any) { delete(c, "iat") },
		"of the future": func(c map[string]any) { c["iat"] = now.Add(time.Hour).Unix() },
		"of nothing":    func(c map[string]any) { delete(c, "events") }, "of something else": func(c map[string]any) { c["events"] = map[string]any{"x": struct{}{}} },
		"with a nonce": func(c map[string]any) { c["nonce"] = "n" }, "without an ID": func(c map[string]any) { delete(c, "jti") },
		"of nobody": func(c map[string]any) { delete(c, "sub") },
	} {
		bad[name] = p.Signs(claims(change))
	}
	for name, token := range bad {
		answer := tells(t, base, token)
		if answer.StatusCode != http.StatusBadRequest || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", name, answer.StatusCode, answer.Header)
		}
		if _, who, _ := get(t, browser, base+"/me"); who != "anna" {
			t.Fatalf("%s: she is logged out", name)
		}
	}
}
