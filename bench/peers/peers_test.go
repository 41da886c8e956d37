package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/policycycle/policycycle/bench/figures"
)

// TestRun measures everything with counts so small that the figures say nothing: it
// shows that each subject still records, and that the results are whole.
func TestRun(t *testing.T) {
	t.Parallel()
	small := options{
		rounds: 1, each: 2, eachOfCrowd: 1, eachCounted: 2, callers: 4, runs: 2, settling: time.Second,
		restate: os.Getenv("RESTATE_SERVER"), progress: t.Output(),
	}
	r, err := run(t.Context(), small)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "results", "peers.json")
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	kept, err := figures.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	of := func(name, subject string) float64 {
		value, _ := kept.Of(name + ", " + subject)
		return value
	}
	subjects := []string{"update", "update-sql", product, "dbos", "postgres"}
	if len(kept.NotMeasured) == 0 {
		subjects = append(subjects, "restate")
	}
	for _, s := range subjects {
		for _, figure := range []string{"decision p50", "decision p99", "crowd: decision p95", "crowd: decisions"} {
			if of(figure, s) <= 0 {
				t.Errorf("no %s of %s", figure, s)
			}
		}
	}
	for s, least := range map[string]float64{product: 5, "dbos": 10, "postgres": 7} {
		if n := of("statements", s); n < least {
			t.Errorf("%s: %v statements a decision", s, n)
		}
	}
	// Begin and lock, then write and commit.
	if n := of("round trips", "postgres"); n < 2 || n > 3 {
		t.Errorf("the limit has %v round trips", n)
	}
	if of("statements of Temporal", "update") <= 0 {
		t.Error("Temporal asks nothing")
	}
	if !slices.ContainsFunc(kept.Ratios, func(x figures.Ratio) bool { return x.Name == "decision p50 to bare Update" && x.Value > 0 }) {
		t.Errorf("ratios: %v", kept.Ratios)
	}
	if kept.Machine.Cores == 0 || kept.Machine.Postgres == "" || kept.Machine.Peers["github.com/dbos-inc/dbos-transact-golang"] == "" {
		t.Errorf("machine: %+v", kept.Machine)
	}
}
