package policy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

func TestASoundDefinitionHasNoProblems(t *testing.T) {
	t.Parallel()
	d := sound()
	if problems := d.Validate(); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

func TestEachMistakeInADefinitionIsNamedWithItsField(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*policy.Definition)
		field  string
		says   string
	}{
		"a newer format":        {func(d *policy.Definition) { d.Format = 2 }, "format", "reads format 1"},
		"no key":                {func(d *policy.Definition) { d.Key = "" }, "key", "missing"},
		"a key with spaces":     {func(d *policy.Definition) { d.Key = "em pact" }, "key", "hyphens"},
		"no title":              {func(d *policy.Definition) { d.Title = "" }, "title", "missing"},
		"its own predecessor":   {func(d *policy.Definition) { d.Predecessor = key }, "predecessor", "itself"},
		"a window backwards":    {func(d *policy.Definition) { d.PolicyWindow.To = date("2020-01-01") }, "policy_window.to", "before"},
		"a window without end":  {func(d *policy.Definition) { d.ImplementationWindow.To = policy.Date{} }, "implementation_window.to", "missing"},
		"another century":       {func(d *policy.Definition) { d.PolicyWindow.From = date("1921-01-01") }, "policy_window.from", "between"},
		"no assessment date":    {func(d *policy.Definition) { d.Assessment.Due = policy.Date{} }, "assessment.due", "missing"},
		"an OCTA in 2021":       {func(d *policy.Definition) { d.Assessment.Kind = policy.OCTA }, "assessment.kind", "SOCTA"},
		"no assessment title":   {func(d *policy.Definition) { d.Assessment.Title = "" }, "assessment.title", "missing"},
		"advice too early":      {func(d *policy.Definition) { d.AdvisoryDocument.Due = date("2021-03-01") }, "advisory_document.due", "before"},
		"conclusions too early": {func(d *policy.Definition) { d.Conclusions.Due = date("2021-04-20") }, "conclusions.due", "before"},
		"a review backwards":    {func(d *policy.Definition) { d.Review.Due = date("2022-01-01") }, "review.due", "before"},
		"no evaluation":         {func(d *policy.Definition) { d.Evaluation.Opens = policy.Date{} }, "evaluation.opens", "missing"},
		"no MASP at all":        {func(d *policy.Definition) { d.MASP.General = nil }, "masp", "names no plan"},
		"a MASP without title":  {func(d *policy.Definition) { d.MASP.General = &policy.GeneralMASP{Key: "g"} }, "masp.general.title", "missing"},
		"two MASPs of one key": {func(d *policy.Definition) {
			d.MASP.PerPriority = true
			d.MASP.General = &policy.GeneralMASP{Key: "drugs", Title: "x"}
		}, "masp.general.key", "repeats"},
		"a MASP before conclusions": {func(d *policy.Definition) { d.MASP.Drafting, d.MASP.Due = date("2021-01-01"), date("2021-02-01") }, "masp.due", "before"},
		"no periods":                {func(d *policy.Definition) { d.Periods = nil }, "periods", "empty"},
		"a period outside": {func(d *policy.Definition) {
			d.Periods[1].From, d.Periods[1].To = date("2024-01-01"), date("2024-12-31")
		}, "periods[1]", "inside the implementation window"},
		"a period of eleven months": {func(d *policy.Definition) { d.Periods[1].To = date("2023-11-30") }, "periods[1]", "12 or 24 months"},
		"periods that overlap":      {func(d *policy.Definition) { d.Periods[0].To = date("2023-12-31") }, "periods[1].from", "after"},
		"two periods of one key":    {func(d *policy.Definition) { d.Periods[1].Key = "2022" }, "periods[1].key", "repeats"},
		"OAPs without due date":     {func(d *policy.Definition) { d.Periods[0].Due = policy.Date{} }, "periods[0].due", "missing"},
		"a round backwards": {func(d *policy.Definition) {
			d.Periods[0].Reports = []policy.Round{{Key: "may", Opens: date("2022-06-01"), Due: date("2022-05-01")}}
		}, "periods[0].reports[0].due", "before"},
		"no priorities":          {func(d *policy.Definition) { d.Priorities = nil }, "priorities", "empty"},
		"a priority of no kind":  {func(d *policy.Definition) { d.Priorities[0].Kind = "bad" }, "priorities[0].kind", "crime"},
		"a region without name":  {func(d *policy.Definition) { d.Priorities[0].Kind = policy.PriorityRegional }, "priorities[0].region", "missing"},
		"a priority without OAP": {func(d *policy.Definition) { d.Priorities[0].OAPs = nil }, "priorities[0].oaps", "at least one"},
		"two OAPs of one key":    {func(d *policy.Definition) { d.Priorities[1].OAPs = d.Priorities[0].OAPs }, "priorities[1].oaps[0].key", "repeats"},
		"an unknown sub-priority": {func(d *policy.Definition) {
			d.Priorities[0].OAPs = []policy.OAP{{Key: "x", Title: "X", SubPriority: "y"}}
		}, "priorities[0].oaps[0].sub_priority", "sub-priorities"},
		"a driver that is no State": {func(d *policy.Definition) {
			d.Priorities[0].OAPs = []policy.OAP{{Key: "x", Title: "X", Driver: policy.Europol}}
		}, "priorities[0].oaps[0].driver", "Member State"},
		"an OAP that COSI misses": {func(d *policy.Definition) {
			d.Chains = map[policy.Kind]policy.Chain{policy.KindOAP: {Through: []policy.Step{{Body: policy.Commission}}}}
		}, "chains.oap.through", "does not end with cosi"},
		"a chain out of order": {func(d *policy.Definition) {
			d.Chains = map[policy.Kind]policy.Chain{policy.KindOAP: {SubmitDaysBefore: 5, Through: []policy.Step{{Body: policy.COSI, DaysBefore: 9}}}}
		}, "chains.oap.through[0].days_before", "at most"},
		"a body with two turns": {func(d *policy.Definition) {
			d.Chains = map[policy.Kind]policy.Chain{policy.KindOAP: {Through: []policy.Step{{Body: policy.COSI}, {Body: policy.COSI}}}}
		}, "chains.oap.through[1].body", "one turn"},
		"a chain of nothing":      {func(d *policy.Definition) { d.Chains = map[policy.Kind]policy.Chain{"meeting": {}} }, "chains", "expected one of"},
		"an obligation to nobody": {func(d *policy.Definition) { d.Obligations[0].To = nil }, "obligations[0].to", "at least one"},
		"an obligation twice due": {func(d *policy.Definition) {
			d.Obligations[0].Due = append(d.Obligations[0].Due, d.Obligations[0].Due...)
		}, "obligations[0].due[1]", "repeats"},
		"owed by nobody": {func(d *policy.Definition) { d.Obligations[0].OwedBy = "nobody" }, "obligations[0].owed_by", "reports"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sound()
			test.change(&d)
			for _, p := range d.Validate() {
				if p.Field == test.field && strings.Contains(p.Message, test.says) {
					return
				}
			}
			t.Errorf("found %+v, want %s to say %q", d.Validate(), test.field, test.says)
		})
	}
}

