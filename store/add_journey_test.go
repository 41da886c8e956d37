package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// begun gives of a past its first acts and rows alone.
func begun(p store.Past, acts, rows int) store.Past {
	p.Acts, p.Rows, p.Definitions = p.Acts[:acts], p.Rows[:rows], maps.Clone(p.Definitions)
	amended := 1
	for _, act := range p.Acts {
		if act.Kind == policy.ActAmend {
			amended++
		}
	}
	maps.DeleteFunc(p.Definitions, func(version int, _ policy.Definition) bool { return version > amended })
	return p
}

// adds has records add a past to what they took over.
func adds(t *testing.T, s *store.Store, p store.Past, day policy.Date) store.Added {
	t.Helper()
	p.By, p.Now = anna, noon(day.String())
	added, err := s.Add(t.Context(), p)
	if err != nil {
		t.Fatalf("nothing is added to %s: %v", p.ID, err)
	}
	return added
}

// Wherever a cycle went, and however much of it was forgotten when it was taken over: once
// that is added, it is the cycle that was taken over at once. (Each database is verified when
// its test ends.)
func TestAdd_BringsAJourneyWhereItWent(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("journey ", seed), func(t *testing.T) {
			t.Parallel()
			w, chance := wandered(t, seed, "2022-12-01"), rand.New(rand.NewPCG(seed, 7))
			went := goesOut(t, w.s, key)
			whole := storetest.New(t)
			comesIn(t, whole, went, w.today)
			for range 2 {
				acts, rows := chance.IntN(len(went.Acts)), chance.IntN(len(went.Rows)+1)
				again := storetest.New(t)
				first, day := begun(went, acts, rows), w.today.AddDays(-chance.IntN(3))
				first.By, first.Now = anna, noon(day.String())
				if policy.CodeOf(again.Import(t.Context(), first)) == policy.CodeNotCompetent { // who held a post is to be known by then
					rows = len(went.Rows)
				}
				comesIn(t, again, begun(went, acts, rows), day)
				want := store.Added{Acts: len(went.Acts) - acts, Rows: len(went.Rows) - rows, ActsThere: acts, RowsThere: rows}
				if added := adds(t, again, went, w.today); added != want {
					t.Errorf("added %+v, want %+v", added, want)
				}
				if diff := gocmp.Diff(handedOn(went), handedOn(goesOut(t, again, key)), gocmp.AllowUnexported(policy.Date{})); diff != "" {
					t.Errorf("added to after %d acts and %d rows, it goes another way: %s", acts, rows, diff)
				}
				if diff := gocmp.Diff(standings(t, whole), standings(t, again), gocmp.AllowUnexported(policy.Date{}), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("added to after %d acts and %d rows, it stands elsewhere: %s", acts, rows, diff)
				}
				there := store.Added{ActsThere: len(went.Acts), RowsThere: len(went.Rows)}
				if added := adds(t, again, went, w.today.AddDays(1)); added != there {
					t.Errorf("once more: added %+v, want %+v", added, there)
				}
			}
		})
	}
}

// standings gives where each subject of the cycle stands.
func standings(t *testing.T, s *store.Store) map[policy.Subject]policy.Standing {
	t.Helper()
	c, err := s.FindCycle(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	all := map[policy.Subject]policy.Standing{}
	for subject, known := range c.Subjects {
		all[subject] = known.Standing
	}
	return all
}
