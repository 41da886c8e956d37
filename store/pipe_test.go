package store_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// An act waits for few answers of Postgres, and puts few questions: both are counted once
// all that is kept in memory is known.
func TestRecord_WaitsForFewAnswers(t *testing.T) {
	t.Parallel()
	asked := &storetest.Questions{}
	s := storetest.Opened(t, storetest.URL(t), store.Options{Asserted: true, Trace: asked})
	a := enterArena(t, s, key)
	a.must("", a.good(policy.ActSubmit))
	confirmation, subject := a.good(policy.ActConfirm), a.on("item/ukraine")
	must := func(_ any, err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	asked.Take()
	for _, test := range []struct {
		what              string
		do                func()
		trips, statements int // at most
	}{
		{"who it is", func() { must(s.PrincipalOf(t.Context(), anna)) }, 1, 1},
		{"the brief", func() { must(s.FindBriefFor(t.Context(), "an act", subject)) }, 1, 1},
		{"a position of somebody new", func() { a.must("", a.good(policy.ActPosition)) }, 9, 30},
		{"a position", func() { a.must("", a.good(policy.ActPosition)) }, 4, 24},
		{"a decision on the priorities", func() { a.must("", a.good(policy.ActDecide)) }, 4, 24},
		{"a decision that settles", func() { a.must("settles", a.decision("item/ukraine", "sha256:u")) }, 5, 24},
		{"the same again", func() { a.must("settles", a.decision("item/ukraine", "sha256:u")) }, 3, 14},
		{"a confirmation that settles", func() { a.must("", confirmation) }, 5, 24},
		{"a refusal", func() { a.sends("late", a.envelope("", a.decision("item/final", "sha256:m"))) }, 6, 24},
		{"a look", func() { a.looks("2021-05-20") }, 2, 8},
		{"the subject", func() { must(s.FindCycleOn(t.Context(), subject)) }, 2, 8},
	} {
		test.do()
		names, trips := asked.TakeTrips()
		statements := 0
		for _, n := range names {
			statements += n
		}

		if trips > test.trips || statements > test.statements {
			t.Errorf("%s takes %d round trips and %d statements, at most %d and %d are meant: %v", test.what, trips, statements, test.trips, test.statements, names)
		}
	}
}
