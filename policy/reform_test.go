package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

// twoAndTwo is what the amendment of March 2023 made of four annual periods:
// 2022 and 2023 stay, 2024 and 2025 become one.
func twoAndTwo(d *policy.Definition) policy.Amendment {
	both := policy.Period{
		Key: "2024-2025", From: date("2024-01-01"), To: date("2025-12-31"), Drafting: date("2023-09-01"), Due: date("2023-12-10"),
		Reports: []policy.Round{
			{Key: "may-2024", Opens: date("2024-04-01"), Due: date("2024-06-15")},
			{Key: "may-2025", Opens: date("2025-04-01"), Due: date("2025-06-15")},
		},
	}
	return policy.Amendment{Reason: "Two-year OAPs from 2024", Periods: append(slices.Clone(d.Periods[:2]), both)}
}

func TestJudgeAmendment_MakesTwoYearsOfAnnualPeriods(t *testing.T) {
	t.Parallel()
	before := build(fourYears)
	after := before.Amend(twoAndTwo(&before), date("2023-03-09"))
	if problems := append(before.Validate(), after.Validate()...); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	for day, code := range map[string]policy.Code{"2023-03-09": "", "2023-12-31": "", "2024-01-01": policy.CodeInvalid} {
		if err := policy.JudgeAmendment(&before, &after, date(day)); policy.CodeOf(err) != code {
			t.Errorf("amended on %s: %v", day, err)
		}
	}
	w := newWorld(before)
	w.play(t, "2021-01-01", "2023-03-09", nobody)
	w.amend(twoAndTwo(&before), "2023-03-09")
	w.play(t, "2023-03-10", "2026-02-01", nobody)
	if w.stage() != policy.StageClosed {
		t.Fatalf("the cycle is at %s", w.stage())
	}
	var plans []string
	for _, e := range w.Agenda() {
		if e.Subject.Kind == policy.KindOAP && w.Standings[e.Subject].Positive() {
			plans = append(plans, e.Subject.Path())
		}
	}
	want := []string{"oap/2022/firearms", "oap/2022/drugs", "oap/2023/firearms", "oap/2023/drugs", "oap/2024-2025/firearms", "oap/2024-2025/drugs"}
	if diff := cmp.Diff(want, plans); diff != "" {
		t.Error(diff)
	}
	p := policy.DesiredStateOf(on("oap/2024-2025/firearms").Run(), w.Records)
	if p.Stage != policy.StageCompleted || p.Since != date("2026-01-01") {
		t.Errorf("the plan of two years is %s since %s", p.Stage, p.Since)
	}
}

func TestDesiredStateOf_AReformReplacesTheDrafts(t *testing.T) {
	t.Parallel()
	old, fresh := on("oap/2024/firearms"), on("oap/2024-2025/firearms")
	w := newWorld(build(fourYears))
	w.play(t, "2021-01-01", "2023-10-15", nobody)
	if !w.Standings[old].Open() {
		t.Fatalf("the OAP of 2024 stands at %+v, want in the making", w.Standings[old])
	}
	w.amend(twoAndTwo(w.Definition), "2023-10-15")
	p := policy.DesiredStateOf(old.Run(), w.Records)
	if p.Stage != policy.StageDiscontinued || !slices.Equal(p.Gone, []policy.Subject{old}) || len(p.Open) > 0 || !p.Wake.IsZero() {
		t.Errorf("the old draft is at %+v", p)
	}
	if starts := w.starts(); !slices.Contains(starts, fresh.Run()) || slices.Contains(starts, old.Run()) {
		t.Errorf("started are %v", starts)
	}
	if p = policy.DesiredStateOf(on("oap/2023/firearms").Run(), w.Records); p.Stage != policy.StageInForce || len(p.Gone) > 0 {
		t.Errorf("the plan that runs is at %+v, want untouched", p)
	}
}

