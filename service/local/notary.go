package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/timestamps"
)

// Notary signs the state of every trail in which something happened, keeps the
// checkpoint and exports it to a folder that should be in other hands.
type Notary struct {
	Store  *store.Store
	Signer *evidence.Signer
	Folder string // empty: nothing is exported
	// Stamp has an authority set a timestamp on what is exported, which is kept beside it; nil for none.
	Stamp func(ctx context.Context, content []byte) (answer []byte, err error)
	Every time.Duration
	Log   zerolog.Logger
	// exported is when whatever was signed before was in the folder.
	exported time.Time
	// Signed is called whenever every trail is signed, and exported; nil for nobody.
	Signed func()
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
	_, err := n.Sign(ctx)
	switch {
	case errors.Is(err, context.Canceled): // it is tried once more at the end
	case err != nil:
		n.Log.Warn().Err(err).Msg("a checkpoint could not be made or exported; it is tried again")
	case n.Signed != nil:
		n.Signed()
	}
}

// Sign makes a checkpoint of each trail in which something happened since its
// last one, and gives those that it made and kept in the records. The error joins what
// kept it from making the others, and from exporting the last one of each trail.
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
	return made, errors.Join(failed, n.exportLast(ctx))
}

func (n *Notary) sign(ctx context.Context, head evidence.Checkpoint) error {
	signed, err := n.Signer.Checkpoint(head)
	if err != nil {
		return err
	}
	return n.Store.PutCheckpoint(ctx, head, signed)
}

// exportLast exports the last checkpoint of each trail, which tells of all before it, where
// that was not done yet: the folder may have been away.
func (n *Notary) exportLast(ctx context.Context) error {
	if n.Folder == "" {
		return nil
	}
	const apart = 10 * time.Minute // by which clocks differ, and how long a checkpoint takes
	began := time.Now().Add(-apart)
	kept, err := n.Store.LastCheckpoints(ctx, n.exported)
	for _, c := range kept {
		name := CheckpointFile(n.Folder, c)
		if failed := export(name, c.Signed); failed != nil {
			err = errors.Join(err, fmt.Errorf("exporting a checkpoint of %s: %w", c.Cycle, failed))
			continue
		}
		if failed := n.stamp(ctx, name, c.Signed); failed != nil {
			err = errors.Join(err, fmt.Errorf("the timestamp on a checkpoint of %s: %w", c.Cycle, failed))
		}
	}
	if err == nil {
		n.exported = began
	}
	return err
}

// stamp has a timestamp set on a checkpoint that was exported, once.
func (n *Notary) stamp(ctx context.Context, exported string, signed []byte) error {
	name := strings.TrimSuffix(exported, filepath.Ext(exported)) + timestamps.Ending
	if n.Stamp == nil {
		return nil
	}
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	answer, err := n.Stamp(ctx, signed)
	if err != nil {
		return err
	}
	return export(name, answer)
}

// CheckpointFile names the file of a checkpoint that is exported.
func CheckpointFile(folder string, c store.Checkpoint) string {
	return filepath.Join(folder, c.Cycle, fmt.Sprintf("%09d.txt", c.Size))
}

// export writes a file once. What is there is never written over: it may bear witness
// against the records.
func export(name string, signed []byte) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	err := os.WriteFile(name, signed, 0o600)
	if err != nil {
		_ = os.Remove(name) // a part of it would pass for the whole
	}
	return err
}
