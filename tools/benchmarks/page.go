package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/bench/figures"
)

// section is a part of the page: the results of one benchmark, and what is drawn of them.
type section struct {
	results, title, says string
	charts               []string // figures, each drawn over all subjects
}

var sections = []section{
	{
		"peers", "Beside its peers",
		"One approval, recorded durably, by each: bare Temporal (`update` answers at once, `update-sql` after one activity with one SQL " +
			"statement), DBOS Transact, Restate, plain Postgres with the same writes in one transaction, and policycycle, without and with a " +
			"second person who confirms. All on one machine and one Postgres, in turn, `fsync` and `synchronous_commit` on. `crowd` is 32 callers over 16 runs.",
		[]string{"decision p50", "crowd: decisions"},
	},
	{
		"decision", "A decision, by one caller",
		"From the hand of an official to the answer after the commit, beside the bare SDK on the same engine, in turn. `sealed` is with seals and encryption.",
		[]string{"decision p50"},
	},
	{"crowd", "Decisions by 32 callers over 16 runs", "The same, all at once.", []string{"decisions"}},
	{
		"cost", "What a decision costs",
		"Less what the idle engine uses in the same time. `statements` and `round trips` are those of the records; Temporal's stand above, beside its peers.",
		[]string{"WAL syncs"},
	},
	{"among", "A decision among many", "Two databases on one engine, in turn: in one a thousand decisions are recorded, in the other a million.", []string{"decision p50"}},
	{
		"evidence", "What evidence costs", "Decisions with seals and encryption beside ones without; `chain` is what the chained trail computes for each.", nil,
	},
	{
		"lists", "Lists among many cycles",
		"The first page of each through the API, and pages, over loopback; each size in a database of its own, in turn.",
		[]string{"list p50", "inbox p50", "search without hit p50", "page: overview p50"},
	},
	{"pages", "Pages", "The first byte, with a thousand cycles of the size of 2022–2025 in the records.", nil},
	{"large-cycle", "Pages of a large cycle", "A cycle of 400 OAPs with ten actions each.", nil},
	{
		"content", "Operational actions",
		"A cycle of 20 OAPs with more and more operational actions: showing it, asking all rules, asking them again, closing a reporting round on all OAPs.",
		[]string{"findings", "findings again"},
	},
	{
		"sheet", "Workbooks out and in",
		"A workbook of the actions of 15 OAPs: written, shown with 30 cells changed, taken into drafts. Memory is what the heap holds at most, garbage included.",
		nil,
	},
	{"whole-cycle", "A whole cycle with no waiting", "Scripted actors play the cycle 2022–2025, in which nobody waits for a date.", nil},
	{"waiting", "Cycles that wait", "Ten thousand cycles that wait for their first document, Temporal, worker and records in one process.", nil},
	{
		"reminders", "A day with many reminders",
		"Ten thousand open cycles, each of which gives a reminder on the same day: all their timers ring at one instant. Temporal, worker and records in one process.",
		nil,
	},
	{"up", "Until up is ready", "From the start of the process; the backlog is one of runs for which no worker was there when the engine was killed.", nil},
	{"rehearsal", "A rehearsal at a terminal", "`policycycle rehearse empact-2022-2025`, with an engine of its own.", nil},
	{"binary", "The program", "Stripped, for this system.", nil},
}

// render makes the page and the ratios from targets and results.
func render(root string) (page, ratiosJSON []byte, err error) {
	targets, err := readTargets(root)
	if err != nil {
		return nil, nil, err
	}
	results, err := read(root + "/" + resultsFolder)
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	tell(&b, "%s", head)
	all := []ratio{}
	for _, t := range targets {
		found := t.ratios(results)
		if len(found) == 0 {
			tell(&b, "| %s | not measured | %s %s | | %s |", t.What, t.Direction, number(t.Target, t.Unit), t.Why)
		}
		for _, r := range found {
			what := r.What
			if len(found) > 1 {
				what = r.Name
			}
			tell(&b, "| %s | %s | %s %s | %s | %s |", what, number(r.Value, r.Unit), r.Direction, number(r.Target, r.Unit), yes(r.Met), r.Why)
		}
		all = append(all, found...)
	}
	for _, s := range sections {
		if r := results[s.results]; r != nil {
			s.tell(&b, r)
		}
	}
	ratiosJSON, err = json.MarshalIndent(all, "", "  ")
	return b.Bytes(), append(ratiosJSON, '\n'), err
}

