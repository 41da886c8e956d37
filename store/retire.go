package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// Idle is how long no process may have been seen that works with a key, before the key can be
// retired. Each says so once a minute.
const Idle = 150 * time.Second

// FindKey finds a key by its name. One that is not known is policy.CodeUnknown.
func (s *Store) FindKey(ctx context.Context, id string) (Key, error) {
	keys, err := s.ListKeys(ctx)
	if err != nil {
		return Key{}, err
	}
	return KeyNamed(keys, id)
}

// KeyNamed gives the key of a name. Where there is none, that is policy.CodeUnknown.
func KeyNamed(keys []Key, id string) (Key, error) {
	at := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id })
	if at < 0 {
		return Key{}, policy.Refuse(policy.CodeUnknown, "the records know no key %q: policycycle keys list names those they know", id)
	}
	return keys[at], nil
}

// RenewRuns has every run, when it looks next, continue as new, so that nothing at work was
// encrypted with a key that nobody uses any more. One that somebody uses is
// policy.CodeNotReady.
func (s *Store) RenewRuns(ctx context.Context, id string, now time.Time) error {
	return s.onKey(ctx, id, now, func(q *sqlc.Queries, k Key) error {
		return q.RenewKey(ctx, sqlc.RenewKeyParams{Kind: string(k.Kind), ID: k.ID, RenewedAt: now})
	})
}

// RetireKey ends the life of a key: from now on nobody may use it, and one that encrypted need
// no longer be there. A process that was seen with it since is policy.CodeNotReady.
// It is retired once, however often that is repeated.
func (s *Store) RetireKey(ctx context.Context, id string, now time.Time) error {
	return s.onKey(ctx, id, now, func(q *sqlc.Queries, k Key) error { return retire(ctx, q, k, now) })
}

// GiveUpKey retires a key that is lost, whoever used it.
func (s *Store) GiveUpKey(ctx context.Context, id string, now time.Time) error {
	return s.withKey(ctx, id, func(q *sqlc.Queries, k Key, _ []Key) error { return retire(ctx, q, k, now) })
}

func retire(ctx context.Context, q *sqlc.Queries, k Key, now time.Time) error {
	return q.RetireKey(ctx, sqlc.RetireKeyParams{Kind: string(k.Kind), ID: k.ID, RetiredAt: now})
}

// onKey does something with a key that can be retired.
func (s *Store) onKey(ctx context.Context, id string, now time.Time, do func(*sqlc.Queries, Key) error) error {
	return s.withKey(ctx, id, func(q *sqlc.Queries, k Key, all []Key) error {
		if err := retirable(k, all, now); err != nil {
			return err
		}
		return do(q, k)
	})
}

func (s *Store) withKey(ctx context.Context, id string, do func(*sqlc.Queries, Key, []Key) error) error {
	return s.transact(ctx, func(q *sqlc.Queries) error {
		if err := q.LockKeys(ctx); err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		keys, err := listKeys(ctx, q)
		if err != nil {
			return err
		}
		k, err := KeyNamed(keys, id)
		if err != nil {
			return err
		}
		return do(q, k, keys)
	})
}

// retirable says whether the life of a key may end: nobody uses it, and somebody uses another.
func retirable(k Key, all []Key, now time.Time) error {
	if k.State() != KeyInUse {
		return nil
	}
	if idle := now.Sub(k.Seen); idle < Idle {
		return policy.Refuse(policy.CodeNotReady,
			"a process that works with the key %q was seen %d seconds ago: put another first with policycycle keys use, start every serve and worker anew, and repeat this %d seconds after the last one",
			k.ID, int(max(idle, 0).Seconds()), int(Idle.Seconds()))
	}
	if !slices.ContainsFunc(all, func(o Key) bool { return o.Kind == k.Kind && o.ID != k.ID && o.State() == KeyInUse }) {
		return policy.Refuse(policy.CodeNotReady, "the key %q is the only one in use: have another one used first", k.ID)
	}
	return nil
}
