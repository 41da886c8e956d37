package store

import (
	"context"
	"slices"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// verifySeal makes sure that an act bears a good seal, where one is wanted; where none is,
// that it bears none or one that will be found good. What is taken over from the past
// bears none: who imports it stands for it.
func (l *ledger) verifySeal(in Recording) error {
	o := l.store.options
	switch {
	case l.past:
		return nil
	case o.Sealed:
		return o.Keys.Verify(in.Envelope, in.Received)
	case in.Envelope.KeyID == "" && in.Envelope.Signature == "":
		return nil
	case len(o.Keys.IDs()) > 0:
		return o.Keys.VerifyRecorded(in.Envelope)
	default: // nobody here knows the keys
		return in.Envelope.CheckSeal()
	}
}

// waitForKey is policy.CodeUnavailable where an act bears the seal of a key that is in use and
// that this process does not have: another judges it.
func (l *ledger) waitForKey(ctx context.Context, id string) error {
	o := l.store.options
	if id == "" || l.past || !o.Sealed || slices.Contains(o.Keys.IDs(), id) {
		return nil
	}
	keys, err := listKeys(ctx, l.q)
	if err != nil || !knows(keys, KeySeals, id) {
		return err
	}
	return policy.Refuse(policy.CodeUnavailable, "an act is sealed with the key %q, which this worker does not have: add its line to the file of seal.keys", id)
}

// mostClaimed is how many attempts a day without a good seal a trail holds: whoever
// reaches Temporal may send as many as they like, and a trail is kept for ever.
const mostClaimed = 100

// claimed says whether nobody knows who made an attempt, whomever it names: where acts are
// sealed, it bears no good seal.
func (l *ledger) claimed(e evidence.Envelope) bool {
	o := l.store.options
	return o.Sealed && !l.past && (o.Keys.VerifyRecorded(e) != nil || o.Keys.Delivered(e, l.now) != nil)
}

// refuseClaimed writes an attempt into the trail that bears no good seal, unless it has so
// many of that day already. More are told and not kept.
func (l *ledger) refuseClaimed(ctx context.Context, n line) error {
	times, err := l.q.CountClaimed(ctx, sqlc.CountClaimedParams{Cycle: l.cycle.ID, OnDate: toDate(l.today)})
	if err != nil {
		return err
	}
	kept := times < mostClaimed
	if told := l.store.options.Unsealed; told != nil {
		told(l.cycle.ID, kept)
	}
	if kept {
		_, err = l.write(ctx, n)
	}
	return err
}