const head = "# Benchmarks\n\n" +
	"This page is written by `make bench-page` from `bench/targets.json` and the results in `bench/results`, which `make bench` and\n" +
	"`make peers` measure anew: forty minutes and six minutes on two cores with nothing else to do. `BENCH=Decision make bench` measures one\n" +
	"benchmark and replaces its figures alone. Ratios are of figures of the same round of one run, and medians of all rounds; `bench/results/ratios.json`\n" +
	"has them for programs. `make bench-check` holds a short run against them.\n\n" +
	"## Targets\n\n| what | measured | target | met | where not, why |\n|---|---|---|---|---|"

func yes(met bool) string {
	if met {
		return "yes"
	}
	return "no"
}

// tell writes a section: on which machine, a table of all figures by subject, the ratios, the
// plots.
func (s section) tell(b *bytes.Buffer, r *figures.Results) {
	m := r.Machine
	tell(b, "\n## %s\n\n%s\n\nMeasured on %s on %d cores, %s, load %.1f before.", s.title, s.says, r.Date, m.Cores, software(m), m.Load)
	for _, missing := range r.NotMeasured {
		tell(b, "\nNot measured: %s.", missing)
	}
	subjects, names := order(r)
	tell(b, "\n| | %s |\n|---|%s", strings.Join(subjects, " | "), strings.Repeat("---|", len(subjects)))
	for _, name := range names {
		row := make([]string, len(subjects))
		unit := ""
		for _, m := range r.Measures {
			if m.Name == name {
				row[slices.Index(subjects, m.Subject)], unit = number(m.Value, ""), m.Unit
			}
		}
		tell(b, "| %s | %s |", strings.TrimSuffix(name+", "+unit, ", "), strings.Join(row, " | "))
	}
	if len(r.Ratios) > 0 {
		tell(b, "\n| ratio | |\n|---|---|")
	}
	for _, x := range r.Ratios {
		tell(b, "| %s | %s |", x.Name, number(x.Value, "×"))
	}
	for _, figure := range s.charts {
		draw(b, figure, subjects, r)
	}
}

// software tells what it was measured with, peers included.
func software(m figures.Machine) string {
	all := []string{m.Go}
	if m.Postgres != "" {
		all = append(all, "PostgreSQL "+m.Postgres)
	}
	for peer, version := range m.Peers {
		all = append(all, peer[strings.LastIndex(peer, "/")+1:]+" "+version)
	}
	slices.Sort(all[min(len(all), 2):])
	return strings.Join(all, ", ")
}

// draw plots a figure over all subjects that have it.
func draw(b *bytes.Buffer, figure string, subjects []string, r *figures.Results) {
	var axis, values []string
	unit := ""
	for _, subject := range subjects {
		i := slices.IndexFunc(r.Measures, func(m figures.Measure) bool { return m.Name == figure && m.Subject == subject })
		if i >= 0 {
			axis, values, unit = append(axis, strconv.Quote(subject)), append(values, number(r.Measures[i].Value, "")), r.Measures[i].Unit
		}
	}
	if len(values) > 0 {
		tell(b, "\n```mermaid\nxychart-beta\n    title %q\n    x-axis [%s]\n    y-axis %q\n    bar [%s]\n```",
			figure, strings.Join(axis, ", "), unit, strings.Join(values, ", "))
	}
}

// order gives the subjects, policycycle first and others by number and name, and the names of
// the measures.
func order(r *figures.Results) (subjects, names []string) {
	for _, m := range r.Measures {
		subjects, names = append(subjects, m.Subject), append(names, m.Name)
	}
	slices.SortFunc(subjects, func(a, b string) int {
		return cmp.Or(place(a)-place(b), strings.Compare(a, b))
	})
	slices.Sort(names)
	return slices.Compact(subjects), slices.Compact(names)
}

func place(subject string) (n int) {
	if strings.HasPrefix(subject, "policycycle") {
		return -1
	}
	_, _ = fmt.Sscan(subject, &n)
	return n
}

// number writes a figure with three digits that count.
func number(value float64, unit string) string {
	text := strconv.FormatFloat(value, 'g', 3, 64)
	if value >= 1000 {
		text = strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strings.TrimSpace(text + " " + unit)
}
