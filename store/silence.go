package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// expireSilence records what silence procedures have ended in: the adoption of
// what was proposed where no delegation objected in time. Nobody types it.
func (l *ledger) expireSilence(ctx context.Context, run policy.Run) error {
	over := func(known Subject) bool {
		return known.Silence != nil && known.State == policy.StateDeciding && known.Silence.BrokenBy == "" &&
			known.Subject.Run() == run && l.today.After(known.Silence.Deadline)
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(l.subjects)), over) {
		return nil // mostly: the agenda is long
	}
	for _, e := range l.loaded.Agenda() {
		known := l.subjects[e.Subject]
		if !over(known) {
			continue
		}
		if err := l.apart(ctx, func(l *ledger) error { return l.endSilence(ctx, l.loaded, e, known) }); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) endSilence(ctx context.Context, r policy.Records, entry policy.Entry, known Subject) error {
	acts, err := l.acts(ctx, known.Subject)
	if err != nil {
		return err
	}
	facts, err := l.facts(ctx, r, entry, policy.Act{
		Kind: policy.ActDecide, Subject: known.Subject, Body: known.Silence.Body, Date: known.Silence.Deadline, Outcome: policy.Adopted,
	})
	if err != nil {
		return err
	}
	end, ended := policy.Expired(entry, known.OpenedOn, acts, facts)
	if !ended {
		return nil
	}
	if end.ID, err = l.endOf(ctx, known.Silence.ID); err != nil {
		return err
	}
	envelope, err := evidence.Enclose(end.ID, evidence.ChannelCalendar, end.Act, l.now)
	if err != nil {
		return err
	}
	stated, err := envelope.Content()
	if err != nil {
		return err
	}
	standing := policy.StandingOf(entry, known.OpenedOn, append(acts, end))
	if err := l.put(ctx, entry, known, standing); err != nil {
		return err
	}
	w := work{
		Recording: Recording{Channel: evidence.ChannelCalendar, Envelope: envelope}, act: end.Act, stated: stated, restsOn: known.Silence.ID,
	}
	_, err = l.insert(ctx, w, end.Due, standing)
	return err
}

// endOf gives the ID under which the end of a silence procedure is recorded: that of its
// launch with "-end", or one that nobody chose where that is too long or taken.
func (l *ledger) endOf(ctx context.Context, launch string) (string, error) {
	id := launch + "-end"
	_, err := l.q.FindAct(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows) && len(id) <= maxID:
		return id, nil
	case err == nil || errors.Is(err, pgx.ErrNoRows):
		return evidence.ShortID([]byte(l.cycle.ID + " end of " + launch)), nil
	default:
		return "", fmt.Errorf("act %s: %w", id, err)
	}
}
