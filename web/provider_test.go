package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
)

// A provider knows nothing of what was typed: it lies here until who typed it is back
// from there, whether the log-in had ended or was not fresh enough to decide.
func TestLogIn_CarriesWhatWasTypedPastTheProvider(t *testing.T) {
	t.Parallel()
	h, now := &house{}, time.Now()
	p := identitytest.New(t, now)
	claims, err := identity.ReadClaims(strings.NewReader("roles:\n  - {claim: groups, value: empact-gs, give: [official@general-secretariat]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	clock := now
	w := opensWith(t, h, nil, func(address string) identity.SessionOptions {
		provider, err := identity.Dial(t.Context(), identity.Options{
			Issuer: p.URL, ClientID: "policycycle", Claims: claims, RedirectURL: address + identity.PathCallback, Now: func() time.Time { return clock },
		})
		if err != nil {
			t.Fatal(err)
		}
		return identity.SessionOptions{Provider: provider, Lasts: time.Hour, Fresh: 10 * time.Second}
	})
	p.Claims = map[string]any{"sub": "anna", "name": "Anna", "groups": []string{"empact-gs"}}
	// goes follows a link to the provider and back, and gives the page that follows.
	goes := func(link string) (address, page string) {
		address = link
		for range 5 {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, resolve(t, w.url, address), http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := w.browser.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			next := answer.Header.Get("Location")
			if next == "" {
				break
			}
			address = next
		}
		_, page, _ = w.asks(http.MethodGet, strings.TrimPrefix(address, w.url), "", http.NoBody)
		return address, page
	}
	link := func(page string) string {
		for n := range parsed(t, page).Descendants() {
			if href := attrOf(n, "href"); strings.HasPrefix(href, "/login?") && strings.Contains(href, "kept") {
				return href
			}
		}
		t.Fatalf("the page leads to no log-in:\n%s", page)
		return ""
	}
	const draft, decide = "/cycles/small/draft/oap/2022/firearms?action=1.1", "/cycles/small/decide/oap/2022/firearms"
	sent := url.Values{"code": {"1.1"}, "revision": {"1"}, "title": {"A long title"}}
	status, page, _ := w.asks(http.MethodPost, draft, typed, strings.NewReader(sent.Encode()))
	address, back := goes(link(page))
	if status != http.StatusUnauthorized || !strings.Contains(address, "action=1.1") || !strings.Contains(back, `value="A long title"`) {
		t.Errorf("status %d, then at %s: %s", status, address, back)
	}

	clock = now.Add(30 * time.Second) // the log-in is no longer fresh
	sent = url.Values{"outcome": {"adopted"}, "document": {"ST 9/21 INIT"}, "comment": {"as the body concluded"}, "version": {"2"}, "body": {"cosi"}}
	status, page, _ = w.asks(http.MethodPost, decide, typed, strings.NewReader(sent.Encode()))
	if status != http.StatusUnauthorized || !strings.Contains(page, `value="ST 9/21 INIT"`) || !strings.Contains(link(page), "again") {
		t.Errorf("status %d: %s", status, page)
	}
	if _, back := goes(link(page)); !strings.Contains(back, `value="ST 9/21 INIT"`) || !strings.Contains(back, "as the body concluded") {
		t.Errorf("after a fresh log-in: %s", back)
	}
	if h.acts.Load() != 0 {
		t.Error("something was done unasked")
	}
}

func resolve(t *testing.T, base, link string) string {
	t.Helper()
	at, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	to, err := at.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return to.String()
}
