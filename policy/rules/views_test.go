package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
)

// reportsOn enters progress for all actions of an OAP in a round but those named.
func reportsOn(s *story, oap, round, day string, status policy.ActionStatus, without ...string) {
	plan := snapshot(s).PlanInForce(on("oap/" + oap))
	for _, a := range plan.Actions {
		if !slices.Contains(without, a.Code) {
			s.Enter(policy.RegProgress, oap+"/"+round+"/"+a.Code, day, &policy.Progress{
				Status: status, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(5)}},
			})
		}
	}
}

func TestSnapshotRound_SaysWhoIsLate(t *testing.T) {
	t.Parallel()
	s := unreported()
	reportsOn(s, "2022/firearms", "may", "2022-05-10", policy.Ongoing, "1.4")
	s.Enter(policy.RegDays, "arms-days", "2022-04-12", &policy.JointActionDay{
		Title: "Arms days", From: date("2022-04-10"), To: date("2022-04-11"), Plans: []string{"2022/firearms", "2022/drugs"},
		Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(100)}},
	})
	counted := int64(0)
	for _, path := range []string{"2022/firearms/may", "2022/firearms/october", "2022/drugs/may", "2023/firearms/may"} {
		round, err := snapshot(s).Round(on("report/" + path))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range round.Totals.Figures {
			counted += f.Value.Floor()
		}
		if path != "2022/firearms/may" {
			continue
		}
		s.Contents[on("report/"+path)] = round.Compiled(policy.Cover{})
		s.Record(s.Entry("report/"+path), submits("se", "2022-05-20"))
		if want := []rules.LateReporter{{Action: "1.4", Title: "Action 1.4", Leader: "se"}}; !slices.Equal(round.Late, want) || len(round.Actions) != 3 {
			t.Errorf("late are %+v, %d have reported", round.Late, len(round.Actions))
		}
	}
	if counted != 100+3*5 {
		t.Errorf("%d arrests are counted over all rounds, want 115", counted)
	}
	_, err := snapshot(s).Round(on("oap/2022/firearms"))
	if policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("an OAP as a report: %v", err)
	}
	delete(s.Contents, on("oap/2022/drugs"))
	_, err = snapshot(s).Round(on("report/2022/drugs/may"))
	if policy.CodeOf(err) != policy.CodeNotReady {
		t.Errorf("a plan that is kept elsewhere: %v", err)
	}
}

func TestSnapshotSeries_BreaksWhereTheCountingRuleChanges(t *testing.T) {
	t.Parallel()
	s := inOrder()
	for i, path := range []string{"2022/firearms/may", "2022/firearms/october", "2023/firearms/may"} {
		s.Contents[on("report/"+path)] = &policy.Report{Actions: []policy.ActionReport{
			{Action: "1.1", Status: policy.Ongoing, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(int64(10 + i))}}},
		}}
	}
	s.Enter(policy.RegIndicators, "arrests", "2022-08-01", &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "also those of partners", Version: 2})
	var got []string
	for _, p := range snapshot(s).Series("arrests") {
		line := p.Period + " " + p.Round
		if p.Value.Floor() >= 10 && p.Break {
			line += " breaks"
		}
		got = append(got, line)
	}
	if want := []string{"2022 may", "2022 october breaks", "2023 may"}; !slices.Equal(got[:3], want) {
		t.Errorf("the series is %q", got)
	}
}

// A grant is one of a year: the next has to be asked for.
func TestSnapshotRollOver_CarriesNoGrantOver(t *testing.T) {
	t.Parallel()
	granted := policy.Funding{State: policy.FundingGranted, Source: "isf", Need: 900, Granted: 800, Contract: date("2022-02-01"), BeforeContract: true}
	asked := policy.Funding{State: policy.FundingAsked, Source: "isf", Need: 900}
	refused := granted
	refused.State, refused.Granted = policy.FundingRefused, 0
	own := policy.Funding{State: policy.FundingNone, Source: "own-resources"}
	for name, test := range map[string]struct{ was, is policy.Funding }{
		"granted": {granted, asked}, "refused": {refused, asked}, "asked for": {asked, asked}, "of one's own": {own, own}, "none": {policy.Funding{}, policy.Funding{}},
	} {
		s := inOrder()
		action := s.Action("change/2022/firearms/1/1.1")
		action.Funding = test.was
		rolled, err := snapshot(s).RollOver(on("oap/2023/firearms"))
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Contains(strings.Join(rolled.Changes, "\n"), "1.1: its money was "+string(test.was.State)+" for the period before; it is requested anew")
		at := slices.IndexFunc(rolled.Plan.Actions, func(a policy.OperationalAction) bool { return a.Code == "1.1" })
		if got := rolled.Plan.Actions[at].Funding; got != test.is || said != (test.was != test.is) {
			t.Errorf("%s: %+v, said %t", name, got, said)
		}
		if action.Funding != test.was {
			t.Errorf("%s: the plan before has changed", name)
		}
	}
}

