package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/store/sqlc"
)

// KeyKind says what a key is for.
type KeyKind string

// The kinds of keys.
const (
	KeyEncrypts KeyKind = "encryption" // what travels through Temporal
	KeySeals    KeyKind = "seal"       // acts, people and checkpoints
)

// HeldKeys are the keys of one kind that a process has.
type HeldKeys struct {
	Kind KeyKind
	Keys []HeldKey
	// Uses names the key that the process encrypts or seals with; empty for none.
	Uses string
}

// HeldKey is a key that a process has: its name, and a proof by which the records
// recognise it without ever seeing it. Of a key that seals that is the public line.
type HeldKey struct{ ID, Proof string }

// KeyState is where a key is in its life.
type KeyState string

// The states of a key, in their order.
const (
	KeyKnown   KeyState = "known"   // who has it can read, or believes its seals
	KeyInUse   KeyState = "in-use"  // somebody encrypts or seals with it, or has done
	KeyRetired KeyState = "retired" // nobody may use it any more
)

// Key is what the records know of a key. An instant is zero where it has not come.
type Key struct {
	Kind    KeyKind
	ID      string
	Proof   string
	Known   time.Time // since then
	Used    time.Time // for the first time
	Seen    time.Time // when a process said last that it works with it
	Retired time.Time
}

// State says where the key is in its life.
func (k Key) State() KeyState {
	switch {
	case !k.Retired.IsZero():
		return KeyRetired
	case !k.Used.IsZero():
		return KeyInUse
	default:
		return KeyKnown
	}
}

// wanted says whether nobody works without the key. What one encrypted is encrypted anew before
// it is retired; what one sealed is to be verified for good.
func (k Key) wanted() bool {
	return k.State() == KeyInUse || k.Kind == KeySeals && !k.Used.IsZero()
}

// ListKeys lists the keys that the records know, the first known first.
func (s *Store) ListKeys(ctx context.Context) ([]Key, error) {
	keys, err := listKeys(ctx, sqlc.New(s.pool))
	return keys, translate(err)
}

func listKeys(ctx context.Context, q *sqlc.Queries) ([]Key, error) {
	rows, err := q.ListKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	keys := make([]Key, len(rows))
	for i, row := range rows {
		keys[i] = Key{
			Kind: KeyKind(row.Kind), ID: row.ID, Proof: row.Proof,
			Known: row.KnownAt, Used: row.UsedAt.Time, Seen: row.SeenAt.Time, Retired: row.RetiredAt.Time,
		}
	}
	return keys, nil
}

// AgreeOnKeys makes sure that what this process encrypts and seals can be read and verified
// by all others, and that it can read and verify what they do. encryption are its keys for
// what travels; those that seal are the store's own. New ones become known, and the process is
// noted as one that works with those it uses. Who only asks for a moment neither seals nor
// judges. Where they do not fit what the records know,
// nothing is changed and the error has policy.CodeInvalid and says which key is wanted.
func (s *Store) AgreeOnKeys(ctx context.Context, encryption HeldKeys, now time.Time) error {
	return s.transact(ctx, func(q *sqlc.Queries) error {
		if err := q.LockKeys(ctx); err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		known, err := listKeys(ctx, q)
		if err != nil {
			return err
		}
		all := s.held(encryption, s.options.Role != "")
		for _, held := range all {
			if err := fit(known, held); err != nil {
				return err
			}
		}
		for _, held := range all {
			if err := learn(ctx, q, known, held, now); err != nil {
				return fmt.Errorf("keys: %w", err)
			}
		}
		return nil
	})
}

// KeysFit is AgreeOnKeys for who only looks: it changes nothing.
func (s *Store) KeysFit(ctx context.Context, encryption HeldKeys) error {
	known, err := s.ListKeys(ctx)
	if err != nil {
		return err
	}
	for _, held := range s.held(encryption, len(s.options.Keys.IDs()) > 0) {
		if err := fit(known, held); err != nil {
			return err
		}
	}
	return nil
}

