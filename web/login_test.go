package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
)

// asksProvider opens the pages with the log-ins of a provider.
func asksProvider(t *testing.T, p *identitytest.Provider) *window {
	t.Helper()
	claims, err := identity.ReadClaims(strings.NewReader("roles:\n  - {claim: groups, value: empact-gs, give: [official@general-secretariat]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return opensWith(t, &house{}, nil, func(address string) identity.SessionOptions {
		return identity.SessionOptions{Lasts: time.Hour, Provider: identity.NewProvider(identity.Options{
			Issuer: p.URL, ClientID: "policycycle", Claims: claims, RedirectURL: address + identity.PathCallback,
		})}
	})
}

// Whoever comes back without a log-in reads why, in their language, and goes on from there.
func TestLogIn_SaysWhyItFailedAndLeadsOn(t *testing.T) {
	t.Parallel()
	for language, titles := range map[string][2]string{
		"en": {"The log-in did not succeed", "it was declined at the provider"},
		"fr": {"La connexion n’a pas abouti", "la connexion a été refusée auprès du fournisseur"},
		"de": {"Die Anmeldung ist nicht gelungen", "die Anmeldung wurde beim Anbieter abgelehnt"},
	} {
		p := identitytest.New(t, time.Now())
		p.Declines = "access_denied"
		w := asksProvider(t, p)
		w.asks(http.MethodPost, "/preferences", typed, strings.NewReader("language="+language))
		_, _, begun := w.asks(http.MethodGet, "/login?next=/cycles/small", "", http.NoBody)
		if cookies := begun.Values("Set-Cookie"); len(cookies) != 1 {
			t.Errorf("the cookie is sent %d times: %q", len(cookies), cookies)
		}
		answer, err := w.browser.Get(begun.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		status, page, _ := w.asks(http.MethodGet, strings.TrimPrefix(answer.Header.Get("Location"), w.url), "", http.NoBody)
		for _, want := range []string{"<html", `lang="` + language + `"`, titles[0], titles[1], `href="/login?next=%2Fcycles%2Fsmall"`, `href="/"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %s:\n%s", language, want, page)
			}
		}
		if status != http.StatusForbidden {
			t.Errorf("%s: status %d", language, status)
		}
	}
}

// The public is served while the provider is away; who wants to log in reads that it is.
func TestLogIn_SaysThatTheProviderIsAway(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, time.Now())
	p.Away = true
	w := asksProvider(t, p)
	if status, _, _ := w.asks(http.MethodGet, "/", "", http.NoBody); status != http.StatusOK {
		t.Errorf("the first page: %d", status)
	}
	status, page, _ := w.asks(http.MethodGet, "/login?next=/inbox&again", "", http.NoBody)
	if status != http.StatusServiceUnavailable || !strings.Contains(page, "does not answer: try again in a moment") || !strings.Contains(page, `href="/login?next=%2Finbox&amp;again"`) {
		t.Errorf("%d:\n%s", status, page)
	}
	status, page, _ = w.asks(http.MethodGet, "/callback?state=x&code=y", "", http.NoBody)
	if status != http.StatusBadRequest || !strings.Contains(page, "was not begun here") {
		t.Errorf("a log-in that is unknown: %d:\n%s", status, page)
	}
}
