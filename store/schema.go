package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
)

// Schema says how far the tables are, beside what this version knows.
type Schema struct {
	Applied int64 // the newest migration that is applied; 0 for none
	Known   int64 // the newest migration that this version brings
	Newer   bool  // one is applied that this version does not know
	Pending int   // so many that this version brings are not applied
}

// Fits refuses tables of another version with policy.CodeWrongSchema: an older
// policycycle would misread what a newer one wrote, and a newer one needs what is not
// there yet.
func (s Schema) Fits() error {
	switch {
	case s.Newer:
		return policy.Refuse(policy.CodeWrongSchema,
			"these records were written by a newer policycycle (schema %d, this one knows %d): use that one", s.Applied, s.Known)
	case s.Pending > 0:
		return policy.Refuse(policy.CodeWrongSchema,
			"these records are not yet as this policycycle needs them (schema %d, this one needs %d): run policycycle migrate", s.Applied, s.Known)
	default:
		return nil
	}
}

// querier is a connection or a pool of them.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// schemaOf reads how far the tables are.
func schemaOf(ctx context.Context, q querier) (Schema, error) {
	const undefinedTable = "42P01"
	rows, err := q.Query(ctx, "SELECT version_id FROM goose_db_version WHERE is_applied AND version_id > 0")
	var applied []int64
	if err == nil {
		applied, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	}
	if server, is := errors.AsType[*pgconn.PgError](err); is && server.Code == undefinedTable {
		err = nil // nothing was migrated yet
	}
	if err != nil {
		return Schema{}, translate(fmt.Errorf("schema: %w", err))
	}
	return compare(applied)
}

// NewestMigration is the number of the newest migration that this version brings.
func NewestMigration() (int64, error) {
	s, err := compare(nil)
	return s.Known, err
}

// compare holds the migrations that are applied against those that this version brings.
func compare(applied []int64) (s Schema, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return s, fmt.Errorf("migrations: %w", err)
	}
	var known []int64
	for _, file := range files {
		version, err := goose.NumericComponent(file)
		if err != nil {
			return s, fmt.Errorf("migrations: %w", err)
		}
		known = append(known, version)
		s.Known = max(s.Known, version)
		if !slices.Contains(applied, version) {
			s.Pending++
		}
	}
	for _, version := range applied {
		s.Applied = max(s.Applied, version)
		s.Newer = s.Newer || !slices.Contains(known, version)
	}
	return s, nil
}

// indexForSearch adds what searches go by, where that has become possible meanwhile.
const indexForSearch = "SELECT index_for_search()"

// Migrate brings the tables up to date. Several at once wait for each other. Tables
// of a newer version are left alone: policy.CodeWrongSchema.
func Migrate(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return policy.Refuse(policy.CodeInvalid, "the address of the database is not a Postgres URL such as postgres://user@host/policycycle")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return away(err)
	}
	found, err := schemaOf(ctx, conn)
	switch {
	case err != nil:
	case found.Newer:
		err = found.Fits()
	case found.Pending == 0: // nothing to wait for others for
		_, err = conn.Exec(ctx, indexForSearch)
		err = translate(err)
	}
	if err := errors.Join(err, conn.Close(ctx)); err != nil || found.Pending == 0 {
		return err
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	provider, err := migrator(db)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	for {
		one, err := provider.UpByOne(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			_, err := db.ExecContext(ctx, indexForSearch)
			return translate(err)
		}
		if refusal := notAllowed(err); refusal != nil {
			return refusal
		}
		if err != nil {
			return fmt.Errorf("migrating the records: %w", err)
		}
		advance.Tell(ctx, "migrations", int(one.Source.Version), int(sources[len(sources)-1].Version))
	}
}

// notAllowed gives what an administrator of the server is to do where the owner of the
// tables may not; nil for another error.
func notAllowed(err error) *policy.Error {
	server, is := errors.AsType[*pgconn.PgError](err)
	if !is || !insufficient(err) {
		return nil
	}
	return policy.Refuse(policy.CodeNotCompetent, "%s", server.Message)
}

// migrator applies the migrations that this version brings.
func migrator(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, nil
}
