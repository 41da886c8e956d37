package engine

import (
	"context"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/telemetry"
)

// correlating carries the name of a request with what is sent to a run, on to the
// activities that the run asks for: one name from the request to the log.
type correlating struct{}

// headerCorrelation is under which it travels. It is random and tells nothing.
const headerCorrelation = "correlation"

var _ workflow.ContextPropagator = correlating{}

// inWorkflow is the key under which a run knows the name.
type inWorkflow struct{}

func put(w workflow.HeaderWriter, id string) error {
	if id == "" {
		return nil
	}
	payload, err := converter.GetDefaultDataConverter().ToPayload(id)
	if err == nil {
		w.Set(headerCorrelation, payload)
	}
	return err
}

// taken gives the name that came; one that cannot be read is none.
func taken(r workflow.HeaderReader) string {
	payload, there := r.Get(headerCorrelation)
	var id string
	if !there || converter.GetDefaultDataConverter().FromPayload(payload, &id) != nil {
		return ""
	}
	return id
}

// Inject implements workflow.ContextPropagator.
func (correlating) Inject(ctx context.Context, w workflow.HeaderWriter) error {
	return put(w, telemetry.Correlation(ctx))
}

// InjectFromWorkflow implements workflow.ContextPropagator.
func (correlating) InjectFromWorkflow(ctx workflow.Context, w workflow.HeaderWriter) error {
	id, _ := ctx.Value(inWorkflow{}).(string)
	return put(w, id)
}

// Extract implements workflow.ContextPropagator.
func (correlating) Extract(ctx context.Context, r workflow.HeaderReader) (context.Context, error) {
	if id := taken(r); id != "" {
		ctx = telemetry.Correlate(ctx, id)
	}
	return ctx, nil
}

// ExtractToWorkflow implements workflow.ContextPropagator.
func (correlating) ExtractToWorkflow(ctx workflow.Context, r workflow.HeaderReader) (workflow.Context, error) {
	if id := taken(r); id != "" {
		ctx = workflow.WithValue(ctx, inWorkflow{}, id)
	}
	return ctx, nil
}
