// Package temporal runs the Temporal server inside this process, on a Postgres
// that belongs to it alone. Its four services listen on 127.0.0.1 and know each
// other by fixed addresses: there is no membership protocol, so nothing of an
// earlier run can mislead them.
//
// No two servers may use the same Postgres at once; package embedded sees to
// that with a lock.
package temporal

import (
	"time"

	"github.com/rs/zerolog"
)

const (
	// Namespace is where policycycle's workflows live.
	Namespace = "policycycle"
	// Retention is how long the history of a closed run is kept. The record is
	// in policycycle's own database; histories serve the operators.
	Retention = 30 * 24 * time.Hour
	// Database holds the runs. Both databases must exist, empty or as an
	// earlier version of this package left them.
	Database = "temporal"
	// VisibilityDatabase holds what lists of workflows are made of.
	VisibilityDatabase = "temporal_visibility"
)

// MaxPayload is the largest payload that is taken, in bytes. An envelope has at most
// 64 KiB, and JSON written again may have six times as much.
const MaxPayload = 512 << 10

// Options say on what the server stands.
type Options struct {
	// PostgresURL gives address, user and password of the private Postgres, as
	// postgres.Server's URL does; its database and parameters are not used.
	PostgresURL string
	// Dir holds the ports and the server's log, temporal.log. It is made if it
	// is not there.
	Dir string
	// Log receives what an operator must know: that a part of the server gave
	// up. Everything else from warnings on is in temporal.log.
	Log zerolog.Logger
}
