package main

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// What stands in the records since an older version may retitle the window, move the
// cursor or turn the reading round: it is written out, and our own colours stay.
func TestPage_ShowsWhatOthersWroteAndDoesNotObey(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*screen{"in colour": {Writer: &strings.Builder{}, colour: true}, "without": {Writer: &strings.Builder{}}} {
		out := &strings.Builder{}
		s.Writer = out
		a := &app{out: s, format: formatTable}
		err := a.print(nil, func(p *page) {
			p.line("%s %s", p.paint(green, "Recorded:"), "\x1b]0;pwn\x07\x1b[2J\u202eelcyc\u0085\rOK")
			p.grid([]string{"title"}, [][]string{{"A cycle\x1b[31;5m"}})
		})
		if err != nil {
			t.Fatal(err)
		}
		said := out.String()
		for _, hidden := range []string{"\x1b]", "\x1b[2J", "\x1b[31;5m", "\x07", "\u202e", "\u0085", "\r"} {
			if strings.Contains(said, hidden) {
				t.Errorf("%s: %q obeys %q", name, said, hidden)
			}
		}
		if strings.Contains(said, "\x1b[32mRecorded:\x1b[0m") != s.colour || !strings.Contains(said, `\x1b]0;pwn\a\x1b[2J\u202eelcyc\u0085\rOK`) {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// A program reads what was written, and a terminal shows what it cannot print.
func TestWrite_WritesOutWhatIsHidden(t *testing.T) {
	t.Parallel()
	const title = "A\x1b[2J\x7f \u202eelcyc\u200b\tand\u2028\U000e0001 é\nDecisions: \"none\""
	for form, read := range map[string]func([]byte, any) error{formatJSON: json.Unmarshal, formatYAML: yaml.Unmarshal} {
		var out strings.Builder
		if err := write(&out, form, map[string]string{"title": title}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x1b\x7f\u202e\u200b\t\u2028\U000e0001") || !strings.Contains(out.String(), "é") {
			t.Errorf("%s: %q", form, out.String())
		}
		var again map[string]string
		if err := read([]byte(out.String()), &again); err != nil || again["title"] != title {
			t.Errorf("%s: %q is read as %q, %v", form, out.String(), again["title"], err)
		}
	}
}
