package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

func TestRetention_HasARuleForEachKind(t *testing.T) {
	t.Parallel()
	rules := policy.RetentionRules()
	if err := policy.JudgeRetention(rules); err != nil {
		t.Error(err)
	}
	for _, kind := range policy.Kinds() {
		rule, found := policy.RetentionOf(rules, kind)
		if !found {
			t.Errorf("%s is kept by no rule", kind)
		}
		if got, want := rule.Until(policytest.Date("2024-02-29")), policytest.Date("2054-03-01"); found && got != want {
			t.Errorf("%s, settled on a leap day, is kept until %s, want %s", kind, got, want)
		}
	}
}

func TestJudgeRetention_RefusesWhatIsNoRule(t *testing.T) {
	t.Parallel()
	sound := policy.Retention{Kinds: []policy.Kind{policy.KindOAP}, Years: 10, Then: policy.RetentionReviewed, Source: "file plan"}
	for name, change := range map[string]func(*policy.Retention){
		"no kind": func(r *policy.Retention) { r.Kinds = nil }, "a strange kind": func(r *policy.Retention) { r.Kinds = []policy.Kind{"plan"} },
		"no time": func(r *policy.Retention) { r.Years = 0 }, "for ever": func(r *policy.Retention) { r.Years = 1000 },
		"a strange end": func(r *policy.Retention) { r.Then = "lost" }, "no source": func(r *policy.Retention) { r.Source = " " },
	} {
		rule := sound
		change(&rule)
		if err := policy.JudgeRetention([]policy.Retention{sound, rule}); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := policy.JudgeRetention([]policy.Retention{sound}); err != nil {
		t.Error(err)
	}
}
