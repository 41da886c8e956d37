package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
)

// mayBeAway keeps log-ins in a place that may be away.
type mayBeAway struct {
	scs.Store
	away atomic.Bool
}

func (s *mayBeAway) gone() error {
	if s.away.Load() {
		return errors.New("failed to connect to `user=serve`:\n\t127.0.0.1:5432: connection refused")
	}
	return nil
}

func (s *mayBeAway) Find(token string) ([]byte, bool, error) {
	data, found, err := s.Store.Find(token)
	return data, found, errors.Join(err, s.gone())
}

func (s *mayBeAway) Commit(token string, data []byte, expiry time.Time) error {
	return errors.Join(s.gone(), s.Store.Commit(token, data, expiry))
}

func (s *mayBeAway) Delete(token string) error { return errors.Join(s.gone(), s.Store.Delete(token)) }

// While Postgres is away, whoever asks reads so in their language, on a page, and the log
// has one line of it.
func TestNew_AnswersAPageWhileLogInsCannotBeReadOrKept(t *testing.T) {
	t.Parallel()
	p := identitytest.New(t, time.Now())
	p.Claims = map[string]any{"sub": "anna", "name": "Anna", "groups": []string{"empact-gs"}}
	claims, err := identity.ReadClaims(strings.NewReader("roles:\n  - {claim: groups, value: empact-gs, give: [official@general-secretariat]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{"en": "log-ins cannot be read or kept now", "fr": "les connexions ne peuvent pas être lues", "de": "Anmeldungen können gerade nicht gelesen"}
	for _, loggedIn := range []bool{false, true} {
		logIns := &mayBeAway{Store: memstore.New()}
		w := opensWith(t, &house{}, nil, func(address string) identity.SessionOptions {
			provider, err := identity.Dial(t.Context(), identity.Options{Issuer: p.URL, ClientID: "policycycle", Claims: claims, RedirectURL: address + identity.PathCallback})
			if err != nil {
				t.Fatal(err)
			}
			return identity.SessionOptions{Provider: provider, Lasts: time.Hour, Store: logIns}
		})
		asked := []struct{ method, path string }{{http.MethodGet, "/login"}, {http.MethodGet, "/login?next=/cycles"}}
		if loggedIn {
			for at := "/login"; at != ""; {
				answer, err := w.browser.Get(resolve(t, w.url, at))
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if cookies := answer.Header.Values("Set-Cookie"); len(cookies) > 1 {
					t.Errorf("%s sends the cookie %d times", at, len(cookies))
				}
				at = answer.Header.Get("Location")
			}
			asked = append(asked, []struct{ method, path string }{{http.MethodGet, "/"}, {http.MethodGet, "/inbox"}, {http.MethodGet, "/nowhere"}, {http.MethodPost, "/logout"}}...)
		}
		logIns.away.Store(true)
		for _, ask := range asked {
			for lang, sentence := range said {
				before := w.log.Len()
				request, err := http.NewRequestWithContext(t.Context(), ask.method, w.url+ask.path, strings.NewReader(url.Values{}.Encode()))
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Accept-Language", lang)
				request.Header.Set("Content-Type", typed)
				answer, err := w.browser.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				page := string(text)
				h, line := answer.Header, w.log.String()[before:]
				if answer.StatusCode != http.StatusServiceUnavailable || h.Get("Retry-After") == "" || h.Get("Content-Language") != lang || h.Get("Location") != "" {
					t.Errorf("%s in %s: status %d, %v", ask.path, lang, answer.StatusCode, h)
				}
				if !strings.Contains(page, sentence) || strings.Count(page, "</html>") != 1 || strings.Contains(page, "Found</a>") || strings.Contains(page, "user=serve") {
					t.Errorf("%s in %s:\n%s", ask.path, lang, page)
				}
				if strings.Count(line, "\n") != 1 || !strings.Contains(line, `"level":"warn"`) || strings.Contains(line, "superfluous") {
					t.Errorf("%s in %s, the log says:\n%s", ask.path, lang, line)
				}
			}
		}
	}
}
