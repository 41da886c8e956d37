package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// kept is a cycle of the past that keeps its content here.
func kept(key string) policy.Definition {
	d := past(key)
	d.Stores = append(policy.Texts(policy.ContentKinds()), policy.Texts(policy.Registers())...)
	d.Meetings = []policy.PlannedMeeting{{
		Key: "cosi-2021-12", Title: "COSI, December 2021", Body: policy.COSI, On: date("2021-12-10"), Settles: []string{"oap/2022/*"},
	}}
	return d
}

// hands hands in a content as soon as that is possible.
func (h *house) hands(by policy.Body, subject policy.Subject, on string, content policy.Content) *service.Receipt {
	h.tb.Helper()
	return h.soon(func() (*service.Receipt, error) { return h.handsIn(by, subject, on, content) })
}

// handsIn hands in a content.
func (h *house) handsIn(by policy.Body, subject policy.Subject, on string, content policy.Content) (*service.Receipt, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return as(h.tb, h, policy.Actor{Name: "Eva", Body: by}).Submit(h.tb.Context(), service.Submit{Subject: subject, Statement: service.Statement{Date: date(on)}, Content: text})
}

// counts enters how arrests are counted, so that figures of them can be reported.
func (h *house) counts(cycle string) {
	h.tb.Helper()
	arrests := row(policy.RegIndicators, "arrests", "2021-06-01", &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "on the day of the arrest", Version: 1})
	if err := h.enters(policy.SupportTeam, cycle, arrests); err != nil {
		h.tb.Fatal(err)
	}
}

func (h *house) enters(by policy.Body, cycle string, rows ...policy.Row) error {
	_, err := as(h.tb, h, policy.Actor{Name: "Eva", Body: by}).Enter(h.tb.Context(), service.Enter{Cycle: cycle, Rows: rows})
	return err
}

func row(register policy.Register, key, on string, body policy.RowBody) policy.Row {
	return policy.Row{Register: register, Key: key, Date: date(on), Body: body}
}

func (h *house) finds(cycle string, want ...string) {
	h.tb.Helper()
	found, err := h.Findings(h.tb.Context(), cycle, service.FindingFilter{})
	if err != nil {
		h.tb.Fatal(err)
	}
	for _, w := range want {
		rule, record, _ := strings.Cut(w, " ")
		met := false
		for _, f := range found {
			met = met || f.Rule == rule && f.Record == record
		}
		if !met {
			h.tb.Errorf("no finding %s; there are %+v", w, found)
		}
	}
}

func refused(tb testing.TB, err error, code policy.Code, says string) {
	tb.Helper()
	if policy.CodeOf(err) != code || err != nil && !strings.Contains(err.Error(), says) {
		tb.Errorf("got %q (%s), want %s with %q", err, policy.CodeOf(err), code, says)
	}
}

func twoActions() *policy.OperationalPlan {
	action := policy.OperationalAction{
		Code: "1.1", Title: "Trace firearms", Goals: []string{"1"}, Area: "firearms", Kind: "intelligence", Leader: "se",
		Participants: []policy.Body{"fr", policy.Europol}, From: date("2022-01-01"), To: date("2022-12-31"),
		Funding: policy.Funding{State: policy.FundingNone},
	}
	second := action
	second.Code, second.Title, second.Kind, second.Leader = "1.2", "Tell dealers", policy.Prevention, "fr"
	second.Participants = []policy.Body{"se", "de"}
	return &policy.OperationalPlan{Actions: []policy.OperationalAction{action, second}}
}

func assessed(plan *policy.OperationalPlan) *policy.OperationalPlan {
	yes := policy.Judgement{Holds: policy.Yes, Reason: "dealers work across borders"}
	plan.Impact = &policy.ImpactAssessment{
		On: date("2021-10-30"), Reviewer: "reviewer-7", Financial: "own resources", Administrative: "two posts",
		Burden:     policy.Burden{Union: "none", National: "two posts", Regional: "none", Operators: "none", Citizens: "none"},
		AddedValue: yes, Subsidiarity: yes, Proportionality: yes, Rights: policy.Rights{Inside: "data protection is respected"},
	}
	return plan
}

