package store_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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

func denied(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	const insufficient = "42501"
	_, err := conn.Exec(t.Context(), sql)
	if refused, is := errors.AsType[*pgconn.PgError](err); !is || refused.Code != insufficient {
		t.Errorf("%s: %v", sql, err)
	}
}