func TestSnapshotRollOver_CarriesAnOAPIntoTheNextPeriod(t *testing.T) {
	t.Parallel()
	s := inOrder()
	reportsOn(s, "2022/firearms", "october", "2022-09-20", policy.Completed, "1.1")
	s.Enter(policy.RegProgress, "2022/firearms/october/1.1", "2022-09-20", &policy.Progress{Status: policy.Ongoing})
	rolled, err := snapshot(s).RollOver(on("oap/2023/firearms"))
	if err != nil {
		t.Fatal(err)
	}
	plan := rolled.Plan
	if len(plan.Actions) != 1 || plan.Actions[0].CarriedOverFrom != "2022/firearms/1.1" || plan.Actions[0].From != date("2023-01-01") || plan.Actions[0].To != date("2023-12-31") {
		t.Errorf("carried over is %+v", plan.Actions)
	}
	if plan.Impact == nil || !plan.Impact.On.IsZero() || plan.Impact.Financial == "" {
		t.Errorf("the impact assessment is %+v: it has to be signed again", plan.Impact)
	}
	text := strings.Join(rolled.Changes, "\n")
	for _, says := range []string{"sign it", "1.1 Action 1.1: carried over, 2023-01-01 to 2023-12-31 instead of", "1.2 Action 1.2: left out, completed"} {
		if !strings.Contains(text, says) {
			t.Errorf("%q is not told in %q", says, text)
		}
	}
	_, err = snapshot(s).RollOver(on("oap/2022/firearms"))
	if policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("before the first period: %v", err)
	}
	delete(s.Contents, on("oap/2022/drugs"))
	_, err = snapshot(s).RollOver(on("oap/2023/drugs"))
	if policy.CodeOf(err) != policy.CodeNotReady {
		t.Errorf("of an OAP kept elsewhere: %v", err)
	}
}

func TestDiff_NamesThePlaceOfEachDifference(t *testing.T) {
	t.Parallel()
	was, is := firearms("2022", "2021"), firearms("2022", "2021")
	is.Actions[1].Leader = "de"
	is.Actions = append(is.Actions, acting("1.4", "operational", "firearms", "firearms-2", "2022-05-01", "2022-12-31"))
	slices.Reverse(is.Actions) // the order says nothing
	found, err := policy.Diff(was, is)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0] != (policy.Difference{Path: ".actions[1.2].leader", Was: "se", Is: "de"}) || found[1].Path != ".actions[1.4]" || found[1].Was != "" {
		t.Errorf("the differences are %+v", found)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := firearms("2022", "2021"), firearms("2022", "2021")
		at := rapid.IntRange(0, len(b.Actions)-1).Draw(t, "action")
		b.Actions[at].Title = rapid.StringN(1, 20, 60).Draw(t, "title")
		there, err := policy.Diff(a, b)
		if err != nil {
			t.Fatal(err)
		}
		back, err := policy.Diff(b, a)
		if err != nil {
			t.Fatal(err)
		}
		if same := a.Actions[at].Title == b.Actions[at].Title; same != (len(there) == 0) || len(there) != len(back) {
			t.Fatalf("%+v there, %+v back", there, back)
		}
		for i := range there {
			if there[i].Was != back[i].Is || there[i].Is != back[i].Was {
				t.Fatalf("%+v there, %+v back", there[i], back[i])
			}
		}
	})
}

