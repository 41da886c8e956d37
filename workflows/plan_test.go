package workflows_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// planStory is a story of the OAP on firearms: policy and strategy are made.
func planStory(t *testing.T) *story {
	t.Helper()
	s := newStory(t, smallCycle())
	s.happened(policyMade()...)
	s.happens(strategyMade()...)
	return s
}

// noticesOn gives the reminders on a subject of a turn due on a date.
func (s *story) noticesOn(subject policy.Subject, due policy.Date) []policy.NoticeKind {
	s.tb.Helper()
	notices, err := s.store.ListNotices(s.tb.Context(), subject)
	if err != nil {
		s.tb.Fatal(err)
	}
	var kinds []policy.NoticeKind
	for _, n := range notices {
		if n.Due == due {
			kinds = append(kinds, n.Kind)
		}
	}
	return kinds
}

func TestAnOAPIsAdoptedReportedOnAndCompletedInTime(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	acts := s.sendsAll(append(planMade(firearms, "se"), carriedOut(firearms, "se")...)...)
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	for _, path := range []string{"oap/2022/firearms", "report/2022/firearms/may", "report/2022/firearms/final"} {
		if got := s.subject(subject(path)); !got.Positive() {
			t.Errorf("%s stands at %+v, want a positive outcome", path, got.Standing)
		}
	}
	for _, act := range s.cycle().Acts {
		if act.Subject.Run() == firearms.Run() && act.DaysLate() > 0 {
			t.Errorf("%s on %s is %d days late", act.Kind, act.Subject, act.DaysLate())
		}
	}
	if end := s.now; end.Before(noon(date("2023-02-09"))) {
		t.Errorf("the run ended on %s: an OAP outlives its period until its last report is dealt with", end)
	}
}

func TestALateOAPIsRemindedOfBeforeOnAndAfterItsDueDateAndEscalated(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	late := planMade(firearms, "se")
	late[0].Date = date("2021-12-05") // due on 29 October
	late[1].Date, late[2].Date, late[3].Date = date("2021-12-06"), date("2021-12-07"), date("2021-12-20")
	acts := s.sendsAll(append(late, carriedOut(firearms, "se")...)...)
	var missed policy.Standing
	s.on("2021-11-15", func(p *stretch) { missed = p.subject(firearms).Standing })
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	if !missed.MissedOn(date("2021-11-15")) || !missed.Open() {
		t.Errorf("in November the OAP stood at %+v, want it open and overdue", missed)
	}
	ladder := []policy.NoticeKind{policy.NoticeAhead, policy.NoticeDue, policy.NoticeOverdue, policy.NoticeEscalation}
	if got := s.noticesOn(firearms, date("2021-10-29")); !slices.Equal(got, ladder) {
		t.Errorf("reminders of handing it in: %v, want %v", got, ladder)
	}
	if !slices.ContainsFunc(s.lines("overdue"), func(path string) bool { return path == firearms.Path() }) {
		t.Error("the missed deadline does not stand in the trail")
	}
	acted := s.cycle().Acts
	last := acted[slices.IndexFunc(acted, func(a actOf) bool { return a.Subject == firearms && a.Body == policy.COSI })]
	if last.DaysLate() != 10 {
		t.Errorf("COSI's adoption counts as %d days late, want 10", last.DaysLate())
	}
}

func TestAnOAPReferredBackTwiceIsAdoptedInItsThirdVersion(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	version := func(n int, act policy.Act) policy.Act { act.Version = n; return act }
	acts := s.sendsAll(append([]policy.Act{
		submits("se", firearms, "2021-10-01"),
		decides(policy.SupportTeam, firearms, policy.ReferredBack, "2021-10-10"),
		submits("se", firearms, "2021-10-20"),
		version(2, decides(policy.SupportTeam, firearms, policy.TookNote, "2021-10-25")),
		version(2, decides(policy.COSISupportGroup, firearms, policy.ReferredBack, "2021-11-10")),
		submits("se", firearms, "2021-11-15"),
		version(3, decides(policy.SupportTeam, firearms, policy.TookNote, "2021-11-16")),
		version(3, decides(policy.COSISupportGroup, firearms, policy.TookNote, "2021-11-22")),
		version(3, decides(policy.COSI, firearms, policy.AdoptedWithAmendments, "2021-12-08")),
		finalises(firearms, "2023-04-03"), // long after its last report: until then the run waits
	}, carriedOut(firearms, "se")...)...)
	s.sends("the first version again", decides(policy.COSI, firearms, policy.Adopted, "2021-12-01"))
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	s.refused("the first version again", policy.CodeWrongVersion)
	if got := s.subject(firearms); got.Version != 3 || got.Outcome != policy.AdoptedWithAmendments || got.AwaitsFinal() {
		t.Errorf("the OAP stands at %+v, want version 3 adopted with amendments", got.Standing)
	}
}

