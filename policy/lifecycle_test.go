package policy_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

var plainDates = cmp.AllowUnexported(policy.Date{})

// everyRun is every run that the agenda foresees.
func everyRun(r policy.Records) []policy.Run {
	runs := []policy.Run{{Kind: policy.RunCycle, Cycle: key}}
	for _, e := range r.Agenda() {
		if run := e.Subject.Run(); !slices.Contains(runs, run) {
			runs = append(runs, run)
		}
	}
	return runs
}

// A run sleeps until Wake. If its state changed in between, it would miss
// what it has to do; so on every day up to Wake the same records must give the
// same state, whatever happened before.
func TestDesiredStateOf_ChangesNoPositionWhileItsRunSleeps(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	for from := date("2021-01-01"); from.Before(date("2024-06-01")); from = from.AddDays(37) {
		w.play(t, from.String(), from.AddDays(36).String(), nobody)
		r := w.Records
		for _, run := range everyRun(r) {
			r.Today = w.Today
			asleep := policy.DesiredStateOf(run, r)
			if asleep.Wake.IsZero() {
				r.Today = date("2050-01-01") // nothing is to change by time alone, ever
			} else {
				r.Today = asleep.Wake.AddDays(-1)
			}
			if diff := cmp.Diff(asleep, policy.DesiredStateOf(run, r), plainDates); diff != "" {
				t.Fatalf("%v slept from %s until %s:\n%s", run, w.Today, r.Today, diff)
			}
			if asleep.Wake.IsZero() {
				continue
			}
			r.Today = asleep.Wake
			if cmp.Equal(asleep, policy.DesiredStateOf(run, r), plainDates) {
				t.Errorf("%v wakes on %s for nothing", run, asleep.Wake)
			}
		}
	}
}

func TestDesiredStateOf_ChangesNothingThatItRestsOn(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2022-05-01", nobody)
	definition, standings := w.Definition.Amend(policy.Amendment{}, policy.Date{}), maps.Clone(w.Standings)
	for _, run := range everyRun(w.Records) {
		first := policy.DesiredStateOf(run, w.Records)
		if diff := cmp.Diff(first, policy.DesiredStateOf(run, w.Records), plainDates); diff != "" {
			t.Errorf("%v asked twice:\n%s", run, diff)
		}
	}
	if diff := cmp.Diff(&definition, w.Definition, plainDates); diff != "" {
		t.Errorf("the definition changed:\n%s", diff)
	}
	if diff := cmp.Diff(standings, w.Standings, plainDates); diff != "" {
		t.Errorf("the standings changed:\n%s", diff)
	}
}

func TestDesiredStateOf_TakesAPlanThroughItsLife(t *testing.T) {
	t.Parallel()
	plan := on(oap)
	w := newWorld(sound())
	from := "2021-01-01"
	for _, step := range []struct {
		day   string
		stage policy.Stage
		since string
	}{
		{"2021-09-15", policy.StageDrafting, "2021-09-01"}, // its MASP is adopted later, but drafting may start
		{"2021-11-01", policy.StageDeciding, "2021-10-26"},
		{"2021-12-20", policy.StageInForce, "2021-12-07"},
		{"2022-12-31", policy.StageInForce, "2021-12-07"}, // to the last day of its period
		{"2023-01-01", policy.StageCompleted, "2023-01-01"},
	} {
		w.play(t, from, step.day, nobody)
		w.Today = date(step.day)
		p := policy.DesiredStateOf(plan.Run(), w.Records)
		if p.Stage != step.stage || p.Since != date(step.since) {
			t.Errorf("on %s the plan is %s since %s, want %s since %s", step.day, p.Stage, p.Since, step.stage, step.since)
		}
		if p.Stage.Ended() && (len(p.Open) > 0 || !p.Wake.IsZero()) {
			t.Errorf("it has ended and still asks for %+v", p)
		}
		from = w.Today.AddDays(1).String()
	}
}

func TestDesiredStateOf_EndsAPlanWithItsLastReport(t *testing.T) {
	t.Parallel()
	report := on("report/2022/firearms/may")
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2023-02-01", func(s policy.Standing) bool { return s.Subject == report })
	p := policy.DesiredStateOf(on(oap).Run(), w.Records)
	if p.Stage != policy.StageInForce || len(p.Open) != 1 || p.Open[0].Subject != report {
		t.Fatalf("a month after its period it is %s and awaits %v, want in force and the report", p.Stage, p.Open)
	}
	w.Standings[report] = policy.Standing{Subject: report, State: policy.StateClosed, Outcome: policy.TookNote, ClosedOn: date("2023-02-01")}
	if p = policy.DesiredStateOf(on(oap).Run(), w.Records); p.Stage != policy.StageCompleted || p.Since != date("2023-02-01") {
		t.Errorf("with its report it is %s since %s", p.Stage, p.Since)
	}
}

