package figures_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/bench/figures"
)

// A ratio is one of figures of the same round, and not of medians.
func TestCompare_GoesRoundByRound(t *testing.T) {
	t.Parallel()
	r := figures.New()
	for _, round := range []struct{ product, update float64 }{{10, 10}, {30, 10}, {40, 1}} {
		r.Add("p50", "policycycle", "ms", round.product)
		r.Add("p50", "update", "ms", round.update)
	}
	r.Compare("to update", "p50", "policycycle", "update")
	r.Compare("to nobody", "p50", "policycycle", "nobody")
	if len(r.Ratios) != 1 || r.Ratios[0].Value != 3 || !slices.Equal(r.Ratios[0].Rounds, []float64{1, 3, 40}) {
		t.Errorf("%+v", r.Ratios)
	}
	for name, want := range map[string]float64{"p50, policycycle": 30, "to update": 3} {
		if got, measured := r.Of(name); !measured || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if _, measured := r.Of("to nobody"); measured {
		t.Error("it is compared with nobody")
	}
}

func TestResults_AreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "results", "some.json")
	r := figures.New()
	r.Times("decision", "policycycle", []time.Duration{time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond})
	r.Compare("to itself", "decision p50", "policycycle", "policycycle")
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	read, err := figures.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, read); diff != "" {
		t.Error(diff)
	}
	if p, _ := read.Of("decision p99, policycycle"); p != 3 {
		t.Errorf("p99 is %v", p)
	}
}
