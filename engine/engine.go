// Package engine owns the connection to Temporal and is alone in calling its
// client. It speaks the protocol and turns Temporal's errors into those of
// package policy.
package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/metric"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/telemetry"
)

// Options says where Temporal is and how to get in.
type Options struct {
	Address   string
	Namespace string
	APIKey    string      // empty for none
	TLS       *tls.Config // nil for none
	// Encryption holds the keys for what travels; nil for none.
	Encryption *Encryption
	// Shown is the highest marking of what Temporal's own page and list show; empty is PUBLIC.
	Shown policy.Marking
	Log   zerolog.Logger
	// Timeout is how long to wait for the answer to an act; 0 is 15 s.
	Timeout time.Duration
	// Traces tell which request led to which work; nil for nowhere.
	Traces *telemetry.Traces
	// Meter counts what the SDK of Temporal does; nil for nobody.
	Meter metric.Meter
}

// Engine is a connection to Temporal.
type Engine struct {
	client              client.Client
	namespace, identity string
	keys                *Encryption
	shown               policy.Marking
	failures            converter.FailureConverter
	log                 zerolog.Logger
	timeout             time.Duration
	lines               lines // of acts on their way
	listed              atomic.Bool
}

// ErrGone says that a run takes no acts, because it has ended or never began.
// Whether an act is recorded is then to be read in the records.
var ErrGone = errors.New("the run takes no acts")

// Dial connects to Temporal. One that does not answer, or lacks the namespace, is
// policy.CodeUnavailable.
func Dial(ctx context.Context, o Options) (*Engine, error) {
	options := o.client()
	options.Identity = identity()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, away(o, err)
	}
	const patience = 15 * time.Second
	e := &Engine{
		client: c, namespace: cmp.Or(o.Namespace, client.DefaultNamespace), identity: options.Identity,
		keys: o.Encryption, shown: cmp.Or(o.Shown, policy.Public), failures: o.Encryption.failures(), log: o.Log, timeout: cmp.Or(o.Timeout, patience),
	}
	// A key that may not ask for the namespace may have it all the same.
	_, err = e.FindNamespace(ctx)
	if missing := noNamespace(err); missing != nil {
		e.Close()
		return nil, away(o, err)
	}
	return e, nil
}

func (o Options) client() client.Options {
	options := client.Options{
		HostPort:  o.Address,
		Namespace: o.Namespace,
		Logger:    telemetry.Temporal(o.Log),
		// What is sent is small, and what is encrypted does not get smaller.
		ConnectionOptions: client.ConnectionOptions{TLS: o.TLS, GrpcCompression: &client.GrpcCompressionNone{}},

		ContextPropagators: []workflow.ContextPropagator{correlating{}},
	}
	if o.Meter != nil {
		options.MetricsHandler = counting(o.Meter, o.Log)
	}
	if o.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(o.APIKey)
	}
	if o.Traces != nil {
		options.Interceptors = append(options.Interceptors, Tracing(o.Traces.Tracer()))
	}
	o.Encryption.apply(&options)
	return options
}

// Close ends the connection.
func (e *Engine) Close() { e.client.Close() }

// Client gives the Temporal client to the worker, which needs it to register.
func (e *Engine) Client() client.Client { return e.client }

// Encryption gives the keys for what travels; nil for none.
func (e *Engine) Encryption() *Encryption { return e.keys }

// Shown is the highest marking of what Temporal's own page and list show.
func (e *Engine) Shown() policy.Marking { return e.shown }

// Log gives the log of whatever goes on here.
func (e *Engine) Log() zerolog.Logger { return e.log }

// Patience is how long the answer to an act is waited for.
func (e *Engine) Patience() time.Duration { return e.timeout }

// Start sets a run in motion. One that is in motion stays as it is. One that has ended
// begins anew: the record knows whether it is at its end, and if it is, it ends at once.
func (e *Engine) Start(ctx context.Context, run policy.Run) error {
	options := starting(run)
	if e.Listed() {
		options.TypedSearchAttributes = listed(run)
	}
	_, err := e.client.ExecuteWorkflow(ctx, options, protocol.WorkflowName(run), protocol.NewRunState(run))
	if is[*serviceerror.InvalidArgument](err) && e.listed.Swap(false) { // somebody took them away
		return e.Start(ctx, run)
	}
	if err == nil || is[*serviceerror.WorkflowExecutionAlreadyStarted](err) {
		return nil
	}
	return translate(err)
}

func starting(run policy.Run) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                  protocol.WorkflowID(run),
		TaskQueue:           protocol.TaskQueue,
		WorkflowTaskTimeout: protocol.TaskTimeout,
		StaticSummary:       protocol.Summary(run),
		// No execution timeout: it would span all the years of the run.
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// Act sends an act and waits until it is recorded or refused. A refusal is a
// *policy.Error. No answer in time is policy.CodeOutcomeUnknown; ErrGone says
// that the run takes no acts. An act that has to wait too long, for those of others or
// for a run that stands still, is policy.CodeUnavailable and was not recorded.
func (e *Engine) Act(ctx context.Context, envelope evidence.Envelope) (policy.Receipt, error) {
	return e.act(ctx, envelope, e.update)
}

