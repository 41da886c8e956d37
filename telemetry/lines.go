package telemetry

import (
	stdlog "log"
	"strings"

	"github.com/rs/zerolog"
)

// Lines gives the log to what knows the log of the standard library alone, so that all
// it says stands in lines of the same form.
func Lines(log zerolog.Logger) *stdlog.Logger { return stdlog.New(lines{log}, "", 0) }

// HearAll has the log of the standard library itself say all in ours.
func HearAll(log zerolog.Logger) {
	stdlog.SetFlags(0)
	stdlog.SetOutput(lines{log})
}

type lines struct{ log zerolog.Logger }

// Write logs what is one entry, however many lines it has.
func (l lines) Write(entry []byte) (int, error) {
	l.log.Warn().Msg(strings.TrimSpace(string(entry)))
	return len(entry), nil
}
