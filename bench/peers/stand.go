package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/embedded"
)

// The subjects that ratios are made of.
const (
	product   = "policycycle"
	confirmed = "policycycle-confirmed"
)

// subject is somebody who records approvals.
type subject struct {
	name string
	// approve records an approval on one of the runs, and returns once it is recorded
	// and answered.
	approve func(ctx context.Context, run int, comment string) error
	// crowd says that many may approve at once on the same run.
	crowd bool
	// settle returns once Postgres counts all that was written.
	settle func(context.Context) error
	pid    int // of a process of its own beside Postgres; 0 for none
	// database is where it keeps its own records; temporal says that Temporal keeps more.
	database string
	temporal bool
}

// stand is one engine with all subjects on it.
type stand struct {
	options
	dir     string
	engine  *embedded.Engine
	control *pgx.Conn // with the rights of the owner
	proxy   *proxy    // between the subjects and Postgres; nil for none
	opening int       // how often the subjects were opened

	subjects []*subject
	ends     []func()
}

// openStand starts the engine. Nothing stands on it yet.
func openStand(ctx context.Context, o options) (st *stand, err error) {
	dir, err := os.MkdirTemp("", "policycycle-peers-")
	if err != nil {
		return nil, err
	}
	st = &stand{options: o, dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.close())
		}
	}()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // Postgres runs as another user
		return nil, err
	}
	if st.engine, err = embedded.Start(ctx, embedded.Options{Dir: dir + "/engine", Log: zerolog.Nop()}); err != nil {
		return nil, err
	}
	if st.control, err = pgx.Connect(ctx, st.engine.DatabaseURL); err != nil {
		return nil, err
	}
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var is string
		if err := st.control.QueryRow(ctx, "SHOW "+setting).Scan(&is); err != nil {
			return nil, err
		}
		if is != "on" {
			return nil, fmt.Errorf("%s is %s: what is measured would not last", setting, is)
		}
	}
	return st, nil
}

// open opens all subjects anew, each on a database of its own.
func (st *stand) open(ctx context.Context, restate string) error {
	st.opening++
	var err error
	if st.subjects, err = openPolicycycle(ctx, st); err != nil {
		return of(product, err)
	}
	others := []func(context.Context, *stand) (*subject, error){openDBOS, openPostgres}
	if restate != "" {
		others = append(others, func(ctx context.Context, st *stand) (*subject, error) { return openRestate(ctx, st, restate) })
	}
	for _, open := range others {
		s, err := open(ctx, st)
		if err != nil {
			return err
		}
		st.subjects = append(st.subjects, s)
	}
	return nil
}

// atEnd has something done when the subjects are closed, the last first.
func (st *stand) atEnd(do func()) { st.ends = append(st.ends, do) }

// closeSubjects ends the subjects; the engine stays.
func (st *stand) closeSubjects() {
	for ; len(st.ends) > 0; st.ends = st.ends[:len(st.ends)-1] {
		st.ends[len(st.ends)-1]()
	}
	st.subjects = nil
}

func (st *stand) close() error {
	st.closeSubjects()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if st.control != nil {
		_ = st.control.Close(ctx)
	}
	if st.engine != nil {
		err = st.engine.Stop(ctx)
	}
	return errors.Join(err, os.RemoveAll(st.dir))
}

// named gives a name that no opening before has used.
func (st *stand) named(name string) string { return fmt.Sprintf("%s-%d", name, st.opening) }

// database gives the name of a database that no opening before has used.
func (st *stand) database(name string) string { return fmt.Sprintf("%s_%d", name, st.opening) }

// address is that of a database, through the proxy if there is one.
func (st *stand) address(database string) string {
	u, err := url.Parse(st.engine.DatabaseURL)
	if err != nil {
		return st.engine.DatabaseURL
	}
	u.Path = "/" + database
	if st.proxy != nil {
		u.Host = st.proxy.address()
	}
	return u.String()
}

// pool opens a pool of as many connections as DBOS and the others may use at once.
func (st *stand) pool(ctx context.Context, database string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(st.address(database))
	if err != nil {
		return nil, err
	}
	config.MaxConns = 20 // as DBOS has by itself
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	st.atEnd(pool.Close)
	return pool, nil
}

// settled waits until connections that others keep have told Postgres what they wrote:
// they do so ten seconds after their last transaction.
func (st *stand) settled(ctx context.Context) error { return pause(ctx, st.settling) }

// flushing has the connections of a pool tell Postgres at once what they wrote.
func flushing(pool *pgxpool.Pool) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, conn := range pool.AcquireAllIdle(ctx) {
			_, err := conn.Exec(ctx, "SELECT pg_stat_force_next_flush()")
			conn.Release()
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// of says whose error it is.
func of(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// is tells whether the answer is the one that is wanted.
func is(want string) func(string, error) error {
	return func(got string, err error) error {
		if err == nil && got != want {
			return fmt.Errorf("%q was answered for %q", got, want)
		}
		return err
	}
}

func pause(ctx context.Context, long time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(long):
		return nil
	}
}
