package files_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// lineBreak is what ends a line, for whoever reads YAML.
var lineBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

// placed makes sure that each mistake has a place inside of the text, and that the
// refusal tells them all.
func placed(t *testing.T, text string, err error) {
	t.Helper()
	placedIn(t, lineBreak.Split(strings.TrimPrefix(text, "\ufeff"), -1), err)
}

// placedIn is placed for a file whose lines are known.
func placedIn(t *testing.T, lines []string, err error) {
	t.Helper()
	wrong, is := errors.AsType[*files.Error](err)
	refusal, refused := errors.AsType[*policy.Error](err)
	if !is || !refused || refusal.Code != policy.CodeInvalid {
		t.Fatalf("%T with %s: %v", err, policy.CodeOf(err), err)
	}
	if n := len(wrong.Problems); n == 0 || n > 1 && n < 500 && len(refusal.Mistakes) != n {
		t.Errorf("%d mistakes, of which the refusal tells %d", n, len(refusal.Mistakes))
	}
	for _, p := range wrong.Problems {
		switch {
		case p.Line < 1 || p.Line > len(lines):
			t.Errorf("line %d of %d: %s", p.Line, len(lines), p)
		case p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1:
			t.Errorf("column %d of %q: %s", p.Column, lines[p.Line-1], p)
		case p.Message == "" || strings.Contains(p.String(), "\n"):
			t.Errorf("no line of its own: %q", p.String())
		}
	}
}

// brokenFiles are cycle files with mistakes, and where they are.
var brokenFiles = map[string]struct {
	text string
	at   []string // LINE:COLUMN FIELD, those that must be told
}{
	"much is missing, and a field is none": {"format: 1\nkey: foo\ntitle: x\nwindow: 3\n", []string{
		"1:1 policy_window", "1:1 implementation_window", "1:1 assessment", "1:1 conclusions", "1:1 evaluation", "1:1 masp", "1:1 periods", "1:1 priorities", "4:1 window",
	}},
	"below a comment":                    {"# a cycle\n\nformat: 1\nkey: foo\n", []string{"3:1 title", "3:1 masp"}},
	"missing in a group":                 {"format: 1\nkey: foo\npolicy_window:\n  from: 2021-01-01\n", []string{"4:3 policy_window.to"}},
	"missing in an item":                 {"format: 1\nperiods:\n- from: 2021-01-01\n- key: b\n", []string{"3:3 periods[0].key", "4:3 periods[1].from"}},
	"values of all sorts":                {"format: 2\nkey: A b\ntitle: [x]\nperiods: 3\npolicy_window: {from: soon, to: 5}\n", []string{"1:9 format", "2:6 key", "3:8 title", "4:10 periods", "5:23 policy_window.from", "5:33 policy_window.to"}},
	"what the schema and the rules find": {"format: 1\nkey: x\nfoo: 1\npolicy_window: {from: 2021-05-01, to: 2021-04-01}\n", []string{"3:1 foo", "4:39 policy_window.to"}},
	"a bracket that is not closed":       {"format: 1\nkey: [foo\ntitle: x\nwindow: 3\n", []string{"2:6 "}},
	"a brace that is not closed":         {"format: 1\nkey: {a: b\ntitle: x\n", []string{"2:6 "}},
	"a quote that is not closed":         {"format: 1\ntitle: \"foo\nkey: x\n", []string{"2:8 "}},
	"a bracket in the first line":        {"key: [1, 2\n", []string{"1:6 "}},
	"a tab":                              {"format: 1\n\tkey: foo\n", []string{"2:1 "}},
	"two colons":                         {"format: 1\nkey: foo: bar\n", []string{"2:9 "}},
	"an odd sign":                        {"a: 1\nb: @x\n", []string{"2:4 "}},
	"an odd escape":                      {"a: 1\nb: \"\\q\"\n", []string{"2:5 "}},
	"an item among fields":               {"a: 1\nb: 2\n- c\n", []string{"3:1 "}},
	"an alias to nothing":                {"a: 1\nb: *x\n", []string{"2:4 "}},
	"a field with an odd name":           {"format: 1\n? [x]\n: y\n", []string{"2:3 "}},
	"a field without a name":             {"format: 1\n\"\": y\n", []string{"2:1 "}},
	"in the third language":              {"format: 1\ntitle: Größe\nkéy: ß\n", []string{"3:1 kéy"}},
}

func TestReadCycle_TellsEveryMistakeAtItsOwnPlace(t *testing.T) {
	t.Parallel()
	for name, test := range brokenFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := files.ReadCycle("cycle.yaml", strings.NewReader(test.text))
			placed(t, test.text, err)
			wrong, _ := errors.AsType[*files.Error](err)
			var told []string
			for _, p := range wrong.Problems {
				told = append(told, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Field))
			}
			for _, want := range test.at {
				if !slices.Contains(told, want) {
					t.Errorf("lacks %q:\n%v", want, err)
				}
			}
			if compact := slices.Compact(slices.Clone(told)); len(compact) != len(told) {
				t.Errorf("one twice:\n%v", err)
			}
		})
	}
}

// A cycle file in which some signs were mistyped.
func TestReadCycle_TellsAMistakeWhereverItIsTyped(t *testing.T) {
	t.Parallel()
	right := text(t, "empact-2022-2025")
	const signs = "\t\n !\"#%&'*,-:>@[]`{|}aZ0é"
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		typed := []rune(right)
		for range 1 + random.IntN(8) {
			typed[random.IntN(len(typed))] = []rune(signs)[random.IntN(len([]rune(signs)))]
		}
		if _, err := files.ReadCycle("cycle.yaml", strings.NewReader(string(typed))); err != nil {
			placed(t, string(typed), err)
		}
	}
}
