package telemetry

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// flaky takes traces, or does not.
type flaky struct {
	*tracetest.InMemoryExporter
	away error
}

func (f *flaky) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	if f.away != nil {
		return f.away
	}
	return f.InMemoryExporter.ExportSpans(ctx, spans)
}

func TestTraces_TellNothingThatSomebodyWrote(t *testing.T) {
	t.Parallel()
	kept, log := &flaky{InMemoryExporter: tracetest.NewInMemoryExporter()}, &strings.Builder{}
	provider := trace.NewTracerProvider(trace.WithSyncer(&discreet{SpanExporter: kept, log: zerolog.New(log)}))
	tell := func(name string) {
		_, span := provider.Tracer("x").Start(t.Context(), name)
		span.SetAttributes(attribute.String("temporalWorkflowID", "cycle/c"), attribute.String("temporalUpdateID", "secret"))
		span.RecordError(errors.New("secret"))
		span.SetStatus(codes.Error, "secret")
		span.End()
	}
	tell("first")
	spans := kept.GetSpans()
	if len(spans) != 1 || len(spans[0].Attributes) != 1 || len(spans[0].Events) != 0 || spans[0].Status.Code != codes.Error || spans[0].Status.Description != "" {
		t.Errorf("told is %+v", spans)
	}

	kept.away = errors.New("refused")
	tell("second")
	tell("third")
	kept.away = nil
	tell("fourth")
	if said := log.String(); strings.Count(said, "traces are not taken") != 1 || strings.Count(said, "traces are taken again") != 1 {
		t.Errorf("the log has %s", said)
	}
}

func TestTracesDoor_GoesOnWithTheTraceOfWhoAsks(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	traces := &Traces{tracer: trace.NewTracerProvider(trace.WithSpanProcessor(spans)).Tracer("x")}
	door := traces.Door("api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Correlate(r.Context(), "a-name")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	request := httptest.NewRequestWithContext(t.Context(), "BREW", "/v1/cycles/secret", http.NoBody)
	request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	door.ServeHTTP(httptest.NewRecorder(), request)
	span := spans.Ended()[0]
	if span.Name() != "api other" || span.SpanContext().TraceID().String() != "0af7651916cd43dd8448eb211c80319c" || span.Status().Code != codes.Error {
		t.Errorf("%s %s %v", span.Name(), span.SpanContext().TraceID(), span.Status())
	}
	if got := span.Attributes(); len(got) != 2 || got[0] != attribute.String(correlationAttribute, "a-name") || got[1] != attribute.Int(statusAttribute, 503) {
		t.Errorf("it has %v", got)
	}
}

func TestNewTraces_WithoutAnEndpointTellNobody(t *testing.T) {
	t.Parallel()
	traces, err := NewTraces(t.Context(), "", "up", zerolog.Nop())
	if traces != nil || err != nil {
		t.Fatalf("%v, %v", traces, err)
	}
	door := traces.Door("api", http.NotFoundHandler())
	answer := httptest.NewRecorder()
	door.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	if answer.Code != http.StatusNotFound {
		t.Errorf("answered %d", answer.Code)
	}
	traces.Close()
}

func TestMetricsMeter_CountsAtTheSamePlace(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	meter, err := m.Meter()
	if err != nil {
		t.Fatal(err)
	}
	counter, err := meter.Int64Counter("temporal_request")
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), 3)
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if !strings.Contains(answer.Body.String(), "\ntemporal_request_total 3\n") {
		t.Errorf("the figures are %s", answer.Body)
	}
}
