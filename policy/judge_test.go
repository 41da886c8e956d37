package policy_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// The OAP on firearms 2022: handed in by Sweden by 29 October 2021, then the
// Support Team (12 November), the Support Group (26 November), COSI (10
// December).
const oap = "oap/2022/firearms"

func adopted(t *testing.T) *file {
	t.Helper()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"),
		decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), decides(policy.COSI, policy.Adopted, "2021-12-08"))
	return f
}

func TestStandingOf_AnOAPPassesItsChainToAdoption(t *testing.T) {
	t.Parallel()
	s := adopted(t).Standing()
	if s.State != policy.StateClosed || s.Outcome != policy.Adopted || s.ClosedOn != date("2021-12-08") || len(s.Turn) != 0 {
		t.Errorf("it stands at %+v", s)
	}
}

func TestStandingOf_GivesEachBodyItsTurnAndDueDate(t *testing.T) {
	t.Parallel()
	f := open(oap)
	for _, step := range []struct {
		act  policy.Act
		turn policy.Body
		due  string
	}{
		{submits("se", "2021-10-20"), policy.SupportTeam, "2021-11-12"},
		{decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), policy.COSISupportGroup, "2021-11-26"},
		{decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), policy.COSI, "2021-12-10"},
	} {
		f.Must(t, step.act)
		if s := f.Standing(); s.Turn[0] != step.turn || s.Due != date(step.due) || s.Since != step.act.Date {
			t.Errorf("after %s it stands at %+v, want before %s until %s", step.act.Date, s, step.turn, step.due)
		}
	}
}

func TestJudge_SaysWhyItRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before []policy.Act
		act    policy.Act
		facts  func(*policy.Facts)
		code   policy.Code
	}{
		"the Commission adopts an OAP": {[]policy.Act{submits("se", "2021-10-20")}, decides(policy.Commission, policy.Adopted, "2021-11-01"), nil, policy.CodeNotCompetent},
		"COSI types itself": {
			[]policy.Act{submits("se", "2021-10-20")},
			of(decides(policy.COSI, policy.Adopted, "2021-11-01"), func(a *policy.Act) { a.By.Body = policy.COSI }), nil, policy.CodeNotCompetent,
		},
		"the Support Team adopts":      {[]policy.Act{submits("se", "2021-10-20")}, decides(policy.SupportTeam, policy.Adopted, "2021-11-01"), nil, policy.CodeNotCompetent},
		"another State hands it in":    {nil, submits("fr", "2021-10-20"), nil, policy.CodeNotCompetent},
		"nothing is handed in":         {nil, decides(policy.SupportTeam, policy.TookNote, "2021-11-01"), nil, policy.CodeNotOpen},
		"a second version at once":     {[]policy.Act{submits("se", "2021-10-20")}, submits("se", "2021-10-21"), nil, policy.CodeNotOpen},
		"a revision of another one":    {[]policy.Act{submits("se", "2021-10-20")}, of(submits("se", "2021-10-21"), revises(2)), nil, policy.CodeWrongVersion},
		"a revision of nothing":        {nil, of(submits("se", "2021-10-21"), revises(1)), nil, policy.CodeNotOpen},
		"the same version again":       {[]policy.Act{submits("se", "2021-10-20")}, of(submits("se", "2021-10-20"), revises(1)), nil, policy.CodeAlreadyDecided},
		"a body before its turn":       {[]policy.Act{submits("se", "2021-10-20")}, decides(policy.COSI, policy.Adopted, "2021-11-01"), nil, policy.CodeNotOpen},
		"another version":              {[]policy.Act{submits("se", "2021-10-20")}, of(decides(policy.SupportTeam, policy.TookNote, "2021-11-01"), version(2)), nil, policy.CodeWrongVersion},
		"another text":                 {[]policy.Act{submits("se", "2021-10-20")}, of(decides(policy.SupportTeam, policy.TookNote, "2021-11-01"), func(a *policy.Act) { a.Digest = "sha256:other" }), nil, policy.CodeWrongVersion},
		"a date before the last act":   {[]policy.Act{submits("se", "2021-10-20")}, decides(policy.SupportTeam, policy.TookNote, "2021-10-19"), nil, policy.CodeWrongDate},
		"a date in the future":         {nil, submits("se", "2024-06-02"), nil, policy.CodeWrongDate},
		"before the assessment":        {nil, submits("se", "2021-04-01"), func(f *policy.Facts) { f.Earliest = date("2021-04-10") }, policy.CodeWrongDate},
		"an invented document":         {[]policy.Act{submits("se", "2021-10-20")}, of(decides(policy.SupportTeam, policy.TookNote, "2021-11-01"), func(a *policy.Act) { a.Document = "RH 1/21 INIT" }), nil, policy.CodeInvalid},
		"items where there are none":   {[]policy.Act{submits("se", "2021-10-20")}, of(decides(policy.SupportTeam, policy.TookNote, "2021-11-01"), func(a *policy.Act) { a.Items = []policy.ItemOutcome{{Item: "x", Outcome: policy.Adopted}} }), nil, policy.CodeInvalid},
		"rectifying what is not there": {nil, of(submits("se", "2021-10-20"), func(a *policy.Act) { a.Rectifies = "nothing" }), nil, policy.CodeUnknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(oap)
			f.Must(t, test.before...)
			if test.facts != nil {
				test.facts(&f.Facts)
			}
			f.Refuses(t, test.act, test.code)
		})
	}
}

