package identity_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/identity/identitytest"
)

// watched is a service that says which roles somebody has by their log-in, on a clock.
type watched struct {
	t       *testing.T
	p       *identitytest.Provider
	base    string
	browser *http.Client
	clock   time.Time
	mu      sync.Mutex
	turns   map[string]time.Time
	results []identity.Result
}

func watches(t *testing.T, refreshes bool) *watched {
	t.Helper()
	w := &watched{t: t, p: identitytest.New(t, now), clock: now, turns: map[string]time.Time{}, browser: opensBrowser(t)}
	w.p.Refreshes = refreshes
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.base = server.URL
	sessions := identity.NewSessions(identity.SessionOptions{
		Provider: identity.NewProvider(identity.Options{
			Issuer: w.p.URL, ClientID: "policycycle", Claims: readClaims(t), RedirectURL: w.base + identity.PathCallback, Now: func() time.Time { return w.clock },
		}),
		Store: memstore.New(), Lasts: 24 * time.Hour, Turn: w.turn,
		Told: func(_ context.Context, o identity.Outcome) { w.results = append(w.results, o.Result) },
	})
	mux.Handle("/", sessions.Load(sessions.Handler(func(rw http.ResponseWriter, _ *http.Request, f identity.Failure) {
		http.Error(rw, string(f.Result), f.Status)
	})))
	who := func(ctx context.Context, rw io.Writer) {
		who, err := sessions.Who(ctx)
		if err != nil {
			_, _ = io.WriteString(rw, "nobody")
			return
		}
		_, _ = io.WriteString(rw, who.Name)
		for _, g := range who.Grants {
			_, _ = io.WriteString(rw, " "+g.String())
		}
	}
	mux.Handle("GET /who", sessions.Load(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { who(r.Context(), rw) })))
	mux.HandleFunc("GET /stream", func(rw http.ResponseWriter, r *http.Request) {
		ctx, err := sessions.Look(r)
		if err != nil {
			t.Error(err)
		}
		who(ctx, rw)
	})
	w.opens("/login")
	return w
}

// turn gives the turn by the clock of the test.
func (w *watched) turn(_ context.Context, word string, until time.Time) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clock.Before(w.turns[word]) {
		return false, nil
	}
	w.turns[word] = w.clock.Add(time.Until(until))
	return true, nil
}

func (w *watched) at(after time.Duration) {
	w.clock = now.Add(after)
	w.p.At(w.clock)
}

// opens has the browser open a page as somebody does, and gives what stands on it.
func (w *watched) opens(path string) string {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.base+path, http.NoBody)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Mode", "navigate")
	request.Header.Set("Sec-Fetch-Dest", "document")
	answer, err := w.browser.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(string(page))
}

const (
	asOfficial = "Anna Berg nec@fr official@general-secretariat"
	asDelegate = "Anna Meer nec@fr"
)

// A role taken away at the provider alone is gone from an open log-in within five minutes.
func TestSessions_AskAgainWhatTheProviderTookAway(t *testing.T) {
	t.Parallel()
	for _, door := range []string{"/who", "/stream"} {
		w := watches(t, true)
		if got := w.opens(door); got != asOfficial {
			t.Fatalf("%s: %s", door, got)
		}
		w.p.Claims = map[string]any{"name": "Anna Meer", "groups": []string{"empact-nec-fr"}}
		w.at(5*time.Minute - time.Second)
		if got := w.opens(door); got != asOfficial {
			t.Errorf("%s: asked too soon: %s", door, got)
		}
		for minute := 5; minute <= 120; minute += 5 {
			w.at(time.Duration(minute) * time.Minute)
			if got := w.opens(door); got != asDelegate {
				t.Fatalf("%s, after %d minutes: %s", door, minute, got)
			}
		}
		w.p.Ended = true
		w.at(125 * time.Minute)
		if got := w.opens(door); got != "nobody" {
			t.Errorf("%s: the log-in has ended at the provider: %s", door, got)
		}
		if last := w.results[len(w.results)-1]; last != identity.ResultLapsed {
			t.Errorf("%s: told %v", door, w.results)
		}
	}
}

// Many requests of a browser at once use a refresh token once, which is good for once.
func TestSessions_AskAgainOnceForManyRequests(t *testing.T) {
	t.Parallel()
	w := watches(t, true)
	for round := 1; round <= 5; round++ {
		w.at(time.Duration(round) * 5 * time.Minute)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if got := w.opens("/who"); got != asOfficial {
					t.Errorf("round %d: %s", round, got)
				}
			})
		}
		all.Wait()
	}
}

func TestSessions_GoOnForAnHourWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	w := watches(t, true)
	w.p.Away = true
	for minute := range 60 {
		w.at(time.Duration(minute) * time.Minute)
		if got := w.opens("/who"); got != asOfficial {
			t.Fatalf("after %d minutes: %s", minute, got)
		}
	}
	w.p.Away = false
	w.at(61 * time.Minute) // it is asked first
	if got := w.opens("/who"); got != asOfficial {
		t.Errorf("once it is back: %s", got)
	}
	w.p.Away = true
	w.at(122 * time.Minute)
	if got := w.opens("/who"); got != "nobody" {
		t.Errorf("after more than an hour: %s", got)
	}
}

// Where there is no refresh token, or it says nothing, the browser goes by the provider.
func TestSessions_GoByTheProviderWhereItGivesNoRefreshToken(t *testing.T) {
	t.Parallel()
	for name, refreshes := range map[string]bool{"none": false, "one that says nothing": true} {
		w := watches(t, refreshes)
		w.p.Mute = true
		w.p.Claims = map[string]any{"name": "Anna Meer", "groups": []string{"empact-nec-fr"}}
		w.at(15*time.Minute - time.Second)
		if got := w.opens("/who"); got != asOfficial {
			t.Errorf("%s: asked too soon: %s", name, got)
		}
		w.at(15 * time.Minute)
		program := &http.Client{Jar: w.browser.Jar} // that does not open pages
		if _, got, _ := get(t, program, w.base+"/stream"); got != "nobody" {
			t.Errorf("%s: an open page goes on: %s", name, got)
		}
		if got := w.opens("/who"); got != asDelegate {
			t.Errorf("%s: after the way by the provider: %s", name, got)
		}
		w.p.Declines = "login_required"
		w.at(31 * time.Minute)
		if got := w.opens("/who"); got != "declined" {
			t.Errorf("%s: no longer logged in there: %s", name, got)
		}
		if got := w.opens("/who"); got != "nobody" {
			t.Errorf("%s: the public pages cannot be seen: %s", name, got)
		}
	}
}
