package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// A cycle of which every OAP and report is EU RESTRICTED: nothing is kept here but
// their numbers, and who holds them.
func TestACycleClosesOnRegisterEntriesAlone(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "restricted"
	d := past(cycle)
	d.Stores = []string{"oap", "report"}
	h.starts(d)
	entry := func(by policy.Body, path, on string) {
		t.Helper()
		in := service.Submit{
			Subject: at(cycle, path), Statement: service.Statement{Date: date(on)}, Document: "EX 1/21 INIT",
			Marking: policy.Restricted, Content: []byte(`{"actions": []}`), Holder: "registry of the Council",
		}
		eva := as(t, h, policy.Actor{Name: "Eva", Body: by})
		_, err := eva.Submit(t.Context(), in)
		eventually(t, "the subject is open", func() bool { _, err = eva.Submit(t.Context(), in); return policy.CodeOf(err) != policy.CodeNotOpen })
		refused(t, err, policy.CodeMarking, "above LIMITE")
		in.Content, in.Holder = nil, ""
		_, err = eva.Submit(t.Context(), in)
		refused(t, err, policy.CodeInvalid, "say who holds it")
		in.Holder = "registry of the Council"
		if _, err = eva.Submit(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	h.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	h.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	entry("se", "oap/2022/firearms", "2021-11-01")
	h.decides(policy.COSI, at(cycle, "oap/2022/firearms"), policy.Adopted, "2021-12-08")
	entry("se", "report/2022/firearms/final", "2023-01-20")
	h.decides(policy.COSI, at(cycle, "report/2022/firearms/final"), policy.TookNote, "2023-02-10")
	h.submits(policy.Evaluator, at(cycle, "evaluation"), "2022-10-01")
	h.decides(policy.COSI, at(cycle, "evaluation"), policy.TookNote, "2022-10-20")
	h.closes(cycle)
	found, err := h.FindSubject(t.Context(), at(cycle, "oap/2022/firearms"))
	if err != nil || found.Versions[0].Marking != policy.Restricted || found.Versions[0].Holder != "registry of the Council" {
		t.Errorf("the register says %+v, %v", found, err)
	}
	if _, err := h.FindContent(t.Context(), at(cycle, "oap/2022/firearms"), 0); policy.CodeOf(err) != policy.CodeUnknown {
		t.Errorf("its content: %v", err)
	}
	lines, err := h.Compliance(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines { // what looks into OAPs names the one that it could not look into
		needs := rules.FindRule(line.Rule).Needs
		above := func(g rules.Gap) bool { return g.What == "oap" && g.Cause == rules.AboveCeiling && g.Number == 1 }
		switch {
		case slices.Contains(needs, "oap") && !slices.ContainsFunc(line.Gaps, above):
			t.Errorf("%s is %s: %+v", line.Rule, line.Result, line.Gaps)
		case len(needs) > 0 && (line.Result == rules.Holds || line.Result == rules.DeclaredOnly):
			t.Errorf("%s is %s, and needs %v: %+v", line.Rule, line.Result, needs, line.Gaps)
		}
	}
}

func TestASilenceProcedureEndsOnceSomebodySaysThatNobodyObjected(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "silence"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	masp := at(cycle, "masp/general")
	h.submits(policy.Commission, masp, "2021-10-01")
	if _, err := as(t, h, policy.Actor{Name: "Jan", Body: "nl"}).TakePosition(t.Context(), service.Position{Subject: masp, Delegation: "nl", Stance: policy.Reserves, Statement: service.Statement{Date: date("2021-10-02")}}); err != nil {
		t.Fatal(err)
	}
	launched, err := as(t, h, anna).Launch(t.Context(), service.Launch{Subject: masp, Body: policy.COSI, Deadline: date("2021-10-15"), Document: "EX 1/21 INIT", Statement: service.Statement{Date: date("2021-10-05")}})
	if err != nil || launched.Standing.Pending == "" {
		t.Fatalf("%+v, %v", launched, err)
	}
	if _, err := as(t, h, second).Confirm(t.Context(), service.Second{Record: launched.ID}); err != nil {
		t.Fatal(err)
	}
	found, err := h.FindSubject(t.Context(), masp)
	if err != nil || found.State != policy.StateDeciding || found.Silence == nil || len(found.Positions) != 1 || !found.Positions[0].Reservation {
		t.Errorf("while a reservation stands: %+v, %v", found, err)
	}
	if slices.Contains(found.Outcomes, policy.TookNote) || !slices.Contains(found.Outcomes, policy.Adopted) {
		t.Errorf("COSI can conclude %v on a MASP", found.Outcomes)
	}
	if _, err := as(t, h, policy.Actor{Name: "Jan", Body: "nl"}).TakePosition(t.Context(), service.Position{Subject: masp, Delegation: "nl", Stance: policy.Lifts}); err != nil {
		t.Fatal(err)
	}
	decide := service.Decide{Act: policy.Act{Subject: masp, Body: policy.COSI, Outcome: policy.Adopted, Procedure: policy.SilenceProcedure, Document: "EX 2/21 INIT"}}
	if r, err := as(t, h, anna).Decide(t.Context(), decide); err != nil || !r.Standing.Positive() {
		t.Fatalf("%+v, %v", r, err)
	}
	late := service.Position{Subject: masp, Delegation: "nl", Stance: policy.Objects, Statement: service.Statement{Date: date("2021-10-15")}}
	if r, err := as(t, h, policy.Actor{Name: "Jan", Body: "nl"}).TakePosition(t.Context(), late); err != nil || r.Standing.State != policy.StateDeciding {
		t.Fatalf("an objection of the last day that is entered later: %+v, %v", r, err)
	}
	again := service.Launch{Subject: masp, Body: policy.COSI, Deadline: date("2021-10-25"), Document: "EX 3/21 INIT", Statement: service.Statement{Date: date("2021-10-18")}}
	if launched, err = as(t, h, anna).Launch(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if _, err := as(t, h, second).Confirm(t.Context(), service.Second{Record: launched.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := as(t, h, policy.Actor{Name: "Jan", Body: "nl"}).TakePosition(t.Context(), service.Position{Subject: masp, Delegation: "nl", Stance: policy.Agrees, Statement: service.Statement{Date: date("2021-10-20")}}); err != nil {
		t.Fatal(err)
	}
	decide.Document = "EX 4/21 INIT"
	if r, err := as(t, h, anna).Decide(t.Context(), decide); err != nil || !r.Standing.Positive() {
		t.Fatalf("%+v, %v", r, err)
	}
	if found, err = h.FindSubject(t.Context(), masp); err != nil {
		t.Fatal(err)
	}
	if d := found.Decisions[len(found.Decisions)-1]; found.ClosedOn != date("2021-10-25") || d.Procedure != policy.SilenceProcedure || d.Awaits != "" || d.Reference != "EX 4/21 INIT" {
		t.Errorf("it ended as %+v", found)
	}
	h.submits("se", at(cycle, "oap/2022/firearms"), "2021-11-01") // the cycle goes on

	whole, err := h.Export(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	whole.Definition.Key = cycle + "-again"
	if _, err := as(t, h, anna).Import(t.Context(), *renamed(t, whole, cycle, whole.Definition.Key)); err != nil {
		t.Fatal(err)
	}
	if found, err = h.FindSubject(t.Context(), at(whole.Definition.Key, "masp/general")); err != nil || found.ClosedOn != date("2021-10-25") {
		t.Errorf("taken over it stands at %+v, %v", found, err)
	}
}

func TestASubstantiveCorrigendumMakesADecisionStaleUntilItIsAdoptedAnew(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "corrected"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	priorities := at(cycle, "priorities")
	stale := func() bool {
		t.Helper()
		found, err := h.FindSubject(t.Context(), priorities)
		if err != nil || found.Stale != found.Decisions[0].Stale || h.cycle(cycle).Decisions[0].Stale != found.Stale {
			t.Errorf("it does not show everywhere: %+v, %v", found, err)
		}
		return found.Stale
	}
	if _, err := as(t, h, anna).Correct(t.Context(), service.Correct{Subject: priorities, Document: "EX 1/21 COR 1", Statement: service.Statement{Date: date("2021-06-01")}}); err != nil || stale() {
		t.Errorf("a linguistic corrigendum: %v", err)
	}
	second, err := as(t, h, anna).Correct(t.Context(), service.Correct{
		Subject: priorities, Document: "EX 1/21 COR 2", Statement: service.Statement{Date: date("2021-06-02")}, Substantive: true,
		Content: []byte("%PDF-1.7"), MediaType: "application/pdf",
	})
	if err != nil || !stale() {
		t.Errorf("a substantive one: %v", err)
	}
	h.readsAgain(t, cycle, priorities, second.ID)
	item := at(cycle, "item/corrigendum")
	if _, err := as(t, h, policy.Actor{Name: "Pia", Body: policy.Presidency}).OpenItem(t.Context(), service.OpenItem{Subject: item, Statement: service.Statement{Date: date("2021-06-03")}, Opening: policy.Opening{
		Title: "Corrigendum", Due: date("2021-07-01"), Through: []policy.Body{policy.Council}, Adopts: second.ID,
	}}); err != nil {
		t.Fatal(err)
	}
	h.submits(policy.Presidency, item, "2021-06-04")
	h.decides(policy.Council, item, policy.Adopted, "2021-06-20")
	if stale() {
		t.Error("adopted anew it is still stale")
	}
}

// readsAgain reads the text of a corrigendum, here, after it was taken out and taken over
// again, and in the dossier; the public does not.
func (h *house) readsAgain(t *testing.T, cycle string, subject policy.Subject, record string) {
	t.Helper()
	reads := func(subject policy.Subject) {
		t.Helper()
		file, err := as(t, h, anna).FindFile(t.Context(), subject, record)
		if err != nil || string(file.Body) != "%PDF-1.7" || file.MediaType != "application/pdf" || file.Document != "EX 1/21 COR 2" || file.Marking != policy.Limite {
			t.Errorf("the text is %+v, %v", file, err)
		}
	}
	reads(subject)
	found, err := h.FindSubject(t.Context(), subject)
	if err != nil || len(found.Corrigenda) != 2 || found.Corrigenda[0].Content != "" || found.Corrigenda[1].Content == "" {
		t.Errorf("the corrigenda are %+v, %v", found, err)
	}
	if _, err := h.As(policy.Principal{}).FindFile(t.Context(), subject, record); policy.CodeOf(err) != policy.CodeMarking {
		t.Errorf("the public reads it: %v", err)
	}
	whole, err := h.Export(t.Context(), cycle)
	if err != nil {
		t.Fatal(err)
	}
	whole.Definition.Key = cycle + "-again"
	again := renamed(t, whole, cycle, whole.Definition.Key)
	if _, err := as(t, h, anna).Import(t.Context(), *again); err != nil {
		t.Fatal(err)
	}
	for _, act := range again.Acts {
		if act.Document == "EX 1/21 COR 2" {
			record = act.ID
		}
	}
	reads(at(whole.Definition.Key, "priorities"))
}

func TestEverybodySeesWhatTheyMay(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	in := sound(t, "seen")
	h.takesOver(in)
	row1 := row(policy.RegAttendance, in.Definition.Meetings[0].Key+"/fr", in.Definition.Meetings[0].On.String(), &policy.Attendance{Level: "expert"})
	if err := h.enters(policy.GeneralSecretariat, "seen", row1); err != nil {
		t.Fatal(err)
	}
	public := h.As(policy.Principal{})
	attended := func(svc service.Service) int {
		t.Helper()
		rows, err := svc.ListRows(t.Context(), service.RowFilter{Cycle: "seen", Register: policy.RegAttendance, Prefix: row1.Key[:len(row1.Key)-2]})
		if err != nil {
			t.Error(err)
		}
		return len(slices.DeleteFunc(rows, func(r policy.Row) bool { return r.Key != row1.Key }))
	}
	for body, want := range map[policy.Body]int{"fr": 1, "de": 0, policy.Commission: 0, policy.Europol: 0, policy.Presidency: 1, policy.GeneralSecretariat: 1, policy.SupportTeam: 1, policy.CourtOfAuditors: 1} {
		if got := attended(h.as(body)); got != want {
			t.Errorf("%s sees %d rows of the attendance of fr, want %d", body, got, want)
		}
		_, err := h.as(body).NationalSheet(t.Context(), "seen", "fr")
		if (err == nil) != (want == 1) {
			t.Errorf("%s and the sheet of fr: %v", body, err)
		}
	}
	oap := at("seen", "oap/2022/firearms")
	reads := map[string]func(service.Service) error{
		"content":  func(s service.Service) error { _, err := s.FindContent(t.Context(), oap, 0); return err },
		"versions": func(s service.Service) error { _, err := s.CompareVersions(t.Context(), oap, 0, 0); return err },
		"findings": func(s service.Service) error {
			_, err := s.Findings(t.Context(), "seen", service.FindingFilter{})
			return err
		},
		"rows": func(s service.Service) error {
			_, err := s.ListRows(t.Context(), service.RowFilter{Cycle: "seen"})
			return err
		},
		"trail": func(s service.Service) error {
			_, err := s.Trail(t.Context(), "seen", service.TrailFilter{})
			return err
		},
		"inbox": func(s service.Service) error {
			_, err := s.Inbox(t.Context(), service.InboxFilter{Cycle: "seen"})
			return err
		},
		"round": func(s service.Service) error {
			_, err := s.FindRound(t.Context(), at("seen", "report/2022/firearms/may"))
			return err
		},
		"money": func(s service.Service) error { _, err := s.Money(t.Context(), "seen"); return err },
		"summary": func(s service.Service) error {
			_, err := s.Summary(t.Context(), "seen", rules.SummaryFilter{})
			return err
		},
		"sheet": func(s service.Service) error { _, err := s.NationalSheet(t.Context(), "seen", "fr"); return err },
		"handover": func(s service.Service) error {
			_, err := s.Handover(t.Context(), "seen", date("2022-07-01"))
			return err
		},
		"script":        func(s service.Service) error { _, err := s.FindScript(t.Context(), "seen"); return err },
		"scripted rows": func(s service.Service) error { _, err := s.FindScriptedRows(t.Context(), "seen"); return err },
		"scripts":       func(s service.Service) error { _, err := s.ListScripts(t.Context()); return err },
		"meeting": func(s service.Service) error {
			_, err := s.FindMeeting(t.Context(), "seen", in.Definition.Meetings[0].Key)
			return err
		},
	}
	for name, read := range reads {
		for who, svc := range map[string]service.Service{"the public": public, "Switzerland": h.as("ch"), "Interpol": h.as(policy.Interpol), "private partners": h.as(policy.PrivatePartners)} {
			if err := read(svc); policy.CodeOf(err) != policy.CodeMarking {
				t.Errorf("%s reads %s: %v", who, name, err)
			}
		}
	}
	for _, svc := range []service.Service{public, h.as("ch"), h.as("fr"), h.as(policy.Commission)} {
		if _, err := svc.Export(t.Context(), "seen"); policy.CodeOf(err) != policy.CodeNotCompetent {
			t.Errorf("exported: %v", err)
		}
	}
	c, err := public.FindCycle(t.Context(), "seen")
	if err != nil || len(c.Decisions) == 0 || len(c.Waiting) > 0 || c.Overdue != nil || c.Open != nil {
		t.Fatalf("the public sees %+v, %v", c, err)
	}
	for _, d := range c.Decisions {
		if d.RecordedBy != "" || d.DaysLate != 0 || d.ConfirmedBy != "" {
			t.Errorf("the public sees who recorded it, and how late: %+v", d)
		}
	}

	// What is released to Switzerland, Switzerland reads, and nobody else.
	released := row(policy.RegReleases, "oap/2022/firearms", "2023-01-01", &policy.Release{To: []policy.Body{"ch"}, Document: "EX 9/23 INIT"})
	refused(t, h.enters("fr", "seen", released), policy.CodeNotCompetent, "may not enter")
	if err := h.enters(policy.GeneralSecretariat, "seen", released); err != nil {
		t.Fatal(err)
	}
	if _, err := h.as("ch").FindContent(t.Context(), oap, 0); err != nil {
		t.Errorf("what was released: %v", err)
	}
	if _, err := h.as(policy.Interpol).FindContent(t.Context(), oap, 0); policy.CodeOf(err) != policy.CodeMarking {
		t.Errorf("what was released to another: %v", err)
	}

	// Who read it is recorded, where that is wanted.
	watched := as(t, h.RecordingReads(), policy.Actor{Name: "Reader", Body: "fr"})
	if _, err := watched.FindContent(t.Context(), oap, 0); err != nil {
		t.Fatal(err)
	}
	list, err := as(t, h, auditor).ListReads(t.Context(), "seen")
	if err != nil || len(list) != 1 || list[0].By != "Reader@fr" || list[0].Subject != oap {
		t.Errorf("the reads are %+v, %v", list, err)
	}
}

// as gives the service as somebody at a body sees it; "" is the public.
func (h *house) as(by policy.Body) service.Service {
	h.tb.Helper()
	if by == "" {
		return h.As(policy.Principal{})
	}
	return as(h.tb, h, policy.Actor{Name: "Reader", Body: by})
}

func (h *house) sees(by policy.Body, subject policy.Subject) *service.Subject {
	h.tb.Helper()
	found, err := h.as(by).FindSubject(h.tb.Context(), subject)
	if err != nil {
		h.tb.Fatal(err)
	}
	return found
}

func TestWhoObjectedIsForThatDelegationAndThoseWhoSteer(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "objected"
	h.starts(past(cycle))
	h.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	h.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	h.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	masp := at(cycle, "masp/general")
	h.submits(policy.Commission, masp, "2021-10-01")
	if err := as(t, h, anna).Claim(t.Context(), service.Claim{Subject: masp}); err != nil {
		t.Fatal(err)
	}
	deadline := policy.Calendar{}.Today(time.Now()).AddDays(30)
	launched, err := as(t, h, anna).Launch(t.Context(), service.Launch{Subject: masp, Body: policy.COSI, Deadline: deadline, Document: "EX 1/21 INIT"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := as(t, h, second).Confirm(t.Context(), service.Second{Record: launched.ID}); err != nil {
		t.Fatal(err)
	}
	jan := policy.Actor{Name: "Jan", Body: "nl"}
	if _, err := as(t, h, jan).TakePosition(t.Context(), service.Position{Subject: masp, Delegation: "nl", Stance: policy.Objects}); err != nil {
		t.Fatal(err)
	}
	agrees, err := as(t, h, policy.Actor{Name: "Nina", Body: "fr"}).TakePosition(t.Context(), service.Position{Subject: masp, Delegation: "fr", Stance: policy.Agrees})
	if err != nil || agrees.Standing.Silence == nil || agrees.Standing.Silence.BrokenBy != "" || !agrees.Standing.Silence.Broken {
		t.Errorf("the receipt of another delegation tells %+v, %v", agrees, err)
	}
	for body, want := range map[policy.Body]policy.Body{
		"nl": "nl", policy.Presidency: "nl", policy.GeneralSecretariat: "nl", policy.CourtOfAuditors: "nl", "fr": "", policy.Commission: "",
	} {
		found := h.sees(body, masp)
		if q := found.Silence; q == nil || q.BrokenBy != want || !q.Broken || q.Open(deadline) {
			t.Errorf("%s sees of the silence procedure %+v, want broken by %q", body, q, want)
		}
	}
	for _, body := range []policy.Body{"", "ch", policy.Interpol} {
		v := h.sees(body, masp)
		if v.Silence != nil || v.ClaimedBy != "" || v.Pending != "" || v.Awaits != "" || v.Version != 0 || !v.TurnDue.IsZero() || !v.Since.IsZero() ||
			len(v.Corrigenda)+len(v.Positions)+len(v.Turn)+len(v.Outcomes)+len(v.May)+len(v.Notices) > 0 {
			t.Errorf("%q sees %+v", body, v)
		}
	}
	if v := h.sees("fr", masp); v.ClaimedBy == "" || v.Awaits == "" || v.Version != 1 || len(v.Outcomes) == 0 {
		t.Errorf("a delegation sees %+v", v)
	}
}

func TestThePublicSeesNothingOfAnItemBeforeItIsSettled(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "hushed"
	h.starts(kept(cycle))
	h.toPlans(cycle)
	item := at(cycle, "item/attack")
	h.soon(func() (*service.Receipt, error) {
		return as(t, h, anna).OpenItem(t.Context(), service.OpenItem{Subject: item, Statement: service.Statement{Date: date("2021-10-20")}, Opening: policy.Opening{
			Title: "After the attack", Due: date("2021-12-01"), Through: []policy.Body{policy.COSI, policy.Council},
		}})
	})
	h.submits(policy.Presidency, item, "2021-10-25")
	h.decides(policy.COSI, item, policy.TookNote, "2021-11-10")
	if _, err := as(t, h, anna).MoveMeeting(t.Context(), service.MoveMeeting{Cycle: cycle, Key: "cosi-2021-12", On: date("2021-12-14"), Reason: "the minister was ill", Decision: h.settledBy(at(cycle, "masp/general"))}); err != nil {
		t.Fatal(err)
	}
	decided := func(c *service.Cycle) bool {
		return slices.ContainsFunc(c.Decisions, func(d service.Decision) bool { return d.Subject == item })
	}
	seen := func(by policy.Body) *service.Cycle {
		t.Helper()
		c, err := h.as(by).FindCycle(t.Context(), cycle)
		if err != nil || len(c.Amendments) != 1 {
			t.Fatalf("%+v, %v", c, err)
		}
		return c
	}
	if c := seen("fr"); len(c.Items) != 1 || !decided(c) || c.Amendments[0].Reason == "" {
		t.Errorf("a delegation sees %+v", c)
	}
	if c := seen(""); len(c.Items) != 0 || decided(c) || c.Amendments[0].Reason != "" {
		t.Errorf("the public sees %+v", c)
	}
	_, err := h.as("").FindSubject(t.Context(), item)
	refused(t, err, policy.CodeMarking, "may not be read")
	h.decides(policy.Council, item, policy.Adopted, "2021-12-01")
	if c := seen(""); len(c.Items) != 1 || !decided(c) || h.sees("", item).Outcome != policy.Adopted {
		t.Errorf("once it is settled the public sees %+v", c)
	}
}

func TestWhoIsKnownHereIsForAdministrationsAndAccountsForWhoManagesThem(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	jan := policy.Actor{Name: "Jan of the accounts", Body: "nl"}
	as(t, h, jan)
	for body, want := range map[policy.Body]string{"fr": "", policy.GeneralSecretariat: "", policy.Operator: "local jan of the accounts"} {
		people, err := h.as(body).ListPeople(t.Context())
		at := slices.IndexFunc(people, func(p service.Person) bool { return p.Name == jan.Name })
		if err != nil || at < 0 {
			t.Fatalf("%s is told of %d people, %v", body, len(people), err)
		}
		if got := strings.Join(people[at].Accounts, ", "); got != want {
			t.Errorf("%s sees the accounts %q, want %q", body, got, want)
		}
	}
	for _, body := range []policy.Body{"ch", policy.Interpol, policy.PrivatePartners} {
		_, err := h.as(body).ListPeople(t.Context())
		refused(t, err, policy.CodeMarking, "may not be read")
	}
}

// Content may be read in a document, and as well in a draft made of it, in the plan
// of the next period, in a whole cycle or in a dossier.
func TestHoweverContentIsReadItIsRecorded(t *testing.T) {
	t.Parallel()
	h := enter(t, 0)
	h.works()
	const cycle = "reads"
	d := kept(cycle)
	d.ImplementationWindow.To = date("2023-12-31")
	next := d.Periods[0]
	next.Key, next.From, next.To, next.Drafting, next.Due = "2023", date("2023-01-01"), date("2023-12-31"), date("2022-09-01"), date("2022-12-10")
	next.Reports = []policy.Round{{Key: "final", Opens: date("2023-12-01"), Due: date("2024-02-15")}}
	d.Periods = append(d.Periods, next)
	h.starts(d)
	h.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	h.awaits(oap, policy.StateDrafting)
	h.hands("se", oap, cleanPlanDate, assessed(twoActions()))
	reads := 0
	records := func(by policy.Actor, want int, what string, read func(svc service.Service) error) {
		t.Helper()
		if err := read(as(t, h.RecordingReads(), by)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		list, err := as(t, h, auditor).ListReads(t.Context(), cycle)
		if err != nil || len(list) != reads+want || want == 1 && list[reads].Subject != oap {
			t.Errorf("%s: the reads are %+v, %v, want %d more than %d", what, list, err, want, reads)
		}
		reads = len(list)
	}
	dagny := policy.Actor{Name: "Dagny", Body: "se"}
	records(dagny, 1, "the draft of a new version", func(s service.Service) error { _, err := s.FindDraft(t.Context(), oap); return err })
	records(dagny, 0, "an empty draft", func(s service.Service) error {
		_, err := s.FindDraft(t.Context(), at(cycle, "oap/2023/firearms"))
		return err
	})
	records(dagny, 1, "the plan of the next period", func(s service.Service) error {
		_, err := s.RollOver(t.Context(), at(cycle, "oap/2023/firearms"))
		return err
	})
	const documents = 4 // assessment, conclusions, MASP, OAP
	records(anna, documents, "a whole cycle", func(s service.Service) error { _, err := s.Export(t.Context(), cycle); return err })
	records(auditor, documents, "a dossier", func(s service.Service) error { _, err := s.Dossier(t.Context(), cycle); return err })
}
