package rules_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/policy/rules"
)

// The conclusions on which COSI and Coreper agreed are an A item of the Council; what is not
// agreed, or to which a delegation objects, is discussed.
func TestSnapshotMeetingView_PutsInTheFirstSectionWhatIsAgreed(t *testing.T) {
	t.Parallel()
	priorities := policytest.On("priorities")
	position := func(body policy.Body, stance policy.Stance) func([]policy.Recorded) []policy.Recorded {
		return func(acts []policy.Recorded) []policy.Recorded {
			return append(acts, policy.Recorded{ID: string(stance), Act: policy.Act{
				Kind: policy.ActPosition, Subject: priorities, Date: date("2021-05-20"), Body: body, Version: 1, Delegation: "fr", Stance: stance,
			}})
		}
	}
	concluded := func(body policy.Body, outcome policy.Outcome) func([]policy.Recorded) []policy.Recorded {
		return func(acts []policy.Recorded) []policy.Recorded {
			for i := range acts {
				if acts[i].Kind == policy.ActDecide && acts[i].Body == body {
					acts[i].Outcome = outcome
				}
			}
			return acts
		}
	}
	for name, test := range map[string]struct {
		change           func([]policy.Recorded) []policy.Recorded
		coreper, council rules.Section
	}{
		"COSI and Coreper agreed":                 {func(acts []policy.Recorded) []policy.Recorded { return acts }, rules.SectionI, rules.SectionA},
		"Coreper agreed with amendments":          {concluded(policy.Coreper, policy.AdoptedWithAmendments), rules.SectionI, rules.SectionA},
		"COSI took note":                          {concluded(policy.COSI, policy.TookNote), rules.SectionII, rules.SectionB},
		"Coreper did not agree":                   {concluded(policy.Coreper, policy.NotAgreed), rules.SectionI, rules.SectionB},
		"a reservation is open in Coreper":        {position(policy.Coreper, policy.Reserves), rules.SectionII, rules.SectionB},
		"a delegation objects before the Council": {position(policy.Council, policy.Objects), rules.SectionI, rules.SectionB},
		"a delegation agrees":                     {position(policy.Coreper, policy.Agrees), rules.SectionI, rules.SectionA},
		"a reservation was lifted": {func(acts []policy.Recorded) []policy.Recorded {
			return position(policy.COSI, policy.Lifts)(position(policy.COSI, policy.Reserves)(acts))
		}, rules.SectionI, rules.SectionA},
		"COSI was left out": {func(acts []policy.Recorded) []policy.Recorded {
			return slices.DeleteFunc(acts, func(r policy.Recorded) bool { return r.Body == policy.COSI })
		}, rules.SectionII, rules.SectionB},
	} {
		s := inOrder()
		for _, body := range []policy.Body{policy.Coreper, policy.Council} {
			key := string(body) + "-2021-05"
			s.Definition.Meetings = append(s.Definition.Meetings, policy.PlannedMeeting{Key: key, Title: body.Title(), Body: body, On: date("2021-05-26")})
			s.Enter(policy.RegAgenda, key+"/priorities", "2021-05-01", &policy.AgendaItem{Title: "Priorities"})
			s.Enter(policy.RegAgenda, key+"/lunch", "2021-05-01", &policy.AgendaItem{Title: "Lunch"})
		}
		s.Acts[priorities] = test.change(slices.Clone(s.Acts[priorities]))
		for body, want := range map[policy.Body]rules.Section{policy.Coreper: test.coreper, policy.Council: test.council} {
			view, err := snapshot(s).MeetingView(string(body) + "-2021-05")
			if err != nil {
				t.Fatal(err)
			}
			if len(view.Items) != 1 || view.Items[0].Number != 1 || view.Items[0].Section != want {
				t.Errorf("%s, and it is on the agenda of %s as %+v, not as %s", name, body.Title(), view.Items, want)
			}
			if number, in := view.Other(0); number != 2 || in != map[policy.Body]rules.Section{policy.Coreper: rules.SectionII, policy.Council: rules.SectionB}[body] {
				t.Errorf("%s: lunch is %s", name, rules.Placed(number, in))
			}
		}
	}
}

// What is agreed stands first, every line has its number, and COSI has no sections.
func TestSnapshotMeetingView_NumbersItsItems(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Definition.Meetings = append(s.Definition.Meetings, policy.PlannedMeeting{Key: "council-2021-05", Title: "Council", Body: policy.Council, On: date("2021-05-26")})
	for _, item := range []string{"item/ukraine", "priorities"} {
		s.Enter(policy.RegAgenda, "council-2021-05/"+item, "2021-05-01", &policy.AgendaItem{Title: item})
	}
	opening := policy.Opening{Title: "Ukraine", Due: date("2021-05-26"), Through: []policy.Body{policy.Council}}
	s.Items = append(s.Items, s.Definition.Opened(opening, policytest.On("item/ukraine"), date("2021-05-01")))
	view, err := snapshot(s).MeetingView("council-2021-05")
	if err != nil {
		t.Fatal(err)
	}
	var placed []string
	for _, i := range view.Items {
		placed = append(placed, rules.Placed(i.Number, i.Section)+" "+i.Subject)
	}
	if want := []string{"1 (A) priorities", "2 (B) item/ukraine"}; !slices.Equal(placed, want) {
		t.Errorf("the agenda of the Council is %q, want %q", placed, want)
	}
	s.Table("oap/2022/firearms")
	cosi, err := snapshot(s).MeetingView("cosi-2021-12")
	if err != nil {
		t.Fatal(err)
	}
	for i, item := range cosi.Items {
		if item.Number != i+1 || item.Section != "" || rules.Placed(item.Number, item.Section) != []string{"1", "2", "3", "4", "5"}[i] {
			t.Errorf("the %d. item of COSI is %+v", i+1, item)
		}
	}
}
