package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// before brings an OAP before COSI.
func before(t *testing.T) *file {
	t.Helper()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-01"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"))
	return f
}

func says(state policy.Body, stance policy.Stance, day string) policy.Act {
	return policy.Act{
		Kind: policy.ActPosition, Subject: on(oap), Date: date(day), By: policy.Actor{Name: "Jan", Body: state}, Body: policy.COSI,
		Delegation: state, Stance: stance, Version: 1, Digest: "sha256:2021-10-01",
	}
}

func TestSilence_AdoptsOnceSomebodySaysThatNobodyObjected(t *testing.T) {
	t.Parallel()
	f := before(t)
	f.Facts.Today = date("2021-12-01")
	f.Refuses(t, ends("2021-12-01"), policy.CodeNotOpen) // none was launched
	f.Must(t, launches("2021-12-01", "2021-12-08"))
	f.Refuses(t, decides(policy.COSI, policy.Adopted, "2021-12-01"), policy.CodeNotOpen)
	f.Refuses(t, launches("2021-12-01", "2021-12-20"), policy.CodeNotOpen)
	want := []policy.Outcome{policy.ReferredBack, policy.Postponed, policy.WithdrawnFromAgenda, policy.NotAgreed}
	if diff := cmp.Diff(want, f.Entry.OutcomesFor(f.Standing(), policy.COSI, f.Facts.Today)); diff != "" {
		t.Errorf("while it runs: %s", diff)
	}
	f.Facts.Today = date("2021-12-08")
	f.Refuses(t, ends("2021-12-08"), policy.CodeNotOpen) // a delegation may object on the last day
	f.Must(t, says("fr", policy.Abstains, "2021-12-07"))
	f.Facts.Today = date("2021-12-20")
	for name, act := range map[string]policy.Act{
		"on another day":        ends("2021-12-07"),
		"on the day of entry":   ends("2021-12-20"),
		"with amendments":       of(ends("2021-12-08"), func(a *policy.Act) { a.Outcome = policy.AdoptedWithAmendments }),
		"in a meeting":          of(ends("2021-12-08"), func(a *policy.Act) { a.Meeting = "COSI" }),
		"of another version":    of(ends("2021-12-08"), version(2)),
		"of the Support Group":  of(ends("2021-12-08"), func(a *policy.Act) { a.Body = policy.COSISupportGroup }),
		"irregular":             of(ends("2021-12-08"), func(a *policy.Act) { a.Irregular = "it was" }),
		"by who handed it in":   of(ends("2021-12-08"), func(a *policy.Act) { a.By.Name = "Eva" }),
		"by a delegation":       of(ends("2021-12-08"), func(a *policy.Act) { a.By.Body = "fr" }),
		"without any document":  of(ends("2021-12-08"), func(a *policy.Act) { a.Document = "" }),
		"as taking note":        of(ends("2021-12-08"), func(a *policy.Act) { a.Outcome = policy.TookNote }),
		"with reasons to leave": of(ends("2021-12-08"), func(a *policy.Act) { a.SkipReason = "in a hurry" }),
	} {
		if err := f.Takes(act); err == nil {
			t.Errorf("%s it is recorded", name)
		}
	}
	past := *f // of the past, it is judged as of its own day
	past.Facts.Past, past.Facts.Today = true, date("2021-12-08")
	past.Must(t, ends("2021-12-08"))
	f.Must(t, ends("2021-12-08"))
	if s := f.Standing(); !s.Positive() || s.ClosedOn != date("2021-12-08") || s.Pending != "" {
		t.Errorf("it ended in %+v", s)
	}
}

