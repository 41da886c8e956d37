package survive_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/telemetry/survive"
)

func TestDo_TellsASurvivedMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	err := survive.Do(func() error { panic("index out of range") })
	if err == nil || err.Error() != "it panicked: index out of range" {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := zerolog.New(&out)
	log.Warn().Err(err).Msg("a cycle")
	if !strings.Contains(out.String(), `"panic":"index out of range"`) || !strings.Contains(out.String(), "survive_test.go") {
		t.Error(out.String())
	}
	if err := survive.Do(func() error { return nil }); err != nil {
		t.Error(err)
	}
}