func TestJudge_LateMASPBlocksItsOAP(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"))
	masp := policy.Standing{Subject: on("masp/general"), State: policy.StateDeciding}
	f.Facts.Required = []policy.Standing{masp}
	f.Refuses(t, decides(policy.COSI, policy.Adopted, "2021-12-08"), policy.CodeNotReady)
	masp.State, masp.Outcome, masp.ClosedOn = policy.StateClosed, policy.Adopted, date("2021-12-09")
	f.Facts.Required = []policy.Standing{masp}
	f.Refuses(t, decides(policy.COSI, policy.Adopted, "2021-12-08"), policy.CodeWrongDate)
	f.Must(t, decides(policy.COSI, policy.Adopted, "2021-12-10"))
}

func TestJudge_AdoptsNoOAPByTakingNote(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"))
	f.Refuses(t, decides(policy.COSI, policy.TookNote, "2021-12-08"), policy.CodeInvalid)

	report := open("report/2022/firearms/may")
	report.Must(t, submits("se", "2022-05-20"), decides(policy.SupportTeam, policy.TookNote, "2022-06-01"))
	report.Refuses(t, decides(policy.COSI, policy.NotAgreed, "2022-06-10"), policy.CodeInvalid)
	report.Must(t, decides(policy.COSI, policy.TookNote, "2022-06-10"))
}

func TestJudge_WantsANewVersionAfterEachReferralBack(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.ReferredBack, "2021-10-25"))
	if s := f.Standing(); s.State != policy.StateDrafting || s.Version != 1 || s.Due != date("2021-10-29") {
		t.Errorf("referred back it stands at %+v, want due when handing in was planned", s)
	}
	f.Refuses(t, decides(policy.SupportTeam, policy.TookNote, "2021-10-26"), policy.CodeNotOpen)
	f.Must(t, submits("se", "2021-10-28"), of(decides(policy.SupportTeam, policy.TookNote, "2021-11-01"), version(2)),
		of(decides(policy.COSISupportGroup, policy.ReferredBack, "2021-11-15"), version(2)))
	if s := f.Standing(); s.Due != date("2021-11-26") {
		t.Errorf("referred back later it is due on %s, want the next planned date", s.Due)
	}
	f.Must(t, submits("se", "2021-11-18"), of(decides(policy.SupportTeam, policy.TookNote, "2021-11-19"), version(3)),
		of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), version(3)), of(decides(policy.COSI, policy.Adopted, "2021-12-08"), version(3)))
	if s := f.Standing(); s.Version != 3 || !s.Positive() {
		t.Errorf("it stands at %+v", s)
	}
}

