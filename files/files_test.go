package files_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

func text(tb testing.TB, name string) string {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("..", "examples", name, "cycle.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

func TestReadCycle_NamesEachMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	right := text(t, "empact-2022-2025")
	change := func(from, to string) string {
		if !strings.Contains(right, from) {
			t.Fatalf("the example does not contain %q", from)
		}
		return strings.Replace(right, from, to, 1)
	}
	line := func(from string) int {
		before, _, _ := strings.Cut(right, from)
		return strings.Count(before, "\n") + 1
	}
	tests := map[string]struct {
		text  string
		line  int
		field string
		says  string
	}{
		"nothing":                 {"", 1, "", "empty"},
		"a comment alone":         {"# hello\n", 1, "", "empty"},
		"a list":                  {"- a\n- b\n", 1, "", "expected fields"},
		"two documents":           {right + "\n---\nformat: 1\n", 0, "", "second document"},
		"no text":                 {"\x00\x01\x02", 1, "", "not text"},
		"other bytes":             {"key: \xff\xfe\n", 1, "", "not text"},
		"tabs":                    {"key:\n\t- a\n", 2, "", "not YAML"},
		"rubbish":                 {strings.Repeat("rubbish: [\n", 1<<20), 1, "", "larger than"},
		"an alias":                {change("title: EMPACT 2022-2025", "title: &a EMPACT"), line("title: EMPACT"), "title", "anchor"},
		"a field twice":           {change("title: EMPACT 2022-2025", "key: again"), line("title: EMPACT"), "", "repeats the field"},
		"a mistyped field":        {change("title: EMPACT 2022-2025", "titel: EMPACT"), line("title: EMPACT"), "titel", "did you mean title?"},
		"a missing field":         {change("title: EMPACT 2022-2025\n", ""), line("format: 1"), "title", "missing"},
		"an impossible date":      {change("to: 2021-12-31", "to: 2021-02-30"), line("policy_window"), "policy_window.to", "day of the calendar"},
		"a word for a date":       {change("due: 2021-04-12", "due: soon"), line("due: 2021-04-12"), "assessment.due", "day of the calendar"},
		"an unknown body":         {change("body: coreper, days_before", "body: corper, days_before"), line("body: coreper, days_before"), "chains.priorities.through[1].body", "did you mean coreper?"},
		"a text for a list":       {change("due: [2023-06-30, 2024-12-31]", "due: 2023-06-30"), line("due: [2023"), "obligations[3].due", "a list"},
		"a list without end":      {change("due: [2023-06-30, 2024-12-31]", "due: ["+strings.Repeat("2023-06-30, ", 1001)+"2024-12-31]"), line("due: [2023"), "obligations[3].due", "has 1002 entries: at most 1000 are kept"},
		"a negative distance":     {change("days_before: 14 }", "days_before: -1 }"), line("days_before: 14 }"), "chains.priorities.through[0].days_before", "at least 0"},
		"a wrong register number": {change("document: ST 8665/21", "document: letter 5"), line("document: ST 8665/21"), "rehearsal.scenes[9].document", "register number"},
		"a period outside":        {change("implementation_window: { from: 2022-01-01, to: 2025", "implementation_window: { from: 2022-01-01, to: 2024"), 0, "periods[3]", "implementation window"},
		"a scene on nothing":      {change("on: assessment,", "on: asessment,"), line("on: assessment,"), "rehearsal.scenes[3].on", "a path of this cycle"},
		"an unsound amendment":    {change("key: \"2024-2025\"", "key: \"2023\""), 0, "rehearsal.items[3].amendment.periods[2].key", "repeats"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := files.ReadCycle("cycle.yaml", strings.NewReader(test.text))
			var wrong *files.Error
			if !errors.As(err, &wrong) || policy.CodeOf(err) != policy.CodeInvalid {
				t.Fatalf("%v", err)
			}
			if !slices.ContainsFunc(wrong.Problems, func(p files.Problem) bool {
				return p.Field == test.field && (test.line == 0 || p.Line == test.line) && strings.Contains(p.Message, test.says)
			}) {
				t.Errorf("%s\nwant line %d, field %q, %q", err, test.line, test.field, test.says)
			}
			if !strings.HasPrefix(err.Error(), "cycle.yaml:") {
				t.Errorf("the error does not begin with the place: %s", err)
			}
		})
	}
}

func TestReadCycle_ReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"initial-2011-2013", "empact-2022-2025", "empact-2026-2029"} {
		file := example(t, name)
		var out bytes.Buffer
		if err := files.WriteCycle(&out, *file); err != nil {
			t.Fatal(err)
		}
		again, err := files.ReadCycle(name, bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if diff := cmp.Diff(file, again, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWriteCycle_WritesWhatCanBeRead(t *testing.T) {
	t.Parallel()
	file := example(t, "empact-2022-2025")
	file.Title = "Odd\u00a0  😀  title: #"
	file.Periods[0].Reports = nil
	script := *file.Script
	script.Scenes, script.Documents = nil, map[string]string{"oap/2022/firearms/v1": "digest"}
	file.Script = &script
	var out bytes.Buffer
	if err := files.WriteCycle(&out, *file); err != nil {
		t.Fatal(err)
	}
	again, err := files.ReadCycle("cycle.yaml", bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if again.Title != file.Title || len(again.Periods[0].Reports) != 0 || again.Script.Documents != nil || script.Documents == nil {
		t.Errorf("%q, %v, %v", again.Title, again.Periods[0].Reports, again.Script.Documents)
	}
}

func TestReadAmendment_HoldsOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	a, err := files.ReadAmendment("amendment.yaml", strings.NewReader("reason: a year more\nimplementation_window: { from: 2022-01-01, to: 2026-12-31 }\n"))
	if err != nil || a.ImplementationWindow.To.String() != "2026-12-31" || a.Periods != nil {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := files.ReadAmendment("amendment.yaml", strings.NewReader("title: x\nchains: {}\n")); policy.CodeOf(err) != policy.CodeInvalid || strings.Contains(err.Error(), "did you mean chains") {
		t.Errorf("without a reason: %v", err)
	}
}

func FuzzReadCycle(f *testing.F) {
	for _, name := range []string{"initial-2011-2013", "empact-2022-2025"} {
		f.Add(text(f, name))
	}
	for _, broken := range brokenFiles {
		f.Add(broken.text)
	}
	f.Fuzz(func(t *testing.T, content string) {
		file, err := files.ReadCycle("fuzz.yaml", strings.NewReader(content))
		if (file == nil) == (err == nil) {
			t.Fatal("neither a cycle nor an error, or both")
		}
		if err != nil {
			placed(t, content, err)
		}
	})
}
