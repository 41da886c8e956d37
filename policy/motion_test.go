package policy_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// TestInMotion_HoldsTheRunOfWhateverIsOpen walks through a whole cycle and beyond its
// end, in which one report to Parliament is never met.
func TestInMotion_HoldsTheRunOfWhateverIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	owed := func(s policy.Standing) bool { return s.Subject.Kind == policy.KindObligation }
	cycle := policy.Run{Kind: policy.RunCycle, Cycle: key}
	for day := date("2021-01-01"); day.Before(date("2024-01-01")); day = day.AddDays(30) {
		w.play(t, day.String(), day.AddDays(29).String(), owed)
		moving := w.InMotion()
		for subject, s := range w.Standings {
			if s.Open() && !slices.Contains(moving, subject.Run()) {
				t.Fatalf("on %s %s is open, and its run need not be in motion: %v", w.Today, subject, moving)
			}
		}
		for i, run := range moving {
			if policy.DesiredStateOf(run, w.Records).Stage.Ended() {
				t.Fatalf("on %s %v must be in motion, and has ended", w.Today, run)
			}
			if slices.Contains(moving[:i], run) {
				t.Fatalf("on %s %v is listed twice", w.Today, run)
			}
		}
		if ended := w.stage().Ended(); slices.Contains(moving, cycle) == ended {
			t.Fatalf("on %s the cycle is at %s, and in motion are %v", w.Today, w.stage(), moving)
		}
	}
	want := []policy.Run{{Kind: policy.RunObligations, Cycle: key}}
	if moving := w.InMotion(); w.stage() != policy.StageClosed || !slices.Equal(moving, want) {
		t.Errorf("in the end the cycle is at %s, and in motion are %v: want what is still owed alone", w.stage(), moving)
	}
}

func TestInMotion_HoldsARunUntilItsPlanHasEnded(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	drugs := on("oap/2022/drugs")
	w.Standings[drugs] = policy.Standing{Subject: drugs, State: policy.StateDrafting, Due: date("2021-10-29")}
	amended := w.Definition.Amend(policy.Amendment{Priorities: w.Definition.Priorities[:1]}, date("2021-09-14"))
	w.Definition = &amended
	if !slices.Contains(w.InMotion(), drugs.Run()) {
		t.Error("nobody would take the plan off the desks on which it lies")
	}
	w.Standings[drugs] = w.Standings[drugs].Discontinue(date("2021-09-15"))
	if slices.Contains(w.InMotion(), drugs.Run()) {
		t.Error("a plan that was discontinued must be in motion")
	}
}

// TestDesiredStateOf_OpensNothingBeforeItsTime asks for positions that a run has whose
// records were restored from before it was started.
func TestDesiredStateOf_OpensNothingBeforeItsTime(t *testing.T) {
	t.Parallel()
	early := newWorld(sound())
	early.Today = date("2022-06-01") // every day has come, and the Council has not decided
	soon := decided(policy.Adopted, firearmsYes, drugsYes)
	soon.Today = date("2021-05-27") // it has decided, and their days are to come
	for name, w := range map[string]*world{"before the Council decided": early, "before its day": soon} {
		for _, path := range []string{"oap/2022/firearms", "masp/general", "evaluation"} {
			if p := policy.DesiredStateOf(on(path).Run(), w.Records); len(p.Open) > 0 || p.Stage.Ended() {
				t.Errorf("%s, %s is to be at %+v", name, path, p)
			}
		}
	}
	soon.Today = date("2021-09-15")
	if p := policy.DesiredStateOf(on("oap/2022/firearms").Run(), soon.Records); len(p.Open) != 1 {
		t.Errorf("once its day has come the plan is to be at %+v", p)
	}
}