// What arrives on Friday evening is entered on Monday: an objection counts by its own day,
// also where the end is recorded already, as long as nothing rests on that.
func TestSilence_IsBrokenByAnObjectionThatIsEnteredLate(t *testing.T) {
	t.Parallel()
	silent := func(t *testing.T) *file {
		t.Helper()
		f := before(t)
		f.Facts.Today = date("2021-12-09")
		f.Must(t, launches("2021-12-01", "2021-12-08"))
		return f
	}
	for name, recorded := range map[string]bool{"before the end is recorded": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := silent(t)
			if recorded {
				f.Must(t, ends("2021-12-08"))
				f.Refuses(t, says("nl", policy.Agrees, "2021-12-08"), policy.CodeNotOpen)
			}
			f.Refuses(t, says("nl", policy.Objects, "2021-12-09"), policy.CodeWrongDate)
			f.Must(t, says("nl", policy.Objects, "2021-12-08"))
			if s := f.Standing(); s.State != policy.StateDeciding || s.Silence.BrokenBy != "nl" || s.Turn[0] != policy.COSI {
				t.Errorf("it stands at %+v", s)
			}
			f.Refuses(t, ends("2021-12-08"), policy.CodeNotReady)
			f.Facts.Today = date("2022-01-20")
			f.Must(t, says("nl", policy.Agrees, "2021-12-10"), launches("2022-01-10", "2022-01-18"), ends("2022-01-18")) // a second one
			if s := f.Standing(); !s.Positive() || s.ClosedOn != date("2022-01-18") {
				t.Errorf("after a second procedure it stands at %+v", s)
			}
		})
	}
	f := silent(t)
	f.Must(t, ends("2021-12-08"))
	f.Facts.Resting = []policy.Resting{{Subject: on("report/2022/firearms/may")}}
	err := f.Takes(says("nl", policy.Objects, "2021-12-08"))
	if policy.CodeOf(err) != policy.CodeAlreadyDecided || !strings.Contains(err.Error(), "report/2022/firearms/may") {
		t.Errorf("with a report that rests on it: %v", err)
	}
}

// Whatever was launched, said and recorded in whatever order, an adoption by silence stands
// only while no objection made in time is in the record.
func TestSilence_NeverAdoptsAgainstAnObjection(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := open(oap)
		f.Must(t, submits("se", "2021-10-01"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"))
		day := func(n int) string { return date("2021-12-01").AddDays(n).String() }
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			on, until := rapid.IntRange(0, 20).Draw(t, "day"), rapid.IntRange(0, 20).Draw(t, "until")
			f.Facts.Today = date(day(rapid.IntRange(0, 40).Draw(t, "today")))
			_ = f.Takes(rapid.SampledFrom([]policy.Act{
				launches(day(on), day(until)), ends(day(until)), says("nl", policy.Objects, day(on)), says("fr", policy.Agrees, day(on)), says("nl", policy.Agrees, day(on)),
			}).Draw(t, "act"))
		}
		s := f.Standing()
		if !s.Positive() {
			return
		}
		var launched policy.Date
		for _, r := range f.Records {
			if r.Kind == policy.ActLaunch && r.Deadline == s.ClosedOn {
				launched = r.Date
			}
		}
		objected := false
		for _, r := range f.Records {
			switch {
			case r.Kind == policy.ActLaunch && r.Deadline == s.ClosedOn:
				objected = false // anew
			case r.Kind == policy.ActPosition && r.Stance == policy.Objects && !r.Date.After(s.ClosedOn):
				objected = true
			}
		}
		if objected || launched.IsZero() {
			t.Fatalf("adopted on %s against an objection: %+v", s.ClosedOn, f.Records)
		}
	})
}