// held gives all keys of a process; where seals do not count, without those.
func (s *Store) held(encryption HeldKeys, seals bool) []HeldKeys {
	o := s.options
	if !o.Sealed || !seals {
		return []HeldKeys{encryption}
	}
	public := HeldKeys{Kind: KeySeals}
	for _, id := range o.Keys.IDs() {
		public.Keys = append(public.Keys, HeldKey{ID: id, Proof: o.Keys.Line(id)})
	}
	if o.Signer != nil {
		public.Uses = o.Signer.ID()
	}
	return []HeldKeys{encryption, public}
}

// StillBelieved names the keys that are retired and that this process believes all the same,
// for the file of public keys here does not say so.
func (s *Store) StillBelieved(ctx context.Context) ([]string, error) {
	known, err := s.ListKeys(ctx)
	var believed []string
	for _, k := range known {
		ring := s.options.Keys
		if k.Kind == KeySeals && k.State() == KeyRetired && ring.Line(k.ID) != "" && ring.Retired(k.ID).IsZero() {
			believed = append(believed, k.ID)
		}
	}
	return believed, err
}

// KnowsKey says whether a key of that name is one of those that are in use here, and so one
// that a process lacks which does not have it.
func (s *Store) KnowsKey(ctx context.Context, kind KeyKind, id string) (bool, error) {
	known, err := s.ListKeys(ctx)
	return knows(known, kind, id), err
}

func knows(keys []Key, kind KeyKind, id string) bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return k.Kind == kind && k.ID == id && k.wanted() })
}

// setting names the setting that says which keys of a kind a process has.
func (k KeyKind) setting() string {
	if k == KeySeals {
		return "seal.keys"
	}
	return "encryption.keys"
}

// fit says what is wrong with the keys of a process.
func fit(known []Key, held HeldKeys) error {
	inUse := ""
	for _, k := range known {
		if k.Kind != held.Kind {
			continue
		}
		at := slices.IndexFunc(held.Keys, func(h HeldKey) bool { return h.ID == k.ID })
		switch {
		case at < 0 && k.wanted():
			return k.lacking()
		case at >= 0 && held.Keys[at].Proof != k.Proof:
			return held.unfit("the key %q is not the one that is known under this name: set %s to a file with the keys that serve and the workers have", k.ID, k.Kind.setting())
		case k.ID == held.Uses && k.State() == KeyRetired:
			return held.unfit("the key %q was retired on %s: put another first, with policycycle keys use", k.ID, k.Retired.UTC().Format(time.RFC3339))
		}
		if k.State() == KeyInUse {
			inUse = k.ID
		}
	}
	if inUse == "" || held.Uses == "" || slices.ContainsFunc(known, func(k Key) bool { return k.Kind == held.Kind && k.ID == held.Uses }) {
		return nil
	}
	return held.unfit("the key %q stands first, so it would be used, and nobody else has it yet: put it behind %q, start every serve and worker anew with what policycycle keys new has made, and then put it first with policycycle keys use %s",
		held.Uses, inUse, held.Uses)
}

// lacking refuses a process that does not have the key.
func (k Key) lacking() error {
	held := HeldKeys{Kind: k.Kind}
	if k.Kind == KeySeals {
		return held.unfit("acts are sealed with the key %q, which is not among the public keys here: add its line to the file of seal.keys (%s)", k.ID, k.Proof)
	}
	return held.unfit("what travels through Temporal is encrypted with the key %q, which is not there: set encryption.keys to a file with the keys that serve and the workers have", k.ID)
}

func (h HeldKeys) unfit(format string, args ...any) error {
	err := policy.Refuse(policy.CodeInvalid, format, args...)
	err.Field = h.Kind.setting()
	return err
}

// learn makes the keys of a process known, and notes that it works with the one it uses.
func learn(ctx context.Context, q *sqlc.Queries, known []Key, held HeldKeys, now time.Time) error {
	for _, key := range held.Keys {
		if slices.ContainsFunc(known, func(k Key) bool { return k.Kind == held.Kind && k.ID == key.ID }) {
			continue
		}
		if err := q.PutKey(ctx, sqlc.PutKeyParams{Kind: string(held.Kind), ID: key.ID, Proof: key.Proof, KnownAt: now}); err != nil {
			return err
		}
	}
	if held.Uses == "" {
		return nil
	}
	return q.UseKey(ctx, sqlc.UseKeyParams{Kind: string(held.Kind), ID: held.Uses, SeenAt: timestamptz(now)})
}
