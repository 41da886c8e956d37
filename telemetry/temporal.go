package telemetry

import (
	"fmt"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/log"
)

// Temporal lets the Temporal SDK write to the logger. The SDK's levels keep
// their names, except that its info, which tells of every worker and poller
// coming and going, is debug to us.
func Temporal(logger zerolog.Logger) log.Logger {
	return temporalLogger{logger: logger.With().Str("part", "temporal-sdk").Logger()}
}

type temporalLogger struct{ logger zerolog.Logger }

var (
	_ log.Logger     = temporalLogger{}
	_ log.WithLogger = temporalLogger{}
)

func (l temporalLogger) Debug(msg string, keyvals ...any) { write(l.logger.Trace(), msg, keyvals) }
func (l temporalLogger) Info(msg string, keyvals ...any)  { write(l.logger.Debug(), msg, keyvals) }
func (l temporalLogger) Warn(msg string, keyvals ...any)  { write(l.logger.Warn(), msg, keyvals) }
func (l temporalLogger) Error(msg string, keyvals ...any) { write(l.logger.Error(), msg, keyvals) }

// With gives a logger that adds the pairs to everything it writes.
func (l temporalLogger) With(keyvals ...any) log.Logger {
	context := l.logger.With()
	for name, value := range pairs(keyvals) {
		context = context.Interface(name, value)
	}
	return temporalLogger{logger: context.Logger()}
}

func write(event *zerolog.Event, msg string, keyvals []any) {
	if event == nil { // below the level: spare the work
		return
	}
	for name, value := range pairs(keyvals) {
		event = event.Interface(name, value)
	}
	event.Msg(msg)
}

// pairs goes through the SDK's alternating names and values. A name without a
// value is kept rather than lost.
func pairs(keyvals []any) func(yield func(string, any) bool) {
	return func(yield func(string, any) bool) {
		for i := 0; i < len(keyvals); i += 2 {
			value := any("(missing)")
			if i+1 < len(keyvals) {
				value = readable(keyvals[i+1])
			}
			if !yield(fmt.Sprint(keyvals[i]), value) {
				return
			}
		}
	}
}

// readable gives errors and the like as their text: as JSON an error would be
// an empty object.
func readable(value any) any {
	switch v := value.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	default:
		return value
	}
}
