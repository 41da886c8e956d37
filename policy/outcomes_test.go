package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// What each outcome does to a subject, by kind and by the body that concludes:
// "up" goes to the next body, "back" to those who hand it in, "stays" leaves it
// where it is; a capital word closes it; a code in brackets refuses it.
const whatOutcomesDo = `
                                        adopted          amended          took-note  referred-back  postponed  off-agenda  not-agreed
oap/2022/firearms support-team          [not-competent]  [not-competent]  up         back           stays      stays       up
oap/2022/firearms cosi-support-group    up               up               up         back           stays      stays       up
oap/2022/firearms cosi                  ADOPTED          AMENDED          [invalid]  back           stays      stays       NOT-AGREED
masp/general cosi                       ADOPTED          AMENDED          [invalid]  back           stays      stays       NOT-AGREED
priorities coreper                      up               up               up         back           stays      stays       up
priorities council                      ADOPTED          AMENDED          [invalid]  back           stays      stays       NOT-AGREED
advisory-document cosi                  ADOPTED          AMENDED          NOTED      back           stays      stays       [invalid]
report/2022/firearms/may support-team   [not-competent]  [not-competent]  up         back           stays      stays       up
report/2022/firearms/may cosi           ADOPTED          AMENDED          NOTED      back           stays      stays       [invalid]
review cosi                             ADOPTED          AMENDED          NOTED      back           stays      stays       [invalid]
evaluation cosi                         ADOPTED          AMENDED          NOTED      back           stays      stays       [invalid]
item/ukraine cosi                       up               up               up         back           stays      stays       up
item/ukraine council                    ADOPTED          AMENDED          NOTED      back           stays      stays       NOT-AGREED
`

// fileOn is the file of a subject; the one item was opened by hand.
func fileOn(path string) *file {
	if path != "item/ukraine" {
		return open(path)
	}
	o := policy.Opening{Title: "Ukraine", Due: date("2022-03-28"), Through: []policy.Body{policy.COSI, policy.Council}}
	return &file{Entry: new(policy.Definition).Opened(o, on(path), date("2022-03-20")), Opened: date("2022-03-20"), Facts: policy.Facts{Today: date("2024-06-01")}}
}

// upTo hands the subject in and lets the bodies before the body take note.
func upTo(t *testing.T, f *file, body policy.Body) {
	t.Helper()
	f.Must(t, submits(f.Entry.Submitters[0], f.Opened.String()))
	for s := f.Standing(); s.Turn[0] != body; s = f.Standing() {
		f.Must(t, decides(s.Turn[0], policy.TookNote, f.Opened.String()))
	}
}

func effect(before, after policy.Standing, err error) string {
	closings := map[policy.Outcome]string{policy.Adopted: "ADOPTED", policy.AdoptedWithAmendments: "AMENDED", policy.TookNote: "NOTED", policy.NotAgreed: "NOT-AGREED"}
	switch {
	case err != nil:
		return "[" + string(policy.CodeOf(err)) + "]"
	case after.State == policy.StateClosed:
		return closings[after.Outcome]
	case after.State == policy.StateDrafting:
		return "back"
	case after.Turns == before.Turns+1:
		return "up"
	case after.Turns == before.Turns && after.Due == before.Due && after.Since == before.Since:
		return "stays"
	default:
		return fmt.Sprintf("%+v", after)
	}
}

func TestOutcomesFor_DependOnTheBodyAndTheKind(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(whatOutcomesDo), "\n")
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		path, body, want := fields[0], policy.Body(fields[1]), fields[2:]
		t.Run(path+" "+string(body), func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, outcome := range policy.Outcomes {
				f := fileOn(path)
				upTo(t, f, body)
				before := f.Standing()
				possible := slices.Contains(f.Entry.OutcomesFor(before, body, f.Facts.Today), outcome)
				err := f.Takes(decides(body, outcome, f.Opened.AddDays(1).String()))
				got = append(got, effect(before, f.Standing(), err))
				if possible != (err == nil) {
					t.Errorf("%s is offered: %v; recorded, it is %v", outcome, possible, err)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJudge_HearsNoBodyThatHasHadItsTurn(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), of(decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"), func(a *policy.Act) { a.SkipReason = "The Support Team did not meet." }))
	f.Refuses(t, decides(policy.SupportTeam, policy.TookNote, "2021-11-23"), policy.CodeAlreadyDecided)
	f.Refuses(t, decides(policy.COSISupportGroup, policy.TookNote, "2021-11-23"), policy.CodeAlreadyDecided)
	f.Refuses(t, of(decides(policy.Council, policy.Adopted, "2021-11-23"), func(a *policy.Act) { a.SkipReason = "The Council is above COSI." }), policy.CodeNotCompetent)
	f.Must(t, decides(policy.COSI, policy.Adopted, "2021-12-08"))
	f.Refuses(t, decides(policy.COSI, policy.Adopted, "2021-12-08"), policy.CodeAlreadyDecided)
}

func TestStandingOf_StartsTheChainAnewWithANewVersion(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.ReferredBack, "2021-11-22"), submits(policy.SupportTeam, "2021-12-01"))
	s := f.Standing()
	if s.Version != 2 || s.Turn[0] != policy.SupportTeam || s.Digest != "sha256:2021-12-01" {
		t.Errorf("it stands at %+v, want version 2 before the Support Team", s)
	}
	second := of(decides(policy.SupportTeam, policy.TookNote, "2021-12-02"), version(2))
	f.Refuses(t, of(second, version(1)), policy.CodeWrongVersion)
	f.Refuses(t, of(second, func(a *policy.Act) { a.Digest = "sha256:2021-10-20" }), policy.CodeWrongVersion)
	f.Must(t, of(second, func(a *policy.Act) { a.Digest = s.Digest }))
}

func TestStandingOf_StaysOverdueWhenReferredBackLate(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Must(t, decides(policy.COSI, policy.ReferredBack, "2022-02-01"))
	if s := f.Standing(); s.Due != date("2021-12-10") || !s.MissedOn(date("2022-02-01")) {
		t.Errorf("it stands at %+v, want due when COSI was to adopt it", s)
	}
}

func TestJudge_TakesAWrittenProcedureForAMeeting(t *testing.T) {
	t.Parallel()
	f := beforeCOSI(t)
	f.Must(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), func(a *policy.Act) { a.Procedure = policy.WrittenProcedure }))
	if s := f.Standing(); !s.Positive() {
		t.Errorf("it stands at %+v", s)
	}
}

