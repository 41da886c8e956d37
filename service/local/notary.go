package local

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/store"
)

// Notary signs the state of every trail in which something happened, keeps the
// checkpoint and exports it to a folder that should be in other hands.
type Notary struct {
	Store  *store.Store
	Signer *evidence.Signer
	Folder string // empty: nothing is exported
	Every  time.Duration
	Log    zerolog.Logger
}

// Run makes checkpoints until the context ends, and a last one then. One that
// fails is logged and made again: it stops nothing.
func (n *Notary) Run(ctx context.Context) error {
	tick := time.NewTicker(n.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			n.last(ctx)
			return nil
		case <-tick.C:
			n.try(ctx)
		}
	}
}

// last makes the checkpoints of the end.
func (n *Notary) last(ctx context.Context) {
	const patience = 5 * time.Second
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	n.try(ending)
}

func (n *Notary) try(ctx context.Context) {
	if _, err := n.Sign(ctx); err != nil {
		n.Log.Warn().Err(err).Msg("no checkpoint could be made; the next one will be")
	}
}

// Sign makes a checkpoint of each trail in which something happened since its
// last one, and gives them.
func (n *Notary) Sign(ctx context.Context) ([]evidence.Checkpoint, error) {
	heads, err := n.Store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	for i := range heads {
		heads[i].At = time.Now().UTC().Truncate(time.Second)
		signed, err := n.Signer.Checkpoint(heads[i])
		if err != nil {
			return nil, err
		}
		if err := n.export(heads[i], signed); err != nil {
			return nil, err
		}
		if err := n.Store.PutCheckpoint(ctx, heads[i], signed); err != nil {
			return nil, err
		}
	}
	return heads, nil
}

func (n *Notary) export(c evidence.Checkpoint, signed []byte) error {
	if n.Folder == "" {
		return nil
	}
	folder := filepath.Join(n.Folder, c.Cycle)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("exporting a checkpoint: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%09d.txt", c.Size)), signed, 0o600); err != nil {
		return fmt.Errorf("exporting a checkpoint: %w", err)
	}
	return nil
}
