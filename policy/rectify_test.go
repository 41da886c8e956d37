package policy_test

import (
	"testing"

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

func TestJudge_LeavesTheCouncilsPrioritiesAsAgreed(t *testing.T) {
	t.Parallel()
	f := beforeTheCouncil(t)
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
