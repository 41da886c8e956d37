package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
)

// TestEachRunOfTheShippedCycleThatIsLostAloneIsBackAtItsPlace takes the cycle 2026-2029 as
// the demonstration shows it, and loses each of its runs once, alone: the next look of its
// cycle brings it back, and that of the cycle itself the next act.
func TestEachRunOfTheShippedCycleThatIsLostAloneIsBackAtItsPlace(t *testing.T) {
	t.Parallel()
	h := rooms(t, database(t, "lost_shipped"), "lost_shipped", nil, nil)
	h.works()
	cycle := h.shows(t, "../examples/empact-2026-2029")
	stranger := h.engine.Client()
	whole := policy.Run{Kind: policy.RunCycle, Cycle: cycle}
	runs, err := h.store.ListInMotion(t.Context(), cycle, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var longest time.Duration
	for _, run := range runs {
		before := h.place(stranger, run)
		lose(t, stranger, run)
		began := time.Now()
		if run == whole {
			if err := h.tries(run); policy.CodeOf(err) != policy.CodeWrongDate {
				t.Errorf("%s: %v, want the answer of the run: the date lies in the future", protocol.WorkflowID(run), err)
			}
		} else if err := h.engine.Wake(t.Context(), whole); err != nil {
			t.Fatal(err)
		}
		eventually(t, protocol.WorkflowID(run)+" is in motion", func() bool { return moving(t, stranger, run) })
		after := h.place(stranger, run)
		longest = max(longest, time.Since(began))
		if diff := cmp.Diff(before, after, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Errorf("%s is back elsewhere: %s", protocol.WorkflowID(run), diff)
		}
	}
	t.Logf("each of %d runs was lost and back at its place, the slowest after %s", len(runs), longest.Round(time.Millisecond))
}

// shows starts a cycle from a folder and tells what happened to this day, as the
// demonstration does.
func (h *house) shows(t *testing.T, folder string) (cycle string) {
	t.Helper()
	f, err := files.ReadFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	d := f.Definition
	d.Stores = append(d.Stores, string(policy.KindChange))
	started, err := as(t, h, anna).StartCycle(t.Context(), service.StartCycle{Definition: d})
	if err != nil {
		t.Fatal(err)
	}
	told := rehearsal.Told{
		Script: *f.Script, Documents: f.Documents, Rows: f.Rows,
		Until: rehearsal.LastTabled(&d, f.Script, started.Today), Today: started.Today,
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		rehearsal.Demonstrate(ctx, h.Service, started.ID, told, zerolog.Nop(), func([]rehearsal.Waiting) { cancel() })
	}()
	<-ended
	return started.ID
}
