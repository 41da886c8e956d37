package policy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// rectifying says that the act puts right what was entered under an ID.
func rectifying(id string) func(*policy.Act) {
	return func(a *policy.Act) { a.Rectifies = id }
}

// beforeCOSI is the OAP on firearms with everything but COSI's turn: act-1 to
// act-3.
func beforeCOSI(t *testing.T) *file {
	t.Helper()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"))
	return f
}

// beforeTheCouncil is the conclusions on the priorities with everything but
// the Council's turn: act-1 to act-3.
func beforeTheCouncil(t *testing.T) *file {
	t.Helper()
	f := open("priorities")
	f.Facts.Items = []string{"firearms", "drugs"}
	f.Must(t, submits(policy.Presidency, "2021-05-01"), decides(policy.COSI, policy.TookNote, "2021-05-05"), decides(policy.Coreper, policy.TookNote, "2021-05-19"))
	return f
}

func theCouncilAdopts(day string, items ...policy.ItemOutcome) policy.Act {
	return of(decides(policy.Council, policy.Adopted, day), func(a *policy.Act) { a.Items = items })
}

func TestJudge_TakesARectificationLikeItsAct(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		act  policy.Act
		code policy.Code
	}{
		"the right document":                     {of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), func(a *policy.Act) { a.Document = "ST 2/21 INIT" }), ""},
		"the right day":                          {decides(policy.COSISupportGroup, policy.TookNote, "2021-11-23"), ""},
		"the last entry as another outcome":      {decides(policy.COSISupportGroup, policy.ReferredBack, "2021-11-22"), ""},
		"no agreement, which also goes up":       {decides(policy.COSISupportGroup, policy.NotAgreed, "2021-11-22"), ""},
		"a day before the act before it":         {decides(policy.COSISupportGroup, policy.TookNote, "2021-11-07"), policy.CodeWrongDate},
		"a day that has not come":                {decides(policy.COSISupportGroup, policy.TookNote, "2024-06-02"), policy.CodeWrongDate},
		"another version":                        {of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), version(2)), policy.CodeWrongVersion},
		"another body":                           {decides(policy.COSI, policy.Adopted, "2021-12-08"), policy.CodeInvalid},
		"a handing-in instead of a decision":     {submits("se", "2021-11-22"), policy.CodeInvalid},
		"a body that types itself":               {of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), func(a *policy.Act) { a.By.Body = policy.COSISupportGroup }), policy.CodeNotCompetent},
		"an invented document outside rehearsal": {of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), func(a *policy.Act) { a.Document = "RH 2/21 INIT" }), policy.CodeInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := beforeCOSI(t)
			if test.code != "" {
				f.Refuses(t, of(test.act, rectifying("act-3")), test.code)
				return
			}
			f.Must(t, of(test.act, rectifying("act-3")))
			if s := f.Standing(); s.LastAct != test.act.Date || s.Version != 1 {
				t.Errorf("it stands at %+v, want as if the right entry had been the first", s)
			}
		})
	}
}

func TestJudge_NamesARectifiedEntryByItsFirstID(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Must(t, of(decides(policy.COSISupportGroup, policy.ReferredBack, "2021-11-22"), rectifying("act-3")))
	// act-4 is the rectification itself: what it says counts as act-3.
	f.Refuses(t, of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), rectifying("act-4")), policy.CodeUnknown)
	f.Must(t, of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), rectifying("act-3")))
	if s := f.Standing(); s.State != policy.StateDeciding || s.Turn[0] != policy.COSI || len(f.Records) != 5 {
		t.Errorf("put right twice it stands at %+v with %d records, want before COSI with all five kept", s, len(f.Records))
	}
}

func TestJudge_ExchangesNoTextABodyConcludedOn(t *testing.T) {
	t.Parallel()
	other := of(submits("se", "2021-10-21"), rectifying("act-1"))
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), other) // nobody has read it yet
	if s := f.Standing(); s.Digest != other.Digest || s.Version != 1 {
		t.Errorf("it stands at %+v, want version 1 with the right text", s)
	}
	f.Must(t, decides(policy.SupportTeam, policy.TookNote, "2021-11-08"))
	f.Refuses(t, of(submits("se", "2021-10-22"), rectifying("act-1")), policy.CodeAlreadyDecided)
	// The day of the handing-in may still be put right: the text is the same.
	f.Must(t, of(submits("se", "2021-10-22"), func(a *policy.Act) { a.Rectifies, a.Digest = "act-1", other.Digest }))
}

// restsOnIt says what rests on a subject.
var restsOnIt = []policy.Resting{{Subject: on("masp/general"), On: date("2021-10-15")}, {Amendment: "amended-1", On: date("2021-11-15")}}

func TestJudge_RectifiesTheLastOutcomeToAnyOtherWhileNothingRestsOnIt(t *testing.T) {
	t.Parallel()
	for _, right := range policy.Outcomes {
		if right == policy.TookNote {
			continue // does not settle an OAP
		}
		f := adopted(t)
		act := of(decides(policy.COSI, right, "2021-12-08"), rectifying("act-4"))
		if resting := restedOn(f, policy.Resting{Subject: on("report/2022/firearms/may")}); !right.Adopts() {
			resting.Refuses(t, act, policy.CodeAlreadyDecided)
		}
		f.Must(t, act)
		straight := beforeCOSI(t)
		straight.Must(t, decides(policy.COSI, right, "2021-12-08"))
		if diff := cmp.Diff(straight.Standing(), f.Standing(), plainDates); diff != "" {
			t.Errorf("rectified to %s it stands otherwise than if that had been entered first: %s", right, diff)
		}
		f.Must(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), rectifying("act-4")))
	}
}

