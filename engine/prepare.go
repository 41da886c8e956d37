package engine

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/policycycle/policycycle/policy"
)

// Retention is how long Temporal keeps the history of a run that has ended. It
// serves operators alone: the record is in Postgres.
const Retention = 30 * 24 * time.Hour

// Prepare makes the namespace, unless it is there. Where making one is not
// allowed, as in a hosted Temporal, one that is there will do. It adds what Temporal's
// own list is asked by; where that is not allowed the log is told, and runs go on without:
// the lists of policycycle come from Postgres.
func Prepare(ctx context.Context, o Options) error {
	if err := prepareNamespace(ctx, o); err != nil {
		return err
	}
	if err := prepareList(ctx, o); err != nil {
		o.Log.Warn().Err(err).Msg("Temporal's own list cannot be asked by where runs stand")
	}
	return ctx.Err()
}

func prepareNamespace(ctx context.Context, o Options) error {
	namespaces, err := client.NewNamespaceClient(o.client())
	if err != nil {
		return away(o, err)
	}
	defer namespaces.Close()
	err = namespaces.Register(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: o.Namespace, Description: "the EU policy cycle", WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
	})
	switch {
	case err == nil || is[*serviceerror.NamespaceAlreadyExists](err):
		return nil
	case is[*serviceerror.Unavailable](err), errors.Is(err, context.DeadlineExceeded):
		return away(o, err)
	}
	if _, missing := namespaces.Describe(ctx, o.Namespace); missing != nil {
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "Temporal at %s has no namespace %q and does not let us make it: ask who runs it", o.Address, o.Namespace), err)
	}
	return nil
}

// away says why Temporal cannot be had: it answers and lacks the namespace, or it does not
// answer.
func away(o Options, err error) error {
	if refusal := noNamespace(err); refusal != nil {
		return errors.Join(refusal, err)
	}
	return errors.Join(policy.Refuse(policy.CodeUnavailable, "Temporal does not answer at %s; nothing was changed", o.Address), err)
}

// noNamespace gives the refusal that a missing namespace comes to; nil for another error.
func noNamespace(err error) *policy.Error {
	missing, is := errors.AsType[*serviceerror.NamespaceNotFound](err)
	if !is {
		return nil
	}
	return policy.Refuse(policy.CodeUnavailable, "Temporal answers and has no namespace %q: policycycle migrate makes it, or set temporal.namespace to one that is there; nothing was changed", missing.Namespace)
}

// Namespace is the place of our runs in Temporal.
type Namespace struct {
	Name      string
	Retention time.Duration // how long histories of runs that have ended are kept
}

// FindNamespace tells of the namespace. One that is not there, and a Temporal that does not
// answer, are policy.CodeUnavailable.
func (e *Engine) FindNamespace(ctx context.Context) (Namespace, error) {
	found, err := e.client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: e.namespace})
	if err != nil {
		return Namespace{}, translate(err)
	}
	return Namespace{Name: e.namespace, Retention: found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()}, nil
}
