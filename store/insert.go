package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// insert writes the act, what belongs to it and its line in the trail.
func (l *ledger) insert(ctx context.Context, w work, due policy.Date, standing policy.Standing) (policy.Receipt, error) {
	id, act := w.Envelope.ID, w.act
	receipt := policy.Receipt{
		ID: id, Subject: act.Subject, Version: act.Version, Digest: act.Digest, Recorded: l.now, Standing: standing,
	}
	answer, err := json.Marshal(receipt)
	if err != nil {
		return receipt, fmt.Errorf("receipt of %s: %w", id, err)
	}
	kept := policy.Recorded{Act: act, ID: id, ArrivedOn: l.today, Due: due, Stated: w.stated}
	record, envelope, err := recordOf(w, kept, l.now)
	if err != nil {
		return receipt, err
	}
	principal := act.By
	if act.For != nil {
		principal = *act.For
	}
	sequence, err := l.write(ctx, line{act: string(act.Kind), actID: id, path: act.Subject.Path(), by: act.By, onBehalfOf: act.For, record: record})
	if err != nil {
		return receipt, err
	}
	row := sqlc.InsertActParams{
		ID: id, Cycle: l.cycle.ID, Sequence: sequence, Path: act.Subject.Path(), Kind: string(act.Kind), Content: w.stated,
		Version: int32(act.Version), Digest: act.Digest, Date: toDate(act.Date), ArrivedOn: toDate(l.today), Due: toDate(due),
		Document: string(act.Document), Comment: act.Comment, Language: string(act.Language), Rectifies: optional(act.Rectifies), Held: optional(act.Content),
		Person: act.By.Person, Principal: principal.Person, Body: string(act.By.Body), Channel: w.Channel,
		RecordedAt: l.now, Receipt: answer, Irregular: act.Irregular, Marking: string(act.Marking), Holder: act.Holder, TextDigest: act.TextDigest,
		RestsOn: optional(w.restsOn), Envelope: envelope, Substantive: act.Substantive, Revises: optional(int32(act.Revises)),
	}
	if err := l.q.InsertAct(ctx, row); err != nil {
		return receipt, fmt.Errorf("act %s: %w", id, err)
	}
	switch act.Kind {
	case policy.ActDecide:
		return receipt, l.insertDecision(ctx, id, act)
	case policy.ActLaunch, policy.ActPosition:
		err = l.q.InsertPosition(ctx, sqlc.InsertPositionParams{
			Act: id, Body: string(act.Body), Procedure: string(act.Procedure), Deadline: toDate(act.Deadline),
			Delegation: string(act.Delegation), Stance: string(act.Stance),
		})
		return receipt, err
	default:
		return receipt, nil
	}
}

func (l *ledger) insertDecision(ctx context.Context, id string, act policy.Act) error {
	err := l.q.InsertDecision(ctx, sqlc.InsertDecisionParams{
		Act: id, Body: string(act.Body), Outcome: string(act.Outcome), Procedure: string(act.Procedure),
		Meeting: act.Meeting, SkipReason: act.SkipReason, OtherDay: act.OtherDay,
	})
	if err != nil {
		return fmt.Errorf("decision %s: %w", id, err)
	}
	for _, item := range act.Items {
		row := sqlc.InsertDecisionItemParams{Act: id, Item: item.Item, Outcome: string(item.Outcome)}
		if err := l.q.InsertDecisionItem(ctx, row); err != nil {
			return fmt.Errorf("decision %s on %s: %w", id, item.Item, err)
		}
	}
	return nil
}
