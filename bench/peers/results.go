package main

import "github.com/policycycle/policycycle/bench/figures"

// comparisons are the ratios that are asked for: a figure of the first subject to that
// of the second.
var comparisons = []struct{ name, figure, of, to string }{
	{"decision p50 to bare Update", "decision p50", product, "update"},
	{"decision p50 to bare Update + SQL activity", "decision p50", product, "update-sql"},
	{"decision + confirmation p50 to bare Update + SQL activity", "decision p50", confirmed, "update-sql"},
	{"decision p50 to DBOS", "decision p50", product, "dbos"},
	{"decision p50 to Restate", "decision p50", product, "restate"},
	{"decision p50 to plain Postgres", "decision p50", product, "postgres"},
	{"decisions/s, 32 callers over 16 runs, to bare Update", "crowd: decisions", product, "update"},
	{"decisions/s, 32 callers over 16 runs, to bare Update + SQL activity", "crowd: decisions", product, "update-sql"},
	{"decisions/s, 32 callers over 16 runs, to DBOS", "crowd: decisions", product, "dbos"},
	{"decisions/s, 32 callers over 16 runs, to Restate", "crowd: decisions", product, "restate"},
	{"decisions/s, 32 callers over 16 runs, to plain Postgres", "crowd: decisions", product, "postgres"},
	{"bare Update's decisions/s, 32 callers over 16 runs, to DBOS", "crowd: decisions", "update", "dbos"},
	{"CPU a decision, 32 callers over 16 runs, to bare Update + SQL activity", "crowd: CPU", product, "update-sql"},
	{"CPU a decision, 32 callers over 16 runs, to DBOS", "crowd: CPU", product, "dbos"},
}

// compare takes the ratios.
func compare(r *figures.Results) {
	for _, c := range comparisons {
		r.Compare(c.name, c.figure, c.of, c.to)
	}
}
