package local

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

func TestTidy_GivesEveryTextItsOneForm(t *testing.T) {
	t.Parallel()
	const decomposed, composed = "Zoe\u0308", "Zo\u00eb"
	day := policy.NewDate(2021, 5, 26)
	act := func(name, comment string) policy.Act {
		return policy.Act{
			By: policy.Actor{Name: name, Body: "fr"}, For: &policy.Actor{Name: name}, Date: day, Comment: comment,
			Opening: &policy.Opening{Title: name, Due: day}, Items: []policy.ItemOutcome{{Item: name}},
		}
	}
	got := act(decomposed, "One.\r\nTwo.")
	tidy(&got)
	if diff := cmp.Diff(act(composed, "One.\nTwo."), got, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
	rows := []policy.Row{{Key: "k", Body: &policy.Consent{Contribution: decomposed}}}
	tidy(rows)
	if body, is := rows[0].Body.(*policy.Consent); !is || body.Contribution != composed {
		t.Errorf("%+v", rows[0].Body)
	}
	given := map[string]any{"a": decomposed, "b": []byte(decomposed)}
	tidy(given)
	if diff := cmp.Diff(map[string]any{"a": decomposed, "b": []byte(decomposed)}, given); diff != "" {
		t.Error(diff)
	}
}
