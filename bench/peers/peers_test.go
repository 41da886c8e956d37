package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
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
	if err := r.write(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept results
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	subjects := []string{"update", "update-sql", product, "dbos", "postgres"}
	if len(kept.NotMeasured) == 0 {
		subjects = append(subjects, "restate")
	}
	for _, s := range subjects {
		for _, figure := range []string{"decision-p50", "decision-p99", "crowd-decision-p95", "crowd-rate"} {
			if kept.of(figure, s) <= 0 {
				t.Errorf("no %s of %s", figure, s)
			}
		}
	}
	for s, least := range map[string]float64{product: 5, "dbos": 10, "postgres": 7} {
		if n := kept.of("statements", s); n < least {
			t.Errorf("%s: %v statements a decision", s, n)
		}
	}
	// Begin and lock, then write and commit.
	if n := kept.of("round-trips", "postgres"); n < 2 || n > 3 {
		t.Errorf("the limit has %v round trips", n)
	}
	if kept.of("statements-temporal", "update") <= 0 {
		t.Error("Temporal asks nothing")
	}
	if !slices.ContainsFunc(kept.Ratios, func(x ratio) bool { return x.Name == "decision p50 to bare Update" && x.Value > 0 }) {
		t.Errorf("ratios: %v", kept.Ratios)
	}
	if kept.Machine.Cores == 0 || kept.Machine.Postgres == "" || kept.Machine.Peers["github.com/dbos-inc/dbos-transact-golang"] == "" {
		t.Errorf("machine: %+v", kept.Machine)
	}
}

// TestSum_ComparesRoundByRound shows that a ratio is one of figures of the same round,
// and not of medians.
func TestSum_ComparesRoundByRound(t *testing.T) {
	t.Parallel()
	r := &results{}
	for _, round := range []struct{ product, update float64 }{{10, 10}, {30, 10}, {40, 1}} {
		r.add("decision-p50", product, "ms", round.product)
		r.add("decision-p50", "update", "ms", round.update)
	}
	r.sum()
	if len(r.Ratios) != 1 || r.Ratios[0].Value != 3 || !slices.Equal(r.Ratios[0].Rounds, []float64{1, 3, 40}) {
		t.Errorf("%+v", r.Ratios)
	}
	if r.of("decision-p50", product) != 30 {
		t.Errorf("%+v", r.Measures)
	}
}

func (r *results) of(name, subject string) float64 {
	for _, m := range r.Measures {
		if m.Name == name && m.Subject == subject {
			return m.Value
		}
	}
	return 0
}
