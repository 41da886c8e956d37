package identity_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
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

// browser logs somebody in under a name, and gives the browser and whom the service takes it for.
func browser(t *testing.T, o identity.SessionOptions) (logIn func(name string), who func() string) {
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
	server := httptest.NewServer(sessions.Load(mux))
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
	lock, err := identity.LockOf([]byte("a secret that the database does not have"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := identity.LockOf([]byte("another secret"))
	if err != nil {
		t.Fatal(err)
	}
	rows := table{map[string][]byte{}}
	o := identity.SessionOptions{Store: rows, Lock: lock, Lasts: time.Hour}
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
	inByOther, _ := browser(t, identity.SessionOptions{Store: rows, Lock: other, Lasts: time.Hour})
	inByOther("Anna")
	if got := who(); got != "" {
		t.Errorf("with the word of the account replaced, logged in is %q", got)
	}
}
