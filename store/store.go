// Package store keeps the records in Postgres. Each exported method is one
// transaction; what must happen together happens in one method. It knows the
// rules only through package policy and knows nothing of workflows.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the records of all cycles.
type Store struct {
	pool    *pgxpool.Pool
	options Options
	// definitions caches the definitions in force: a version in the words of some texts never changes.
	definitions sync.Map // definitionKey → *policy.Definition
	agendas     sync.Map // *policy.Definition: its []policy.Entry
	atEnd       []func()
}

// Options says whom the records believe, and what they keep.
type Options struct {
	// Asserted believes names on the word of who says them: the local identity.
	// Otherwise persons are known by their numbers, and act by the roles that they
	// have been given.
	Asserted bool
	// Sealed refuses acts that bear no seal of one of the Keys.
	Sealed bool
	Keys   *evidence.Keyring // nil for none
	// Signer seals who is who and what is entered into registers; nil where somebody else
	// does, or where nothing is sealed.
	Signer *evidence.Signer
	// Limits is what is kept; an empty ceiling is LIMITE.
	Limits policy.Limits
	// Role is what the login at Postgres is there for; empty for who only asks.
	Role Role
	// AnySchema opens tables of another version and with any login, for who looks at both.
	AnySchema bool
	// Odd is told of what Postgres does not take although the rules let it pass, and of
	// what stands in the records and cannot be read; nil for nobody. It is for the log.
	Odd func(error)
	// Unsealed is told of each act on a cycle that was refused and bears no good seal, and
	// whether the trail has kept it; nil for nobody.
	Unsealed func(cycle string, kept bool)
	// Trace is told of each statement; nil for nobody.
	Trace pgx.QueryTracer
}

// Open connects to the records at a Postgres URL. An address that does not
// answer is policy.CodeUnavailable; tables of another version are policy.CodeWrongSchema,
// and a login that lacks what it is there for is policy.CodeNotCompetent. What is open stays open: while workers of the former
// version are still at work, migrate runs.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "the address of the database is not a Postgres URL such as postgres://user@host/policycycle")
	}
	config.AfterConnect, config.ConnConfig.Tracer = bounded, o.Trace
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, away(err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, away(err)
	}
	if o.Keys == nil {
		o.Keys = &evidence.Keyring{}
	}
	if o.Limits.Ceiling == "" {
		o.Limits.Ceiling = policy.Limite
	}
	s := &Store{pool: pool, options: o}
	if o.AnySchema {
		return s, nil
	}
	if err := s.fits(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// longest is how long a single statement may take. The longest ones that are meant
// to be, on the records of many cycles, take a second or two.
const longest = "60s"

// bounded ends a statement that takes too long, so that one question holds no
// connection for ever; an address that says its own bound keeps it.
func bounded(ctx context.Context, c *pgx.Conn) error {
	if _, given := c.Config().RuntimeParams["statement_timeout"]; given {
		return nil
	}
	_, err := c.Exec(ctx, "SET statement_timeout = '"+longest+"'")
	return err
}

// Close ends all connections.
func (s *Store) Close() {
	for _, end := range s.atEnd {
		end()
	}
	s.pool.Close()
}

// Ping says whether the records can be reached.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return away(err)
	}
	return nil
}

// transact runs do in one transaction. A lost connection is
// policy.CodeUnavailable; a missing table says to migrate; what cannot be written is
// a refusal.
func (s *Store) transact(ctx context.Context, do func(q *sqlc.Queries) error) error {
	return translate(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return do(sqlc.New(tx)) }))
}

// read runs do on one unchanging view of the records.
func (s *Store) read(ctx context.Context, do func(q *sqlc.Queries) error) error {
	return s.view(ctx, func(p *pipe) error { return do(sqlc.New(p)) })
}

func (s *Store) view(ctx context.Context, do func(p *pipe) error) error {
	return translate(s.piped(ctx, beginView, do))
}

// ask is read for one answer.
func ask[T any](ctx context.Context, s *Store, find func(q *sqlc.Queries) (T, error)) (answer T, err error) {
	err = s.read(ctx, func(q *sqlc.Queries) (err error) {
		answer, err = find(q)
		return err
	})
	return answer, err
}

// change is transact for what nobody looks up afterwards, as acts are. Where the answer
// to the commit is lost, what do did may stand in the records all the same:
// policy.CodeOutcomeUnknown.
func (s *Store) change(ctx context.Context, do func(q *sqlc.Queries) error) error {
	return changing(func(did func(error) error) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return did(do(sqlc.New(tx))) })
	})
}

// changePiped is change for much at once.
func (s *Store) changePiped(ctx context.Context, do func(p *pipe) error) error {
	return changing(func(did func(error) error) error {
		return s.piped(ctx, begin, func(p *pipe) error { return did(do(p)) })
	})
}

// changing translates the error of a transaction, which is told what came of that which was
// done in it before it commits.
func changing(transact func(did func(error) error) error) error {
	done := false
	err := transact(func(err error) error {
		done = err == nil
		return err
	})
	if done && unanswered(err) {
		return errors.Join(policy.Refuse(policy.CodeOutcomeUnknown, "the database with the records broke off before it had answered: it may or may not be recorded; repeat the same to learn which"), err)
	}
	return translate(err)
}

// unanswered says whether something was sent to Postgres of which nobody knows what
// became.
func unanswered(err error) bool {
	server, answered := errors.AsType[*pgconn.PgError](err)
	if answered {
		return lost(server.Code)
	}
	return err != nil && !pgconn.SafeToRetry(err) && !errors.Is(err, pgx.ErrTxCommitRollback)
}

// lost says whether by a code Postgres shuts down or starts up, or the connection is
// lost.
func lost(code string) bool { return strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") }

func translate(err error) error {
	const undefinedTable, tookTooLong = "42P01", "57014"
	var domain *policy.Error
	var server *pgconn.PgError
	switch {
	case err == nil || errors.As(err, &domain) || errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &server) && server.Code == undefinedTable:
		return policy.Refuse(policy.CodeUnavailable, "the database has no tables of policycycle yet: run policycycle migrate")
	case turnedAway(err) != nil:
		return away(err)
	case unkept(err) != nil:
		return errors.Join(unkept(err), err)
	case errors.As(err, &server) && server.Code == tookTooLong:
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "the database with the records takes too long to answer; nothing was changed"), err)
	case errors.As(err, &server) && !lost(server.Code):
		return fmt.Errorf("records: %w", err)
	default: // no answer from the server: the connection
		return away(err)
	}
}

// noRow gives a refusal in the place of an error which says that there is no such row.
func noRow(err, refusal error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return refusal
	}
	return err
}

func unknownCycle(id string) error {
	return policy.Refuse(policy.CodeUnknown, "there is no cycle %q; policycycle cycle list shows those there are", id)
}

// Limits gives what is kept.
func (s *Store) Limits() policy.Limits { return s.options.Limits }

// Keys gives the keys whose seals are believed, nil for none, and whether every
// act must bear one.
func (s *Store) Keys() (keys *evidence.Keyring, sealed bool) { return s.options.Keys, s.options.Sealed }
