package web_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/policycycle/policycycle/examples"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// house is a service with one small cycle, in which everybody may do everything and
// every act is refused. What the pages make of it is what these tests are about.
type house struct {
	service.Service
	acts atomic.Int64 // how many were asked for
	// theirs is the draft that somebody else has saved meanwhile.
	theirs atomic.Pointer[service.Draft]
	saved  atomic.Pointer[service.SaveDraft]
	asked  atomic.Pointer[policy.Act] // the version that an act was asked for on, last
	// meets changes the meeting of December, and confirms says which outcomes are
	// confirmed and which refused; nil for nothing else.
	meets    func(*rules.MeetingView)
	confirms func(record string) bool
	meetings []policy.PlannedMeeting // more of them
	compares error                   // why versions cannot be compared; nil where they can
	looked   atomic.Pointer[looked]  // how it was asked for findings last
	// bare is what stands here of the OAP on firearms, whose text is held elsewhere; nil for
	// the whole.
	bare *policy.OperationalPlan
}

var on = policytest.Date

func at(path string) policy.Subject { return policytest.Subject("small", path) }

// The days of the small cycle: the meeting of December is past, that of March to come.
var today, december, march = on("2021-12-09"), on("2021-12-08"), on("2022-03-10")

func (h *house) As(who policy.Principal) service.Service { return &reader{h, who} }

func (h *house) refuse() error {
	h.acts.Add(1)
	return policy.Refuse(policy.CodeNotReady, "not on %s", today)
}

// refuseOn takes note of the version that an act is on.
func (h *house) refuseOn(on policy.Subject, version int, digest string) error {
	h.asked.Store(&policy.Act{Subject: on, Version: version, Digest: digest})
	return h.refuse()
}

// subject is one on which everything may be done.
func subject(path, title string, state policy.State) service.Subject {
	s := at(path)
	return service.Subject{
		Subject: s, Path: path, Title: title, Priority: "firearms", State: state, Turn: []policy.Body{policy.COSI}, Since: on("2021-11-01"),
		TurnDue: december, Due: december, Overdue: true, Version: 2,
		Versions: []service.Version{
			{ID: "v1", Version: 1, Digest: "sha256:1", Date: on("2021-11-01"), Due: on("2021-11-01"), By: "Dagny@se", Marking: policy.Limite},
			{ID: "v2", Version: 2, Digest: "sha256:2", Document: "ST 2/21 INIT", Date: on("2021-11-20"), Due: on("2021-11-20"), By: "Dagny@se", Marking: policy.Limite},
		},
		May:      []policy.Deed{policy.Deed(policy.ActDecide), policy.Deed(policy.ActSubmit), policy.Deed(policy.ActPosition), policy.Deed(policy.ActLaunch), policy.Deed(policy.ActCorrect), policy.Deed(policy.ActFinalise), policy.Deed(policy.ActConfirm), policy.Deed(policy.ActSetAside), policy.DeedClaim, policy.DeedRemind},
		Outcomes: policy.Outcomes, Awaits: "decision",
	}
}

func decision(id, path string, change func(*service.Decision)) service.Decision {
	d := service.Decision{
		ID: id, Subject: at(path), Version: 2, Body: policy.COSI, Outcome: policy.Adopted, Date: december, Procedure: policy.Meeting,
		Meeting: "COSI, December 2021", Reference: "ST 3/21 INIT", RecordedBy: "Anna@general-secretariat", Digest: "sha256:2",
	}
	change(&d)
	return d
}

// seconding is what a second person may do.
var seconding = []policy.Deed{policy.Deed(policy.ActConfirm), policy.Deed(policy.ActSetAside)}

var waiting = decision("waits", "oap/2022/drugs", func(d *service.Decision) { d.Awaits = "confirmation" })

