package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// rich is the sound definition with every part that it may have: sub-
// priorities, a region, a MASP for each priority and chains of its own.
func rich() policy.Definition {
	d := sound()
	d.Predecessor = "eu-policy-cycle-2018-2021"
	d.MASP.PerPriority = true
	d.Chains = map[policy.Kind]policy.Chain{
		policy.KindReport: {SubmitDaysBefore: 10, Through: []policy.Step{{Body: policy.SupportTeam, DaysBefore: 5}, {Body: policy.COSI}}},
		policy.KindOAP:    {SubmitDaysBefore: 30, Through: []policy.Step{{Body: policy.COSISupportGroup, DaysBefore: 14}, {Body: policy.COSI}}},
	}
	d.Priorities[1].SubPriorities = []policy.SubPriority{{Key: "cocaine", Title: "Cocaine"}, {Key: "synthetic", Title: "Synthetic drugs"}}
	d.Priorities[1].OAPs = []policy.OAP{{Key: "cocaine", Title: "Cocaine", SubPriority: "cocaine", Driver: "fr"}, {Key: "synthetic", Title: "Synthetic drugs", SubPriority: "synthetic"}}
	d.Priorities = append(d.Priorities, policy.Priority{
		Key: "balkans", Title: "Western Balkans", Kind: policy.PriorityRegional, Region: "Western Balkans", OAPs: []policy.OAP{{Key: "balkans", Title: "Western Balkans"}},
	})
	d.Reminders = &policy.Reminders{BeforeDays: []int{30, 7}, EscalateDays: 14}
	return d
}