func TestSilence_IsLaunchedByTwoWithTimeToObject(t *testing.T) {
	t.Parallel()
	f := before(t)
	for name, test := range map[string]struct {
		change func(*policy.Act)
		code   policy.Code
	}{
		"no time":             {func(a *policy.Act) { a.Deadline = a.Date }, policy.CodeInvalid},
		"no deadline":         {func(a *policy.Act) { a.Deadline = policy.Date{} }, policy.CodeInvalid},
		"no document":         {func(a *policy.Act) { a.Document = "" }, policy.CodeInvalid},
		"a meeting":           {func(a *policy.Act) { a.Procedure = policy.Meeting }, policy.CodeInvalid},
		"by a delegation":     {func(a *policy.Act) { a.By.Body = "fr" }, policy.CodeNotCompetent},
		"by the Commission":   {func(a *policy.Act) { a.By.Body, a.Body = policy.Commission, policy.Commission }, policy.CodeInvalid},
		"of the Council":      {func(a *policy.Act) { a.Body = policy.Council }, policy.CodeNotOpen},
		"on another text":     {func(a *policy.Act) { a.Digest = "sha256:other" }, policy.CodeWrongVersion},
		"by who handed it in": {func(a *policy.Act) { a.By.Name = "eva " }, policy.CodeFourEyes},
	} {
		if err := f.Takes(of(launches("2021-12-01", "2021-12-08"), test.change)); policy.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
	unconfirmed := append(seconded(f.Records), policy.Recorded{Act: launches("2021-12-01", "2021-12-08"), ID: "launch", Stated: "stated"})
	if s := policy.StandingOf(f.Entry, f.Opened, unconfirmed); s.Pending != "launch" || s.Silence != nil {
		t.Errorf("before a second person has confirmed it: %+v", s)
	}
}

func TestJudge_WantsAReservationLiftedBeforeAnAdoption(t *testing.T) {
	t.Parallel()
	f := before(t)
	held := func() []policy.Stand { return policy.PositionsOn(f.Records, policy.COSI, 1) }
	f.Refuses(t, says("nl", policy.Lifts, "2021-12-01"), policy.CodeNotOpen)
	f.Refuses(t, of(says("nl", policy.Agrees, "2021-12-01"), func(a *policy.Act) { a.By.Body = "fr" }), policy.CodeNotCompetent)
	f.Refuses(t, of(says("uk", policy.Agrees, "2021-12-01"), func(*policy.Act) {}), policy.CodeNotCompetent) // it had left
	f.Refuses(t, of(says("nl", policy.Agrees, "2021-12-01"), func(a *policy.Act) { a.Version = 2 }), policy.CodeWrongVersion)
	f.Refuses(t, of(says("nl", policy.Agrees, "2021-12-01"), func(a *policy.Act) { a.Digest = "sha256:other" }), policy.CodeWrongVersion)
	f.Refuses(t, says("nl", "", "2021-12-01"), policy.CodeInvalid) // says nothing
	f.Refuses(t, of(says("", policy.Agrees, "2021-12-01"), func(a *policy.Act) { a.By.Body = policy.GeneralSecretariat }), policy.CodeInvalid)
	f.Must(t, says("nl", policy.Reserves, "2021-12-01"), says("nl", policy.Agrees, "2021-12-02"))
	f.Facts.Positions = held()
	err := f.Takes(decides(policy.COSI, policy.Adopted, "2021-12-08"))
	if policy.CodeOf(err) != policy.CodeNotReady || !strings.Contains(err.Error(), "Netherlands maintains a scrutiny reservation") {
		t.Errorf("adopted: %v", err)
	}
	f.Must(t, of(says("nl", policy.Lifts, "2021-12-03"), func(a *policy.Act) { a.By.Body = policy.GeneralSecretariat }))
	f.Facts.Positions = held()
	f.Must(t, decides(policy.COSI, policy.Adopted, "2021-12-08"))
}

func TestVoting_IsCountedWhereTheCycleSaysSo(t *testing.T) {
	t.Parallel()
	large := []policy.Body{"de", "fr", "it", "es", "pl"}
	members := policy.MembersOn(date("2021-12-08"))
	voting := policy.Voting{Body: policy.COSI, Rule: policy.QualifiedMajority, Year: 2021, Source: "made up"}
	for _, state := range members {
		people := 5
		for _, l := range large {
			if l == state {
				people = 60
			}
		}
		voting.Populations = append(voting.Populations, policy.Population{State: state, People: people})
	}
	d := sound()
	d.Voting = []policy.Voting{voting}
	if ps := d.Validate(); len(ps) > 0 {
		t.Errorf("%+v", ps)
	}
	d.Voting[0].Populations = d.Voting[0].Populations[1:]
	if ps := d.Validate(); !names(ps, "voting[0].populations", "no figure for Austria") {
		t.Errorf("%+v", ps)
	}
	all := append([]policy.Body{}, large...)
	for _, state := range members {
		if !strings.Contains(fmt.Sprint(large), string(state)) {
			all = append(all, state)
		}
	}
	for name, test := range map[string]struct {
		rule     policy.VotingRule
		inFavour []policy.Body
		passes   bool
	}{
		"nobody": {policy.QualifiedMajority, nil, false}, "the large ones": {policy.QualifiedMajority, all[:5], false},
		"fifteen with the large": {policy.QualifiedMajority, all[:15], true}, "fourteen": {policy.QualifiedMajority, all[:14], false},
		"all but the large": {policy.QualifiedMajority, all[5:], false}, "all but three large": {policy.QualifiedMajority, all[3:], true},
		"half": {policy.SimpleMajority, all[:13], false}, "more than half": {policy.SimpleMajority, all[:14], true},
	} {
		f := before(t)
		f.Facts.Voting = voting
		f.Facts.Voting.Rule = test.rule
		for _, state := range test.inFavour {
			f.Must(t, says(state, policy.Agrees, "2021-12-01"))
		}
		f.Facts.Positions = policy.PositionsOn(f.Records, policy.COSI, 1)
		if err := f.Takes(decides(policy.COSI, policy.Adopted, "2021-12-08")); (err == nil) != test.passes {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCorrigendum_IsRecordedOnWhatWasAdopted(t *testing.T) {
	t.Parallel()
	corrects := policy.Act{
		Kind: policy.ActCorrect, Subject: on(oap), Date: date("2021-12-20"), By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		Document: "ST 1/21 COR 1", Digest: "sha256:cor",
	}
	f := before(t)
	f.Refuses(t, corrects, policy.CodeNotOpen)
	f.Must(t, decides(policy.COSI, policy.Adopted, "2021-12-08"))
	adopted := f.Standing()
	f.Refuses(t, of(corrects, func(a *policy.Act) { a.Date = date("2021-12-01") }), policy.CodeWrongDate)
	f.Refuses(t, of(corrects, func(a *policy.Act) { a.Document = "" }), policy.CodeInvalid)
	f.Refuses(t, of(corrects, func(a *policy.Act) { a.By.Body = "fr" }), policy.CodeNotCompetent)
	f.Must(t, corrects, of(corrects, func(a *policy.Act) { a.Document, a.Substantive = "ST 1/21 COR 2", true }))
	if now := f.Standing(); now.Digest != adopted.Digest || !now.Positive() {
		t.Errorf("corrected it stands at %+v", now)
	}
	found := policy.CorrigendaOn(f.Records, nil)
	if len(found) != 2 || found[0].Stale() || !found[1].Stale() {
		t.Errorf("%+v", found)
	}
	if found = policy.CorrigendaOn(f.Records, map[string]policy.Standing{found[1].ID: {Subject: on("item/cor-2")}}); found[1].Stale() || found[1].AdoptedBy != "item/cor-2" {
		t.Errorf("adopted anew: %+v", found)
	}
}

// Whoever stands in for whom: nobody confirms what they recorded or handed in
// themselves, nor what somebody recorded for them, nor as somebody who did.
func TestSubstitution_LetsNobodyConfirmTheirOwnRecord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		person := func(label string) policy.Actor {
			n := rapid.Int64Range(1, 5).Draw(t, label)
			return policy.Actor{Person: n, Name: fmt.Sprint("p", n), Body: policy.GeneralSecretariat}
		}
		act := func(a policy.Act, label string) policy.Act {
			a.By.Person, a.By.Name = 0, ""
			who := person(label)
			a.By.Person, a.By.Name = who.Person, who.Name
			if rapid.Bool().Draw(t, label+" stands in") {
				principal := person("for whom")
				principal.Body = a.By.Body
				a.For = &principal
			}
			return a
		}
		f := open("advisory-document")
		handed := act(submits(policy.Commission, "2021-04-20"), "hands in")
		if f.Takes(handed) != nil {
			return
		}
		recorded := policy.Recorded{Act: act(of(decides(policy.COSI, policy.TookNote, "2021-04-28"), func(a *policy.Act) { a.Subject, a.Digest = f.Entry.Subject, f.Standing().Digest }), "records"), ID: "it", Stated: "stated"}
		recordable := policy.Judge(f.Entry, f.Opened, seconded(f.Records), recorded.Act, f.Facts) == nil
		confirmation := act(confirms(recorded), "confirms")
		confirmable := policy.Judge(f.Entry, f.Opened, append(seconded(f.Records), recorded), confirmation, f.Facts) == nil
		hands := func(a policy.Act) map[int64]bool {
			all := map[int64]bool{a.By.Person: true}
			if a.For != nil {
				all[a.For.Person] = true
			}
			return all
		}
		meet := func(a, b map[int64]bool) bool {
			for n := range a {
				if b[n] {
					return true
				}
			}
			return false
		}
		if clash := meet(hands(handed), hands(recorded.Act)); recordable == clash {
			t.Fatalf("handed in by %v, recorded by %v: %v", hands(handed), hands(recorded.Act), recordable)
		}
		if clash := meet(hands(recorded.Act), hands(confirmation)) || meet(hands(handed), hands(confirmation)); confirmable == clash {
			t.Fatalf("handed in by %v, recorded by %v, confirmed by %v: %v", hands(handed), hands(recorded.Act), hands(confirmation), confirmable)
		}
	})
}

func TestJudgeSubstitution_HoldsOnASubjectForATime(t *testing.T) {
	t.Parallel()
	anna, bert, carl := policy.Actor{Person: 1, Body: "fr"}, policy.Actor{Person: 2, Body: "fr"}, policy.Actor{Person: 3, Body: "fr"}
	row := func(of, to policy.Actor, on string) policy.Row {
		return policy.Row{Register: policy.RegSubstitutions, Key: fmt.Sprint(of.Person), Date: date("2021-11-01"), By: of, Body: &policy.Substitution{
			Substitute: to.Person, On: on, From: date("2021-12-01"), Until: date("2021-12-10"),
		}}
	}
	rows := []policy.Row{row(anna, bert, "oap/2022"), row(bert, carl, "")}
	for name, test := range map[string]struct {
		who, of policy.Actor
		path    string
		day     string
		fine    bool
	}{
		"in its time":               {bert, anna, oap, "2021-12-05", true},
		"on its first and last day": {bert, anna, oap, "2021-12-10", true},
		"a day early":               {bert, anna, oap, "2021-11-30", false},
		"a day late":                {bert, anna, oap, "2021-12-11", false},
		"on another subject":        {bert, anna, "masp/general", "2021-12-05", false},
		"on a name that begins so":  {bert, anna, "oap/2023/firearms", "2021-12-05", false},
		"the substitute's own":      {carl, anna, oap, "2021-12-05", false}, // it does not cascade
		"the other way":             {anna, bert, oap, "2021-12-05", false},
		"for oneself":               {anna, anna, oap, "2021-12-05", false},
	} {
		who := policy.Principal{Actor: test.who, OnBehalfOf: &policy.Principal{Actor: test.of}}
		if err := policy.JudgeSubstitution(rows, who, on(test.path), date(test.day)); (err == nil) != test.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
	forged := row(anna, bert, "")
	forged.By = bert
	if err := policy.JudgeSubstitution([]policy.Row{forged}, policy.Principal{Actor: bert, OnBehalfOf: &policy.Principal{Actor: anna}}, on(oap), date("2021-12-05")); err == nil {
		t.Error("somebody named themselves")
	}
	ended := row(anna, bert, "")
	ended.Body.(*policy.Substitution).Ended = true
	if err := policy.JudgeSubstitution(append(rows, ended), policy.Principal{Actor: bert, OnBehalfOf: &policy.Principal{Actor: anna}}, on(oap), date("2021-12-05")); err == nil {
		t.Error("it was taken back")
	}
	other := policy.Principal{Actor: bert, Grants: []policy.Grant{{Role: policy.RoleOfficial, Body: "fr"}}, OnBehalfOf: &policy.Principal{Actor: policy.Actor{Person: 9, Body: "de"}, Grants: []policy.Grant{{Role: policy.RoleOfficial, Body: "de"}}}}
	if err := other.HasRoleFor(submits("fr", "2021-12-05")); policy.CodeOf(err) != policy.CodeNotCompetent {
		t.Errorf("for somebody of another body: %v", err)
	}
}
