package local

import (
	"context"
	"errors"
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

// Run makes checkpoints at once, then again and again until the context ends, and a
// last one then: also who is stopped often has some. One that fails is logged and made
// again: it stops nothing.
func (n *Notary) Run(ctx context.Context) error {
	n.try(ctx)
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
// last one, and gives those that it made. The error joins what kept it from making the
// others.
func (n *Notary) Sign(ctx context.Context) ([]evidence.Checkpoint, error) {
	heads, err := n.Store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	made := make([]evidence.Checkpoint, 0, len(heads))
	var failed error
	for _, head := range heads {
		head.At = time.Now().UTC().Truncate(time.Second)
		if err := n.sign(ctx, head); err != nil {
			failed = errors.Join(failed, fmt.Errorf("checkpoint of %s: %w", head.Cycle, err))
			continue
		}
		made = append(made, head)
	}
	return made, failed
}

func (n *Notary) sign(ctx context.Context, head evidence.Checkpoint) error {
	signed, err := n.Signer.Checkpoint(head)
	if err != nil {
		return err
	}
	if err := n.export(head, signed); err != nil {
		return err
	}
	return n.Store.PutCheckpoint(ctx, head, signed)
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
