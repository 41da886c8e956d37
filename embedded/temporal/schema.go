//go:build !lean

package temporal

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.temporal.io/server/common/config"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the plugin
	v12 "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
	"golang.org/x/sync/errgroup"
)

const (
	plugin = "postgres12_pgx"
	// connections in each pool; the services hold eight pools between them, and
	// Postgres allows 200 connections.
	connections = 16
)

// stores are the two databases of the server.
type stores struct{ main, visibility *config.SQL }

func storesOf(postgresURL string) (stores, error) {
	address, err := url.Parse(postgresURL)
	if err != nil || address.Host == "" || address.User == nil {
		return stores{}, errors.New("the address of Postgres is no URL with a host and a user") // not quoted: it holds a password
	}
	password, _ := address.User.Password()
	store := func(database string) *config.SQL {
		return &config.SQL{
			PluginName:      plugin,
			DatabaseName:    database,
			ConnectAddr:     address.Host,
			ConnectProtocol: "tcp",
			User:            address.User.Username(),
			Password:        password,
			MaxConns:        connections,
			MaxIdleConns:    connections, // a new connection costs several milliseconds
			MaxConnLifetime: time.Hour,
		}
	}
	return stores{main: store(Database), visibility: store(VisibilityDatabase)}, nil
}

// migrate brings both schemas to the version of this server.
func (s stores) migrate(log *logger) error {
	var both errgroup.Group
	both.Go(func() error { return migrate(s.main, "postgresql/v12/temporal", v12.Version, log) })
	both.Go(func() error { return migrate(s.visibility, "postgresql/v12/visibility", v12.VisibilityVersion, log) })
	return both.Wait()
}

// migrate applies the schema files that are embedded in the server, step by
// step from the version found; each step may be repeated after a crash.
func migrate(store *config.SQL, files, version string, log *logger) error {
	hasty := *store
	hasty.ConnectAttributes = map[string]string{"synchronous_commit": "off"} // the order of commits is kept, so steps stay repeatable
	db, err := sql.NewConnection(&hasty, log)
	if err != nil {
		return fmt.Errorf("the database %s cannot be reached: %w", store.DatabaseName, err)
	}
	defer db.Close()
	found, err := db.ReadSchemaVersion()
	if err == nil && found == version {
		return nil
	}
	if err != nil { // no version tables yet
		err = schema.NewSetupSchemaTask(db, &schema.SetupConfig{InitialVersion: "0.0"}, log).Run()
	}
	if err == nil {
		err = schema.NewUpdateSchemaTask(db, &schema.UpdateConfig{DBName: store.DatabaseName, SchemaName: files}, log).Run()
	}
	if err != nil {
		return fmt.Errorf("the schema of the database %s could not be brought to version %s: %w", store.DatabaseName, version, err)
	}
	return nil
}
