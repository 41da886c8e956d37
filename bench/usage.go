package bench

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/tools/processes"
)

// Usage is what was used up to now, or between two looks.
type Usage struct {
	// Syncs is how often Postgres waited for the disk to keep its log.
	Syncs float64
	// Process is the CPU of this process, with Temporal and all callers in it; Postgres is
	// that of all of Postgres.
	Process, Postgres time.Duration
}

// Less gives what was used since a look before.
func (u Usage) Less(before Usage) Usage {
	return Usage{u.Syncs - before.Syncs, u.Process - before.Process, u.Postgres - before.Postgres}
}

// During gives the share of another time.
func (u Usage) During(measured, long time.Duration) Usage {
	share := long.Seconds() / measured.Seconds()
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) * share) }
	return Usage{u.Syncs * share, scale(u.Process), scale(u.Postgres)}
}

// CPU is that of this process and of Postgres.
func (u Usage) CPU() time.Duration { return u.Process + u.Postgres }

// Settling is how long connections that others keep take to tell Postgres what they wrote.
const Settling = 10500 * time.Millisecond

// Look looks at the CPU and the syncs, on a connection to the Postgres that is looked at.
func Look(ctx context.Context, conn *pgx.Conn) (Usage, error) {
	u, err := LookAtCPU(conn)
	if err != nil {
		return u, err
	}
	u.Syncs, err = syncs(ctx, conn)
	return u, err
}

// LookAtCPU looks at the CPU alone.
func LookAtCPU(conn *pgx.Conn) (u Usage, err error) {
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return u, err
	}
	u.Process = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	all := processes.All()
	var server int
	for _, p := range all {
		if p.PID == int(conn.PgConn().PID()) {
			server = p.Parent
		}
	}
	if server == 0 {
		return u, errors.New("/proc tells nothing of Postgres")
	}
	for _, p := range processes.Below(all, func(p processes.Process) bool { return p.PID == server }) {
		u.Postgres += p.Worked
	}
	return u, nil
}

// syncs asks how often Postgres has waited for the disk to keep its log. From version 18
// on, that stands in another view.
func syncs(ctx context.Context, conn *pgx.Conn) (n float64, err error) {
	var there bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM information_schema.columns
		WHERE table_name = 'pg_stat_wal' AND column_name = 'wal_sync')`).Scan(&there)
	if err != nil {
		return 0, err
	}
	question := "SELECT wal_sync::float8 FROM pg_stat_wal"
	if !there {
		question = "SELECT sum(fsyncs)::float8 FROM pg_stat_io WHERE object = 'wal'"
	}
	err = conn.QueryRow(ctx, question).Scan(&n)
	return n, err
}
