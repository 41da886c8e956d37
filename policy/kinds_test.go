package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// A kind of subject is one row: what its columns say about the same thing agrees.
func TestKinds_AgreeWithThemselves(t *testing.T) {
	t.Parallel()
	chains := sound()
	for _, kind := range policy.Kinds() {
		if kind.Title() == "" {
			t.Errorf("%s has no title", kind)
		}
		if (policy.NewContent(kind) != nil) != slices.Contains(policy.ContentKinds(), kind.Form()) {
			t.Errorf("%s is kept here and has no content, or the other way round", kind)
		}
		if kind != kind.Form() { // what corrects has no chain of its own
			continue
		}
		chain := chains.Chain(kind)
		if len(chain.Through) == 0 {
			continue
		}
		last := chain.Through[len(chain.Through)-1].Body
		if kind.Adopted() && !last.Collective() {
			t.Errorf("%s is adopted, and %s settles it, which adopts nothing", kind, last.Title())
		}
		chains.Chains = map[policy.Kind]policy.Chain{kind: {SubmitDaysBefore: 3, Through: []policy.Step{{Body: last}}}}
		if problems := chains.Validate(); len(problems) > 0 {
			t.Errorf("a chain of %s that ends as the usual one does is refused: %v", kind, problems)
		}
	}
	d := sound()
	agenda := d.Agenda()
	for _, e := range agenda {
		if e.Subject.Kind.ByHand() {
			t.Errorf("%s is opened by hand and stands on the agenda", e.Subject)
		}
		for _, rests := range e.Requires {
			if !slices.ContainsFunc(agenda, func(other policy.Entry) bool { return other.Subject == rests }) {
				t.Errorf("%s rests on %s, which the cycle does not have", e.Subject, rests)
			}
		}
	}
}
