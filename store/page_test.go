package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/store/storetest"
)

// rehearsed gives the records of a rehearsal that has just started.
func rehearsed(t *testing.T) *store.Store {
	t.Helper()
	s, script := storetest.New(t), policy.DefaultScript
	calendar, err := policy.NewRehearsalCalendar(date("2021-01-01"), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	cycle := store.NewCycle{ID: key, Definition: definition(), By: anna, Now: noon("2026-01-02"), Calendar: calendar, Script: &script}
	if isNew, err := s.StartCycle(t.Context(), cycle); err != nil || !isNew {
		t.Fatalf("started %v, %v", isNew, err)
	}
	return s
}

// turns turns the page of a rehearsal and gives what it shows then.
func turns(t *testing.T, s *store.Store, to string) policy.Page {
	t.Helper()
	page, err := s.Page(t.Context(), key, noon("2026-01-02"))
	if err != nil {
		t.Fatal(err)
	}
	if page, err = s.TurnPage(t.Context(), key, page, date(to)); err != nil {
		t.Fatal(err)
	}
	return page
}

// gives has a run look and give the reminders that have come due.
func gives(t *testing.T, s *store.Store, run policy.Run) policy.Orders {
	t.Helper()
	orders, err := s.Reconcile(t.Context(), run, noon("2026-01-02"))
	for err == nil && len(orders.Notices) > 0 {
		orders, err = s.Remind(t.Context(), run, noon("2026-01-02"), orders.Notices[0])
	}
	if err != nil {
		t.Fatal(err)
	}
	return orders
}

func TestTurnPage_WaitsForTheRunsOfARehearsal(t *testing.T) {
	t.Parallel()
	s := rehearsed(t)
	page := turns(t, s, "2021-06-01")
	if page.Day != date("2021-01-01") || !slices.Equal(page.Behind, []policy.Run{theCycle}) {
		t.Errorf("before the run has looked, the page is turned: %+v", page)
	}
	if orders := gives(t, s, theCycle); !orders.WakeAt.IsZero() {
		t.Errorf("in a rehearsal a run waits until %s instead of being woken", orders.WakeAt)
	}
	if lines := len(trail(t, s)); lines != 1 {
		t.Errorf("asking for the page left %d lines in the trail, want the first alone", lines)
	}
	// The next page is that of a reminder, two weeks ahead of the threat assessment.
	page = turns(t, s, "2021-06-01")
	want := policy.Page{
		Day: date("2021-03-29"), Due: []policy.Run{theCycle}, Next: date("2021-03-29"),
		Ahead: []policy.RunsOn{{Run: theCycle, Day: date("2021-03-29")}}, Sequence: page.Sequence,
	}
	if !cmp.Equal(page, want, cmp.AllowUnexported(policy.Date{})) {
		t.Errorf("the page shows %+v, want %+v", page, want)
	}
	if page = turns(t, s, "2021-06-01"); len(page.Behind) == 0 || page.Day != date("2021-03-29") {
		t.Errorf("before the reminder is given, the page is turned: %+v", page)
	}
	gives(t, s, theCycle)
	if page = turns(t, s, "2021-04-01"); page.Day != date("2021-04-01") || len(page.Due) > 0 {
		t.Errorf("between two days on which something is due, the page shows %+v", page)
	}
	if page = turns(t, s, "2021-03-01"); page.Day != date("2021-04-01") {
		t.Errorf("the calendar goes back to %s", page.Day)
	}
}

func TestRemind_SparesWhoWasInTimeInARehearsal(t *testing.T) {
	t.Parallel()
	s := rehearsed(t)
	for day := date("2021-01-01"); day.Before(date("2021-04-05")); {
		gives(t, s, theCycle)
		day = turns(t, s, "2021-04-05").Day
	}
	act := assessment("2021-04-05")
	if answer := record(t, s, "2026-01-02", sealed(t, "in-time", act)); answer.Refusal != nil {
		t.Fatal(answer.Refusal)
	}
	gives(t, s, theCycle)
	turns(t, s, "2021-04-30")
	for _, line := range trail(t, s) {
		if line.Act == "overdue" {
			t.Errorf("a deadline that was met stands as missed: %+v", line)
		}
	}
}

func TestTurnPage_LeavesRealLifeAlone(t *testing.T) {
	t.Parallel()
	s := started(t)
	if _, err := s.Reconcile(t.Context(), theCycle, noon("2021-01-03")); err != nil {
		t.Fatal(err)
	}
	page, err := s.Page(t.Context(), key, noon("2021-01-03"))
	if err != nil || len(page.Behind) > 0 || page.Ended {
		t.Fatalf("nothing keeps the page from being turned but that it is none: %+v, %v", page, err)
	}
	page, err = s.TurnPage(t.Context(), key, page, date("2021-06-01"))
	if err != nil || page.Day != date("2021-01-03") || len(page.Due) > 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

// What was recorded since somebody looked may be what the next day was for.
func TestTurnPage_StaysWhereSomethingWasRecordedSince(t *testing.T) {
	t.Parallel()
	s := rehearsed(t)
	gives(t, s, theCycle)
	page, err := s.Page(t.Context(), key, noon("2026-01-02"))
	if err != nil || len(page.Behind) > 0 {
		t.Fatal(page, err)
	}
	if answer := record(t, s, "2026-01-02", sealed(t, "early", assessment("2021-01-01"))); answer.Refusal != nil {
		t.Fatal(answer.Refusal)
	}
	if turned, err := s.TurnPage(t.Context(), key, page, date("2021-06-01")); err != nil || turned.Day != page.Day {
		t.Errorf("it is turned to %s, %v", turned.Day, err)
	}
}