func TestAnAmendmentReplacesWhatItGivesAndNothingElse(t *testing.T) {
	t.Parallel()
	d := sound()
	if diff := cmp.Diff(d, d.Amend(policy.Amendment{}, date("2022-01-01")), cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Errorf("an empty amendment changes\n%s", diff)
	}
	evaluation := policy.OpenMilestone{Opens: date("2022-07-01"), Due: date("2023-12-01")}
	amended := d.Amend(policy.Amendment{Title: "Longer", Evaluation: &evaluation, Obligations: []policy.Obligation{}}, date("2022-01-01"))
	if amended.Title != "Longer" || amended.Evaluation != evaluation || len(amended.Obligations) != 0 || len(amended.Periods) != 2 {
		t.Errorf("%+v", amended)
	}
}

func TestAnAmendmentCannotTakeBackWhatHasBegun(t *testing.T) {
	t.Parallel()
	before := sound()
	other := sound()
	other.Key = "other"
	later := before.Amend(policy.Amendment{Periods: before.Periods[1:]}, policy.Date{})
	for name, test := range map[string]struct {
		amended policy.Definition
		on      string
		code    policy.Code
	}{
		"another key":                      {other, "2021-06-01", policy.CodeInvalid},
		"a period that has begun goes":     {later, "2022-01-01", policy.CodeInvalid},
		"a period that has not begun goes": {later, "2021-12-31", ""},
		"nothing":                          {before, "2022-06-01", ""},
	} {
		if err := policy.JudgeAmendment(&before, &test.amended, date(test.on)); policy.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
