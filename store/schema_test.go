package store_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// asOwner runs SQL on a test's records as whoever migrates them.
func asOwner(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.Owner(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_StaysAwayFromNewerRecords(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	atWork, err := store.Open(t.Context(), url, store.Options{Asserted: true})
	if err != nil {
		t.Fatal(err)
	}
	defer atWork.Close()
	asOwner(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")

	_, opened := store.Open(t.Context(), url, store.Options{Asserted: true})
	migrated := store.Migrate(t.Context(), storetest.Owner(t, url))
	for what, err := range map[string]error{"opening": opened, "migrating": migrated} {
		if policy.CodeOf(err) != policy.CodeWrongSchema || !strings.Contains(err.Error(), "newer policycycle (schema 99, this one knows ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := atWork.ListMoving(t.Context()); err != nil {
		t.Errorf("one that was at work before cannot go on: %v", err)
	}
	look, err := store.Open(t.Context(), url, store.Options{AnySchema: true})
	if err != nil {
		t.Fatal(err)
	}
	defer look.Close()
	if p, err := look.FindPrivileges(t.Context()); err != nil || p.Schema.Applied != 99 || !p.Schema.Newer || p.Schema.Pending != 0 {
		t.Errorf("found %+v, %v", p.Schema, err)
	}
}

func TestOpen_WantsItsMigrations(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"the last is missing": "DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)",
		"one is missing":      "DELETE FROM goose_db_version WHERE version_id = 2",
		"all are missing":     "DROP TABLE goose_db_version",
	} {
		url := storetest.URL(t)
		asOwner(t, url, sql)
		_, err := store.Open(t.Context(), url, store.Options{Asserted: true})
		if policy.CodeOf(err) != policy.CodeWrongSchema || !strings.Contains(err.Error(), "run policycycle migrate") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
