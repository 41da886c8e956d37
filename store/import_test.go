package store_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// Whoever imported a cycle and never heard the answer does it again.
func TestImport_TakesACycleOverOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	takeOver(t, s)
	before, err := s.Trail(t.Context(), key, store.TrailFilter{})
	if err != nil {
		t.Fatal(err)
	}
	again := smallPast()
	again.Now = again.Now.Add(time.Hour)
	again.By.Name = "Boris"
	if err := s.Import(t.Context(), again); err != nil {
		t.Errorf("the same again: %v", err)
	}
	other := smallPast()
	other.Acts[0].Comment = "another past"
	if err := s.Import(t.Context(), other); policy.CodeOf(err) != policy.CodeConflict {
		t.Errorf("another past under its key: %v", err)
	}
	started := store.NewCycle{ID: "started", Definition: definition(), By: anna, Now: noon("2022-05-01")}
	started.Definition.Key = "started"
	if _, err := s.StartCycle(t.Context(), started); err != nil {
		t.Fatal(err)
	}
	if err := s.Import(t.Context(), store.Past{NewCycle: started}); policy.CodeOf(err) != policy.CodeConflict {
		t.Errorf("one that was started here: %v", err)
	}
	after, err := s.Trail(t.Context(), key, store.TrailFilter{})
	if err != nil || len(after) != len(before) {
		t.Errorf("the trail has %d lines, had %d: %v", len(after), len(before), err)
	}
}

func TestImport_TellsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	s, past := storetest.New(t), smallPast()
	var told []advance.Step
	ctx := advance.Watch(t.Context(), func(p advance.Step) { told = append(told, p) })
	if err := s.Import(ctx, past); err != nil {
		t.Fatal(err)
	}
	all := len(past.Acts) + len(past.Rows)
	if len(told) != all || told[all-1] != (advance.Step{What: "acts and rows", Done: all, All: all}) {
		t.Errorf("%d acts and rows: it told %v", all, told)
	}
}

func TestImport_LeavesNothingWhenTimeRunsOut(t *testing.T) {
	t.Parallel()
	s, past := storetest.New(t), smallPast()
	ctx, cancel := context.WithCancelCause(t.Context())
	ctx = advance.Watch(ctx, func(p advance.Step) {
		if p.Done == 3 {
			cancel(nil)
		}
	})
	if err := s.Import(ctx, past); err == nil {
		t.Fatal("nobody waits any longer, and it goes on")
	}
	late, end := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer end()
	if err := s.Import(late, past); policy.CodeOf(err) != policy.CodeUnavailable || !strings.Contains(err.Error(), "time ran out") {
		t.Errorf("out of time: %v", err)
	}
	if err := s.Import(t.Context(), past); err != nil {
		t.Errorf("in time: %v", err)
	}
}

// What was wrong in a cycle file is put right after the first attempt, in the same service.
func TestImport_RemembersNothingOfWhatItTookBack(t *testing.T) {
	t.Parallel()
	s, wrong := storetest.New(t), &history{smallPast()}
	wrong.submits("se", "oap/2022/firearms", "2030-01-01")
	if err := s.Import(t.Context(), wrong.Past); policy.CodeOf(err) != policy.CodeWrongDate {
		t.Fatalf("an act of days to come: %v", err)
	}
	right := smallPast()
	right.Definition.Periods[0].Reports[0].Key = "june"
	if err := s.Import(t.Context(), right); err != nil {
		t.Fatal(err)
	}
	found, err := s.FindCycle(t.Context(), key)
	if err != nil || found.Definition.Periods[0].Reports[0].Key != "june" {
		t.Errorf("the cycle has the rounds %+v, %v", found.Definition.Periods[0].Reports, err)
	}
}

