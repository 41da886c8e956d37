package local

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// What somebody reads in lists is what they read in each cycle, asked one by one: who is
// added or left out by cycle files, to whom a role gives one cycle, and States that were
// none, or no longer, on the day of a rehearsal.
func TestSights_AreThoseOfEachCycle(t *testing.T) {
	t.Parallel()
	records := storetest.New(t)
	anna := policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}
	var cycles []string
	starts := func(id string, readers *policy.Readers, on string) {
		d := policytest.Cycle(id)
		d.Readers = readers
		cycle := store.NewCycle{ID: id, Definition: d, By: anna, Now: time.Now()}
		if on != "" {
			cycle.Script, cycle.Calendar = &policy.Script{}, policy.Calendar{Day: policytest.Date(on), YearSeconds: 10}
		}
		if _, err := records.StartCycle(t.Context(), cycle); err != nil {
			t.Fatal(err)
		}
		cycles = append(cycles, id)
	}
	starts("usual", nil, "")
	starts("other", nil, "")
	starts("with-ch", &policy.Readers{Also: []policy.Body{"ch", policy.Evaluator}}, "")
	starts("without-hu", &policy.Readers{Without: []policy.Body{"hu", policy.Europol}}, "")
	for i, on := range []string{"2012-05-01", "2013-06-30", "2013-07-01", "2020-01-31", "2020-02-01", "2031-01-01"} {
		starts(fmt.Sprintf("rehearsed-%d", i), nil, on)
	}
	s := New(records, nil, nil)
	bodies := []policy.Body{policy.GeneralSecretariat, policy.Presidency, policy.Europol, policy.EPPO, policy.Evaluator, policy.CourtOfAuditors, policy.Operator, policy.EuropeanParliament, "fr", "hu", "hr", "uk", "ch", ""}
	for _, body := range bodies {
		for _, scope := range []string{"", "*", "usual", "usual/oap/2022/firearms", "*/oap/2022/firearms", "rehearsed-1", "nowhere"} {
			for _, role := range []policy.Role{policy.RoleOfficial, policy.RoleAuditor, policy.RoleEvaluator, policy.RoleAdministrator} {
				who := policy.Principal{Actor: policy.Actor{Person: 1, Body: body}, Grants: []policy.Grant{{Role: role, Body: body, Scope: scope}}}
				theirs, _ := s.As(who).(*Service)
				seen, err := theirs.everywhere(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, matter := range policy.Matters {
					reach := seen.reach(matter)
					for _, cycle := range cycles {
						circle, err := records.FindCircle(t.Context(), cycle)
						if err != nil {
							t.Fatal(err)
						}
						exact := policy.VisibilityOf(who, s.circleOf(circle))
						listed := reach.All && !slices.Contains(reach.Without, cycle) || !reach.All && slices.Contains(reach.Among, cycle)
						if want := exact.Some(matter); listed != want || seen.in(cycle).Some(matter) != want {
							t.Errorf("%s of %q for %q reads %s of %s: %v; in lists %v, of the line %v", role, body, scope, matter, cycle, want, listed, seen.in(cycle).Some(matter))
						}
						if seen.in(cycle).All() != exact.All() || seen.in(cycle).Conduct("hr") != exact.Conduct("hr") {
							t.Errorf("%s of %q for %q sees the conduct of others in %s otherwise in lists", role, body, scope, cycle)
						}
					}
				}
			}
		}
	}
}
