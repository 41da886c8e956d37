package store

import (
	"context"
	"fmt"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// outlook tells what is open in a run, with what waits in it for a second person.
func (l *ledger) outlook(ctx context.Context, run policy.Run, open []policy.Standing) (*policy.Outlook, error) {
	o := policy.OutlookOf(open, l.today)
	o.Title, o.Rehearsal = l.cycle.Title, l.cycle.Rehearsal
	o.Name(l.bodies())
	if run.Kind == policy.RunPlan {
		o.Title = l.subjects[run.Plan].Title
	}
	waits := false
	for i, a := range o.Open {
		o.Open[i].Title = l.subjects[a.Subject].Title
		if a.Waiting != nil {
			waits = true
		}
	}
	if !waits {
		return &o, nil
	}
	rows, err := l.q.ListWaiting(ctx, l.cycle.ID)
	if err != nil {
		return nil, fmt.Errorf("what waits in %s: %w", l.cycle.ID, err)
	}
	stated := map[string]policy.Waiting{}
	for _, row := range rows {
		stated[row.ID] = waitingOf(row)
	}
	for i, a := range o.Open {
		if a.Waiting == nil {
			continue
		}
		if w, there := stated[a.Waiting.ID]; there {
			o.Open[i].Waiting = &w
		}
	}
	return &o, nil
}

func waitingOf(row sqlc.ListWaitingRow) policy.Waiting {
	return policy.Waiting{
		ID: row.ID, Kind: policy.ActKind(row.Kind), Body: policy.Body(row.Body), Outcome: policy.Outcome(row.Outcome),
		Date: fromDate(row.Date), Document: policy.DocumentRef(row.Document), Stated: row.Content,
	}
}
