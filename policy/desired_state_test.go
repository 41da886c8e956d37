package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// world is a whole cycle in memory, walked through day by day. It is the rules
// alone: what a run would be told, and what bodies do on time.
type world struct {
	policy.Records
	files map[policy.Subject]*file
}

func newWorld(d policy.Definition) *world {
	return &world{Records: policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}}, files: map[policy.Subject]*file{}}
}

// play walks from a day to another. Each morning every run gets its desired state;
// then who is due acts, unless holds says that it does not.
func (w *world) play(t *testing.T, from, to string, holds func(policy.Standing) bool) {
	t.Helper()
	for w.Today = date(from); !w.Today.After(date(to)); w.Today = w.Today.AddDays(1) {
		w.dawn(t)
		for _, f := range w.sorted() {
			if s := f.Standing(); s.Open() && !w.Today.Before(s.Due.AddDays(-3)) && !holds(s) {
				w.acts(t, f, s)
			}
		}
	}
	w.Today = date(to)
}

// dawn opens what the positions of all runs call for.
func (w *world) dawn(t *testing.T) {
	t.Helper()
	runs := []policy.Run{{Kind: policy.RunCycle, Cycle: key}}
	for i := 0; i < len(runs); i++ {
		p := policy.DesiredStateOf(runs[i], w.Records)
		if !cmp.Equal(p, policy.DesiredStateOf(runs[i], w.Records), cmp.AllowUnexported(policy.Date{})) {
			t.Fatalf("two positions of %v", runs[i])
		}
		if !p.Wake.IsZero() && !p.Wake.After(w.Today) {
			t.Fatalf("%v wakes on %s, on %s", runs[i], p.Wake, w.Today)
		}
		runs = append(runs, p.Start...)
		for _, e := range p.Open {
			if w.files[e.Subject] == nil {
				w.files[e.Subject] = &file{Entry: e, Opened: w.OpenedOn(e)}
				w.Standings[e.Subject] = w.files[e.Subject].Standing()
			}
		}
	}
}

func (w *world) sorted() []*file {
	var all []*file
	for _, e := range w.Agenda() {
		if f := w.files[e.Subject]; f != nil {
			all = append(all, f)
		}
	}
	return all
}

func (w *world) acts(t *testing.T, f *file, s policy.Standing) {
	t.Helper()
	f.Facts = w.FactsFor(f.Entry)
	day := w.Today.String()
	act := submits(policy.SupportTeam, day)
	if len(s.Turn) > 0 {
		act.By.Body = s.Turn[0]
	}
	if s.State == policy.StateDeciding {
		outcome := policy.TookNote
		if f.Entry.Settles(s) && f.Entry.Subject.Kind.Adopted() {
			outcome = policy.Adopted
		}
		act = of(decides(s.Turn[0], outcome, day), version(s.Version))
	}
	if err := f.Takes(act); err != nil && policy.CodeOf(err) != policy.CodeNotReady {
		t.Fatalf("%s: %v", f.Entry.Subject, err)
	}
	w.Standings[f.Entry.Subject] = f.Standing()
}

func nobody(policy.Standing) bool { return false }

func (w *world) stage() policy.Stage {
	return policy.DesiredStateOf(policy.Run{Kind: policy.RunCycle, Cycle: key}, w.Records).Stage
}

func TestDesiredStateOf_PassesTheStagesInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2024-03-01", nobody)
	if w.stage() != policy.StageClosed {
		t.Fatalf("the cycle is at %s", w.stage())
	}
	spans := w.Stages()
	for i, span := range spans {
		if span.Stage != policy.CycleStages[i] || i > 0 && span.Since.Before(spans[i-1].Since) {
			t.Errorf("stage %d is %+v", i, span)
		}
	}
	for _, e := range w.Agenda() {
		if !w.Standings[e.Subject].Positive() {
			t.Errorf("%s stands at %+v", e.Subject, w.Standings[e.Subject])
		}
	}
}

