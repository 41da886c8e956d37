package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestActCheck_RefusesAnActThatLacksSomething(t *testing.T) {
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
	} {
		if err := act.Check(); policy.CodeOf(err) != policy.CodeInvalid {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestJudgeOpening_AllowsAnyDayWhileTheCycleRuns(t *testing.T) {
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