func TestAnOAPNotAgreedEndsWithoutReports(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	acts := planMade(firearms, "se")
	acts[3].Outcome, acts[3].Comment = policy.NotAgreed, "Its actions have no participants."
	s.accepts(s.plays, firearms.Run(), acts)
	if got := s.subject(firearms); got.Outcome != policy.NotAgreed {
		t.Errorf("the OAP stands at %+v, want not agreed", got.Standing)
	}
	if _, opened := s.cycle().Subjects[subject("report/2022/firearms/may")]; opened {
		t.Error("a report was opened on an OAP that does not exist")
	}
}

// accepts plays a run in which all acts are sent, and fails the test unless
// all are recorded.
func (s *story) accepts(plays func(policy.Run, string) error, run policy.Run, acts []policy.Act) {
	s.tb.Helper()
	names := s.sendsAll(acts...)
	if err := plays(run, "2021-09-01"); err != nil {
		s.tb.Fatal(err)
	}
	s.accepted(names...)
}

func TestAnOAPCannotBeAdoptedBeforeItsMASPAndMayBeAfterwards(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()...)
	plan := planMade(firearms, "se")
	strategy := strategyMade()
	strategy[2].Date = date("2021-12-15") // COSI is late with the MASP
	s.happens(strategy...)
	early := plan[3]
	plan[3].Date = date("2021-12-16")
	s.sends("too early", early)
	acts := s.sendsAll(append(plan, carriedOut(firearms, "se")...)...)
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.refused("too early", policy.CodeNotReady)
	s.accepted(acts...)
}

func TestAMissedReportHoldsTheNextOneNotBack(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	reports := carriedOut(firearms, "se")
	for i, day := range []string{"2023-03-01", "2023-03-02", "2023-03-03"} { // the report of May 2022
		reports[i].Date = date(day)
	}
	acts := s.sendsAll(append(planMade(firearms, "se"), reports...)...)
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	final, may := s.subject(subject("report/2022/firearms/final")), s.subject(subject("report/2022/firearms/may"))
	if final.ClosedOn != date("2023-02-10") || may.ClosedOn != date("2023-03-03") {
		t.Errorf("the final report was settled on %s and that of May on %s", final.ClosedOn, may.ClosedOn)
	}
}

func TestABodyOfTheChainIsSkippedOnlyWithAReason(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	plan := planMade(firearms, "se")
	silent := decides(policy.COSI, firearms, policy.Adopted, "2021-11-10")
	spoken := decides(policy.COSI, firearms, policy.Adopted, "2021-11-11")
	spoken.SkipReason = "The Support Group did not meet in November."
	s.sends("without a reason", silent)
	acts := s.sendsAll(append([]policy.Act{plan[0], plan[1], spoken}, carriedOut(firearms, "se")...)...)
	if err := s.plays(firearms.Run(), "2021-09-01"); err != nil {
		t.Fatal(err)
	}
	s.refused("without a reason", policy.CodeNotOpen)
	s.accepted(acts...)
}

func TestAMASPStaysInForceUntilTheImplementationWindowEnds(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	s.happened(policyMade()...)
	acts := s.sendsAll(strategyMade()...)
	if err := s.plays(general.Run(), "2021-06-01"); err != nil {
		t.Fatal(err)
	}
	s.accepted(acts...)
	if s.now.Before(noon(date("2022-12-31"))) {
		t.Errorf("the run of the MASP ended on %s", s.now)
	}
}

func TestARunTellsTheStageOfNow(t *testing.T) {
	t.Parallel()
	s := planStory(t)
	s.sendsAll(planMade(firearms, "se")...)
	told := map[string]policy.Stage{}
	for _, day := range []string{"2021-10-19", "2021-11-09", "2021-12-09"} {
		s.asked(day, func(p *stretch, state protocol.State) {
			told[day] = state.Stage
			if day == "2021-12-09" {
				p.env.CancelWorkflow()
			}
		})
	}
	_ = s.plays(firearms.Run(), "2021-09-01") // it is cancelled once we know
	for day, want := range map[string]policy.Stage{"2021-10-19": policy.StageDrafting, "2021-11-09": policy.StageDeciding, "2021-12-09": policy.StageInForce} {
		if told[day] != want {
			t.Errorf("on %s it is at %q, want %q", day, told[day], want)
		}
	}
}
