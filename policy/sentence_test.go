package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// Pages say the parts of a sentence in three languages: a part is what was typed.
func TestAPartOfASentenceIsText(t *testing.T) {
	t.Parallel()
	_, err := policy.ParseContent(policy.KindOAP, []byte(`{"actions":[{"kind":"foo"}]}`))
	refusal, is := err.(*policy.Error) //nolint:errorlint // it is wanted as it is
	if !is || refusal.Said.Parts[0] != "foo" {
		t.Errorf("of the kind foo it says %+v", refusal)
	}
	if said := policy.Say("%q and %s", []byte("foo"), []byte("bar")); said.Message != `"foo" and bar` || !slices.Equal(said.Said.Parts, []string{"foo", "bar"}) {
		t.Errorf("said %+v", said)
	}
}
