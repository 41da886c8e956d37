package files_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

const plan = `marking: PUBLIC
impact:
  on: 2021-10-01
  burden: { union: none }
actions:
  - code: "1.1"
    title: Trace
    kind: training
    from: 2022-01-01
    to: 2022-12-31
    leader: fr
    kpis: [{ indicator: arrests, baseline: 0, target: 50 }]
    funding: { source: isf, need: 1000 }
`

func TestReadContent_NamesEachMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, to     string
		line, column int
		field, says  string
	}{
		"an unknown field":       {"title: Trace", "titel: Trace", 7, 5, "actions[0].titel", "did you mean title?"},
		"a missing field":        {"    title: Trace\n", "", 6, 5, "actions[0].title", "missing"},
		"a missing number":       {", target: 50", "", 12, 12, "actions[0].kpis[0].target", "missing"},
		"a wrong word":           {"training", "dreaming", 8, 11, "actions[0].kind", "expected one of intelligence"},
		"a wrong marking":        {"PUBLIC", "TOP", 1, 10, "marking", "expected one of PUBLIC, LIMITE"},
		"a wrong date":           {"2021-10-01", "2021-02-30", 3, 7, "impact.on", "day of the calendar"},
		"a wrong body":           {"leader: fr", "leader: x?", 11, 13, "actions[0].leader", "small letters, digits and hyphens"},
		"a word for a number":    {"need: 1000", "need: much", 13, 35, "actions[0].funding.need", "a whole number"},
		"a number out of bounds": {"need: 1000", "need: 9223372036854775808", 13, 35, "actions[0].funding.need", "at most"},
		"half a euro":            {"need: 1000", "need: 0.5", 13, 35, "actions[0].funding.need", "a whole number"},
		"a decimal comma":        {"target: 50", `target: "12,5"`, 12, 55, "actions[0].kpis[0].target", "decimals come after a point, such as 12.5"},
		"four decimals":          {"target: 50", "target: 0.1234", 12, 55, "actions[0].kpis[0].target", "is 0.1234: expected at most three decimals"},
		"a target out of bounds": {"target: 50", "target: 123456789012345.5", 12, 55, "actions[0].kpis[0].target", "at most 15 digits"},
		"a text for a list":      {"[{ indicator: arrests, baseline: 0, target: 50 }]", "arrests", 12, 11, "actions[0].kpis", "a list"},
		"an end too early":       {"to: 2022-12-31", "to: 2021-12-31", 10, 9, "actions[0].to", "before the action starts"},
		"a date long ago":        {"from: 2022-01-01", "from: 1922-01-01", 9, 11, "actions[0].from", "a year between"},
		"an empty list":          {after(plan, "actions:"), "", 1, 1, "actions", "is empty"},
		"no content":             {plan, "", 1, 1, "", "expected the content of the OAP"},
		"too deep":               {"[{ indicator", strings.Repeat("[", 100) + "{ indicator", 0, 0, "", ""},
		"deep and sound":         {"[{ indicator: arrests, baseline: 0, target: 50 }]", strings.Repeat("[", 40) + strings.Repeat("]", 40), 12, 41, "actions[0].kpis" + strings.Repeat("[0]", 30), "too deep"},
		"too much":               {plan, strings.Repeat("# rubbish\n", 1<<20), 1, 1, "", "larger than 8192 KiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(plan, test.from) {
				t.Fatalf("the plan does not contain %q", test.from)
			}
			content, err := files.ReadContent("plan.yaml", policy.KindOAP, strings.NewReader(strings.Replace(plan, test.from, test.to, 1)))
			if content != nil || policy.CodeOf(err) != policy.CodeInvalid {
				t.Errorf("%v, %v", content, err)
			}
			if test.line > 0 {
				namesIt(t, err, test.line, test.column, test.field, test.says)
			}
		})
	}
	if _, err := files.ReadContent("item.yaml", policy.KindItem, strings.NewReader("title: x\n")); policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), "not kept here") {
		t.Errorf("%v", err)
	}
}