var subjects = map[string]service.Subject{
	"priorities": subject("priorities", "Council conclusions on the priorities", policy.StateDeciding),
	"oap/2022/firearms": func() service.Subject {
		s := subject("oap/2022/firearms", "OAP 2022 Firearms", policy.StateDeciding)
		s.May = append(s.May, policy.Deed(policy.ActOpen))
		return s
	}(),
	"oap/2022/drugs": func() service.Subject {
		s := subject("oap/2022/drugs", "OAP 2022 Drugs", policy.StateDeciding)
		s.Pending, s.Decisions = waiting.ID, []service.Decision{waiting}
		return s
	}(),
	"oap/2021/firearms": func() service.Subject {
		s := subject("oap/2021/firearms", "OAP 2021 Firearms", policy.StateClosed)
		s.Outcome, s.ClosedOn, s.May, s.Overdue = policy.Adopted, on("2020-12-08"), nil, false
		s.Decisions = []service.Decision{decision("settled", "oap/2021/firearms", func(*service.Decision) {})}
		return s
	}(),
	"masp/general":                 subject("masp/general", "General MASP", policy.StateDrafting),
	"report/2022/firearms/may":     subject("report/2022/firearms/may", "May 2022 report on OAP 2022 Firearms", policy.StateDrafting),
	"report/2022/drugs/may":        subject("report/2022/drugs/may", "May 2022 report on OAP 2022 Drugs", policy.StateDrafting),
	"evaluation":                   subject("evaluation", "Evaluation of the cycle", policy.StateClosed),
	"obligation/annual/2021-12-31": subject("obligation/annual/2021-12-31", "Annual report to the Council", policy.StateDrafting),
}

func (h *house) FindCycle(_ context.Context, id string) (*service.Cycle, error) {
	c := &service.Cycle{
		CycleLine:    service.CycleLine{ID: "small", Title: "A small cycle", Language: "en", Stage: policy.StageImplementation, StageSince: on("2021-12-01"), Today: today},
		PolicyWindow: policy.Window{From: on("2021-01-01"), To: on("2021-12-31")}, ImplementationWindow: policy.Window{From: on("2022-01-01"), To: on("2023-12-31")},
		Stages:     []policy.StageSpan{{Stage: policy.StageImplementation, Since: on("2021-12-01"), Planned: on("2023-12-31")}},
		Policy:     []service.Subject{subjects["priorities"], subjects["evaluation"]},
		MASPs:      []service.Subject{subjects["masp/general"]},
		Priorities: []service.Priority{{Key: "firearms", Title: "Illicit firearms", Kind: policy.PriorityCrime, Outcome: policy.Adopted}, {Key: "drugs", Title: "Drugs", Kind: policy.PriorityCrime}},
		Periods: []service.Period{
			{Key: "2021", From: on("2021-01-01"), To: on("2021-11-30"), OAPs: []service.Subject{subjects["oap/2021/firearms"]}},
			{
				Key: "2022", From: on("2021-12-01"), To: on("2022-12-31"), OAPs: []service.Subject{subjects["oap/2022/firearms"], subjects["oap/2022/drugs"]},
				Reports: []service.Subject{subjects["report/2022/firearms/may"], subjects["report/2022/drugs/may"]},
			},
		},
		Obligations: []service.Subject{subjects["obligation/annual/2021-12-31"]},
		Meetings: []policy.PlannedMeeting{
			{Key: "cosi-2021-12", Title: "COSI, December 2021", Body: policy.COSI, On: december}, {Key: "cosi-2022-03", Title: "COSI, March 2022", Body: policy.COSI, On: march},
		},
		Decisions: []service.Decision{waiting, decision("settled", "oap/2021/firearms", func(*service.Decision) {})},
		Keeps:     policy.Texts(policy.Registers()),
	}
	if id == "closed" { // and keeps no register
		c.ID, c.Keeps, c.Stages = id, nil, append(c.Stages, policy.StageSpan{Stage: policy.StageClosed, Since: on("2021-12-02")})
	}
	c.Meetings = append(c.Meetings, h.meetings...)
	if strings.Contains(id, "-rehearsal-") {
		c.ID, c.Rehearsal = id, true
	}
	return c, nil
}

