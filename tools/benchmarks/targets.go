package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/bench/figures"
)

// target is what a figure is to reach.
type target struct {
	// Name may hold a star: then it stands for each figure that fits.
	Name string `json:"name"`
	What string `json:"what"` // one sentence
	From string `json:"from"` // the benchmark, as its file is called
	// Figure is what the figure is called there; empty where that is the name.
	Figure    string  `json:"figure,omitempty"`
	Unit      string  `json:"unit"`
	Direction string  `json:"direction"` // "at most" or "at least"
	Target    float64 `json:"target"`
	// Checked says that a short run on a busy machine tells it well enough.
	Checked bool `json:"checked,omitempty"`
	// Why says, where it is not met, what stands in the way.
	Why string `json:"why"`
}

const atLeast = "at least"

// ratio is a target with what was measured.
type ratio struct {
	Name      string  `json:"name"`
	Value     float64 `json:"value"`
	Target    float64 `json:"target"`
	Met       bool    `json:"met"`
	Direction string  `json:"direction"`
	Unit      string  `json:"unit"`
	What      string  `json:"what"`
	Why       string  `json:"why,omitempty"`
}

func readTargets(root string) (all []target, err error) {
	text, err := os.ReadFile(filepath.Join(root, targetsFile))
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(text, &all)
	return all, err
}

// ratios gives what was measured for a target: one ratio, or as many as its star stands for.
func (t target) ratios(results map[string]*figures.Results) (found []ratio) {
	measured := results[t.From]
	if measured == nil {
		return nil
	}
	before, behind, star := strings.Cut(t.figure(), "*")
	for name, value := range measured.All() {
		stands, fits := strings.CutPrefix(name, before)
		if fits {
			stands, fits = strings.CutSuffix(stands, behind)
		}
		if !fits || !star && stands != "" {
			continue
		}
		met := value <= t.Target
		if t.Direction == atLeast {
			met = value >= t.Target
		}
		found = append(found, ratio{strings.Replace(t.Name, "*", stands, 1), value, t.Target, met, t.Direction, t.Unit, t.What, t.Why})
	}
	slices.SortFunc(found, func(a, b ratio) int { return strings.Compare(a.Name, b.Name) })
	return found
}

func (t target) figure() string {
	if t.Figure == "" {
		return t.Name
	}
	return t.Figure
}

// twice is how much worse a figure of a short run may be than the one that is committed.
const twice = 2

// check holds a short run against the committed ratios; where there is none yet, against the
// target.
func check(root, short string, out io.Writer) error {
	targets, err := readTargets(root)
	if err != nil {
		return err
	}
	results, err := read(short)
	if err != nil {
		return err
	}
	committed, err := committed(root)
	if err != nil {
		return err
	}
	var problems []error
	for _, t := range targets {
		if !t.Checked {
			continue
		}
		found := t.ratios(results)
		if len(found) == 0 {
			problems = append(problems, fmt.Errorf("%s was not measured", t.Name))
		}
		for _, now := range found {
			was, beside := t.Target, "target"
			if value, is := committed[now.Name]; is {
				was, beside = value, "committed"
			}
			tell(out, "%s: %s, %s %.3g", now.Name, number(now.Value, now.Unit), beside, was)
			if worse := now.Value / was; t.Direction != atLeast && worse > twice || t.Direction == atLeast && worse < 1./twice {
				problems = append(problems, fmt.Errorf("%s is %.3g and was %.3g", now.Name, now.Value, was))
			}
		}
	}
	return errors.Join(problems...)
}

// committed gives the committed ratios by their names; none where nothing was measured yet.
func committed(root string) (map[string]float64, error) {
	text, err := os.ReadFile(filepath.Join(root, ratiosFile))
	if err != nil {
		return nil, err
	}
	var all []ratio
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for _, r := range all {
		values[r.Name] = r.Value
	}
	return values, nil
}