// ActAnew does the same with a run that has ended, and begins anew for the act: where that
// opens nothing again, the run ends at once.
func (e *Engine) ActAnew(ctx context.Context, run policy.Run, envelope evidence.Envelope) (policy.Receipt, error) {
	return e.act(ctx, envelope, func(ctx context.Context, envelope evidence.Envelope) (receipt policy.Receipt, err error) {
		options := starting(run)
		options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
		handle, err := e.client.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: e.client.NewWithStartWorkflowOperation(options, protocol.WorkflowName(run), protocol.NewRunState(run)),
			UpdateOptions:          updating(envelope),
		})
		if err == nil {
			err = handle.Get(ctx, &receipt)
		}
		return receipt, err
	})
}

// sending is a way in which an act reaches its run.
type sending func(context.Context, evidence.Envelope) (policy.Receipt, error)

func (e *Engine) act(ctx context.Context, envelope evidence.Envelope, send sending) (policy.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	leave, err := e.turn(ctx, envelope)
	if err != nil {
		return policy.Receipt{}, err
	}
	defer leave()
	for {
		receipt, err := send(ctx, envelope)
		if !turnedBack(err) {
			return receipt, translate(err)
		}
		select {
		case <-ctx.Done():
			return receipt, untaken(err)
		case <-time.After(pause):
		}
	}
}

// pause is how long an act waits that a run turned back.
const pause = 100 * time.Millisecond

// update sends an act and waits for its receipt.
func (e *Engine) update(ctx context.Context, envelope evidence.Envelope) (receipt policy.Receipt, err error) {
	handle, err := e.client.UpdateWorkflow(ctx, updating(envelope))
	if err == nil {
		err = handle.Get(ctx, &receipt)
	}
	return receipt, err
}

func updating(envelope evidence.Envelope) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		UpdateID:     updateID(envelope),
		WorkflowID:   envelope.WorkflowID,
		UpdateName:   protocol.UpdateAct,
		Args:         []any{envelope},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

// updateID names one sending of an act. It is not the ID of the act alone: a
// run remembers the answer to an update by its ID, so an act refused as not
// ready would stay refused however often it is repeated later. That an act is
// recorded once rests on its ID in the records.
func updateID(e evidence.Envelope) string {
	return e.ID + "@" + e.IssuedAt.UTC().Format(time.RFC3339Nano)
}

// Signal sends an act without waiting for what becomes of it.
func (e *Engine) Signal(ctx context.Context, envelope evidence.Envelope) error {
	return translate(e.client.SignalWorkflow(ctx, envelope.WorkflowID, "", protocol.SignalAct, envelope))
}

// Wake has a run look at the record. One that is not in motion is ErrGone.
func (e *Engine) Wake(ctx context.Context, run policy.Run) error {
	return translate(e.client.SignalWorkflow(ctx, protocol.WorkflowID(run), "", protocol.SignalWake, nil))
}

// Health says whether Temporal answers and has the namespace.
func (e *Engine) Health(ctx context.Context) error {
	if _, err := e.client.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return translate(err)
	}
	_, err := e.FindNamespace(ctx)
	if missing := noNamespace(err); missing != nil {
		return err
	}
	return nil
}

// translate turns an error of Temporal into one of package policy.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if refused, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		domain := new(policy.Error)
		if !refused.HasDetails() {
			return err
		}
		if undecodable := refused.Details(domain); undecodable != nil {
			return unread(undecodable)
		}
		return domain
	}
	switch {
	case errors.Is(err, converter.ErrUnableToDecode), errors.Is(err, converter.ErrEncodingIsNotSupported):
		return unread(err)
	case noNamespace(err) != nil:
		return errors.Join(noNamespace(err), err)
	case is[*serviceerror.NotFound](err):
		return errors.Join(ErrGone, err)
	case is[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err), is[*serviceerror.DeadlineExceeded](err), errors.Is(err, context.DeadlineExceeded):
		return errors.Join(policy.Refuse(policy.CodeOutcomeUnknown, "no answer came in time: the act may or may not be recorded; repeat the same command to learn which, it is recorded once"), err)
	case is[*serviceerror.InvalidArgument](err):
		return errors.Join(policy.Refuse(policy.CodeInvalid, "Temporal does not take what was sent, and nothing was recorded: shorten the texts, the lists or the ID in it"), err)
	case is[*serviceerror.Unavailable](err):
		return errors.Join(policy.Refuse(policy.CodeUnavailable, "Temporal does not answer; repeat the same command once it is back"), err)
	default:
		return err
	}
}

// is says whether an error is of a type, or one in its tree.
func is[T error](err error) bool {
	_, found := errors.AsType[T](err)
	return found
}

// unread says that an answer came which cannot be read.
func unread(err error) error {
	return errors.Join(policy.Refuse(policy.CodeOutcomeUnknown, "an answer came that cannot be read here: the act may or may not be recorded; set encryption.keys to the file that serve and the workers have and repeat the same command, it is recorded once"), err)
}
