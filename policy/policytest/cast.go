package policytest

import (
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// The cast of the stories: a small cycle with two priorities, one general MASP
// and two annual periods.

// Key is that of the cycle of the stories.
const Key = "empact"

// On gives a subject of the cycle by its path.
func On(path string) policy.Subject { return Subject(Key, path) }

// Year is an annual period, drafted in the year before.
func Year(y string, before string) policy.Period {
	return policy.Period{
		Key: y, From: Date(y + "-01-01"), To: Date(y + "-12-31"), Drafting: Date(before + "-09-01"), Due: Date(before + "-12-10"),
		Reports: []policy.Round{{Key: "may", Opens: Date(y + "-04-01"), Due: Date(y + "-06-15")}},
	}
}

// Sound is a cycle in which nothing is wrong: the small one with two years, a review and an
// obligation to report.
func Sound() policy.Definition {
	d := Cycle(Key)
	d.ImplementationWindow.To = Date("2023-12-31")
	d.AdvisoryDocument = &policy.Milestone{Due: Date("2021-04-30")}
	d.Review = &policy.OpenMilestone{Opens: Date("2022-10-01"), Due: Date("2022-12-01")}
	d.Periods = []policy.Period{Year("2022", "2021"), Year("2023", "2022")}
	d.Obligations = []policy.Obligation{{
		Key: "annual-report", Title: "Annual report", OwedBy: policy.Commission, To: []policy.Body{policy.Council}, Due: []policy.Date{Date("2021-12-31")},
	}}
	d.Evaluation = policy.OpenMilestone{Opens: Date("2022-07-01"), Due: Date("2023-10-01")}
	return d
}

// EntryOf gives the entry of a definition for a path of the cycle.
func EntryOf(d policy.Definition, path string) policy.Entry {
	for _, e := range d.Agenda() {
		if e.Subject == On(path) {
			return e
		}
	}
	panic("no entry " + path) // a mistake of the test that asks for it
}

// T is what a file tells of what went wrong.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// File is the record of one subject, on which acts are judged and recorded.
type File struct {
	Entry   policy.Entry
	Opened  policy.Date
	Records []policy.Recorded
	Facts   policy.Facts
}

// Open gives the empty file of a subject.
func Open(path string) *File {
	e := EntryOf(Sound(), path)
	return &File{Entry: e, Opened: e.Opens, Facts: policy.Facts{Today: Date("2024-06-01")}}
}

// Standing says where the subject stands.
func (f *File) Standing() policy.Standing {
	return policy.StandingOf(f.Entry, f.Opened, Seconded(f.Records))
}

// Seconded adds to what was recorded the second person, who confirmed it where
// that is wanted.
func Seconded(records []policy.Recorded) []policy.Recorded {
	var all []policy.Recorded
	for _, r := range records {
		if all = append(all, r); r.Confirmed() {
			all = append(all, policy.Recorded{Act: Confirms(r), ID: "second-" + r.ID})
		}
	}
	return all
}

// Takes judges an act and records it if it passes, and if a second person may
// confirm it where that is wanted.
func (f *File) Takes(act policy.Act) error {
	act.Subject = f.Entry.Subject
	if act.Kind == policy.ActDecide && act.Digest == "" { // what was handed in last
		act.Digest = f.Standing().Digest
	}
	if err := act.Check(); err != nil {
		return err
	}
	if err := policy.Judge(f.Entry, f.Opened, Seconded(f.Records), act, f.Facts); err != nil {
		return err
	}
	act = policy.Expand(f.Entry, act, f.Facts.Items)
	recorded := policy.Recorded{Act: act, ID: fmt.Sprintf("act-%d", len(f.Records)+1), Stated: "stated"}
	if act.Kind == policy.ActSubmit {
		recorded.Version = policy.VersionOf(f.Records, act)
	}
	if act.Confirmed() {
		if err := policy.Judge(f.Entry, f.Opened, append(Seconded(f.Records), recorded), Confirms(recorded), f.Facts); err != nil {
			return err
		}
	}
	f.Records = append(f.Records, recorded)
	return nil
}

// Confirms is the confirmation of an outcome by a second person.
func Confirms(r policy.Recorded) policy.Act {
	return policy.Act{
		Kind: policy.ActConfirm, Subject: r.Subject, Date: r.Date, By: policy.Actor{Name: "Bert", Body: r.By.Body}, Confirms: r.ID, Digest: "stated",
	}
}

// Must fails the test unless each of the acts is taken.
func (f *File) Must(t T, acts ...policy.Act) {
	t.Helper()
	for _, act := range acts {
		if err := f.Takes(act); err != nil {
			t.Fatalf("%s by %s on %s: %v", act.Kind, act.Body, act.Date, err)
		}
	}
}

// Refuses fails the test unless the act is refused with the code and changes
// nothing.
func (f *File) Refuses(t T, act policy.Act, code policy.Code) {
	t.Helper()
	before := len(f.Records)
	if err := f.Takes(act); policy.CodeOf(err) != code || len(f.Records) != before {
		t.Errorf("%s by %s: %v (%s), want %s", act.Kind, act.Body, err, policy.CodeOf(err), code)
	}
}

// Ends is the adoption in which the silence procedure on the OAP on firearms ended, as Anna
// records it.
func Ends(day string) policy.Act {
	act := Decides(policy.COSI, policy.Adopted, day)
	act.Subject, act.Procedure, act.Document, act.Digest = On("oap/2022/firearms"), policy.SilenceProcedure, "CM 2/21 INIT", "sha256:2021-10-01"
	return act
}

// Submits is an act by which Eva of a body hands in a version on a day.
func Submits(by policy.Body, day string) policy.Act {
	return policy.Act{Kind: policy.ActSubmit, Subject: On("assessment"), Date: Date(day), By: policy.Actor{Name: "Eva", Body: by}, Digest: "sha256:" + day}
}

// Decides is the outcome of a body, as Anna records it for the day.
func Decides(body policy.Body, outcome policy.Outcome, day string) policy.Act {
	recorder := body
	if body.Collective() {
		recorder = policy.GeneralSecretariat
	}
	act := policy.Act{
		Kind: policy.ActDecide, Subject: On("assessment"), Date: Date(day), By: policy.Actor{Name: "Anna", Body: recorder},
		Body: body, Outcome: outcome, Procedure: policy.Meeting, Document: "ST 1000/21 INIT", Version: 1,
	}
	if outcome.WantsReason() {
		act.Comment = "The actions do not match the goals."
	}
	return act
}

// Of changes one thing about an act.
func Of(act policy.Act, change func(*policy.Act)) policy.Act {
	change(&act)
	return act
}

// Version says of an act which version it is about.
func Version(n int) func(*policy.Act) { return func(a *policy.Act) { a.Version = n } }

// Launches is the launch of a silence procedure on the OAP on firearms.
func Launches(day, until string) policy.Act {
	return policy.Act{
		Kind: policy.ActLaunch, Subject: On("oap/2022/firearms"), Date: Date(day), By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, Body: policy.COSI,
		Procedure: policy.SilenceProcedure, Deadline: Date(until), Document: "CM 1/21 INIT", Version: 1, Digest: "sha256:2021-10-01",
	}
}

// Many makes n values.
func Many[T any](n int, one func(i int) T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = one(i)
	}
	return all
}
