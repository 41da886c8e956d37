package main

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/policycycle/policycycle/telemetry"
)

// observed is what tells how a process is doing that stays: commands have none.
type observed struct {
	metrics *telemetry.Metrics
	meter   metric.Meter      // nil where nobody fetches the figures
	traces  *telemetry.Traces // nil where nobody takes them
}

// observe has a house tell how it is doing, in the name of a command, from before it is connected
// to its end.
func (a *app) observe(ctx context.Context, h *house, command string) error {
	w := observed{metrics: telemetry.NewMetrics()}
	var err error
	if a.config.Server.Metrics != "" {
		w.meter, err = w.metrics.Meter()
	}
	if err == nil {
		w.traces, err = telemetry.NewTraces(ctx, a.config.Telemetry.OTLP, command, a.log)
	}
	if err != nil {
		return err
	}
	h.later(func() error { w.traces.Close(); return nil })
	h.conn.observed = w
	return nil
}
