package telemetry

import (
	"context"
	"crypto/rand"
	"regexp"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// correlationKey is under which a context holds the name of a request.
type correlationKey struct{}

// wellFormed is what the name of a request may look like: it stands in the log.
var wellFormed = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Correlate gives a context the name of the request that it serves, and its span, if it has one.
func Correlate(ctx context.Context, id string) context.Context {
	trace.SpanFromContext(ctx).SetAttributes(attribute.String(correlationAttribute, id))
	return context.WithValue(ctx, correlationKey{}, id)
}

// Correlation gives the name of the request that a context serves; "" for none.
func Correlation(ctx context.Context) string {
	id, _ := ctx.Value(correlationKey{}).(string)
	return id
}

// CorrelationOr gives the name that a request brings, or a new one where it brings
// none that is well formed.
func CorrelationOr(id string) string {
	if wellFormed.MatchString(id) {
		return id
	}
	return rand.Text()
}
