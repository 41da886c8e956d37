package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
)

func (w *world) amend(a policy.Amendment, on string) {
	amended := w.Definition.Amend(a, date(on))
	w.Definition = &amended
}

func TestDesiredStateOf_DiscontinuesTheReportsOfAWithdrawnPriority(t *testing.T) {
	t.Parallel()
	plan, report := on("oap/2022/drugs"), on("report/2022/drugs/may")
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2022-05-01", nobody) // in force, and its report is open
	w.amend(policy.Amendment{Priorities: w.Definition.Priorities[:1]}, "2022-05-01")
	p := policy.DesiredStateOf(plan.Run(), w.Records)
	if p.Stage != policy.StageDiscontinued || !slices.Equal(p.Gone, []policy.Subject{report}) || len(p.Open) != 0 {
		t.Fatalf("the plan's state is %+v, want discontinued with its report", p)
	}
	if slices.Contains(w.starts(), plan.Run()) {
		t.Error("its run is started anew")
	}
	// The run makes it so, and has nothing left to do.
	gone := w.Standings[report].Discontinue(date("2022-05-01"))
	if gone.Open() || gone.Positive() || gone.Outcome != policy.Discontinued || gone.MissedOn(date("2030-01-01")) || len(gone.Turn) != 0 {
		t.Errorf("the report stands at %+v", gone)
	}
	w.Standings[report] = gone
	if p = policy.DesiredStateOf(plan.Run(), w.Records); len(p.Gone) != 0 || !p.Stage.Ended() {
		t.Errorf("then the plan's state is %+v", p)
	}
}

func TestDesiredStateOf_DropsSubjectsThatAnAmendmentTakesAway(t *testing.T) {
	t.Parallel()
	w := newWorld(sound())
	w.play(t, "2021-01-01", "2022-10-15", nobody)
	if !w.Standings[on("review")].Open() {
		t.Fatal("the review is not open")
	}
	d := *w.Definition
	d.Review = nil
	w.Definition = &d
	p := policy.DesiredStateOf(policy.Run{Kind: policy.RunCycle, Cycle: key}, w.Records)
	if !slices.Equal(p.Gone, []policy.Subject{on("review")}) {
		t.Errorf("gone are %v, want the review alone: the rest is of other runs or stays", p.Gone)
	}
}

func TestDefinitionAgenda_HasNoPlansForPeriodsThatAreOver(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	cars := policy.Priority{Key: "cars", Title: "Cars", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}}}
	w.amend(policy.Amendment{Priorities: append(slices.Clone(w.Definition.Priorities), cars)}, "2023-01-10")
	w.Today = date("2023-01-10")
	var plans []string
	for _, e := range w.Agenda() {
		if e.Priority == "cars" && e.Subject.Kind == policy.KindOAP {
			plans = append(plans, e.Subject.Path()+" "+e.Opens.String())
		}
	}
	if diff := cmp.Diff([]string{"oap/2023/cars 2023-01-10"}, plans); diff != "" {
		t.Error(diff)
	}
	if outcome := w.PriorityOutcome(*w.Definition.Priority("cars")); outcome != policy.Adopted {
		t.Errorf("the priority is %q: it rests on the decision that added it", outcome)
	}
}

func TestDefinitionAmend_RequiresAnOwnMASPBesideTheGeneralOne(t *testing.T) {
	t.Parallel()
	d := sound()
	d.MASP.PerPriority = true
	want := []policy.Subject{on("priorities"), on("masp/general"), on("masp/drugs")}
	if got := entryOf(d, "oap/2022/drugs").Requires; !slices.Equal(got, want) {
		t.Errorf("the OAP on drugs rests on %v, want %v", got, want)
	}
	cars := policy.Priority{Key: "cars", Title: "Cars", Kind: policy.PriorityCrime, OAPs: []policy.OAP{{Key: "cars", Title: "Cars"}}}
	amended := d.Amend(policy.Amendment{Priorities: append(slices.Clone(d.Priorities), cars)}, date("2022-03-01"))
	before, added := entryOf(amended, "masp/drugs"), entryOf(amended, "masp/cars")
	if before.Opens != d.MASP.Drafting || added.Opens != date("2022-03-01") {
		t.Errorf("drafting starts on %s and %s", before.Opens, added.Opens)
	}
	// All its distances are those of the others.
	for i := range added.Turns {
		if added.Opens.DaysUntil(added.Turns[i].Due) != before.Opens.DaysUntil(before.Turns[i].Due) {
			t.Errorf("turn %d is due on %s, against %s", i, added.Turns[i].Due, before.Turns[i].Due)
		}
	}
	if added.Opens.DaysUntil(added.SubmitBy) != before.Opens.DaysUntil(before.SubmitBy) {
		t.Errorf("it is handed in by %s, against %s", added.SubmitBy, before.SubmitBy)
	}
}