func TestJudge_CountsRehearsalDocumentsInARehearsalAlone(t *testing.T) {
	t.Parallel()
	act := of(decides(policy.COSI, policy.Adopted, "2021-12-08"), func(a *policy.Act) { a.Document = "RH 7/21 INIT" })
	f := beforeCOSI(t)
	f.Refuses(t, act, policy.CodeInvalid)
	f.Facts.Rehearsal = true
	f.Must(t, act)
}

func TestJudge_LetsTheCouncilAloneSettleItems(t *testing.T) {
	t.Parallel()
	items := func(a *policy.Act) { a.Items = []policy.ItemOutcome{firearmsYes, drugsYes} }
	f := open("priorities")
	f.Facts.Items = []string{"firearms", "drugs"}
	f.Must(t, submits(policy.Presidency, "2021-05-01"))
	// What only prepares settles no priority, and what fails settles none
	// otherwise than the whole.
	f.Refuses(t, of(decides(policy.COSI, policy.Adopted, "2021-05-05"), items), policy.CodeInvalid)
	f = beforeTheCouncil(t)
	for _, outcome := range []policy.Outcome{policy.NotAgreed, policy.ReferredBack, policy.Postponed} {
		f.Refuses(t, of(decides(policy.Council, outcome, "2021-05-26"), items), policy.CodeInvalid)
	}
	f = beforeCOSI(t)
	f.Refuses(t, of(decides(policy.COSI, policy.Adopted, "2021-12-08"), items), policy.CodeInvalid)
}

func TestJudge_WaitsForThePositiveOutcomeOfAnotherOnly(t *testing.T) {
	t.Parallel()
	masp := on("masp/general")
	for name, test := range map[string]struct {
		masp    policy.Standing
		outcome policy.Outcome
		code    policy.Code
	}{
		"the MASP is upcoming":                      {policy.Standing{Subject: masp, State: policy.StateUpcoming}, policy.Adopted, policy.CodeNotReady},
		"the MASP found no agreement":               {policy.Standing{Subject: masp, State: policy.StateClosed, Outcome: policy.NotAgreed}, policy.Adopted, policy.CodeNotReady},
		"the MASP was discontinued":                 {policy.Standing{Subject: masp, State: policy.StateClosed, Outcome: policy.Discontinued}, policy.AdoptedWithAmendments, policy.CodeNotReady},
		"the MASP was adopted on the same day":      {policy.Standing{Subject: masp, State: policy.StateClosed, Outcome: policy.Adopted, ClosedOn: date("2021-12-08")}, policy.Adopted, ""},
		"the OAP goes back, which rests on nothing": {policy.Standing{Subject: masp, State: policy.StateUpcoming}, policy.ReferredBack, ""},
		"the OAP fails, which rests on nothing":     {policy.Standing{Subject: masp, State: policy.StateUpcoming}, policy.NotAgreed, ""},
	} {
		f := beforeCOSI(t)
		f.Facts.Required = []policy.Standing{test.masp}
		if err := f.Takes(decides(policy.COSI, test.outcome, "2021-12-08")); policy.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %q", name, err, test.code)
		}
	}
}

func TestJudge_WantsAReasonFromWhoRefersBack(t *testing.T) {
	t.Parallel()
	for _, outcome := range policy.Outcomes {
		f := fileOn("masp/general")
		upTo(t, f, policy.COSI)
		silent := decides(policy.COSI, outcome, f.Opened.AddDays(1).String())
		silent.Comment = "  "
		err := f.Takes(silent)
		if due := outcome == policy.ReferredBack || outcome == policy.NotAgreed; due != (err != nil && strings.HasPrefix(err.Error(), "say why COSI")) {
			t.Errorf("%s without a reason: %v", outcome, err)
		}
	}
	f := fileOn("masp/general")
	upTo(t, f, policy.COSI)
	back := decides(policy.COSI, policy.ReferredBack, f.Opened.AddDays(1).String())
	f.Must(t, back)
	f.Refuses(t, of(back, func(a *policy.Act) { a.Comment, a.Rectifies = "", "act-2" }), policy.CodeInvalid)
	taken := fileOn("masp/general")
	upTo(t, taken, policy.COSI)
	taken.Facts.Past = true // as it was recorded elsewhere, without a reason
	taken.Must(t, of(back, func(a *policy.Act) { a.Comment = "" }))
}
