// Package figures is the form in which measurements are kept: what was measured in which
// rounds, on which machine, and the ratios of figures of the same round. One file holds one
// measurement; whoever measures again replaces it.
package figures

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Results is what one file holds.
type Results struct {
	Date     string    `json:"date"`
	Machine  Machine   `json:"machine"`
	Measures []Measure `json:"measures"`
	Ratios   []Ratio   `json:"ratios"`
	// NotMeasured says what is missing, and why.
	NotMeasured []string `json:"notMeasured,omitempty"`
}

// Machine is on what was measured, without a name or a path.
type Machine struct {
	Cores    int               `json:"cores"`
	Go       string            `json:"go"`
	Postgres string            `json:"postgres"`
	Load     float64           `json:"load"` // before, of one minute
	Peers    map[string]string `json:"peers,omitempty"`
}

// Measure is one figure of one subject: a median of rounds.
type Measure struct {
	Name    string    `json:"name"`
	Subject string    `json:"subject"`
	Unit    string    `json:"unit"`
	Value   float64   `json:"value"`
	Rounds  []float64 `json:"rounds"`
}

// Ratio is one of two figures of the same round: a median of rounds.
type Ratio struct {
	Name   string    `json:"name"`
	Value  float64   `json:"value"`
	Rounds []float64 `json:"rounds"`
}

// New gives results without a figure, of today on this machine.
func New() *Results {
	return &Results{Date: time.Now().UTC().Format(time.DateOnly), Machine: Machine{Cores: runtime.NumCPU(), Go: runtime.Version(), Load: load()}}
}

// load is that of the last minute.
func load() (of float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err == nil {
		_, _ = fmt.Sscan(string(text), &of)
	}
	return of
}

// Add keeps a figure of one more round.
func (r *Results) Add(name, subject, unit string, value float64) {
	m := r.measure(name, subject)
	if m == nil {
		r.Measures = append(r.Measures, Measure{Name: name, Subject: subject, Unit: unit})
		m = &r.Measures[len(r.Measures)-1]
	}
	m.Rounds = append(m.Rounds, value)
	m.Value = Median(m.Rounds)
}

func (r *Results) measure(name, subject string) *Measure {
	i := slices.IndexFunc(r.Measures, func(m Measure) bool { return m.Name == name && m.Subject == subject })
	if i < 0 {
		return nil
	}
	return &r.Measures[i]
}

// Times keeps how long something took in one more round: its percentiles.
func (r *Results) Times(name, subject string, samples []time.Duration) {
	for _, p := range []int{50, 95, 99} {
		r.Add(fmt.Sprintf("%s p%d", name, p), subject, "ms", Milliseconds(Percentile(samples, p)))
	}
}

// Compare keeps the ratio of a figure of one subject to that of another, round by round;
// nothing where one of them was not measured.
func (r *Results) Compare(name, figure, of, to string) {
	one, other := r.measure(figure, of), r.measure(figure, to)
	if one == nil || other == nil {
		return
	}
	var each []float64
	for i := range min(len(one.Rounds), len(other.Rounds)) {
		each = append(each, one.Rounds[i]/other.Rounds[i])
	}
	r.Ratios = append(r.Ratios, Ratio{name, Median(each), each})
}

// Of gives the value of a ratio by its name, or of a measure by its name and subject.
func (r *Results) Of(name string) (value float64, measured bool) {
	value, measured = r.All()[name]
	return value, measured
}

// All gives each ratio by its name, and each measure by its name and subject.
func (r *Results) All() map[string]float64 {
	all := map[string]float64{}
	for _, m := range r.Measures {
		all[m.Name+", "+m.Subject] = m.Value
	}
	for _, x := range r.Ratios {
		all[x.Name] = x.Value
	}
	return all
}

// Read reads results from a file.
func Read(path string) (*Results, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Results{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Write keeps the results in a file, in the order of their names and rounded to what they
// are worth.
func (r *Results) Write(path string) error {
	slices.SortFunc(r.Measures, func(a, b Measure) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Subject, b.Subject))
	})
	slices.SortFunc(r.Ratios, func(a, b Ratio) int { return strings.Compare(a.Name, b.Name) })
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
	return os.WriteFile(path, append(text, '\n'), 0o644) //nolint:gosec // everybody may read it
}

// round leaves three places.
func round(value *float64, rounds []float64) {
	*value = places(*value)
	for i := range rounds {
		rounds[i] = places(rounds[i])
	}
}

func places(f float64) float64 { return math.Round(f*1000) / 1000 }

// Median gives the figure in the middle, 0 of none.
func Median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// Percentile gives the smallest sample that so many of a hundred do not exceed.
func Percentile(samples []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[max((len(sorted)*p+99)/100, 1)-1]
}

// Milliseconds gives a time as figures have it.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