func TestStandingOf_StaysWhereItIsWhenPostponed(t *testing.T) {
	t.Parallel()
	for _, outcome := range []policy.Outcome{policy.Postponed, policy.WithdrawnFromAgenda} {
		f := open(oap)
		f.Must(t, submits("se", "2021-10-20"))
		before := f.Standing()
		f.Must(t, decides(policy.SupportTeam, outcome, "2021-11-08"))
		after := f.Standing()
		if after.Turn[0] != policy.SupportTeam || after.Due != before.Due || after.Since != before.Since {
			t.Errorf("%s: it stands at %+v", outcome, after)
		}
		f.Refuses(t, decides(policy.SupportTeam, policy.TookNote, "2021-11-07"), policy.CodeWrongDate)
	}
}

func TestJudge_SendsWantOfAgreementUpToTheSettlingBody(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.NotAgreed, "2021-11-22"))
	if s := f.Standing(); s.Turn[0] != policy.COSI {
		t.Errorf("the Support Group did not agree: it stands at %+v, want before COSI", s)
	}
	f.Must(t, decides(policy.COSI, policy.NotAgreed, "2021-12-08"))
	if s := f.Standing(); s.State != policy.StateClosed || s.Positive() {
		t.Errorf("COSI did not agree: it stands at %+v", s)
	}
	f.Refuses(t, submits("se", "2021-12-10"), policy.CodeAlreadyDecided)
}

func TestJudge_SkipsABodyOnlyWithAReason(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"))
	act := decides(policy.COSI, policy.Adopted, "2021-12-01")
	f.Refuses(t, act, policy.CodeNotOpen)
	act.SkipReason = "Neither met in November."
	before := f.Standing()
	f.Must(t, act)
	if due := f.Entry.DueOf(act, before); due != date("2021-12-10") {
		t.Errorf("COSI's act fell due on %s, want its own date", due)
	}
}

func TestJudge_LetsTheCouncilSettleEveryPriorityTogether(t *testing.T) {
	t.Parallel()
	before := func() *file {
		f := open("priorities")
		f.Facts.Items = []string{"firearms", "drugs"}
		f.Must(t, submits(policy.Presidency, "2021-05-01"), decides(policy.COSI, policy.TookNote, "2021-05-05"), decides(policy.Coreper, policy.TookNote, "2021-05-19"))
		return f
	}
	council := func(items ...policy.ItemOutcome) policy.Act {
		return of(decides(policy.Council, policy.Adopted, "2021-05-26"), func(a *policy.Act) { a.Items = items })
	}
	yes, no := policy.ItemOutcome{Item: "firearms", Outcome: policy.Adopted}, policy.ItemOutcome{Item: "drugs", Outcome: policy.NotAgreed}
	for name, items := range map[string][]policy.ItemOutcome{
		"one is unknown": {yes, no, {Item: "cars", Outcome: policy.Adopted}}, "one is there twice": {yes, no, no},
		"one is postponed": {yes, {Item: "drugs", Outcome: policy.Postponed}},
	} {
		t.Run(name, func(t *testing.T) { before().Refuses(t, council(items...), policy.CodeInvalid) })
	}
	f := before()
	f.Must(t, council(yes, no))
	if s := f.Standing(); len(s.Items) != 2 || s.Items[0] != no || s.Items[1] != yes {
		t.Errorf("settled one by one: %+v", s.Items)
	}
	f = before()
	f.Must(t, council(no)) // adopted, but for drugs
	if s := f.Standing(); len(s.Items) != 2 || s.Items[0] != no || s.Items[1] != yes {
		t.Errorf("settled with an exception: %+v", s.Items)
	}
	f = before()
	f.Must(t, council())
	if s := f.Standing(); len(s.Items) != 2 || s.Items[0].Outcome != policy.Adopted {
		t.Errorf("settled as a whole: %+v", s.Items)
	}
}

