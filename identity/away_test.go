package identity_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/policy"
)

// A provider that is away when a service starts is asked again, and not by everybody
// who comes; that it is away, and that it is back, is told once.
func TestProviderAsk_GoesOnUntilItAnswers(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	p.Away = true
	var told []error
	clock := now
	known := identity.NewProvider(identity.Options{
		Issuer: p.URL, ClientID: "policycycle", Claims: readClaims(t), Now: func() time.Time { return clock },
		Told: func(away error) { told = append(told, away) },
	})
	token := lasting(p)
	for minute := range 30 {
		clock = now.Add(time.Duration(minute) * time.Minute)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := known.Verify(t.Context(), token); policy.CodeOf(err) != policy.CodeUnavailable {
					t.Errorf("a token while it is away: %v", err)
				}
			})
		}
		all.Wait()
	}
	if p.Discovered > 40 {
		t.Errorf("600 requests asked it %d times", p.Discovered)
	}
	p.Away = false
	clock = clock.Add(time.Minute)
	if who, err := known.Verify(t.Context(), token); err != nil || who.Subject != "anna" {
		t.Errorf("once it is back: %+v, %v", who, err)
	}
	if len(told) != 2 || policy.CodeOf(told[0]) != policy.CodeUnavailable || told[1] != nil {
		t.Errorf("told %v", told)
	}
}

func TestSessions_SayWhatBecameOfALogIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes   func(p *identitytest.Provider) // what happens once the log-in is begun
		back   func(callback string) string   // where the browser comes back to
		status int
		says   string
	}{
		"it is declined": {func(p *identitytest.Provider) { p.Declines = "access_denied" }, nil, 403, "declined /me"},
		"it is broken":   {func(p *identitytest.Provider) { p.Declines = "temporarily_unavailable" }, nil, 502, "away /me"},
		"it is away":     {nil, func(c string) string { return c }, 502, "away /me"},
		"somebody else declines it": {nil, func(c string) string {
			return strings.Split(c, "?")[0] + "?error=access_denied&state=of-somebody-else"
		}, 400, "unknown /me"},
		"its answer is another's": {func(p *identitytest.Provider) { p.Claims = map[string]any{"nonce": "another"} }, nil, 403, "disbelief /me"},
		"it is not begun":         {nil, func(c string) string { return strings.Split(c, "?")[0] }, 400, "unknown /me"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := identitytest.New(t, now)
			var results []identity.Result
			base, browser := officeOf(t, p, identity.SessionOptions{Told: func(_ context.Context, o identity.Outcome) {
				if (o.Err == nil) != (o.Who != nil) {
					t.Errorf("%+v", o)
				}
				results = append(results, o.Result)
			}})
			if test.goes != nil {
				test.goes(p)
			}
			address := base + "/login?next=/me"
			if test.back != nil {
				callback := stopsBefore(t, browser, address)
				p.Away = name == "it is away"
				address = test.back(callback)
			}
			status, said, _ := get(t, browser, address)
			if status != test.status || strings.TrimSpace(said) != test.says {
				t.Errorf("%d %s, want %d %s", status, said, test.status, test.says)
			}
			p.Away, p.Declines, p.Claims = false, "", nil
			if _, who, _ := get(t, browser, base+"/login?next=/me"); who != "anna" {
				t.Errorf("logged in anew: %s", who)
			}
			if want := strings.Fields(test.says)[0]; len(results) != 2 || string(results[0]) != want || results[1] != identity.ResultIn {
				t.Errorf("told %v", results)
			}
		})
	}
}

// stopsBefore goes to the provider, and gives where it sends the browser back to.
func stopsBefore(t *testing.T, browser *http.Client, address string) (callback string) {
	t.Helper()
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == identity.PathCallback {
			callback = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	get(t, browser, address)
	browser.CheckRedirect = nil
	return callback
}

func TestSessions_LogNobodyInWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	p.Away = true
	base, browser := officeOf(t, p, identity.SessionOptions{Provider: identity.NewProvider(identity.Options{
		Issuer: p.URL, ClientID: "policycycle", Claims: readClaims(t), Now: func() time.Time { return now },
	})})
	status, said, at := get(t, browser, base+"/login?next=/me")
	if u, _ := url.Parse(base); status != http.StatusServiceUnavailable || strings.TrimSpace(said) != "away /me" || at.Host != u.Host {
		t.Errorf("%d %s at %s", status, said, at)
	}
}

// One cookie, and one that no other host can set, where the browser comes encrypted.
func TestSessions_SendTheCookieOnce(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, now)
	for _, secure := range []bool{false, true} {
		base, browser := officeOf(t, p, identity.SessionOptions{Secure: secure})
		browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		answer, err := browser.Get(base + "/login")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		cookies := answer.Header.Values("Set-Cookie")
		if len(cookies) != 1 || strings.HasPrefix(cookies[0], "__Host-policycycle=") != secure || strings.Contains(cookies[0], "Secure") != secure ||
			!strings.Contains(cookies[0], "Path=/;") || strings.Contains(cookies[0], "Domain") {
			t.Errorf("secure %v: %q", secure, cookies)
		}
	}
}
