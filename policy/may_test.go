package policy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// people are those who may try something: they have handed in, recorded and confirmed
// in the journeys, under several bodies, or never acted.
var people = []string{"Eva", "Anna", "Bert", "Carl"}

// tried gives an act with all that is right on a subject as it stands.
func tried(kind policy.ActKind, who policy.Principal, s policy.Standing, records []policy.Recorded, today policy.Date) policy.Act {
	a := policy.Act{Kind: kind, Subject: s.Subject, Date: today, By: who.Actor, Version: s.Version, Digest: s.Digest}
	if who.OnBehalfOf != nil {
		a.For = &who.OnBehalfOf.Actor
	}
	body := policy.COSI
	if len(s.Turn) > 0 {
		body = s.Turn[0]
	}
	switch kind {
	case policy.ActSubmit:
		a.Version, a.Digest = 0, "sha256:next"
		if s.State == policy.StateDeciding {
			a.Revises = s.Version
		}
	case policy.ActDecide:
		a.Body, a.Outcome, a.Procedure, a.Document, a.Comment = body, policy.ReferredBack, policy.Meeting, "ST 1000/21 INIT", "Not yet."
	case policy.ActLaunch:
		a.Body, a.Procedure, a.Document, a.Deadline = body, policy.SilenceProcedure, "CM 1/21 INIT", today.AddDays(5)
	case policy.ActPosition:
		a.Body, a.Stance, a.Delegation = body, policy.Agrees, "fr"
		if who.Body.MemberState() {
			a.Delegation = who.Body
		}
	case policy.ActCorrect:
		a.Document, a.Digest = "ST 1000/21 COR 1", "sha256:corrected"
	case policy.ActFinalise:
		a.Document, a.Digest = "ST 1000/1/21 REV 1", "sha256:final"
	default: // of a second person
		a.Version, a.Confirms, a.Digest = 0, "nothing", "stated"
		if waiting := policy.PendingIn(records); waiting != nil {
			a.Confirms, a.Digest, a.Date = waiting.ID, waiting.Stated, policy.Latest(today, waiting.Date)
		}
	}
	return a
}

// judged says what the record answers: as it does, it asks first whether somebody may.
func judged(who policy.Principal, a policy.Act, f *file, records []policy.Recorded) error {
	if err := a.Check(); err != nil {
		return err
	}
	if err := policy.Authorise(who, a, f.Entry); err != nil {
		return err
	}
	if waiting := policy.PendingIn(records); waiting != nil && a.Confirms == waiting.ID {
		if err := policy.AuthoriseSecond(who, a, waiting.Act, f.Entry); err != nil {
			return err
		}
	}
	return policy.Judge(f.Entry, f.Opened, records, a, f.Facts)
}

func anybody(t *rapid.T) policy.Principal {
	body := rapid.SampledFrom(everybody).Draw(t, "body")
	of := func(label string) policy.Principal {
		return policy.Asserted(policy.Actor{Name: rapid.SampledFrom(people).Draw(t, label), Body: body})
	}
	who := of("who")
	if rapid.IntRange(0, 3).Draw(t, "substitutes") == 0 {
		who.OnBehalfOf = new(of("for"))
	}
	return who
}

// What somebody is offered the record takes from them, and what they are not offered it
// refuses, whoever they are and whatever happened before.
func TestMayDo_OffersWhatIsTaken(t *testing.T) {
	t.Parallel()
	kinds := []policy.ActKind{
		policy.ActSubmit, policy.ActDecide, policy.ActConfirm, policy.ActSetAside, policy.ActLaunch, policy.ActPosition, policy.ActCorrect, policy.ActFinalise,
	}
	rapid.Check(t, func(t *rapid.T) {
		j := anyJourney(t)
		for range rapid.IntRange(4, 25).Draw(t, "steps") {
			j.lives(t, 8)
		}
		for _, f := range j.sorted() {
			records := seconded(f.Records)
			if n := len(records); n > 0 && records[n-1].Kind == policy.ActConfirm && rapid.Bool().Draw(t, "waits") {
				records = records[:n-1]
			}
			s := policy.StandingOf(f.Entry, f.Opened, records)
			j.Standings[f.Entry.Subject], f.Facts = s, j.FactsFor(f.Entry)
			who := anybody(t)
			may := j.MayDo(who, f.Entry, records)
			for _, kind := range kinds {
				a := tried(kind, who, s, records, j.Today)
				err := judged(who, a, f, records)
				offered := slices.Contains(may, policy.Deed(kind))
				ready := policy.CodeOf(err) != policy.CodeNotReady // which is judged with the act
				if offered && err != nil && ready || !offered && err == nil {
					t.Fatalf("%s as %s for %v on %s, which stands at %+v: offered is %v, the record says %v", kind, who.Actor, who.OnBehalfOf, f.Entry.Subject, s, offered, err)
				}
			}
			j.opensChange(t, who, f, may)
		}
	})
}

