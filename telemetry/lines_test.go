package telemetry_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/telemetry"
)

func TestLines_MakesOneLineOfMany(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	telemetry.Lines(zerolog.New(&out)).Print("http: panic serving 127.0.0.1:1:\nhere\nand there")
	if said := out.String(); strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, `{"level":"warn","message":"http: panic`) {
		t.Errorf("the log has %q", said)
	}
}