// Two cycles that were written by one pattern call their acts alike.
func TestImport_KeepsApartWhatTwoCyclesCallAlike(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	takeOver(t, s)
	const council = "decision-on-priorities"
	again := under(smallPast(), "again")
	corrected, adopted := again.Acts[1], again.Acts[1]
	corrected.ID, corrected.Act = "again:cor", policy.Act{
		Kind: policy.ActCorrect, Subject: policy.Subject{Cycle: "again", Kind: policy.KindPriorities}, Date: date("2022-01-10"),
		By: policy.Actor{Name: "Pia", Body: policy.Presidency}, Document: "ST 1/21 COR 1", Substantive: true,
	}
	adopted.ID, adopted.Act = "item", policy.Act{
		Kind: policy.ActOpen, Subject: policy.Subject{Cycle: "again", Kind: policy.KindItem, Key: "cor"}, Date: date("2022-01-11"), By: anna,
		Opening: &policy.Opening{Title: "The corrigendum", Due: date("2022-04-01"), Through: []policy.Body{policy.Council}, Adopts: "again:cor"},
	}
	again.Acts = append(again.Acts, corrected, adopted)
	comesIn(t, s, again, date("2022-05-01"))
	for id, cycle := range map[string]string{council: key, "again:" + council: "again", "again:again:cor": "again", "item": "again"} {
		if subject, _, err := s.FindStated(t.Context(), id); err != nil || subject.Cycle != cycle {
			t.Errorf("%s is an act of %q, %v; want one of %s", id, subject.Cycle, err, cycle)
		}
	}
	out := goesOut(t, s, "again")
	for i, act := range out.Acts {
		if given := again.Acts[i]; act.ID != given.ID && given.ID != "" || act.Confirms != given.Confirms {
			t.Errorf("%s, which names %s, leaves as %s, which names %s", given.ID, given.Confirms, act.ID, act.Confirms)
		}
	}
	if last := out.Acts[len(out.Acts)-1]; last.Opening == nil || last.Opening.Adopts != "again:cor" {
		t.Errorf("the item leaves as %+v", last)
	}
	comesIn(t, s, again, date("2022-05-02")) // the same once more
}

// The numbers of persons are those of one database: a past names them by its own.
func TestImport_FindsWhomRowsName(t *testing.T) {
	t.Parallel()
	s, past := storetest.New(t), smallPast()
	eva := policy.Actor{Name: "Eva", Body: "fr"}
	past.Rows = []policy.Row{{
		Register: policy.RegSubstitutions, Key: "1", Date: date("2022-04-01"), By: eva,
		Body: &policy.Substitution{Substitute: 2, From: date("2022-04-02"), Until: date("2022-04-09")},
	}}
	past.By, past.Now = anna, noon("2022-05-01")
	for says, people := range map[string][]policy.Named{
		"rows of the register of substitutions: 1: nobody is known here as person 2": {{Number: 1, Name: "Eva"}},
		"person 2: name is missing":             {{Number: 1, Name: "Eva"}, {Number: 2}},
		"names a substitute for nobody else":    {{Number: 1, Name: "Ole"}, {Number: 2, Name: "Luc"}},
		"expected the number of another person": {{Number: 1, Name: "Eva"}, {Number: 2, Name: "eva"}},
	} {
		past.People = people
		if err := s.Import(t.Context(), past); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("with %v: %v, want %q", people, err, says)
		}
	}
	past.People = []policy.Named{{Number: 1, Name: "Eva"}, {Number: 2, Name: "Luc Petit"}}
	comesIn(t, s, past, date("2022-05-01"))
	rows, err := s.ListRows(t.Context(), key, []policy.Register{policy.RegSubstitutions}, "")
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v, %v", rows, err)
	}
	body, _ := rows[0].Body.(*policy.Substitution)
	luc, err := s.PrincipalOf(t.Context(), policy.Actor{Name: "Luc Petit", Body: "fr"})
	if err != nil || body.Substitute != luc.Person || rows[0].Key != strconv.FormatInt(rows[0].By.Person, 10) {
		t.Errorf("%+v %+v, and Luc is %d: %v", rows[0], body, luc.Person, err)
	}
	if out := goesOut(t, s, key); !slices.Equal(out.People, past.People) || out.Rows[0].Key != "1" {
		t.Errorf("it leaves as %+v of %v", out.Rows, out.People)
	}
}