func (h *house) ListCycles(ctx context.Context, f service.CycleFilter) ([]service.CycleLine, error) {
	c, err := h.FindCycle(ctx, "")
	if f.Rehearsal != nil && *f.Rehearsal {
		return nil, err
	}
	return []service.CycleLine{c.CycleLine}, err
}

func (h *house) FindScript(_ context.Context, id string) (*service.Script, error) {
	if text, err := examples.Files.ReadFile(id + "/cycle.yaml"); err == nil {
		file, err := files.ReadCycle(id, bytes.NewReader(text))
		return &service.Script{Cycle: id, Definition: file.Definition}, err
	}
	return nil, policy.Refuse(policy.CodeUnknown, "there is no cycle %q", id)
}

func (h *house) ListBodies(context.Context) (policy.BodyTable, error) { return nil, nil }

func (h *house) Inbox(context.Context, service.InboxFilter) ([]service.InboxItem, error) {
	return []service.InboxItem{
		{Subject: at("oap/2022/firearms"), Title: "OAP 2022 Firearms", Awaits: "decision", Turn: []policy.Body{policy.COSI}, Due: december},
		{Subject: at("oap/2022/drugs"), Title: "OAP 2022 Drugs", Awaits: "confirmation", Turn: []policy.Body{policy.COSI}, Due: december, ClaimedBy: "Anna@general-secretariat"},
	}, nil
}

func (h *house) FindSubject(_ context.Context, s policy.Subject) (*service.Subject, error) {
	found, is := subjects[s.Path()]
	if !is {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no %s", s)
	}
	if h.bare != nil && s.Kind == policy.KindOAP {
		found.Versions = []service.Version{{
			ID: "v2", Version: 2, Digest: "sha256:2", Document: "EX 1500/21 INIT", Date: december, Marking: policy.Restricted,
			Holder: "registry of the Council", TextDigest: "sha256:" + strings.Repeat("9f86d081", 8), Content: "sha256:3",
		}}
	}
	return &found, nil
}

func plan() *policy.OperationalPlan {
	return &policy.OperationalPlan{Actions: []policy.OperationalAction{
		{
			Code: "1.1", Title: "Trace firearms", Description: "From end to end", Leader: "se", Participants: []policy.Body{"fr"}, From: on("2022-01-01"), To: on("2022-12-31"),
			KPIs: []policy.KPI{{Indicator: "assets-confiscated", Target: policy.Whole(50)}}, BurdensOthers: true,
		},
		{Code: "1.2", Title: "Tell dealers", Leader: "fr", From: on("2022-01-01"), To: on("2022-12-31")},
	}}
}

func (h *house) FindFile(_ context.Context, s policy.Subject, record string) (*service.File, error) {
	if record != "cor-1" {
		return nil, policy.Refuse(policy.CodeUnknown, "no file is kept here of %s under that record", s)
	}
	return &service.File{
		Subject: s, Record: record, Document: "ST 15421/22 COR 1", Marking: policy.Limite, File: policy.File{MediaType: "application/pdf", Body: []byte("%PDF-1.7")},
	}, nil
}

func (h *house) FindContent(_ context.Context, s policy.Subject, version int) (*service.Document, error) {
	if version == 0 {
		version = 2
	}
	content := policy.Content(plan())
	if h.bare != nil {
		content = h.bare
	}
	if s.Kind == policy.KindMASP {
		content = &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Fewer firearms"}}}
	}
	if s.Kind == policy.KindEvaluation {
		content = &policy.EvaluationReport{Evaluator: "Ecorys", Recommendations: []policy.Recommended{{Key: "indicators", Text: "Count better", To: []policy.Body{policy.COSI}}}}
	}
	return &service.Document{Subject: s, Version: version, Content: content, Marking: policy.Limite}, nil
}

