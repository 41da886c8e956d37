package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func road(recommendation string, by policy.Date) []policy.RoadmapPoint {
	return []policy.RoadmapPoint{{Recommendation: recommendation, By: by}}
}

// Each mistake in a document is made alone and must be found alone.
func TestProblemsOf_GiveOneForOneMistake(t *testing.T) {
	t.Parallel()
	const report, delivery = "report/2023/drugs/may", "obligation/annual-report/2022-12-31"
	const onFirearms, onDrugs, ofChange = "oap/2023/firearms", "oap/2023/drugs", "change/2022/firearms/1"
	long := strings.Repeat("x", 4001)
	masp := func(s *story) *policy.StrategicPlan { return content[*policy.StrategicPlan](s, "masp/drugs") }
	reported := func(s *story) *policy.Report { return content[*policy.Report](s, report) }
	delivered := func(s *story) *policy.Delivery { return content[*policy.Delivery](s, delivery) }
	evaluated := func(s *story) *policy.EvaluationReport {
		return content[*policy.EvaluationReport](s, "evaluation")
	}
	diverges := func(priority, reason string) func(*story) {
		return func(s *story) {
			c := content[*policy.Conclusions](s, "priorities")
			c.Divergences = append(c.Divergences, policy.Divergence{Priority: "cars", Reason: "gone"}, policy.Divergence{Priority: priority, Reason: reason})
		}
	}
	sets := func(change func(p *policy.SetPriority)) func(*story) {
		return func(s *story) { change(&content[*policy.Conclusions](s, "priorities").Priorities[1]) }
	}
	advises := func(does policy.Treatment, recommendations, priorities string) func(*story) {
		return func(s *story) {
			a := &s.Advice().Advice[0]
			a.Does, a.Recommendations, a.Priorities = does, strings.Fields(recommendations), strings.Fields(priorities)
		}
	}
	tests := map[string]struct {
		path   string
		change func(*story)
		field  string
		says   string
	}{
		"an assessment of no kind": {"assessment", func(s *story) { s.Assessment().Kind = "" }, "kind", "is missing"},
		"a threat in capitals": {"assessment", func(s *story) {
			s.Assessment().Threats[2].Key = "CARS"
			s.Assessment().Recommendations[2].Threats = nil
		}, "threats[2].key", "expected a short code such as 2.3"},
		"a threat twice": {"assessment", func(s *story) {
			s.Assessment().Threats[2].Key = "guns"
			s.Assessment().Recommendations[2].Threats = nil
		}, "threats[2].key", `repeats the code "guns" of threats[0].key`},
		"a threat untitled":            {"assessment", func(s *story) { s.Assessment().Threats[0].Title = "\t" }, "threats[0].title", "is missing"},
		"a threat of no area":          {"assessment", func(s *story) { s.Assessment().Threats[0].Area = "" }, "threats[0].area", "is missing"},
		"a threat at no level":         {"assessment", func(s *story) { s.Assessment().Threats[0].Level = "" }, "threats[0].level", "is missing"},
		"a threat that goes nowhere":   {"assessment", func(s *story) { s.Assessment().Threats[0].Trend = "" }, "threats[0].trend", "is missing"},
		"a recommendation without key": {"assessment", func(s *story) { s.Assessment().Recommendations[0].Key = "" }, "recommendations[0].key", "expected a short code"},
		"a recommendation untitled":    {"assessment", func(s *story) { s.Assessment().Recommendations[0].Title = long }, "recommendations[0].title", "has 4001 characters: at most 4000"},
		"a recommendation against ghosts": {"review", func(s *story) {
			content[*policy.ThreatAssessment](s, "review").Recommendations[1].Threats = []string{"cocaine", "ghosts"}
		}, "recommendations[1].threats[1]", `is "ghosts": the assessment describes no such threat`},

		"advice on nothing":       {"advisory-document", advises(policy.Leaves, "", ""), "advice[0].recommendations", "is empty"},
		"taking two of one":       {"advisory-document", advises(policy.Takes, "r1", "a b"), "advice[0].does", `is "takes" with 1 recommendations and 2 priorities`},
		"taking none":             {"advisory-document", advises(policy.Takes, "r1", ""), "advice[0].does", "takes makes one of one"},
		"merging one":             {"advisory-document", advises(policy.Merges, "r1", "a"), "advice[0].does", "merges one of many"},
		"merging into many":       {"advisory-document", advises(policy.Merges, "r1 r2", "a b"), "advice[0].does", "merges one of many"},
		"splitting into one":      {"advisory-document", advises(policy.Splits, "r1", "a"), "advice[0].does", "splits many of one"},
		"splitting two":           {"advisory-document", advises(policy.Splits, "r1 r2", "a b"), "advice[0].does", "splits many of one"},
		"leaving with a priority": {"advisory-document", advises(policy.Leaves, "r1", "a"), "advice[0].does", "leaves none"},
		"doing nothing with it":   {"advisory-document", advises("", "r1", "a"), "advice[0].does", `is ""`},
		"advice for no reason":    {"advisory-document", func(s *story) { s.Advice().Advice[2].Reason = "" }, "advice[2].reason", "is missing"},
		"conclusions on nothing":  {"priorities", func(s *story) { content[*policy.Conclusions](s, "priorities").Priorities = nil }, "priorities", "is empty: expected every priority that the Council sets"},
		"a priority set twice":    {"priorities", sets(func(p *policy.SetPriority) { p.Key = "firearms" }), "priorities[1].key", `repeats the key "firearms"`},
		"a priority unnamed":      {"priorities", sets(func(p *policy.SetPriority) { p.Title = "" }), "priorities[1].title", "expected the name of the priority"},
		"a part twice": {"priorities", sets(func(p *policy.SetPriority) {
			p.SubPriorities = []policy.SubPriority{{Key: "cocaine", Title: "Cocaine"}, {Key: "cocaine", Title: "Heroin"}}
		}), "priorities[1].sub_priorities[1].key", "repeats"},
		"an aim without end":        {"priorities", sets(func(p *policy.SetPriority) { p.Aim = long }), "priorities[1].aim", "has 4001 characters: at most 4000"},
		"a divergence from nothing": {"priorities", diverges("", "why not"), "divergences[1].priority", "expected a short code"},
		"a divergence twice":        {"priorities", diverges("cars", "why not"), "divergences[1].priority", `repeats the code "cars"`},
		"a divergence unexplained":  {"priorities", diverges("drugs", " "), "divergences[1].reason", "is missing"},

		"a MASP without goals": {"masp/drugs", func(s *story) { masp(s).Goals = nil }, "goals", "is empty: expected the strategic goals"},
		"a goal twice":         {"masp/drugs", func(s *story) { masp(s).Goals[1].Key = "drugs-1" }, "goals[1].key", "each code is used once"},
		"a goal untitled":      {"masp/drugs", func(s *story) { masp(s).Goals[1].Title = "" }, "goals[1].title", "is missing"},

		"an OAP without actions":        {onDrugs, func(s *story) { s.Plan(onDrugs).Actions = nil }, "actions", "is empty: expected the operational actions"},
		"an action of two points":       {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[0].Code = "2..1" }, "actions[0].code", `is "2..1"`},
		"an action with a slash":        {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[0].Code = "2/1" }, "actions[0].code", "expected a short code"},
		"an action twice":               {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].Code = "2.1" }, "actions[1].code", `repeats the code "2.1" of actions[0].code`},
		"an action untitled":            {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].Title = "" }, "actions[1].title", "is missing"},
		"an action of no kind":          {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].Kind = "" }, "actions[1].kind", "is missing"},
		"an action without beginning":   {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].From = policy.Date{} }, "actions[1].from", "is missing"},
		"an action without end":         {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].To = policy.Date{} }, "actions[1].to", "is missing"},
		"an action backwards":           {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].To = date("2022-12-31") }, "actions[1].to", "before the action starts on 2023-01-01"},
		"an action carried over":        {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[1].CarriedOverFrom = "2022/2.1" }, "actions[1].carried_over_from", "expected PERIOD/OAP/CODE"},
		"an action measured twice":      {onDrugs, func(s *story) { a := &s.Plan(onDrugs).Actions[0]; a.KPIs = append(a.KPIs, a.KPIs[0]) }, "actions[0].kpis[1].indicator", `repeats the code "arrests"`},
		"an action that brings money":   {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[0].Funding.Need = -1 }, "actions[0].funding", "is negative"},
		"an action granted less than 0": {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[0].Funding.Granted = -1 }, "actions[0].funding", "is negative"},
		"an action told at length":      {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[0].Description = long }, "actions[0].description", "has 4001 characters"},
		"results told at length":        {onDrugs, func(s *story) { s.Plan(onDrugs).Actions[0].Results = long }, "actions[0].results", "has 4001 characters"},
		"capacity told at length":       {ofChange, func(s *story) { s.Plan(ofChange).Actions[2].External.Capacity = long }, "actions[2].external.capacity", "has 4001 characters"},
		"an assessment of no action":    {onFirearms, func(s *story) { s.Plan(onFirearms).OwnImpacts[1].Action = "9.9" }, "own_impacts[1].action", `is "9.9": the plan has no such action`},
		"an action assessed twice":      {onFirearms, func(s *story) { s.Plan(onFirearms).OwnImpacts[1].Action = "1.2" }, "own_impacts[1].action", `repeats the code "1.2" of own_impacts[0].action`},

		"a report on nothing":         {report, func(s *story) { *reported(s) = policy.Report{} }, "actions", "is empty: expected what became of each action"},
		"a report on nobody knows":    {report, func(s *story) { reported(s).Actions[0].Action = "" }, "actions[0].action", "expected a short code"},
		"a report twice":              {report, func(s *story) { reported(s).Actions[1].Action = "2.1" }, "actions[1].action", `repeats the code "2.1"`},
		"a report without status":     {report, func(s *story) { reported(s).Actions[1].Status = "" }, "actions[1].status", "is missing: expected one of"},
		"a report at length":          {report, func(s *story) { reported(s).Actions[1].Text = long }, "actions[1].text", "has 4001 characters"},
		"a report counts twice":       {report, func(s *story) { a := &reported(s).Actions[0]; a.Figures = append(a.Figures, a.Figures[0]) }, "actions[0].figures[1].indicator", `repeats the code "arrests"`},
		"published without status":    {report, func(s *story) { reported(s).Published.Statuses[0].Status = "" }, "published.statuses[0].status", "is missing"},
		"an annual report backwards":  {delivery, func(s *story) { delivered(s).Covers.To = date("2021-01-01") }, "covers.to", "before the beginning on 2022-01-01"},
		"an annual report of no year": {delivery, func(s *story) { delivered(s).Covers.From = policy.Date{} }, "covers.from", "is missing"},

		"evaluated by nobody":         {"evaluation", func(s *story) { evaluated(s).Evaluator = "" }, "evaluator", "is missing"},
		"evaluated on nothing":        {"evaluation", func(s *story) { evaluated(s).Findings[2].Criterion = "" }, "findings[2].criterion", "is missing"},
		"evaluated without words":     {"evaluation", func(s *story) { evaluated(s).Findings[2].Text = "" }, "findings[2].text", "is missing"},
		"recommended twice":           {"evaluation", func(s *story) { evaluated(s).Recommendations[1].Key = "fewer" }, "recommendations[1].key", `repeats the code "fewer"`},
		"recommended without words":   {"evaluation", func(s *story) { evaluated(s).Recommendations[1].Text = "" }, "recommendations[1].text", "is missing"},
		"a road that leads nowhere":   {"evaluation", func(s *story) { evaluated(s).Roadmap = road("more", date("2024-01-01")) }, "roadmap[0].recommendation", `is "more": the evaluation has no such recommendation`},
		"a road that takes for ever":  {"evaluation", func(s *story) { evaluated(s).Roadmap = road("fewer", date("2100-01-01")) }, "roadmap[0].by", "expected a year between"},
		"a road that takes no time":   {"evaluation", func(s *story) { evaluated(s).Roadmap = road("fewer", policy.Date{}) }, "roadmap[0].by", "is missing"},
		"a recommendation of no code": {"evaluation", func(s *story) { evaluated(s).Recommendations[1].Key = "Money!" }, "recommendations[1].key", "expected a short code"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := inOrder()
			test.change(s)
			ps := policy.ProblemsOf(s.Contents[on(test.path)])
			if len(ps) != 1 || ps[0].Field != test.field || !strings.Contains(ps[0].Message, test.says) {
				t.Errorf("%+v, want %s … %s …", ps, test.field, test.says)
			}
		})
	}
}

