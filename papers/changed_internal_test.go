package papers

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// written gives a text with what is struck and added between signs.
func written(text Text) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(map[Look]string{Struck: "-", Added: "+"}[r.Look] + r.Text + map[Look]string{Struck: "-", Added: "+"}[r.Look])
	}
	return b.String()
}

// What differs between two versions is marked word by word, and what does not is not.
func TestChanged_MarksTheWordsThatWentAndCame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ was, is, before, after string }{
		{"two joint action days", "three joint days", "-two -joint -action -days", "+three +joint days"},
		{"the same", "the same", "the same", "the same"},
		{"", "new", "--", "+new+"},
		{"arrests", "arrests and seizures", "arrests", "arrests +and seizures+"},
		{"12", "14", "-12-", "+14+"},
	} {
		before, after := changed(test.was, test.is)
		if written(before) != test.before || written(after) != test.after {
			t.Errorf("%q, %q: %q and %q, want %q and %q", test.was, test.is, written(before), written(after), test.before, test.after)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-c]{1,2} ?){0,12}`)
		was, is := text.Draw(t, "was"), text.Draw(t, "is")
		before, after := changed(was, is)
		kept := func(text Text) string {
			var all strings.Builder
			for _, r := range text {
				if r.Look == "" {
					all.WriteString(strings.ReplaceAll(r.Text, " ", ""))
				}
			}
			return all.String()
		}
		if before.Plain() != was || after.Plain() != is || kept(before) != kept(after) {
			t.Fatalf("%q, %q: %q and %q", was, is, written(before), written(after))
		}
	})
}
