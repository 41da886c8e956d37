package telemetry

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

func TestUnwritten_TellsOfALostLogOnceAMinute(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	clock := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	u := &unwritten{out: &out, now: func() time.Time { return clock }}
	for range 2000 {
		u.lost(errors.New("no space left on device"))
	}
	clock = clock.Add(time.Minute)
	u.lost(errors.New("no space left on device"))
	want := "policycycle: the log cannot be written, 1 of its lines are lost: no space left on device\n" +
		"policycycle: the log cannot be written, 2000 of its lines are lost: no space left on device\n"
	if out.String() != want {
		t.Errorf("told %q\nwant %q", out.String(), want)
	}
}