// toPlans takes a cycle to the point where its OAP is awaited.
func (h *house) toPlans(cycle string) {
	h.tb.Helper()
	h.toPriorities(cycle)
	h.hands(policy.Commission, at(cycle, "masp/general"), "2021-10-01", &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Fewer firearms"}}})
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
}

// toPriorities takes a cycle to the point where its strategic plan is awaited.
func (h *house) toPriorities(cycle string) {
	h.tb.Helper()
	recommended := []policy.Recommendation{{Key: "r1", Title: "Firearms", Threats: []string{"t1"}, Provenance: []string{"data of Member States"}}}
	h.hands(policy.Europol, at(cycle, "assessment"), "2021-04-10", &policy.ThreatAssessment{
		Kind: policy.SOCTA, Methodology: policy.Validated{Document: "EX 1/20 INIT", On: date("2020-11-01")},
		Requirements: policy.Validated{Document: "EX 2/20 INIT", On: date("2020-11-01")},
		Threats:      []policy.Threat{{Key: "t1", Title: "Firearms", Area: "firearms", Level: "high", Trend: "rising"}}, Recommendations: recommended,
	})
	h.hands(policy.Presidency, at(cycle, "priorities"), "2021-05-01", sets("r1"))
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
}

// sets gives conclusions that set the one priority of the house, on a recommendation.
func sets(recommendation string) *policy.Conclusions {
	return &policy.Conclusions{Priorities: []policy.SetPriority{{Key: "firearms", Title: "Firearms", Recommendations: []string{recommendation}}}}
}

func TestARuleKeepsAnOAPOffTheAgendaButNoFactOutOfTheRecord(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-blocked"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")

	eventually(t, "the OAP is awaited, and without its content it is refused", func() bool {
		_, err := as(t, h, policy.Actor{Name: "Eva", Body: "se"}).Submit(t.Context(), service.Submit{Subject: oap, Statement: service.Statement{Date: date("2021-11-01")}})
		return policy.CodeOf(err) == policy.CodeInvalid && strings.Contains(err.Error(), "hand in its content")
	})
	h.hands("se", oap, "2021-11-01", twoActions())

	tabled := row(policy.RegAgenda, "cosi-2021-12/oap/2022/firearms", "2021-12-01", &policy.AgendaItem{Title: "OAP"})
	refused(t, h.enters(policy.Presidency, cycle, tabled), policy.CodeBlocked, "S6: OAP 2022 Firearms has no impact assessment")
	meeting, err := h.FindMeeting(t.Context(), cycle, "cosi-2021-12")
	if err != nil || len(meeting.Items) != 1 || meeting.Items[0].Ripeness != rules.RipeBlocked {
		t.Errorf("the meeting is to deal with %+v: %v", meeting, err)
	}

	adopted := adoption(policy.COSI, oap, policy.Adopted, "2021-12-08")
	_, err = h.Decide(t.Context(), adopted)
	refused(t, err, policy.CodeBlocked, "has no impact assessment")
	adopted.Irregular = "COSI adopted it all the same"
	h.soon(func() (*service.Receipt, error) { return h.Decide(t.Context(), adopted) })
	h.finds(cycle, "S6 oap/2022/firearms")
	found, err := h.FindSubject(t.Context(), oap)
	if err != nil || found.Decisions[0].Irregular == "" || found.Decisions[0].ConfirmedBy != second.String() {
		t.Errorf("the record does not say that it is irregular: %+v, %v", found, err)
	}
}