func (h *house) CompareVersions(context.Context, policy.Subject, int, int) (*service.Comparison, error) {
	if h.compares != nil {
		return nil, h.compares
	}
	return &service.Comparison{Was: 1, Is: 2, Differences: []policy.Difference{{Path: ".actions[1.1].co_leaders", Was: "se", Is: "fr"}}}, nil
}

// looked is how findings were asked for.
type looked struct {
	filter service.FindingFilter
	once   bool
}

func (h *house) Findings(ctx context.Context, _ string, filter service.FindingFilter) ([]policy.Finding, error) {
	h.looked.Store(&looked{filter, service.AsksOnce(ctx)})
	var found []policy.Finding
	say := func(f policy.Finding, format string, args ...any) {
		said := policy.Say(format, args...)
		f.Rule, f.Message, f.Said, f.Mend = "S11", said.Message, said.Said, []policy.Body{policy.Commission, policy.Commission}
		found = append(found, f)
	}
	if filter.Rule == "" {
		say(policy.Finding{Severity: policy.Warns, Subject: "report/2022/firearms/may", Record: "report/2022/firearms/may"}, "%s fell due on %s", at("report/2022/firearms/may"), december)
		say(policy.Finding{Severity: policy.Informs, Record: "meetings/cosi-2021-12"}, "nothing was entered by %s", december)
		say(policy.Finding{Severity: policy.Informs, Subject: "oap/2022/firearms", Record: "2022/firearms/1.1"}, "%s is late since 2021-12-08, as is %s", "2022/firearms/1.1", "oap/2022/drugs")
	}
	if filter.Subject != "" {
		found = slices.DeleteFunc(found, func(f policy.Finding) bool { return f.Subject != filter.Subject })
	}
	return found, nil
}

func (h *house) FindMeeting(_ context.Context, _, key string) (*rules.MeetingView, error) {
	m := policy.PlannedMeeting{Key: key, Title: "COSI, December 2021", Body: policy.COSI, On: december}
	item := rules.MeetingItem{Subject: "oap/2022/firearms", Title: "OAP 2022 Firearms", Ripeness: rules.Ripe, Due: december, Version: 2, Digest: "sha256:2", DraftOutcome: policy.Adopted, Outcomes: policy.Outcomes, May: []policy.Deed{policy.Deed(policy.ActDecide)}}
	view := &rules.MeetingView{PlannedMeeting: m, Items: []rules.MeetingItem{item}, Others: []string{"Where the strategy stands"}}
	if key == "cosi-2022-03" {
		view.Title, view.On = "COSI, March 2022", march
		return view, nil
	}
	view.Items = append(view.Items, rules.MeetingItem{Subject: "oap/2022/drugs", Title: "OAP 2022 Drugs", Ripeness: rules.RipeRecorded, Due: december, Version: 2})
	for _, d := range []service.Decision{waiting, decision("aside", "priorities", func(*service.Decision) {})} {
		view.Outcomes = append(view.Outcomes, rules.MeetingOutcome{ID: d.ID, Subject: d.Subject.Path(), Title: subjects[d.Subject.Path()].Title, Outcome: d.Outcome, Document: d.Reference, Date: d.Date, State: rules.OutcomeWaiting, May: seconding})
	}
	view.Outcomes[1].State, view.Outcomes[1].May = rules.OutcomeSetAside, nil
	if h.meets != nil {
		h.meets(view)
	}
	return view, nil
}

