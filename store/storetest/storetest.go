// Package storetest gives each test records of its own on a real Postgres. A
// Postgres that cannot be had fails the tests; nothing is skipped.
package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/tools/guardian"
)

// template is the database that is migrated once and copied for each test.
const template = "policycycle_template"

var (
	adminURL string                // as the owner of everything
	appURL   string                // as a login that may add to the records and not change them
	loginURL = map[string]string{} // as a login in one role, by the role
	count    atomic.Int64
)

// The roles of logins that are apart.
const (
	Serve   = "policycycle_serve"
	Worker  = "policycycle_worker"
	Auditor = "policycycle_auditor"
)

// Main runs the tests of a package beside a private Postgres, which ends with
// them, however they end. Call it from TestMain.
func Main(m *testing.M) {
	os.Exit(guardian.Tests(func() int { return run(m) }))
}

func run(m *testing.M) int {
	ctx := context.Background()
	server, err := postgres.Start(ctx, postgres.Options{Scratch: true, Log: zerolog.Nop()})
	if err != nil {
		return fail(err)
	}
	defer server.Stop(ctx)
	if err := server.CreateDatabase(ctx, template); err != nil {
		return fail(err)
	}
	if err := store.Migrate(ctx, server.URL(template)); err != nil {
		return fail(err)
	}
	adminURL = server.URL("postgres")
	if appURL, err = server.Login(ctx, "tester", "policycycle_app", template); err != nil {
		return fail(err)
	}
	for _, role := range []string{Serve, Worker, Auditor} {
		if loginURL[role], err = server.Login(ctx, "tester_"+role, role, template); err != nil {
			return fail(err)
		}
	}
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "no Postgres for the tests:", err)
	return 1
}

// New gives a store on an empty database.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	return Opened(tb, URL(tb), store.Options{Asserted: true})
}

// Opened gives a store on a database.
func Opened(tb testing.TB, url string, o store.Options) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), url, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// URL gives the address of an empty, migrated database, for a login that may not
// change what is recorded: that is how policycycle runs, so every test shows that it
// is enough.
func URL(tb testing.TB) string {
	tb.Helper()
	address := fresh(tb, template)
	tb.Cleanup(func() { sound(tb, address) })
	return address
}

// Owner gives the address of a database for its owner, who may do to it what he likes.
func Owner(tb testing.TB, of string) string {
	tb.Helper()
	touched.Store(nameIn(tb, of), true)
	u, err := url.Parse(of)
	if err != nil {
		tb.Fatal(err)
	}
	return at(tb, adminURL, u.Path)
}

// As gives the address of a database for a login in one role alone.
func As(tb testing.TB, of, role string) string {
	tb.Helper()
	u, err := url.Parse(of)
	if err != nil {
		tb.Fatal(err)
	}
	return at(tb, loginURL[role], u.Path)
}

func at(tb testing.TB, address, path string) string {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = path
	return u.String()
}

// Copy gives the address of a copy of a database to which nobody is connected.
func Copy(tb testing.TB, of string) string {
	tb.Helper()
	u, err := url.Parse(of)
	if err != nil {
		tb.Fatal(err)
	}
	return fresh(tb, u.Path[1:])
}

// fresh gives the address of a copy of a database. It is not dropped: all go with the
// server, and to drop each makes Postgres write all that it holds and the file system
// slow to make the next.
func fresh(tb testing.TB, of string) string {
	tb.Helper()
	name := fmt.Sprintf("test_%d", count.Add(1))
	admin(tb, "CREATE DATABASE "+name+" TEMPLATE "+of)
	return at(tb, appURL, "/"+name)
}

// Bare gives the address of a database in which nothing is yet, for its owner.
func Bare(tb testing.TB) string {
	tb.Helper()
	return Owner(tb, fresh(tb, "template0"))
}

// Tamper runs SQL as a superuser would who wants to leave no trace: with the
// triggers that guard the records switched off.
func Tamper(tb testing.TB, url, sql string) {
	tb.Helper()
	touched.Store(nameIn(tb, url), true)
	conn, err := pgx.Connect(tb.Context(), Owner(tb, url))
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(tb.Context())
	var changed int64
	for statement := range strings.SplitSeq("SET session_replication_role = replica; "+sql, "; ") {
		tag, err := conn.Exec(tb.Context(), statement)
		if err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
		changed += tag.RowsAffected()
	}
	if changed == 0 {
		tb.Fatalf("%s changes nothing", sql)
	}
}

func admin(tb testing.TB, sql string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // which has ended in a cleanup
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		tb.Fatal(err)
	}
}
