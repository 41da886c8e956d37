package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

func revises(version int) func(*policy.Act) {
	return func(a *policy.Act) { a.Revises = version }
}

// rev is the version that Sweden hands in in the place of another.
func rev(of int, day string) policy.Act {
	act := submits("se", day)
	act.Revises = of
	return act
}

// asking is the empty file of the OAP on firearms, with a chain that asks bodies again.
func asking(again ...policy.Body) *file {
	f := open(oap)
	f.Entry.Turns = slices.Clone(f.Entry.Turns)
	for i := range f.Entry.Turns {
		f.Entry.Turns[i].Again = slices.Contains(again, f.Entry.Turns[i].Body)
	}
	return f
}

// A REV is handed in between the Support Group and COSI: what is decided is decided on it, and
// who wants to be asked again is.
func TestStandingOf_TakesARevisionBetweenTwoBodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		again []policy.Body
		turns []policy.Body
	}{
		"nobody is asked again":                   {nil, []policy.Body{policy.COSI}},
		"the Support Group is":                    {[]policy.Body{policy.COSISupportGroup}, []policy.Body{policy.COSISupportGroup, policy.COSI}},
		"the Support Team is, and who follows it": {[]policy.Body{policy.SupportTeam}, []policy.Body{policy.SupportTeam, policy.COSISupportGroup, policy.COSI}},
		"COSI, which it is before":                {[]policy.Body{policy.COSI}, []policy.Body{policy.COSI}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := asking(test.again...)
			f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-01"),
				decides(policy.COSISupportGroup, policy.TookNote, "2021-11-20"), rev(1, "2021-11-25"))
			for _, body := range test.turns {
				f.Refuses(t, decides(body, policy.TookNote, "2021-12-08"), policy.CodeWrongVersion)
				if s := f.Standing(); s.State != policy.StateDeciding || s.Version != 2 || !slices.Equal(s.Turn, []policy.Body{body}) {
					t.Fatalf("it stands at %+v, want version 2 before %s", s, body)
				}
				outcome := policy.TookNote
				if body == policy.COSI {
					outcome = policy.Adopted
				}
				f.Must(t, of(decides(body, outcome, "2021-12-08"), version(2)))
			}
			if s := f.Standing(); !s.Positive() || s.Version != 2 || s.Digest != "sha256:2021-11-25" {
				t.Errorf("it ended at %+v", s)
			}
		})
	}
}

// Who is asked again after its day is not late at once: it concludes by the next day of the plan.
func TestStandingOf_GivesTimeToWhomItAsksAgain(t *testing.T) {
	t.Parallel()
	for day, due := range map[string]string{"2021-11-25": "2021-11-26", "2021-11-30": "2021-12-10"} {
		f := asking(policy.COSISupportGroup)
		f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-01"),
			decides(policy.COSISupportGroup, policy.TookNote, "2021-11-20"), rev(1, day))
		s := f.Standing()
		if s.Due != date(due) || s.Since != date(day) {
			t.Errorf("asked again on %s it stands at %+v, want due %s", day, s, due)
		}
		if got := f.Entry.DueOf(decides(policy.COSISupportGroup, policy.TookNote, day), s); got != date(due) {
			t.Errorf("asked again on %s it was due %s, want %s", day, got, due)
		}
	}
}

// The body before which a version stays has the time that it had; nobody awaited the new one.
func TestDueOf_ExpectsNoRevision(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	was := f.Standing()
	f.Must(t, rev(1, "2021-11-25"))
	if s := f.Standing(); s.Due != was.Due || s.Since != was.Since || s.LastAct != date("2021-11-25") {
		t.Errorf("it stands at %+v, before it at %+v", s, was)
	}
	if due := f.Entry.DueOf(rev(1, "2021-11-25"), was); !due.IsZero() {
		t.Errorf("it was due %s", due)
	}
	late := []policy.Recorded{{Act: rev(1, "2021-11-25"), ID: "rev", Due: f.Entry.DueOf(rev(1, "2021-11-25"), was)}}
	if policy.MetInTime(late, was.Due) {
		t.Error("with the new version COSI concluded in time")
	}
}

