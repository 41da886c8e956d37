package store_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// The login of policycycle adds to the records. It cannot change what is there,
// switch off what guards it, or become somebody who can.
func TestFindPrivileges_AllowsNoChangeOfWhatIsRecorded(t *testing.T) {
	t.Parallel()
	g := guard(t)
	conn, err := pgx.Connect(t.Context(), g.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, table := range []string{
		"trail", "acts", "decisions", "decision_items", "amendments", "positions", "definitions", "contents", "entries", "register_rows", "people_trail", "checkpoints", "reads",
		"sealed_from",
	} {
		for _, sql := range []string{"DELETE FROM " + table, "TRUNCATE " + table + " CASCADE", "ALTER TABLE " + table + " DISABLE TRIGGER ALL", "DROP TABLE " + table + " CASCADE"} {
			denied(t, conn, sql)
		}
	}
	for _, sql := range []string{
		"UPDATE trail SET message = ''", "UPDATE acts SET comment = ''", "UPDATE decisions SET outcome = 'not-agreed'", "UPDATE contents SET body = ''",
		"UPDATE cycles SET start_digest = ''", "UPDATE persons SET service = true", "SET ROLE policycycle", "SET session_replication_role = replica",
		"CREATE TABLE mine (id int)", "ALTER ROLE tester SUPERUSER", "DROP TRIGGER trail_stays ON trail", "UPDATE goose_db_version SET version_id = 0",
	} {
		denied(t, conn, sql)
	}
	s := g.opens(t, g.url)
	p, err := s.FindPrivileges(t.Context())
	if err != nil || p.User != "tester" || p.Superuser || p.Owner || p.MayChange || p.Schema.Fits() != nil || p.Schema.Applied == 0 || p.Version == "" {
		t.Errorf("the application may %+v, %v", p, err)
	}
	owner, err := store.Open(t.Context(), storetest.Owner(t, g.url), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if p, err = owner.FindPrivileges(t.Context()); err != nil || !p.Superuser || !p.Owner || !p.MayChange {
		t.Errorf("the owner may %+v, %v", p, err)
	}
}

// Who lacks what they are there for does not start, and is told what gives it.
func TestOpen_RefusesALoginThatLacksWhatItIsFor(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	owner, err := pgx.Connect(t.Context(), storetest.Owner(t, address))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	if _, err := owner.Exec(t.Context(), `CREATE ROLE "of none" LOGIN PASSWORD 'x'`); err != nil {
		t.Fatal(err)
	}
	none, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	none.User = url.UserPassword("of none", "x")
	serve, worker, auditor := storetest.As(t, address, storetest.Serve), storetest.As(t, address, storetest.Worker), storetest.As(t, address, storetest.Auditor)
	for name, test := range map[string]struct {
		url  string
		role store.Role
		says string // "" where it opens
	}{
		"serve":                               {serve, store.RoleServe, ""},
		"a worker":                            {worker, store.RoleWorker, ""},
		"one process":                         {address, store.RoleApp, ""},
		"one process as serve":                {address, store.RoleServe, ""},
		"an auditor who asks":                 {auditor, "", ""},
		"the auditor's login for a worker":    {auditor, store.RoleWorker, "may not record acts"},
		"the auditor's login for serve":       {auditor, store.RoleServe, "may not record acts"},
		"the worker's login for serve":        {worker, store.RoleServe, `GRANT policycycle_serve TO "tester_policycycle_worker"`},
		"the worker's where names are said":   {worker, store.RoleApp, "GRANT policycycle_app TO"},
		"no role, for a worker":               {none.String(), store.RoleWorker, `GRANT policycycle_worker TO "of none"`},
		"no role, for who asks":               {none.String(), "", `may not read the records`},
		"a worker that may do what serve may": {serve, store.RoleWorker, ""},
	} {
		s, err := store.Open(t.Context(), test.url, store.Options{Role: test.role})
		if err == nil {
			s.Close()
		}
		if test.says == "" && err != nil || test.says != "" && (policy.CodeOf(err) != policy.CodeNotCompetent || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

func denied(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	const insufficient = "42501"
	_, err := conn.Exec(t.Context(), sql)
	if refused, is := errors.AsType[*pgconn.PgError](err); !is || refused.Code != insufficient {
		t.Errorf("%s: %v", sql, err)
	}
}
