// Package protocol is everything that travels through Temporal: the names and
// IDs of workflows, activities, updates, signals and queries, and what they
// carry. Whoever speaks to a running cycle from outside needs this page alone.
//
// Only references and digests travel; content lives in Postgres.
package protocol

import (
	"fmt"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// TaskQueue is the task queue that workers serve.
const TaskQueue = "policycycle"

// PostQueue is the task queue of the run that sends mail, which services serve: it stands in the
// way of no act, and worker need not know people.
const PostQueue = "policycycle-post"

// TaskTimeout is how long a worker may take for one workflow task before
// another gets it. It bounds how long a run stands still when its worker dies.
const TaskTimeout = 4 * time.Second

// The names of the workflows.
const (
	WorkflowCycle       = "policy-cycle"
	WorkflowPlan        = "plan"
	WorkflowObligations = "obligations"
	WorkflowEvaluation  = "evaluation"
	WorkflowPost        = "post"
)

// The names of the activities. Each is one transaction for each act, and idempotent.
const (
	// ActivityLook brings the record in line with the position that a run must
	// have, and tells the run its orders: LookArgs → policy.Orders.
	ActivityLook = "look"
	// ActivityRecord records or refuses an act: RecordArgs → Answer.
	ActivityRecord = "record"
	// ActivityRecordAll records or refuses several acts that came by signal, one after
	// the other: RecordAllArgs → policy.Orders. It goes on where it was.
	ActivityRecordAll = "record-all"
	// ActivityRemind records a reminder: RemindArgs → policy.Orders.
	ActivityRemind = "remind"
	// ActivityPost sends the mail that is due: nothing → PostOrders.
	ActivityPost = "post"
)

// The messages a run takes.
const (
	// UpdateAct carries an evidence.Envelope and answers with a policy.Receipt
	// once the act is recorded.
	UpdateAct = "act"
	// SignalAct carries the same envelope and answers nothing; a refusal
	// stands in the trail.
	SignalAct = "act"
	// Signals and updates by the names of policy.Messages carry a short message: an act of
	// which the records know the rest. They answer as those named act do.

	// SignalWake carries nothing: the run looks at the record.
	SignalWake = "wake"
	// QueryState answers with a State: where the run stands now, and what it waits for.
	QueryState = "state"
)

// EncodingEncrypted is the encoding of a payload that is encrypted, and MetadataKey
// the entry of its metadata that names the key.
const (
	EncodingEncrypted = "binary/encrypted"
	MetadataKey       = "encryption-key-id"
)

// The channels by which an act may arrive.
const (
	ChannelUpdate = "update"
	ChannelSignal = "signal"
)

// WorkflowName gives the name of the workflow that carries a run.
func WorkflowName(run policy.Run) string {
	switch run.Kind {
	case policy.RunCycle:
		return WorkflowCycle
	case policy.RunPlan:
		return WorkflowPlan
	case policy.RunObligations:
		return WorkflowObligations
	default:
		return WorkflowEvaluation
	}
}

// WorkflowID gives the ID of the workflow that carries a run.
func WorkflowID(run policy.Run) string {
	switch run.Kind {
	case policy.RunPlan:
		return "plan/" + run.Plan.String()
	case policy.RunPost:
		return string(run.Kind)
	default:
		return string(run.Kind) + "/" + run.Cycle
	}
}

// StateFormat is the format number of the RunState this code writes and the
// highest it reads: older code refuses newer state.
const StateFormat = 1

// RunState is all that a run knows; it is handed on as it is when the run
// continues as new.
type RunState struct {
	Format int        `json:"format"`
	Run    policy.Run `json:"run"`
	// Stage is the stage at which this stretch of the run began.
	Stage policy.Stage `json:"stage,omitempty"`
	// Definition is the version of the definition that the started runs were
	// told of.
	Definition int `json:"definition,omitempty"`
	// Renewed is the last of the instants of policy.Orders.Renew after which the run
	// continued as new.
	Renewed time.Time `json:"renewed,omitzero"`
	// Title is the one that the memo of the run tells.
	Title string `json:"title,omitempty"`
	// Started lists the runs that this one has started.
	Started []policy.Run `json:"started,omitempty"`
	// Told is what the stretch before answered last to QueryState: this one answers so until it
	// has looked at the record. Nil where there was none.
	Told *Told `json:"told,omitempty"`
}

// NewRunState gives the state with which a run begins.
func NewRunState(run policy.Run) RunState { return RunState{Format: StateFormat, Run: run} }

// Check refuses a state of another format than this code knows.
func (s RunState) Check() error {
	if s.Format < 1 || s.Format > StateFormat {
		return fmt.Errorf("state has format %d, this code reads up to %d", s.Format, StateFormat)
	}
	return nil
}

// LookArgs is the argument of ActivityLook.
type LookArgs struct {
	Run policy.Run `json:"run"`
	Now time.Time  `json:"now"` // on the clock of the workflow
}

// RecordArgs is the argument of ActivityRecord.
type RecordArgs struct {
	Run      policy.Run        `json:"run"` // the run that received the act
	Now      time.Time         `json:"now"`
	Channel  string            `json:"channel"`
	Envelope evidence.Envelope `json:"envelope"`
	// Malformed says why a message could not be read; then Envelope is empty
	// and Raw is the digest of what came.
	Malformed string `json:"malformed,omitempty"`
	Raw       string `json:"raw,omitempty"`
	// Short is a short message; then Envelope is empty.
	Short *evidence.Short `json:"short,omitempty"`
	// Encrypted is a message that the worker of the run has no key for; then Envelope is
	// empty. Another worker may have it.
	Encrypted *Encrypted `json:"encrypted,omitempty"`
}

// RecordAllArgs is the argument of ActivityRecordAll.
type RecordAllArgs struct {
	Messages []RecordArgs `json:"messages"`
}

// What is recorded together: at most so many messages, and so many bytes of JSON before
// the last. That one may have six times the size of an envelope, where all of it has to
// be escaped. Of what cannot be read at most so many bytes of JSON are told; together it is
// less than a private Temporal takes in one payload.
const (
	MaxTogether      = 50
	MaxTogetherBytes = evidence.MaxEnvelope
	MaxTold          = 500
)

// RemindArgs is the argument of ActivityRemind.
type RemindArgs struct {
	Run    policy.Run       `json:"run"`
	Now    time.Time        `json:"now"`
	Notice policy.DueNotice `json:"notice"`
}

// Answer is what became of an act: a receipt or a refusal, and the orders of
// the run afterwards.
type Answer struct {
	Receipt policy.Receipt `json:"receipt,omitzero"`
	Refusal *policy.Error  `json:"refusal,omitempty"`
	Orders  policy.Orders  `json:"orders"`
}
