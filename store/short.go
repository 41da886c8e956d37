package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Short messages: somebody types an act by hand, and the records know the rest. What is
// filled in is filled in where it is judged, under the lock of the cycle.

// Short is a short message that arrived at a run; the envelope beside it tells what was typed.
type Short struct {
	policy.Short
	// Attempt is the ID under which the trail has it where it is refused.
	Attempt string
}

// attempted gives the envelope by which the trail knows a refused attempt.
func (in Recording) attempted() evidence.Envelope {
	e := in.Envelope
	if in.Short != nil && in.Short.ID == "" {
		e.ID = in.Short.Attempt
	}
	return e
}

// receive records what came: an envelope, or a short message once it is filled in. One that
// was taken before answers with the first receipt.
func (l *ledger) receive(ctx context.Context, in Recording) (policy.Receipt, error) {
	if in.Short == nil {
		return l.judgeAndRecord(ctx, in)
	}
	first, err := l.fill(ctx, &in)
	if err != nil || first != "" {
		return l.firstReceipt(ctx, first, err)
	}
	return l.judgeAndRecord(ctx, in)
}

func (l *ledger) firstReceipt(ctx context.Context, id string, err error) (policy.Receipt, error) {
	if err != nil {
		return policy.Receipt{}, err
	}
	first, err := l.q.FindAct(ctx, id)
	if err != nil {
		return policy.Receipt{}, fmt.Errorf("act %s: %w", id, err)
	}
	return repeated(first, first.Content)
}

// fill gives the envelope of a short message what was left out, or the ID of the act that was
// recorded when it came before. A message that is sealed is held against its envelope, like
// any other.
func (l *ledger) fill(ctx context.Context, in *Recording) (first string, err error) {
	sealed := in.Envelope.KeyID != "" || in.Envelope.Signature != ""
	if !sealed {
		if err := l.verifySeal(*in); err != nil {
			return "", err
		}
	}
	r, err := l.records(ctx)
	if err != nil {
		return "", err
	}
	said := in.Short.Short // whose people are known by their numbers
	if _, err := l.resolveActors(ctx, &said.Act); err != nil {
		return "", err
	}
	if said.Act.Date.IsZero() {
		said.Act.Date = l.today
	}
	if !sealed {
		if first, err = l.taken(ctx, in, r, said); err != nil || first != "" {
			return first, err
		}
	}
	standing, err := l.chosen(ctx, in)
	if err != nil {
		if said.Act.Kind == policy.ActConfirm && !sealed {
			if first, failed := l.confirmed(ctx, in, r, said); failed != nil || first != "" {
				return first, failed
			}
		}
		return "", err
	}
	in.Envelope.Act, err = l.filled(ctx, in, r, standing)
	return "", err
}

// taken gives the act under the ID of a message that was dealt with before, or that was typed
// twice on a day: a decision on the version that stands, or a submission that nobody sent back. Confirmed
// is what waits, so that a confirmation is as often another one.
func (l *ledger) taken(ctx context.Context, in *Recording, r policy.Records, said policy.Short) (string, error) {
	row, err := l.q.FindAct(ctx, in.Envelope.ID)
	switch {
	case err == nil && in.Short.ID == "": // made of what was typed and of this one sending
		return row.ID, nil
	case err == nil:
		return l.sameAs(ctx, row.ID, r, said)
	case !errors.Is(err, pgx.ErrNoRows):
		return "", fmt.Errorf("act %s: %w", in.Envelope.ID, err)
	case said.Act.Kind == policy.ActConfirm || said.Act.Rectifies != "" || said.Act.Revises != 0 || in.Short.ID != "":
		return "", nil
	}
	return l.repeats(ctx, r, said, slices.DeleteFunc(l.standings(in.Run), func(s policy.Standing) bool {
		lately := !s.LastAct.Before(said.Act.Date) || s.Pending != ""
		return !lately || said.Act.Kind == policy.ActSubmit && s.State == policy.StateDrafting
	}))
}