func (j *journey) opensChange(t *rapid.T, who policy.Principal, f *file, may []policy.Deed) {
	changed := f.Entry.Subject.ChangedBy("1")
	if changed == (policy.Subject{}) {
		return
	}
	a := policy.Act{
		Kind: policy.ActOpen, Subject: changed, Date: j.Today, By: who.Actor, Opening: &policy.Opening{Title: "New action", Due: j.Today.AddDays(40)},
	}
	err := policy.Authorise(who, a, j.Opened(*a.Opening, a.Subject, j.Today))
	if err == nil {
		err = policy.JudgeOpening(j.Records, a, false)
	}
	if slices.Contains(may, policy.Deed(policy.ActOpen)) != (err == nil) {
		t.Fatalf("a change of %s by %s is offered: %v, the record says %v", f.Entry.Subject, who.Actor, may, err)
	}
}

// Who stands behind a version or behind an outcome that waits, in whatever role and for
// whomever, is not offered to decide on it or to confirm it.
func TestMayDo_HoldsFourEyes(t *testing.T) {
	t.Parallel()
	person := func(n int64, body policy.Body) policy.Actor { return policy.Actor{Person: n, Body: body} }
	absent := person(4, policy.GeneralSecretariat)
	handedIn := policy.Recorded{ID: "v1", Act: policy.Act{Kind: policy.ActSubmit, By: person(1, "se"), Version: 1, Date: date("2021-10-20")}}
	waits := policy.Recorded{ID: "waits", Act: policy.Act{
		Kind: policy.ActDecide, Body: policy.COSI, Outcome: policy.ReferredBack, By: person(2, policy.GeneralSecretariat), For: &absent, Version: 1,
	}}
	secretariat := func(n int64) policy.Principal { return policy.Asserted(person(n, policy.GeneralSecretariat)) }
	d := sound()
	r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}, Today: date("2021-12-08")}
	e := entryOf(d, oap)
	for name, test := range map[string]struct {
		who     policy.Principal
		records []policy.Recorded
		may     bool
	}{
		"who handed it in, in another role":    {secretariat(1), []policy.Recorded{handedIn, waits}, false},
		"who recorded it":                      {secretariat(2), []policy.Recorded{handedIn, waits}, false},
		"for whom it was recorded":             {secretariat(4), []policy.Recorded{handedIn, waits}, false},
		"a colleague":                          {secretariat(3), []policy.Recorded{handedIn, waits}, true},
		"a colleague in the place of that one": {policy.Principal{Actor: person(3, policy.GeneralSecretariat), OnBehalfOf: new(secretariat(4))}, []policy.Recorded{handedIn, waits}, false},
	} {
		r.Standings[e.Subject] = policy.StandingOf(e, e.Opens, test.records)
		if may := r.MayDo(test.who, e, test.records); slices.Contains(may, policy.Deed(policy.ActConfirm)) != test.may || !slices.Contains(may, policy.Deed(policy.ActSetAside)) {
			t.Errorf("%s may %v", name, may)
		}
	}
}

// Who may do what stands in one table: what it prints is what it decides by.
func TestMatrix_SaysWhichDeedsWantAFreshLogin(t *testing.T) {
	t.Parallel()
	for _, row := range policy.Matrix() {
		if row.FreshLogin != row.Deed.WantsFreshLogin() || row.Bodies == "" || len(row.Roles) == 0 {
			t.Errorf("%+v", row)
		}
	}
	for kind, want := range map[policy.ActKind]bool{policy.ActSubmit: false, policy.ActDecide: true, policy.ActConfirm: true, policy.ActOpen: true} {
		if a := (policy.Act{Kind: kind}); a.Deed().WantsFreshLogin() != want {
			t.Errorf("%s wants a fresh log-in: %v", kind, !want)
		}
	}
	moves := policy.Act{Kind: policy.ActAmend, Amendment: &policy.AmendmentRef{}}
	if moves.Deed() != policy.DeedMove || moves.Deed().WantsFreshLogin() {
		t.Errorf("to move a meeting is %s", moves.Deed())
	}
}
