package store_test

import (
	"context"
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
