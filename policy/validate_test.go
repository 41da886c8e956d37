package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

func TestDefinitionValidate_FindsNoProblemsWhereSound(t *testing.T) {
	t.Parallel()
	d := sound()
	if problems := d.Validate(); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

func TestDefinitionAmend_ReplacesWhatIsGivenAndNothingElse(t *testing.T) {
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

func TestJudgeAmendment_TakesBackNothingThatHasBegun(t *testing.T) {
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
