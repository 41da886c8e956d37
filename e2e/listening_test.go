package e2e_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// listening is a door that takes note of the cycles whose changes somebody follows.
type listening struct {
	http.Handler
	records  string // address of the database, as its owner
	mu       sync.Mutex
	followed map[string]bool
}

func (f *fortress) listening(door http.Handler) *listening {
	return &listening{Handler: door, records: f.url, followed: map[string]bool{}}
}

func (l *listening) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if cycle := r.URL.Query().Get("cycle"); cycle != "" && strings.HasSuffix(r.URL.Path, "/events") {
		w = &begun{w, sync.OnceFunc(func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.followed[cycle] = true
		})}
	}
	l.Handler.ServeHTTP(w, r)
}

// follows waits until somebody follows the changes of a cycle: what happened before
// nobody is told.
func (l *listening) follows(t *testing.T, cycle string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), l.records)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	eventually(t, "somebody follows "+cycle, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		var listens bool
		err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND query = 'LISTEN policycycle' AND state = 'idle')`).Scan(&listens)
		if err != nil {
			t.Fatal(err)
		}
		return listens && l.followed[cycle]
	})
}
