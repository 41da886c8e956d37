package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/policy"
)

// journey is a cycle in which chance decides who is late, who forgets and what
// the bodies conclude.
type journey struct {
	*world
	cycle policy.Run
}

func anyJourney(t *rapid.T) *journey {
	shapes := make([]string, 0, len(anyVariations))
	for name := range anyVariations {
		shapes = append(shapes, name)
	}
	slices.Sort(shapes)
	d := build(anyVariations[rapid.SampledFrom(shapes).Draw(t, "definition")]...)
	w := newWorld(d)
	w.Today = d.PolicyWindow.From.AddDays(rapid.IntRange(-30, 10).Draw(t, "start"))
	return &journey{world: w, cycle: policy.Run{Kind: policy.RunCycle, Cycle: d.Key}}
}

// positions gives every run that has been started its position, once all that
// they call for is open: a waking run sees to that first.
func (j *journey) positions(t *rapid.T) map[policy.Run]policy.DesiredState {
	t.Helper()
	all := map[policy.Run]policy.DesiredState{}
	runs, opened := []policy.Run{j.cycle}, false
	for i := 0; i < len(runs); i++ {
		p := policy.DesiredStateOf(runs[i], j.Records)
		all[runs[i]] = p
		for _, run := range p.Start {
			if !slices.Contains(runs, run) {
				runs = append(runs, run)
			}
		}
		for _, e := range p.Open {
			if j.files[e.Subject] == nil {
				j.files[e.Subject] = &file{Entry: e, Opened: j.OpenedOn(e)}
				j.Standings[e.Subject] = j.files[e.Subject].Standing()
				opened = true
			}
		}
	}
	if opened {
		return j.positions(t)
	}
	return all
}

// lives lets some time pass and some of those whose turn it is act.
func (j *journey) lives(t *rapid.T, forward int) {
	j.Today = j.Today.AddDays(rapid.IntRange(1, 110).Draw(t, "days"))
	j.positions(t)
	for _, f := range j.sorted() {
		s := f.Standing()
		// Who is not due rarely acts, and who is due now and then forgets.
		if !s.Open() || rapid.IntRange(0, 9).Draw(t, "acts") >= forward {
			continue
		}
		f.Facts = j.FactsFor(f.Entry)
		act := submits(policy.SupportTeam, j.Today.String())
		if len(s.Turn) > 0 {
			act.By.Body = s.Turn[0]
		}
		if s.State == policy.StateDeciding {
			outcome := policy.TookNote
			if f.Entry.Settles(s) && f.Entry.Subject.Kind.Adopted() {
				outcome = policy.Adopted
			}
			if rapid.IntRange(0, 9).Draw(t, "smooth") == 0 {
				outcome = rapid.SampledFrom(policy.Outcomes).Draw(t, "outcome")
			}
			act = of(decides(s.Turn[0], outcome, j.Today.String()), version(s.Version))
			if f.Entry.Subject.Kind == policy.KindPriorities && f.Entry.Settles(s) && outcome.Adopts() && rapid.IntRange(0, 3).Draw(t, "all") == 0 {
				act.Items = []policy.ItemOutcome{drugsNo}
			}
		}
		_ = f.Takes(act) // a refusal changes nothing, as other tests show
		j.Standings[f.Entry.Subject] = f.Standing()
	}
}

// stageOrder is how far a run has come; drafting and deciding alternate.
func stageOrder(s policy.Stage) int {
	if at := slices.Index(policy.CycleStages, s); at >= 0 {
		return at
	}
	switch {
	case s.Ended():
		return len(policy.CycleStages)
	case s == policy.StageInForce:
		return 1
	default:
		return 0
	}
}

func TestDesiredStateOf_NeverGoesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJourney(t)
		before := j.positions(t)
		for range rapid.IntRange(12, 30).Draw(t, "steps") {
			j.lives(t, 8)
			now := j.positions(t)
			for run, p := range before {
				after, there := now[run]
				if ended := now[j.cycle].Stage.Ended(); !there && !ended {
					t.Fatalf("on %s nobody starts %v any more", j.Today, run)
				} else if !there {
					continue
				}
				if stageOrder(after.Stage) < stageOrder(p.Stage) || p.Stage.Ended() && after.Stage != p.Stage {
					t.Fatalf("on %s %v goes from %s back to %s", j.Today, run, p.Stage, after.Stage)
				}
			}
			before = now
		}
	})
}

func TestDesiredStateOf_HoldsTheRulesWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJourney(t)
		for range rapid.IntRange(12, 30).Draw(t, "steps") {
			j.lives(t, rapid.IntRange(5, 10).Draw(t, "zeal"))
			for run, p := range j.positions(t) {
				j.holds(t, run, p)
			}
			j.adoptedInOrder(t)
			j.everyRoundHasItsTime(t)
		}
	})
}

