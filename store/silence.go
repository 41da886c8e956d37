package store

import (
	"context"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// expireSilence records what silence procedures have ended in: the adoption of
// what was proposed where no delegation objected in time. Nobody types it.
func (l *ledger) expireSilence(ctx context.Context, run policy.Run, r policy.Records) (policy.Records, error) {
	over := func(known Subject) bool {
		return known.Silence != nil && known.State == policy.StateDeciding && known.Silence.BrokenBy == "" &&
			known.Subject.Run() == run && l.today.After(known.Silence.Deadline)
	}
	for _, known := range l.subjects {
		if !over(known) {
			continue
		}
		for _, e := range r.Agenda() { // in its order
			if known := l.subjects[e.Subject]; over(known) {
				if err := l.endSilence(ctx, r, e, known); err != nil {
					return r, err
				}
			}
		}
		return l.records(ctx)
	}
	return r, nil
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
	envelope, err := evidence.Enclose(end.ID, channelCalendar, end.Act, l.now)
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
		Recording: Recording{Channel: channelCalendar, Envelope: envelope}, act: end.Act, stated: stated, restsOn: known.Silence.ID,
	}
	_, err = l.insert(ctx, w, end.Due, standing)
	return err
}

// channelCalendar is that of acts which nobody sends: the calendar brings them.
const channelCalendar = "calendar"