func TestJudge_TakesARevisionOfWhatIsBeforeABody(t *testing.T) {
	t.Parallel()
	marked := func(m policy.Marking, content string) func(*policy.Act) {
		return func(a *policy.Act) { a.Marking, a.Content, a.Holder = m, content, "the registry" }
	}
	keeps := func(f *policy.Facts) { f.Stored, f.Limits.Ceiling = true, policy.Limite }
	for name, test := range map[string]struct {
		act   policy.Act
		facts func(*policy.Facts)
		code  policy.Code
	}{
		"the driver's":                       {rev(1, "2021-11-25"), nil, ""},
		"without saying so":                  {submits("se", "2021-11-25"), nil, policy.CodeNotOpen},
		"of a version that is not there":     {rev(2, "2021-11-25"), nil, policy.CodeWrongVersion},
		"of another State":                   {of(submits("fr", "2021-11-25"), revises(1)), nil, policy.CodeNotCompetent},
		"of the Commission":                  {of(submits(policy.Commission, "2021-11-25"), revises(1)), nil, policy.CodeNotCompetent},
		"from before the last act":           {rev(1, "2021-11-21"), nil, policy.CodeWrongDate},
		"with the text of before":            {of(rev(1, "2021-11-25"), func(a *policy.Act) { a.Digest = "sha256:2021-10-20" }), nil, policy.CodeAlreadyDecided},
		"with the text of before, long ago":  {of(rev(1, "2021-11-25"), func(a *policy.Act) { a.Digest = "sha256:2021-10-20" }), func(f *policy.Facts) { f.Past = true }, ""},
		"without what the cycle keeps":       {rev(1, "2021-11-25"), keeps, policy.CodeInvalid},
		"with it":                            {of(rev(1, "2021-11-25"), marked(policy.Limite, "sha256:c")), keeps, ""},
		"marked above the ceiling, held far": {of(rev(1, "2021-11-25"), marked(policy.Restricted, "")), keeps, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := beforeCOSI(t)
			if test.facts != nil {
				test.facts(&f.Facts)
			}
			if test.code != "" {
				f.Refuses(t, test.act, test.code)
				return
			}
			f.Must(t, test.act)
		})
	}
}

// An outcome that waits for its second person is on the version that they looked at.
func TestJudge_TakesNoRevisionWhileAnOutcomeWaits(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	waits := decides(policy.COSI, policy.Adopted, "2021-12-08")
	waits.Digest, waits.Subject = f.Standing().Digest, f.Entry.Subject
	f.Records = append(seconded(f.Records), policy.Recorded{Act: waits, ID: "waits", Stated: "stated"})
	revision := rev(1, "2021-12-08")
	revision.Subject = f.Entry.Subject
	if err := policy.Judge(f.Entry, f.Opened, f.Records, revision, f.Facts); policy.CodeOf(err) != policy.CodeNotOpen {
		t.Errorf("while it waits: %v", err)
	}
	aside := policy.Act{Kind: policy.ActSetAside, Subject: f.Entry.Subject, Date: date("2021-12-08"), By: waits.By, Confirms: "waits", Digest: "stated"}
	f.Records = append(f.Records, policy.Recorded{Act: aside, ID: "aside"})
	if err := policy.Judge(f.Entry, f.Opened, f.Records, revision, f.Facts); err != nil {
		t.Errorf("once it is set aside: %v", err)
	}
}

func TestJudge_TakesNoRevisionWhileSilenceHolds(t *testing.T) {
	t.Parallel()
	f := before(t)
	f.Facts.Today = date("2021-12-01")
	f.Must(t, launches("2021-12-01", "2021-12-08"))
	f.Refuses(t, rev(1, "2021-12-01"), policy.CodeNotOpen)
	f.Facts.Today = date("2021-12-20") // it has ended without an objection, and nobody has recorded that
	f.Refuses(t, rev(1, "2021-12-20"), policy.CodeNotOpen)
	f.Must(t, says("nl", policy.Objects, "2021-12-05"), rev(1, "2021-12-20"))
	if s := f.Standing(); s.Version != 2 || s.Silence != nil {
		t.Errorf("it stands at %+v", s)
	}
}

// What a delegation said of the older version is not held against the new one, and is shown.
func TestEarlierPositions_CountForNoNewVersion(t *testing.T) {
	t.Parallel()
	f := before(t)
	f.Must(t, says("nl", policy.Objects, "2021-11-24"), says("fr", policy.Reserves, "2021-11-24"), rev(1, "2021-11-25"))
	f.Refuses(t, says("fr", policy.Lifts, "2021-11-26"), policy.CodeWrongVersion)
	f.Refuses(t, of(says("fr", policy.Lifts, "2021-11-26"), func(a *policy.Act) { a.Version, a.Digest = 2, "sha256:2021-11-25" }), policy.CodeNotOpen)
	f.Facts.Positions = policy.PositionsOn(f.Records, policy.COSI, 2)
	f.Must(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), version(2)))
	want := []policy.EarlierStand{
		{1, policy.COSI, policy.Stand{Delegation: "fr", Reservation: true, On: date("2021-11-24")}},
		{1, policy.COSI, policy.Stand{Delegation: "nl", Stance: policy.Objects, On: date("2021-11-24")}},
	}
	if diff := cmp.Diff(want, policy.EarlierPositions(f.Records, 2), plainDates); diff != "" || len(policy.EarlierPositions(f.Records, 1)) > 0 {
		t.Error(diff)
	}
}