func TestDefinitionLadder_PutsTheCyclesOwnRemindersFirst(t *testing.T) {
	t.Parallel()
	plain, own := sound(), rich()
	if plain.Ladder().EscalateDays != policy.DefaultReminders.EscalateDays || own.Ladder().EscalateDays != 14 {
		t.Errorf("reminders %+v and %+v", plain.Ladder(), own.Ladder())
	}
	if len(entryOf(plain, oap).Turns) != 3 || len(entryOf(own, oap).Turns) != 2 || len(entryOf(own, "masp/general").Turns) != 2 {
		t.Error("the chains are not those that the definition gives")
	}
}

func TestOpenedOn_IsTheDayOnWhichWorkCouldBegin(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	masp := entryOf(sound(), "masp/general") // drafting from 1 June, priorities of 26 May
	w.Today = date("2021-09-15")
	for name, test := range map[string]struct {
		decided, today, opened string
	}{
		"on its planned day":                     {"2021-05-26", "2021-09-15", "2021-06-01"},
		"when its ground came late":              {"2021-07-07", "2021-09-15", "2021-07-07"},
		"when its ground is there and it is not": {"2021-05-20", "2021-05-25", "2021-05-20"},
	} {
		s := w.Standings[on("priorities")]
		s.ClosedOn, w.Today = date(test.decided), date(test.today)
		w.Standings[on("priorities")] = s
		if opened := w.OpenedOn(masp); opened != date(test.opened) {
			t.Errorf("%s: opened on %s, want %s", name, opened, test.opened)
		}
	}
	early := entryOf(sound(), "assessment") // rests on nothing
	w.Today = date("2020-12-01")
	if opened := w.OpenedOn(early); opened != w.Today {
		t.Errorf("opened by hand before its day: %s, want today", opened)
	}
}

func TestFactsFor_GathersWhatJudgeHasToKnow(t *testing.T) {
	t.Parallel()
	w := decided(policy.Adopted, firearmsYes, drugsYes)
	cars := policy.Priority{Key: "cars", AddedOn: date("2021-09-01")}
	w.Definition.Priorities = append(slices.Clone(w.Definition.Priorities), cars)
	facts := w.FactsFor(entryOf(sound(), "priorities"))
	if !slices.Equal(facts.Items, []string{"firearms", "drugs"}) || facts.Earliest != date("2021-04-10") || facts.Today != w.Today {
		t.Errorf("the facts are %+v, want the first candidates alone", facts)
	}
	facts = w.FactsFor(entryOf(sound(), oap))
	if len(facts.Items) != 0 || len(facts.Required) != 2 || !facts.Required[0].Positive() || facts.Required[1].State != policy.StateUpcoming {
		t.Errorf("the facts are %+v, want the priorities settled and the MASP upcoming", facts)
	}
	if facts = w.FactsFor(entryOf(sound(), "assessment")); !facts.Earliest.IsZero() {
		t.Errorf("nothing lies before the assessment: %s", facts.Earliest)
	}
}

// Who adopts an OAP withdraws no priority of the Council with it.
func TestJudgeScope_LetsNoOtherDecisionChangeWhatTheCouncilSet(t *testing.T) {
	t.Parallel()
	before := sound()
	longer := before.ImplementationWindow
	longer.To = longer.To.AddDays(365)
	periods := slices.Clone(before.Periods)
	periods[0].Due = periods[0].Due.AddDays(7)
	for name, test := range map[string]struct {
		amendment policy.Amendment
		carried   []string // by what is no item and no conclusions
	}{
		"a priority withdrawn": {policy.Amendment{Priorities: before.Priorities[:1]}, nil},
		"a year more":          {policy.Amendment{ImplementationWindow: &longer}, nil},
		"another policy year":  {policy.Amendment{PolicyWindow: &longer}, nil},
		"a later due date":     {policy.Amendment{Periods: periods}, nil},
		"other reminders":      {policy.Amendment{Reminders: &policy.Reminders{BeforeDays: []int{7}}}, []string{oap, "masp/firearms", "evaluation"}},
	} {
		amended := before.Amend(test.amendment, date("2022-03-01"))
		for _, basis := range []string{"priorities", "item/more-time", oap, "masp/firearms", "evaluation"} {
			carries := basis == "priorities" || basis == "item/more-time" || slices.Contains(test.carried, basis)
			if err := policy.JudgeScope(on(basis), date("2022-02-15"), &before, &amended, date("2022-02-15")); (err == nil) != carries || err != nil && policy.CodeOf(err) != policy.CodeNotCompetent {
				t.Errorf("%s on %s: %v", name, basis, err)
			}
			again := policy.JudgeScope(on(basis), date("2022-02-14"), &before, &amended, date("2022-02-15"))
			if basis == "priorities" || basis == "item/more-time" { // the cycle was amended since
				if harmless := len(test.carried) > 0; (again == nil) != harmless || again != nil && policy.CodeOf(again) != policy.CodeFourEyes {
					t.Errorf("%s on %s, after another amendment: %v", name, basis, again)
				}
			}
		}
	}
}
