package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// counts is what was used up to now, or between two looks.
type counts struct {
	// syncs is how often Postgres waited for the disk to keep its log.
	syncs float64
	// process is the CPU of this process, with Temporal and all callers in it, and of the
	// process that a subject has of its own; postgres is that of all of Postgres.
	process, postgres time.Duration
}

func (c counts) less(before counts) counts {
	return counts{c.syncs - before.syncs, c.process - before.process, c.postgres - before.postgres}
}

// during gives the share of another time.
func (c counts) during(measured, long time.Duration) counts {
	share := long.Seconds() / measured.Seconds()
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) * share) }
	return counts{c.syncs * share, scale(c.process), scale(c.postgres)}
}

// cpu looks at the CPU alone.
func (st *stand) cpu(s *subject) (counts, error) {
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return counts{}, err
	}
	c := counts{process: time.Duration(own.Utime.Nano() + own.Stime.Nano())}
	if s != nil && s.pid != 0 {
		p, err := lookAt(s.pid)
		if err != nil {
			return counts{}, err
		}
		c.process += p.own
	}
	var err error
	c.postgres, err = st.postgresCPU()
	return c, err
}

// syncs asks how often Postgres has waited for the disk to keep its log. From version
// 18 on, that stands in another view.
func (st *stand) syncs(ctx context.Context) (float64, error) {
	var there bool
	err := st.control.QueryRow(ctx, `SELECT EXISTS (SELECT FROM information_schema.columns
		WHERE table_name = 'pg_stat_wal' AND column_name = 'wal_sync')`).Scan(&there)
	if err != nil {
		return 0, err
	}
	question := "SELECT wal_sync::float8 FROM pg_stat_wal"
	if !there {
		question = "SELECT sum(fsyncs)::float8 FROM pg_stat_io WHERE object = 'wal'"
	}
	var n float64
	err = st.control.QueryRow(ctx, question).Scan(&n)
	return n, err
}

// process is what /proc tells of a process.
type process struct {
	parent     int
	own, ended time.Duration // CPU of its own, and of its children that have ended
}

// tick is the unit of /proc: Linux tells it in hundredths of a second everywhere.
const tick = 10 * time.Millisecond

// lookAt reads the line of a process; its name, in brackets, may hold anything.
func lookAt(pid int) (process, error) {
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return process{}, err
	}
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
	if len(fields) < 15 {
		return process{}, fmt.Errorf("/proc tells nothing of process %d", pid)
	}
	numbers := make([]int, 0, 5)
	for _, i := range []int{1, 11, 12, 13, 14} { // parent, user, system, and those of ended children
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			return process{}, err
		}
		numbers = append(numbers, n)
	}
	return process{numbers[0], time.Duration(numbers[1]+numbers[2]) * tick, time.Duration(numbers[3]+numbers[4]) * tick}, nil
}

// postgresCPU adds up the server and its processes, those that have ended as well.
func (st *stand) postgresCPU() (time.Duration, error) {
	backend, err := lookAt(int(st.control.PgConn().PID()))
	if err != nil {
		return 0, err
	}
	server, err := lookAt(backend.parent)
	if err != nil {
		return 0, err
	}
	all := server.own + server.ended
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		child, err := lookAt(pid)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if child.parent == backend.parent {
			all += child.own
		}
	}
	return all, nil
}

// statementsOn has Postgres write each statement to its log, with the database.
func (st *stand) statementsOn(ctx context.Context) error {
	for _, sql := range []string{"ALTER SYSTEM SET log_statement = 'all'", "ALTER SYSTEM SET log_line_prefix = '%d|'", "SELECT pg_reload_conf()"} {
		if _, err := st.control.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return until(ctx, time.Minute, func() error { // each connection hears of it by itself
		before := st.logged()
		if _, err := st.control.Exec(ctx, "SELECT 'heard'"); err != nil {
			return err
		}
		if all, err := st.statements(before); err != nil || all["policycycle"] == 0 {
			return errors.Join(err, errors.New("the log holds no statements"))
		}
		return nil
	})
}

func (st *stand) logFile() string { return filepath.Join(st.engine.Dir, "postgres", "postgres.log") }

// logged is how long the log is.
func (st *stand) logged() int64 {
	if info, err := os.Stat(st.logFile()); err == nil {
		return info.Size()
	}
	return 0
}

var logLine = regexp.MustCompile(`(?m)^(\w+)\|LOG: +(?:execute [^:]*|statement): `)

// statements counts those that stand in the log from a place on, by database.
func (st *stand) statements(from int64) (map[string]float64, error) {
	log, err := os.ReadFile(st.logFile())
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	for _, m := range logLine.FindAllSubmatch(log[from:], -1) {
		found[string(m[1])]++
	}
	return found, nil
}
