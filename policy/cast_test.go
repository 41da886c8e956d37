package policy_test

import (
	"fmt"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// The cast of the stories: a small cycle with two priorities, one general MASP
// and two annual periods.

const key = "empact"

var date = policytest.Date

func on(path string) policy.Subject { return policytest.Subject(key, path) }

func year(y string, before string) policy.Period {
	return policy.Period{
		Key: y, From: date(y + "-01-01"), To: date(y + "-12-31"), Drafting: date(before + "-09-01"), Due: date(before + "-12-10"),
		Reports: []policy.Round{{Key: "may", Opens: date(y + "-04-01"), Due: date(y + "-06-15")}},
	}
}

func sound() policy.Definition {
	d := policytest.Cycle(key)
	d.ImplementationWindow.To = date("2023-12-31")
	d.AdvisoryDocument = &policy.Milestone{Due: date("2021-04-30")}
	d.Review = &policy.OpenMilestone{Opens: date("2022-10-01"), Due: date("2022-12-01")}
	d.Periods = []policy.Period{year("2022", "2021"), year("2023", "2022")}
	d.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{date("2021-12-31")},
	}}
	d.Evaluation = policy.OpenMilestone{Opens: date("2022-07-01"), Due: date("2023-10-01")}
	return d
}

func entryOf(d policy.Definition, path string) policy.Entry {
	for _, e := range d.Agenda() {
		if e.Subject == on(path) {
			return e
		}
	}
	panic("no entry " + path)
}

// file is the record of one subject, on which acts are judged and recorded.
type file struct {
	entry   policy.Entry
	opened  policy.Date
	records []policy.Recorded
	facts   policy.Facts
}

func open(path string) *file {
	e := entryOf(sound(), path)
	return &file{entry: e, opened: e.Opens, facts: policy.Facts{Today: date("2024-06-01")}}
}

func (f *file) standing() policy.Standing {
	return policy.StandingOf(f.entry, f.opened, seconded(f.records))
}

// seconded adds to what was recorded the second person, who confirmed it where
// that is wanted.
func seconded(records []policy.Recorded) []policy.Recorded {
	var all []policy.Recorded
	for _, r := range records {
		if all = append(all, r); r.Confirmed() {
			all = append(all, policy.Recorded{Act: confirms(r), ID: "second-" + r.ID})
		}
	}
	return all
}

// takes judges an act and records it if it passes, and if a second person may
// confirm it where that is wanted.
func (f *file) takes(act policy.Act) error {
	act.Subject = f.entry.Subject
	if act.Kind == policy.ActDecide && act.Digest == "" { // what was handed in last
		act.Digest = f.standing().Digest
	}
	if err := act.Check(); err != nil {
		return err
	}
	if err := policy.Judge(f.entry, f.opened, seconded(f.records), act, f.facts); err != nil {
		return err
	}
	act = policy.Expand(f.entry, act, f.facts.Items)
	recorded := policy.Recorded{Act: act, ID: fmt.Sprintf("act-%d", len(f.records)+1), Stated: "stated"}
	if act.Confirmed() {
		if err := policy.Judge(f.entry, f.opened, append(seconded(f.records), recorded), confirms(recorded), f.facts); err != nil {
			return err
		}
	}
	f.records = append(f.records, recorded)
	return nil
}

// confirms is the confirmation of an outcome by a second person.
func confirms(r policy.Recorded) policy.Act {
	return policy.Act{
		Kind: policy.ActConfirm, Subject: r.Subject, Date: r.Date, By: policy.Actor{Name: "Bert", Body: r.By.Body}, Confirms: r.ID, Digest: "stated",
	}
}

func (f *file) must(t *testing.T, acts ...policy.Act) {
	t.Helper()
	for _, act := range acts {
		if err := f.takes(act); err != nil {
			t.Fatalf("%s by %s on %s: %v", act.Kind, act.Body, act.Date, err)
		}
	}
}

// refuses fails the test unless the act is refused with the code and changes
// nothing.
func (f *file) refuses(t *testing.T, act policy.Act, code policy.Code) {
	t.Helper()
	before := len(f.records)
	if err := f.takes(act); policy.CodeOf(err) != code || len(f.records) != before {
		t.Errorf("%s by %s: %v (%s), want %s", act.Kind, act.Body, err, policy.CodeOf(err), code)
	}
}

func submits(by policy.Body, day string) policy.Act {
	return policy.Act{Kind: policy.ActSubmit, Subject: on("assessment"), Date: date(day), By: policy.Actor{Name: "Eva", Body: by}, Digest: "sha256:" + day}
}

func decides(body policy.Body, outcome policy.Outcome, day string) policy.Act {
	recorder := body
	if body.Collective() {
		recorder = policy.GeneralSecretariat
	}
	act := policy.Act{
		Kind: policy.ActDecide, Subject: on("assessment"), Date: date(day), By: policy.Actor{Name: "Anna", Body: recorder},
		Body: body, Outcome: outcome, Procedure: policy.Meeting, Document: "ST 1000/21 INIT", Version: 1,
	}
	if outcome.WantsReason() {
		act.Comment = "The actions do not match the goals."
	}
	return act
}

// of changes one thing about an act.
func of(act policy.Act, change func(*policy.Act)) policy.Act {
	change(&act)
	return act
}

func version(n int) func(*policy.Act) { return func(a *policy.Act) { a.Version = n } }

// everybody is every body there is, with one Member State that drives the OAP
// on firearms and one that does not.
var everybody = []policy.Body{
	policy.Council, policy.Coreper, policy.COSI, policy.COSISupportGroup, policy.SupportTeam, policy.Presidency,
	policy.GeneralSecretariat, policy.Commission, policy.Europol, policy.Eurojust, policy.Frontex, policy.CEPOL,
	policy.EUDA, policy.EULISA, policy.EUIPO, policy.OLAF, policy.EPPO, policy.EEAS, policy.Evaluator,
	policy.EuropeanParliament, policy.NationalParliament, "se", "fr",
}
