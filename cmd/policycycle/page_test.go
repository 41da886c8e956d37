package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
)

// sampleCycle is a cycle in which everything that a table shows occurs.
func sampleCycle(t *testing.T) *service.Cycle {
	t.Helper()
	d := policytest.Date
	const id = "empact-2022-2025"
	subject := func(path string) policy.Subject {
		s, err := policy.ParseSubject(id + "/" + path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	settled := func(path, title, outcome, on string) service.Subject {
		return service.Subject{
			Subject: subject(path), Path: path, Title: title, State: policy.StateClosed,
			Outcome: policy.Outcome(outcome), ClosedOn: d(on), Due: d(on), Version: 1,
		}
	}
	late := service.Subject{
		Subject: subject("oap/2023/firearms"), Path: "oap/2023/firearms", Title: "OAP 2023 Firearms", Priority: "firearms",
		State: policy.StateDeciding, Turn: []policy.Body{policy.COSI}, Since: d("2022-11-25"), TurnDue: d("2022-12-09"),
		Due: d("2022-12-09"), Overdue: true, Version: 2,
	}
	waiting := service.InboxItem{
		Subject: late.Subject, Title: late.Title, Awaits: "decision", Turn: late.Turn, Settles: true, Version: 2,
		Since: late.Since, Due: late.TurnDue, Overdue: true, DaysOverdue: 12, ClaimedBy: "petr@general-secretariat",
	}
	vacant := service.InboxItem{
		Subject: subject("oap/2023/vat-fraud"), Title: "OAP 2023 VAT fraud", Awaits: "submission",
		Since: d("2022-09-01"), Due: d("2022-12-21"),
	}
	drafting := service.Subject{
		Subject: vacant.Subject, Path: "oap/2023/vat-fraud", Title: vacant.Title, Priority: "fraud",
		State: policy.StateDrafting, Since: vacant.Since, Due: d("2023-01-20"),
	}
	return &service.Cycle{
		CycleLine: service.CycleLine{
			ID: id, Title: "EMPACT 2022-2025", Stage: policy.StageImplementation, StageSince: d("2022-01-01"),
			Today: d("2022-12-21"), Next: &waiting, Open: new(2), Overdue: new(1),
		},
		Predecessor:          "eu-policy-cycle-2018-2021",
		PolicyWindow:         policy.Window{From: d("2021-01-01"), To: d("2021-12-31")},
		ImplementationWindow: policy.Window{From: d("2022-01-01"), To: d("2025-12-31")},
		DefinitionVersion:    2, StartedBy: "anna@general-secretariat",
		Stages: []policy.StageSpan{
			{Stage: policy.StageAssessment, Since: d("2021-01-01"), Until: d("2021-04-12"), Planned: d("2021-04-12")},
			{Stage: policy.StageImplementation, Since: d("2022-01-01"), Planned: d("2025-12-31")},
			{Stage: policy.StageEvaluation, Planned: d("2026-02-10")},
		},
		Waiting: []service.InboxItem{waiting, vacant},
		Policy: []service.Subject{
			settled("assessment", "EU SOCTA 2021", "delivered", "2021-04-12"),
			settled("priorities", "Council conclusions on the priorities", "adopted", "2021-05-26"),
		},
		Priorities: []service.Priority{
			{Key: "firearms", Title: "Firearms trafficking", Kind: policy.PriorityCrime, Outcome: policy.Adopted, MASPs: []string{"masp/general"}, OAPs: []string{"oap/2022/firearms", "oap/2023/firearms"}},
			{Key: "fraud", Title: "Fraud, economic and financial crimes", Kind: policy.PriorityCrossCutting, MASPs: []string{"masp/general"}, OAPs: []string{"oap/2023/vat-fraud"}},
		},
		MASPs: []service.Subject{settled("masp/general", "General MASP", "adopted-with-amendments", "2021-11-08")},
		Periods: []service.Period{
			{
				Key: "2022", From: d("2022-01-01"), To: d("2022-12-31"),
				OAPs:    []service.Subject{settled("oap/2022/firearms", "OAP 2022 Firearms", "adopted", "2021-12-10")},
				Reports: []service.Subject{settled("report/2022/firearms/final", "Report final", "took-note", "2022-12-15")},
			},
			{Key: "2023", From: d("2023-01-01"), To: d("2023-12-31"), OAPs: []service.Subject{late, drafting}},
		},
		Decisions: []service.Decision{
			{
				ID: "5f2c0d", Subject: subject("priorities"), Version: 1, Body: policy.Council, Outcome: policy.Adopted, Date: d("2021-05-26"),
				Due: d("2021-05-26"), Procedure: policy.Meeting, Meeting: "Council, 26 May 2021", Reference: "ST 8665/21 INIT",
				Items:      []policy.ItemOutcome{{Item: "firearms", Outcome: policy.Adopted}, {Item: "fraud", Outcome: policy.NotAgreed}},
				RecordedBy: "anna@general-secretariat", Recorded: time.Date(2021, 5, 26, 15, 4, 5, 0, time.UTC),
			},
			{
				ID: "77aa10", Subject: subject("oap/2022/firearms"), Version: 1, Body: policy.COSI, Outcome: policy.Adopted, Date: d("2021-12-11"),
				Due: d("2021-12-10"), DaysLate: 1, Procedure: policy.WrittenProcedure, Reference: "CM 5837/21 INIT",
				RecordedBy: "anna@general-secretariat", Recorded: time.Date(2021, 12, 11, 9, 0, 0, 0, time.UTC), RectifiedBy: "9b",
			},
		},
		Amendments:   []service.AmendmentLine{{ID: "a1", Version: 2, Date: d("2023-03-09"), Reason: "Two-year OAPs from 2024", Decision: "c0ffee"}},
		Illustrative: []string{"periods[].due"},
	}
}

func sampleSubject(t *testing.T) *service.Subject {
	t.Helper()
	s := sampleCycle(t).Periods[1].OAPs[0]
	s.Versions = []service.Version{
		{ID: "v1", Version: 1, Digest: "abc", Document: "WK 1234/22 INIT", Date: policytest.Date("2022-10-28"), Due: policytest.Date("2022-10-28"), By: "lucia@es"},
		{ID: "v2", Version: 2, Digest: "def", Date: policytest.Date("2022-11-20"), Due: policytest.Date("2022-11-11"), DaysLate: 9, By: "lucia@es", Comment: "after the referral back"},
	}
	s.Decisions = []service.Decision{{
		ID: "d1", Version: 1, Body: policy.SupportTeam, Outcome: policy.ReferredBack, Date: policytest.Date("2022-11-04"), Procedure: policy.Meeting,
		Reference: "WK 1300/22 INIT", RecordedBy: "petr@support-team", Comment: "indicators are missing",
	}}
	s.Notices = []service.Notice{
		{Kind: policy.NoticeAhead, On: policytest.Date("2022-11-25"), Due: policytest.Date("2022-12-09"), To: []policy.Body{policy.COSI}},
		{Kind: policy.NoticeOverdue, On: policytest.Date("2022-12-10"), Due: policytest.Date("2022-12-09"), To: []policy.Body{policy.COSI}},
		{Kind: policy.NoticeAsked, On: policytest.Date("2022-12-12"), Due: policytest.Date("2022-12-09"), To: []policy.Body{policy.COSI}},
	}
	return &s
}

func TestPage_ShowsTables(t *testing.T) {
	t.Parallel()
	cycle := sampleCycle(t)
	rehearsal := cycle.CycleLine
	rehearsal.ID, rehearsal.Rehearsal, rehearsal.Next, rehearsal.Stage = cycle.ID+"-rehearsal-1", true, nil, policy.StageClosed
	result := summarise(cycle)
	result.Seconds, result.GreatestLagDays = 61.5, 3
	result.addVersions(sampleSubject(t).Versions)
	pages := map[string]func(*page){
		"cycle_list": func(p *page) { showCycles(p, []service.CycleLine{rehearsal, cycle.CycleLine}) },
		"cycle_show": func(p *page) { showCycle(p, cycle) },
		"inbox":      func(p *page) { showInbox(p, cycle.Waiting) },
		"show":       func(p *page) { showSubject(p, sampleSubject(t)) },
		"search": func(p *page) {
			showFound(p, []service.Found{
				{What: "cycle", Subject: policy.Subject{Cycle: cycle.ID}, Title: cycle.Title},
				{What: "subject", Subject: sampleSubject(t).Subject, Title: "OAP 2023 Firearms", Said: "deciding"},
				{What: "decision", Subject: cycle.Decisions[0].Subject, Title: "ST 8665/21 INIT", Said: "council, adopted, 2021-05-26"},
				{What: "action", Subject: sampleSubject(t).Subject, Title: "OAP 2023 Firearms", Said: "Joint investigations against networks that traffic firearms", Code: "2.1"},
			})
		},
		"draft_show": func(p *page) {
			showDraft(p, &service.Draft{
				Subject: sampleSubject(t).Subject, Revision: 3, By: "lucia@es", Saved: time.Date(2022, 10, 20, 9, 30, 0, 0, time.UTC),
				Content:  &policy.OperationalPlan{Actions: []policy.OperationalAction{{Code: "2.1"}}},
				Problems: []policy.Problem{{Field: "actions[0].title", Message: "is missing"}},
			})
		},
		"rehearse": func(p *page) { showRehearsal(p, result) },
		"trail": func(p *page) {
			showTrail(p, []service.TrailEntry{
				{Sequence: 1, Recorded: time.Date(2021, 5, 26, 15, 4, 5, 0, time.UTC), On: policytest.Date("2021-05-26"), Act: "decide", Subject: "priorities", By: "anna@general-secretariat", Accepted: true},
				{Sequence: 2, Recorded: time.Date(2021, 5, 26, 15, 5, 5, 0, time.UTC), On: policytest.Date("2021-05-26"), Act: "decide", Subject: "oap/2022/firearms", By: "eve@commission", Code: policy.CodeNotCompetent, Message: "Commission may not record what COSI concluded"},
				{Sequence: 3, Recorded: time.Date(2021, 5, 26, 15, 6, 5, 0, time.UTC), On: policytest.Date("2021-05-26"), Act: "decide", Subject: "oap/2022/firearms", By: "anna@general-secretariat", Claimed: true, Code: policy.CodeSeal, Message: "the act bears no seal"},
			})
		},
	}
	screens := map[string]*screen{
		"piped":    {},
		"terminal": {terminal: true, width: 100, colour: true},
	}
	for name, show := range pages {
		for kind, s := range screens {
			t.Run(name+"_"+kind, func(t *testing.T) {
				t.Parallel()
				p := &page{screen: s}
				show(p)
				golden(t, "testdata/"+name+"_"+kind+".golden", p.text.String())
				if s.width == 0 {
					if strings.Contains(p.text.String(), "\x1b") {
						t.Error("colour where there is no terminal")
					}
					return
				}
			})
		}
	}
}

func TestPageGrid_FitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 100, 140} {
		p := &page{screen: &screen{terminal: true, width: width}}
		p.grid([]string{"Cycle", "What", "Whose turn"}, [][]string{
			{"empact-2022-2025", strings.Repeat("a long title of a plan ", 8), "Presidency or Commission"},
			{"x", "short", "COSI"},
		})
		for line := range strings.Lines(p.text.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("a line of %d on a screen of %d: %q", n, width, line)
			}
		}
	}
}

