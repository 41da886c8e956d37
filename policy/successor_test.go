package policy_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDefinitionSuccessor_IsTheNextCycleAsADraft(t *testing.T) {
	t.Parallel()
	d := sound()
	before, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	next := d.Successor(4)
	if ps := next.ValidateStart(); len(ps) > 0 {
		t.Errorf("it is not sound: %+v", ps)
	}
	if next.Key == d.Key || next.Predecessor != d.Key || next.ImplementationWindow.From.Year() != d.ImplementationWindow.From.Year()+4 {
		t.Errorf("%s after %s, of %+v", next.Key, next.Predecessor, next.ImplementationWindow)
	}
	for i, p := range next.Priorities {
		if len(p.Lineage) != 1 || p.Lineage[0].Priority != d.Priorities[i].Key || p.OAPs[0].Driver != "" {
			t.Errorf("%+v", p)
		}
	}
	if after, err := json.Marshal(d); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the cycle before has changed: %s, %v", after, err)
	}
}

// Whatever the years are, nothing is left of the years of the cycle before, and the
// order of its days stays.
func TestDefinitionSuccessor_IsSoundInAnyYear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := sound()
		d.Title = rapid.SampledFrom([]string{"EMPACT 2022-2025", "EMPACT", "OAP 1234567"}).Draw(t, "title")
		d.Periods[0].Reports[0].Due = date("2024-02-29")
		years := rapid.IntRange(1, 40).Draw(t, "years")
		next := d.Successor(years)
		if ps := next.ValidateStart(); len(ps) > 0 {
			t.Fatalf("%+v", ps)
		}
		if due := next.Periods[0].Reports[0].Due; due.Year() != 2024+years || !strings.Contains(due.String(), "-02-2") {
			t.Fatalf("29 February 2024 is %s, %d years later", due, years)
		}
		want := map[string]string{"EMPACT 2022-2025": fmt.Sprintf("EMPACT %d-%d", 2022+years, 2025+years)}[d.Title]
		if next.Title != cmp.Or(want, d.Title) {
			t.Fatalf("%q becomes %q", d.Title, next.Title)
		}
	})
}
