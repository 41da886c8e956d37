package rules_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
)

// Nothing is drafted, nor offered, that the body cannot conclude now: as long as a silence
// procedure runs, it adopts by itself.
func TestSnapshotMeetingView_OffersNoAdoptionDuringASilenceProcedure(t *testing.T) {
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