// restedOn gives a file with what rests on its subject.
func restedOn(f *file, resting ...policy.Resting) *file {
	other := *f
	other.Facts.Resting = resting
	return &other
}

func TestJudge_NamesWhatRestsOnAnOutcome(t *testing.T) {
	t.Parallel()
	wrong := of(decides(policy.COSI, policy.NotAgreed, "2021-12-08"), rectifying("act-4"))
	for says, resting := range map[string][]policy.Resting{
		"rests masp/general: ":                             restsOnIt[:1],
		"rests the amendment amended-1: ":                  restsOnIt[1:],
		"rests masp/general and the amendment amended-1: ": restsOnIt,
	} {
		if err := restedOn(adopted(t), resting...).Takes(wrong); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("it says %v, want %q", err, says)
		}
	}
	if err := adopted(t).Takes(of(decides(policy.SupportTeam, policy.ReferredBack, "2021-11-08"), rectifying("act-2"))); !strings.Contains(err.Error(), "act-3, act-4: ") {
		t.Errorf("it says %v, want what followed", err)
	}
}

func TestFactsFor_KnowsWhatRestsOnASubject(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	stands := func(path string, state policy.State, version int, outcome policy.Outcome) {
		s := policy.Standing{Subject: on(path), State: state, Version: version, Outcome: outcome}
		if state == policy.StateClosed {
			s.ClosedOn = date("2021-12-08")
		}
		w.Standings[s.Subject] = s
	}
	rests := func(path string) (paths string) {
		for _, r := range w.FactsFor(entryOf(*w.Definition, path)).Resting {
			paths += r.Subject.Path() + " "
		}
		return paths
	}
	stands("masp/general", policy.StateDrafting, 0, "")
	if got := rests("priorities"); got != "" {
		t.Errorf("nothing was handed in, and yet on the priorities rests %s", got)
	}
	stands("masp/general", policy.StateDeciding, 1, "")
	stands(oap, policy.StateDeciding, 1, "")
	if got := rests("priorities"); got != "masp/general oap/2022/firearms " {
		t.Errorf("on the priorities rests %s", got)
	}
	if got := rests("masp/general"); got != "" { // the OAP is drafted beside it
		t.Errorf("on the MASP rests %s", got)
	}
	stands("masp/general", policy.StateClosed, 1, policy.Adopted)
	stands(oap, policy.StateClosed, 1, policy.Adopted)
	stands("report/2022/firearms/may", policy.StateDrafting, 0, "")
	change := on("change/2022/firearms/1")
	w.Items = []policy.Entry{w.Definition.Opened(policy.Opening{Title: "One more action", Due: date("2022-03-01")}, change, date("2022-02-01"))}
	stands(change.Path(), policy.StateDrafting, 0, "")
	if masp, plan := rests("masp/general"), rests(oap); masp != "oap/2022/firearms " || plan != "change/2022/firearms/1 " {
		t.Errorf("on the MASP rests %s, on the OAP %s", masp, plan)
	}
	stands(change.Path(), policy.StateClosed, 1, policy.Discontinued)
	if got := rests(oap); got != "" {
		t.Errorf("on the OAP rests %s", got)
	}
}

func TestJudge_TakesNoReportOnAnOAPThatIsOpenAgain(t *testing.T) {
	t.Parallel()
	f := open("report/2022/firearms/may")
	f.Facts.Required = []policy.Standing{{Subject: on(oap), State: policy.StateDeciding}}
	f.Refuses(t, submits("se", "2022-05-01"), policy.CodeNotReady)
	f.Facts.Required[0].State, f.Facts.Required[0].Outcome = policy.StateClosed, policy.Adopted
	f.Must(t, submits("se", "2022-05-01"))
}

func TestJudge_LeavesTheCouncilsPrioritiesAsAgreed(t *testing.T) {
	t.Parallel()
	f := restedOn(beforeTheCouncil(t), restsOnIt...)
	f.Must(t, theCouncilAdopts("2021-05-26", firearmsYes, drugsNo)) // act-4
	f.Must(t, of(theCouncilAdopts("2021-05-27", firearmsYes, drugsNo), rectifying("act-4")))
	amended := policy.ItemOutcome{Item: "firearms", Outcome: policy.AdoptedWithAmendments}
	f.Must(t, of(theCouncilAdopts("2021-05-27", amended, drugsNo), rectifying("act-4"))) // as good for what rests on it
	for name, act := range map[string]policy.Act{
		"one more":           theCouncilAdopts("2021-05-27", firearmsYes, drugsYes),
		"one for another":    theCouncilAdopts("2021-05-27", policy.ItemOutcome{Item: "firearms", Outcome: policy.NotAgreed}, drugsYes),
		"none, as it failed": decides(policy.Council, policy.NotAgreed, "2021-05-27"),
	} {
		t.Run(name, func(t *testing.T) { f.Refuses(t, of(act, rectifying("act-4")), policy.CodeAlreadyDecided) })
	}
}