func TestDesiredStateOf_EndsAPlanThatWantsAgreement(t *testing.T) {
	t.Parallel()
	plan := on("oap/2022/drugs")
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2021-12-05", func(s policy.Standing) bool { return s.Subject == plan })
	w.Standings[plan] = policy.Standing{Subject: plan, State: policy.StateClosed, Outcome: policy.NotAgreed, Since: date("2021-12-05"), ClosedOn: date("2021-12-05")}
	if p := policy.DesiredStateOf(plan.Run(), w.Records); p.Stage != policy.StageNotAgreed || len(p.Open) != 0 || !p.Wake.IsZero() {
		t.Errorf("the plan's state is %+v", p)
	}
	delete(w.files, plan)
	w.play(t, "2021-12-06", "2024-03-01", nobody)
	if w.stage() != policy.StageClosed {
		t.Errorf("the cycle is at %s, want closed without that plan", w.stage())
	}
}

func TestDesiredStateOf_ClosesTheCycleOnALateEvaluationsDay(t *testing.T) {
	t.Parallel()
	evaluation := on("evaluation")
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2024-05-31", func(s policy.Standing) bool { return s.Subject == evaluation })
	if w.stage() != policy.StageEvaluation {
		t.Fatalf("without its evaluation the cycle is at %s", w.stage())
	}
	if p := policy.DesiredStateOf(evaluation.Run(), w.Records); p.Stage != policy.StageRunning || len(p.Open) != 1 || !p.Wake.IsZero() {
		t.Errorf("the evaluation's state is %+v", p)
	}
	w.Standings[evaluation] = policy.Standing{Subject: evaluation, State: policy.StateClosed, Outcome: policy.TookNote, ClosedOn: date("2024-05-31")}
	p := policy.DesiredStateOf(policy.Run{Kind: policy.RunCycle, Cycle: key}, w.Records)
	if p.Stage != policy.StageClosed || p.Since != date("2024-05-31") || len(p.Start) != 0 {
		t.Errorf("with it the cycle's state is %+v", p)
	}
}

func TestDesiredStateOf_StaysOpenForAReviewOrItem(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2024-03-01", nobody)
	for _, path := range []string{"review", "item/ukraine"} {
		if path == "item/ukraine" {
			o := policy.Opening{Title: "Ukraine", Due: date("2023-12-01"), Through: []policy.Body{policy.Council}}
			w.Items = []policy.Entry{w.Definition.Opened(o, on(path), date("2023-11-01"))}
		}
		w.Standings[on(path)] = policy.Standing{Subject: on(path), State: policy.StateDeciding}
		if w.stage() != policy.StageEvaluation {
			t.Errorf("while %s is open the cycle is at %s", path, w.stage())
		}
		w.Standings[on(path)] = policy.Standing{Subject: on(path), State: policy.StateClosed, Outcome: policy.TookNote, ClosedOn: date("2024-02-20")}
		if w.stage() != policy.StageClosed {
			t.Errorf("once %s is settled the cycle is at %s", path, w.stage())
		}
	}
}

func TestDesiredStateOf_RunsObligationsToTheirLastDate(t *testing.T) {
	t.Parallel()
	run := policy.Run{Kind: policy.RunObligations, Cycle: key}
	report := on("obligation/annual-report/2021-12-31")
	w := newWorld(sound())
	w.Today = date("2021-06-01")
	p := policy.DesiredStateOf(run, w.Records)
	if p.Stage != policy.StageRunning || len(p.Open) != 0 || p.Wake != date("2021-10-02") {
		t.Errorf("in June the state is %+v, want asleep until ninety days before the date", p)
	}
	w.Today = date("2022-03-01") // owed, and visible for as long as it takes
	if p = policy.DesiredStateOf(run, w.Records); len(p.Open) != 1 || p.Open[0].Subject != report || !p.Wake.IsZero() {
		t.Errorf("overdue the state is %+v", p)
	}
	w.Standings[report] = policy.Standing{Subject: report, State: policy.StateClosed, Outcome: policy.Delivered, ClosedOn: date("2022-03-01")}
	if p = policy.DesiredStateOf(run, w.Records); p.Stage != policy.StageCompleted || p.Since != date("2022-03-01") {
		t.Errorf("delivered the state is %+v", p)
	}
}
