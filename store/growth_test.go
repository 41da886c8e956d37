package store_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// What is read for an act is what its cycle holds, however much is recorded of others: plans
// that read a table whole are found by the rows that Postgres says it has read.
func TestRecord_ReadsNoMoreTheMoreIsRecorded(t *testing.T) {
	t.Parallel()
	few := rowsRead(t, 20, 1)
	for name, many := range map[string]map[string]map[string]int64{"cycles": rowsRead(t, 400, 1), "decisions": rowsRead(t, 20, 500)} {
		for question, tables := range many {
			for table, rows := range tables {
				const small = 30 // a table as small as that may be read once more
				if before := few[question][table]; rows > before+small {
					t.Errorf("%s reads %d rows of %s where little is recorded, and %d among many %s", question, before, table, rows, name)
				}
			}
		}
	}
}

// rowsRead gives how many rows of each table are read for each thing that is done, where so
// many cycles with so many decisions each are recorded beside.
func rowsRead(t *testing.T, cycles, decisions int) map[string]map[string]int64 {
	t.Helper()
	address := storetest.URL(t)
	a := enterArena(t, storetest.Opened(t, address, store.Options{Asserted: true}), key)
	a.must("", a.good(policy.ActAmend))
	a.must("", a.good(policy.ActSubmit))
	multiply(t, address, cycles, decisions)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("plan_cache_mode", "force_generic_plan") // which a busy connection comes to
	u.RawQuery = query.Encode()
	asked := &storetest.Questions{}
	a.store = storetest.Opened(t, u.String(), store.Options{Asserted: true, Trace: asked})
	watch, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = watch.Close(context.WithoutCancel(t.Context())) })

	read, before := map[string]map[string]int64{}, map[string]int64{}
	tell := func(what string) {
		if err := asked.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		now := rowsReadSoFar(t, watch)
		read[what] = map[string]int64{}
		for table, rows := range now {
			if n := rows - before[table]; n > 0 && what != "" {
				read[what][table] = n
			}
		}
		before = now
	}
	a.must("", a.good(policy.ActPosition)) // what is read once, such as a definition
	tell("")
	delete(read, "")
	var answer store.Answer
	decision := a.envelope("", a.good(policy.ActDecide))
	subject := decision.Act.Subject
	for _, do := range []struct {
		what string
		do   func()
	}{
		{"who it is", func() { _, err = a.store.PrincipalOf(t.Context(), anna) }},
		{"the brief", func() { _, err = a.store.FindBriefFor(t.Context(), decision.ID, subject) }},
		{"the receipt", func() { _, _, err = a.store.FindReceipt(t.Context(), decision) }},
		{"a decision", func() { answer = a.sends("decision", decision) }},
		{"a decision that settles", func() { a.must("", a.decision("item/ukraine", "sha256:u")) }},
		{"a confirmation", func() { a.must("", a.good(policy.ActConfirm)) }},
		{"a refusal", func() { a.sends("refusal", a.envelope("", a.decision("item/final", "sha256:m"))) }},
		{"a look", func() { a.looks("2021-05-20") }},
		{"who sees it", func() { _, err = a.store.FindCircle(t.Context(), key) }},
		{"the subject", func() { _, err = a.store.FindCycleOn(t.Context(), subject) }},
	} {
		if do.do(); err != nil {
			t.Fatal(err)
		}
		tell(do.what)
	}
	if answer.Refusal != nil || len(read["a decision"]) == 0 {
		t.Fatalf("the decision is refused with %v, and reads %v", answer.Refusal, read["a decision"])
	}
	return read
}

func rowsReadSoFar(t *testing.T, conn *pgx.Conn) map[string]int64 {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables")
	if err != nil {
		t.Fatal(err)
	}
	var table string
	var n int64
	read := map[string]int64{}
	if _, err := pgx.ForEachRow(rows, []any{&table, &n}, func() error { read[table] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	return read
}

// multiply records what is recorded in a cycle in so many others, with each decision there
// so many times, and has Postgres look at what its tables hold.
func multiply(t *testing.T, address string, cycles, decisions int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.Owner(t, address))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, sql := range []string{
		"SET session_replication_role = replica",
		`CREATE TEMP TABLE copies AS SELECT n, k, '-' || n AS cycle, '-' || n || '-' || k AS act FROM generate_series(1, $1::int) n, generate_series(1, $2::int) k`,
		`INSERT INTO persons (id, name, salt, service) OVERRIDING SYSTEM VALUE SELECT 1000 + n, 'Person ' || n, 'x', false FROM generate_series(1, 5000) n`,
		`INSERT INTO accounts (issuer, subject, person) SELECT 'local', 'person ' || n, 1000 + n FROM generate_series(1, 5000) n`,
		`INSERT INTO cycles SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id || cycle))).* FROM cycles c, copies WHERE k = 1`,
		`INSERT INTO definitions SELECT (jsonb_populate_record(d, jsonb_build_object('cycle', d.cycle || c.cycle))).* FROM definitions d, copies c WHERE k = 1`,
		`INSERT INTO subjects SELECT (jsonb_populate_record(s, jsonb_build_object('cycle', s.cycle || c.cycle, 'path', s.path || k, 'pending', s.pending || act))).*
			FROM subjects s, copies c WHERE k = 1 OR s.path LIKE 'item/%'`,
		`INSERT INTO trail SELECT (jsonb_populate_record(t, jsonb_build_object('cycle', t.cycle || c.cycle, 'sequence', t.sequence + 1000 * k))).*
			FROM trail t, copies c WHERE k = 1 OR t.act = 'decide'`,
		`INSERT INTO decisions SELECT (jsonb_populate_record(d, jsonb_build_object('act', d.act || c.act))).* FROM decisions d, copies c`,
		`INSERT INTO acts SELECT (jsonb_populate_record(a, jsonb_build_object('id', a.id || act, 'cycle', a.cycle || c.cycle, 'sequence', a.sequence + 1000 * k, 'path', a.path || k,
			'rests_on', a.rests_on || act))).* FROM acts a, copies c WHERE k = 1 OR a.kind = 'decide'`,
		`INSERT INTO amendments SELECT id, cycle, 1, id FROM acts WHERE kind = 'decide' AND cycle LIKE '%-%'`,
		`INSERT INTO notices SELECT cycle, path, version, turns, '2021-05-01', 'ahead', '2021-05-01', '{cosi}', now() FROM subjects`,
		"ANALYZE",
	} {
		var args []any
		if sql[:6] == "CREATE" {
			args = []any{cycles, decisions}
		}
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}