// Who leads an action reports on it in each round, and is told before it ends.
func TestSnapshotNationalSheet_TellsWhatALeaderOwes(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2022-05-10")
	due := snapshot(s).Standings[on("report/2022/firearms/may")].Due
	reportsOn(s, "2022/firearms", "may", "2022-05-02", policy.Ongoing, "1.4")
	reportsOn(s, "2022/drugs", "may", "2022-05-02", policy.Ongoing)
	owed := rules.ProgressDue{Report: "report/2022/firearms/may", Action: "2022/firearms/1.4", Title: "Action 1.4", Due: due}
	sheet := snapshot(s).NationalSheet("se")
	if !slices.Equal(sheet.Progress, []rules.ProgressDue{owed}) || len(sheet.Ending) > 0 {
		t.Errorf("in May it owes %+v, and there ends soon %+v", sheet.Progress, sheet.Ending)
	}
	if due := snapshot(s).NationalSheet("fr").Progress; len(due) > 0 {
		t.Errorf("who takes part owes %+v", due)
	}
	s.Acts[on("report/2022/firearms/may")] = nil // nobody hands it in
	s.Today, owed.Overdue = due.AddDays(1), true
	if due := snapshot(s).NationalSheet("se").Progress; !slices.Equal(due, []rules.ProgressDue{owed}) {
		t.Errorf("the day after it owes %+v", due)
	}
	reportsOn(s, "2022/firearms", "may", s.Today.String(), policy.Ongoing)
	if due := snapshot(s).NationalSheet("se").Progress; len(due) > 0 {
		t.Errorf("once it has reported it owes %+v", due)
	}

	last := rules.EndingAction{Action: "2022/firearms/1.4", Title: "Action 1.4", Ends: date("2022-12-31")}
	for day, want := range map[string]bool{"2022-10-01": false, "2022-10-02": true, "2022-12-31": true, "2023-01-01": false} {
		s.Today = date(day)
		if ending := snapshot(s).NationalSheet("se").Ending; slices.Contains(ending, last) != want {
			t.Errorf("on %s there ends soon %+v", day, ending)
		}
	}
	s.Today = date("2022-10-10")
	reportsOn(s, "2022/firearms", "october", "2022-10-10", policy.Completed)
	if ending := snapshot(s).NationalSheet("se").Ending; slices.Contains(ending, last) {
		t.Errorf("completed, it still ends soon: %+v", ending)
	}
}

func TestSnapshotHandover_ShowsTheNextPresidencyWhatIsOpen(t *testing.T) {
	t.Parallel()
	s := inOrder()
	sheet := snapshot(s).NationalSheet("fr")
	if len(sheet.Consents) == 0 || len(sheet.Posts) != 1 || sheet.Posts[0].Post != "driver/drugs" {
		t.Errorf("the sheet of FR is %+v", sheet)
	}
	s.Today = date("2022-06-20")
	h := snapshot(s).Handover(date("2022-07-01"))
	if h.Outgoing != "fr" || h.Incoming != "cz" || !slices.Contains(h.Running, "2022/firearms/1.4") || h.Successor {
		t.Errorf("the handover is %+v", h)
	}
	s.Today = date("2022-06-20")
	s.Enter(policy.RegPosts, "driver/drugs", "2022-03-01", &policy.Holding{Holder: "uk"})
	s.Enter(policy.RegPosts, "driver/drugs", "2022-06-10", &policy.Holding{Holder: "fr"})
	for day, left := range map[string]int{"2022-02-28": 0, "2022-03-01": 1, "2022-06-09": 1, "2022-06-10": 0} {
		if posts := snapshot(s).Handover(date(day)).Posts; len(posts) != left || left > 0 && (posts[0].Post != "driver/drugs" || posts[0].Holder != "uk") {
			t.Errorf("posts of States that have left, on %s: %+v", day, posts)
		}
	}
	s = inOrder()
	s.Strike(policy.RegRecommendations, "templates")
	if open := snapshot(s).Handover(date("2024-01-01")).Recommendations; len(open) != 2 { // one accepted, one without an answer
		t.Errorf("open recommendations: %+v", open)
	}
	s.Action("change/2022/firearms/1/1.2").Funding.State = policy.FundingRefused
	if got := snapshot(s).Unfunded(); !slices.Equal(got, []string{"2022/firearms/1.2 refused"}) {
		t.Errorf("unfunded: %q", got)
	}
}

// What is asked of a day that has passed is answered as on that day.
func TestSnapshotHandover_IsAsOfItsDay(t *testing.T) {
	t.Parallel()
	later, open := inOrder(), 0
	for _, day := range []string{"2021-02-01", "2021-07-01", "2022-01-01", "2022-07-01", "2023-01-01", "2023-07-01", "2024-01-01"} {
		then := inOrder()
		then.Today = date(day)
		want, got := snapshot(then).Handover(date(day)), snapshot(later).Handover(date(day))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("on %s (-then +asked later):\n%s", day, diff)
		}
		open += len(want.Open)
	}
	if open == 0 {
		t.Error("nothing was ever open")
	}
	soon := inOrder()
	soon.Today = date("2022-03-20")
	opens := func(on string) bool {
		return slices.ContainsFunc(snapshot(soon).Handover(date(on)).Open, func(t rules.NationalTurn) bool { return t.Subject == "report/2022/firearms/may" })
	}
	if opens("2022-03-31") || !opens("2022-04-01") {
		t.Error("what begins on 1 April is not open from then on")
	}
}

