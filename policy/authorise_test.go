package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// everybody is every body there is, with one Member State that drives the OAP
// on firearms and one that does not.
var everybody = []policy.Body{
	policy.Council, policy.Coreper, policy.COSI, policy.COSISupportGroup, policy.SupportTeam, policy.Presidency,
	policy.GeneralSecretariat, policy.Commission, policy.Europol, policy.Eurojust, policy.Frontex, policy.CEPOL,
	policy.EUDA, policy.EULISA, policy.EUIPO, policy.OLAF, policy.EPPO, policy.EEAS, policy.Evaluator,
	policy.EuropeanParliament, policy.NationalParliament, "se", "fr",
}

func TestTheRoleMatrix(t *testing.T) {
	t.Parallel()
	submit := func(path string) func(policy.Body) error {
		return func(b policy.Body) error {
			return policy.Authorise(policy.Actor{Name: "x", Body: b}, policy.Act{Kind: policy.ActSubmit}, entryOf(sound(), path))
		}
	}
	recordFor := func(body policy.Body) func(policy.Body) error {
		return func(b policy.Body) error {
			return policy.Authorise(policy.Actor{Name: "x", Body: b}, policy.Act{Kind: policy.ActDecide, Body: body}, policy.Entry{})
		}
	}
	kind := func(k policy.ActKind) func(policy.Body) error {
		return func(b policy.Body) error {
			return policy.Authorise(policy.Actor{Name: "x", Body: b}, policy.Act{Kind: k}, policy.Entry{})
		}
	}
	for what, test := range map[string]struct {
		may func(policy.Body) error
		who []policy.Body
	}{
		"hands in the threat assessment":     {submit("assessment"), []policy.Body{policy.Europol}},
		"hands in the advisory document":     {submit("advisory-document"), []policy.Body{policy.Presidency, policy.Commission}},
		"tables the conclusions":             {submit("priorities"), []policy.Body{policy.Presidency}},
		"hands in a MASP":                    {submit("masp/general"), []policy.Body{policy.Presidency, policy.Commission}},
		"hands in a driven OAP":              {submit("oap/2022/firearms"), []policy.Body{policy.SupportTeam, "se"}},
		"hands in an OAP without driver":     {submit("oap/2022/drugs"), []policy.Body{policy.SupportTeam, "se", "fr"}},
		"reports on a driven OAP":            {submit("report/2022/firearms/may"), []policy.Body{policy.SupportTeam, "se"}},
		"hands in the interim assessment":    {submit("review"), []policy.Body{policy.Europol}},
		"hands in the evaluation":            {submit("evaluation"), []policy.Body{policy.Commission, policy.Evaluator}},
		"delivers the annual report":         {submit("obligation/annual-report/2021-12-31"), []policy.Body{policy.Commission}},
		"records what the Council adopted":   {recordFor(policy.Council), []policy.Body{policy.GeneralSecretariat}},
		"records what COSI adopted":          {recordFor(policy.COSI), []policy.Body{policy.GeneralSecretariat}},
		"records what the Support Group did": {recordFor(policy.COSISupportGroup), []policy.Body{policy.GeneralSecretariat}},
		"records what the Support Team did":  {recordFor(policy.SupportTeam), []policy.Body{policy.SupportTeam}},
		"opens an extraordinary item":        {kind(policy.ActOpen), []policy.Body{policy.Presidency, policy.GeneralSecretariat}},
		"amends a cycle":                     {kind(policy.ActAmend), []policy.Body{policy.Presidency, policy.GeneralSecretariat}},
		"starts a cycle":                     {func(b policy.Body) error { return policy.AuthoriseStart(policy.Actor{Name: "x", Body: b}) }, []policy.Body{policy.Presidency, policy.GeneralSecretariat}},
	} {
		for _, body := range everybody {
			err := test.may(body)
			if want := slices.Contains(test.who, body); want != (err == nil) {
				t.Errorf("%s: %s: %v, want allowed %v", what, body, err, want)
			}
			if err != nil && policy.CodeOf(err) != policy.CodeNotCompetent {
				t.Errorf("%s: %s: %v", what, body, err)
			}
		}
	}
}

func TestAnActThatLacksSomethingIsRefusedBeforeItIsJudged(t *testing.T) {
	t.Parallel()
	good := decides(policy.COSI, policy.Adopted, "2021-12-08")
	item := policy.Act{
		Kind: policy.ActOpen, Subject: on("item/ukraine"), Date: date("2022-03-28"), By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		Opening: &policy.Opening{Title: "Ukraine", Due: date("2022-03-28"), Through: []policy.Body{policy.Council}},
	}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	if err := item.Check(); err != nil {
		t.Fatal(err)
	}
	opening := func(change func(*policy.Opening)) policy.Act {
		o := *item.Opening
		change(&o)
		return of(item, func(a *policy.Act) { a.Opening = &o })
	}
	for name, act := range map[string]policy.Act{
		"a subject":         of(good, func(a *policy.Act) { a.Subject = policy.Subject{} }),
		"a date":            of(good, func(a *policy.Act) { a.Date = policy.Date{} }),
		"a name":            of(good, func(a *policy.Act) { a.By.Name = "" }),
		"a kind":            of(good, func(a *policy.Act) { a.Kind = "" }),
		"a body":            of(good, func(a *policy.Act) { a.Body = "" }),
		"an outcome":        of(good, func(a *policy.Act) { a.Outcome = policy.Delivered }),
		"a procedure":       of(good, func(a *policy.Act) { a.Procedure = "" }),
		"a document":        of(good, func(a *policy.Act) { a.Document = "" }),
		"a register number": of(good, func(a *policy.Act) { a.Document = "letter" }),
		"a version":         of(good, func(a *policy.Act) { a.Version = 0 }),
		"measure":           of(good, func(a *policy.Act) { a.Comment = string(make([]byte, 5000)) }),
		"an amendment":      of(good, func(a *policy.Act) { a.Kind = policy.ActAmend }),
		"an item":           of(item, func(a *policy.Act) { a.Subject = on("priorities") }),
		"a title":           opening(func(o *policy.Opening) { o.Title = "" }),
		"a later due date":  opening(func(o *policy.Opening) { o.Due = date("2022-03-01") }),
		"a chain":           opening(func(o *policy.Opening) { o.Through = nil }),
		"who can settle":    opening(func(o *policy.Opening) { o.Through = []policy.Body{policy.Commission} }),
	} {
		if err := act.Check(); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestAnItemMayBeOpenedOnAnyDayWhileTheCycleRuns(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	act := func(day string) policy.Act {
		return policy.Act{Kind: policy.ActOpen, Subject: on("item/x"), Date: date(day)}
	}
	if err := policy.JudgeOpening(w.Records, act("2021-09-14"), false); err != nil {
		t.Error(err)
	}
	if err := policy.JudgeOpening(w.Records, act("2021-09-16"), false); policy.CodeOf(err) != policy.CodeWrongDate {
		t.Errorf("tomorrow: %v", err)
	}
	if err := policy.JudgeOpening(decided(policy.NotAgreed).Records, act("2021-09-14"), false); policy.CodeOf(err) != policy.CodeNotOpen {
		t.Errorf("after the end: %v", err)
	}
}
