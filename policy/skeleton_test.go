package policy_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

const held = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// mostHeld are all fields that a skeleton may ever hold.
func mostHeld() []policy.PlanField {
	all, _ := policy.ParsePlanFields(strings.Join(policy.PlanField("").Words(), ","))
	return all
}

// restricted hands an OAP in that is itself held elsewhere.
func restricted(change func(*policy.Act)) policy.Act {
	a := policy.Act{
		Kind: policy.ActSubmit, Subject: on("oap/2023/firearms"), Marking: policy.Restricted, Holder: "the registry", Document: "EX 12/22",
		Content: held, TextDigest: held,
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestSkeletonOf_HoldsWhatIsListedAndNothingElse(t *testing.T) {
	t.Parallel()
	whole := content[*policy.OperationalPlan](inOrder(), "oap/2023/firearms")
	whole.Marking = policy.Restricted
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.SliceOfDistinct(rapid.SampledFrom(mostHeld()), rapid.ID).Draw(t, "fields")
		bare := policy.SkeletonOf(whole, fields)
		if ps := policy.ProblemsOf(bare); len(ps) > 0 {
			t.Fatalf("it is not sound: %v", ps)
		}
		if bare.Marking != "" || len(bare.Actions) != len(whole.Actions) {
			t.Fatalf("it is marked %q and has %d actions", bare.Marking, len(bare.Actions))
		}
		for i, a := range bare.Actions {
			of := whole.Actions[i]
			if a.Code != of.Code || a.Title != "" || a.Description != "" || a.Results != "" || a.External.Capacity != "" {
				t.Fatalf("it has %+v", a)
			}
			if slices.Contains(fields, policy.FieldLeader) != (a.Leader != "") || slices.Contains(fields, policy.FieldFundingState) != (a.Funding.State != "") || slices.Contains(fields, policy.FieldTo) == a.To.IsZero() {
				t.Fatalf("of %v it has %+v", fields, a)
			}
		}
		if assessed := bare.Impact != nil; assessed != slices.Contains(fields, policy.FieldImpact) || assessed && (bare.Impact.Financial != "" || bare.Impact.AddedValue.Reason != "" || bare.Impact.Reviewer == "") {
			t.Fatalf("of %v it has %+v", fields, bare.Impact)
		}
		if again := policy.SkeletonOf(whole, mostHeld()); again.Actions[0].Leader == "" || whole.Actions[0].Title == "" || whole.Impact.Financial == "" {
			t.Fatal("the whole plan is not whole any more")
		}
		if err := policy.JudgeKept(restricted(nil), bare, policy.Limits{Ceiling: policy.Limite, Skeleton: fields}); err != nil {
			t.Fatalf("it is refused: %v", err)
		}
	})
}

// Whatever stands in a field that is not listed, or that no skeleton holds, is told with its path.
func TestProblemsOf_TellsWhatASkeletonMayNotHave(t *testing.T) {
	t.Parallel()
	skeleton := func(fields ...policy.PlanField) *policy.OperationalPlan {
		return policy.SkeletonOf(content[*policy.OperationalPlan](inOrder(), "oap/2023/firearms"), fields)
	}
	tests := map[string]struct {
		change      func(p *policy.OperationalPlan)
		field, says string
	}{
		"a title":              {func(p *policy.OperationalPlan) { p.Actions[2].Title = "Weapons" }, "actions[2].title", "no free text"},
		"what it reaches":      {func(p *policy.OperationalPlan) { p.Actions[0].Results = "seized" }, "actions[0].results", "no free text"},
		"a capacity":           {func(p *policy.OperationalPlan) { p.Actions[0].External.Capacity = "traces" }, "actions[0].external.capacity", "no free text"},
		"an assessment's text": {func(p *policy.OperationalPlan) { p.Impact.Financial = "much" }, "impact.financial", "no free text"},
		"a reason":             {func(p *policy.OperationalPlan) { p.OwnImpacts[1].AddedValue.Reason = "much" }, "own_impacts[1].added_value", "no free text"},
		"money":                {func(p *policy.OperationalPlan) { p.Actions[1].Funding.Need = 3 }, "actions[1].funding.need", "list funding.need under skeleton"},
		"a long area":          {func(p *policy.OperationalPlan) { p.Actions[1].Area = strings.Repeat("a ", 40) }, "actions[1].area", "80 characters"},
		"a long partner":       {func(p *policy.OperationalPlan) { p.Actions[1].Partners = []string{"Ukraine", strings.Repeat("a", 61)} }, "actions[1].partners[1]", "61 characters"},
		"an unknown field":     {func(p *policy.OperationalPlan) { p.Skeleton = append(p.Skeleton, "title") }, "skeleton[6]", "no skeleton holds"},
		"a field twice":        {func(p *policy.OperationalPlan) { p.Skeleton = append(p.Skeleton, "kind") }, "skeleton[6]", "repeats"},
		"no code":              {func(p *policy.OperationalPlan) { p.Skeleton = p.Skeleton[1:] }, "skeleton", "lists no code"},
		"no kind":              {func(p *policy.OperationalPlan) { p.Actions[0].Kind = "" }, "actions[0].kind", "is missing"},
		"no beginning":         {func(p *policy.OperationalPlan) { p.Actions[0].From = policy.Date{} }, "actions[0].from", "is missing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := skeleton(policy.FieldImpact, policy.FieldKind, policy.FieldArea, policy.FieldPartners, policy.FieldFrom)
			test.change(p)
			ps := policy.ProblemsOf(p)
			if !slices.ContainsFunc(ps, func(p policy.Problem) bool { return p.Field == test.field && strings.Contains(p.Message, test.says) }) {
				t.Errorf("it tells %v", ps)
			}
		})
	}
}

