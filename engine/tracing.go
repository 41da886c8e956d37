package engine

import (
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/telemetry"
)

// Tracing takes a trace from who sends something to a run, through the task of the run, to the
// activities that it asks for: in a header, which no command depends on. The worker has it of the
// client.
func Tracing(tracer trace.Tracer) interceptor.Interceptor {
	traced, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer: tracer, TextMapPropagator: telemetry.Propagation, DisableBaggage: true,
		AllowInvalidParentSpans: true, // whatever a stranger sends as a header stops no run
	})
	if err != nil {
		panic(err) // there is nothing to be wrong with the options
	}
	return once{traced}
}

// once is the interceptor without the updates that a run only goes through again: the SDK would
// tell of each as often as the run is read from its beginning.
type once struct{ interceptor.Interceptor }

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (o once) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	i := &replaying{untold: next}
	i.Next = o.Interceptor.InterceptWorkflow(ctx, next)
	return i
}

type replaying struct {
	interceptor.WorkflowInboundInterceptorBase
	untold interceptor.WorkflowInboundInterceptor
}

// ExecuteUpdate implements interceptor.WorkflowInboundInterceptor.
func (r *replaying) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	if workflow.IsReplaying(ctx) {
		return r.untold.ExecuteUpdate(ctx, in)
	}
	return r.Next.ExecuteUpdate(ctx, in)
}

// counting counts requests, polls and tasks, and how long they took.
func counting(meter metric.Meter, log zerolog.Logger) client.MetricsHandler {
	return opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: meter, UseMonotonicCounters: true,
		OnError: func(err error) { log.Warn().Err(err).Msg("a figure of Temporal's SDK is not counted") },
	})
}
