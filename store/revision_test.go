package store_test

import (
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
)

const note = "item/a-note"

// noted gives records in which a note is before COSI, due on 1 March.
func noted(t *testing.T) *store.Store {
	t.Helper()
	s := started(t)
	handed(t, s, "open", policy.Act{
		Kind: policy.ActOpen, Subject: on(note), Date: date("2021-02-01"), By: anna,
		Opening: &policy.Opening{Title: "A note", Due: date("2021-03-01"), Through: []policy.Body{policy.COSI}},
	})
	handed(t, s, "v1", policy.Act{Kind: policy.ActSubmit, Subject: on(note), Date: date("2021-02-02"), By: joana, Digest: "sha256:1"})
	return s
}

// handed has an act recorded on its day.
func handed(t *testing.T, s *store.Store, id string, act policy.Act) policy.Receipt {
	t.Helper()
	answer := record(t, s, act.Date.String(), sealed(t, id, act))
	if answer.Refusal != nil {
		t.Fatalf("%s: %v", id, answer.Refusal)
	}
	return answer.Receipt
}

func revision(day, digest string) policy.Act {
	return policy.Act{Kind: policy.ActSubmit, Subject: on(note), Date: date(day), By: joana, Digest: digest, Revises: 1}
}

// COSI, which is late with a note, is as late with the version that took its place: what was
// said of that is not said again.
func TestRemind_RemindsNobodyAnewOfARevision(t *testing.T) {
	t.Parallel()
	s := noted(t)
	reminds := func(day string) int {
		t.Helper()
		orders := look(t, s, day)
		for len(orders.Notices) > 0 && !orders.Notices[0].At.After(noon(day)) {
			var err error
			if orders, err = s.Remind(t.Context(), theCycle, noon(day), orders.Notices[0]); err != nil {
				t.Fatal(err)
			}
		}
		given, err := s.ListNotices(t.Context(), on(note))
		if err != nil {
			t.Fatal(err)
		}
		return len(given)
	}
	given := reminds("2021-03-03")
	if given == 0 {
		t.Fatal("nobody was reminded")
	}
	if receipt := handed(t, s, "v2", revision("2021-03-03", "sha256:2")); receipt.Version != 2 || !slices.Equal(receipt.Standing.Turn, []policy.Body{policy.COSI}) {
		t.Fatalf("it stands at %+v", receipt)
	}
	if again := reminds("2021-03-04"); again != given {
		t.Errorf("%d reminders were given before the new version, %d after it", given, again)
	}
}

// The first version is put right after another took its place: each keeps its number, and what
// is decided rests on the second.
func TestRecord_PutsRightAVersionThatWasRevised(t *testing.T) {
	t.Parallel()
	s := noted(t)
	handed(t, s, "v2", revision("2021-02-10", "sha256:2"))
	right := policy.Act{Kind: policy.ActSubmit, Subject: on(note), Date: date("2021-02-03"), By: joana, Digest: "sha256:1", Rectifies: "v1"}
	if receipt := handed(t, s, "v1-right", right); receipt.Version != 1 || receipt.Standing.Version != 2 || receipt.Standing.Digest != "sha256:2" {
		t.Errorf("put right it stands at %+v", receipt)
	}
	seconded(t, s, handed(t, s, "decided", policy.Act{
		Kind: policy.ActDecide, Subject: on(note), Date: date("2021-03-01"), By: anna, Body: policy.COSI, Outcome: policy.Adopted,
		Procedure: policy.Meeting, Document: "ST 1/21 INIT", Version: 2, Digest: "sha256:2",
	}))
	c, err := s.FindCycle(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range c.Acts {
		switch {
		case a.ID == "v2" && (a.Revises != 1 || !a.Due.IsZero()):
			t.Errorf("the second version takes the place of %d, and was due %s", a.Revises, a.Due)
		case a.ID == "decided" && a.RestsOn != "v2":
			t.Errorf("the decision rests on %s", a.RestsOn)
		}
	}
}
