package workflows_test

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/policy"
)

// By the clock of Temporal the day has come, and by that of the worker it has not: the run
// comes back each minute, not each millisecond, and gives its reminders once it has.
func TestARunWaitsForAWorkerWhoseClockIsBehind(t *testing.T) {
	t.Parallel()
	s := newStory(t, smallCycle())
	var log bytes.Buffer
	s.log = zerolog.New(zerolog.SyncWriter(&log))
	const behind, most = 10 * time.Minute, 1000
	var asked atomic.Int64
	s.clock = func(temporal time.Time) time.Time {
		if asked.Add(1) > most { // so that it ends
			return temporal
		}
		return temporal.Add(-behind)
	}
	s.on("2021-04-20", func(p *stretch) { p.env.CancelWorkflow() })
	_ = s.plays(theCycle, "2021-04-05") // it is cancelled
	if n := asked.Load(); n > most {
		t.Fatal("the run asked without a pause")
	}
	notices, err := s.store.ListNotices(t.Context(), subject("assessment"))
	if err != nil {
		t.Fatal(err)
	}
	given := map[policy.NoticeKind]string{}
	for _, n := range notices {
		given[n.Kind] = n.On.String()
	}
	if given[policy.NoticeDue] != "2021-04-12" || given[policy.NoticeOverdue] != "2021-04-13" {
		t.Errorf("it gave the reminders %v", given)
	}
	if !strings.Contains(log.String(), "the clock of this worker is behind that of Temporal") {
		t.Errorf("nobody is told: %s", log.String())
	}
	t.Logf("the clock was asked for %d times", asked.Load())
}