// confirmed gives the ID of the last confirmation of a day that says what a message says.
func (l *ledger) confirmed(ctx context.Context, in *Recording, r policy.Records, said policy.Short) (string, error) {
	paths, err := l.q.ListConfirmedOn(ctx, sqlc.ListConfirmedOnParams{Cycle: l.cycle.ID, Date: toDate(said.Act.Date)})
	if err != nil {
		return "", fmt.Errorf("confirmations on %s: %w", l.cycle.ID, err)
	}
	at := func(s policy.Standing) int { return slices.Index(paths, s.Subject.Path()) }
	confirmed := slices.DeleteFunc(l.standings(in.Run), func(s policy.Standing) bool { return at(s) < 0 })
	slices.SortFunc(confirmed, func(a, b policy.Standing) int { return at(a) - at(b) })
	return l.repeats(ctx, r, said, confirmed)
}

// sameAs gives the ID that somebody chose for a message, where the act recorded under it says
// the same.
func (l *ledger) sameAs(ctx context.Context, id string, r policy.Records, said policy.Short) (string, error) {
	acts, err := l.actsWith(ctx, id)
	if err != nil {
		return "", err
	}
	for _, a := range acts {
		e, _ := r.Entry(a.Subject)
		if said.Act.Date = a.Date; a.ID == id && said.Repeats(l.definition, e, a) {
			return id, nil
		}
	}
	return "", policy.Refuse(policy.CodeConflict, "another act was recorded as %s already", id)
}

// repeats gives the ID of the last act that says what a message says, on the version that
// stands, where it was not set aside; on the first of some subjects that has one.
func (l *ledger) repeats(ctx context.Context, r policy.Records, said policy.Short, on []policy.Standing) (string, error) {
	for _, s := range on {
		acts, err := l.acts(ctx, s.Subject)
		if err != nil {
			return "", err
		}
		e, _ := r.Entry(s.Subject)
		if id := said.RepeatedIn(l.definition, e, s, acts); id != "" {
			return id, nil
		}
	}
	return "", nil
}

// chosen gives where the subject stands that a message is about. The time of a subject may
// have come while its run was not in motion.
func (l *ledger) chosen(ctx context.Context, in *Recording) (policy.Standing, error) {
	standing, err := in.Short.Choose(l.definition.Bodies, l.standings(in.Run))
	if err == nil && standing.State != policy.StateUpcoming {
		return standing, nil
	}
	if _, err := l.ordersNow(ctx, in.Run); err != nil {
		return standing, err
	}
	return in.Short.Choose(l.definition.Bodies, l.standings(in.Run))
}

// standings lists where the subjects of a run stand.
func (l *ledger) standings(run policy.Run) []policy.Standing {
	var all []policy.Standing
	for subject, known := range l.subjects {
		if subject.Run() == run {
			all = append(all, known.Standing)
		}
	}
	slices.SortFunc(all, func(a, b policy.Standing) int { return strings.Compare(a.Subject.String(), b.Subject.String()) })
	return all
}

// filled gives the act that a message means on the subject that was chosen.
func (l *ledger) filled(ctx context.Context, in *Recording, r policy.Records, standing policy.Standing) (policy.Act, error) {
	said, act := in.Short.Short, in.Short.Act
	act.Subject = standing.Subject
	if act.Kind == policy.ActConfirm && act.Confirms == "" {
		act.Confirms = standing.Pending
	}
	if err := l.settlesHere(in.Run, act.Subject); err != nil {
		return act, err
	}
	r, entry, err := l.recordsFor(r, act)
	if err != nil {
		return act, err
	}
	var acts []policy.Recorded
	if _, opened := l.subjects[act.Subject]; opened {
		acts, err = l.acts(ctx, act.Subject)
	} else if act.Kind != policy.ActSubmit {
		err = r.NotOpenYet(entry)
	}
	if err != nil {
		return act, err
	}
	act, err = said.Fill(l.definition, entry, standing, acts, l.today)
	if err == nil && act.Kind == policy.ActSubmit && act.Digest == "" {
		act.Digest, err = evidence.VersionDigest(act.Subject, act.Document, act.Content, act.TextDigest)
	}
	return act, err
}
