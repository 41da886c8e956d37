package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// many gives as many things as are asked for, each made of its number.
func many[T any](n int, one func(i int) T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = one(i)
	}
	return all
}

// What was recorded before there was a bound is read as it is; what comes in is held
// against it.
func TestAContentHasNoMoreThanCanBeLookedAtInTime(t *testing.T) {
	t.Parallel()
	plan := func(actions int) policy.Content {
		return &policy.OperationalPlan{Actions: many(actions, func(i int) policy.OperationalAction {
			return policy.OperationalAction{Code: fmt.Sprint(i + 1), Title: "Trace", Kind: "operational", From: date("2022-01-01"), To: date("2022-12-31")}
		})}
	}
	reported := func(value int64) policy.Content {
		return &policy.Report{Actions: []policy.ActionReport{{Action: "1.1", Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: value}}}}}
	}
	for name, test := range map[string]struct {
		kind    policy.Kind
		content policy.Content
		says    string // empty: it is taken
	}{
		"as many actions as are kept": {policy.KindOAP, plan(policy.MaxList), ""},
		"one action more":             {policy.KindOAP, plan(policy.MaxList + 1), "actions has 1001 entries: at most 1000 are kept"},
		"the greatest figure":         {policy.KindReport, reported(policy.MaxNumber), ""},
		"the least figure":            {policy.KindReport, reported(-policy.MaxNumber), ""},
		"a greater figure":            {policy.KindReport, reported(policy.MaxNumber + 1), "actions[0].figures[0].value is 1000000000000000: expected a number of at most 15 digits"},
		"a lesser figure":             {policy.KindReport, reported(-policy.MaxNumber - 1), "expected a number of at most 15 digits"},
	} {
		text, err := json.Marshal(test.content)
		if err != nil {
			t.Fatal(err)
		}
		_, err = policy.ParseContent(test.kind, text)
		if test.says == "" && err != nil || test.says != "" && (policy.CodeOf(err) != policy.CodeInvalid || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := policy.ReadContent(test.kind, text); err != nil {
			t.Errorf("%s, in the records: %v", name, err)
		}
	}
}

// Thousands of mistakes are told as one alone is: once for each field.
func TestAFieldIsToldOnce(t *testing.T) {
	t.Parallel()
	plan := &policy.OperationalPlan{Actions: many(policy.MaxList, func(int) policy.OperationalAction {
		return policy.OperationalAction{Code: "\x1b", From: date("9999-12-31")}
	})}
	var fields []string
	for _, p := range policy.ProblemsOf(plan) {
		fields = append(fields, p.Field)
	}
	slices.Sort(fields)
	if once := slices.Compact(slices.Clone(fields)); len(once) != len(fields) || !slices.Contains(once, "actions[999].from") {
		t.Errorf("%d fields are told of in %d problems", len(once), len(fields))
	}
}
