// Package telemetry sets up what policycycle says about its own running: its log,
// its figures for Prometheus, and the name of each request that ties both together.
package telemetry

import (
	"fmt"
	"io"
	"time"

	"github.com/rs/zerolog"
)

// Options say how to log.
type Options struct {
	// Level is the least level that is written: trace, debug, info, warn,
	// error, or off for nothing.
	Level string
	// Format is console, json, or auto: console on a terminal, json elsewhere.
	Format string
	// Terminal says whether the writer is a terminal.
	Terminal bool
	// Colour lets the console form use colours.
	Colour bool
}

// NewLogger gives a logger that writes to w. An unknown level or format is an
// error that names it.
func NewLogger(w io.Writer, o Options) (zerolog.Logger, error) {
	level, err := parseLevel(o.Level)
	if err != nil {
		return zerolog.Nop(), err
	}
	switch {
	case o.Format == "json", o.Format == "auto" && !o.Terminal:
	case o.Format == "console", o.Format == "auto":
		w = zerolog.ConsoleWriter{Out: w, NoColor: !o.Colour, TimeFormat: time.TimeOnly}
	default:
		return zerolog.Nop(), fmt.Errorf("%q is not a form of the log: use auto, console or json", o.Format)
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
}

func parseLevel(text string) (zerolog.Level, error) {
	switch text {
	case "trace", "debug", "info", "warn", "error":
		return zerolog.ParseLevel(text)
	case "off":
		return zerolog.Disabled, nil
	default:
		return zerolog.Disabled, fmt.Errorf("%q is not a level of the log: use trace, debug, info, warn, error or off", text)
	}
}
