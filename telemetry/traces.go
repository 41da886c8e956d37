package telemetry

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// Traces tell an OTLP endpoint which request led to which work, and how long each took. It may
// be away: then they are dropped, and nothing waits. Nil tells nobody.
type Traces struct {
	provider *trace.TracerProvider
	tracer   oteltrace.Tracer
}

// lastTraces is how long the end of a process waits for the endpoint.
const lastTraces = 2 * time.Second

// NewTraces sends traces by HTTP to an OTLP endpoint such as http://127.0.0.1:4318, in the name
// of a command, such as serve. Without an endpoint they are nil.
func NewTraces(ctx context.Context, endpoint, command string, log zerolog.Logger) (*Traces, error) {
	if endpoint == "" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint+"/v1/traces"))
	if err != nil {
		return nil, err
	}
	provider := trace.NewTracerProvider(
		trace.WithBatcher(&discreet{SpanExporter: exporter, log: log}),
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "policycycle-"+command))),
	)
	return &Traces{provider: provider, tracer: provider.Tracer("policycycle")}, nil
}

// Tracer gives what begins spans, for who speaks to Temporal.
func (t *Traces) Tracer() oteltrace.Tracer { return t.tracer }

// Close sends what was not sent yet.
func (t *Traces) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastTraces)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // an endpoint that is away was told of
}

// Propagation is how a trace goes on from one process to the next: its number, and nothing else.
var Propagation = propagation.TraceContext{}

// Door traces the requests of a door, "api" or "pages": each goes on with the trace of who asks,
// or begins one.
func (t *Traces) Door(door string, next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := Propagation.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := t.tracer.Start(ctx, door+" "+method(r.Method), oteltrace.WithSpanKind(oteltrace.SpanKindServer))
		defer span.End()
		seen := &counted{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(ctx))
		span.SetAttributes(attribute.Int(statusAttribute, seen.status))
		if seen.status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	})
}

const (
	statusAttribute      = "http.response.status_code"
	correlationAttribute = "policycycle.correlation"
)

// told are the attributes of a span that leave the process: which workflow, run and activity
// it was, whose IDs say no more than what Temporal shows under every marking, and by which name
// the log knows the request. The ID of an update has that of the act in it, which people may
// choose; what else somebody adds one day stays here.
var told = []attribute.Key{"temporalWorkflowID", "temporalRunID", "temporalActivityID", statusAttribute, correlationAttribute}

// discreet sends of spans what may stand anywhere, and says in the log when the endpoint is
// away and when it is back.
type discreet struct {
	trace.SpanExporter
	log  zerolog.Logger
	away atomic.Bool
}

// ExportSpans implements trace.SpanExporter. It never fails: what cannot be sent is dropped.
func (d *discreet) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	shown := make([]trace.ReadOnlySpan, len(spans))
	for i, span := range spans {
		shown[i] = bare{span}
	}
	err := d.SpanExporter.ExportSpans(ctx, shown)
	switch away := d.away.Swap(err != nil); {
	case err != nil && !away:
		d.log.Warn().Err(err).Msg("traces are not taken: they are dropped until the endpoint is back")
	case err == nil && away:
		d.log.Info().Msg("traces are taken again")
	}
	return nil
}

// bare is a span without what people wrote: errors quote titles and comments.
type bare struct{ trace.ReadOnlySpan }

// Attributes implements trace.ReadOnlySpan.
func (b bare) Attributes() []attribute.KeyValue {
	return slices.DeleteFunc(slices.Clone(b.ReadOnlySpan.Attributes()), func(a attribute.KeyValue) bool { return !slices.Contains(told, a.Key) })
}

// Events implements trace.ReadOnlySpan: the SDK writes errors there.
func (b bare) Events() []trace.Event { return nil }

// Status implements trace.ReadOnlySpan.
func (b bare) Status() trace.Status { return trace.Status{Code: b.ReadOnlySpan.Status().Code} }