func TestDesiredStateOf_AnExtensionKeepsImplementationGoing(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2023-12-01", nobody)
	run := policy.Run{Kind: policy.RunCycle, Cycle: key}
	if p := policy.DesiredStateOf(run, w.Records); p.Wake != date("2024-01-01") {
		t.Fatalf("it wakes on %s, want when the window ends", p.Wake)
	}
	longer := policy.Window{From: date("2022-01-01"), To: date("2024-12-31")}
	w.amend(policy.Amendment{Reason: "One year more", ImplementationWindow: &longer, Periods: append(slices.Clone(w.Definition.Periods), year("2024", "2023"))}, "2023-12-01")
	p := policy.DesiredStateOf(run, w.Records)
	if p.Stage != policy.StageImplementation || p.Wake != date("2025-01-01") || !slices.Contains(p.Start, on("oap/2024/drugs").Run()) {
		t.Errorf("extended it is %+v, want in implementation until 2025 with the new plans", p)
	}
	masp := policy.DesiredStateOf(on("masp/general").Run(), w.Records)
	if w.Today = date("2024-06-01"); masp.Wake != date("2025-01-01") || policy.DesiredStateOf(on("masp/general").Run(), w.Records).Stage != policy.StageInForce {
		t.Errorf("the MASP is at %+v, want in force for as long", masp)
	}
}

func TestNextNotice_StartsAnewWhenADueDateMoves(t *testing.T) {
	t.Parallel()
	f := open(oap)
	f.Must(t, submits("se", "2021-10-20"), decides(policy.SupportTeam, policy.TookNote, "2021-11-08"), decides(policy.COSISupportGroup, policy.TookNote, "2021-11-22"))
	if s := f.Standing(); s.Due != date("2021-12-10") {
		t.Fatalf("it is due on %s", s.Due)
	}
	d := sound()
	d.Periods[0].Due = date("2022-01-20")
	f.Entry = entryOf(d, oap)
	s := f.Standing()
	if s.Due != date("2022-01-20") || s.Turn[0] != policy.COSI || s.Since != date("2021-11-22") {
		t.Errorf("it stands at %+v, want before COSI as before, until the new date", s)
	}
	// Reminders are kept for a turn and its due date: none is given yet for the
	// new one.
	next, more := policy.NextNotice(s, policy.DefaultReminders, nil, date("2021-12-12"))
	if want := (policy.Notice{Kind: policy.NoticeAhead, On: date("2022-01-06")}); !more || next != want {
		t.Errorf("the next reminder is %+v, want %+v", next, want)
	}
}

func TestDesiredStateOf_StartsNoPlanOfAPriorityNotAgreed(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]policy.Definition{
		"own MASPs": build(noGeneral), "both kinds": build(perPriority, secondOAP), "one period": build(noGeneral, twoYears, secondOAP),
	} {
		w := decided(policy.Adopted, firearmsYes, drugsNo)
		w.Definition = &d
		var started []string
		for _, run := range w.starts() {
			if run.Kind == policy.RunPlan {
				started = append(started, run.Plan.Path())
			}
		}
		want := map[string][]string{
			"own MASPs":  {"masp/firearms", "oap/2022/firearms"},
			"both kinds": {"masp/general", "masp/firearms", "oap/2022/firearms"},
			"one period": {"masp/firearms", "oap/2022-2023/firearms"},
		}[name]
		if diff := cmp.Diff(want, started); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestDesiredStateOf_EndsACycleOfEveryShape(t *testing.T) {
	t.Parallel()
	for name, variations := range anyVariations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := build(variations...)
			if problems := d.Validate(); len(problems) > 0 {
				t.Fatalf("%+v", problems)
			}
			w := newWorld(d)
			w.play(t, "2021-01-01", "2024-04-01", nobody)
			if w.stage() != policy.StageClosed {
				t.Errorf("it is at %s", w.stage())
			}
			for _, span := range w.Stages() {
				if span.Stage == policy.StageAdvice && d.AdvisoryDocument == nil || span.Since.IsZero() {
					t.Errorf("it passed %+v", span)
				}
			}
		})
	}
}

func TestDesiredStateOf_AMissedRoundBlocksNoneAfterIt(t *testing.T) {
	t.Parallel()
	missed := on("report/2022-2023/firearms/may-2022")
	w := newWorld(build(twoYears))
	w.play(t, "2021-01-01", "2024-03-01", func(s policy.Standing) bool { return s.Subject == missed })
	for _, round := range []string{"october-2022", "may-2023", "final"} {
		if report := on("report/2022-2023/firearms/" + round); !w.Standings[report].Positive() {
			t.Errorf("%s stands at %+v", report, w.Standings[report])
		}
	}
	if s := w.Standings[missed]; !s.MissedOn(w.Today) || s.State != policy.StateDrafting {
		t.Errorf("the missed one stands at %+v, want overdue for all to see", s)
	}
}