func TestAnOAPIsChangedWithinItsPeriodReportedOnAndExported(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-changed"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap, report := at(cycle, "oap/2022/firearms"), at(cycle, "report/2022/firearms/final")
	h.hands("se", oap, "2021-11-01", assessed(twoActions()))
	h.decides(policy.COSI, oap, policy.Adopted, "2021-12-08")
	h.finds(cycle, "S30 2022/firearms/1.1/fr", "S30 2022/firearms/1.2/de")

	change := at(cycle, "change/2022/firearms/1")
	_, err := as(t, h, policy.Actor{Name: "Eva", Body: "se"}).OpenItem(t.Context(), service.OpenItem{
		Subject: change, Statement: service.Statement{Date: date("2022-04-01")},
		Opening: policy.Opening{Title: "A third action", Due: date("2022-06-20")},
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := assessed(twoActions())
	third := plan.Actions[0]
	third.Code, third.Title, third.Kind, third.From = "1.3", "Search together", "operational", date("2022-07-01")
	plan.Actions = append(plan.Actions, third)
	h.hands("se", change, "2022-04-10", plan)
	note := adoption(policy.SupportTeam, change, policy.TookNote, "2022-05-01")
	note.By = policy.Actor{Name: "Tom", Body: policy.SupportTeam}
	h.soon(func() (*service.Receipt, error) { return h.Decide(t.Context(), note) })
	h.decides(policy.COSISupportGroup, change, policy.TookNote, "2022-06-01")
	h.decides(policy.COSI, change, policy.Adopted, "2022-06-20")

	progress := func(code string, status policy.ActionStatus) policy.Row {
		return row(policy.RegProgress, "2022/firearms/final/"+code, "2022-12-20", &policy.Progress{
			Status: status, Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(7)}},
		})
	}
	h.counts(cycle)
	if err := h.enters("se", cycle, progress("1.1", policy.Completed), progress("1.2", policy.Ongoing)); err != nil {
		t.Fatal(err)
	}
	closing := service.CloseRound{Report: report, Statement: service.Statement{Date: date("2023-01-10")}}
	eva := as(t, h, policy.Actor{Name: "Eva", Body: "se"})
	_, err = eva.CloseRound(t.Context(), closing)
	refused(t, err, policy.CodeNotReady, "nothing was reported on 1.3")
	if err := h.enters("se", cycle, progress("1.3", policy.Completed)); err != nil {
		t.Fatal(err)
	}
	h.soon(func() (*service.Receipt, error) { return eva.CloseRound(t.Context(), closing) })
	content, err := h.FindContent(t.Context(), report, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := policy.Totals{
		Actions: 3, Statuses: []policy.StatusCount{{Status: policy.Ongoing, Count: 1}, {Status: policy.Completed, Count: 2}},
		Figures: []policy.Figure{{Indicator: "arrests", Value: policy.Whole(21)}},
	}
	if diff := cmp.Diff(want, content.Content.(*policy.Report).Totals()); diff != "" {
		t.Error(diff)
	}
	h.corrects(report, progress("1.2", policy.Completed), 21)

	again := h.takenOverAgain(cycle)
	sheet, err := h.NationalSheet(t.Context(), again, "fr")
	if err != nil || len(sheet.Consents) != 3 || !sheet.Consents[1].Leads {
		t.Errorf("the sheet of FR is %+v: %v", sheet, err)
	}
}

// takenOverAgain takes a cycle out and over under another key, which it gives, and makes sure that
// it comes out again as it went in. An empty database would do as well.
func (h *house) takenOverAgain(cycle string) string {
	h.tb.Helper()
	whole, err := h.Export(h.tb.Context(), cycle)
	if err != nil {
		h.tb.Fatal(err)
	}
	whole.Definition.Key = cycle + "-again"
	again := renamed(h.tb, whole, cycle, whole.Definition.Key)
	if _, err := as(h.tb, h, anna).Import(h.tb.Context(), *again); err != nil {
		h.tb.Fatal(err)
	}
	taken, err := h.Export(h.tb.Context(), whole.Definition.Key)
	if err != nil {
		h.tb.Fatal(err)
	}
	if diff := cmp.Diff(stated(again), stated(taken), cmp.AllowUnexported(policy.Date{})); diff != "" {
		h.tb.Errorf("what came out again differs:\n%s", diff)
	}
	return whole.Definition.Key
}

// corrects has COSI take note of a report of 2022, corrects a row of it by two arrests, and
// corrects the report: it tells so many arrests until COSI took note of the correction.
func (h *house) corrects(report policy.Subject, row policy.Row, arrests int64) {
	h.tb.Helper()
	eva, correction := as(h.tb, h, policy.Actor{Name: "Eva", Body: "se"}), report.ChangedBy("1")
	h.decides(policy.COSI, report, policy.TookNote, "2023-02-01")
	body := *row.Body.(*policy.Progress)
	body.Figures = []policy.Figure{{Indicator: "arrests", Value: body.Figures[0].Value.Plus(policy.Whole(2))}}
	row.Date, row.Body = date("2023-03-01"), &body
	if err := h.enters("se", report.Cycle, row); err != nil {
		h.tb.Fatal(err)
	}
	counted := func(want int64, differs bool) {
		h.tb.Helper()
		round, err := h.FindRound(h.tb.Context(), report)
		if err != nil || round.Totals.Figures[0].Value != policy.Whole(want) || len(round.Differences) > 0 != differs {
			h.tb.Errorf("the report comes to %+v, %v", round, err)
		}
		summary, err := h.Summary(h.tb.Context(), report.Cycle, rules.SummaryFilter{Year: 2022})
		if err != nil || summary.Totals.Figures[0].Value != policy.Whole(want) {
			h.tb.Errorf("the year comes to %+v, %v", summary, err)
		}
	}
	counted(arrests, true)
	closing := service.CloseRound{Report: report, Statement: service.Statement{Date: date("2023-03-02")}}
	_, err := eva.CloseRound(h.tb.Context(), closing)
	refused(h.tb, err, policy.CodeAlreadyDecided, "which is opened first: correction/2022/firearms/final/NUMBER")
	_, err = eva.OpenItem(h.tb.Context(), service.OpenItem{
		Subject: correction, Statement: closing.Statement, Opening: policy.Opening{Title: "Two arrests more", Due: date("2023-04-20")},
	})
	if err != nil {
		h.tb.Fatal(err)
	}
	closing.Report = correction
	h.soon(func() (*service.Receipt, error) { return eva.CloseRound(h.tb.Context(), closing) })
	counted(arrests, true)
	h.decides(policy.COSI, correction, policy.TookNote, "2023-04-01")
	counted(arrests+2, false)
	compared, err := h.CompareVersions(h.tb.Context(), correction, 0, 0)
	if err != nil || compared.Against != report.Path() || len(compared.Differences) != 2 {
		h.tb.Errorf("it corrects %+v, %v", compared, err)
	}
	if document, err := h.FindContent(h.tb.Context(), report, 0); err != nil || document.ReplacedBy != correction.Path() {
		h.tb.Errorf("the report is %+v, %v", document, err)
	}
}

// renamed gives a whole cycle under another key, with IDs of its own.
func renamed(tb testing.TB, w *service.Whole, from, to string) *service.Whole {
	tb.Helper()
	text, err := json.Marshal(w.Acts)
	if err != nil {
		tb.Fatal(err)
	}
	other := *w
	other.Acts = nil
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), from+"/", to+"/")), &other.Acts); err != nil {
		tb.Fatal(err)
	}
	other.Files = map[string]policy.File{}
	ids := map[string]string{}
	for i, act := range w.Acts {
		id := fmt.Sprintf("%s-%d", to, i)
		if file, is := w.Files[act.ID]; is {
			other.Files[id] = file
		}
		ids[act.ID], other.Acts[i].ID = id, id
		other.Acts[i].Act = other.Acts[i].Referring(func(id string) string { return ids[id] })
	}
	return &other
}