// holds fails the test where a position breaks a rule of the cycle.
func (j *journey) holds(t *rapid.T, run policy.Run, p policy.DesiredState) {
	t.Helper()
	d := j.Definition
	if again := policy.DesiredStateOf(run, j.Records); !cmp.Equal(p, again, plainDates) {
		t.Fatalf("on %s the same records give %+v and then %+v", j.Today, p, again)
	}
	if !p.Wake.IsZero() && !p.Wake.After(j.Today) {
		t.Fatalf("on %s %v wakes on %s", j.Today, run, p.Wake)
	}
	if p.Stage.Ended() && (len(p.Open) > 0 || len(p.Start) > 0 || !p.Wake.IsZero()) {
		t.Fatalf("%v has ended and still asks for %+v", run, p)
	}
	for _, e := range p.Open {
		if s := j.Standings[e.Subject]; s.State == policy.StateClosed && !s.AwaitsFinal() {
			t.Fatalf("%v opens %s, which is settled", run, e.Subject)
		}
	}
	set := j.Standings[on("priorities")]
	switch {
	case run != j.cycle:
	case p.Stage == policy.StageClosed && (!j.Standings[on("evaluation")].Positive() || !j.Today.After(d.ImplementationWindow.To)):
		t.Fatalf("it closed on %s without its evaluation or before its end", j.Today)
	case p.Stage == policy.StageNoPriorities && (set.State != policy.StateClosed || len(p.Start) > 0):
		t.Fatalf("without priorities it is at %+v, which stand at %+v", p, set)
	case !set.Positive() && slices.ContainsFunc(p.Start, func(r policy.Run) bool { return r.Kind != policy.RunObligations }):
		t.Fatalf("before the Council decided it starts %v", p.Start)
	}
	for _, start := range p.Start {
		for _, item := range set.Items {
			of := d.Priority(item.Item).OAPs
			no := item.Outcome == policy.NotAgreed
			if no && (start.Plan.Kind == policy.KindMASP && start.Plan.Key == item.Item || slices.ContainsFunc(of, func(o policy.OAP) bool { return start.Plan.Kind == policy.KindOAP && o.Key == start.Plan.Key })) {
				t.Fatalf("%s starts, whose priority %s was not agreed", start.Plan, item.Item)
			}
		}
	}
}

// adoptedInOrder holds S2 of the 2011 conclusions: no OAP before its MASP, no
// MASP before the priorities.
func (j *journey) adoptedInOrder(t *rapid.T) {
	t.Helper()
	for _, e := range j.Agenda() {
		s := j.Standings[e.Subject]
		if !s.Positive() {
			continue
		}
		for _, required := range e.Requires {
			if r := j.Standings[required]; !r.Positive() || s.ClosedOn.Before(r.ClosedOn) {
				t.Fatalf("%s was settled on %s, on which rests %s: %s on %s", e.Subject, s.ClosedOn, required, r.State, r.ClosedOn)
			}
		}
	}
}

// everyRoundHasItsTime: once a plan is in force, each of its rounds opens on
// its day, whatever became of the rounds before it.
func (j *journey) everyRoundHasItsTime(t *rapid.T) {
	t.Helper()
	for _, e := range j.Agenda() {
		if e.Subject.Kind != policy.KindReport || !j.Standings[e.Subject.Plan()].Positive() || j.Today.Before(e.Opens) {
			continue
		}
		p := policy.DesiredStateOf(e.Subject.Run(), j.Records)
		open := slices.ContainsFunc(p.Open, func(o policy.Entry) bool { return o.Subject == e.Subject })
		s := j.Standings[e.Subject]
		if done := s.State == policy.StateClosed; open == done && !s.AwaitsFinal() {
			t.Fatalf("on %s the round %s is open: %v, settled: %v", j.Today, e.Subject, open, done)
		}
	}
}

func TestDesiredStateOf_SleepsThroughNoChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJourney(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			j.lives(t, 8)
		}
		for run, asleep := range j.positions(t) {
			r := j.Records
			r.Today = date("2060-01-01")
			if !asleep.Wake.IsZero() {
				r.Today = j.Today.AddDays(rapid.IntRange(0, j.Today.DaysUntil(asleep.Wake)-1).Draw(t, "night"))
			}
			if now := policy.DesiredStateOf(run, r); !cmp.Equal(asleep, now, plainDates) {
				t.Fatalf("%v slept from %s on and on %s it is\n%s", run, j.Today, r.Today, cmp.Diff(asleep, now, plainDates))
			}
		}
	})
}

func TestStages_FollowWithoutGapOrOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := anyJourney(t)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			j.lives(t, 9)
		}
		var until policy.Date
		for i, span := range j.Stages() {
			if span.Since.IsZero() {
				if !span.Until.IsZero() {
					t.Fatalf("%s ended on %s and never began", span.Stage, span.Until)
				}
				continue
			}
			if i > 0 && span.Since != until {
				t.Fatalf("%s began on %s, the stage before it ended on %s", span.Stage, span.Since, until)
			}
			if !span.Until.IsZero() && span.Until.Before(span.Since) && i > 0 {
				t.Fatalf("%s lasts from %s to %s", span.Stage, span.Since, span.Until)
			}
			until = span.Until
		}
	})
}