func TestWrite_SaysTheSameInJSONAndYAML(t *testing.T) {
	t.Parallel()
	cycle := sampleCycle(t)
	var asJSON, asYAML bytes.Buffer
	if err := write(&asJSON, formatJSON, cycle); err != nil {
		t.Fatal(err)
	}
	if err := write(&asYAML, formatYAML, cycle); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/cycle.json", asJSON.String())
	golden(t, "testdata/cycle.yaml", asYAML.String())
	var fromJSON, fromYAML map[string]any
	if err := json.Unmarshal(asJSON.Bytes(), &fromJSON); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(asYAML.Bytes(), &fromYAML); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	var viaYAML map[string]any
	if err := json.Unmarshal(again, &viaYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromJSON, viaYAML); diff != "" {
		t.Error(diff)
	}
}

func TestWrite_KeepsTextsTextsInYAML(t *testing.T) {
	t.Parallel()
	given := map[string]any{"date": "2021-05-26", "number": "12", "no": "no", "empty": "", "list": []any{}, "lines": "a\nb", "none": nil, "colon": "a: b", "octal": "0755"}
	var out bytes.Buffer
	if err := write(&out, formatYAML, given); err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := yaml.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given, back); diff != "" {
		t.Errorf("%s\n%s", diff, out.String())
	}
}

func TestWrite_ShowsARehearsalAsItsCycleAndMore(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := write(&out, formatJSON, summarise(sampleCycle(t))); err != nil {
		t.Fatal(err)
	}
	var told map[string]any
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	if told["stage"] != "implementation" || len(told["priorities"].([]any)) != 2 || told["summary"] == nil {
		t.Errorf("wrote %s", out.String())
	}
}
