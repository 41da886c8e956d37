package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

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
