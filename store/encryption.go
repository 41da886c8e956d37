package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// HeldKey is a key for what travels through Temporal that a process has: its name, and
// a proof by which the records recognise it without ever seeing it.
type HeldKey struct{ ID, Proof string }

// AgreeOnKeys makes sure that what this process encrypts can be read by all others, and
// that it can read what they encrypt. held are its keys, the one that encrypts first;
// new ones become known. Where they do not fit what the records know, nothing is changed
// and the error has policy.CodeInvalid and says which key is wanted.
func (s *Store) AgreeOnKeys(ctx context.Context, held []HeldKey, now time.Time) error {
	return s.transact(ctx, pgx.TxOptions{}, func(q *sqlc.Queries) error {
		if err := q.LockEncryptionKeys(ctx); err != nil {
			return fmt.Errorf("encryption keys: %w", err)
		}
		known, err := q.ListEncryptionKeys(ctx)
		if err != nil {
			return fmt.Errorf("encryption keys: %w", err)
		}
		if err := fit(known, held); err != nil {
			return err
		}
		for i, key := range held {
			if err := learn(ctx, q, known, key, i == 0, now); err != nil {
				return fmt.Errorf("encryption key %s: %w", key.ID, err)
			}
		}
		return nil
	})
}

// KeysFit is AgreeOnKeys for who is at work already: it changes nothing.
func (s *Store) KeysFit(ctx context.Context, held []HeldKey) error {
	known, err := sqlc.New(s.pool).ListEncryptionKeys(ctx)
	if err != nil {
		return translate(err)
	}
	return fit(known, held)
}

// KnowsKey says whether a key of that name is one of those that policycycle encrypts with.
func (s *Store) KnowsKey(ctx context.Context, id string) (bool, error) {
	known, err := sqlc.New(s.pool).ListEncryptionKeys(ctx)
	return slices.ContainsFunc(known, func(k sqlc.EncryptionKey) bool { return k.ID == id }), translate(err)
}

// ForgetKey has a key no longer be wanted wherever policycycle runs. A name that is not
// known is policy.CodeUnknown.
func (s *Store) ForgetKey(ctx context.Context, id string) error {
	n, err := sqlc.New(s.pool).ForgetEncryptionKey(ctx, id)
	if err == nil && n == 0 {
		return policy.Refuse(policy.CodeUnknown, "the records know no encryption key %q", id)
	}
	return translate(err)
}

// fit says what is wrong with the keys of a process.
func fit(known []sqlc.EncryptionKey, held []HeldKey) error {
	inUse := ""
	for _, k := range known {
		at := slices.IndexFunc(held, func(h HeldKey) bool { return h.ID == k.ID })
		switch {
		case at < 0 && k.UsedAt.Valid:
			return unfit("what travels through Temporal is encrypted with the key %q, which is not there: set encryption.keys to a file with the keys that serve and the workers have", k.ID)
		case at >= 0 && held[at].Proof != k.Proof:
			return unfit("the key %q is not the one that is known under this name: set encryption.keys to a file with the keys that serve and the workers have", k.ID)
		}
		if k.UsedAt.Valid {
			inUse = k.ID
		}
	}
	if inUse == "" || slices.ContainsFunc(known, func(k sqlc.EncryptionKey) bool { return k.ID == held[0].ID }) {
		return nil
	}
	return unfit("the key %q stands first, so it would encrypt, and nobody else can read that yet: put it behind %q, start every serve and worker anew with that file, and then put it first with policycycle keys use %s",
		held[0].ID, inUse, held[0].ID)
}

func unfit(format string, args ...any) error {
	err := policy.Refuse(policy.CodeInvalid, format, args...)
	err.Field = "encryption.keys"
	return err
}

// learn makes a key known, and notes when the first process began to encrypt with it.
func learn(ctx context.Context, q *sqlc.Queries, known []sqlc.EncryptionKey, key HeldKey, encrypts bool, now time.Time) error {
	at := slices.IndexFunc(known, func(k sqlc.EncryptionKey) bool { return k.ID == key.ID })
	used := timestamptz(time.Time{})
	if encrypts {
		used = timestamptz(now)
	}
	switch {
	case at < 0:
		return q.PutEncryptionKey(ctx, sqlc.PutEncryptionKeyParams{ID: key.ID, Proof: key.Proof, KnownAt: now, UsedAt: used})
	case encrypts && !known[at].UsedAt.Valid:
		return q.UseEncryptionKey(ctx, sqlc.UseEncryptionKeyParams{ID: key.ID, UsedAt: used})
	default:
		return nil
	}
}
