package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"go.temporal.io/sdk/log"

	"github.com/policycycle/policycycle/telemetry"
)

func TestNewLogger_FitsTheTerminal(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		options telemetry.Options
		json    bool
	}{
		"auto elsewhere":            {telemetry.Options{Format: "auto"}, true},
		"auto on a terminal":        {telemetry.Options{Format: "auto", Terminal: true}, false},
		"json on a terminal":        {telemetry.Options{Format: "json", Terminal: true}, true},
		"console written to a file": {telemetry.Options{Format: "console"}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.options.Level = "info"
			var out bytes.Buffer
			logger, err := telemetry.NewLogger(&out, tc.options)
			if err != nil {
				t.Fatal(err)
			}
			logger.Info().Msg("hello")
			if json.Valid(out.Bytes()) != tc.json {
				t.Errorf("wrote %q", out.String())
			}
			if strings.Contains(out.String(), "\x1b[") {
				t.Errorf("colours where none were asked for: %q", out.String())
			}
		})
	}
}

func TestNewLogger_KeepsToItsLevel(t *testing.T) {
	t.Parallel()
	// What the SDK says on each level, and the level from which it shows.
	says := map[string]func(log.Logger){
		"trace": func(l log.Logger) { l.Debug("m") },
		"debug": func(l log.Logger) { l.Info("m") },
		"warn":  func(l log.Logger) { l.Warn("m") },
		"error": func(l log.Logger) { l.Error("m") },
	}
	order := []string{"trace", "debug", "info", "warn", "error", "off"}
	for set, level := range order {
		for shows, say := range says {
			var out bytes.Buffer
			logger, err := telemetry.NewLogger(&out, telemetry.Options{Level: level, Format: "json"})
			if err != nil {
				t.Fatal(err)
			}
			say(telemetry.Temporal(logger))
			want := set <= indexOf(order, shows)
			if got := out.Len() > 0; got != want {
				t.Errorf("at %s, what shows from %s on: shown %v, want %v", level, shows, got, want)
			}
		}
	}
}

func indexOf(all []string, one string) int {
	for i, s := range all {
		if s == one {
			return i
		}
	}
	return -1
}

func TestNewLogger_RefusesAnUnknownLevelOrFormat(t *testing.T) {
	t.Parallel()
	for _, o := range []telemetry.Options{{Level: "loud", Format: "json"}, {Level: "info", Format: "xml"}} {
		if _, err := telemetry.NewLogger(&bytes.Buffer{}, o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestTemporal_KeepsThePairsOfTheSDK(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger, err := telemetry.NewLogger(&out, telemetry.Options{Level: "trace", Format: "json"})
	if err != nil {
		t.Fatal(err)
	}
	sdk := log.With(telemetry.Temporal(logger), "WorkflowID", "cycle/x")
	sdk.Warn("hello", "Error", errors.New("broken"), "Attempt", 3, "odd")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"part": "temporal-sdk", "WorkflowID": "cycle/x", "Error": "broken", "Attempt": 3.0, "!BADKEY": "odd", "message": "hello", "level": "warn"}
	for name, value := range want {
		if line[name] != value {
			t.Errorf("%s is %v, want %v", name, line[name], value)
		}
	}
}
