package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// results is what the file holds.
type results struct {
	Date     string    `json:"date"`
	Machine  machine   `json:"machine"`
	Measures []measure `json:"measures"`
	Ratios   []ratio   `json:"ratios"`
	// NotMeasured says what is missing, and why.
	NotMeasured []string `json:"notMeasured,omitempty"`
}

// machine is on what was measured, without a name or a path.
type machine struct {
	Cores    int               `json:"cores"`
	Go       string            `json:"go"`
	Postgres string            `json:"postgres"`
	Load     float64           `json:"load"` // before, of one minute
	Peers    map[string]string `json:"peers"`
}

// measure is one figure of one subject: a median of rounds.
type measure struct {
	Name    string    `json:"name"`
	Subject string    `json:"subject"`
	Unit    string    `json:"unit"`
	Value   float64   `json:"value"`
	Rounds  []float64 `json:"rounds"`
}

// ratio is one of two figures of the same round: a median of rounds.
type ratio struct {
	Name   string    `json:"name"`
	Value  float64   `json:"value"`
	Rounds []float64 `json:"rounds"`
}

// add keeps a figure of one more round.
func (r *results) add(name, subject, unit string, value float64) {
	i := slices.IndexFunc(r.Measures, func(m measure) bool { return m.Name == name && m.Subject == subject })
	if i < 0 {
		i = len(r.Measures)
		r.Measures = append(r.Measures, measure{Name: name, Subject: subject, Unit: unit})
	}
	r.Measures[i].Rounds = append(r.Measures[i].Rounds, value)
}

// comparisons are the ratios that are asked for: a figure of the first subject to that
// of the second.
var comparisons = []struct{ name, figure, of, to string }{
	{"decision p50 to bare Update", "decision-p50", product, "update"},
	{"decision p50 to bare Update + SQL activity", "decision-p50", product, "update-sql"},
	{"decision + confirmation p50 to bare Update + SQL activity", "decision-p50", confirmed, "update-sql"},
	{"decision p50 to DBOS", "decision-p50", product, "dbos"},
	{"decision p50 to Restate", "decision-p50", product, "restate"},
	{"decision p50 to plain Postgres", "decision-p50", product, "postgres"},
	{"decisions/s, 32 callers over 16 runs, to bare Update", "crowd-rate", product, "update"},
	{"decisions/s, 32 callers over 16 runs, to bare Update + SQL activity", "crowd-rate", product, "update-sql"},
	{"decisions/s, 32 callers over 16 runs, to DBOS", "crowd-rate", product, "dbos"},
	{"decisions/s, 32 callers over 16 runs, to Restate", "crowd-rate", product, "restate"},
	{"decisions/s, 32 callers over 16 runs, to plain Postgres", "crowd-rate", product, "postgres"},
	{"bare Update's decisions/s, 32 callers over 16 runs, to DBOS", "crowd-rate", "update", "dbos"},
	{"CPU a decision, 32 callers over 16 runs, to bare Update + SQL activity", "crowd-cpu", product, "update-sql"},
	{"CPU a decision, 32 callers over 16 runs, to DBOS", "crowd-cpu", product, "dbos"},
}

// sum takes the medians, and compares round by round.
func (r *results) sum() {
	rounds := map[string][]float64{}
	for i, m := range r.Measures {
		r.Measures[i].Value = median(m.Rounds)
		rounds[m.Name+" "+m.Subject] = m.Rounds
	}
	r.Ratios = nil
	for _, c := range comparisons {
		of, to := rounds[c.figure+" "+c.of], rounds[c.figure+" "+c.to]
		var each []float64
		for i := range min(len(of), len(to)) {
			each = append(each, of[i]/to[i])
		}
		if len(each) > 0 {
			r.Ratios = append(r.Ratios, ratio{c.name, median(each), each})
		}
	}
}

// write keeps the results in a file, rounded to what they are worth.
func (r *results) write(path string) error {
	for i := range r.Measures {
		round(&r.Measures[i].Value, r.Measures[i].Rounds)
	}
	for i := range r.Ratios {
		round(&r.Ratios[i].Value, r.Ratios[i].Rounds)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

// round leaves three places.
func round(value *float64, rounds []float64) {
	*value = places(*value)
	for i := range rounds {
		rounds[i] = places(rounds[i])
	}
}

func places(f float64) float64 { return math.Round(f*1000) / 1000 }

func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// percentile gives the smallest sample that so many of a hundred do not exceed.
func percentile(samples []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[max((len(sorted)*p+99)/100, 1)-1]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