// stated is what was said and done, without when it came here.
func stated(w *service.Whole) service.Whole {
	said := *w
	said.Acts = nil
	for _, act := range w.Acts {
		act.Digest, act.Content, act.ArrivedOn, act.Stated = "", "", policy.Date{}, ""
		said.Acts = append(said.Acts, act)
	}
	return said
}

// settledBy gives the ID of the decision that settled a subject.
func (h *house) settledBy(subject policy.Subject) string {
	h.tb.Helper()
	found, err := h.FindSubject(h.tb.Context(), subject)
	if err != nil || len(found.Decisions) == 0 {
		h.tb.Fatalf("%s has the decisions %+v, %v", subject, found, err)
	}
	return found.Decisions[len(found.Decisions)-1].ID
}

// A meeting to come moves on the word of one person.
func TestAMeetingToComeIsMovedAndCancelled(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-cancelled"
	d := kept(cycle)
	today := policy.Calendar{}.Today(time.Now())
	d.ImplementationWindow.To = today.AddDays(100)
	d.Meetings = append(d.Meetings, policy.PlannedMeeting{Key: "cosi-next", Title: "COSI, the next", Body: policy.COSI, On: today.AddDays(30)})
	h.starts(d)
	pia := as(t, h, policy.Actor{Name: "Pia", Body: policy.Presidency})
	move := service.MoveMeeting{Cycle: cycle, Key: "cosi-next", On: today.AddDays(101), Reason: "The room is taken."}
	_, err := pia.MoveMeeting(t.Context(), move)
	refused(t, err, policy.CodeInvalid, "past the end of the cycle")
	move.On = today.AddDays(37)
	if _, err := pia.MoveMeeting(t.Context(), move); err != nil {
		t.Fatal(err)
	}
	if _, err := pia.CancelMeeting(t.Context(), service.CancelMeeting{Cycle: cycle, Key: move.Key, Reason: "Nothing is ripe."}); err != nil {
		t.Fatal(err)
	}
	m, err := pia.FindMeeting(t.Context(), cycle, move.Key)
	if err != nil || m.On != move.On || m.Cancelled != today {
		t.Errorf("it stands at %+v, %v", m, err)
	}
	_, err = as(t, h, anna).AmendCycle(t.Context(), service.AmendCycle{Cycle: cycle, Amendment: policy.Amendment{Reason: "tidied", Meetings: d.Meetings[:1]}})
	refused(t, err, policy.CodeInvalid, "the meeting cosi-next of")
}

