package rules_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// found is one finding as the stories expect it.
type found struct {
	rule     string
	severity policy.Severity
	record   string
	says     string // a piece of the message
}

// plant is one thing done wrong in a cycle in which all else is in order.
type plant struct {
	wrong func(*story)
	finds []found
	// keeps is the subject that a blocking finding keeps off the agenda.
	keeps string
	code  policy.Code // of the refused decision, if not CodeBlocked
	// then is what stands against tabling, where it is put in other words than
	// later on.
	then string
	// also is another rule that stands against tabling, but not later on.
	also string
}

const blocks, warns, informs = policy.Blocks, policy.Warns, policy.Informs

// The plans in which things go wrong: they are adopted on 7 December 2022. The
// change adds an action on 20 April 2022.
const (
	onFirearms = "oap/2023/firearms"
	onDrugs    = "oap/2023/drugs"
	ofChange   = "change/2022/firearms/1"
)

func one(rule string, severity policy.Severity, record, says string) []found {
	return []found{{rule, severity, record, says}}
}

var plants = []map[string]plant{planning, impacts, actions, strategic, monitoring, funding}

func TestRules_FindWhatEachIsForAndNothingElse(t *testing.T) {
	t.Parallel()
	hit := map[string]bool{}
	for _, table := range plants {
		for name, test := range table {
			for _, f := range test.finds {
				hit[f.rule] = true
			}
			t.Run(name, func(t *testing.T) {
				s := inOrder()
				test.wrong(s)
				got := snapshot(s).Findings()
				if len(got) != len(test.finds) {
					t.Errorf("%d findings, want %d: %+v", len(got), len(test.finds), got)
					return
				}
				for i, want := range test.finds {
					f := got[i]
					if f.Rule != want.rule || f.Severity != want.severity || f.Record != want.record || !strings.Contains(f.Message, want.says) {
						t.Errorf("found %s %s %q: %s\nwant %s %s %q: … %s …", f.Rule, f.Severity, f.Record, f.Message, want.rule, want.severity, want.record, want.says)
					}
					if !slices.ContainsFunc(f.Mend, policy.Body.Known) || slices.ContainsFunc(f.Mend, func(b policy.Body) bool { return !b.Known() }) {
						t.Errorf("%s %q is mended by %q", f.Rule, f.Record, f.Mend)
					}
				}
			})
		}
	}
	for _, rule := range rules.Rules() {
		if !hit[rule.ID] {
			t.Errorf("no story of %s", rule.ID)
		}
	}
}

func TestSnapshotJudgeTabling_KeepsABlockedSubjectOffUnlessIrregular(t *testing.T) {
	t.Parallel()
	for _, table := range plants {
		for name, test := range table {
			if test.keeps == "" {
				continue
			}
			t.Run(name, func(t *testing.T) {
				s := inOrder()
				test.wrong(s)
				decision := s.Table(test.keeps)
				judgedAsBlocked(t, s, decision, test)
			})
		}
	}
}

func judgedAsBlocked(t *testing.T, s *story, decision policy.Act, test plant) {
	t.Helper()
	d, e := snapshot(s), s.Entry(test.keeps)
	says, code := test.then, policy.CodeBlocked
	if says == "" {
		says = test.finds[0].says
	}
	if test.code != "" {
		code = test.code
	}
	blocking := d.Blocking(e.Subject)
	rules := map[string]bool{test.also: true}
	for _, f := range test.finds {
		rules[f.rule] = true
	}
	for _, f := range blocking {
		if !rules[f.Rule] || f.Subject != test.keeps {
			t.Errorf("%s blocks %s: %s", f.Rule, f.Subject, f.Message)
		}
	}
	if err := d.JudgeTabling(e.Subject); policy.CodeOf(err) != policy.CodeBlocked || !strings.Contains(err.Error(), says) {
		t.Errorf("tabling: %v, want … %s …", err, says)
	}

	f := &file{Entry: e, Opened: e.Opens, Records: s.Acts[e.Subject], Facts: d.FactsFor(e)}
	f.Facts.Blocking = blocking
	err := f.Takes(decision)
	if policy.CodeOf(err) != code {
		t.Fatalf("adopting: %v, want %s", err, code)
	}
	if code == policy.CodeBlocked && (!strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "record it as irregular, with the reason and a second person")) {
		t.Errorf("adopting: %v, want … %s …", err, says)
	}
	irregular := func(a *policy.Act) { a.Irregular = "it is in the minutes" }
	f.Refuses(t, of(decision, func(a *policy.Act) { a.Irregular = " " }), policy.CodeInvalid)
	f.Refuses(t, of(of(decision, irregular), func(a *policy.Act) { a.Body, a.By.Body = policy.Commission, policy.Commission }), policy.CodeNotCompetent)
	f.Refuses(t, of(of(decision, irregular), func(a *policy.Act) { a.Outcome = policy.ReferredBack }), policy.CodeInvalid)
	f.Must(t, of(decision, irregular))
	if now := f.Standing(); !now.Positive() || now.ClosedOn != decision.Date {
		t.Errorf("it stands at %+v", now)
	}
}