func TestDesiredStateOf_ClosesNoCycleWithoutItsEvaluation(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2025-06-01", func(s policy.Standing) bool { return s.Subject.Kind == policy.KindEvaluation })
	if w.stage() != policy.StageEvaluation {
		t.Errorf("a year and a half after its end the cycle is at %s", w.stage())
	}
}

func TestDesiredStateOf_LetsAMissedReportBlockTheEndAlone(t *testing.T) {
	t.Parallel()
	missed := on("report/2022/firearms/may")
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2024-03-01", func(s policy.Standing) bool { return s.Subject == missed })
	if !w.Standings[on("report/2023/firearms/may")].Positive() {
		t.Error("the next year's report was not dealt with")
	}
	if w.stage() != policy.StageEvaluation {
		t.Errorf("the cycle is at %s while a report is outstanding", w.stage())
	}
}

// decided is a world in which the Council has decided on the priorities.
func decided(outcome policy.Outcome, items ...policy.ItemOutcome) *world {
	w := newWorld(sound())
	w.Today = date("2021-09-15")
	for _, path := range []string{"assessment", "advisory-document"} {
		w.Standings[on(path)] = policy.Standing{Subject: on(path), State: policy.StateClosed, Outcome: policy.TookNote, ClosedOn: date("2021-04-10")}
	}
	w.Standings[on("priorities")] = policy.Standing{
		Subject: on("priorities"), State: policy.StateClosed, Outcome: outcome, Items: items, ClosedOn: date("2021-05-26"),
	}
	return w
}

var (
	firearmsYes = policy.ItemOutcome{Item: "firearms", Outcome: policy.Adopted}
	drugsYes    = policy.ItemOutcome{Item: "drugs", Outcome: policy.Adopted}
	drugsNo     = policy.ItemOutcome{Item: "drugs", Outcome: policy.NotAgreed}
)

func (w *world) starts() []policy.Run {
	return policy.DesiredStateOf(policy.Run{Kind: policy.RunCycle, Cycle: key}, w.Records).Start
}

func TestDesiredStateOf_StartsPlansForAgreedPrioritiesAlone(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsNo)
	starts := w.starts()
	if !slices.Contains(starts, on("oap/2022/firearms").Run()) || !slices.Contains(starts, on("masp/general").Run()) || slices.Contains(starts, on("oap/2022/drugs").Run()) {
		t.Errorf("started %v", starts)
	}
	for _, w := range []*world{decided(policy.NotAgreed), decided(policy.Adopted, drugsNo, policy.ItemOutcome{Item: "firearms", Outcome: policy.NotAgreed})} {
		if w.stage() != policy.StageNoPriorities || len(w.starts()) != 0 {
			t.Errorf("without priorities the cycle is at %s and starts %v", w.stage(), w.starts())
		}
	}
}

func TestDesiredStateOf_EndsOpenPlansOfAWithdrawnPriority(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	drugs := on("oap/2022/drugs")
	w.Standings[drugs] = policy.Standing{Subject: drugs, State: policy.StateDrafting, Due: date("2021-10-29")}
	amended := w.Definition.Amend(policy.Amendment{Priorities: w.Definition.Priorities[:1]}, date("2021-09-14"))
	w.Definition = &amended
	p := policy.DesiredStateOf(drugs.Run(), w.Records)
	if !slices.Equal(p.Gone, []policy.Subject{drugs}) || p.Stage != policy.StageDiscontinued || len(p.Open) != 0 {
		t.Errorf("the plan's state is %+v", p)
	}
}

