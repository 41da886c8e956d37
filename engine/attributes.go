package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// attributes are what Temporal's own list is asked by.
var attributes = map[string]enumspb.IndexedValueType{
	protocol.AttributeCycle:     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	protocol.AttributeStage:     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	protocol.AttributeRehearsal: enumspb.INDEXED_VALUE_TYPE_BOOL,
	protocol.AttributeTurn:      enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
	protocol.AttributeNextDue:   enumspb.INDEXED_VALUE_TYPE_DATETIME,
	protocol.AttributeOverdue:   enumspb.INDEXED_VALUE_TYPE_BOOL,
}

// Listed says whether the namespace had what Temporal's list is asked by when it was asked last.
// A run that told it what it does not have would stand still.
func (e *Engine) Listed() bool { return e.listed.Load() }

// LearnListed asks the namespace for what Temporal's list is asked by. Where that is not told, or
// something is missing or is of another type, runs go on without.
func (e *Engine) LearnListed(ctx context.Context) error {
	missing, err := e.Unlisted(ctx)
	e.listed.Store(err == nil && len(missing) == 0)
	return err
}

// Unlisted gives what the namespace lacks of what Temporal's list is asked by, each with its
// type, such as “Cycle (Keyword)”.
func (e *Engine) Unlisted(ctx context.Context) ([]string, error) {
	there, err := listable(ctx, e.client, e.namespace)
	if err != nil {
		return nil, policy.Refuse(policy.CodeUnavailable, "%s", err)
	}
	var names []string
	for name, kind := range lacking(there) {
		names = append(names, fmt.Sprintf("%s (%s)", name, kind))
	}
	slices.Sort(names)
	return names, nil
}

// listable gives by what the list of a namespace can be asked, beside what Temporal has itself.
func listable(ctx context.Context, c client.Client, namespace string) (map[string]enumspb.IndexedValueType, error) {
	found, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("what Temporal's list is asked by is not told: %w", err)
	}
	return found.GetCustomAttributes(), nil
}

// lacking gives the attributes that are not among those that are there, with their types.
func lacking(there map[string]enumspb.IndexedValueType) map[string]enumspb.IndexedValueType {
	missing := map[string]enumspb.IndexedValueType{}
	for name, kind := range attributes {
		if there[name] != kind {
			missing[name] = kind
		}
	}
	return missing
}

// prepareList adds to a namespace what Temporal's list is asked by, and waits until all of Temporal
// knows it. The error, for the log, says why runs go on without.
func prepareList(ctx context.Context, o Options) error {
	c, err := client.NewLazyClient(o.client())
	if err != nil {
		return err
	}
	defer c.Close()
	there, err := listable(ctx, c, o.Namespace)
	if err != nil {
		return err
	}
	missing := lacking(there)
	if len(missing) == 0 {
		return nil
	}
	for name := range missing {
		if kind, taken := there[name]; taken {
			return fmt.Errorf("the namespace has a search attribute %s of another type, %s", name, kind)
		}
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: o.Namespace, SearchAttributes: missing})
	if err != nil {
		return fmt.Errorf("what Temporal's list is asked by cannot be added: %w", err)
	}
	return known(ctx, c, o.Namespace)
}

// What the parts of Temporal know of a namespace they read anew every two seconds. settle is
// how long all of them need, once one knows; patience how long that one is waited for.
const (
	settle   = 2500 * time.Millisecond
	patience = 30 * time.Second
)

// known waits until Temporal knows what was added.
func known(ctx context.Context, c client.Client, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	question := protocol.AttributeOverdue + " = true AND " + protocol.AttributeTurn + ` = "x"`
	asked := &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: question}
	for {
		_, err := c.CountWorkflow(ctx, asked)
		wait := settle
		if err != nil {
			wait = pause
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(wait):
		}
		if err == nil {
			return nil
		}
	}
}

// listed gives what the list is asked by of a run that is about to be started, as far as it is
// known without its orders.
func listed(run policy.Run) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(temporal.NewSearchAttributeKeyKeyword(protocol.AttributeCycle).ValueSet(run.Cycle))
}
