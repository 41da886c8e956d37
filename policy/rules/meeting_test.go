package rules_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// Nothing is drafted, nor offered, that the body cannot conclude now: as long as a silence
// procedure runs, it adopts by itself.
func TestAMeetingOffersNoAdoptionWhileASilenceProcedureRuns(t *testing.T) {
	t.Parallel()
	s := inOrder()
	s.Table("oap/2022/firearms")
	item := func() rules.MeetingItem {
		view, err := snapshot(s).MeetingView("cosi-2021-12")
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(view.Items, func(i rules.MeetingItem) bool { return i.Subject == "oap/2022/firearms" })
		return view.Items[at]
	}
	if i := item(); i.DraftOutcome != policy.Adopted || !slices.Contains(i.Outcomes, policy.Adopted) || slices.Contains(i.Outcomes, policy.TookNote) || i.Digest == "" {
		t.Errorf("ripe: %+v", i)
	}
	s.Record(s.Entry("oap/2022/firearms"), launches(s.Today.String(), s.Today.AddDays(3).String()))
	if i := item(); i.DraftOutcome != "" || i.Draft != "" || slices.Contains(i.Outcomes, policy.Adopted) || !slices.Contains(i.Outcomes, policy.ReferredBack) {
		t.Errorf("while it runs: %+v", i)
	}
}

// Who takes no part in an outcome is whoever stands behind the version or behind what
// waits, in whatever role and for whomever.
func TestWhoStandsBehindAVersionOrAnOutcomeIsInvolved(t *testing.T) {
	t.Parallel()
	person := func(n int64, body policy.Body) policy.Actor { return policy.Actor{Person: n, Body: body} }
	absent := person(4, policy.GeneralSecretariat)
	handedIn := policy.Recorded{ID: "v1", Act: policy.Act{Kind: policy.ActSubmit, By: person(1, "se"), Version: 1}}
	waits := policy.Recorded{ID: "waits", Act: policy.Act{Kind: policy.ActDecide, Body: policy.COSI, By: person(2, policy.GeneralSecretariat), For: &absent, Version: 1}}
	records := []policy.Recorded{handedIn, waits}
	for name, test := range map[string]struct {
		who policy.Actor
		is  bool
	}{
		"who handed it in, in another role": {person(1, policy.GeneralSecretariat), true},
		"who recorded it, in another role":  {person(2, policy.Commission), true},
		"for whom it was recorded":          {absent, true},
		"a colleague":                       {person(3, policy.GeneralSecretariat), false},
		"nobody":                            {policy.Actor{}, false},
	} {
		if policy.Involved(records, test.who) != test.is {
			t.Errorf("%s: involved is not %v", name, test.is)
		}
	}
	anew := policy.Recorded{ID: "v2", Act: policy.Act{Kind: policy.ActSubmit, By: person(3, "se"), Version: 2}}
	if policy.Involved([]policy.Recorded{handedIn, anew}, person(1, "se")) {
		t.Error("who handed in an earlier version is involved in the one that stands")
	}
}
