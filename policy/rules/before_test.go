package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestSnapshotFindings_AskWhatBecameOfThePrioritiesBefore(t *testing.T) {
	t.Parallel()
	old := inOrder().Definition
	old.Key = "empact-before"
	old.Priorities = append(slices.Clone(old.Priorities), policy.Priority{Key: "fraud", Title: "Fraud"})
	s := inOrder()
	s.Definition.Predecessor = old.Key
	s.Definition.Lineage = []policy.Lineage{{Priority: "firearms", How: "kept"}, {Priority: "drugs", How: "kept"}, {Priority: "arms", How: "ended"}}
	found := func(kept bool) (said []string) {
		d := snapshot(s)
		if kept {
			d.Before = &policy.Records{Definition: &old, Standings: map[policy.Subject]policy.Standing{}}
		}
		all, err := d.FindingsOf("S31")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			said = append(said, f.Record+": "+f.Message)
		}
		return said
	}
	if said := found(false); len(said) > 0 {
		t.Errorf("of a cycle that is not kept here: %v", said)
	}
	want := "priorities/arms: the priority arms is said to go on, and the cycle empact-before has none|" +
		`priorities/fraud: nobody says what became of the priority "Fraud" of the cycle empact-before`
	if said := strings.Join(found(true), "|"); said != want {
		t.Errorf("found %s", said)
	}
}

// A round that tells of a year and is dealt with in the next one is for the first annual
// report that can name it.
func TestSnapshotFindings_AskAnnualReportsForTheTimeThatRoundsTellOf(t *testing.T) {
	t.Parallel()
	const round, year, next = "report/2022/drugs/october", "obligation/annual-report/2022-12-31", "obligation/annual-report/2023-12-31"
	without := func(s *story, path string) {
		delivery := content[*policy.Delivery](s, path)
		delivery.Reports = slices.DeleteFunc(slices.Clone(delivery.Reports), func(p string) bool { return p == round })
	}
	settled := func(s *story, day string) { s.Last(round).Date = date(day) }
	for name, test := range map[string]struct {
		wrong func(*story)
		in    string // the annual report that leaves it out; empty for none
	}{
		"it was there":                    {func(s *story) { without(s, year) }, year},
		"it came after the annual report": {func(s *story) { without(s, year); settled(s, "2023-02-20") }, next},
		"the next one names it": {func(s *story) {
			without(s, year)
			settled(s, "2023-02-20")
			d := content[*policy.Delivery](s, next)
			d.Reports = append(d.Reports, round)
		}, ""},
		"it is named where it tells of the year": {func(s *story) { settled(s, "2023-02-20") }, ""},
		"none was given of that time":            {func(s *story) { without(s, year); content[*policy.Delivery](s, year).Covers.To = date("2022-06-30") }, ""},
	} {
		s := inOrder()
		test.wrong(s)
		found, err := snapshot(s).FindingsOf("S26")
		if err != nil || (len(found) > 0) != (test.in != "") || len(found) > 1 || len(found) == 1 && (found[0].Subject != test.in || found[0].Record != round) {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}