func TestConcludedOn_SaysWhoConcludedOnWhichVersion(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Must(t, rev(1, "2021-11-25"), of(decides(policy.COSI, policy.Postponed, "2021-12-01"), version(2)))
	took := func(body policy.Body, on int, day string, older bool) policy.Concluded {
		return policy.Concluded{Body: body, Version: on, Outcome: policy.TookNote, On: date(day), Older: older}
	}
	want := []policy.Concluded{took(policy.SupportTeam, 1, "2021-11-08", true), took(policy.COSISupportGroup, 1, "2021-11-22", true)}
	if diff := cmp.Diff(want, policy.ConcludedOn(f.Entry, seconded(f.Records)), plainDates); diff != "" {
		t.Errorf("postponed, COSI has not concluded: %s", diff)
	}
	f.Must(t, of(decides(policy.COSI, policy.ReferredBack, "2021-12-02"), version(2)), submits("se", "2021-12-03"),
		of(decides(policy.SupportTeam, policy.TookNote, "2021-12-04"), version(3)))
	want[0] = took(policy.SupportTeam, 3, "2021-12-04", false)
	want = append(want, policy.Concluded{Body: policy.COSI, Version: 2, Outcome: policy.ReferredBack, On: date("2021-12-02"), Older: true})
	if diff := cmp.Diff(want, policy.ConcludedOn(f.Entry, seconded(f.Records)), plainDates); diff != "" {
		t.Errorf("after a referral back: %s", diff)
	}
}

// A version that was revised, and one that revises, are put right as others are: their text
// once nobody has gone on with it, and else the rest.
func TestJudge_RectifiesARevision(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Must(t, rev(1, "2021-11-25")) // act-4
	same := func(a *policy.Act) { a.Rectifies, a.Digest = "act-1", "sha256:2021-10-20" }
	f.Must(t, of(submits("se", "2021-10-21"), same)) // the day of the first version
	if s, last := f.Standing(), policy.Submission(f.Records); s.Version != 2 || s.Digest != "sha256:2021-11-25" || last.ID != "act-4" {
		t.Errorf("it stands at %+v by %s", s, last.ID)
	}
	if first := policy.SubmissionOf(f.Records, 1); first == nil || first.Date != date("2021-10-21") {
		t.Errorf("version 1 was handed in by %+v", first)
	}
	f.Refuses(t, of(submits("se", "2021-10-22"), rectifying("act-1")), policy.CodeAlreadyDecided)
	f.Refuses(t, of(submits("se", "2021-11-26"), rectifying("act-4")), policy.CodeInvalid) // it is a revision
	f.Must(t, of(rev(1, "2021-11-26"), rectifying("act-4")))
	if s := f.Standing(); s.Version != 2 || s.Digest != "sha256:2021-11-26" || s.Turn[0] != policy.COSI {
		t.Errorf("it stands at %+v", s)
	}
	f.Must(t, of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-23"), func(a *policy.Act) { a.Rectifies, a.Digest = "act-3", "sha256:2021-10-20" }))
	f.Refuses(t, of(decides(policy.COSISupportGroup, policy.ReferredBack, "2021-11-23"), func(a *policy.Act) { a.Rectifies, a.Digest = "act-3", "sha256:2021-10-20" }), policy.CodeAlreadyDecided)
	f.Must(t, rev(2, "2021-11-28"))
	f.Refuses(t, of(rev(1, "2021-11-27"), rectifying("act-4")), policy.CodeAlreadyDecided)
}

func TestVersionOf_NumbersWhatIsHandedIn(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Must(t, rev(1, "2021-11-25"))
	for rectifies, want := range map[string]int{"": 3, "act-1": 1, "act-4": 2} {
		if got := policy.VersionOf(f.Records, of(submits("se", "2021-12-01"), rectifying(rectifies))); got != want {
			t.Errorf("what rectifies %q is version %d, want %d", rectifies, got, want)
		}
	}
	back := []policy.Recorded{policy.Return(f.Entry.Subject, date("2022-01-01"), 4)}
	if got := policy.VersionOf(back, submits("se", "2022-01-02")); got != 5 {
		t.Errorf("after it came back it is version %d", got)
	}
}
