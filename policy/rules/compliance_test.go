package rules_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// compliance gives what becomes of an obligation in a story.
func compliance(s *story, rule string) rules.Compliance {
	all := snapshot(s).Compliance()
	return all[slices.IndexFunc(all, func(line rules.Compliance) bool { return line.Rule == rule })]
}

func TestSnapshotCompliance_HoldsInACycleInOrder(t *testing.T) {
	t.Parallel()
	for _, line := range snapshot(inOrder()).Compliance() {
		if line.Rule == "S23" { // that was in another cycle
			if line.Result != rules.DoesNotApply || line.Why != "the first annual report was due by 2011-12-31, in another cycle" {
				t.Errorf("%s is %s: %s", line.Rule, line.Result, line.Why)
			}
			continue
		}
		if line.Result != rules.Holds && line.Result != rules.DeclaredOnly || line.Looked == 0 || line.Of != line.Looked || len(line.Gaps) > 0 || line.Changed.IsZero() {
			t.Errorf("%s is %s: %+v %s", line.Rule, line.Result, line.Coverage, line.Why)
		}
	}
}

// Before anything was done no obligation is met: it does not apply yet, or cannot be looked at.
func TestSnapshotCompliance_SaysOfNothingThatItHolds(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today, s.Rows = date("2020-12-01"), nil
	s.Acts, s.Contents = map[policy.Subject][]policy.Recorded{}, map[policy.Subject]policy.Content{}
	for _, line := range snapshot(s).Compliance() {
		if line.Result == rules.Holds && line.Rule != "S15" || line.Result == rules.DoesNotApply && line.Why == "" {
			t.Errorf("%s is %s: %+v %s", line.Rule, line.Result, line.Coverage, line.Why)
		}
	}
}

// What a rule found before it finds no more once it cannot look there: then it says so.
func TestSnapshotCompliance_NeverHoldsWhereItCouldNotLook(t *testing.T) {
	t.Parallel()
	all := allPlanted()
	lost := 0
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "planted")
		s := inOrder()
		p.wrong(s)
		full := map[string]int{}
		for _, f := range snapshot(s).Findings() {
			full[f.Rule]++
		}
		conceal(t, s)
		for _, line := range snapshot(s).Compliance() {
			if len(line.Findings) >= full[line.Rule] {
				continue
			}
			lost++
			if line.Result == rules.Holds || line.Result == rules.DeclaredOnly || line.Result == rules.DoesNotApply {
				t.Fatalf("%s: %s found %d things, finds %d, and says that it is %s: %+v", p.name, line.Rule, full[line.Rule], len(line.Findings), line.Result, line.Coverage)
			}
		}
	})
	if lost == 0 {
		t.Error("nothing was concealed")
	}
}

// conceal keeps some kinds and registers elsewhere, and of some documents an entry alone.
func conceal(t *rapid.T, s *story) {
	s.Definition.Stores = slices.DeleteFunc(s.Definition.Stores, func(string) bool { return rapid.IntRange(0, 7).Draw(t, "keeps") == 0 })
	if rapid.Bool().Draw(t, "duties") {
		s.Definition.Obligations, s.Definition.AttendanceLevel = nil, ""
	}
	entries := rapid.IntRange(0, 4).Draw(t, "entries")
	subjects := slices.SortedFunc(maps.Keys(s.Contents), func(a, b policy.Subject) int { return strings.Compare(a.Path(), b.Path()) })
	for _, subject := range subjects {
		elsewhere := !policy.Stores(&s.Definition, subject.Kind) || rapid.IntRange(1, 4).Draw(t, "entry") <= entries
		if elsewhere {
			delete(s.Contents, subject)
		}
	}
	if rapid.Bool().Draw(t, "skeletons") {
		skeletons(t, s, 2)
	}
	s.Rows = slices.DeleteFunc(s.Rows, func(r policy.Row) bool { return !policy.Stores(&s.Definition, r.Register) })
}

// A rule weighs less once COSI has decided so, on whatever the file says.
func TestRules_WeighLessOnceCOSIHasDecidedSo(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Definition.Weights = []policy.Weight{{Rule: "S6", Severity: informs, Decision: "item/own-assessments"}, {Rule: "S12", Severity: blocks, Decision: "item/own-assessments"}}
	s.Plan(onDrugs).Impact = nil
	s.Action(onDrugs + "/2.1").Participants = nil
	weigh := func() map[string]policy.Severity {
		found := map[string]policy.Severity{}
		for _, f := range snapshot(s).Findings() {
			found[f.Rule] = f.Severity
		}
		return found
	}
	if w := weigh(); w["S6"] != blocks || w["S12"] != warns {
		t.Errorf("nobody decided, and the rules weigh %v", w)
	}
	if line := compliance(s, "S6"); line.Weight == nil || line.Severity != blocks {
		t.Errorf("nobody decided, and it shows %+v, %s", line.Weight, line.Severity)
	}
	s.Agree("item/own-assessments", "Own assessments", "2021-10-01", "2021-10-20")
	if w := weigh(); w["S6"] != informs || w["S12"] != warns { // no rule weighs more than elsewhere
		t.Errorf("COSI decided, and the rules weigh %v", w)
	}
	if line := compliance(s, "S6"); line.Result != rules.Broken || line.Severity != informs {
		t.Errorf("it is %s and weighs %s", line.Result, line.Severity)
	}
	s.Table(onDrugs)
	if blocking := snapshot(s).Blocking(on(onDrugs)); len(blocking) > 0 {
		t.Errorf("it blocks: %+v", blocking)
	}
	s.Last("item/own-assessments").Outcome = policy.NotAgreed
	if blocking := snapshot(s).Blocking(on(onDrugs)); len(blocking) == 0 {
		t.Error("COSI did not agree, and it blocks nothing")
	}
}

// What a cycle file leaves out is told before the cycle starts.
func TestBlind_NamesWhatRulesCanNeverLookAt(t *testing.T) {
	t.Parallel()
	d := inOrder().Definition
	if gaps, _ := rules.Blind(&d); len(gaps) > 0 {
		t.Errorf("all is there, and it misses %+v", gaps)
	}
	d.Meetings, d.Obligations, d.AttendanceLevel = nil, nil, ""
	d.Stores = slices.DeleteFunc(d.Stores, func(kept string) bool { return kept == "oap" })
	gaps, of := rules.Blind(&d)
	for what, rule := range map[string]string{"meetings": "S11", "attendance_level": "S22", "oap": "S1", "obligations/annual-report": "S24", "obligations/update": "S13", "obligations/report-to-parliaments": "S13"} {
		if !slices.ContainsFunc(gaps, func(g rules.Gap) bool { return g.What == what }) || !slices.Contains(of[what], rule) {
			t.Errorf("it does not miss %s for %s: %+v %v", what, rule, gaps, of[what])
		}
	}
}