func (h *house) NationalSheet(_ context.Context, _ string, state policy.Body) (*rules.NationalSheet, error) {
	sheet := &rules.NationalSheet{
		State: state, Today: today, Posts: []rules.PostLine{{Post: "driver/firearms", Person: "42", Since: december}},
		Reports:  []rules.NationalTurn{{Subject: "report/2022/firearms/may", Title: "May 2022 report on OAP 2022 Firearms", Due: december}},
		Progress: []rules.ProgressDue{{Report: "report/2022/firearms/may", Action: "2022/firearms/1.1", Title: "Trace firearms", Due: december}},
	}
	for _, code := range []string{"2022/firearms/1.1", "2022/firearms/1.2", "2022/drugs/1.1"} {
		sheet.Consents = append(sheet.Consents, rules.ConsentLine{Action: code, Title: "Action " + code[len(code)-3:], Begins: on("2022-01-01"), Listed: true})
	}
	return sheet, nil
}

func (h *house) FindRound(_ context.Context, s policy.Subject) (*rules.RoundStatus, error) {
	r := &rules.RoundStatus{}
	if s.Key == "firearms" {
		r.Late = []rules.LateReporter{{Action: "1.1", Title: "Trace firearms", Leader: "se"}}
		r.Unequal = []policy.Remark{policy.Say("%s is published as %s, the parts add up to %s: %s", "arrests", "829", "800", policy.Say("%s more", "29"))}
		r.Differing = []policy.Remark{policy.Say("%s of %s: %s in the report, %s in the register", "arrests", "2022/firearms/may/1.1", "5", "8")}
	}
	return r, nil
}

func (h *house) FindDraft(_ context.Context, s policy.Subject) (*service.Draft, error) {
	content := policy.Content(plan())
	if s.Kind == policy.KindMASP {
		content = &policy.StrategicPlan{Goals: []policy.StrategicGoal{{Key: "1", Title: "Fewer firearms"}}}
	}
	d := &service.Draft{Subject: s, Revision: 1, Content: content, By: "Dagny@se"}
	if theirs := h.theirs.Load(); theirs != nil && s.Kind == policy.KindOAP {
		held, _ := theirs.Content.(*policy.OperationalPlan)
		d.Revision, d.By, d.Content = theirs.Revision, theirs.By, &policy.OperationalPlan{Actions: slices.Clone(held.Actions)}
	}
	return d, nil
}

func (h *house) SaveDraft(_ context.Context, d service.SaveDraft) (*service.Draft, error) {
	theirs := h.theirs.Load()
	switch {
	case theirs == nil:
		return nil, h.refuse()
	case d.Revision != theirs.Revision:
		return nil, policy.Refuse(policy.CodeWrongVersion, "somebody else has changed the draft of %s meanwhile: look at it again", d.Subject)
	}
	h.saved.Store(&d)
	return &service.Draft{Subject: d.Subject, Revision: d.Revision + 1, Content: d.Content}, nil
}

func (h *house) ListRows(_ context.Context, f service.RowFilter) ([]policy.Row, error) {
	rows := []policy.Row{{Register: policy.RegIndicators, Key: "assets-confiscated", Date: december, Body: &policy.Indicator{Title: "Assets confiscated", Unit: "euro", Rule: "r", Version: 1}}}
	if f.Register != "" && f.Register != policy.RegIndicators {
		return nil, nil
	}
	return rows, nil
}

func (h *house) ListPeople(context.Context) ([]service.Person, error) {
	return []service.Person{{Person: 1, Name: "Anna"}}, nil
}

func (h *house) ListCalendars(context.Context) ([]service.KnownCalendar, error) {
	return []service.KnownCalendar{{Calendar: 3, Person: 1, Name: "Anna", CalendarScope: service.CalendarScope{Cycle: "small"}, Made: december.Time(time.UTC)}}, nil
}

func (h *house) FindMailChoice(context.Context) (*service.MailChoice, error) {
	return &service.MailChoice{Address: "anna@example.eu", Kinds: policy.MailKinds[:1], Language: "en"}, nil
}

func (h *house) ListMails(context.Context, service.MailFilter) ([]service.Mail, error) {
	return []service.Mail{{Mail: 4, To: "anna@cosi", At: "anna@example.eu", Kind: "invitation", About: "priorities", On: december, Made: december.Time(time.UTC), State: "sent"}}, nil
}

