package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// What Temporal's own page and list show of a run. It comes from its orders, which hold no more
// than may be shown. Details are an answer to a query and no command; the memo and what the list
// is asked by are, and stand in the history each time they change.

var (
	attributeCycle     = temporal.NewSearchAttributeKeyKeyword(protocol.AttributeCycle)
	attributeStage     = temporal.NewSearchAttributeKeyKeyword(protocol.AttributeStage)
	attributeRehearsal = temporal.NewSearchAttributeKeyBool(protocol.AttributeRehearsal)
	attributeTurn      = temporal.NewSearchAttributeKeyKeywordList(protocol.AttributeTurn)
	attributeNextDue   = temporal.NewSearchAttributeKeyTime(protocol.AttributeNextDue)
	attributeOverdue   = temporal.NewSearchAttributeKeyBool(protocol.AttributeOverdue)
)

// listing is the change by which a run keeps its memo and what the list is asked by current.
const listing = "keep the list of Temporal current"

// show tells Temporal where the run stands.
func (r *run) show(ctx workflow.Context) error {
	outlook := r.orders.Outlook
	if outlook == nil {
		return nil
	}
	workflow.SetCurrentDetails(ctx, protocol.Details(r.orders))
	var updates []temporal.SearchAttributeUpdate
	if r.orders.Listed { // one that the namespace lacks would stop the run
		updates = r.unlisted(ctx, outlook)
	}
	titled := outlook.Title == r.Title
	if len(updates) == 0 && titled || workflow.GetVersion(ctx, listing, workflow.DefaultVersion, 1) < 1 {
		return nil
	}
	if !titled {
		memo := map[string]any{protocol.MemoTitle: outlook.Title}
		if outlook.Title == "" { // it may be shown no longer
			memo[protocol.MemoTitle] = nil
		}
		if err := workflow.UpsertMemo(ctx, memo); err != nil {
			return err
		}
		r.Title = outlook.Title
	}
	if len(updates) == 0 {
		return nil
	}
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

// unlisted gives what the list is asked by and does not know yet.
func (r *run) unlisted(ctx workflow.Context, o *policy.Outlook) (updates []temporal.SearchAttributeUpdate) {
	known := workflow.GetTypedSearchAttributes(ctx)
	set := func(current bool, update temporal.SearchAttributeUpdate) {
		if !current {
			updates = append(updates, update)
		}
	}
	cycle, _ := known.GetKeyword(attributeCycle)
	set(cycle == r.Run.Cycle, attributeCycle.ValueSet(r.Run.Cycle))
	stage, _ := known.GetKeyword(attributeStage)
	set(stage == string(r.orders.Stage), attributeStage.ValueSet(string(r.orders.Stage)))
	rehearsal, told := known.GetBool(attributeRehearsal)
	set(told && rehearsal == o.Rehearsal, attributeRehearsal.ValueSet(o.Rehearsal))
	turn, turns := known.GetKeywordList(attributeTurn)
	due, dues := known.GetTime(attributeNextDue)
	overdue, told := known.GetBool(attributeOverdue)
	if policy.Limite.Above(o.Shown) {
		set(!turns, attributeTurn.ValueUnset())
		set(!dues, attributeNextDue.ValueUnset())
		set(!told, attributeOverdue.ValueUnset())
		return updates
	}
	whose, next := policy.Texts(o.Turn), o.NextDue.Time(time.UTC)
	if len(whose) == 0 {
		set(!turns, attributeTurn.ValueUnset())
	} else {
		set(slices.Equal(turn, whose), attributeTurn.ValueSet(whose))
	}
	if o.NextDue.IsZero() {
		set(!dues, attributeNextDue.ValueUnset())
	} else {
		set(dues && due.Equal(next), attributeNextDue.ValueSet(next))
	}
	set(told && overdue == o.Overdue, attributeOverdue.ValueSet(o.Overdue))
	return updates
}

// attributesOf gives what the list is asked by of a run that is about to be started.
func (r *run) attributesOf(child policy.Run) temporal.SearchAttributes {
	if !r.orders.Listed || r.orders.Outlook == nil {
		return temporal.SearchAttributes{}
	}
	return temporal.NewSearchAttributes(attributeCycle.ValueSet(child.Cycle), attributeRehearsal.ValueSet(r.orders.Outlook.Rehearsal))
}

// described gives the options of an activity, with what it is about.
func described(ctx workflow.Context, what string) workflow.Context {
	options := workflow.GetActivityOptions(ctx)
	options.Summary = what
	return workflow.WithActivityOptions(ctx, options)
}

// about says in a few words what is recorded.
func about(args protocol.RecordArgs) string {
	if args.Short != nil {
		return string(args.Short.Name)
	}
	if args.Malformed != "" || args.Encrypted != nil {
		return "a message"
	}
	const most = 40
	return policy.Legible(string(args.Envelope.Act.Kind), most) + " " + args.Envelope.Act.Subject.Path()
}
