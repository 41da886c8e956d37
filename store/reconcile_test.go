package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// A run with very many open subjects is told of the reminders that come first, and of
// the next ones once it has given those: nobody is forgotten, and no answer grows without end.
func TestReconcile_TellsARunItsNextReminders(t *testing.T) {
	t.Parallel()
	const items = 130
	s := started(t)
	for i := range items {
		answer := record(t, s, "2021-02-01", sealed(t, fmt.Sprintf("open-%d", i), policy.Act{
			Kind: policy.ActOpen, Subject: on(fmt.Sprintf("item/item-%d", i)), Date: date("2021-02-01"), By: anna,
			Opening: &policy.Opening{Title: fmt.Sprintf("Item %d", i), Due: date("2021-03-01").AddDays(-i % 7), Through: []policy.Body{policy.COSI}},
		}))
		if answer.Refusal != nil {
			t.Fatal(answer.Refusal)
		}
	}
	const day = "2021-03-02" // all are overdue
	orders := look(t, s, day)
	if n := len(orders.Notices); n >= items {
		t.Errorf("the run is told of %d reminders at once", n)
	}
	if !slices.IsSortedFunc(orders.Notices, func(a, b policy.DueNotice) int { return a.At.Compare(b.At) }) {
		t.Error("they are not those that come first")
	}
	for len(orders.Notices) > 0 && !orders.Notices[0].At.After(noon(day)) {
		var err error
		if orders, err = s.Remind(t.Context(), theCycle, noon(day), orders.Notices[0]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range items {
		given, err := s.ListNotices(t.Context(), on(fmt.Sprintf("item/item-%d", i)))
		if err != nil || len(given) == 0 {
			t.Fatalf("item %d: %v, %v", i, given, err)
		}
		if last := given[len(given)-1]; last.On != date(day) {
			t.Errorf("item %d was reminded of on %s: nobody looked before %s", i, last.On, day)
		}
	}
}