func (h *house) ListWebhooks(context.Context) ([]service.KnownWebhook, error) {
	return []service.KnownWebhook{{
		Number: 3, By: "anna@general-secretariat", Webhook: policy.Webhook{URL: "https://hooks.example.eu/in", Cycle: "small", Kinds: policy.EventKinds[:2]},
		Made: december.Time(time.UTC), State: "active", Waiting: 2, Failures: 1, Next: december.Time(time.UTC),
	}, {Number: 4, By: "anna@general-secretariat", Webhook: policy.Webhook{URL: "https://hooks.example.eu/all"}, Made: december.Time(time.UTC), State: "paused"}}, nil
}

func (h *house) ListDeliveries(context.Context, service.DeliveryFilter) ([]service.Delivery, error) {
	return []service.Delivery{
		{Delivery: 8, Webhook: 3, Event: "small/12", Kind: "decide", Recorded: december.Time(time.UTC), State: "waiting", Attempts: 1, Status: 500, Said: "not now"},
		{Delivery: 7, Webhook: 3, Event: "small/11", Kind: "submit", Recorded: december.Time(time.UTC), State: "delivered", Attempts: 1, Status: 204},
	}, nil
}

func (h *house) Compliance(context.Context, string) ([]rules.Compliance, error) {
	rule := rules.FindRule("S13")
	line := rules.Compliance{
		Rule: rule.ID, Title: rule.Title, Source: rule.Source, Place: rule.Place, Severity: rule.Severity, Result: rules.CouldNotLook,
		Coverage: rules.Coverage{Looked: 3, Of: 4, Changed: december, Gaps: []rules.Gap{{What: "obligations", Cause: rules.NotListed, Number: 1, Message: "the cycle file lists no obligation"}}},
		Weight:   &policy.Weight{Rule: "S13", Severity: policy.Informs, Decision: "item/weights"},
		Ratios:   []rules.Ratio{{Of: "priorities/firearms", Title: "Firearms", Part: 1, Whole: 3}},
	}
	return []rules.Compliance{line}, nil
}

func (h *house) Obligations(context.Context, string) ([]rules.Owed, error) {
	return []rules.Owed{{Subject: "obligation/annual/2021-12-31", Title: "Annual report to the Council", OwedBy: policy.Commission, Due: on("2021-12-31"), State: "to-come"}}, nil
}

func (h *house) Summary(context.Context, string, rules.SummaryFilter) (*rules.Summary, error) {
	totals := rules.Sums{Actions: 15, Figures: []rules.Sum{{Indicator: "assets-confiscated", Value: policy.Whole(7777425), Break: true}}}
	for i, status := range policy.ActionStatuses {
		totals.Statuses = append(totals.Statuses, policy.StatusCount{Status: status, Count: i + 1})
	}
	return &rules.Summary{
		Plans: []rules.PlanSummary{{Plan: "2022/firearms", Title: "OAP 2022 Firearms", Totals: totals}}, Totals: totals, Missing: []string{"report/2022/drugs/may"},
		Elsewhere: []string{"report/2022/drugs/october"},
	}, nil
}

func (h *house) Series(context.Context, string, string) ([]rules.SeriesPoint, error) {
	return []rules.SeriesPoint{{Period: "2022", Round: "may", Due: december, Value: policy.Whole(3)}, {Period: "2022", Round: "final", Due: march, Value: policy.Whole(5)}}, nil
}

func (h *house) Money(context.Context, string) (*service.Money, error) { return &service.Money{}, nil }

func (h *house) Handover(context.Context, string, policy.Date) (*service.Handover, error) {
	return &service.Handover{}, nil
}