func TestAdmitContent_IsStrict(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		`{"goals": [{"key": "a", "title": "A"}], "gaols": 1}`:        `unknown field "gaols"`,
		`{"goals": [{"key": "a", "title": "A", "objective": "P!"}]}`: `"P!" is not a strategic objective: use criminal-networks`,
		`{"goals": [{"key": "a", "title": "A"}], "marking": "TOP"}`:  `"TOP" is not a marking: use PUBLIC, LIMITE`,
		`{"goals": [{"key": "a", "title": "A"}]} {}`:                 "more than one value",
		`{"goals": {}}`: "goals is a object",
		`{}`:            "the MASP is not sound: goals is empty",
		`{"goals": [{"key": "a", "title": ""}, {"key": "a", "title": "B"}]}`:  "goals[0].title is missing; goals[1].key repeats",
		`{"goals": [` + strings.Repeat(`{"key": "", "title": ""},`, 11) + `]`: "invalid character",
	} {
		_, err := policy.AdmitContent(policy.KindMASP, []byte(text))
		if policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want … %s …", text, err, says)
		}
	}
	many := `{"goals": [` + strings.TrimSuffix(strings.Repeat(`{"key": "", "title": ""},`, 11), ",") + `]}`
	if _, err := policy.AdmitContent(policy.KindMASP, []byte(many)); err == nil || !strings.HasSuffix(err.Error(), "; and 2 more") {
		t.Errorf("22 problems: %v", err)
	}
	c, err := policy.AdmitContent(policy.KindMASP, []byte(`{"goals": [{"key": "2.3", "title": "A", "objective": "Criminal Networks"}], "marking": "limite", "illustrative": true}`))
	if err != nil || policy.CoverOf(c) != (policy.Cover{Marking: policy.Limite, Illustrative: true}) || c.(*policy.StrategicPlan).Goals[0].Objective != "criminal-networks" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestContentKinds_AreTen(t *testing.T) {
	t.Parallel()
	kinds := policy.ContentKinds()
	if len(kinds) != 10 || !slices.IsSorted(kinds) {
		t.Errorf("kept are %v", kinds)
	}
	for _, kind := range []policy.Kind{policy.KindItem, policy.KindDefinition, "nothing"} {
		if policy.NewContent(kind) != nil || slices.Contains(kinds, kind) {
			t.Errorf("the content of a %q is kept", kind)
		}
		if _, err := policy.AdmitContent(kind, []byte(`{}`)); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("the content of a %q: %v", kind, err)
		}
	}
	types := map[policy.Kind]string{policy.KindReview: "*policy.ThreatAssessment", policy.KindChange: "*policy.OperationalPlan", policy.KindObligation: "*policy.Delivery"}
	for kind, want := range types {
		if got := fmt.Sprintf("%T", policy.NewContent(kind)); got != want {
			t.Errorf("a %s is a %s", kind, got)
		}
	}
}
