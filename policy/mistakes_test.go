package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// Mistakes in a cycle file that the field itself rules out: what lies outside
// its window, what has nobody, what has no name. Each must be found with its
// field and words; others may be found with it.
func TestDefinitionValidate_NamesMistakesThatTheFieldRulesOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*policy.Definition)
		field  string
		says   string
	}{
		"a newer format":           {func(d *policy.Definition) { d.Format = 2 }, "format", "reads format 1"},
		"no key":                   {func(d *policy.Definition) { d.Key = "" }, "key", "missing"},
		"no title":                 {func(d *policy.Definition) { d.Title = "" }, "title", "missing"},
		"its own predecessor":      {func(d *policy.Definition) { d.Predecessor = key }, "predecessor", "itself"},
		"a window backwards":       {func(d *policy.Definition) { d.PolicyWindow.To = date("2020-12-31") }, "policy_window.to", "before the beginning"},
		"another century":          {func(d *policy.Definition) { d.PolicyWindow.From = date("1921-01-01") }, "policy_window.from", "between 2005 and 2099"},
		"no assessment title":      {func(d *policy.Definition) { d.Assessment.Title = "" }, "assessment.title", "such as SOCTA"},
		"advice before its ground": {func(d *policy.Definition) { d.AdvisoryDocument.Due = date("2021-03-01") }, "advisory_document.due", "before the threat assessment"},
		"no MASP at all":           {func(d *policy.Definition) { d.MASP.General = nil }, "masp", "names no plan"},
		"a MASP without title":     {func(d *policy.Definition) { d.MASP.General = &policy.GeneralMASP{Key: "g"} }, "masp.general.title", "missing"},
		"two MASPs of one key": {func(d *policy.Definition) {
			d.MASP.PerPriority, d.MASP.General = true, &policy.GeneralMASP{Key: "drugs", Title: "Drugs"}
		}, "masp.general.key", "MASP of its own"},
		"a MASP before the conclusions": {func(d *policy.Definition) { d.MASP.Drafting, d.MASP.Due = date("2021-02-01"), date("2021-05-25") }, "masp.due", "before the conclusions"},
		"no periods":                    {func(d *policy.Definition) { d.Periods = nil }, "periods", "at least one period"},
		"a period before the window":    {func(d *policy.Definition) { d.ImplementationWindow.From = date("2022-01-02") }, "periods[0]", "inside the implementation window"},
		"a period after the window":     {func(d *policy.Definition) { d.ImplementationWindow.To = date("2023-12-30") }, "periods[1]", "inside the implementation window"},
		"a period of eleven months":     {func(d *policy.Definition) { d.Periods[1].To = date("2023-11-30") }, "periods[1]", "12 or 24 months"},
		"a period a day too long":       {func(d *policy.Definition) { d.Periods[0].To = date("2023-01-01") }, "periods[0]", "12 or 24 months"},
		"periods that overlap":          {func(d *policy.Definition) { d.Periods[0].To = date("2023-12-31") }, "periods[1].from", "when the period before it ends"},
		"two periods of one key":        {func(d *policy.Definition) { d.Periods[1].Key = "2022" }, "periods[1].key", "periods[0].key"},
		"no priorities":                 {func(d *policy.Definition) { d.Priorities = nil }, "priorities", "at least one priority"},
		"a priority of no kind":         {func(d *policy.Definition) { d.Priorities[0].Kind = "political" }, "priorities[0].kind", "cross-cutting"},
		"a priority without OAP":        {func(d *policy.Definition) { d.Priorities[0].OAPs = nil }, "priorities[0].oaps", "at least one OAP"},
		"two OAPs of one key":           {func(d *policy.Definition) { d.Priorities[1].OAPs = d.Priorities[0].OAPs }, "priorities[1].oaps[0].key", "priorities[0].oaps[0].key"},
		"an OAP that COSI misses": {func(d *policy.Definition) {
			d.Chains = map[policy.Kind]policy.Chain{policy.KindOAP: {Through: []policy.Step{{Body: policy.Commission}}}}
		}, "chains.oap.through", "does not end with cosi"},
		"an obligation to nobody": {func(d *policy.Definition) { d.Obligations[0].To = nil }, "obligations[0].to", "at least one body"},
		"an obligation of nobody": {func(d *policy.Definition) { d.Obligations[0].OwedBy = "nobody" }, "obligations[0].owed_by", "expected a body of the cycle"},
		"an obligation twice due": {func(d *policy.Definition) {
			d.Obligations[0].Due = append(d.Obligations[0].Due, d.Obligations[0].Due[0])
		}, "obligations[0].due[1]", "repeats 2021-12-31"},
	} {
		d := build(test.change)
		if !names(d.Validate(), test.field, test.says) {
			t.Errorf("%s: found %+v, want %s to say %q", name, d.Validate(), test.field, test.says)
		}
	}
}
