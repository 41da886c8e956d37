package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

func TestActCheck_LetsAnItemPassABodyOnce(t *testing.T) {
	t.Parallel()
	o := policy.Opening{Title: "Ukraine", Due: date("2022-04-28"), Through: []policy.Body{policy.COSI, policy.Council, policy.COSI}}
	act := policy.Act{
		Kind: policy.ActOpen, Subject: on("item/ukraine"), Date: date("2022-03-28"),
		By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Opening: &o,
	}
	if err := act.Check(); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestDesiredStateOf_CompletesNoPlanBeforeItsAdoption(t *testing.T) {
	t.Parallel()
	w, masp := decided(policy.Adopted, firearmsYes, drugsYes), on("masp/general")
	w.Standings[masp] = policy.Standing{
		Subject: masp, State: policy.StateClosed, Outcome: policy.Adopted, Since: date("2024-03-01"), ClosedOn: date("2024-03-01"),
	}
	w.Today = date("2024-04-01")
	if p := policy.DesiredStateOf(masp.Run(), w.Records); p.Since.Before(date("2024-03-01")) {
		t.Errorf("%s since %s", p.Stage, p.Since)
	}
}

func TestJudgeBasis_RestsNothingOnPreparation(t *testing.T) {
	t.Parallel()
	f := open("priorities")
	f.Facts.Items = []string{"firearms", "drugs"}
	f.Must(t, submits(policy.Presidency, "2021-05-01"), decides(policy.COSI, policy.TookNote, "2021-05-26"),
		decides(policy.Coreper, policy.TookNote, "2021-05-26"), decides(policy.Council, policy.Adopted, "2021-05-26"))
	a := policy.Act{Kind: policy.ActAmend, Date: date("2021-06-01"), Amendment: &policy.AmendmentRef{Decision: "act-2"}}
	if err := policy.JudgeBasis(nil, f.Standing(), seconded(f.Records), a, date("2024-06-01")); policy.CodeOf(err) != policy.CodeNotCompetent {
		t.Errorf("%v", err)
	}
}

func TestJudge_RefusesWhatComesBeforeItsBeginning(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.Today = date("2022-06-01")
	assessment := open("assessment")
	assessment.Facts = w.FactsFor(assessment.Entry)
	assessment.Refuses(t, submits(policy.Europol, "2012-04-12"), policy.CodeWrongDate)
}

func TestDefinitionAgenda_OwesNoReportFromBeforeAPriority(t *testing.T) {
	t.Parallel()
	d := sound()
	cars := policy.Priority{Key: "cars", Title: "Cars", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}}}
	d = d.Amend(policy.Amendment{Priorities: append(d.Priorities, cars)}, date("2022-11-01"))
	for _, e := range d.Agenda() {
		if e.Priority == "cars" && e.Due.Before(date("2022-11-01")) {
			t.Errorf("%s was due on %s", e.Subject, e.Due)
		}
	}
}

func TestDateAddDays_CountsAcrossCenturies(t *testing.T) {
	t.Parallel()
	a, b := date("1500-01-01"), date("2021-05-26")
	if a.AddDays(a.DaysUntil(b)) != b || (policy.Recorded{Act: policy.Act{Date: b}}).DaysLate() != 0 {
		t.Error("miscounted")
	}
}
