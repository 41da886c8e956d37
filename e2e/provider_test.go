package e2e_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
)

// goes has a browser open a page, and gives where it comes to and what stands there.
func goes(t *testing.T, browser *http.Client, address string) (status int, page string, at *url.URL) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Request.URL
}

func TestAServiceStartsWhileTheProviderIsAwayAndALogOutEndsWhatWasIssuedBeforeItEverywhere(t *testing.T) {
	t.Parallel()
	s := opens(t)
	const whoami = "/v1/whoami"
	s.provider.Claims = map[string]any{"sub": "anna", "name": "Anna", "groups": []string{"empact-general-secretariat"}}
	claims := s.provider.Good()
	claims["sub"], claims["groups"] = "anna", []string{"empact-general-secretariat"}
	token := s.provider.Signs(claims)

	// A second service starts while the provider is away: the public is served.
	s.provider.Away = true
	started := s.office.launches("serve")
	started.says(t, "Ready in")
	_, said, _ := strings.Cut(started.out.String(), "Ready in")
	second := servedAt.FindString(said)
	public := &http.Client{}
	for path, want := range map[string]int{"/": 200, "/readyz": 204, "/login": 503} {
		if status, page, _ := goes(t, public, second+path); status != want {
			t.Errorf("%s while the provider is away: %d %s", path, status, page)
		}
	}
	if answer, text := answers(t, http.MethodGet, second+whoami, token, ""); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "does not answer") {
		t.Errorf("a token while the provider is away: %d %s", answer.StatusCode, text)
	}
	s.provider.Away = false
	eventually(t, "the provider is asked again", func() bool {
		answer, _ := answers(t, http.MethodGet, second+whoami, token, "")
		return answer.StatusCode == http.StatusOK
	})
	if said := started.out.String(); strings.Count(said, "the provider does not answer") != 1 || strings.Count(said, "the provider answers again") != 1 {
		t.Errorf("the log says:\n%s", said)
	}

	// She logs in at one, and out again at the other.
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	if _, page, _ := goes(t, browser, s.url+"/login"); !strings.Contains(page, "Anna") {
		t.Errorf("logged in, the page says:\n%s", page)
	}
	follows, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	follows.Header.Set("Authorization", "Bearer "+token)
	stream, err := public.Do(follows)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	out, err := http.NewRequestWithContext(t.Context(), http.MethodPost, second+"/logout", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	ended, err := browser.Do(out)
	if err != nil {
		t.Fatal(err)
	}
	ended.Body.Close()
	hint := ended.Request.URL.Query().Get("id_token_hint")
	for _, at := range []string{s.url, second} {
		for shown, says := range map[string]string{token: "logged out since this token", hint: "log-in in a browser", "rubbish": "none that is believed"} {
			if answer, text := answers(t, http.MethodGet, at+whoami, shown, ""); answer.StatusCode != http.StatusUnauthorized || !strings.Contains(text, says) {
				t.Errorf("after the log-out: %d %s, want %s", answer.StatusCode, text, says)
			}
		}
		if _, page, _ := goes(t, browser, at+"/"); strings.Contains(page, "Anna") {
			t.Errorf("still logged in at %s", at)
		}
	}
	if _, err := io.ReadAll(stream.Body); err != nil { // it ends
		t.Error(err)
	}
	s.provider.At(time.Now().Add(2 * time.Second))
	claims["iat"] = time.Now().Add(2 * time.Second).Unix()
	if answer, text := answers(t, http.MethodGet, s.url+whoami, s.provider.Signs(claims), ""); answer.StatusCode != http.StatusOK {
		t.Errorf("with a token of after the log-out: %d %s", answer.StatusCode, text)
	}

	// The provider tells one of a log-out, and the other knows.
	if _, page, _ := goes(t, browser, s.url+"/login"); !strings.Contains(page, "Anna") {
		t.Errorf("logged in again, the page says:\n%s", page)
	}
	told := s.provider.LogsOut()
	told["sub"] = "anna"
	answer, err := public.PostForm(second+identity.PathBackChannel, url.Values{"logout_token": {s.provider.Signs(told)}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if _, page, _ := goes(t, browser, s.url+"/"); answer.StatusCode != http.StatusOK || strings.Contains(page, "Anna") {
		t.Errorf("%d, and she is still logged in", answer.StatusCode)
	}
	_, figures, _ := goes(t, public, "http://"+s.metrics+"/metrics")
	for _, want := range []string{`policycycle_logins_total{result="in"} 2`, `policycycle_refused_tokens_total{reason="ended"}`, `policycycle_refused_tokens_total{reason="browser"} 1`} {
		if !strings.Contains(figures, want) {
			t.Errorf("the figures lack %s", want)
		}
	}
}