func TestSnapshotJudgeTabling_TakesNothingIrregularWithoutAReason(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"priorities", "masp/drugs", onDrugs, ofChange} {
		s := inOrder()
		decision := s.Table(path)
		d, e := snapshot(s), s.Entry(path)
		if err := d.JudgeTabling(e.Subject); err != nil {
			t.Errorf("tabling %s: %v", path, err)
		}
		f := &file{Entry: e, Opened: e.Opens, Records: s.Acts[e.Subject], Facts: d.FactsFor(e)}
		f.Refuses(t, of(decision, func(a *policy.Act) {
			a.Irregular = "to be safe"
		}), policy.CodeInvalid)
		f.Must(t, decision)
	}
}

// What is blocked may still be referred back: so it is mended.
func TestSnapshotBlocking_LetsASubjectBeReferredBack(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Plan(onDrugs).Impact = nil
	decision := s.Table(onDrugs)
	d, e := snapshot(s), s.Entry(onDrugs)
	f := &file{Entry: e, Opened: e.Opens, Records: s.Acts[e.Subject], Facts: d.FactsFor(e)}
	f.Facts.Blocking = d.Blocking(e.Subject)
	f.Must(t, of(decision, func(a *policy.Act) { a.Outcome, a.Comment = policy.ReferredBack, "The results are missing." }))
}

func TestSnapshotJudgeTabling_GivesTheFirstFiveReasons(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Plan(onDrugs).Impact = &policy.ImpactAssessment{}
	s.Table(onDrugs)
	d := snapshot(s)
	blocking := d.Blocking(on(onDrugs))
	err := d.JudgeTabling(on(onDrugs))
	if len(blocking) != 12 || err == nil || !strings.Contains(err.Error(), "and 7 more") || strings.Count(err.Error(), "; ") != 5 {
		t.Errorf("%d findings: %v", len(blocking), err)
	}
}

func TestFindingsOf_SaysWhichRulesThereAre(t *testing.T) {
	t.Parallel()
	last := fmt.Sprintf("S%d", len(rules.Rules()))
	_, err := new(rules.Snapshot).FindingsOf("S0")
	if policy.CodeOf(err) != policy.CodeUnknown || !strings.Contains(err.Error(), "the rules are S1 to "+last) {
		t.Errorf("%v", err)
	}
}

// What a reader meets first says how many there are.
func TestRules_AreAsManyAsTheREADMESays(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if said := fmt.Sprintf("[%d rules](docs/rules.md)", len(rules.Rules())); err != nil || !bytes.Contains(readme, []byte(said)) {
		t.Errorf("README.md does not say %s (%v)", said, err)
	}
}