func TestDesiredStateOf_StartsALatePriorityInItsOwnTime(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	cars := policy.Priority{Key: "cars", Title: "Cars", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}}}
	amended := w.Definition.Amend(policy.Amendment{Priorities: append(slices.Clone(w.Definition.Priorities), cars)}, date("2022-03-01"))
	w.Definition, w.Today = &amended, date("2022-03-02")
	e := entryOf(amended, "oap/2022/cars")
	if e.Opens != date("2022-03-01") || e.Due != date("2022-03-01").AddDays(100) || e.Turns[2].Due != e.Due {
		t.Errorf("its first OAP is %+v, want the usual hundred days from its decision on", e)
	}
	if !w.Adopted(*amended.Priority("cars")) || !slices.Contains(w.starts(), e.Subject.Run()) {
		t.Error("its plans do not start")
	}
}

func TestDesiredStateOf_DiscontinuesAnObligationAmendedAway(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	owed := on("obligation/annual-report/2021-12-31")
	w.Standings[owed] = policy.Standing{Subject: owed, State: policy.StateDrafting, Due: date("2021-12-31")}
	amended := w.Definition.Amend(policy.Amendment{Obligations: []policy.Obligation{}}, policy.Date{})
	w.Definition = &amended
	if p := policy.DesiredStateOf(owed.Run(), w.Records); !slices.Equal(p.Gone, []policy.Subject{owed}) || !p.Stage.Ended() {
		t.Errorf("the state is %+v", p)
	}
}

// An occurrence that was never met lapses on the first day on which a later one of the
// same obligation was met, whatever became of the others.
func TestDesiredStateOf_LapsesAnObligationOnceALaterIsMet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := build(func(d *policy.Definition) {
			d.Obligations = nil
			for key := range 2 {
				d.Obligations = append(d.Obligations, policy.Obligation{Key: fmt.Sprintf("report-%d", key), Due: many(5, func(i int) policy.Date { return date("2022-01-01").AddMonths(i) })})
			}
		})
		r := policy.Records{Definition: &d, Standings: map[policy.Subject]policy.Standing{}, Today: date("2023-01-01")}
		for _, e := range r.Agenda() {
			if e.Subject.Kind == policy.KindObligation && rapid.Bool().Draw(t, "met") {
				r.Standings[e.Subject] = policy.Standing{Subject: e.Subject, State: policy.StateClosed, Outcome: policy.Delivered, ClosedOn: anyDate.Draw(t, "on")}
			}
		}
		want := map[policy.Subject]policy.Date{}
		for _, e := range r.Agenda() {
			if _, met := r.Standings[e.Subject]; met || e.Subject.Kind != policy.KindObligation {
				continue
			}
			for _, later := range r.Agenda() {
				if s, met := r.Standings[later.Subject]; met && later.Subject.Key == e.Subject.Key && later.Due.After(e.Due) {
					want[e.Subject] = policy.Earliest(want[e.Subject], s.ClosedOn)
				}
			}
		}
		lapsed := policy.DesiredStateOf(policy.Run{Kind: policy.RunObligations, Cycle: key}, r).Lapsed
		for _, lapse := range lapsed {
			if want[lapse.Subject] != lapse.On {
				t.Fatalf("%s lapses on %s, want %s", lapse.Subject, lapse.On, want[lapse.Subject])
			}
		}
		if len(lapsed) != len(want) {
			t.Fatalf("%d lapse, want %d", len(lapsed), len(want))
		}
	})
}

// A run that sees a final text through ends with the cycle, by the calendar alone.
func TestDesiredStateOf_WakesAtTheEndOfACycleThatLeavesAFinalTextBehind(t *testing.T) {
	t.Parallel()
	s := policytest.InOrder()
	s.Last("evaluation").Outcome = policy.AdoptedWithAmendments
	r, _, _ := s.Records()
	run := policytest.On("evaluation").Run()
	r.Today = date("2023-12-20")
	before := policy.DesiredStateOf(run, r)
	r.Today = date("2024-01-01")
	if after := policy.DesiredStateOf(run, r); before.Stage.Ended() || !after.Stage.Ended() || before.Wake != r.Today {
		t.Errorf("before the end it is %s until %s, then %s", before.Stage, before.Wake, after.Stage)
	}
}
