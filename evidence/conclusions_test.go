package evidence_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// What the Council adopts is its text: one letter of an aim makes another one of it.
func TestVersionDigest_ChangesWithOneLetterOfAnAim(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := &policy.Conclusions{Priorities: []policy.SetPriority{{Key: "firearms", Title: "Firearms"}, {Key: "drugs", Title: "Drugs"}, {Key: "cars", Title: "Cars"}}}
		at := rapid.IntRange(0, 2).Draw(t, "priority")
		c.Priorities[at].Aim = rapid.StringMatching("[a-zé ]{1,40}").Draw(t, "aim")
		digest := func() string {
			content, err := evidence.DigestOf(c)
			if err != nil {
				t.Fatal(err)
			}
			version, err := evidence.VersionDigest(policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}, "ST 8665/21 INIT", content, "")
			if err != nil {
				t.Fatal(err)
			}
			return version
		}
		before, letters := digest(), []rune(c.Priorities[at].Aim)
		letters[rapid.IntRange(0, len(letters)-1).Draw(t, "letter")]++
		if c.Priorities[at].Aim = string(letters); digest() == before {
			t.Fatalf("%q is the same text", string(letters))
		}
	})
}