func TestReadContent_ReadsAsPolicyUnderstandsIt(t *testing.T) {
	t.Parallel()
	content, err := files.ReadContent("plan.yaml", policy.KindOAP, strings.NewReader(plan))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := policy.AdmitContent(policy.KindOAP, text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(content, parsed, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
}

func TestReadContent_TakesMoreThanACycleHolds(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("# "+strings.Repeat("x", 1000)+"\n", 2000) + plan
	if _, err := files.ReadContent("plan.yaml", policy.KindOAP, strings.NewReader(large)); err != nil {
		t.Error(err)
	}
	if _, err := files.ReadCycle("cycle.yaml", strings.NewReader(large)); err == nil || !strings.Contains(err.Error(), "larger than 1024 KiB") {
		t.Errorf("%v", err)
	}
}

// Whoever takes part in an action may come from outside the Union; who owes a report or
// has a turn in a cycle does not.
func TestReadContent_TakesPartnersFromOutside(t *testing.T) {
	t.Parallel()
	taken := strings.Replace(plan, "leader: fr", "leader: fr\n    participants: [interpol, ch, private-partners]", 1)
	if content, err := files.ReadContent("plan.yaml", policy.KindOAP, strings.NewReader(taken)); err != nil {
		t.Errorf("%v, %v", content, err)
	}
	chain := strings.Replace(text(t, "initial-2011-2013"), "body: coreper, days_before", "body: interpol, days_before", 1)
	if _, err := files.ReadCycle("cycle.yaml", strings.NewReader(chain)); err == nil || !strings.Contains(err.Error(), `.body is "interpol": expected a body such as cosi`) {
		t.Errorf("%v", err)
	}
	voting := "voting: [{ body: interpol, rule: simple-majority }]\n"
	if _, err := files.ReadCycle("cycle.yaml", strings.NewReader(text(t, "initial-2011-2013")+voting)); err == nil || !strings.Contains(err.Error(), `voting[0].body is "interpol": expected a collective body`) {
		t.Errorf("%v", err)
	}
}

func TestContentSchema_IsThereForEachKind(t *testing.T) {
	t.Parallel()
	for _, kind := range policy.ContentKinds() {
		var schema struct {
			Title      string
			Properties map[string]any
		}
		if err := json.Unmarshal(files.ContentSchema(kind), &schema); err != nil || schema.Title == "" || schema.Properties["marking"] == nil {
			t.Errorf("%s: %+v, %v", kind, schema, err)
		}
	}
	if files.ContentSchema(policy.KindItem) != nil || files.Schema("nothing") != nil {
		t.Error("what has no schema has one")
	}
}

// TestSchema_IsWhollyInTheHandbook holds docs/cycle-file.md against the schema.
func TestSchema_IsWhollyInTheHandbook(t *testing.T) {
	t.Parallel()
	handbook, err := os.ReadFile("../docs/cycle-file.md")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(files.Schema(files.CycleSchema), &schema); err != nil {
		t.Fatal(err)
	}
	for name, part := range schema.Defs {
		for field := range part.Properties {
			if !bytes.Contains(handbook, []byte(field)) {
				t.Errorf("docs/cycle-file.md does not know %s of %s", field, name)
			}
		}
	}
	for field := range schema.Properties {
		if !slices.ContainsFunc([]string{"`" + field + "`", "`" + field + ".", "\n" + field + ":"}, func(s string) bool { return bytes.Contains(handbook, []byte(s)) }) {
			t.Errorf("docs/cycle-file.md does not know %s", field)
		}
	}
}

func FuzzReadContent(f *testing.F) {
	f.Add("oap", plan)
	f.Add("assessment", "kind: SOCTA\nthreats: [{ key: a, title: A, area: x, level: high, trend: rising }]\n")
	f.Add("evaluation", "evaluator: X\nfindings: []\nroadmap: [{ recommendation: a, by: 2024-01-01 }]\n")
	f.Add("report", "published: { actions: 3, statuses: [{ status: ongoing, count: 3 }] }\n")
	f.Fuzz(func(t *testing.T, kind, text string) {
		content, err := files.ReadContent("fuzz.yaml", policy.Kind(kind), strings.NewReader(text))
		if (content == nil) == (err == nil) {
			t.Fatal("neither a content nor an error, or both")
		}
		if err != nil {
			placed(t, text, err)
			return
		}
		var out bytes.Buffer
		if err := files.WriteContent(&out, content); err != nil {
			t.Fatal(err)
		}
		again, err := files.ReadContent("again.yaml", policy.Kind(kind), bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		var twice bytes.Buffer
		if err := files.WriteContent(&twice, again); err != nil || out.String() != twice.String() {
			t.Fatalf("%v\n%s\n%s", err, out.String(), twice.String())
		}
	})
}

// after gives the part of a text from some words on.
func after(text, words string) string {
	_, rest, _ := strings.Cut(text, words)
	return words + rest
}

func TestReadDraft_TakesUnfinishedTextOfItsKind(t *testing.T) {
	t.Parallel()
	const unfinished = "actions:\n  - code: \"1.1\"\n"
	draft, err := files.ReadDraft("draft.yaml", policy.KindOAP, strings.NewReader(unfinished))
	if err != nil || len(draft.Problems()) == 0 {
		t.Errorf("%+v, %v", draft, err)
	}
	if _, err := files.ReadContent("draft.yaml", policy.KindOAP, strings.NewReader(unfinished)); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("it can be handed in: %v", err)
	}
	if _, err := files.ReadDraft("draft.yaml", policy.KindOAP, strings.NewReader("action:\n  - code: \"1.1\"\n")); err == nil || !strings.Contains(err.Error(), "draft.yaml:1:1") {
		t.Errorf("a field that is none: %v", err)
	}
}

// Programs write JSON, which is read as the YAML that people write.
func TestReadContent_ReadsJSONToo(t *testing.T) {
	t.Parallel()
	const text = "{\n\t\"goals\": [\n\t\t{\"key\": \"a\",\t\"title\": \"A \\u00e9 \\/ \\ud83d\\ude00 \\\\ud83d\\\\ude00\"}\n\t]\n}\n"
	content, err := files.ReadContent("masp.json", policy.KindMASP, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "a", Title: `A é / 😀 \ud83d\ude00`}}}
	if diff := cmp.Diff(policy.Content(want), content, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
}

func TestWriteContent_WritesDecimalsAsTheyAreRead(t *testing.T) {
	t.Parallel()
	const decimal = "target: 12.125"
	read, err := files.ReadContent("oap.yaml", policy.KindOAP, strings.NewReader(strings.Replace(plan, "target: 50", decimal, 1)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := files.WriteContent(&out, read); err != nil || !strings.Contains(out.String(), decimal+"\n") {
		t.Errorf("%v: %s", err, out.String())
	}
	again, err := files.ReadContent("again.yaml", policy.KindOAP, strings.NewReader(out.String()))
	if diff := cmp.Diff(read, again, cmp.AllowUnexported(policy.Date{})); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
}

// Totals that were printed elsewhere may be all that is known of a round, or all but how many
// actions there are.
func TestReadContent_TakesPublishedTotalsAlone(t *testing.T) {
	t.Parallel()
	content, err := files.ReadContent("report.yaml", policy.KindReport, strings.NewReader("published: { figures: [{ indicator: arrests, value: 829 }] }\n"))
	if err != nil {
		t.Fatal(err)
	}
	report, is := content.(*policy.Report)
	if !is || report.Published == nil || report.Published.Figures[0].Value != policy.Whole(829) {
		t.Errorf("it is read as %+v", content)
	}
	if content, err := files.ReadContent("correction.yaml", policy.KindCorrection, strings.NewReader("published: { actions: 4 }\n")); err != nil {
		t.Errorf("a correction of a report: %+v, %v", content, err)
	}
	if _, err := files.ReadContent("report.yaml", policy.KindReport, strings.NewReader("days: []\n")); err == nil {
		t.Error("a report of nothing is taken")
	}
}
