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
// allowed, as in a hosted Temporal, one that is there will do. Search
// attributes are not needed: lists come from Postgres.
func Prepare(ctx context.Context, o Options) error {
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

func away(o Options, err error) error {
	return errors.Join(policy.Refuse(policy.CodeUnavailable, "Temporal does not answer at %s; nothing was changed", o.Address), err)
}