func TestSnapshotSummarise_AddsUpFromTheSameRows(t *testing.T) {
	t.Parallel()
	s := inOrder()
	report := func(path string, status policy.ActionStatus, arrests int64) {
		s.Contents[on("report/"+path)] = &policy.Report{Actions: []policy.ActionReport{
			{Action: "1.1", Status: status, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(arrests)}}},
			{Action: "1.2", Status: policy.Ongoing},
		}}
	}
	for subject := range s.Contents {
		if subject.Kind == policy.KindReport {
			delete(s.Contents, subject)
		}
	}
	report("2022/firearms/may", policy.Ongoing, 3)
	report("2022/firearms/october", policy.Completed, 4)
	report("2023/firearms/may", policy.Ongoing, 10)
	delete(s.Acts, on("report/2022/drugs/may"))
	year := snapshot(s).Summarise(rules.SummaryFilter{Year: 2022})
	want := rules.Sums{
		Actions: 2, Statuses: []policy.StatusCount{{Status: policy.Ongoing, Count: 1}, {Status: policy.Completed, Count: 1}},
		Figures: []rules.Sum{{Indicator: "arrests", Value: policy.Whole(7), Unit: "persons", Rule: 1}},
	}
	if diff := cmp.Diff(want, year.Totals); diff != "" {
		t.Error(diff)
	}
	if want := []string{"report/2022/drugs/may"}; !slices.Equal(year.Missing, want) {
		t.Errorf("missing are %q", year.Missing)
	}
	if want := []string{"report/2022/drugs/october"}; !slices.Equal(year.Elsewhere, want) { // it was handed in, and is kept elsewhere
		t.Errorf("kept elsewhere are %q", year.Elsewhere)
	}
	if all := snapshot(s).Summarise(rules.SummaryFilter{}); len(all.Plans) != 2 || all.Totals.Figures[0].Value != policy.Whole(17) {
		t.Errorf("in all %+v", all.Totals)
	}
	if period := snapshot(s).Summarise(rules.SummaryFilter{Period: "2023"}); len(period.Plans) != 1 || period.Totals.Actions != 2 {
		t.Errorf("in 2023 %+v", period)
	}
	if it := snapshot(s).Summarise(rules.SummaryFilter{State: "it"}); it.Totals.Actions != 0 { // IT takes part in nothing
		t.Errorf("of IT %+v", it.Totals)
	}
}

func TestSnapshotObligations_GiveEveryOwedReportAState(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Strike(policy.RegDeliveries, "annual-report/2021-12-31/council")
	s.Lapsed[on("obligation/annual-report/2022-12-31")] = date("2023-12-20")
	delete(s.Acts, on("obligation/annual-report/2022-12-31"))
	delete(s.Acts, on("obligation/cosi-update/2023-06-30"))
	got := map[string]string{}
	for _, o := range snapshot(s).Obligations() {
		got[strings.TrimPrefix(o.Subject, "obligation/")] = o.State
		if o.Subject == "obligation/annual-report/2021-12-31" && !slices.Equal(o.Missing, []policy.Body{policy.Council}) {
			t.Errorf("evidence is missing for %v", o.Missing)
		}
	}
	for subject, state := range map[string]string{
		"annual-report/2021-12-31": "met", "annual-report/2022-12-31": "lapsed", "cosi-update/2023-06-30": "overdue", "cosi-update/2022-06-30": "met",
	} {
		if got[subject] != state {
			t.Errorf("%s is %q, want %q", subject, got[subject], state)
		}
	}
	s.Today = date("2021-06-01")
	if first := snapshot(s).Obligations()[0]; first.State != "to-come" {
		t.Errorf("before its time it is %q", first.State)
	}
}

