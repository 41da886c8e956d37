package rules_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// planted is something wrong in a story, with its name.
type planted struct {
	name string
	plant
}

// allPlanted lists everything that is planted, by name.
func allPlanted() []planted {
	var all []planted
	for _, table := range plants {
		for name, p := range table {
			all = append(all, planted{name, p})
		}
	}
	slices.SortFunc(all, func(a, b planted) int { return strings.Compare(a.name, b.name) })
	return all
}

// skeletons makes skeletons of plans of a story, with some fields; of all of them where some is 1.
func skeletons(t *rapid.T, s *story, some int) {
	fields := policy.PlanField("").Words()
	held := rapid.SliceOfDistinct(rapid.SampledFrom(fields), rapid.ID).Draw(t, "held")
	if rapid.Bool().Draw(t, "all but") { // of few rules all fields are drawn
		held = slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(held[:min(len(held), 3)], f) })
	}
	holds, err := policy.ParsePlanFields(strings.Join(held, ","))
	if err != nil {
		t.Fatal(err)
	}
	bySubject := func(a, b policy.Subject) int { return cmp.Compare(a.Path(), b.Path()) }
	for _, subject := range slices.SortedFunc(maps.Keys(s.Contents), bySubject) {
		plan, is := s.Contents[subject].(*policy.OperationalPlan)
		if is && rapid.IntRange(1, some).Draw(t, "of "+subject.Path()) == 1 {
			s.Contents[subject] = policy.SkeletonOf(plan, holds)
		}
	}
}

// counted counts findings by what they are about.
func counted(d *rules.Snapshot) map[string]int {
	n := map[string]int{}
	for _, f := range d.Findings() {
		n[f.Rule+" on "+f.Subject+" about "+f.Record]++
	}
	return n
}

// What is found on a skeleton is found on the whole plan, too; what is not found any more nobody
// says to hold.
func TestSnapshotCompliance_FindsOnASkeletonWhatItCanSeeAndTellsTheRest(t *testing.T) {
	t.Parallel()
	all, lost, kept := allPlanted(), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "planted")
		s := inOrder()
		p.wrong(s)
		full, rule := counted(snapshot(s)), map[string]int{}
		for _, f := range snapshot(s).Findings() {
			rule[f.Rule]++
		}
		skeletons(t, s, rapid.IntRange(1, 3).Draw(t, "one of"))
		bare := snapshot(s)
		for about, n := range counted(bare) {
			kept += n
			if n > full[about] {
				t.Fatalf("%s: of the whole it found %d, of the skeleton %d: %s\n%v", p.name, full[about], n, about, bare.Findings())
			}
		}
		for _, line := range bare.Compliance() {
			if len(line.Findings) >= rule[line.Rule] {
				continue
			}
			lost++
			named := slices.ContainsFunc(line.Gaps, func(g rules.Gap) bool {
				return g.Cause == rules.Skeleton && g.What != "" && strings.Contains(g.Message, g.What)
			})
			if line.Result == rules.Holds || line.Result == rules.DeclaredOnly || line.Result == rules.DoesNotApply || !named {
				t.Fatalf("%s: %s found %d things, finds %d, and says that it is %s: %+v", p.name, line.Rule, rule[line.Rule], len(line.Findings), line.Result, line.Coverage)
			}
		}
	})
	if lost == 0 || kept == 0 {
		t.Errorf("%d findings were lost, %d kept", lost, kept)
	}
}