func TestJudgeKept_TakesASkeletonOfWhatIsClassified(t *testing.T) {
	t.Parallel()
	limits := policy.Limits{Ceiling: policy.Limite, Skeleton: []policy.PlanField{policy.FieldCode, policy.FieldKind}}
	skeleton := func(fields ...policy.PlanField) *policy.OperationalPlan {
		return policy.SkeletonOf(content[*policy.OperationalPlan](inOrder(), "oap/2023/firearms"), fields)
	}
	marked := func(m policy.Marking) *policy.OperationalPlan {
		p := skeleton()
		p.Marking = m
		return p
	}
	tests := map[string]struct {
		act     policy.Act
		content policy.Content
		limits  policy.Limits
		field   string
		code    policy.Code
		says    string
	}{
		"as it should be":           {restricted(nil), skeleton(policy.FieldKind), limits, "", "", ""},
		"a public one":              {restricted(nil), marked(policy.Public), limits, "", "", ""},
		"a field that is not taken": {restricted(nil), skeleton(policy.FieldLeader), limits, "actions[0].leader", policy.CodeInvalid, "skeleton.fields"},
		"by default code alone":     {restricted(nil), skeleton(policy.FieldKind), policy.Limits{Ceiling: policy.Limite}, "actions[0].kind", policy.CodeInvalid, "a skeleton holds code, by the setting skeleton.fields"},
		"itself classified":         {restricted(nil), marked(policy.Restricted), limits, "", policy.CodeMarking, "RESTREINT UE"},
		"above a public ceiling":    {restricted(nil), skeleton(), policy.Limits{Ceiling: policy.Public}, "", policy.CodeMarking, "above PUBLIC"},
		"of what is LIMITE":         {restricted(func(a *policy.Act) { a.Marking = "" }), skeleton(), limits, "marking", policy.CodeInvalid, "hand in the whole"},
		"without a number":          {restricted(func(a *policy.Act) { a.Document = "" }), skeleton(), limits, "document", policy.CodeInvalid, "register number"},
		"without a holder":          {restricted(func(a *policy.Act) { a.Holder = "" }), skeleton(), limits, "holder", policy.CodeInvalid, "who holds it"},
		"without the digest":        {restricted(func(a *policy.Act) { a.TextDigest = "" }), skeleton(), limits, "text_digest", policy.CodeInvalid, "sha256sum"},
		"the whole plan":            {restricted(nil), content[*policy.OperationalPlan](inOrder(), "oap/2023/firearms"), limits, "", policy.CodeMarking, "but the skeleton"},
		"an entry with the digest":  {restricted(func(a *policy.Act) { a.Content = "" }), nil, limits, "", "", ""},
		"a digest of what is here":  {restricted(func(a *policy.Act) { a.Marking, a.Holder = "", "" }), nil, limits, "text_digest", policy.CodeInvalid, "above LIMITE alone"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := policy.JudgeKept(test.act, test.content, test.limits)
			refusal, _ := errors.AsType[*policy.Error](err)
			switch {
			case test.code == "" && err != nil, test.code != "" && refusal == nil:
				t.Errorf("it says %v", err)
			case refusal != nil && (refusal.Code != test.code || refusal.Field != test.field || !strings.Contains(refusal.Message, test.says)):
				t.Errorf("it says %s of %q: %s", refusal.Code, refusal.Field, refusal.Message)
			}
		})
	}
}

func TestParsePlanFields_TakesNoFreeText(t *testing.T) {
	t.Parallel()
	if fields, err := policy.ParsePlanFields(" Leader,kind, leader "); err != nil || !reflect.DeepEqual(fields, []policy.PlanField{"code", "leader", "kind"}) {
		t.Errorf("it reads %v, %v", fields, err)
	}
	for _, text := range []string{"title", "description", "results", "external.capacity", "impact.text", "code;kind"} {
		if fields, err := policy.ParsePlanFields("code," + text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s is taken: %v, %v", text, fields, err)
		}
	}
}

func TestParseDigest_ReadsWhatSha256sumPrints(t *testing.T) {
	t.Parallel()
	for _, text := range []string{held, strings.TrimPrefix(held, "sha256:"), " " + strings.ToUpper(strings.TrimPrefix(held, "sha256:"))} {
		if read, err := policy.ParseDigest(text); err != nil || read != held {
			t.Errorf("of %q it reads %q, %v", text, read, err)
		}
	}
	for _, text := range []string{"", "sha256:", held + "0", "md5:" + held[7:]} {
		if read, err := policy.ParseDigest(text); err == nil {
			t.Errorf("of %q it reads %q", text, read)
		}
	}
	a := restricted(func(a *policy.Act) {
		a.Date, a.By, a.TextDigest = date("2022-10-26"), policy.Actor{Name: "Eva", Body: policy.SupportTeam}, "sha256:12"
	})
	if err := a.Check(); err == nil || !strings.Contains(err.Error(), "sha256sum") {
		t.Errorf("another digest is taken: %v", err)
	}
}