func (h *house) Trail(context.Context, string, service.TrailFilter) ([]service.TrailEntry, error) {
	return []service.TrailEntry{
		{Sequence: 1, On: december, Act: "decide", Subject: "small/oap/2022/firearms", By: "Anna@general-secretariat", Accepted: true},
		{Sequence: 2, On: december, Act: "decide", Subject: "small/oap/2022/firearms", By: "Anna@general-secretariat", Code: policy.CodeWrongDate, Message: "2021-12-08 lies in the future"},
		{Sequence: 3, On: december, Act: "decide", Subject: "small/oap/2022/firearms", By: "Vera@presidency", Claimed: true, Code: policy.CodeSeal, Message: "the act bears no seal"},
	}, nil
}

func (h *house) Search(context.Context, string) ([]service.Found, error) {
	return []service.Found{{What: "subject", Subject: at("oap/2022/firearms"), Title: "OAP 2022 Firearms"}}, nil
}

// What is done is counted and refused.

func (h *house) StartCycle(context.Context, service.StartCycle) (*service.Cycle, error) {
	return nil, h.refuse()
}
func (h *house) Decide(_ context.Context, d service.Decide) (*service.Receipt, error) {
	return nil, h.refuseOn(d.Subject, d.Version, d.Digest)
}
func (h *house) Confirm(_ context.Context, s service.Second) (*service.Receipt, error) {
	if h.confirms != nil && h.confirms(s.Record) {
		return &service.Receipt{}, nil
	}
	return nil, h.refuse()
}
func (h *house) SetAside(context.Context, service.Second) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) Launch(_ context.Context, l service.Launch) (*service.Receipt, error) {
	return nil, h.refuseOn(l.Subject, l.Version, l.Digest)
}
func (h *house) TakePosition(_ context.Context, p service.Position) (*service.Receipt, error) {
	return nil, h.refuseOn(p.Subject, p.Version, p.Digest)
}
func (h *house) Finalise(context.Context, service.Submit) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) Correct(context.Context, service.Correct) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) Submit(context.Context, service.Submit) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) OpenItem(context.Context, service.OpenItem) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) AmendCycle(context.Context, service.AmendCycle) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) Enter(context.Context, service.Enter) (*service.Entered, error) {
	return nil, h.refuse()
}
func (h *house) CancelMeeting(context.Context, service.CancelMeeting) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) MoveMeeting(context.Context, service.MoveMeeting) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) CloseRound(context.Context, service.CloseRound) (*service.Receipt, error) {
	return nil, h.refuse()
}
func (h *house) Remind(context.Context, service.Remind) error       { return h.refuse() }
func (h *house) Claim(context.Context, service.Claim) error         { return h.refuse() }
func (h *house) DropDraft(context.Context, service.SaveDraft) error { return h.refuse() }
func (h *house) MakeCalendar(context.Context, service.CalendarScope) (*service.MadeCalendar, error) {
	return nil, h.refuse()
}
func (h *house) RevokeCalendar(context.Context, int64) error { return h.refuse() }
func (h *house) ChooseMail(context.Context, service.MailChoice) (*service.MailChoice, error) {
	return nil, h.refuse()
}
func (h *house) BounceMail(context.Context, service.Bounce) error { return h.refuse() }
func (h *house) MakeWebhook(context.Context, service.Webhook) (*service.MadeWebhook, error) {
	return nil, h.refuse()
}
func (h *house) PauseWebhook(context.Context, int64) error  { return h.refuse() }
func (h *house) ResumeWebhook(context.Context, int64) error { return h.refuse() }
func (h *house) RemoveWebhook(context.Context, int64) error { return h.refuse() }
func (h *house) RotateWebhook(context.Context, int64) (*service.MadeWebhook, error) {
	return nil, h.refuse()
}
func (h *house) TryWebhook(context.Context, int64) (*service.Replayed, error) {
	return nil, h.refuse()
}
func (h *house) ReplayWebhook(context.Context, service.Replay) (*service.Replayed, error) {
	return nil, h.refuse()
}
func (h *house) ChangeRole(context.Context, service.ChangeRole) error {
	return h.refuse()
}
