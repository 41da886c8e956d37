// Package embedded runs everything policycycle stands on, a private Postgres
// and the Temporal server, from one data folder and in one process.
//
// What is in the folder: postgres/ (data, password, port, postgres.log),
// temporal/ (ports, temporal.log), and lock, which keeps a second process out.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
	"github.com/policycycle/policycycle/embedded/postgres"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/embedded/temporal"
)

// Database is the name of policycycle's own database.
const Database = "policycycle"

// MaxPayload is the largest payload that the private Temporal takes, in bytes.
const MaxPayload = temporal.MaxPayload

// ErrLean says that a lean build has no engine to start.
var ErrLean = errors.New("this policycycle was built lean, without an engine of its own: name a Temporal and a Postgres (temporal.address, database.url) or a service (server.url), or use the full build")

// giveUp is how long a failed Start may take to end what it had begun.
const giveUp = 20 * time.Second

// Options say where the engine lives and whom it tells.
type Options struct {
	// Dir is the data folder; empty means [DefaultDir]. It is made if it is not
	// there. Under root it must be a folder that every user may enter, because
	// Postgres runs as another user.
	Dir string
	// Log receives what an operator must know.
	Log zerolog.Logger
	// Progress, if not nil, is told in a plain sentence what is being done.
	Progress func(sentence string)
	// PostgresBinaries is the folder of initdb and postgres, if the caller
	// knows better than the search described at postgres.Options.
	PostgresBinaries string
}

// Engine is a running Postgres and Temporal.
type Engine struct {
	// DatabaseURL is the address of policycycle's database for pgx, with the
	// password in it.
	DatabaseURL string
	// TemporalAddress is the frontend's host:port, Namespace the namespace.
	TemporalAddress, Namespace string
	// Dir is the data folder, absolute and without symbolic links.
	Dir string

	startedAt time.Time
	postgres  *postgres.Server
	temporal  *temporal.Server
	release   func()
}

// DefaultDir is the data folder when none is named; see running.DefaultDir.
func DefaultDir() (string, error) { return running.DefaultDir() }

// Start brings the engine up and returns once it answers. A Postgres that a
// killed engine left running is taken over. The error is running.ErrTaken when
// another process runs on the folder, and a sentence for the operator in every
// case; then nothing is left running.
func Start(ctx context.Context, options Options) (*Engine, error) {
	if !temporal.Included {
		return nil, ErrLean
	}
	dir, err := prepare(options.Dir)
	if err != nil {
		return nil, err
	}
	release, err := running.Lock(dir)
	if err != nil {
		return nil, err
	}
	e := &Engine{Dir: dir, startedAt: time.Now(), release: release}
	if options.Progress == nil {
		options.Progress = func(string) {}
	}
	if err := e.start(ctx, options); err != nil {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUp)
		defer cancel()
		return nil, errors.Join(err, e.Stop(ending))
	}
	return e, nil
}

// prepare makes the data folder and returns its real path.
func prepare(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = DefaultDir(); err != nil {
			return "", err
		}
	}
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, statefile.FolderMode())
	}
	if err == nil {
		dir, err = statefile.RealPath(dir)
	}
	if err != nil {
		return "", fmt.Errorf("the data folder cannot be made: %w", err)
	}
	return dir, nil
}

func (e *Engine) start(ctx context.Context, options Options) (err error) {
	options.Progress("Preparing a private Postgres in " + e.Dir)
	e.postgres, err = postgres.Start(ctx, postgres.Options{
		Dir:      filepath.Join(e.Dir, "postgres"),
		Log:      options.Log,
		Binaries: options.PostgresBinaries,
	})
	if err != nil {
		return err
	}
	if err := e.createDatabases(ctx); err != nil {
		return err
	}
	options.Progress("Starting the engine")
	e.temporal, err = temporal.Start(ctx, temporal.Options{
		PostgresURL: e.postgres.URL(temporal.Database),
		Dir:         filepath.Join(e.Dir, "temporal"),
		Log:         options.Log,
	})
	if err != nil {
		return err
	}
	e.DatabaseURL = e.postgres.URL(Database)
	e.TemporalAddress, e.Namespace = e.temporal.Address(), e.temporal.Namespace()
	return nil
}

// createDatabases makes the three databases side by side: each waits for the
// disk most of the time.
func (e *Engine) createDatabases(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, database := range []string{Database, temporal.Database, temporal.VisibilityDatabase} {
		group.Go(func() error { return e.postgres.CreateDatabase(ctx, database) })
	}
	return group.Wait()
}

// Info is what to announce of this engine with running.Announce, not yet Ready.
func (e *Engine) Info() running.Info {
	return running.Info{
		PID:             os.Getpid(),
		Dir:             e.Dir,
		DatabaseURL:     e.DatabaseURL,
		TemporalAddress: e.TemporalAddress,
		Namespace:       e.Namespace,
		StartedAt:       e.startedAt,
	}
}

// Application gives the address of policycycle's database for a login that may
// add to the records and not change them. The tables must have been migrated.
func (e *Engine) Application(ctx context.Context) (string, error) {
	return e.postgres.Login(ctx, "policycycle_service", "policycycle_app", Database)
}

// Keep keeps the engine up until ctx ends, and then returns nil. A Postgres that
// dies is started again where it was, and everything that uses it goes on. The
// error is a sentence for the operator: a part is gone for good.
func (e *Engine) Keep(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.postgres.Keep(ctx) })
	group.Go(func() error { return e.temporal.Keep(ctx) })
	return group.Wait()
}

// Stop ends Temporal, then Postgres, then lets go of the folder. End Keep, stop workers
// and close clients first. When ctx ends before Postgres has, Postgres drops
// everything that is open; nothing committed is lost.
func (e *Engine) Stop(ctx context.Context) error {
	defer e.release()
	var err error
	if e.temporal != nil {
		err = e.temporal.Stop()
	}
	if e.postgres != nil {
		err = errors.Join(err, e.postgres.Stop(ctx))
	}
	return err
}