// Each mistake is made alone and must be found alone: a second finding would
// send people after something that is not wrong.
func TestDefinitionValidate_GivesOneProblemForOneMistake(t *testing.T) {
	t.Parallel()
	if d := rich(); len(d.Validate()) > 0 {
		t.Fatalf("the rich definition is not sound: %+v", d.Validate())
	}
	chain := func(kind policy.Kind, submit int, steps ...policy.Step) func(*policy.Definition) {
		return func(d *policy.Definition) { d.Chains[kind] = policy.Chain{SubmitDaysBefore: submit, Through: steps} }
	}
	cosi := policy.Step{Body: policy.COSI}
	tests := map[string]struct {
		change func(*policy.Definition)
		field  string
		says   string
	}{
		"an older format than any":         {func(d *policy.Definition) { d.Format = 0 }, "format", "reads format 1"},
		"a key in capitals":                {func(d *policy.Definition) { d.Key = "EMPACT" }, "key", "small letters"},
		"a key of 64 letters":              {func(d *policy.Definition) { d.Key = strings.Repeat("a", 64) }, "key", "at most 63"},
		"no policy window":                 {func(d *policy.Definition) { d.PolicyWindow.To = policy.Date{} }, "policy_window.to", "missing"},
		"a window after all timers":        {func(d *policy.Definition) { d.PolicyWindow.To = date("2100-01-01") }, "policy_window.to", "2099"},
		"an assessment before the window":  {func(d *policy.Definition) { d.PolicyWindow.From = date("2021-04-13") }, "assessment.due", "before the policy window begins"},
		"a threat assessment of no kind":   {func(d *policy.Definition) { d.Assessment.Kind = "" }, "assessment.kind", "SOCTA"},
		"no date for the conclusions":      {func(d *policy.Definition) { d.Conclusions.Due = policy.Date{} }, "conclusions.due", "missing"},
		"no date for the advice":           {func(d *policy.Definition) { d.AdvisoryDocument.Due = policy.Date{} }, "advisory_document.due", "missing"},
		"conclusions before the advice":    {func(d *policy.Definition) { d.AdvisoryDocument.Due = date("2021-05-27") }, "conclusions.due", "advisory document"},
		"no advice, conclusions too early": {func(d *policy.Definition) { d.AdvisoryDocument, d.Conclusions.Due = nil, date("2021-04-11") }, "conclusions.due", "threat assessment is due"},
		"an evaluation without end":        {func(d *policy.Definition) { d.Evaluation.Due = policy.Date{} }, "evaluation.due", "missing"},
		"an evaluation backwards":          {func(d *policy.Definition) { d.Evaluation.Due = date("2022-06-30") }, "evaluation.due", "before work on it opens"},
		"a review without beginning":       {func(d *policy.Definition) { d.Review.Opens = policy.Date{} }, "review.opens", "missing"},
		"a chain with a stranger":          {chain(policy.KindReport, 10, policy.Step{Body: "nato"}, cosi), "chains.report.through[0].body", "expected a body"},
		"a chain with a body twice":        {chain(policy.KindReport, 10, cosi, cosi), "chains.report.through[1].body", "one turn"},
		"a chain that goes back in time":   {chain(policy.KindReport, 10, policy.Step{Body: policy.SupportTeam, DaysBefore: 3}, policy.Step{Body: policy.COSI, DaysBefore: 4}), "chains.report.through[1].days_before", "at most 3"},
		"a step after the due date":        {chain(policy.KindReport, 10, policy.Step{Body: policy.COSI, DaysBefore: -1}), "chains.report.through[0].days_before", "at most 10"},
		"a MASP that nobody adopts":        {chain(policy.KindMASP, 10), "chains.masp.through", "does not end with cosi"},
		"priorities that COSI settles":     {chain(policy.KindPriorities, 10, cosi), "chains.priorities.through", "does not end with council"},
		"a chain for obligations":          {chain(policy.KindObligation, 0), "chains", "obligation"},
		"a MASP without key":               {func(d *policy.Definition) { d.MASP.General.Key = "" }, "masp.general.key", "missing"},
		"a MASP without drafting":          {func(d *policy.Definition) { d.MASP.Drafting = policy.Date{} }, "masp.drafting", "missing"},
		"a MASP drafted too late":          {func(d *policy.Definition) { d.MASP.Drafting = date("2021-10-16") }, "masp.due", "before drafting starts"},
		"a period without key":             {func(d *policy.Definition) { d.Periods[0].Key = "" }, "periods[0].key", "missing"},
		"a period backwards":               {func(d *policy.Definition) { d.Periods[1].To = date("2022-12-31") }, "periods[1].to", "before the beginning"},
		"a period without drafting":        {func(d *policy.Definition) { d.Periods[1].Drafting = policy.Date{} }, "periods[1].drafting", "missing"},
		"OAPs due before drafting":         {func(d *policy.Definition) { d.Periods[1].Drafting = date("2022-12-11") }, "periods[1].due", "before drafting starts"},
		"OAPs due after their period":      {func(d *policy.Definition) { d.Periods[0].Due = date("2023-01-01") }, "periods[0].to", "its OAPs are due"},
		"a round without beginning":        {func(d *policy.Definition) { d.Periods[0].Reports[0].Opens = policy.Date{} }, "periods[0].reports[0].opens", "missing"},
		"a round twice": {func(d *policy.Definition) {
			d.Periods[0].Reports = append(d.Periods[0].Reports, d.Periods[0].Reports[0])
		}, "periods[0].reports[1].key", "repeats"},
		"a round before its period": {func(d *policy.Definition) {
			d.Periods[0].Reports[0] = policy.Round{Key: "may", Opens: date("2021-11-01"), Due: date("2021-12-01")}
		}, "periods[0].reports[0].due", "before the period begins"},
		"a round that covers time before its period": {func(d *policy.Definition) {
			d.Periods[0].Reports[0].Covers = &policy.Window{From: date("2021-12-31"), To: date("2022-03-31")}
		}, "periods[0].reports[0].covers.from", "before the period begins"},
		"a round that covers what is to come": {func(d *policy.Definition) {
			d.Periods[0].Reports[0].Covers = &policy.Window{From: date("2022-01-01"), To: d.Periods[0].Reports[0].Due.AddDays(1)}
		}, "periods[0].reports[0].covers.to", "the round is due on"},
		"two priorities of one key":  {func(d *policy.Definition) { d.Priorities[2].Key = "firearms" }, "priorities[2].key", "priorities[0].key"},
		"a priority without title":   {func(d *policy.Definition) { d.Priorities[0].Title = "" }, "priorities[0].title", "missing"},
		"a region that is not named": {func(d *policy.Definition) { d.Priorities[2].Region = "" }, "priorities[2].region", "missing"},
		"two sub-priorities of one key": {func(d *policy.Definition) {
			d.Priorities[1].SubPriorities = append(d.Priorities[1].SubPriorities, d.Priorities[1].SubPriorities[0])
		}, "priorities[1].sub_priorities[2].key", "repeats"},
		"an OAP without key":              {func(d *policy.Definition) { d.Priorities[0].OAPs[0].Key = "" }, "priorities[0].oaps[0].key", "missing"},
		"an OAP without title":            {func(d *policy.Definition) { d.Priorities[0].OAPs[0].Title = "" }, "priorities[0].oaps[0].title", "missing"},
		"another priority's sub-priority": {func(d *policy.Definition) { d.Priorities[0].OAPs[0].SubPriority = "cocaine" }, "priorities[0].oaps[0].sub_priority", "sub-priorities"},
		"a driver from nowhere":           {func(d *policy.Definition) { d.Priorities[0].OAPs[0].Driver = "us" }, "priorities[0].oaps[0].driver", "Member State"},
		"two obligations of one key":      {func(d *policy.Definition) { d.Obligations = append(d.Obligations, d.Obligations[0]) }, "obligations[1].key", "repeats"},
		"owed by Coreper":                 {func(d *policy.Definition) { d.Obligations[0].OwedBy = policy.Coreper }, "obligations[0].owed_by", "reports"},
		"an obligation on no day":         {func(d *policy.Definition) { d.Obligations[0].Due[0] = policy.Date{} }, "obligations[0].due[0]", "missing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := rich()
			test.change(&d)
			problems := d.Validate()
			if len(problems) != 1 || problems[0].Field != test.field || !strings.Contains(problems[0].Message, test.says) {
				t.Errorf("found %+v, want %s alone to say %q", problems, test.field, test.says)
			}
		})
	}
}

