package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/policycycle/policycycle/store/sqlc"
)

// pipe is a transaction that takes few round trips: what asks for no answer is kept until
// the next question, and sent before it; what will be asked is sent with it. The queries of
// package sqlc run on it as on any other.
//
// What goes wrong with something that was kept is told where it is sent, with its name:
// attempt sends all that was kept within it.
type pipe struct {
	conn *pgx.Conn
	kept []statement // in their order
	// expected goes with the next question, behind it; answers are those that came so.
	expected []statement
	answers  map[question]*answer
	// trips counts how often something was sent, writes what changes something, and sent
	// those of them that were sent.
	trips, writes, sent int
	depth               int   // of attempts
	glance              bool  // nothing is changed
	trial               bool  // what is changed is not sent
	failed              error // what went wrong: nothing goes on until it is rolled back
}

type statement struct {
	sql    string
	args   []any
	answer *answer
}

// mostKept is how much is kept until it is sent, asked or not.
const mostKept = 500

// How a transaction begins: one that changes something, and one that reads an unchanging view.
const (
	begin     = "begin"
	beginView = "begin isolation level repeatable read read only"
)

// piped runs do in one transaction.
func (s *Store) piped(ctx context.Context, begin string, do func(p *pipe) error) error {
	return s.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		p := &pipe{conn: c.Conn()}
		defer p.rollback(ctx) // what was not committed
		p.keep(begin)
		if err := do(p); err != nil {
			return err
		}
		return p.commit(ctx)
	})
}

// errChanges is what somebody comes to who wants to change something at a glance.
var errChanges = errors.New("nothing is changed at a glance")

// glance puts a few questions without a transaction; who wants to change something comes to
// errChanges.
func (s *Store) glance(ctx context.Context, do func(p *pipe) error) error {
	return s.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return do(&pipe{conn: c.Conn(), glance: true}) })
}

// commit ends the transaction, with what was kept; one of which nothing was sent needs no end.
func (p *pipe) commit(ctx context.Context) error {
	if p.trips+p.writes == 0 {
		return nil
	}
	end := p.keep("commit")
	if err := p.send(ctx); err != nil {
		return err
	}
	if end.tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

func (p *pipe) rollback(ctx context.Context) {
	const idle = 'I'
	if p.conn.IsClosed() || p.conn.PgConn().TxStatus() == idle {
		return
	}
	_, _ = p.conn.Exec(ctx, "rollback") // where that fails, the pool closes the connection
}

// attempt runs do within a savepoint: all that it does, or nothing of it.
func (p *pipe) attempt(ctx context.Context, do func() error) error {
	if p.writes > p.sent { // they are not of this attempt
		if err := p.send(ctx); err != nil {
			return err
		}
	}
	p.depth++
	defer func() { p.depth-- }()
	savepoint := fmt.Sprintf("attempt_%d", p.depth)
	before, trips, writes := len(p.kept), p.trips, p.writes
	p.keep("SAVEPOINT " + savepoint)
	err := do()
	if err == nil && p.writes > writes {
		// What is looked at on the commit alone would be refused too late.
		for _, sql := range []string{"SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED", "RELEASE SAVEPOINT " + savepoint} {
			p.keep(sql)
		}
		err = p.send(ctx)
	} else if err == nil && p.trips > trips {
		p.keep("RELEASE SAVEPOINT " + savepoint)
		return nil
	}
	switch {
	case p.trips == trips: // Postgres has heard of nothing
		p.kept, p.sent = p.kept[:before], p.writes
	case err != nil:
		if p.writes > writes {
			p.answers = nil
		}
		p.kept, p.sent = nil, p.writes
		back := "ROLLBACK TO SAVEPOINT " + savepoint
		if p.failed == nil {
			p.keep(back)
		} else { // nothing else is heard until then
			_, p.failed = p.conn.Exec(ctx, back)
		}
	}
	return err
}

// expect has what will be asked sent with the next question: ask puts it, and gets no answer
// yet. An answer counts until something changes.
func (p *pipe) expect(ask func(q *sqlc.Queries)) { ask(sqlc.New(expecting{p})) }

func (p *pipe) keep(sql string, args ...any) *answer {
	a := &answer{types: p.conn.TypeMap()}
	p.kept = append(p.kept, statement{sql, args, a})
	return a
}

// send sends what was kept, and then what is expected.
func (p *pipe) send(ctx context.Context) error {
	all := slices.Concat(p.kept, p.expected)
	if p.failed != nil || len(all) == 0 {
		return p.failed
	}
	batch := &pgx.Batch{}
	for _, s := range all {
		batch.Queue(s.sql, s.args...)
	}
	expected := p.expected
	p.kept, p.expected, p.sent = nil, nil, p.writes
	p.trips++
	results := p.conn.SendBatch(ctx, batch)
	for _, s := range all {
		if err := s.answer.take(results.Query()); err != nil {
			_ = results.Close()
			p.failed = fmt.Errorf("%s: %w", s.name(), err)
			return p.failed
		}
	}
	if p.failed = results.Close(); p.failed != nil {
		return p.failed
	}
	if p.answers == nil {
		p.answers = make(map[question]*answer, len(expected))
	}
	for _, s := range expected {
		p.answers[s.question()] = s.answer
	}
	return nil
}

// Exec implements sqlc.DBTX. What asks for no answer by its name is kept.
func (p *pipe) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if p.glance {
		return pgconn.CommandTag{}, errChanges
	}
	if p.trial {
		return pgconn.CommandTag{}, nil
	}
	a := p.keep(sql, args...)
	p.wrote()
	if head, _, _ := strings.Cut(sql, "\n"); strings.HasSuffix(head, ":exec") && len(p.kept) < mostKept {
		return pgconn.CommandTag{}, nil
	}
	err := p.send(ctx)
	return a.tag, err
}

