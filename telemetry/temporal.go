package telemetry

import (
	"context"
	"log/slog"

	"github.com/rs/zerolog"
	"go.temporal.io/sdk/log"
)

// Temporal lets the Temporal SDK write to the logger. The SDK's info, which tells of
// every worker and poller coming and going, is debug to us, and its debug trace.
func Temporal(logger zerolog.Logger) log.Logger {
	to := zerolog.NewSlogHandler(logger.With().Str("part", "temporal-sdk").Logger())
	return log.NewStructuredLogger(slog.New(quieter{to}))
}

// quieter lowers what is less than a warning by one level.
type quieter struct{ slog.Handler }

func lowered(level slog.Level) slog.Level {
	if level < slog.LevelWarn {
		return level + slog.LevelDebug // from info it is as far to debug as on to trace
	}
	return level
}

func (q quieter) Enabled(ctx context.Context, level slog.Level) bool {
	return q.Handler.Enabled(ctx, lowered(level))
}

func (q quieter) Handle(ctx context.Context, r slog.Record) error {
	r.Level = lowered(r.Level)
	return q.Handler.Handle(ctx, r)
}

func (q quieter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quieter{q.Handler.WithAttrs(attrs)}
}

func (q quieter) WithGroup(name string) slog.Handler { return quieter{q.Handler.WithGroup(name)} }
