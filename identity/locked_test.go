package identity_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
)

// table is a store of log-ins into which somebody else can write.
type table struct{ rows map[string][]byte }

func (t table) Find(token string) ([]byte, bool, error) {
	row, found := t.rows[token]
	return row, found, nil
}

func (t table) Commit(token string, data []byte, _ time.Time) error {
	t.rows[token] = data
	return nil
}

func (t table) Delete(token string) error {
	delete(t.rows, token)
	return nil
}

// browser logs somebody in under a name, and says whom the service takes it for.
func browser(t *testing.T, o identity.SessionOptions) (logIn func(name string), who func() string) {
	t.Helper()
	return browserAt(t, logsIn(t, o))
}

// logsIn is a service that logs anybody in, and says who is.
func logsIn(t *testing.T, o identity.SessionOptions) http.Handler {
	t.Helper()
	sessions := identity.NewSessions(o)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /in", func(_ http.ResponseWriter, r *http.Request) {
		if err := sessions.SignIn(r.Context(), identity.Local{}.Named(r.URL.Query().Get("name")), policy.GeneralSecretariat); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		if known, err := sessions.Who(r.Context()); err == nil {
			_, _ = w.Write([]byte(known.Name))
		}
	})
	return sessions.Load(mux)
}

func browserAt(t *testing.T, service http.Handler) (logIn func(name string), who func() string) {
	t.Helper()
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(path string) string {
		t.Helper()
		request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		said := make([]byte, 100)
		n, _ := answer.Body.Read(said)
		return string(said[:n])
	}
	return func(name string) { get("/in?name=" + name) }, func() string { return get("/who") }
}

// Whoever may write into the store of log-ins and does not have the key makes no log-in of
// what is there.
func TestNewSessions_BelievesNoCopyOfALogIn(t *testing.T) {
	t.Parallel()
	locks, err := identity.LocksOf([]byte("a secret that the database does not have"))
	if err != nil {
		t.Fatal(err)
	}
	others, err := identity.LocksOf([]byte("another secret"))
	if err != nil {
		t.Fatal(err)
	}
	rows := table{map[string][]byte{}}
	o := identity.SessionOptions{Store: rows, Locks: locks, Lasts: time.Hour}
	in, who := browser(t, o)
	in("Anna")
	if got := who(); got != "Anna" {
		t.Fatalf("logged in is %q", got)
	}
	of := maps.Clone(rows.rows)

	// Mallory logs in, and puts the row of Anna where that of Mallory is.
	inAsMallory, isMallory := browser(t, o)
	inAsMallory("Mallory")
	for token := range rows.rows {
		if _, before := of[token]; before {
			continue
		}
		for _, data := range of {
			kept := rows.rows[token]
			rows.rows[token] = data
			if got := isMallory(); got != "" && got != "Mallory" {
				t.Errorf("a copy logs in %q", got)
			}
			rows.rows[token] = kept
		}
	}
	// Written by somebody with another key.
	inByOther, _ := browser(t, identity.SessionOptions{Store: rows, Locks: others, Lasts: time.Hour})
	inByOther("Anna")
	if got := who(); got != "" {
		t.Errorf("with the word of the account replaced, logged in is %q", got)
	}
}

// A secret is changed: what the old one locked stays a log-in as long as that is there.
func TestNewSessions_KeepsLogInsWhileTheSecretChanges(t *testing.T) {
	t.Parallel()
	rows := table{map[string][]byte{}}
	options := func(secrets ...string) identity.SessionOptions {
		t.Helper()
		var known [][]byte
		for _, secret := range secrets {
			known = append(known, []byte(secret))
		}
		locks, err := identity.LocksOf(known...)
		if err != nil {
			t.Fatal(err)
		}
		return identity.SessionOptions{Store: rows, Locks: locks, Lasts: time.Hour}
	}
	var now atomic.Pointer[http.Handler]
	in, who := browserAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*now.Load()).ServeHTTP(w, r) }))
	for _, step := range []struct {
		what    string
		secrets []string
		want    string
	}{
		{"with the old secret", []string{"old"}, "Anna"},
		{"with the new one known", []string{"old", "new"}, "Anna"},
		{"with the new one in use", []string{"new", "old"}, "Anna"},
		{"without any that locked it", []string{"newest"}, ""},
	} {
		next := logsIn(t, options(step.secrets...))
		now.Store(&next)
		if step.what == "with the old secret" {
			in("Anna")
		}
		if got := who(); got != step.want {
			t.Errorf("%s, logged in is %q, want %q", step.what, got, step.want)
		}
	}
}
