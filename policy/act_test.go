package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestActReferring_ReachesEveryActThatIsNamed(t *testing.T) {
	t.Parallel()
	opening, amendment := policy.Opening{Title: "An item", Adopts: "old"}, policy.AmendmentRef{BaseVersion: 1, Decision: "old"}
	for kind, act := range map[string]policy.Act{
		"a rectification": {Rectifies: "old"}, "a confirmation": {Confirms: "old"}, "an item": {Opening: &opening}, "an amendment": {Amendment: &amendment},
	} {
		text, err := json.Marshal(act.Referring(func(id string) string { return "new of " + id }))
		if err != nil || strings.Count(string(text), `"new of old"`) != 1 {
			t.Errorf("%s: %s, %v", kind, text, err)
		}
	}
	if opening.Adopts != "old" || amendment.Decision != "old" {
		t.Error("the act itself was changed")
	}
	text, err := json.Marshal(policy.Act{Opening: &policy.Opening{}}.Referring(func(string) string { return "new" }))
	if err != nil || strings.Contains(string(text), "new") {
		t.Errorf("what names no act: %s, %v", text, err)
	}
}
