package postgres

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// kept starts a server and keeps it; ended gets what Keep says in the end.
func keep(t *testing.T, server *Server) (ended chan error, stop func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	go func() { ended <- server.Keep(ctx) }()
	return ended, stop
}

func kill(t *testing.T, server *Server) {
	t.Helper()
	if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// The pool stands for everything that uses the server and is not told of its end.
func TestKeep_StartsAKilledServerAgainWhereItWas(t *testing.T) {
	t.Parallel()
	server := start(t, Options{Dir: folder(t)})
	pool, err := pgxpool.New(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), "CREATE TABLE cycle AS SELECT 'EMPACT 2026-2029' AS name"); err != nil {
		t.Fatal(err)
	}
	ended, stop := keep(t, server)
	for range 2 {
		killed, began := server.PID(), time.Now()
		kill(t, server)
		until(t.Context(), func() bool { //nolint:errcheck // the test's own end
			var name string
			err := pool.QueryRow(t.Context(), "SELECT name FROM cycle").Scan(&name)
			return server.PID() != killed && err == nil && name == "EMPACT 2026-2029"
		})
		t.Logf("answers again after %v", time.Since(began).Round(time.Millisecond))
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestKeep_KeepsAnAdoptedServerToo(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	parent, orphan := child(t, dir)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	server := start(t, Options{Dir: dir})
	ended, stop := keep(t, server)
	kill(t, server)
	until(t.Context(), func() bool { return server.PID() != orphan }) //nolint:errcheck // the test's own end
	if one := query[int](t, server.URL("postgres"), "SELECT 1"); one != 1 {
		t.Error("it does not answer")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestKeep_GivesUpWithASentenceWhatCannotStart(t *testing.T) {
	t.Parallel()
	server := start(t, Options{Dir: folder(t)})
	ended, stop := keep(t, server)
	defer stop()
	if err := os.Rename(server.data()+"/global", server.data()+"/away"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	kill(t, server)
	err := <-ended
	t.Logf("given up after %v", time.Since(began).Round(time.Millisecond))
	if err == nil || !strings.Contains(err.Error(), "has ended by itself and 6 restarts did not help") || !strings.Contains(err.Error(), server.logFile()) {
		t.Errorf("it said %v", err)
	}
}