func TestJudge_RectifiesAnEntryOnWhichNothingRests(t *testing.T) {
	t.Parallel()
	rectifies := func(id string, act policy.Act) policy.Act {
		act.Rectifies = id
		return act
	}
	f := adopted(t) // act-1 to act-4
	f.Must(t, rectifies("act-4", of(decides(policy.COSI, policy.AdoptedWithAmendments, "2021-12-09"), func(a *policy.Act) { a.Document = "ST 2/21 INIT" })))
	if s := f.Standing(); s.Outcome != policy.AdoptedWithAmendments || s.ClosedOn != date("2021-12-09") || len(f.Records) != 5 {
		t.Errorf("it stands at %+v with %d records", s, len(f.Records))
	}
	f.Must(t, rectifies("act-4", decides(policy.COSI, policy.Adopted, "2021-12-07"))) // rectified again, by the first ID
	f.Refuses(t, rectifies("act-2", decides(policy.SupportTeam, policy.ReferredBack, "2021-11-08")), policy.CodeAlreadyDecided)
	f.Refuses(t, rectifies("act-2", decides(policy.SupportTeam, policy.TookNote, "2021-11-23")), policy.CodeWrongDate)
	f.Refuses(t, rectifies("act-2", decides(policy.COSISupportGroup, policy.TookNote, "2021-11-08")), policy.CodeInvalid)
	f.Refuses(t, rectifies("act-1", submits("se", "2021-10-19")), policy.CodeAlreadyDecided) // another text than was decided on
	f.Must(t, rectifies("act-2", decides(policy.SupportTeam, policy.TookNote, "2021-11-09")))

	last := open(oap)
	last.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"))
	last.Must(t, rectifies("act-2", decides(policy.SupportTeam, policy.ReferredBack, "2021-11-08")))
	if s := last.Standing(); s.State != policy.StateDrafting {
		t.Errorf("the last entry was wrong: it stands at %+v, want referred back", s)
	}
}

func TestStandingOf_HandingInSettlesWhereNoBodyDoes(t *testing.T) {
	t.Parallel()
	f := open("assessment")
	f.Must(t, submits(policy.Europol, "2021-04-10"))
	if s := f.Standing(); s.Outcome != policy.Delivered || !s.Positive() {
		t.Errorf("it stands at %+v", s)
	}
}

func TestJudgeBasis_WantsADecisionThatSettles(t *testing.T) {
	t.Parallel()
	f := adopted(t)
	amendment := func(decision, day string) policy.Act {
		return policy.Act{Kind: policy.ActAmend, Date: date(day), Amendment: &policy.AmendmentRef{Decision: decision}}
	}
	for name, test := range map[string]struct {
		act  policy.Act
		code policy.Code
	}{
		"on COSI's adoption":      {amendment("act-4", "2021-12-08"), ""},
		"on a mere note":          {amendment("act-3", "2021-12-08"), policy.CodeNotCompetent},
		"on the handing-in":       {amendment("act-1", "2021-12-08"), policy.CodeNotCompetent},
		"on nothing":              {amendment("act-9", "2021-12-08"), policy.CodeUnknown},
		"before the decision":     {amendment("act-4", "2021-12-07"), policy.CodeWrongDate},
		"before it could be made": {amendment("act-4", "2024-06-02"), policy.CodeWrongDate},
	} {
		if err := policy.JudgeBasis(nil, f.Standing(), seconded(f.Records), test.act, date("2024-06-01")); policy.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is recorded after the decision and decides nothing leaves it what it is, and so does
// another entry in its place, under either ID.
func TestJudgeBasis_GoesByTheLastDecision(t *testing.T) {
	t.Parallel()
	rests := func(f *file, what, on string, code policy.Code) {
		t.Helper()
		a := policy.Act{Kind: policy.ActAmend, Date: date("2022-01-10"), Amendment: &policy.AmendmentRef{Decision: on}}
		if err := policy.JudgeBasis(nil, f.Standing(), seconded(f.Records), a, date("2024-06-01")); policy.CodeOf(err) != code {
			t.Errorf("%s: %v", what, err)
		}
	}
	corrigendum := func(document policy.DocumentRef) policy.Act {
		return policy.Act{
			Kind: policy.ActCorrect, Subject: on(oap), Date: date("2021-12-20"), By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
			Document: document, Digest: "sha256:cor",
		}
	}
	corrected := adopted(t)
	corrected.Must(t, corrigendum("ST 2/21 COR 1"))
	rests(corrected, "after a linguistic corrigendum", "act-4", "")
	rests(corrected, "on the corrigendum", "act-5", policy.CodeNotCompetent)

	rectified := adopted(t)
	rectified.Must(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), func(a *policy.Act) { a.Rectifies, a.Document = "act-4", "ST 2/21 INIT" }))
	again := of(decides(policy.COSI, policy.Adopted, "2021-12-08"), func(a *policy.Act) { a.Rectifies, a.Document = "act-4", "ST 3/21 INIT" })
	rectified.Must(t, again)
	rectified.Must(t, corrigendum("ST 3/21 COR 1"))
	for _, id := range []string{"act-4", "act-5", "act-6"} {
		rests(rectified, "on a decision that was rectified, by "+id, id, "")
	}
}