func TestRules_AreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	all := rules.Rules()
	if len(all) != policy.LastRule {
		t.Errorf("%d rules, and %d is the last", len(all), policy.LastRule)
	}
	known := append(policy.Texts(policy.ContentKinds()), policy.Texts(policy.Registers())...)
	for i, r := range all {
		if r.ID != fmt.Sprintf("S%d", i+1) {
			t.Errorf("rule %d is %s", i+1, r.ID)
		}
		if r.Place.Paragraph < 1 || r.Place.Paragraph > 18 || r.Place.Indent > 3 {
			t.Errorf("%s stands in %s", r.ID, r.Place)
		}
		if r.Title == "" || r.Checks == "" || r.Source == "" || r.Bites == "" {
			t.Errorf("%s says too little of itself: %+v", r.ID, r)
		}
		if !slices.Contains([]policy.Severity{blocks, warns, informs}, r.Severity) || (r.Severity == blocks) != (len(r.Stops) > 0) {
			t.Errorf("%s %s and stops %v", r.ID, r.Severity, r.Stops)
		}
		for _, need := range r.Needs {
			if !slices.Contains(known, need) {
				t.Errorf("%s needs %q", r.ID, need)
			}
		}
		for _, kind := range r.Stops {
			if kind.Title() == "" || !kind.Adopted() {
				t.Errorf("%s stops %q", r.ID, kind)
			}
		}
		if found := rules.FindRule(r.ID); found == nil || found.Title != r.Title || !policy.IsRule(r.ID) {
			t.Errorf("FindRule(%s) is %+v", r.ID, found)
		}
	}
	for _, id := range []string{"", "S0", "S33", "s1", "S01", "X"} {
		if rules.FindRule(id) != nil || policy.IsRule(id) {
			t.Errorf("there is a rule %q", id)
		}
		if _, err := snapshot(inOrder()).FindingsOf(id); policy.CodeOf(err) != policy.CodeUnknown {
			t.Errorf("the findings of %q: %v", id, err)
		}
	}
}

func TestRules_AreSilentWhereNothingIsKept(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Definition.Stores = nil
	s.Rows, s.Contents = nil, nil
	if got := snapshot(s).Findings(); len(got) > 0 {
		t.Errorf("nothing is kept, and found is %+v", got)
	}
	for _, line := range snapshot(s).Compliance() {
		first := line.Rule == "S23" // that was in another cycle
		if rule := rules.FindRule(line.Rule); len(rule.Needs) > 0 && !first && line.Result != rules.CouldNotLook {
			t.Errorf("%s is %s: %+v", line.Rule, line.Result, line.Coverage)
		}
	}
}

func TestSnapshotObjectiveMap_LeavesOutRefusedPriorities(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Definition.Priorities[1].Objectives = nil
	s.Definition.Priorities = append(s.Definition.Priorities, policy.Priority{Key: "cars", Title: "Cars"})
	items := &s.Last("priorities").Items
	*items = append(*items, policy.ItemOutcome{Item: "cars", Outcome: policy.NotAgreed})
	lines, orphans := snapshot(s).ObjectiveMap()
	if !cmp.Equal(orphans, []string{"drugs"}) || len(lines) != 5 || !cmp.Equal(lines[0].Priorities, []string{"firearms"}) {
		t.Errorf("%+v %v", lines, orphans)
	}
	s.Definition.Priorities[2].Objectives = []policy.Objective{"crises-and-disasters"}
	s.Strike(policy.RegStrategy, "floods")
	if got, err := snapshot(s).FindingsOf("S4"); err != nil || len(got) != 2 || got[0].Record != "objectives/crises-and-disasters" {
		t.Errorf("found %+v, %v", got, err)
	}
}

func TestSnapshotMoney_IsAddedUp(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Allocation("a2").Priority = ""
	want := rules.Money{
		Objectives: []rules.Share{{Name: "criminal-networks", Amount: 30000}, {Name: "terrorism"}, {Name: "cyberspace"}, {Name: "borders"}, {Name: "crises-and-disasters"}},
		Priorities: []rules.Share{{Name: "firearms", Amount: 30000}, {Name: "drugs"}}, Untagged: 30000,
	}
	got := snapshot(s).Money()
	if len(got.Envelopes) != 2 || got.Envelopes[0].Allocated != 50000 || got.Envelopes[1].Allocated != 10000 {
		t.Errorf("envelopes %+v", got.Envelopes)
	}
	got.Envelopes = nil
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}