// Query implements sqlc.DBTX.
func (p *pipe) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	q := statement{sql: sql, args: args}.question()
	if slices.ContainsFunc(p.expected, func(s statement) bool { return s.question() == q }) {
		if err := p.send(ctx); err != nil {
			return nil, err
		}
	}
	if a, came := p.answers[q]; came {
		again := *a
		return &again, nil
	}
	a := p.keep(sql, args...)
	if _, does, _ := strings.Cut(sql, "\n"); !strings.HasPrefix(does, "SELECT") {
		p.wrote()
	}
	return a, p.send(ctx)
}

// wrote says that something changes: no answer counts any longer.
func (p *pipe) wrote() {
	p.answers = nil
	p.writes++
}

// QueryRow implements sqlc.DBTX.
func (p *pipe) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := p.Query(ctx, sql, args...)
	return oneRow{rows, err}
}

// CopyFrom implements sqlc.DBTX.
func (p *pipe) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if err := p.send(ctx); err != nil {
		return 0, err
	}
	p.wrote()
	p.trips++
	p.sent = p.writes
	n, err := p.conn.CopyFrom(ctx, table, columns, rows)
	p.failed = err
	return n, err
}

// question is what is asked, and of what.
type question struct{ sql, args string }

func (s statement) question() question { return question{s.sql, fmt.Sprintf("%#v", s.args)} }

// name is the name of a statement in store/queries; of the others their first word.
func (s statement) name() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(s.sql, "-- name: "), " ")
	return name
}

// expecting notes what is asked, and answers nothing.
type expecting struct{ *pipe }

var errExpected = errors.New("the answer comes with the next question")

func (e expecting) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	e.note(sql, args)
	return nil, errExpected
}

func (e expecting) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	e.note(sql, args)
	return oneRow{err: errExpected}
}

func (e expecting) note(sql string, args []any) {
	e.expected = append(e.expected, statement{sql, args, &answer{types: e.conn.TypeMap()}})
}

// answer is what Postgres has said to a statement.
type answer struct {
	types  *pgtype.Map
	fields []pgconn.FieldDescription
	rows   [][][]byte
	tag    pgconn.CommandTag
	next   int
}

// take reads the rows, the bytes of which are good only until the next.
func (a *answer) take(rows pgx.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	a.fields = slices.Clone(rows.FieldDescriptions())
	for rows.Next() {
		row := make([][]byte, len(a.fields))
		for i, value := range rows.RawValues() {
			row[i] = slices.Clone(value)
		}
		a.rows = append(a.rows, row)
	}
	a.tag = rows.CommandTag()
	return rows.Err()
}

// The methods of pgx.Rows.

func (a *answer) Close()                                       {}
func (a *answer) Err() error                                   { return nil }
func (a *answer) Conn() *pgx.Conn                              { return nil }
func (a *answer) TypeMap() *pgtype.Map                         { return a.types }
func (a *answer) CommandTag() pgconn.CommandTag                { return a.tag }
func (a *answer) FieldDescriptions() []pgconn.FieldDescription { return a.fields }
func (a *answer) RawValues() [][]byte                          { return a.rows[a.next-1] }
func (a *answer) Values() ([]any, error)                       { return nil, errors.ErrUnsupported }
func (a *answer) Scan(dest ...any) error {
	return pgx.ScanRow(a.types, a.fields, a.RawValues(), dest...)
}

func (a *answer) Next() bool {
	a.next++
	return a.next <= len(a.rows)
}

// oneRow is the first row of an answer.
type oneRow struct {
	rows pgx.Rows
	err  error
}

func (r oneRow) Scan(dest ...any) error {
	switch {
	case r.err != nil:
		return r.err
	case !r.rows.Next():
		return pgx.ErrNoRows
	default:
		return r.rows.Scan(dest...)
	}
}
