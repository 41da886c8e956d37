package telemetry_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/telemetry"
)

func TestUnsealed_TellsOfAFloodOnceAMinute(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Now()
	u := telemetry.Unsealed{Log: zerolog.New(&out), Now: func() time.Time { return now }}
	u.Refused("empact", true)
	for range 1000 {
		u.Refused("empact", false)
	}
	now = now.Add(time.Minute)
	u.Refused("empact", false)
	if said := out.String(); strings.Count(said, "\n") != 2 || !strings.Contains(said, `"acts":1,`) || !strings.Contains(said, `"acts":1000,`) {
		t.Errorf("the log says\n%s", said)
	}
}