// With the code alone a rule looks at what needs no more, and names the field that it lacks.
func TestSnapshotCompliance_NamesTheFieldsThatASkeletonLacks(t *testing.T) {
	t.Parallel()
	s := inOrder()
	for subject, content := range s.Contents {
		if plan, is := content.(*policy.OperationalPlan); is {
			s.Contents[subject] = policy.SkeletonOf(plan, nil)
		}
	}
	d := snapshot(s)
	if findings := d.Findings(); len(findings) > 0 {
		t.Errorf("it finds %+v", findings)
	}
	for id, lacks := range map[string]policy.PlanField{
		"S1": "goals", "S2": "from", "S6": "impact", "S7": "impact.text", "S12": "kind", "S15": "leader", "S17": "funding.state", "S19": "funding.source",
		"S20": "external.does", "S21": "external.capacity", "S27": "impact.text", "S28": "kind", "S30": "participants", "S31": "participants", "S32": "participants",
	} {
		line := compliance(s, id)
		told := slices.ContainsFunc(line.Gaps, func(g rules.Gap) bool {
			return g.Cause == rules.Skeleton && g.Number > 0 && strings.Contains(g.What, string(lacks)) && strings.Contains(g.Message, "kept as a skeleton, without")
		})
		if line.Result != rules.CouldNotLook || !told || line.Of <= line.Looked {
			t.Errorf("%s is %s, looked at %d of %d: %+v", id, line.Result, line.Looked, line.Of, line.Gaps)
		}
		if rule := rules.FindRule(id); !slices.Contains(rule.Fields, lacks) {
			t.Errorf("%s does not say that it needs %s: %v", id, lacks, rule.Fields)
		}
	}
	for _, id := range []string{"S3", "S4", "S11", "S16", "S22", "S24"} { // these look at no action
		if line := compliance(s, id); line.Result != rules.Holds && line.Result != rules.DeclaredOnly {
			t.Errorf("%s is %s: %+v", id, line.Result, line.Gaps)
		}
	}
	rolled, err := d.RollOver(on("oap/2023/firearms"))
	if err != nil || !rolled.Plan.IsSkeleton() || len(policy.ProblemsOf(rolled.Plan)) > 0 {
		t.Errorf("the skeleton of the next period is %+v, %v", rolled, err)
	}
	if round, err := d.Round(on("report/2023/firearms/may")); err != nil || len(round.Actions) == 0 {
		t.Errorf("the round is %+v, %v", round, err)
	}
	if sheet := d.NationalSheet("se"); !slices.ContainsFunc(sheet.Consents, func(l rules.ConsentLine) bool { return l.Action == "2023/firearms/1.1" && l.Title == "1.1" }) {
		t.Errorf("the sheet says %+v", sheet.Consents)
	}
}

// With all that it may hold a skeleton is looked at like the whole, but for the texts.
func TestSnapshotCompliance_LooksAtASkeletonThatHoldsMuch(t *testing.T) {
	t.Parallel()
	s := inOrder()
	most, _ := policy.ParsePlanFields(strings.Join(policy.PlanField("").Words(), ","))
	whole := map[string]rules.Compliance{}
	for _, line := range snapshot(s).Compliance() {
		whole[line.Rule] = line
	}
	for subject, content := range s.Contents {
		if plan, is := content.(*policy.OperationalPlan); is {
			s.Contents[subject] = policy.SkeletonOf(plan, most)
		}
	}
	for _, line := range snapshot(s).Compliance() {
		texts := slices.Contains([]string{"S6", "S7", "S8", "S9", "S21", "S27"}, line.Rule)
		switch was := whole[line.Rule]; {
		case texts && line.Result != rules.CouldNotLook:
			t.Errorf("%s is %s", line.Rule, line.Result)
		case !texts && (line.Result != was.Result || line.Looked != was.Looked):
			t.Errorf("%s is %s and looked at %d; of the whole it is %s and looked at %d: %+v", line.Rule, line.Result, line.Looked, was.Result, was.Looked, line.Gaps)
		}
	}
}

// Where a plan of a priority is not seen, its share is not known, and nothing is found by it.
func TestSnapshotBalance_LeavesOutThePrioritiesThatAreNotSeenWhole(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Definition.PreventionFloor = 50
	next := s.Plan("oap/2023/firearms")
	for i := range next.Actions {
		next.Actions[i].Kind = policy.Prevention
	}
	short := func() bool {
		return slices.ContainsFunc(snapshot(s).Findings(), func(f policy.Finding) bool { return f.Rule == "S28" && f.Record == "priorities/firearms" })
	}
	if short() {
		t.Error("the whole is short of prevention")
	}
	s.Contents[on("oap/2023/firearms")] = policy.SkeletonOf(next, nil)
	if short() {
		t.Error("of half of it it finds that it is short of prevention")
	}
	if line := compliance(s, "S28"); line.Result == rules.Holds || line.Result == rules.DeclaredOnly || !slices.ContainsFunc(line.Gaps, func(g rules.Gap) bool { return g.What == "kind" && g.Number == 3 }) {
		t.Errorf("it is %s: %+v", line.Result, line.Gaps)
	}
}
