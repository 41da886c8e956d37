package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/bench/figures"
)

const root = "../.."

// The page and the ratios are those that follow from the targets and the results: make
// bench-page.
func TestPage_IsThatOfTheResults(t *testing.T) {
	t.Parallel()
	page, ratios, err := render(root)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]byte{pageFile: page, ratiosFile: ratios} {
		if got, err := os.ReadFile(filepath.Join(root, file)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is out of date (%v): make bench-page", file, err)
		}
	}
}

// repository gives a folder in which a benchmark has measured something, with three targets.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{resultsFolder, filepath.Dir(pageFile)} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	const targets = `[
		{"name": "decision p50 to bare Update", "what": "A decision.", "from": "decision", "unit": "×", "direction": "at most", "target": 2, "checked": true, "why": ""},
		{"name": "decisions/s to bare Update", "what": "Many.", "from": "decision", "unit": "×", "direction": "at least", "target": 0.7, "checked": true, "why": "Signing."},
		{"name": "* list", "what": "Lists.", "from": "lists", "figure": "*, 100000 cycles", "unit": "ms", "direction": "at most", "target": 10, "why": ""},
		{"name": "unknown", "what": "Nobody has measured it.", "from": "lists", "unit": "", "direction": "at most", "target": 1, "why": ""}
	]`
	if err := os.WriteFile(filepath.Join(root, targetsFile), []byte(targets), 0o600); err != nil {
		t.Fatal(err)
	}
	measured(t, filepath.Join(root, resultsFolder), 1.8, 0.6)
	lists := figures.New()
	lists.Add("open", "100 cycles", "ms", 1)
	lists.Add("open", "100000 cycles", "ms", 2)
	lists.Add("overdue", "100000 cycles", "ms", 20)
	if err := lists.Write(filepath.Join(root, resultsFolder, "lists.json")); err != nil {
		t.Fatal(err)
	}
	if err := write(root); err != nil {
		t.Fatal(err)
	}
	return root
}

// measured has the benchmark of decisions tell two ratios.
func measured(t *testing.T, folder string, p50, rate float64) {
	t.Helper()
	r := figures.New()
	r.Add("decision p50", "policycycle", "ms", p50)
	r.Add("decision p50", "update", "ms", 1)
	r.Add("rate", "policycycle", "per second", rate)
	r.Add("rate", "update", "per second", 1)
	r.Compare("decision p50 to bare Update", "decision p50", "policycycle", "update")
	r.Compare("decisions/s to bare Update", "rate", "policycycle", "update")
	if err := r.Write(filepath.Join(folder, "decision.json")); err != nil {
		t.Fatal(err)
	}
}

func TestWrite_HoldsWhatWasMeasuredAgainstTargets(t *testing.T) {
	t.Parallel()
	root := repository(t)
	page, err := os.ReadFile(filepath.Join(root, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"| A decision. | 1.8 × | at most 2 × | yes |  |",
		"| Many. | 0.6 × | at least 0.7 × | no | Signing. |",
		"| overdue list | 20 ms | at most 10 ms | no |  |",
		"| Nobody has measured it. | not measured | at most 1 | |  |",
		"| open, ms | 1 | 2 |", // a column a subject, in the order of the numbers
		"    bar [1.8, 1]",
	} {
		if !strings.Contains(string(page), line+"\n") {
			t.Errorf("the page lacks %q:\n%s", line, page)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, ratiosFile))
	if err != nil {
		t.Fatal(err)
	}
	var ratios []ratio
	if err := json.Unmarshal(text, &ratios); err != nil || len(ratios) != 4 || ratios[1].Met || !ratios[0].Met {
		t.Errorf("%v: %s", err, text)
	}
}

// A figure that has doubled fails, in whichever direction; noise does not.
func TestCheck_FailsWhereAFigureHasDoubled(t *testing.T) {
	t.Parallel()
	root := repository(t)
	for name, test := range map[string]struct {
		p50, rate float64
		fails     string
	}{
		"as it was":         {1.8, 0.6, ""},
		"noise":             {1.8 * 1.5, 0.6 / 1.5, ""},
		"much better":       {0.1, 6, ""},
		"slower":            {1.8 * 2.1, 0.6, "decision p50 to bare Update"},
		"fewer in a second": {1.8, 0.6 / 2.1, "decisions/s to bare Update"},
	} {
		short := t.TempDir()
		measured(t, short, test.p50, test.rate)
		err := check(root, short, t.Output())
		if (err == nil) != (test.fails == "") || err != nil && !strings.HasPrefix(err.Error(), test.fails) {
			t.Errorf("%s: %v, want %q", name, err, test.fails)
		}
	}
	if err := check(root, t.TempDir(), t.Output()); err == nil {
		t.Error("a run that measures nothing passes")
	}
	// What is not committed yet is held against its target.
	if err := os.WriteFile(filepath.Join(root, ratiosFile), []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	short := t.TempDir()
	measured(t, short, 4.1, 0.7)
	if err := check(root, short, t.Output()); err == nil {
		t.Error("twice the target passes")
	}
}