func TestAMeetingMovesWithAllThatHangsOnIt(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-moved"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	h.hands("se", oap, "2021-11-01", assessed(twoActions()))
	due := func() policy.Date {
		found, err := h.FindSubject(t.Context(), oap)
		if err != nil {
			t.Fatal(err)
		}
		return found.TurnDue
	}
	if due() != date("2021-12-10") {
		t.Errorf("the OAP is due on %s", due())
	}
	move := service.MoveMeeting{Cycle: cycle, Key: "cosi-2021-12", On: date("2021-12-16")}
	pia := as(t, h, policy.Actor{Name: "Pia", Body: policy.Presidency})
	_, err := pia.MoveMeeting(t.Context(), move)
	refused(t, err, policy.CodeInvalid, "say why")
	// Its day has passed: two people stand for the decision on which a wrong one is put right.
	move.Reason = "The calendar had the wrong day."
	_, err = pia.MoveMeeting(t.Context(), move)
	refused(t, err, policy.CodeInvalid, "the meeting cosi-2021-12 was on 2021-12-10")
	_, err = pia.CancelMeeting(t.Context(), service.CancelMeeting{Cycle: cycle, Key: move.Key, Reason: "It is over."})
	refused(t, err, policy.CodeInvalid, "it stays in the calendar")
	move.Decision = h.settledBy(at(cycle, "masp/general"))
	if _, err := pia.MoveMeeting(t.Context(), move); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the due date has moved", func() bool { return due() == date("2021-12-16") })
	if amendments := h.cycle(cycle).Amendments; len(amendments) != 1 || amendments[0].Reason != move.Reason {
		t.Errorf("the reason is not kept: %+v", amendments)
	}
}

func TestWhoHoldsThePostOfTheDriverHandsThePlanIn(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "kept-posts"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	turn := func() []policy.Body {
		found, err := h.FindSubject(t.Context(), oap)
		if err != nil {
			t.Fatal(err)
		}
		return found.Turn
	}
	eventually(t, "the OAP is awaited from its driver", func() bool { return slices.Equal(turn(), []policy.Body{"se", policy.SupportTeam}) })

	vacant := row(policy.RegPosts, "driver/firearms", "2021-10-20", &policy.Holding{Acting: policy.SupportTeam})
	if err := h.enters(policy.SupportTeam, cycle, vacant); err != nil {
		t.Fatal(err)
	}
	if got := turn(); !slices.Equal(got, []policy.Body{policy.SupportTeam}) {
		t.Errorf("while the post is vacant it is awaited from %v", got)
	}
	filled := row(policy.RegPosts, "driver/firearms", "2021-11-05", &policy.Holding{Holder: "fr", Person: "officer-9"})
	filled.Reason = "SE withdrew."
	if err := h.enters(policy.SupportTeam, cycle, filled, row(policy.RegPosts, "co-driver/firearms", "2021-11-05", &policy.Holding{Holder: policy.Europol})); err != nil {
		t.Fatal(err)
	}
	if got := turn(); !slices.Equal(got, []policy.Body{"fr", policy.Europol, policy.SupportTeam}) {
		t.Errorf("once it is filled it is awaited from %v", got)
	}
	text, err := json.Marshal(assessed(twoActions()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = as(t, h, policy.Actor{Name: "Eva", Body: "se"}).Submit(t.Context(), service.Submit{Subject: oap, Statement: service.Statement{Date: date("2021-11-10")}, Content: text})
	refused(t, err, policy.CodeNotCompetent, "Sweden may not hand in")
	h.hands("fr", oap, "2021-11-10", assessed(twoActions()))

	history, err := h.ListRows(t.Context(), service.RowFilter{Cycle: cycle, Register: policy.RegPosts, History: true})
	if err != nil || len(history) != 3 {
		t.Errorf("the history of the posts is %+v: %v", history, err)
	}
}
