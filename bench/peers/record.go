package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// approval is what the peers record.
type approval struct {
	ID, Plan, Body, Outcome, Document, Comment string
}

// approvalOf gives an approval on a plan. Its comment makes it one of its own.
func approvalOf(plan, comment string) approval {
	return approval{plan + " " + comment, plan, "support-team", "postponed", "WK 1/26 INIT", comment}
}

// schema holds what a decision of policycycle writes, in about as many rows.
const schema = `
	CREATE TABLE plans (key text PRIMARY KEY, version int NOT NULL, acts int NOT NULL DEFAULT 0, since timestamptz NOT NULL DEFAULT now());
	CREATE TABLE acts (id text PRIMARY KEY, plan text NOT NULL REFERENCES plans, said jsonb NOT NULL, recorded timestamptz NOT NULL DEFAULT now());
	CREATE TABLE decisions (act text PRIMARY KEY REFERENCES acts, body text NOT NULL, outcome text NOT NULL, document text NOT NULL, comment text NOT NULL);
	CREATE TABLE trail (sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan text NOT NULL REFERENCES plans, act text NOT NULL, at timestamptz NOT NULL DEFAULT now());`

const insertPlan = "INSERT INTO plans (key, version) VALUES ($1, 1)"

// lock lets one decide on a plan at a time.
const lock = "SELECT version, acts FROM plans WHERE key = $1 FOR UPDATE"

// statement is one of a transaction.
type statement struct {
	sql       string
	arguments []any
}

// writes are what is recorded of an approval, once its plan is locked.
func writes(a approval) []statement {
	said := map[string]string{"kind": "decide", "body": a.Body, "outcome": a.Outcome, "document": a.Document, "comment": a.Comment}
	return []statement{
		{"INSERT INTO acts (id, plan, said) VALUES ($1, $2, $3)", []any{a.ID, a.Plan, said}},
		{
			"INSERT INTO decisions (act, body, outcome, document, comment) VALUES ($1, $2, $3, $4, $5)",
			[]any{a.ID, a.Body, a.Outcome, a.Document, a.Comment},
		},
		{"INSERT INTO trail (plan, act) VALUES ($1, $2)", []any{a.Plan, a.ID}},
		{"UPDATE plans SET acts = acts + 1, since = now() WHERE key = $1", []any{a.Plan}},
	}
}

// recordWith locks and writes within a transaction, a statement after the other, as
// one would by hand.
func recordWith(a approval, do func(sql string, arguments ...any) error) error {
	for _, s := range append([]statement{{lock, []any{a.Plan}}}, writes(a)...) {
		if err := do(s.sql, s.arguments...); err != nil {
			return err
		}
	}
	return nil
}

// openRecords makes a database with the tables and plans in it.
func openRecords(ctx context.Context, st *stand, name string, plans int) (*pgxpool.Pool, error) {
	if _, err := st.control.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return nil, err
	}
	pool, err := st.pool(ctx, name)
	if err != nil {
		return nil, err
	}
	if _, err := pool.Exec(ctx, schema); err != nil {
		return nil, err
	}
	for n := range plans {
		if _, err := pool.Exec(ctx, insertPlan, planKey(n)); err != nil {
			return nil, err
		}
	}
	return pool, nil
}

func planKey(n int) string { return fmt.Sprintf("plan-%d", n) }

// openPostgres gives the limit: the same writes in one transaction, in two round trips,
// since what is locked is read before anything is judged.
func openPostgres(ctx context.Context, st *stand) (*subject, error) {
	pool, err := openRecords(ctx, st, st.database("postgres_alone"), st.runs)
	if err != nil {
		return nil, err
	}
	return &subject{name: "postgres", crowd: true, settle: flushing(pool), database: pool.Config().ConnConfig.Database, approve: func(ctx context.Context, run int, comment string) error {
		a := approvalOf(planKey(run%st.runs), comment)
		return pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
			locks, writing := &pgx.Batch{}, &pgx.Batch{}
			locks.Queue("BEGIN")
			locks.Queue(lock, a.Plan)
			if err := conn.SendBatch(ctx, locks).Close(); err != nil {
				return err
			}
			for _, s := range writes(a) {
				writing.Queue(s.sql, s.arguments...)
			}
			writing.Queue("COMMIT")
			return conn.SendBatch(ctx, writing).Close()
		})
	}}, nil
}