func TestDefinitionValidate_RestsPrioritiesOnTheOCTABefore2013(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		due   string
		right policy.AssessmentKind
		wrong policy.AssessmentKind
	}{{"2012-12-31", policy.OCTA, policy.SOCTA}, {"2013-01-01", policy.SOCTA, policy.OCTA}} {
		about := func(kind policy.AssessmentKind) []policy.Problem {
			d := sound()
			d.PolicyWindow.From, d.Assessment.Due, d.Assessment.Kind = date("2012-01-01"), date(test.due), kind
			return d.Validate()
		}
		if found := about(test.right); len(found) > 0 {
			t.Errorf("%s in %s: %+v", test.right, test.due, found)
		}
		if found := about(test.wrong); len(found) != 1 || found[0].Field != "assessment.kind" || !strings.Contains(found[0].Message, string(test.right)) {
			t.Errorf("%s in %s: %+v", test.wrong, test.due, found)
		}
	}
}

func TestDefinitionValidate_LetsTheGeneralSecretariatSendCOSIsReports(t *testing.T) {
	t.Parallel()
	d := sound()
	d.Obligations[0].OwedBy = policy.COSI
	if found := d.Validate(); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	if e := entryOf(d, "obligation/annual-report/2021-12-31"); !slices.Equal(e.Submitters, []policy.Body{policy.GeneralSecretariat}) {
		t.Errorf("it is handed in by %v", e.Submitters)
	}
}

func TestDefinitionAmend_ReplacesEachPartAlone(t *testing.T) {
	t.Parallel()
	day := date("2030-01-01")
	window, milestone, open := policy.Window{From: day, To: day}, policy.Milestone{Due: day}, policy.OpenMilestone{Opens: day, Due: day}
	tests := map[string]struct {
		amendment policy.Amendment
		change    func(*policy.Definition)
	}{
		"nothing":               {policy.Amendment{Reason: "a reason alone"}, func(*policy.Definition) {}},
		"title":                 {policy.Amendment{Title: "New"}, func(d *policy.Definition) { d.Title = "New" }},
		"policy window":         {policy.Amendment{PolicyWindow: &window}, func(d *policy.Definition) { d.PolicyWindow = window }},
		"implementation window": {policy.Amendment{ImplementationWindow: &window}, func(d *policy.Definition) { d.ImplementationWindow = window }},
		"advisory document":     {policy.Amendment{AdvisoryDocument: &milestone}, func(d *policy.Definition) { d.AdvisoryDocument = &milestone }},
		"conclusions":           {policy.Amendment{Conclusions: &milestone}, func(d *policy.Definition) { d.Conclusions = milestone }},
		"review":                {policy.Amendment{Review: &open}, func(d *policy.Definition) { d.Review = &open }},
		"evaluation":            {policy.Amendment{Evaluation: &open}, func(d *policy.Definition) { d.Evaluation = open }},
		"MASP":                  {policy.Amendment{MASP: &policy.MASP{PerPriority: true}}, func(d *policy.Definition) { d.MASP = policy.MASP{PerPriority: true} }},
		"periods":               {policy.Amendment{Periods: []policy.Period{{Key: "2030"}}}, func(d *policy.Definition) { d.Periods = []policy.Period{{Key: "2030"}} }},
		"obligations":           {policy.Amendment{Obligations: []policy.Obligation{}}, func(d *policy.Definition) { d.Obligations = []policy.Obligation{} }},
		"reminders":             {policy.Amendment{Reminders: &policy.Reminders{EscalateDays: 1}}, func(d *policy.Definition) { d.Reminders = &policy.Reminders{EscalateDays: 1} }},
		"sources":               {policy.Amendment{Sources: []policy.Cited{{Source: "Council"}}}, func(d *policy.Definition) { d.Sources = []policy.Cited{{Source: "Council"}} }},
		"illustrative":          {policy.Amendment{Illustrative: []string{"title"}}, func(d *policy.Definition) { d.Illustrative = []string{"title"} }},
		"priorities": {policy.Amendment{Priorities: []policy.Priority{{Key: "drugs", Title: "All drugs", AddedOn: day}, {Key: "cars"}}}, func(d *policy.Definition) {
			// Only the new one is new, whatever the amendment says of the others; which are worded anew.
			d.Priorities = []policy.Priority{{Key: "drugs", Title: "All drugs", AmendedOn: date("2022-03-01")}, {Key: "cars", AddedOn: date("2022-03-01")}}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, want := rich(), rich()
			test.change(&want)
			if diff := cmp.Diff(want, before.Amend(test.amendment, date("2022-03-01")), plainDates); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(rich(), before, plainDates); diff != "" {
				t.Errorf("the definition amended changed itself:\n%s", diff)
			}
		})
	}
}