func TestJudge_RectifiesTheCouncilsDecisionAsItWasEntered(t *testing.T) {
	t.Parallel()
	f := open("priorities")
	f.Facts.Items = []string{"firearms", "drugs"}
	f.Must(t, submits(policy.Presidency, "2021-05-01"), decides(policy.COSI, policy.TookNote, "2021-05-05"), decides(policy.Coreper, policy.TookNote, "2021-05-19"),
		decides(policy.Council, policy.Adopted, "2021-05-25"))
	f.Must(t, of(decides(policy.Council, policy.Adopted, "2021-05-26"), func(a *policy.Act) { a.Rectifies = "act-4" }))
	if s := f.Standing(); s.ClosedOn != date("2021-05-26") || len(s.Items) != 2 {
		t.Errorf("it stands at %+v", s)
	}
}

func TestStandingOf_ClosesWhatTheCouncilDidNotAgreeOn(t *testing.T) {
	t.Parallel()
	f := open("priorities")
	f.Facts.Items = []string{"firearms", "drugs"}
	f.Must(t, submits(policy.Presidency, "2021-05-01"), decides(policy.COSI, policy.TookNote, "2021-05-05"), decides(policy.Coreper, policy.TookNote, "2021-05-19"),
		decides(policy.Council, policy.NotAgreed, "2021-05-26"))
	w := newWorld(sound())
	w.Standings[on("priorities")] = f.Standing()
	for _, p := range w.Definition.Priorities {
		if got := w.PriorityOutcome(p); got != policy.NotAgreed {
			t.Errorf("the priority %s ended as %q", p.Key, got)
		}
	}
}

func TestJudge_MovesNoAdoptionBehindWhatRestsOnIt(t *testing.T) {
	t.Parallel()
	f := adopted(t)
	f.Facts.RestedOn = date("2021-12-20")
	later := of(decides(policy.COSI, policy.Adopted, "2021-12-21"), func(a *policy.Act) { a.Rectifies = "act-4" })
	f.Refuses(t, later, policy.CodeWrongDate)
	later.Date = date("2021-12-20")
	f.Must(t, later)

	w := decided(policy.Adopted, firearmsYes, drugsYes)
	masp := entryOf(*w.Definition, "masp/general")
	if facts := w.FactsFor(masp); !facts.RestedOn.IsZero() {
		t.Errorf("something rests on the MASP since %s", facts.RestedOn)
	}
	plan := on("oap/2022/firearms")
	w.Standings[plan] = policy.Standing{Subject: plan, State: policy.StateClosed, Outcome: policy.Adopted, ClosedOn: date("2021-12-08")}
	if facts := w.FactsFor(masp); facts.RestedOn != date("2021-12-08") {
		t.Errorf("what rests on the MASP was settled on %s", facts.RestedOn)
	}
}