func TestSnapshotFindingsOf_TellTenPrioritiesWhereEightWereAdvised(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Today = date("2021-05-26") // the story of the conclusions, with two more than advised
	advice := content[*policy.AdvisoryDocument](s, "advisory-document")
	advice.Advice[0].Does, advice.Advice[0].Priorities = policy.Leaves, nil
	advice.Advice[1].Does, advice.Advice[1].Priorities = policy.Leaves, nil
	found, err := snapshot(s).FindingsOf("S3")
	if err != nil || len(found) != 2 {
		t.Errorf("without reasons S3 finds %+v, %v", found, err)
	}
	conclusions := content[*policy.Conclusions](s, "priorities")
	conclusions.Priorities[0].Divergence = "Attacks have shown the need."
	conclusions.Divergences = []policy.Divergence{{Priority: "drugs", Reason: "It drives other crime."}}
	if found, err := snapshot(s).FindingsOf("S3"); err != nil || len(found) > 0 {
		t.Errorf("with reasons S3 finds %+v, %v", found, err)
	}
}

func TestDriversOn_FollowThePosts(t *testing.T) {
	t.Parallel()
	holds := func(key, day string, h policy.Holding) policy.Row {
		return policy.Row{Register: policy.RegPosts, Key: key, Date: date(day), Body: &h}
	}
	rows := []policy.Row{
		holds("driver/firearms", "2021-01-01", policy.Holding{Holder: "se"}), holds("co-driver/firearms", "2021-01-01", policy.Holding{Holder: "nl"}),
		holds("driver/firearms", "2022-01-01", policy.Holding{}), holds("driver/firearms", "2022-03-01", policy.Holding{Holder: "fr"}),
		holds("driver/drugs", "2021-01-01", policy.Holding{Acting: policy.SupportTeam}), holds("nec/fr", "2021-01-01", policy.Holding{Holder: "fr"}),
	}
	for day, want := range map[string][]policy.Body{
		"2021-06-01": {"se", "nl", policy.SupportTeam}, "2022-02-01": {"nl", policy.SupportTeam}, "2022-04-01": {"fr", "nl", policy.SupportTeam},
	} {
		drivers := policy.DriversOn(date(day), rows)
		if !slices.Equal(drivers["firearms"], want) || !slices.Equal(drivers["drugs"], []policy.Body{policy.SupportTeam}) || len(drivers) != 2 {
			t.Errorf("on %s: %v", day, drivers)
		}
	}
	s := inOrder()
	r := snapshot(s).Records
	r.Drivers = map[string][]policy.Body{"firearms": {"se"}}
	row := holds("driver/firearms", "2022-03-01", policy.Holding{Holder: "fr"})
	for body, code := range map[policy.Body]policy.Code{"se": "", "fr": policy.CodeNotCompetent, policy.SupportTeam: ""} {
		if err := policy.JudgeRows(r, policy.Asserted(policy.Actor{Name: "Eva", Body: body}), []policy.Row{row}, nil); policy.CodeOf(err) != code {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestDefinitionAmend_BeginsAnOAPThatASplitAdds(t *testing.T) {
	t.Parallel()
	d := policytest.KeepsAll()
	priorities := slices.Clone(d.Priorities)
	priorities[0].OAPs = append(slices.Clone(priorities[0].OAPs), policy.OAP{Key: "explosives", Title: "Explosives", From: []string{"firearms"}})
	amendment := policy.Amendment{Reason: "Explosives need a plan of their own.", Priorities: priorities}
	if window := (policy.Amendment{Priorities: priorities, PolicyWindow: &d.PolicyWindow}); !window.NeedsDecision() || amendment.NeedsDecision() || (policy.Amendment{Reason: "No room.", Meetings: d.Meetings}).NeedsDecision() {
		t.Error("windows need a decision, meetings and proposals none")
	}
	amended := d.Amend(amendment, date("2022-07-01"))
	again := amended.Amend(amendment, date("2023-07-01"))
	if got := again.Priorities[0].OAPs; got[1].AddedOn != date("2022-07-01") || !got[0].AddedOn.IsZero() {
		t.Errorf("the OAPs were added as %+v", got)
	}
	var paths []string
	for _, e := range amended.Agenda() {
		if e.Subject.Key == "explosives" {
			paths = append(paths, e.Subject.Path())
			if e.Subject.Path() == "oap/2022/explosives" && e.Opens != date("2022-07-01") {
				t.Errorf("work on it starts on %s", e.Opens)
			}
		}
	}
	want := []string{
		"oap/2022/explosives", "report/2022/explosives/october", "oap/2023/explosives", "report/2023/explosives/may", "report/2023/explosives/october",
	}
	if !slices.Equal(paths, want) { // the round of May 2022 was over
		t.Errorf("the agenda has %q", paths)
	}
	if ps := amended.ValidateStart(); len(ps) != 1 || !strings.Contains(ps[0].Field, "oaps[1].added_on") {
		t.Errorf("a cycle cannot start with it: %+v", ps)
	}
}
